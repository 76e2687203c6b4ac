//! Definitions and records for tests of expressions: the hazard and the device register in little.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{Amount, Date, Fen, HolidayTable, OrgPath, RecordId, WorkCalendar};

use super::{Expr, Known, Moment, Scope, User, Val, World, eval};
use crate::definition::{Choice, Definition, Field, FieldKind, Text};
use crate::record::{Fields, Record, Value};

pub(crate) const TODAY: Date = Date::constant(2025, 5, 12);
pub(crate) const NOW: &str = "2025-05-12T01:30:00Z";

pub(crate) fn calendar() -> WorkCalendar {
    WorkCalendar::official(HolidayTable::shipped())
}

pub(crate) fn expr(text: &str) -> Expr {
    Expr::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

pub(crate) fn code(id: &str, label: &str, options: &[(&str, &str)]) -> Field {
    let list = id.to_owned();
    let mut field = Field::new(id, label, FieldKind::Code { list });
    let choice = |(code, label): &(&str, &str)| Choice {
        code: (*code).to_owned(),
        label: Text::zh(*label),
        synonyms: Vec::new(),
        attributes: BTreeMap::new(),
    };
    field.choices = options.iter().map(choice).collect();
    field
}

pub(crate) fn computed(id: &str, label: &str, kind: FieldKind, rule: &str) -> Field {
    let mut field = Field::new(id, label, kind);
    field.compute = Some(expr(rule));
    field
}

pub(crate) fn define(id: &str, fields: Vec<Field>) -> Definition {
    let (definition, findings) = crate::parse(
        &format!("{id}/definition.toml"),
        &format!(
            "[register]\nid = \"{id}\"\nversion = \"1.0.0\"\ntitle = {{ \"zh-CN\" = \"台账\" }}\n[[field]]\nid = \"x\"\ntype = \"text\"\nlabel = {{ \"zh-CN\" = \"甲\" }}\n"
        ),
    );
    let mut definition = definition.unwrap_or_else(|| panic!("{findings:?}"));
    definition.fields = fields;
    definition.mark_live();
    definition
}

fn steps() -> Field {
    let column = |id: &str, kind| Field::new(id, id, kind);
    let columns = vec![
        column("at", FieldKind::DateTime),
        column("by", FieldKind::Text),
        column("transition", FieldKind::Text),
        column("from", FieldKind::Text),
        column("to", FieldKind::Text),
    ];
    Field::new("steps", "办理过程", FieldKind::Table { columns })
}

pub(crate) const HAZARD_STATES: [(&str, &str); 7] = [
    ("draft", "草稿"),
    ("reported", "已上报"),
    ("assigned", "整改中"),
    ("suspended", "暂缓"),
    ("fixed", "待复查"),
    ("closed", "已销号"),
    ("void", "作废"),
];

/// 安全隐患 of engines.md §2.3, the fields that its expressions name.
pub(crate) fn hazard() -> Definition {
    let org = |id: &str, label: &str| Field::new(id, label, FieldKind::Org);
    let measures = vec![
        Field::new("what", "措施", FieldKind::Text),
        Field::new("who", "责任人", FieldKind::Person),
        Field::new("money", "资金", FieldKind::Money),
        Field::new("done", "完成", FieldKind::Bool),
    ];
    let due = "add_workdays(date(assigned_at), level == 'major' ? 30 : 5)";
    let late = "max(0, workdays(due_on, coalesce(fixed_on, today())))";
    define(
        "safety_hazard",
        vec![
            Field::new("found_at", "发现时间", FieldKind::DateTime),
            org("place_org", "属地街道"),
            Field::new(
                "enterprise",
                "企业/场所",
                FieldKind::Ref {
                    to: "enterprise".into(),
                },
            ),
            code("domain", "领域", &[("fire", "消防"), ("gas", "燃气")]),
            code(
                "level",
                "隐患等级",
                &[("general", "一般隐患"), ("major", "重大隐患")],
            ),
            Field::new("text", "隐患描述", FieldKind::LongText),
            Field::new("cost", "整改资金", FieldKind::Money),
            org("duty_org", "责任单位"),
            Field::new("assigned_at", "交办时间", FieldKind::DateTime),
            Field::new("fixed_on", "整改完成日", FieldKind::Date),
            computed("due_on", "整改期限", FieldKind::Date, due),
            Field::new("photos_after", "整改后照片", FieldKind::Attachment),
            computed("late_days", "超期工作日", FieldKind::Int, late),
            Field::new(
                "measures",
                "整改措施",
                FieldKind::Table { columns: measures },
            ),
            code("state", "状态", &HAZARD_STATES),
            org("holder", "当前承办"),
            steps(),
        ],
    )
}

pub(crate) const DEVICE_STATES: [(&str, &str); 6] = [
    ("draft", "建档中"),
    ("screening", "初筛"),
    ("returned", "退回补正"),
    ("in_use", "在用"),
    ("stopped", "停用"),
    ("scrapped", "报废"),
];

/// 放射诊疗设备 of engines.md §2.3.
pub(crate) fn device() -> Definition {
    let kinds = [
        ("ct", "CT"),
        ("dr", "DR"),
        ("dental", "口腔X射线机"),
        ("mammo", "乳腺机"),
        ("dsa", "DSA"),
        ("linac", "加速器"),
        ("nm", "核医学"),
    ];
    let classes = [
        ("diag", "X射线影像诊断"),
        ("interv", "介入放射学"),
        ("therapy", "放射治疗"),
        ("nuclear", "核医学"),
    ];
    let mut class = code("class", "诊疗类别", &classes);
    class.compute = Some(expr(CLASS));
    let mut definition = define(
        "device",
        vec![
            Field::new(
                "institution",
                "放射诊疗机构",
                FieldKind::Ref {
                    to: "radiation_institution".into(),
                },
            ),
            computed(
                "licence_until",
                "许可证有效期至",
                FieldKind::Date,
                "institution.licence_until",
            ),
            code("kind", "设备类别", &kinds),
            class,
            Field::new("kv", "最大管电压", FieldKind::Decimal { digits: 1 }),
            Field::new("price", "购置金额", FieldKind::Money),
            Field::new("installed_on", "安装日期", FieldKind::Date),
            Field::new(
                "tests",
                "检测记录",
                FieldKind::Table {
                    columns: test_columns(),
                },
            ),
            computed(
                "last_status_test",
                "最近状态检测",
                FieldKind::Date,
                LAST_TEST,
            ),
            Field::new(
                "operators",
                "操作人员",
                FieldKind::Refs {
                    to: "radiation_worker".into(),
                },
            ),
            code("state", "状态", &DEVICE_STATES),
            steps(),
        ],
    );
    definition.obligations.push(yearly_test());
    definition
}

fn test_columns() -> Vec<Field> {
    vec![
        Field::new("on", "检测日期", FieldKind::Date),
        code(
            "kind",
            "类型",
            &[
                ("验收检测", "验收检测"),
                ("状态检测", "状态检测"),
                ("稳定性检测", "稳定性检测"),
            ],
        ),
        code("result", "结论", &[("pass", "合格"), ("fail", "不合格")]),
    ]
}

fn yearly_test() -> crate::law::Obligation {
    crate::law::Obligation {
        id: "yearly_status_test".into(),
        title: Text::zh("年度状态检测"),
        while_true: Some(expr("state == 'in_use'")),
        due: expr("add_months(coalesce(last_status_test, installed_on), 12)"),
        remind: vec![crate::law::Span {
            count: -30,
            unit: crate::law::SpanUnit::Day,
        }],
        overdue: crate::law::Lamp::Red,
        open: None,
    }
}

pub(crate) const CLASS: &str = "kind in ['ct','dr','dental','mammo'] ? 'diag' : kind == 'dsa' ? 'interv' : kind == 'linac' ? 'therapy' : 'nuclear'";
pub(crate) const LAST_TEST: &str =
    "max_or_none(tests.filter(t, t.kind == '状态检测' && t.result == 'pass').map(t, t.on))";

pub(crate) fn institution() -> Definition {
    define(
        "radiation_institution",
        vec![
            Field::new("name", "机构名称", FieldKind::Text),
            Field::new("licence_until", "许可证有效期至", FieldKind::Date),
            Field::new("street", "所在街道", FieldKind::Org),
        ],
    )
}

pub(crate) fn organisation() -> Definition {
    define(
        "organisation",
        vec![
            Field::new("name", "名称", FieldKind::Text),
            code(
                "level",
                "层级",
                &[("street", "街道"), ("department", "部门")],
            ),
        ],
    )
}

pub(crate) fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Fields {
    pairs
        .into_iter()
        .map(|(id, v)| (id.to_owned(), v))
        .collect()
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn money(fen: i64) -> Value {
    Value::Money(Amount::exact(Fen(fen)))
}

pub(crate) fn day(text: &str) -> Value {
    Value::Date(text.parse().expect("a date"))
}

pub(crate) fn step(at: &str, by: &str, transition: &str, from: &str, to: &str) -> Fields {
    fields([
        ("at", Value::DateTime(at.to_owned())),
        ("by", text(by)),
        ("transition", text(transition)),
        ("from", text(from)),
        ("to", text(to)),
    ])
}

pub(crate) fn known(definition: &Arc<Definition>, id: i64, fields: Fields) -> Known {
    Known {
        definition: definition.clone(),
        record: Arc::new(Record {
            id: RecordId(id),
            version: 1,
            org: OrgPath::new("410102.s013").expect("a path"),
            number: Some(format!("FS2025{id:04}")),
            fields,
            withdrawn: false,
        }),
    }
}

/// A district of a few records.
#[derive(Default)]
pub(crate) struct Village(pub(crate) BTreeMap<String, Vec<Known>>);

impl Village {
    pub(crate) fn add(&mut self, known: Known) {
        let register = known.definition.id.clone();
        self.0.entry(register).or_default().push(known);
    }
}

impl World for Village {
    fn record(&self, register: &str, id: RecordId) -> Option<Known> {
        let found = self.0.get(register)?;
        found.iter().find(|k| k.record.id == id).cloned()
    }

    fn records(&self, register: &str) -> Vec<Known> {
        self.0.get(register).cloned().unwrap_or_default()
    }
}

pub(crate) fn user() -> User {
    User {
        id: "zhang".into(),
        name: "张三".into(),
        org: Some(RecordId(13)),
        org_path: "410102.s013".into(),
        above: Vec::new(),
        roles: vec!["inspector".into()],
    }
}

/// Evaluates against a record, with the names given.
pub(crate) fn value(
    definition: &Definition,
    fields: &Fields,
    names: &[(&str, Val)],
    text: &str,
) -> Result<Val, super::EvalError> {
    let calendar = calendar();
    let user = user();
    let moment = Moment {
        today: TODAY,
        now: NOW,
        calendar: &calendar,
    };
    let scope = Scope {
        user: Some(&user),
        names,
        ..Scope::new(definition, fields, moment)
    };
    eval(&expr(text), &scope)
}

/// Evaluates without a record; printed.
pub(crate) fn shown(text: &str) -> String {
    let definition = organisation();
    match value(&definition, &Fields::new(), &[], text) {
        Ok(val) => super::print::print(&super::Tree::Literal(val)),
        Err(error) => format!("error: {error}"),
    }
}

/// Every expression of 安全隐患 in engines.md §2.3.
pub(crate) const HAZARD_EXPRESSIONS: [&str; 22] = [
    "true",
    "found_at <= now()",
    "has(enterprise)",
    "'general'",
    "level == 'major'",
    "level == 'major' && state != 'draft'",
    "person.org == duty_org",
    "add_workdays(date(assigned_at), level == 'major' ? 30 : 5)",
    "state == 'fixed'",
    "max(0, workdays(due_on, coalesce(fixed_on, today())))",
    "size(measures) > 0",
    "cost == sum(measures.map(m, m.money))",
    "due_on",
    "now()",
    "duty_org",
    "level == 'general'",
    "size(photos_after) > 0 && measures.all(m, m.done)",
    "user.id != actor('fix')",
    "state != 'void' && state != 'draft'",
    "state == 'closed' && late_days == 0",
    "due_on <= period.end && state != 'void'",
    "holder == user.org && state in ['assigned', 'reported']",
];

/// Every expression of 放射诊疗设备 in engines.md §2.3.
pub(crate) const DEVICE_EXPRESSIONS: [&str; 19] = [
    "institution.licence_until",
    CLASS,
    "class in ['diag', 'interv']",
    LAST_TEST,
    "ref.institution == institution && ref.state == 'active'",
    "state != 'draft'",
    "tests.all(t, !has(installed_on) || t.on >= installed_on)",
    "state != 'in_use' || licence_until >= today()",
    "tests.exists(t, t.kind == '验收检测' && t.result == 'pass') && size(operators) > 0",
    "last_status_test != none && last_status_test > left('in_use')",
    "state == 'in_use'",
    "add_months(coalesce(last_status_test, installed_on), 12)",
    "add_months(start, 1)",
    "exists(device, device.institution == ref && device.state == 'in_use')",
    "institution.street",
    "kind",
    "state == 'in_use' && last_status_test > add_months(period.end, -12)",
    "obligation('yearly_status_test').due <= today() + days(30)",
    "old.kind == '牙片机' ? 'dental' : old.kind",
];
