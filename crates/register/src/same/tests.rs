//! The name pairs of the district, and the names that must stay apart.

use super::*;
use crate::testing::definition;

const SEVENTH_ROUND: [&str; 15] = [
    "八通技术研发中心项目",
    "河南省品牌服装研发生产项目",
    "泛锐云智项目",
    "西京花园幼儿园等7所幼儿园建设项目",
    "河南省煤矿智能化建设创新中心",
    "中原区2023年老旧小区改造项目",
    "郑州外国语中学莲湖校区项目",
    "郑州市常庄水库加固提升及金水河分洪工程PPP项目",
    "渡森服饰年产300万件服装智能化生产线建设项目",
    "中原区建设路第六小学",
    "河南昱峰医疗科技产业园",
    "郑州市医疗卫生应急物资储备中心",
    "郑州国棉三厂特色历史文化街区综合改造项目",
    "大喜城综合体项目",
    "CCD Park锦艺奥特莱斯项目",
];

fn id(n: usize) -> RecordId {
    RecordId(n as i64 + 1)
}

fn round() -> Vec<Known> {
    SEVENTH_ROUND
        .iter()
        .enumerate()
        .map(|(n, name)| Known::named(id(n), *name))
        .collect()
}

fn check(name: &str, expect: NameMatch) {
    assert_eq!(find_name(name, &round()), expect, "{name}");
}

#[test]
fn other_writings_of_a_project_find_it() {
    check("泛锐云智新材料产业园", NameMatch::One(id(2), How::Near));
    check("外国语中学莲湖校区", NameMatch::One(id(6), How::Near));
    check("国棉三厂历史文化街区", NameMatch::One(id(12), How::Near));
    check("昱峰医疗产业园", NameMatch::One(id(10), How::Near));
    check("大喜城综合体", NameMatch::One(id(13), How::Near));
    check("中原区 建设路第六小学", NameMatch::One(id(9), How::Exact));
    let wedding = [Known::named(id(0), "五建集团婚庆产业园")];
    assert_eq!(
        find_name("五建婚庆产业园", &wedding),
        NameMatch::One(id(0), How::Near)
    );
}

#[test]
fn different_projects_of_one_round_stay_apart() {
    let known = round();
    for (n, name) in SEVENTH_ROUND.iter().enumerate() {
        let others: Vec<Known> = known.iter().filter(|k| k.id != id(n)).cloned().collect();
        assert_eq!(find_name(name, &others), NameMatch::None, "{name}");
        assert_eq!(find_name(name, &known), NameMatch::One(id(n), How::Exact));
    }
}

#[test]
fn other_projects_of_the_pages_are_not_taken_for_one_of_the_round() {
    for name in [
        "优悦中心企业总部基地",
        "人工智能产业园",
        "二砂北路道路项目",
        "中原小微企业园",
        "麦德龙购物中心",
    ] {
        check(name, NameMatch::None);
    }
    check("中原区2024年老旧小区改造项目", NameMatch::None);
    check("中原区建设路第五小学", NameMatch::None);
}

#[test]
fn an_alias_beats_likeness_and_a_shared_alias_asks() {
    let known = [
        Known::named(id(0), "郑州国棉三厂特色历史文化街区综合改造项目")
            .alias("国棉三厂历史文化街区"),
        Known::named(id(1), "国棉三厂宿舍改造"),
    ];
    assert_eq!(
        find_name("国棉三厂历史文化街区", &known),
        NameMatch::One(id(0), How::Alias)
    );
    let shared = [
        Known::named(id(0), "甲项目").alias("园区"),
        Known::named(id(1), "乙项目").alias("园区"),
    ];
    assert!(matches!(find_name("园区", &shared), NameMatch::Several(same) if same.len() == 2));
}

