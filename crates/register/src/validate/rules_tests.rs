//! Rules over a record in its scope, one at a time.

use super::*;
use crate::expr::{Known, Moment, Scope, World};
use crate::record::Record;
use ground::{Amount, Bound, Date, Fen, HolidayTable, RecordId, Severity, WorkCalendar};
use std::sync::Arc;

const TOML: &str = r#"
[register]
id = "hazard"
version = "1.0.0"
title = { "zh-CN" = "隐患" }
[choices]
level = [ { code = "general", "zh-CN" = "一般" }, { code = "major", "zh-CN" = "重大" } ]
region = [
  { code = "east", "zh-CN" = "东", with = { level = "major" } },
  { code = "west", "zh-CN" = "西", with = { level = "general" } },
]
[[field]]
id = "level"
type = "code"
list = "level"
label = { "zh-CN" = "等级" }
[[field]]
id = "region"
type = "code"
list = "region"
label = { "zh-CN" = "片区" }
pick = "option.level == level"
[[field]]
id = "plan"
type = "text"
label = { "zh-CN" = "方案" }
visible = "level == 'major'"
required = "state != 'draft'"
[[field]]
id = "found_on"
type = "date"
label = { "zh-CN" = "发现日期" }
check = { rule = "found_on <= today()", message = { "zh-CN" = "发现日期 {found_on} 晚于今天" } }
[[field]]
id = "street"
type = "org"
label = { "zh-CN" = "街道" }
level = "street"
pick = "ref.name != '停用街道'"
[[field]]
id = "photos"
type = "attachment"
label = { "zh-CN" = "照片" }
min = 1
visible = "level == 'major'"
[[field]]
id = "cost"
type = "money"
show = "万元"
label = { "zh-CN" = "资金" }
[[field]]
id = "measures"
type = "table"
label = { "zh-CN" = "措施" }
columns = [
  { id = "what", type = "text", label = { "zh-CN" = "内容" }, required = "true" },
  { id = "money", type = "money", show = "万元", label = { "zh-CN" = "资金" }, required = "row.what != '宣传'" },
]
[[check]]
id = "cost_sum"
when = "size(measures) > 0"
rule = "cost == sum(measures.map(m, m.money))"
severity = "warn"
message = { "zh-CN" = "措施资金合计 {sum} 与资金 {cost} 不一致" }
[[check]]
id = "has_region"
rule = "region != none"
severity = "error_on_submit"
message = { "zh-CN" = "上报前请选片区" }
[[state]]
id = "draft"
label = { "zh-CN" = "草稿" }
initial = true
[[state]]
id = "reported"
label = { "zh-CN" = "已上报" }
[[transition]]
id = "report"
from = "draft"
to = "reported"
roles = ["anyone"]
"#;

struct Directory(Arc<Definition>);

impl World for Directory {
    fn record(&self, register: &str, id: RecordId) -> Option<Known> {
        let (name, kind) = match id.0 {
            1 => ("莲湖街道", "subdistrict"),
            2 => ("停用街道", "subdistrict"),
            3 => ("区住建局", "department"),
            _ => return None,
        };
        let fields = Fields::from([("name".into(), text(name)), ("kind".into(), text(kind))]);
        (register == "organisation").then(|| Known {
            definition: self.0.clone(),
            record: Arc::new(Record {
                id,
                version: 1,
                org: "410102".parse().expect("fixed path"),
                number: None,
                fields,
                withdrawn: false,
            }),
        })
    }

