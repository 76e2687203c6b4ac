//! Records of registers: make, change, take out, bring back, find, add up, write as a workbook.

use crate::world::{World, codes, count, findings, id_of, local, on_both, sample, values};
use app::records::{self, ListQuery};
use app::{App, AppError};
use serde_json::json;

fn query(pairs: &[(&str, &str)]) -> ListQuery {
    let pairs: Vec<(String, String)> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    ListQuery::from_pairs(&pairs).expect("a query")
}

fn names(app: &App, pairs: &[(&str, &str)]) -> Vec<String> {
    let page = records::list(app, &local(app), "project", &query(pairs), None).expect("a list");
    page.items
        .iter()
        .map(|item| item.shown["name"].clone())
        .collect()
}

#[test]
fn a_record_lives_through_change_withdrawal_and_return() {
    on_both(|world| {
        let app = world.open();
        let me = local(&app);
        let made = records::create(
            &app,
            &me,
            "project",
            &values(json!({"name": "甲项目", "investment_total": "960000000.00"})),
            "新登记",
            None,
        )
        .expect("created");
        assert_eq!(
            (made.shown["investment_total"].as_str(), made.record.version),
            ("9.6亿元", 1)
        );
        assert!(made.record.number.is_some());
        let id = made.record.id.to_string();
        let changed = records::update(
            &app,
            &me,
            "project",
            &id,
            1,
            &values(json!({"remark": "已核实"})),
            "核实",
        )
        .expect("changed");
        assert_eq!(
            (changed.record.version, changed.values["remark"].as_str()),
            (2, Some("已核实"))
        );
        let stale = records::update(
            &app,
            &me,
            "project",
            &id,
            1,
            &values(json!({"remark": "旧页面"})),
            "",
        );
        assert!(
            matches!(stale, Err(AppError::Stale { current: 2 })),
            "{stale:?}"
        );
        assert_eq!(
            codes(records::withdraw(&app, &me, "project", &id, 2, "")),
            ["record.reason"]
        );
        let gone = records::withdraw(&app, &me, "project", &id, 2, "重复登记").expect("withdrawn");
        assert!(gone.record.withdrawn);
        assert_eq!(count(&app, "project"), 0);
        assert!(names(&app, &[]).is_empty());
        let back =
            records::restore(&app, &me, "project", &id, gone.record.version, "").expect("restored");
        assert!(!back.record.withdrawn);
        assert_eq!(names(&app, &[]), ["甲项目"]);
        let history = records::history(&app, &me, "project", &id).expect("history");
        let actions: Vec<&str> = history.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["restore", "withdraw", "update", "create"]);
        let remark = &history[2].changes[0];
        assert_eq!(
            (
                remark.field.as_str(),
                remark.before.as_str(),
                remark.after.as_str()
            ),
            ("remark", "", "已核实")
        );
        assert_eq!(
            (history[2].reason.as_str(), history[2].actor_name.as_str()),
            ("核实", "本机命令行")
        );
        assert!(app::backup::verify(&app).expect("verify").whole);
    });
}

#[test]
fn a_null_removes_a_value_and_an_unknown_field_is_refused() {
    let world = World::sqlite();
    let app = world.open();
    let me = local(&app);
    let made = records::create(
        &app,
        &me,
        "project",
        &values(json!({"name": "甲项目", "remark": "备注"})),
        "",
        None,
    )
    .expect("created");
    let id = made.record.id.to_string();
    let changed = records::update(
        &app,
        &me,
        "project",
        &id,
        1,
        &values(json!({"remark": null})),
        "",
    )
    .expect("changed");
    assert!(!changed.values.contains_key("remark"));
    for bad in [
        json!({"district_code": "410103"}),
        json!({"version": 9}),
        json!({"org_path": "410102.s001"}),
        json!({"withdrawn": true}),
    ] {
        let refused = records::update(&app, &me, "project", &id, 2, &values(bad.clone()), "");
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{bad}");
    }
    assert_eq!(
        codes(records::update(
            &app,
            &me,
            "project",
            &id,
            2,
            &values(json!({"name": null})),
            ""
        ))
        .len(),
        1
    );
    let after = records::get(&app, &me, "project", &id, None).expect("the record");
    assert_eq!(
        (after.record.version, after.shown["name"].as_str()),
        (2, "甲项目")
    );
}

