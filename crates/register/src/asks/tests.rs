//! Burdens of two streets, and figures that are held already.

use std::sync::Arc;

use ground::{HolidayTable, OrgPath, Severity, WorkCalendar};

use super::*;
use crate::expr::Known;
use crate::record::{Record, Value};

fn parsed(id: &str, body: &str) -> Definition {
    let head = format!(
        "[register]\nid = \"{id}\"\nversion = \"1.0.0\"\ntitle = {{ \"zh-CN\" = \"{id}表\" }}\n"
    );
    let (definition, findings) = crate::parse("x/definition.toml", &format!("{head}{body}"));
    assert_eq!(findings, []);
    definition.expect("no findings")
}

fn field(id: &str, kind: &str, label: &str) -> String {
    format!("[[field]]\nid = \"{id}\"\ntype = \"{kind}\"\nlabel = {{ \"zh-CN\" = \"{label}\" }}\n")
}

fn cycle(period: &str, due: &str, prefill: &str) -> String {
    format!(
        "[cycle]\nperiod = \"{period}\"\ndue = \"{due}\"\nunits = \"unit.kind == 'street'\"\nunit_field = \"street\"\nperiod_field = \"period\"\nprefill = [{prefill}]\n"
    )
}

fn form(id: &str, period: &str, due: &str, prefill: &str) -> Definition {
    let fields = [
        field("street", "org", "街道"),
        field("period", "period", "时段"),
        field("a", "int", "甲"),
        field("b", "int", "乙"),
        "[[field]]\nid = \"c\"\ntype = \"int\"\ncompute = \"a + b\"\nlabel = { \"zh-CN\" = \"合计\" }\n".to_owned(),
        "[[field]]\nid = \"rows\"\ntype = \"table\"\nlabel = { \"zh-CN\" = \"明细\" }\ncolumns = [ { id = \"x\", type = \"text\", label = { \"zh-CN\" = \"子\" } }, { id = \"y\", type = \"text\", label = { \"zh-CN\" = \"丑\" } } ]\n".to_owned(),
    ];
    parsed(
        id,
        &format!("{}{}", fields.concat(), cycle(period, due, prefill)),
    )
}

struct Streets(Vec<Known>);

impl World for Streets {
    fn record(&self, _: &str, id: RecordId) -> Option<Known> {
        self.0.iter().find(|known| known.record.id == id).cloned()
    }

    fn records(&self, _: &str) -> Vec<Known> {
        self.0.clone()
    }
}

fn streets() -> Streets {
    let body = format!(
        "{}{}",
        field("name", "text", "名称"),
        field("kind", "text", "类别")
    );
    let definition = Arc::new(parsed("organisation", &body));
    let known = ["须水", "莲湖"].iter().enumerate().map(|(n, name)| {
        let values = [("name", *name), ("kind", "street")];
        let fields = values.map(|(id, text)| (id.to_owned(), Value::Text(text.into())));
        Known {
            definition: definition.clone(),
            record: Arc::new(Record {
                id: RecordId(n as i64 + 1),
                version: 1,
                org: OrgPath::new("410102").expect("a path"),
                number: None,
                fields: fields.into(),
                withdrawn: false,
            }),
        }
    });
    Streets(known.collect())
}

#[test]
fn the_burden_of_a_street_is_forms_fields_and_fillings_of_the_month() {
    let forms = [
        form("monthly", "month", "5d", ""),
        form("dekad", "dekad", "1wd", "\"a\""),
        form("yearly", "year", "31d", ""),
        parsed("no_cycle", &field("a", "int", "甲")),
    ];
    let calendar = WorkCalendar::official(HolidayTable::shipped());
    let moment = Moment {
        today: "2023-03-10".parse().expect("a day"),
        now: "2023-03-10T02:00:00Z",
        calendar: &calendar,
    };
    let month = "2023M03".parse().expect("a period");
    let load = load(&forms, month, &streets(), moment);
    let of = |form: &FormLoad| (form.register.clone(), form.fields, form.times, form.units);
    let found: Vec<_> = load.forms.iter().map(of).collect();
    assert_eq!(
        found,
        [("monthly".into(), 4, 1, 2), ("dekad".into(), 3, 3, 2)]
    );
    let unit = &load.units[0];
    assert_eq!(unit.name, "须水");
    assert_eq!(
        (unit.forms, unit.fields, unit.fillings, unit.cells),
        (2, 7, 4, 13)
    );
    assert_eq!(load.units.len(), 2);
}

