//! A register with a field of every kind, and records for it.

use ground::{Amount, Bound, Date, District, Fen, OrgPath, RecordId};
use register::{Definition, Fields, Value};
use store::{Changes, Meta, NewRecord};

const TOML: &str = r#"
[register]
id = "project"
version = "1.0.0"
title = { "zh-CN" = "项目库" }
name_field = "name"
alias_field = "aliases"
list = ["name", "stage", "unit", "investment_total", "progress", "start_planned"]

[number]
pattern = "XM{yyyy}{seq:4}"
scope = ["yyyy"]

[choices]
stage = [
  { code = "signed", "zh-CN" = "签约" },
  { code = "started", "zh-CN" = "开工" },
  { code = "commissioned", "zh-CN" = "投产" },
]

[[field]]
id = "name"
type = "text"
required = true
search = true
label = { "zh-CN" = "项目名称" }
[[field]]
id = "aliases"
type = "text_list"
search = true
label = { "zh-CN" = "别名" }
[[field]]
id = "project_code"
type = "text"
unique = true
label = { "zh-CN" = "项目代码" }
[[field]]
id = "content"
type = "long_text"
search = true
label = { "zh-CN" = "主要建设内容" }
[[field]]
id = "stage"
type = "code"
list = "stage"
label = { "zh-CN" = "阶段" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "责任单位" }
[[field]]
id = "parent"
type = "ref"
to = "project"
label = { "zh-CN" = "上级项目" }
[[field]]
id = "related"
type = "ref"
to = "project"
many = true
label = { "zh-CN" = "相关项目" }
[[field]]
id = "investment_total"
type = "money"
label = { "zh-CN" = "总投资" }
[[field]]
id = "progress"
type = "percent"
label = { "zh-CN" = "进度" }
[[field]]
id = "area"
type = "decimal"
digits = 3
label = { "zh-CN" = "用地面积" }
[[field]]
id = "jobs"
type = "int"
label = { "zh-CN" = "就业人数" }
[[field]]
id = "on_wall"
type = "bool"
label = { "zh-CN" = "上墙" }
[[field]]
id = "start_planned"
type = "date"
label = { "zh-CN" = "计划开工" }
[[field]]
id = "checked_at"
type = "datetime"
label = { "zh-CN" = "核实时间" }
[[field]]
id = "problems"
type = "table"
label = { "zh-CN" = "存在问题" }
columns = [
  { id = "problem", type = "text", label = { "zh-CN" = "问题" } },
  { id = "amount", type = "money", label = { "zh-CN" = "涉及金额" } },
]
"#;

pub fn definition() -> Definition {
    parse(TOML)
}

/// The sample definition with its text changed.
pub fn changed(from: &str, to: &str) -> Definition {
    assert!(TOML.contains(from), "{from}");
    parse(&TOML.replacen(from, to, 1))
}

fn parse(toml: &str) -> Definition {
    let (definition, findings) = register::parse("project/definition.toml", toml);
    definition.unwrap_or_else(|| panic!("{findings:#?}"))
}

pub const REGISTER: &str = "project";

pub fn district() -> District {
    District::new("410102").expect("six digits")
}

pub fn org(path: &str) -> OrgPath {
    OrgPath::new(path).expect("a path")
}

pub const TODAY: Date = Date::constant(2023, 3, 10);

/// A meta on minute `n` after 2023-03-10T00:00Z.
pub fn meta(n: u32) -> Meta {
    let (hour, minute) = (n / 60 % 24, n % 60);
    let day = 10 + n / (24 * 60);
    Meta::new(
        "li.ming",
        format!("2023-03-{day:02}T{hour:02}:{minute:02}:00Z"),
        TODAY,
    )
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn money(fen: i64) -> Value {
    Value::Money(Amount {
        fen: Fen(fen),
        bound: Bound::Exact,
    })
}

pub fn fields<const N: usize>(values: [(&str, Value); N]) -> Fields {
    values
        .into_iter()
        .map(|(id, value)| (id.to_owned(), value))
        .collect()
}

pub fn new<const N: usize>(values: [(&str, Value); N]) -> NewRecord {
    NewRecord::new(org("410102.s013"), fields(values))
}

pub fn set<const N: usize>(values: [(&str, Value); N]) -> Changes {
    values
        .into_iter()
        .map(|(id, value)| (id.to_owned(), Some(value)))
        .collect()
}

/// A value in every field.
pub fn full(n: i64) -> Fields {
    let problem = |text: &str, fen| {
        fields([
            ("problem", Value::Text(text.to_owned())),
            (
                "amount",
                Value::Money(Amount {
                    fen: Fen(fen),
                    bound: Bound::AtLeast,
                }),
            ),
        ])
    };
    fields([
        ("name", text(&format!("新材料产业园{n}号"))),
        (
            "aliases",
            Value::TextList(vec!["合物660".into(), "含\"引号\"的名".into()]),
        ),
        ("project_code", text(&format!("2301-410102-04-01-{n:06}"))),
        (
            "content",
            text("建设厂房 12 万平方米,\n含 'A' 区 100%_完工"),
        ),
        ("stage", text("started")),
        ("unit", Value::Ref(RecordId(77))),
        ("parent", Value::Ref(RecordId(78))),
        ("related", Value::Refs(vec![RecordId(5), RecordId(6)])),
        (
            "investment_total",
            Value::Money(Amount {
                fen: Fen(62_400_000_000 + n),
                bound: Bound::About,
            }),
        ),
        ("progress", Value::Percent(2820)),
        (
            "area",
            Value::Decimal {
                scaled: -5,
                digits: 3,
            },
        ),
        ("jobs", Value::Int(-17)),
        ("on_wall", Value::Bool(true)),
        ("start_planned", Value::Date(Date::constant(2023, 6, 25))),
        ("checked_at", Value::DateTime("2023-03-10T00:30:00Z".into())),
        (
            "problems",
            Value::Rows(vec![
                problem("缺少用地指标", 5_000),
                problem("征迁未完成", 1),
            ]),
        ),
    ])
}
