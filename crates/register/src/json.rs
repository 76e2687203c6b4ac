//! Values in JSON, as the API and the journal write them: money as a decimal string of 元 with
//! `<id>_bound` beside it when it is not exact, decimals and percents as decimal strings, dates in
//! ISO 8601, references as string ids, tables as arrays of objects.

use ground::{Amount, Bound, Date, Fen, Finding, RecordId};
use serde_json::{Map, Value as Json};

use crate::definition::{Definition, Field, FieldKind};
use crate::record::{Fields, Value};
use crate::show::{decimal_text, shortest};
use crate::suggest::did_you_mean;

/// Greatest whole number that a browser keeps exactly.
const INT_MAX: i64 = (1 << 53) - 1;

/// The values of a record as a JSON object. Values of fields that the definition does not have are
/// left out.
pub fn to_json(definition: &Definition, fields: &Fields) -> Map<String, Json> {
    object(&definition.fields, fields)
}

/// The values of some fields (of a row, of one field alone) as a JSON object.
pub fn fields_to_json(known: &[Field], fields: &Fields) -> Map<String, Json> {
    object(known, fields)
}

fn object(known: &[Field], fields: &Fields) -> Map<String, Json> {
    let mut map = Map::new();
    for field in known {
        let Some(value) = fields.get(&field.id) else {
            continue;
        };
        map.insert(field.id.clone(), json(field, value));
        if let Value::Money(Amount { bound, .. }) = value
            && *bound != Bound::Exact
        {
            map.insert(bound_key(&field.id), Json::String(bound.code().into()));
        }
    }
    map
}

fn bound_key(id: &str) -> String {
    format!("{id}_bound")
}

fn json(field: &Field, value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::DateTime(text) => Json::String(text.clone()),
        Value::Int(n) => Json::from(*n),
        Value::Decimal { scaled, digits } => Json::String(decimal_text(*scaled, *digits)),
        Value::Money(amount) => Json::String(amount.fen.yuan()),
        Value::Percent(p) => Json::String(shortest(&decimal_text(*p, 2)).to_owned()),
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Date(date) => Json::String(date.to_string()),
        Value::Ref(id) => Json::String(id.to_string()),
        Value::Refs(ids) => ids.iter().map(|id| Json::String(id.to_string())).collect(),
        Value::TextList(texts) => texts.iter().map(|t| Json::String(t.clone())).collect(),
        Value::Rows(rows) => rows
            .iter()
            .map(|row| Json::Object(object(field.columns(), row)))
            .collect(),
    }
}

/// Reads an object that a client sent. `null` and empty texts are absent values. Every key that
/// cannot be read gives a finding whose place is the field's path, `problems[2].problem`.
pub fn from_json(definition: &Definition, map: &Map<String, Json>) -> (Fields, Vec<Finding>) {
    let mut reader = Reader {
        findings: Vec::new(),
    };
    let fields = reader.object(&definition.fields, map, "");
    (fields, reader.findings)
}

struct Reader {
    findings: Vec<Finding>,
}

impl Reader {
    fn object(&mut self, known: &[Field], map: &Map<String, Json>, path: &str) -> Fields {
        let mut fields = Fields::new();
        for (key, json) in map {
            let place = format!("{path}{key}");
            match known.iter().find(|f| f.id == *key) {
                Some(field) => {
                    let value = self.value(field, json, map, &place);
                    fields.extend(value.map(|v| (key.clone(), v)));
                }
                None if is_bound_key(known, key) => {}
                None => self.unknown(known, key, place),
            }
        }
        fields
    }

    fn unknown(&mut self, known: &[Field], key: &str, place: String) {
        let remedy = did_you_mean(key, known.iter().map(|f| f.id.as_str()))
            .unwrap_or_else(|| "请去掉它，或先在定义里增加这个字段。".into());
        let problem = format!("没有字段“{key}”。");
        self.findings.push(Finding::error(
            "value.unknown_field",
            place,
            problem,
            remedy,
        ));
    }

    fn value(
        &mut self,
        field: &Field,
        json: &Json,
        map: &Map<String, Json>,
        place: &str,
    ) -> Option<Value> {
        if is_absent(json) {
            return None;
        }
        let value = match (&field.kind, json) {
            (FieldKind::Table { columns }, Json::Array(rows)) => self.rows(columns, rows, place),
            (FieldKind::Money, _) => money(json, map.get(&bound_key(&field.id))),
            (FieldKind::Refs { .. }, Json::Array(items)) => items
                .iter()
                .map(record_id)
                .collect::<Option<_>>()
                .map(Value::Refs),
            (
                FieldKind::TextList | FieldKind::Attachment | FieldKind::Codes { .. },
                Json::Array(items),
            ) => {
                let texts = items.iter().map(|i| i.as_str().map(str::to_owned));
                texts.collect::<Option<_>>().map(Value::TextList)
            }
            (kind, _) => simple(kind, json),
        };
        if value.is_none() {
            self.misshapen(field, json, place);
        }
        value.filter(|v| !v.is_empty())
    }