    fn records(&self, _register: &str) -> Vec<Known> {
        Vec::new()
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn wan(n: i64) -> Value {
    Value::Money(Amount {
        fen: Fen(n * 1_000_000),
        bound: Bound::Exact,
    })
}

fn organisation() -> Definition {
    let toml = r#"
[register]
id = "organisation"
version = "1.0.0"
title = { "zh-CN" = "机构" }
[[field]]
id = "name"
type = "text"
label = { "zh-CN" = "名称" }
[[field]]
id = "kind"
type = "text"
label = { "zh-CN" = "类别" }
"#;
    crate::parse("organisation.toml", toml).0.expect("good")
}

/// Findings of a record with these values as `severity place code: problem remedy`.
fn check<const N: usize>(values: [(&str, Value); N], expect: &[&str]) {
    let (definition, findings) = crate::parse("hazard.toml", TOML);
    assert_eq!(findings, []);
    let definition = definition.expect("good");
    let fields = Fields::from(values.map(|(id, value)| (id.to_owned(), value)));
    let calendar = WorkCalendar::official(&HolidayTable::default());
    let world = Directory(Arc::new(organisation()));
    let moment = Moment {
        today: Date::constant(2023, 3, 10),
        now: "2023-03-10T00:30:00Z",
        calendar: &calendar,
    };
    let scope = Scope {
        world: &world,
        ..Scope::new(&definition, &fields, moment)
    };
    let found: Vec<String> = validate_in(&scope)
        .iter()
        .map(|f| {
            let weight = if f.severity == Severity::Error {
                "错误"
            } else {
                "警告"
            };
            format!("{weight} {} {}: {}{}", f.place, f.code, f.problem, f.remedy)
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn what_is_not_shown_is_not_asked_for() {
    let general = ("level", text("general"));
    let west = ("region", text("west"));
    check(
        [general.clone(), west.clone(), ("state", text("reported"))],
        &[],
    );
    check(
        [
            ("level", text("major")),
            ("region", text("east")),
            ("state", text("reported")),
        ],
        &[
            "错误 plan value.required: “方案”没有填。这一项必填，请补上“方案”。",
            "错误 photos value.out_of_range: “照片”填的是 0个。应不少于 1个，请核对。",
        ],
    );
    let files = ("photos", Value::TextList(vec!["a".into()]));
    check(
        [
            ("level", text("major")),
            ("region", text("east")),
            ("state", text("draft")),
            files,
        ],
        &[],
    );
}

#[test]
fn checks_of_fields_and_of_the_record_say_their_own_words() {
    check(
        [
            ("region", text("west")),
            ("level", text("general")),
            ("found_on", Value::Date(Date::constant(2023, 3, 11))),
        ],
        &["错误 found_on value.check: 发现日期 2023-03-11 晚于今天。请核对“发现日期”。"],
    );
    let row = |what: &str, money: Option<i64>| {
        let mut row = Fields::from([("what".to_owned(), text(what))]);
        row.extend(money.map(|m| ("money".to_owned(), wan(m))));
        row
    };
    let rows = Value::Rows(vec![row("围挡", Some(3)), row("宣传", None)]);
    check(
        [
            ("region", text("west")),
            ("level", text("general")),
            ("cost", wan(5)),
            ("measures", rows),
        ],
        &["警告 cost check.cost_sum: 措施资金合计 3万元 与资金 5万元 不一致。可以保存，请核对。"],
    );
    let rows = Value::Rows(vec![row("围挡", None)]);
    check(
        [
            ("region", text("west")),
            ("level", text("general")),
            ("cost", wan(0)),
            ("measures", rows),
        ],
        &["错误 measures[1].money value.required: “资金”没有填。这一项必填，请补上“资金”。"],
    );
}

#[test]
fn a_check_at_submitting_warns_before_and_refuses_after() {
    let general = ("level", text("general"));
    check(
        [general.clone(), ("state", text("draft"))],
        &["警告 region check.has_region: 上报前请选片区。可以保存，请核对。"],
    );
    check(
        [general, ("state", text("reported"))],
        &["错误 region check.has_region: 上报前请选片区。请改正后再提交。"],
    );
}

#[test]
fn only_what_is_offered_may_be_picked() {
    check(
        [("level", text("general")), ("region", text("east"))],
        &["错误 region value.not_offered: “片区”选的这一项现在不能选。请从给出的选项里重新选择。"],
    );
    let west = [("level", text("general")), ("region", text("west"))];
    let with = |id: i64| {
        let [level, region] = west.clone();
        [level, region, ("street", Value::Ref(RecordId(id)))]
    };
    check(with(1), &[]);
    check(
        with(2),
        &["错误 street value.not_offered: “街道”选的这一项现在不能选。请从给出的选项里重新选择。"],
    );
    check(
        with(3),
        &["错误 street value.wrong_level: “街道”要选街道，现在选的不是。请从名录里选一个街道。"],
    );
}
