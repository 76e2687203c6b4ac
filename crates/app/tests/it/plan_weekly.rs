//! Weekly commitments: offered by the plan, promised once, judged without half measures, taken back as one.

use crate::world::{codes, id_of, local, person, sample};
use app::App;
use app::page::project_plan::CommitmentPage;
use app::project_plan::{
    JudgeRequest, Judged, NewPromise, PromiseRequest, commitments, judge, promise,
};

const SCHOOL: &str = "郑州外国语中学莲湖校区项目";

fn school() -> (crate::world::World, App, String) {
    let (world, app) = sample();
    let id = id_of(&app, "project", SCHOOL);
    (world, app, id)
}

fn page(app: &App, id: &str, week: &str) -> CommitmentPage {
    commitments(app, &local(app), id, None, Some(week)).expect("the room")
}

fn promised(week: &str, activity: &str) -> PromiseRequest {
    PromiseRequest {
        week: Some(week.to_owned()),
        promises: vec![NewPromise {
            activity: activity.to_owned(),
            ..NewPromise::default()
        }],
    }
}

fn judged(page: &CommitmentPage, outcome: &str, reason: Option<&str>) -> JudgeRequest {
    let one = &page.promises[0];
    JudgeRequest {
        week: Some(page.week.code()),
        outcomes: vec![Judged {
            id: one.id.clone(),
            version: one.version,
            outcome: outcome.to_owned(),
            reason: reason.map(str::to_owned),
            note: "10kV 临时用电".to_owned(),
        }],
    }
}

#[test]
fn the_weeks_of_the_sample_give_a_line_and_a_pareto() {
    let (_world, app, id) = school();
    let page = commitments(&app, &local(&app), &id, None, None).expect("the room");
    assert_eq!(page.week.code(), "2023W10", "the week of today");
    let weeks: Vec<(String, usize, usize, usize)> = page
        .weeks
        .iter()
        .map(|one| (one.week.code(), one.made, one.kept, one.open))
        .collect();
    let week = |code: &str, made, kept, open| (code.to_owned(), made, kept, open);
    assert_eq!(
        weeks,
        [
            week("2023W06", 1, 1, 0),
            week("2023W07", 1, 0, 0),
            week("2023W08", 1, 0, 0),
            week("2023W09", 1, 0, 0),
            week("2023W10", 0, 0, 1),
        ]
    );
    let reasons: Vec<(&str, usize)> = page.reasons.iter().map(|r| (r.label, r.count)).collect();
    assert_eq!(reasons, [("劳力机械", 2), ("水电气接入", 1)]);
    assert_eq!(
        page.text,
        "共评定 4 项，兑现 1 项，兑现率 25.0%。未兑现最多的原因是劳力机械（2 项）。"
    );
}

#[test]
fn next_week_is_offered_what_the_plan_runs_then_and_a_promise_is_given_once() {
    let (_world, app, id) = school();
    let next = page(&app, &id, "2023W11");
    let offered: Vec<&str> = next.proposals.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(offered, ["桩基工程", "主体施工"]);
    let one = &next.proposals[0];
    assert_eq!(one.unit, "莲湖街道");
    assert_eq!(one.percent_now, 6_200);
    // 38 % left for eight days from the 11th: the last of them is the 18th, inside the week.
    assert_eq!(
        (one.percent, one.content.as_str()),
        (10_000, "做完“桩基工程”")
    );
    assert!(one.urgent && !one.promised);
    let asked = promised("2023W11", &one.activity_id);
    let made = promise(&app, &local(&app), &id, &asked).expect("promised");
    assert_eq!(made.promises.len(), 1);
    assert!(made.proposals[0].promised);
    assert_eq!(
        codes(promise(&app, &local(&app), &id, &asked)),
        ["plan.commitment_twice"]
    );
    let batch = made.batch_id.expect("a batch");
    app::imports::undo(&app, &local(&app), &batch, "写错周次").expect("undone");
    let again = page(&app, &id, "2023W11");
    assert!(again.promises.is_empty() && !again.proposals[0].promised);
}

#[test]
fn a_week_gone_by_takes_no_promise_and_one_to_come_no_verdict() {
    let (_world, app, id) = school();
    let next = page(&app, &id, "2023W11");
    let pile = next.proposals[0].activity_id.clone();
    let past = promise(&app, &local(&app), &id, &promised("2023W09", &pile));
    assert_eq!(codes(past), ["plan.commitment_past"]);
    let made = promise(&app, &local(&app), &id, &promised("2023W11", &pile)).expect("promised");
    let early = judge(&app, &local(&app), &id, &judged(&made, "kept", None));
    assert_eq!(codes(early), ["plan.commitment_early"]);
    assert!(page(&app, &id, "2023W09").proposals.is_empty());
}

#[test]
fn a_miss_needs_its_reason_and_a_verdict_can_be_taken_back() {
    let (_world, app, id) = school();
    let now = page(&app, &id, "2023W10");
    let bare = judge(&app, &local(&app), &id, &judged(&now, "missed", None));
    assert_eq!(codes(bare), ["plan.commitment_reason"]);
    let asked = judged(&now, "missed", Some("utilities"));
    let after = judge(&app, &local(&app), &id, &asked).expect("judged");
    let one = &after.promises[0];
    assert_eq!(
        (one.outcome, one.reason),
        ("missed", Some(("utilities", "水电气接入")))
    );
    assert_eq!(
        after.reasons[0].count, 2,
        "劳力机械 and 水电气接入 are even now"
    );
    let stale = judge(&app, &local(&app), &id, &asked);
    assert!(
        matches!(stale, Err(app::AppError::Stale { .. })),
        "{stale:?}"
    );
    let batch = after.batch_id.expect("a batch");
    app::imports::undo(&app, &local(&app), &batch, "评早了").expect("undone");
    assert_eq!(page(&app, &id, "2023W10").promises[0].outcome, "open");
    // Kept wipes the reason given before.
    let missed = judge(
        &app,
        &local(&app),
        &id,
        &judged(&page(&app, &id, "2023W10"), "missed", Some("land")),
    );
    let kept = judge(
        &app,
        &local(&app),
        &id,
        &judged(&missed.expect("judged"), "kept", None),
    );
    let kept = kept.expect("judged");
    assert_eq!(
        (kept.promises[0].outcome, kept.promises[0].reason),
        ("kept", None)
    );
}

#[test]
fn who_only_reads_sees_the_room_and_may_not_promise() {
    let (_world, app, id) = school();
    let viewer = person("410102", "viewer");
    let room = commitments(&app, &viewer, &id, None, Some("2023W11")).expect("the room");
    assert!(!room.editable && !room.open_to_promise);
    let pile = room.proposals[0].activity_id.clone();
    let refused = promise(&app, &viewer, &id, &promised("2023W11", &pile));
    assert!(
        matches!(refused, Err(app::AppError::Forbidden(_))),
        "{refused:?}"
    );
    let elsewhere = person("410102.s010", "clerk");
    let hidden = promise(&app, &elsewhere, &id, &promised("2023W11", &pile));
    assert!(hidden.is_err(), "{hidden:?}");
}