#[test]
fn wrong_values_are_named_with_their_field() {
    let world = World::sqlite();
    let app = world.open();
    let bad = values(json!({"investment_total": "九亿", "target_date": "2023-02-30"}));
    let refused = findings(records::create(
        &app,
        &local(&app),
        "project",
        &bad,
        "",
        None,
    ));
    assert!(refused.len() >= 2, "{refused:?}");
    for finding in &refused {
        assert!(
            !finding.problem.is_empty() && !finding.remedy.is_empty(),
            "{finding:?}"
        );
    }
    let nowhere = values(json!({"name": "甲项目", "subdistrict": "123456"}));
    assert_eq!(
        codes(records::create(
            &app,
            &local(&app),
            "project",
            &nowhere,
            "",
            None
        )),
        ["record.reference"]
    );
    assert_eq!(count(&app, "project"), 0);
}

#[test]
fn a_request_sent_twice_with_its_key_makes_one_record() {
    on_both(|world| {
        let app = world.open();
        let send = |name: &str| {
            records::create(
                &app,
                &local(&app),
                "matter",
                &crate::world::matter(&app, name),
                "",
                Some("k-1"),
            )
        };
        let first = send("临时用电").expect("created");
        let second = send("临时用电").expect("the same answer");
        assert_eq!(first.record.id, second.record.id);
        assert_eq!(count(&app, "matter"), 1);
        assert_eq!(codes(send("另一件事")), ["record.key_reused"]);
    });
}

#[test]
fn a_request_sent_twice_with_its_key_is_not_its_own_duplicate() {
    on_both(|world| {
        let app = world.open();
        let send = |key: Option<&str>| {
            let given =
                values(json!({"name": "郑州某某科技有限公司", "uscc": "91410102MA44QJ7X6Y"}));
            records::create(&app, &local(&app), "enterprise", &given, "", key)
        };
        let first = send(Some("k-2")).expect("created");
        let second = send(Some("k-2")).expect("the same answer");
        assert_eq!(first.record.id, second.record.id);
        assert_eq!(codes(send(Some("k-3"))), ["record.same"]);
    });
}

#[test]
fn a_second_activity_of_the_same_code_is_refused_by_name() {
    let (_world, app) = sample();
    let project = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let again = values(json!({"project": project, "code": "1", "name": "再打一次桩"}));
    let before = count(&app, "activity");
    let refused = findings(records::create(
        &app,
        &local(&app),
        "activity",
        &again,
        "",
        None,
    ));
    assert_eq!(refused[0].code, "record.same");
    assert!(
        refused[0].problem.contains("桩基工程"),
        "{}",
        refused[0].problem
    );
    assert_eq!(count(&app, "activity"), before);
}

#[test]
fn lists_filter_by_light_round_and_batch_and_sum_without_loss() {
    let (_world, app) = sample();
    assert_eq!(
        names(&app, &[("filter", "rag:eq:red"), ("filter", "round:eq:7")]),
        ["郑州外国语中学莲湖校区项目"]
    );
    let seven = names(&app, &[("filter", "round:eq:7")]);
    assert_eq!(seven.len(), 15);
    let batches = ["signed", "started", "commissioned"].map(|batch| {
        names(
            &app,
            &[
                ("filter", "round:eq:7"),
                ("filter", &format!("batch:eq:{batch}")),
            ],
        )
        .len()
    });
    assert_eq!(batches, [2, 6, 7]);
    let page = records::list(
        &app,
        &local(&app),
        "project",
        &query(&[("filter", "round:eq:7"), ("sums", "investment_total")]),
        None,
    )
    .expect("a list");
    assert_eq!(
        (page.total, page.sums["investment_total"].as_str()),
        (Some(15), "6240000000.00")
    );
    assert!(page.items.iter().all(|item| item.light.is_some()));
    assert!(names(&app, &[("filter", "round:eq:99")]).is_empty());
}

