//! Plans between two definitions, records carried over and brought back.

use super::*;
use crate::record::Value;
use crate::testing;
use ground::{Date, HolidayTable, RecordId, Severity, WorkCalendar};
use proptest::prelude::*;

/// The second version of the definition with every kind of field: a rename with a wider type, merged options, a column
/// renamed and one given up, a field given up, a type changed by a rule.
fn second() -> Definition {
    let toml = testing::TOML
        .replace("version = \"1.0.0\"", "version = \"2.0.0\"")
        .replace(
            "id = \"count\"\ntype = \"int\"\nunit = \"个\"\nmin = 0\nmax = 100\n",
            "id = \"pieces\"\nrenamed_from = \"count\"\ntype = \"decimal\"\ndigits = 2\n",
        )
        .replace("{ code = \"started\", \"zh-CN\" = \"开工一批\", synonyms = [\"开工\"] },\n", "")
        .replace(
            "id = \"problem\", type = \"text\", required = true",
            "id = \"issue\", renamed_from = \"problem\", type = \"long_text\", required = true",
        )
        .replace(
            "  { id = \"money\", type = \"money\", show = \"万元\", label = { \"zh-CN\" = \"资金\" } },\n",
            "",
        )
        .replace(
            "[[field]]\nid = \"moment\"\ntype = \"datetime\"\nlabel = { \"zh-CN\" = \"时间\" }\n",
            "",
        )
        .replace("id = \"done\"\ntype = \"bool\"", "id = \"done\"\ntype = \"text\"")
        .replace(
            "id = \"unit\"\ntype = \"org\"",
            "id = \"unit\"\ntype = \"ref\"\nto = \"organisation\"\nmany = true",
        )
        .replace("[[duplicate]]\nkeys = [\"unit\", \"day\"]\n", "");
    let toml = format!(
        "{toml}[[migrate]]\nfrom = \"1\"\nto = \"2\"\narchive = [\"moment\", \"problems.money\"]\n\
         option_map = {{ batch = {{ started = \"signed\" }} }}\n\
         set = {{ done = \"old.done == true ? '已完成' : none\" }}\n"
    );
    let (definition, findings) = crate::parse("everything.toml", &toml);
    assert_eq!(findings, []);
    definition.expect("good")
}

fn record(fields: Fields) -> Record {
    Record {
        id: RecordId(7),
        version: 3,
        org: "410102".parse().expect("fixed path"),
        number: Some("A1".into()),
        fields,
        withdrawn: false,
    }
}

fn carried(plan: &MigrationPlan, record: &Record) -> Result<Converted, Vec<Finding>> {
    let calendar = WorkCalendar::official(&HolidayTable::default());
    let moment = Moment {
        today: Date::constant(2023, 3, 10),
        now: "2023-03-10T00:30:00Z",
        calendar: &calendar,
    };
    convert(plan, record, moment)
}

proptest! {
    #[test]
    fn there_and_back_loses_nothing(fields in testing::fields()) {
        let (plan, findings) = plan(&testing::definition(), &second());
        prop_assert_eq!(findings, vec![]);
        let record = record(fields);
        if let Ok(there) = carried(&plan, &record) {
            prop_assert_eq!(reverse(&plan, &there.fields, &there.kept), record.fields);
        }
    }

    #[test]
    fn what_is_carried_over_obeys_the_types_of_the_new_definition(fields in testing::fields()) {
        let new = second();
        let (plan, _) = plan(&testing::definition(), &new);
        if let Ok(there) = carried(&plan, &record(fields)) {
            for (id, value) in &there.fields {
                let field = new.field(id);
                prop_assert!(field.is_some_and(|f| value.fits(f)), "{} {:?}", id, value);
            }
        }
    }
}

