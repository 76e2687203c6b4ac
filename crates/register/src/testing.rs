//! For tests: a definition with every kind of field, and records of it.

use ground::{Amount, Bound, Date, Fen, RecordId};
use proptest::prelude::*;

use crate::definition::Definition;
use crate::record::{Fields, Value};

pub(crate) const TOML: &str = r#"
[register]
id = "everything"
version = "1.0.0"
title = { "zh-CN" = "各类字段" }
name_field = "name"
alias_field = "aliases"
[choices]
batch = [
  { code = "signed", "zh-CN" = "签约一批", synonyms = ["签约"] },
  { code = "started", "zh-CN" = "开工一批", synonyms = ["开工"] },
]
[[field]]
id = "name"
type = "text"
required = true
max_len = 20
label = { "zh-CN" = "名称" }
[[field]]
id = "aliases"
type = "text_list"
max = 3
label = { "zh-CN" = "别名" }
[[field]]
id = "count"
type = "int"
unit = "个"
min = 0
max = 100
label = { "zh-CN" = "个数" }
[[field]]
id = "length"
type = "decimal"
digits = 3
unit = "公里"
min = 0.5
label = { "zh-CN" = "长度" }
[[field]]
id = "cost"
type = "money"
show = "亿元"
max = 100
label = { "zh-CN" = "总投资" }
[[field]]
id = "paid"
type = "money"
show = "万元"
bound = false
label = { "zh-CN" = "已付" }
[[field]]
id = "share"
type = "percent"
label = { "zh-CN" = "占比" }
[[field]]
id = "done"
type = "bool"
label = { "zh-CN" = "完成" }
[[field]]
id = "day"
type = "date"
label = { "zh-CN" = "日期" }
[[field]]
id = "moment"
type = "datetime"
label = { "zh-CN" = "时间" }
[[field]]
id = "period"
type = "period"
label = { "zh-CN" = "时段" }
[[field]]
id = "batch"
type = "code"
list = "batch"
label = { "zh-CN" = "批次" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "责任单位" }
[[field]]
id = "helpers"
type = "ref"
to = "organisation"
many = true
label = { "zh-CN" = "配合单位" }
[[field]]
id = "phone"
type = "phone"
label = { "zh-CN" = "电话" }
[[field]]
id = "uscc"
type = "uscc"
label = { "zh-CN" = "统一社会信用代码" }
[[field]]
id = "point"
type = "geo_point"
label = { "zh-CN" = "位置" }
[[field]]
id = "batches"
type = "multi_code"
list = "batch"
max = 2
label = { "zh-CN" = "批次（可多选）" }
[[field]]
id = "card"
type = "id_card"
label = { "zh-CN" = "身份证号码" }
[[field]]
id = "signed"
type = "signature"
label = { "zh-CN" = "签名" }
[[field]]
id = "words"
type = "note"
label = { "zh-CN" = "以下由街道填写" }
[[field]]
id = "route"
type = "geo_line"
label = { "zh-CN" = "线路" }
[[field]]
id = "plot"
type = "geo_area"
label = { "zh-CN" = "地块" }
[[field]]
id = "code"
type = "text"
format = "project_code"
label = { "zh-CN" = "项目代码" }
[[field]]
id = "problems"
type = "table"
max = 2
label = { "zh-CN" = "存在问题" }
columns = [
  { id = "problem", type = "text", required = true, label = { "zh-CN" = "问题" } },
  { id = "money", type = "money", show = "万元", label = { "zh-CN" = "资金" } },
]
[[duplicate]]
keys = ["uscc"]
action = "block"
[[duplicate]]
keys = ["unit", "day"]
[[duplicate]]
near = [ { field = "name", similarity = 0.76 } ]
"#;

pub(crate) fn definition() -> Definition {
    let (definition, findings) = crate::parse("everything/definition.toml", TOML);
    assert_eq!(findings, []);
    definition.expect("no findings")
}

fn bound() -> impl Strategy<Value = Bound> {
    prop_oneof![
        Just(Bound::Exact),
        Just(Bound::About),
        Just(Bound::AtLeast),
        Just(Bound::AtMost)
    ]
}

fn amount() -> impl Strategy<Value = Value> {
    (any::<i64>(), bound()).prop_map(|(fen, bound)| {
        Value::Money(Amount {
            fen: Fen(fen),
            bound,
        })
    })
}

fn id() -> impl Strategy<Value = RecordId> {
    (1i64..1 << 53).prop_map(RecordId)
}

fn date() -> impl Strategy<Value = Date> {
    (1949i16..2100, 1i8..13, 1i8..29).prop_map(|(y, m, d)| Date::constant(y, m, d))
}

fn row() -> impl Strategy<Value = Fields> {
    let problem = "[甲乙丙丁]{1,8}".prop_map(Value::Text);
    (problem, proptest::option::of(amount())).prop_map(|(problem, money)| {
        let mut row = Fields::from([("problem".to_owned(), problem)]);
        row.extend(money.map(|m| ("money".to_owned(), m)));
        row
    })
}

/// Any well-typed values of [`definition`], each field there or not.
pub(crate) fn fields() -> impl Strategy<Value = Fields> {
    let text = |pattern: &'static str| pattern.prop_map(Value::Text).boxed();
    let kinds: Vec<(&str, BoxedStrategy<Value>)> = vec![
        ("name", text("[a-z甲乙丙丁\"\\\\{}]{1,12}")),
        (
            "aliases",
            proptest::collection::vec("[甲乙丙]{1,4}", 1..4)
                .prop_map(Value::TextList)
                .boxed(),
        ),
        (
            "count",
            (-(1i64 << 53) + 1..1 << 53).prop_map(Value::Int).boxed(),
        ),
        (
            "length",
            any::<i64>()
                .prop_map(|scaled| Value::Decimal { scaled, digits: 3 })
                .boxed(),
        ),
        ("cost", amount().boxed()),
        ("share", any::<i64>().prop_map(Value::Percent).boxed()),
        ("done", any::<bool>().prop_map(Value::Bool).boxed()),
        ("day", date().prop_map(Value::Date).boxed()),
        (
            "moment",
            date()
                .prop_map(|d| Value::DateTime(format!("{d}T08:30:59Z")))
                .boxed(),
        ),
        ("period", text("20[0-9]{2}M0[1-9]")),
        ("batch", text("signed|started")),
        (
            "batches",
            Just(Value::TextList(vec!["started".into(), "signed".into()])).boxed(),
        ),
        ("card", text("11010519491231002X")),
        ("signed", text("[0-9a-f]{64}")),
        (
            "route",
            text("113\\.[0-9]{6},34\\.[0-9]{6}(;113\\.[0-9]{6},34\\.[0-9]{6}){1,3}"),
        ),
        (
            "plot",
            text("113\\.[0-9]{6},34\\.[0-9]{6}(;113\\.[0-9]{6},34\\.[0-9]{6}){2,4}"),
        ),
        ("unit", id().prop_map(Value::Ref).boxed()),
        (
            "helpers",
            proptest::collection::vec(id(), 1..4)
                .prop_map(Value::Refs)
                .boxed(),
        ),
        ("point", text("113\\.[0-9]{6},34\\.[0-9]{6}")),
        (
            "problems",
            proptest::collection::vec(row(), 1..3)
                .prop_map(Value::Rows)
                .boxed(),
        ),
    ];
    let fields: Vec<_> = kinds
        .into_iter()
        .map(|(id, value)| proptest::option::of(value).prop_map(move |v| Some((id.to_owned(), v?))))
        .collect();
    fields.prop_map(|pairs| pairs.into_iter().flatten().collect())
}