#[test]
fn offices_are_found_by_their_usual_writings_and_never_by_likeness() {
    let orgs = NameIndex::new(vec![
        Known::named(id(0), "林山寨街道"),
        Known::named(id(1), "航海西路街道").alias("航西办事处"),
        Known::named(id(2), "区工信局").alias("中原区工业和信息化局"),
        Known::named(id(3), "区科技局"),
        Known::named(id(4), "区财政局"),
        Known::named(id(5), "中原区").alias("郑州市中原区"),
        Known::named(id(6), "中原产业园区"),
    ]);
    let found = |name: &str| orgs.find_org(name);
    for name in ["林山寨街道", "林山寨办事处", "林山寨街道办事处", "林山寨"] {
        let expect = if name == "林山寨" {
            NameMatch::None
        } else {
            NameMatch::One(
                id(0),
                if name == "林山寨街道" {
                    How::Exact
                } else {
                    How::Alias
                },
            )
        };
        assert_eq!(found(name), expect, "{name}");
    }
    assert_eq!(found("航西办事处"), NameMatch::One(id(1), How::Alias));
    assert_eq!(found("中原区财政局"), NameMatch::One(id(4), How::Alias));
    assert_eq!(
        found("中原区工业和信息化局"),
        NameMatch::One(id(2), How::Alias)
    );
    assert_eq!(found("区工业和信息化局"), NameMatch::One(id(2), How::Alias));
    assert_eq!(found("全  区"), NameMatch::One(id(5), How::Alias));
    assert_eq!(
        found("金水区财政局"),
        NameMatch::None,
        "another district's office"
    );
    assert_eq!(found("区工商局"), NameMatch::None);
    assert_eq!(found("施工单位"), NameMatch::None);
}

fn row(pairs: &[(&str, Value)]) -> Fields {
    pairs
        .iter()
        .map(|(id, value)| ((*id).to_owned(), value.clone()))
        .collect()
}

fn known() -> Vec<Known> {
    let keys = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(f, k)| ((*f).to_owned(), (*k).to_owned()))
            .collect()
    };
    vec![
        Known {
            keys: keys(&[("uscc", "91410102MA9TEXT004")]),
            ..Known::named(id(0), "示例制造有限公司")
        },
        Known {
            keys: keys(&[("unit", "7"), ("day", "2023-03-10")]),
            ..Known::named(id(1), "泛锐云智项目")
        },
    ]
}

#[test]
fn key_fields_block_whatever_the_name_says() {
    let candidate = row(&[
        ("name", Value::Text("完全不同".into())),
        ("uscc", Value::Text("91410102ma9text004".into())),
    ]);
    let expect = Same {
        id: id(0),
        score: 100,
        how: How::Key,
        action: DuplicateAction::Block,
    };
    assert_eq!(find_same(&definition(), &candidate, &known()), [expect]);
}

#[test]
fn all_keys_of_a_rule_must_agree() {
    let unit = ("unit", Value::Ref(RecordId(7)));
    let day = |d: i8| ("day", Value::Date(ground::Date::constant(2023, 3, d)));
    let hit = find_same(&definition(), &row(&[unit.clone(), day(10)]), &known());
    assert_eq!(hit.len(), 1);
    assert_eq!(
        (hit[0].id, hit[0].how, hit[0].action),
        (id(1), How::Key, DuplicateAction::Warn)
    );
    assert_eq!(
        find_same(&definition(), &row(&[unit.clone(), day(11)]), &known()),
        []
    );
    assert_eq!(find_same(&definition(), &row(&[unit]), &known()), []);
}

#[test]
fn a_near_name_is_worth_a_question() {
    let candidate = row(&[("name", Value::Text("泛锐云智新材料产业园".into()))]);
    let found = find_same(&definition(), &candidate, &known());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id, found[0].how), (id(1), How::Near));
    assert!((76..100).contains(&found[0].score));
}