fn held(new: &str, existing: &[Definition]) -> Vec<(String, Severity, String)> {
    let new = parsed("new_form", new);
    let findings = already_held(&new, existing);
    findings
        .into_iter()
        .map(|f| (f.place, f.severity, f.remedy))
        .collect()
}

fn enterprise() -> Definition {
    let uscc = field("uscc", "uscc", "统一社会信用代码")
        .replace("label =", "synonyms = [\"信用代码\"]\nlabel =");
    let staff = field("staff", "int", "从业人数");
    parsed(
        "enterprise",
        &[uscc, staff, field("note", "text", "备注")].concat(),
    )
}

fn reference(to: &str) -> String {
    field("firm", "ref", "企业").replace("label =", &format!("to = \"{to}\"\nlabel ="))
}

#[test]
fn what_the_reference_brings_is_not_asked_again() {
    let asked = [
        reference("enterprise"),
        field("code", "uscc", "信用代码"),
        field("people", "int", "从业 人数（人）"),
        field("other", "int", "新增人数"),
        field("note", "text", "备注"),
        field("words", "text", "从业人数"),
    ];
    let found = held(&asked.concat(), &[enterprise()]);
    let places: Vec<&str> = found.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(places, ["new_form.code", "new_form.people"]);
    assert_eq!(found[0].1, Severity::Warning, "told, never refused");
    assert_eq!(
        found[0].2,
        "是同一个数的，请写 compute = \"firm.uscc\" 直接取用，不再让基层填；不是的，请在名称里写明区别。"
    );
}

#[test]
fn a_snapshot_or_a_computed_value_is_not_asked() {
    let copying = reference("enterprise").replace("label =", "copy = { uscc = \"uscc\" }\nlabel =");
    let computed =
        field("people", "int", "从业人数").replace("label =", "compute = \"firm.staff\"\nlabel =");
    let found = held(&[copying, computed].concat(), &[enterprise()]);
    assert_eq!(found, []);
}

#[test]
fn a_figure_of_another_form_about_the_same_thing_is_a_question() {
    let sibling = parsed(
        "sibling",
        &[
            field("place", "org", "属地"),
            field("pumps", "int", "泵站数"),
        ]
        .concat(),
    );
    let new = [
        field("street", "org", "街道"),
        field("pump_count", "decimal", "泵站数"),
    ]
    .concat();
    let found = held(
        &new.replace("\"decimal\"", "\"int\""),
        std::slice::from_ref(&sibling),
    );
    assert_eq!(found[0].1, Severity::Warning);
    assert_eq!(
        held(&field("pump_count", "int", "泵站数"), &[sibling]),
        [],
        "about nothing in common"
    );
}

#[test]
fn what_names_a_record_and_what_every_form_has_is_no_figure() {
    let firms = parsed(
        "enterprise",
        &[
            field("name", "text", "企业名称"),
            field("contact", "person", "联系人"),
        ]
        .concat(),
    );
    let named = format!(
        "{}{}{}",
        field("name", "text", "企业名称"),
        reference("enterprise"),
        field("contact", "person", "联系人")
    );
    let mut new = parsed("new_form", &named);
    assert_eq!(already_held(&new, std::slice::from_ref(&firms)).len(), 1);
    new.name_field = Some("name".into());
    assert_eq!(already_held(&new, &[firms]), []);
}

#[test]
fn two_registers_about_units_share_numbers_and_not_words() {
    let sibling = parsed(
        "sibling",
        &[
            field("place", "org", "属地"),
            field("grade", "text", "考核档次"),
        ]
        .concat(),
    );
    let new = [
        field("street", "org", "街道"),
        field("grade", "text", "考核档次"),
    ]
    .concat();
    assert_eq!(held(&new, &[sibling]), []);
}