#[test]
fn values_go_where_the_plan_says() {
    let (plan, findings) = plan(&testing::definition(), &second());
    assert_eq!(findings, []);
    let text = |t: &str| Value::Text(t.into());
    let row = Fields::from([("problem".to_owned(), text("缺口"))]);
    let old = record(Fields::from([
        ("name".into(), text("甲")),
        ("count".into(), Value::Int(7)),
        ("batch".into(), text("started")),
        (
            "batches".into(),
            Value::TextList(vec!["started".into(), "signed".into()]),
        ),
        ("done".into(), Value::Bool(true)),
        (
            "moment".into(),
            Value::DateTime("2023-03-10T00:30:00Z".into()),
        ),
        ("unit".into(), Value::Ref(RecordId(5))),
        ("problems".into(), Value::Rows(vec![row])),
    ]));
    let there = carried(&plan, &old).expect("carried over");
    let row = Fields::from([("issue".to_owned(), text("缺口"))]);
    let expect = Fields::from([
        ("name".into(), text("甲")),
        (
            "pieces".into(),
            Value::Decimal {
                scaled: 700,
                digits: 2,
            },
        ),
        ("batch".into(), text("signed")),
        ("batches".into(), Value::TextList(vec!["signed".into()])),
        ("done".into(), text("已完成")),
        ("unit".into(), Value::Refs(vec![RecordId(5)])),
        ("problems".into(), Value::Rows(vec![row])),
    ]);
    assert_eq!(there.fields, expect);
    let kept: Vec<&str> = there.kept.keys().map(String::as_str).collect();
    assert_eq!(
        kept,
        ["batch", "batches", "done", "moment"],
        "the rest follows from the new values"
    );
    let archiving: Vec<&str> = plan
        .changes
        .iter()
        .filter(|c| c.class == ChangeClass::Archiving)
        .map(|c| c.text.as_str())
        .collect();
    assert_eq!(archiving, ["“时间”停用，旧值留档", "“资金”停用，旧值留档"]);
}

const HEAD: &str =
    "[register]\nid = \"d\"\nversion = \"VERSION\"\ntitle = { \"zh-CN\" = \"台账\" }\n";
const FLOW: &str = "[[state]]\nid = \"draft\"\nlabel = { \"zh-CN\" = \"草稿\" }\ninitial = true\n[[state]]\nid = \"open\"\nlabel = { \"zh-CN\" = \"在办\" }\n[[transition]]\nid = \"go\"\nto = \"open\"\nroles = [\"anyone\"]\n";

fn define(version: &str, body: &str) -> Definition {
    let toml = format!("{}{body}", HEAD.replace("VERSION", version));
    let (definition, findings) = crate::parse("d.toml", &toml);
    assert_eq!(findings, [], "{body}");
    definition.expect("good")
}

fn field(id: &str, kind: &str, more: &str) -> String {
    format!("[[field]]\nid = \"{id}\"\ntype = \"{kind}\"\nlabel = {{ \"zh-CN\" = \"甲\" }}\n{more}")
}

/// Findings of a plan from one body to another as `severity place: problem remedy`.
fn check(old: &str, new: &str, expect: &[&str]) {
    let (_, findings) = plan(&define("1.0.0", old), &define("2.0.0", new));
    let shown: Vec<String> = findings
        .iter()
        .map(|f| {
            let weight = if f.severity == Severity::Error {
                "错误"
            } else {
                "警告"
            };
            format!("{weight} {}: {}{}", f.place, f.problem, f.remedy)
        })
        .collect();
    assert_eq!(shown, expect, "{new}");
}

#[test]
fn a_field_that_vanishes_is_refused_until_somebody_says_what_becomes_of_it() {
    let old = field("maker", "text", "");
    check(
        &old,
        &field("producer", "text", ""),
        &[
            "错误 d.maker: 字段“甲”（maker）不见了，没有说旧值怎么办。若是改名，请在字段“producer”里写 renamed_from = \"maker\"；若是停用，请在 [[migrate]] 里写 archive = [\"maker\"]。",
        ],
    );
    check(
        &old,
        &field("producer", "text", "renamed_from = \"maker\"\n"),
        &[],
    );
    let archive = "[[migrate]]\nfrom = \"1\"\nto = \"2\"\narchive = [\"maker\"]\n";
    check(
        &old,
        &format!("{}{archive}", field("producer", "text", "")),
        &[],
    );
}