#[test]
fn pages_of_a_sorted_list_join_without_gap_or_double() {
    let (_world, app) = sample();
    let whole = names(&app, &[("sort", "-investment_total"), ("limit", "500")]);
    let mut joined = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut asked = query(&[("sort", "-investment_total"), ("limit", "4")]);
        asked.after = after.clone();
        let page = records::list(&app, &local(&app), "project", &asked, None).expect("a page");
        joined.extend(page.items.iter().map(|item| item.shown["name"].clone()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(joined, whole);
}

#[test]
fn conditions_that_cannot_be_read_are_refused_by_name() {
    let (_world, app) = sample();
    for bad in [
        "nothing:eq:1",
        "name:like:x",
        "investment_total:gt:很多",
        "rag:eq:purple",
        "round:eq:seven",
        "rag:gt:red",
    ] {
        let asked = query(&[("filter", bad)]);
        let answer = records::list(&app, &local(&app), "project", &asked, None);
        assert!(
            matches!(answer, Err(AppError::Invalid(_))),
            "{bad}: {:?}",
            answer.map(|page| page.total)
        );
    }
    let unknown = query(&[("sort", "nothing")]);
    assert!(matches!(
        records::list(&app, &local(&app), "project", &unknown, None),
        Err(AppError::Invalid(_))
    ));
    let broken = query(&[("after", "xyz")]);
    assert!(matches!(
        records::list(&app, &local(&app), "project", &broken, None),
        Err(AppError::Invalid(_))
    ));
    let sums = query(&[("sums", "name")]);
    assert!(matches!(
        records::list(&app, &local(&app), "project", &sums, None),
        Err(AppError::Invalid(_))
    ));
}

#[test]
fn the_search_box_finds_by_part_of_a_name_and_by_alias() {
    on_both(|world| {
        let app = world.open();
        app::sample::fill(&app).expect("filled");
        for words in ["莲湖校区", "外国语中学"] {
            let hits = records::search(&app, &local(&app), words).expect("hits");
            assert!(
                hits.iter()
                    .any(|hit| hit.register == "project"
                        && hit.title == "郑州外国语中学莲湖校区项目"),
                "{words}: {hits:?}"
            );
        }
        assert!(
            records::search(&app, &local(&app), "  ")
                .expect("nothing")
                .is_empty()
        );
        assert!(
            records::search(&app, &local(&app), "%_'\"")
                .expect("no hits")
                .is_empty()
        );
    });
}

#[test]
fn an_exported_list_reads_back_as_the_same_projects() {
    let (_world, app) = sample();
    let bytes = records::export(
        &app,
        &local(&app),
        "project",
        &query(&[("filter", "round:eq:7")]),
        None,
    )
    .expect("a workbook");
    let position = app.position().expect("position");
    let preview = app::imports::preview(&app, &local(&app), "导出.xlsx", bytes, Some("project"))
        .expect("it reads back");
    assert_eq!(preview.records.len(), 15);
    let changed: Vec<_> = preview
        .records
        .iter()
        .filter(|one| one.act != app::page::import::ImportAct::Same)
        .map(|one| (&one.place, one.act, &one.changes))
        .collect();
    assert!(changed.is_empty(), "{changed:?} {:?}", preview.findings);
    assert_eq!(app.position().expect("position"), position);
}

#[test]
fn a_number_that_is_no_record_is_not_found() {
    let (_world, app) = sample();
    let project = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    for (register, id) in [
        ("project", "1"),
        ("project", "abc"),
        ("project", "-5"),
        ("project", "99999999999999999999"),
        ("matter", project.as_str()),
        ("nothing", project.as_str()),
    ] {
        let answer = records::get(&app, &local(&app), register, id, None);
        assert!(
            matches!(answer, Err(AppError::NotFound(_) | AppError::OutOfSight(_))),
            "{register} {id}: {answer:?}"
        );
    }
}