    fn rows(&mut self, columns: &[Field], rows: &[Json], place: &str) -> Option<Value> {
        let mut read = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let row = row.as_object()?;
            let path = format!("{place}[{}].", index + 1);
            read.push(self.object(columns, row, &path));
        }
        Some(Value::Rows(read))
    }

    fn misshapen(&mut self, field: &Field, json: &Json, place: &str) {
        let problem = format!("“{}”的值 {json} 不对。", field.label.zh);
        let remedy = format!("应为{}。", shape(&field.kind));
        self.findings
            .push(Finding::error("value.bad_shape", place, problem, remedy));
    }
}

fn is_absent(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn is_bound_key(known: &[Field], key: &str) -> bool {
    let money = key
        .strip_suffix("_bound")
        .and_then(|id| known.iter().find(|f| f.id == id));
    money.is_some_and(|f| f.kind == FieldKind::Money)
}

fn simple(kind: &FieldKind, json: &Json) -> Option<Value> {
    let text = || json.as_str();
    match kind {
        FieldKind::Int => json.as_i64().or_else(|| text()?.parse().ok()).and_then(int),
        FieldKind::Decimal { digits } => {
            let scaled = scaled(&number_text(json)?, *digits)?;
            Some(Value::Decimal {
                scaled,
                digits: *digits,
            })
        }
        FieldKind::Percent => scaled(&number_text(json)?, 2).map(Value::Percent),
        FieldKind::Bool => json.as_bool().map(Value::Bool),
        FieldKind::Date => text()?.parse::<Date>().ok().map(Value::Date),
        FieldKind::DateTime => utc(text()?).map(Value::DateTime),
        FieldKind::Org | FieldKind::Ref { .. } => record_id(json).map(Value::Ref),
        FieldKind::GeoPoint => {
            let (east, north) = text()?.split_once(',')?;
            crate::validate::point(east.trim(), north.trim()).map(Value::Text)
        }
        FieldKind::GeoLine | FieldKind::GeoArea => {
            crate::validate::points(kind, text()?).map(Value::Text)
        }
        FieldKind::Table { .. } | FieldKind::Refs { .. } | FieldKind::Money => None,
        FieldKind::TextList | FieldKind::Attachment | FieldKind::Codes { .. } => None,
        FieldKind::Note => None,
        _ => Some(Value::Text(text()?.to_owned())),
    }
}

fn int(n: i64) -> Option<Value> {
    (-INT_MAX..=INT_MAX).contains(&n).then_some(Value::Int(n))
}

fn record_id(json: &Json) -> Option<RecordId> {
    json.as_str()?.parse().ok()
}

fn money(json: &Json, bound: Option<&Json>) -> Option<Value> {
    let fen = Fen::from_yuan(&number_text(json)?)?;
    let bound = match bound {
        None | Some(Json::Null) => Bound::Exact,
        Some(code) => Bound::from_code(code.as_str()?)?,
    };
    Some(Value::Money(Amount { fen, bound }))
}

/// A decimal string, or a JSON number as it was written.
fn number_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.trim().to_owned()),
        Json::Number(number) if number.is_i64() => Some(number.to_string()),
        _ => None,
    }
}

/// `2023-03-10T00:30:00Z`, exactly.
fn utc(text: &str) -> Option<String> {
    let moment = text
        .strip_suffix('Z')?
        .parse::<jiff::civil::DateTime>()
        .ok()?;
    let fixed = moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    (fixed == text).then_some(fixed)
}

/// Plain decimal text as an integer of `10^-digits`; more digits than that are refused.
pub(crate) fn scaled(text: &str, digits: u8) -> Option<i64> {
    let (sign, number) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits_only = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    let room = usize::from(digits).checked_sub(fraction.len())?;
    format!("{sign}{whole}{fraction}{}", "0".repeat(room))
        .parse()
        .ok()
}

fn shape(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Int => "整数".into(),
        FieldKind::Decimal { digits } => format!("不超过{digits}位小数的数字串，如 \"12.5\""),
        FieldKind::Money => "以元为单位的数字串，如 \"120000000.00\"".into(),
        FieldKind::Percent => "百分数的数字串，如 \"28.2\"".into(),
        FieldKind::Bool => "true 或 false".into(),
        FieldKind::Date => "日期，如 \"2023-08-20\"".into(),
        FieldKind::DateTime => "UTC 时间，如 \"2023-03-10T00:30:00Z\"".into(),
        FieldKind::Org | FieldKind::Ref { .. } => "记录编号的字符串，如 \"17\"".into(),
        FieldKind::Refs { .. } => "记录编号的列表，如 [\"17\", \"18\"]".into(),
        FieldKind::TextList | FieldKind::Attachment => "文字列表，如 [\"甲“, ”乙\"]".into(),
        FieldKind::Codes { .. } => "选项代码的列表，如 [\"fire\", \"gas\"]".into(),
        FieldKind::Note => "空：说明文字没有值".into(),
        FieldKind::GeoPoint => "“经度,纬度”，如 \"113.611,34.748\"".into(),
        FieldKind::GeoLine | FieldKind::GeoArea => {
            "“经度,纬度;经度,纬度”，线至少两点，面至少三点".into()
        }
        FieldKind::Table { .. } => "行的列表".into(),
        _ => "文字".into(),
    }
}

#[cfg(test)]
mod tests;