#[test]
fn a_type_that_narrows_needs_a_rule() {
    let old = field("size", "text", "");
    let new = field("size", "int", "");
    check(
        &old,
        &new,
        &[
            "错误 d.size: 字段“甲”（size）的类型从 text 改成了 int，没有说旧值怎样换算。请在 [[migrate]] 的 set 里写换算规则，例如 set = { size = \"old.size\" }，或保留原来的类型。",
        ],
    );
    let rule = "[[migrate]]\nfrom = \"1\"\nto = \"2\"\nset = { size = \"int(old.size)\" }\n";
    check(&old, &format!("{new}{rule}"), &[]);
    check(&old, &field("size", "long_text", ""), &[]);
    let (plan, _) = plan(
        &define("1.0.0", &old),
        &define("2.0.0", &format!("{new}{rule}")),
    );
    let good = record(Fields::from([("size".into(), Value::Text("12".into()))]));
    assert_eq!(
        carried(&plan, &good).expect("a number").fields["size"],
        Value::Int(12)
    );
    let bad = record(Fields::from([("size".into(), Value::Text("大".into()))]));
    let findings = carried(&plan, &bad).expect_err("no number");
    assert_eq!(findings[0].code, "migrate.rule_failed");
    assert_eq!(findings[0].place, "size");
}

#[test]
fn options_and_states_that_vanish_need_a_map() {
    let list = |codes: &str| {
        format!(
            "[choices]\nkind = [ {codes} ]\n{}",
            field("kind", "code", "list = \"kind\"\n")
        )
    };
    let (ct, dr) = (
        "{ code = \"ct\", \"zh-CN\" = \"CT\" }",
        "{ code = \"dr\", \"zh-CN\" = \"DR\" }",
    );
    check(
        &list(&format!("{ct}, {dr}")),
        &list(ct),
        &[
            "错误 d.kind: 字段“甲”的选项“DR”（dr）不见了，没有说旧记录改选什么。请在 [[migrate]] 里写 option_map = { \"kind\" = { \"dr\" = \"新选项\" } }，或保留这个选项。",
        ],
    );
    let map = "[[migrate]]\nfrom = \"1\"\nto = \"2\"\noption_map = { kind = { dr = \"ct\" } }\n";
    check(
        &list(&format!("{ct}, {dr}")),
        &format!("{}{map}", list(ct)),
        &[],
    );
    let old = format!("{}{FLOW}", field("a", "text", ""));
    let new = old.replace("\"open\"", "\"running\"");
    check(
        &old,
        &new,
        &[
            "错误 d.state: 状态“在办”（open）不见了，没有说旧记录转到哪里。请在 [[migrate]] 里写 state_map = { open = \"新状态\" }，或保留这个状态。",
        ],
    );
    let map = "[[migrate]]\nfrom = \"1\"\nto = \"2\"\nstate_map = { open = \"running\" }\n";
    let new = format!("{new}{map}");
    check(&old, &new, &[]);
    let (plan, _) = plan(&define("1.0.0", &old), &define("2.0.0", &new));
    let case = record(Fields::from([
        ("state".into(), Value::Text("open".into())),
        ("flow_version".into(), Value::Text("1.0.0".into())),
    ]));
    let there = carried(&plan, &case).expect("carried over");
    assert_eq!(there.fields["state"], Value::Text("running".into()));
    assert_eq!(there.fields["flow_version"], Value::Text("2.0.0".into()));
    assert_eq!(reverse(&plan, &there.fields, &there.kept), case.fields);
}

#[test]
fn the_version_goes_up_and_a_new_required_field_is_told() {
    let body = field("a", "text", "");
    let (_, findings) = plan(&define("1.2.0", &body), &define("1.2.0", &body));
    assert_eq!(findings[0].problem, "版本号 1.2.0 不比现用的 1.2.0 高。");
    check(
        &body,
        &format!("{body}{}", field("b", "text", "required = true\n")),
        &[
            "警告 d.b: 新字段“甲”必填，旧记录没有值。旧记录下次修改时要补填；也可在 [[migrate]] 的 set 里给出 b。",
        ],
    );
}

#[test]
fn a_merged_option_names_itself_for_counting() {
    let (old, new) = (testing::definition(), second());
    let (plan, _) = plan(&old, &new);
    let merged = plan.changes.iter().find(|one| one.text.contains("并入"));
    let merged = merged.expect("a merged option");
    assert_eq!(merged.field.as_deref(), Some("batch"));
    assert_eq!(merged.value.as_deref(), Some("started"));
}