#[test]
fn a_stored_record_gives_its_names_and_keys() {
    let record = Record {
        id: id(4),
        version: 1,
        org: ground::OrgPath::new("410102").expect("fixed"),
        number: None,
        fields: row(&[
            ("name", Value::Text("甲公司".into())),
            ("aliases", Value::TextList(vec!["甲".into()])),
            ("uscc", Value::Text("91410102MA9TEXT004".into())),
        ]),
        withdrawn: false,
    };
    let known = known_of(&definition(), &record);
    assert_eq!(
        (known.name.as_str(), known.aliases.as_slice()),
        ("甲公司", &["甲".to_owned()][..])
    );
    assert_eq!(known.keys["uscc"], "91410102MA9TEXT004");
    let again = find_same(&definition(), &record.fields, &[known]);
    assert_eq!(
        (again[0].how, again[0].action),
        (How::Key, DuplicateAction::Block)
    );
}

#[test]
fn later_rows_of_an_import_see_the_earlier_ones() {
    let mut index = NameIndex::default();
    assert_eq!(index.find("泛锐云智项目"), NameMatch::None);
    index.add(Known::named(id(0), "泛锐云智项目"));
    assert_eq!(
        index.find("泛锐云智项目"),
        NameMatch::One(id(0), How::Exact)
    );
}

const HAZARD: &str = r#"
[register]
id = "hazard"
version = "1.0.0"
title = { "zh-CN" = "隐患" }
[[field]]
id = "domain"
type = "text"
label = { "zh-CN" = "领域" }
[[field]]
id = "point"
type = "geo_point"
label = { "zh-CN" = "位置" }
[[field]]
id = "text"
type = "long_text"
label = { "zh-CN" = "描述" }
[[field]]
id = "found_at"
type = "datetime"
label = { "zh-CN" = "发现时间" }
[[duplicate]]
keys = ["domain"]
near = [ { field = "point", metres = 50 }, { field = "text", similarity = 0.8 }, { field = "found_at", days = 7 } ]
action = "merge"
"#;

#[test]
fn a_row_near_in_place_time_and_words_is_asked_about() {
    let (definition, findings) = crate::parse("hazard.toml", HAZARD);
    assert_eq!(findings, []);
    let definition = definition.expect("good");
    let row = |domain: &str, point: &str, text: &str, at: &str| {
        Fields::from([
            ("domain".to_owned(), Value::Text(domain.into())),
            ("point".to_owned(), Value::Text(point.into())),
            ("text".to_owned(), Value::Text(text.into())),
            ("found_at".to_owned(), Value::DateTime(at.into())),
        ])
    };
    let words = "门口消防通道被电动车占用";
    let record = crate::Record {
        id: id(0),
        version: 1,
        org: "410102".parse().expect("fixed path"),
        number: None,
        fields: row(
            "fire",
            "113.611000,34.748000",
            words,
            "2023-03-10T00:30:00Z",
        ),
        withdrawn: false,
    };
    let known = [known_of(&definition, &record)];
    let found = |row: Fields| -> Vec<(RecordId, DuplicateAction)> {
        let same = find_same(&definition, &row, &known);
        same.iter().map(|s| (s.id, s.action)).collect()
    };
    let same = [(id(0), DuplicateAction::Merge)];
    // 0.0004° of latitude are 44 m, 0.0005° are 56 m; 2023-03-16T16:00:00Z is the 17th in the district.
    let (near, far) = ("113.611000,34.748400", "113.611000,34.748500");
    assert_eq!(
        found(row(
            "fire",
            near,
            "门口消防通道被电动车占",
            "2023-03-16T16:00:00Z"
        )),
        same
    );
    assert_eq!(found(row("fire", far, words, "2023-03-10T00:30:00Z")), []);
    assert_eq!(found(row("fire", near, words, "2023-03-17T16:00:00Z")), []);
    assert_eq!(
        found(row("fire", near, "配电箱没有锁", "2023-03-10T00:30:00Z")),
        []
    );
    assert_eq!(found(row("gas", near, words, "2023-03-10T00:30:00Z")), []);
    let mut without = row("fire", near, words, "2023-03-10T00:30:00Z");
    without.remove("point");
    assert_eq!(found(without), [], "what is missing is not near");
}
