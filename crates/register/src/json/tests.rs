//! JSON of values: what is written is read back, and what is wrong is told.

use super::*;
use crate::testing::{definition, fields};
use proptest::prelude::*;
use serde_json::json;

proptest! {
    #[test]
    fn what_is_written_is_read_back(values in fields()) {
        let (read, findings) = from_json(&definition(), &to_json(&definition(), &values));
        prop_assert_eq!(findings, vec![]);
        prop_assert_eq!(read, values);
    }

    #[test]
    fn decimal_text_and_back(scaled_value in any::<i64>(), digits in 0u8..10) {
        prop_assert_eq!(scaled(&decimal_text(scaled_value, digits), digits), Some(scaled_value));
    }
}

fn read(json: Json) -> (Fields, Vec<Finding>) {
    from_json(&definition(), json.as_object().expect("an object"))
}

#[test]
fn values_have_their_written_form() {
    let values = Fields::from([
        ("name".into(), Value::Text("泛锐云智项目".into())),
        (
            "cost".into(),
            Value::Money(Amount {
                fen: Fen(12_000_000_000),
                bound: Bound::About,
            }),
        ),
        (
            "paid".into(),
            Value::Money(Amount {
                fen: Fen(150),
                bound: Bound::Exact,
            }),
        ),
        ("share".into(), Value::Percent(2820)),
        (
            "length".into(),
            Value::Decimal {
                scaled: 12500,
                digits: 3,
            },
        ),
        ("unit".into(), Value::Ref(RecordId(9_007_199_254_740_991))),
        ("day".into(), Value::Date(Date::constant(2023, 8, 20))),
        (
            "problems".into(),
            Value::Rows(vec![Fields::from([(
                "problem".into(),
                Value::Text("断头路".into()),
            )])]),
        ),
    ]);
    let expect = json!({
        "name": "泛锐云智项目", "cost": "120000000.00", "cost_bound": "about", "paid": "1.50",
        "share": "28.2", "length": "12.500", "unit": "9007199254740991", "day": "2023-08-20",
        "problems": [{ "problem": "断头路" }],
    });
    assert_eq!(Json::Object(to_json(&definition(), &values)), expect);
}

#[test]
fn null_and_empty_are_absent() {
    let (fields, findings) = read(
        json!({ "name": "  ", "cost": null, "cost_bound": null, "aliases": [], "problems": [] }),
    );
    assert_eq!((fields.len(), findings), (0, vec![]));
}

#[test]
fn faults_name_the_field_and_the_form_wanted() {
    let faults = |json: Json| -> Vec<(String, String)> {
        read(json)
            .1
            .into_iter()
            .map(|f| (f.place, f.remedy))
            .collect()
    };
    let one = |place: &str, remedy: &str| vec![(place.to_owned(), remedy.to_owned())];
    assert_eq!(
        faults(json!({ "cost": "1.234" })),
        one("cost", "应为以元为单位的数字串，如 \"120000000.00\"。")
    );
    assert_eq!(
        faults(json!({ "cost": 1.5 })),
        one("cost", "应为以元为单位的数字串，如 \"120000000.00\"。")
    );
    assert_eq!(
        faults(json!({ "cost": "1", "cost_bound": "maybe" })),
        one("cost", "应为以元为单位的数字串，如 \"120000000.00\"。")
    );
    assert_eq!(
        faults(json!({ "count": 9_007_199_254_740_992_i64 })),
        one("count", "应为整数。")
    );
    assert_eq!(
        faults(json!({ "day": "2023-02-30" })),
        one("day", "应为日期，如 \"2023-08-20\"。")
    );
    assert_eq!(
        faults(json!({ "unit": 17 })),
        one("unit", "应为记录编号的字符串，如 \"17\"。")
    );
    assert_eq!(
        faults(json!({ "moment": "2023-03-10 08:30" })),
        one("moment", "应为UTC 时间，如 \"2023-03-10T00:30:00Z\"。")
    );
    assert_eq!(
        faults(json!({ "nmae": "甲" })),
        one("nmae", "是不是想写“name”？")
    );
    assert_eq!(faults(json!({ "name_bound": "about" })).len(), 1);
    assert_eq!(
        faults(json!({ "problems": [{ "problem": "甲" }, { "money": "x" }] })),
        one(
            "problems[2].money",
            "应为以元为单位的数字串，如 \"120000000.00\"。"
        ),
    );
}
