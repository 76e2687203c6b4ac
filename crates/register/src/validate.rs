//! Whether a record's values obey its definition. Uniqueness is the store's to check, near
//! duplicates `same`'s.

use ground::{Finding, MoneyUnit, Period};

use crate::definition::{Definition, Field, FieldKind, TextFormat};
use crate::record::{Fields, Value};
use crate::show::{decimal_text, shortest};
use crate::suggest::did_you_mean;

/// Longest line of a `text` field without a `max_len`: a title, not an essay.
const TEXT_MAX: usize = 500;
/// Longest `long_text` without a `max_len`.
const LONG_TEXT_MAX: usize = 20_000;

/// Checks required fields, types, lengths, limits, codes and check digits. A finding's place is the
/// field's path, `investment_total` or `problems[2].problem`; importers put the cell in its stead.
pub fn validate(definition: &Definition, fields: &Fields) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_all(&definition.fields, fields, "", &mut findings);
    findings
}

fn check_all(known: &[Field], fields: &Fields, path: &str, findings: &mut Vec<Finding>) {
    for field in known {
        let place = format!("{path}{}", field.id);
        match fields.get(&field.id).filter(|v| !v.is_empty()) {
            Some(value) => check(field, value, &place, findings),
            None if field.required => findings.push(missing(field, place)),
            None => {}
        }
    }
    unknown_fields(known, fields, path, findings);
}

fn unknown_fields(known: &[Field], fields: &Fields, path: &str, findings: &mut Vec<Finding>) {
    let unknown = fields
        .keys()
        .filter(|id| known.iter().all(|f| f.id != **id));
    findings.extend(unknown.map(|id| {
        let remedy = did_you_mean(id, known.iter().map(|f| f.id.as_str()))
            .unwrap_or_else(|| "请去掉它，或先在定义里增加这个字段。".into());
        Finding::error(
            "value.unknown_field",
            format!("{path}{id}"),
            format!("没有字段“{id}”。"),
            remedy,
        )
    }));
}

fn missing(field: &Field, place: String) -> Finding {
    let label = &field.label.zh;
    Finding::error(
        "value.required",
        place,
        format!("“{label}”没有填。"),
        format!("这一项必填，请补上“{label}”。"),
    )
}

/// A value with the rows below it.
fn check(field: &Field, value: &Value, place: &str, findings: &mut Vec<Finding>) {
    if !check_one(field, value, place, findings) {
        return;
    }
    for (index, row) in value.as_rows().iter().enumerate() {
        let path = format!("{place}[{}].", index + 1);
        check_all(field.columns(), row, &path, findings);
    }
}

/// A value by itself; false when it is not of its type at all.
fn check_one(field: &Field, value: &Value, place: &str, findings: &mut Vec<Finding>) -> bool {
    if !value.fits(field) {
        findings.push(Finding::error(
            "value.wrong_type",
            place,
            format!("“{}”的值类型不对。", field.label.zh),
            format!("这一项是 {} 类型，请重新填写。", field.kind.keyword()),
        ));
        return false;
    }
    findings.extend(too_long(field, value, place));
    findings.extend(out_of_limits(field, value, place));
    match value {
        Value::Text(text) => findings.extend(bad_text(field, text, place)),
        Value::TextList(codes) if field.kind.list().is_some() => {
            findings.extend(codes.iter().filter_map(|c| bad_choice(field, c, place)));
        }
        Value::Money(amount) if !field.bound && amount.bound != ground::Bound::Exact => {
            findings.push(Finding::error(
                "value.not_exact",
                place,
                format!("“{}”填的不是准确数。", field.label.zh),
                "请去掉“约”“余”“近”等字并核实。",
            ));
        }
        _ => {}
    }
    true
}

fn too_long(field: &Field, value: &Value, place: &str) -> Option<Finding> {
    let text = value.as_text()?;
    let usual = if field.kind == FieldKind::LongText {
        LONG_TEXT_MAX
    } else {
        TEXT_MAX
    };
    let max = field.max_len.unwrap_or(usual);
    let length = text.chars().count();
    (length > max).then(|| {
        Finding::error(
            "value.too_long",
            place,
            format!("“{}”有{length}个字，最多{max}个。", field.label.zh),
            "请删短。",
        )
    })
}

/// The number that min and max speak of.
fn measure(value: &Value) -> Option<i64> {
    Some(match value {
        Value::Int(n) | Value::Percent(n) | Value::Decimal { scaled: n, .. } => *n,
        Value::Money(amount) => amount.fen.0,
        Value::Rows(rows) => rows.len() as i64,
        Value::TextList(texts) => texts.len() as i64,
        Value::Refs(ids) => ids.len() as i64,
        _ => return None,
    })
}

fn out_of_limits(field: &Field, value: &Value, place: &str) -> Option<Finding> {
    outside(field, measure(value)?, place)
}

fn outside(field: &Field, n: i64, place: &str) -> Option<Finding> {
    let (wrong, word, limit) = match (field.min, field.max) {
        (Some(min), _) if n < min => (true, "不少于", min),
        (_, Some(max)) if n > max => (true, "不超过", max),
        _ => (false, "", 0),
    };
    wrong.then(|| {
        Finding::error(
            "value.out_of_range",
            place,
            format!("“{}”填的是 {}。", field.label.zh, limit_text(field, n)),
            format!("应{word} {}，请核对。", limit_text(field, limit)),
        )
    })
}

fn limit_text(field: &Field, n: i64) -> String {
    let unit = field.unit_label();
    match &field.kind {
        FieldKind::Money => {
            let money_unit = field.unit.unwrap_or(MoneyUnit::Yuan);
            format!("{}{unit}", ground::Fen(n).show(money_unit))
        }
        FieldKind::Decimal { digits } => format!("{}{unit}", shortest(&decimal_text(n, *digits))),
        FieldKind::Percent => format!("{}%", shortest(&decimal_text(n, 2))),
        FieldKind::Table { .. } => format!("{n}行"),
        FieldKind::TextList | FieldKind::Attachment | FieldKind::Codes { .. } => {
            format!("{n}个")
        }
        FieldKind::Refs { .. } => format!("{n}个"),
        _ => format!("{n}{unit}"),
    }
}

fn bad_text(field: &Field, text: &str, place: &str) -> Option<Finding> {
    let label = &field.label.zh;
    match &field.kind {
        FieldKind::Code { .. } => bad_choice(field, text, place),
        FieldKind::Period if text.parse::<Period>().is_err() => Some(Finding::error(
            "value.bad_period",
            place,
            format!("“{label}”的时段代码“{text}”不对。"),
            "例如 2025M03、2025M01-02、2025Q1、2025W12。",
        )),
        FieldKind::Phone if !is_phone(text) => Some(Finding::warning(
            "value.bad_phone",
            place,
            format!("“{label}”的号码“{text}”不像电话号码。"),
            "请填 11 位手机号，或“区号-号码”。",
        )),
        FieldKind::Uscc => ground::check_uscc(text).err().map(|wrong| {
            Finding::error(
                "value.bad_uscc",
                place,
                format!("“{label}”：{}。", wrong.problem),
                wrong.remedy,
            )
        }),
        FieldKind::IdCard => ground::check_citizen_id(text).err().map(|wrong| {
            Finding::error(
                "value.bad_id_card",
                place,
                format!("“{label}”：{}。", wrong.problem),
                wrong.remedy,
            )
        }),
        FieldKind::GeoPoint => bad_point(label, text, place),
        kind @ (FieldKind::GeoLine | FieldKind::GeoArea) => bad_points(kind, label, text, place),
        _ => bad_format(field, text, place),
    }
}

fn bad_choice(field: &Field, code: &str, place: &str) -> Option<Finding> {
    if field.choice(code).is_some() {
        return None;
    }
    let codes: Vec<&str> = field.choices.iter().map(|c| c.code.as_str()).collect();
    Some(Finding::error(
        "value.unknown_choice",
        place,
        format!("“{}”没有选项“{code}”。", field.label.zh),
        format!("可以填：{}。", codes.join("、")),
    ))
}

fn bad_points(kind: &FieldKind, label: &str, text: &str, place: &str) -> Option<Finding> {
    let least = points_min(kind);
    (points(kind, text).as_deref() != Some(text)).then(|| {
        Finding::error(
            "value.bad_points",
            place,
            format!("“{label}”的坐标串不对。"),
            format!("请在地图上重新画，至少{least}个点；或写“经度,纬度;经度,纬度”，各六位小数。"),
        )
    })
}

/// A line has two ends, an area three corners.
fn points_min(kind: &FieldKind) -> usize {
    if *kind == FieldKind::GeoArea { 3 } else { 2 }
}

/// Points in China joined by `;`; none when one is wrong or there are too few.
pub(crate) fn points(kind: &FieldKind, text: &str) -> Option<String> {
    let parts = text.split(';').map(str::trim).filter(|p| !p.is_empty());
    let read = parts.map(|part| {
        let (east, north) = part.split_once(',')?;
        point(east.trim(), north.trim())
    });
    let read: Vec<String> = read.collect::<Option<_>>()?;
    (read.len() >= points_min(kind)).then(|| read.join(";"))
}

fn bad_point(label: &str, text: &str, place: &str) -> Option<Finding> {
    let known = text
        .split_once(',')
        .and_then(|(east, north)| point(east, north));
    (known.as_deref() != Some(text)).then(|| {
        Finding::error(
            "value.bad_point",
            place,
            format!("“{label}”的位置“{text}”不对。"),
            "请写“经度,纬度”，六位小数，例如 113.611000,34.748000。",
        )
    })
}

/// Older project codes have other forms and stay in use, so a wrong form is a warning.
fn bad_format(field: &Field, text: &str, place: &str) -> Option<Finding> {
    let check = match field.format? {
        TextFormat::ProjectCode => ground::check_project_code(text),
        TextFormat::Region => ground::check_region(text),
    };
    check.err().map(|wrong| {
        let problem = format!("“{}”：{}。", field.label.zh, wrong.problem);
        Finding::warning("value.bad_code", place, problem, wrong.remedy)
    })
}

/// 11-digit mobile, land line with or without area code and extension, or a short service number.
pub(crate) fn is_phone(text: &str) -> bool {
    let main = text.split(['转', 'x']).next().unwrap_or("");
    let digits: String = main.chars().filter(|c| *c != '-').collect();
    let only_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let mobile = digits.len() == 11 && digits.starts_with('1');
    let land_line = matches!(digits.len(), 10..=12) && digits.starts_with('0');
    let local = matches!(digits.len(), 7 | 8) && !digits.starts_with('0');
    let service = matches!(digits.len(), 3 | 5 | 6) && digits.starts_with(['1', '9']);
    only_digits && (mobile || land_line || local || service)
}

/// A point in China with six digits after each point: `113.611000,34.748000`.
pub(crate) fn point(east: &str, north: &str) -> Option<String> {
    let east = micro(east)?;
    let north = micro(north)?;
    // The bounding box of the country: 73°E to 136°E, 3°N to 54°N.
    let inside =
        (73_000_000..=136_000_000).contains(&east) && (3_000_000..=54_000_000).contains(&north);
    inside.then(|| format!("{},{}", decimal_text(east, 6), decimal_text(north, 6)))
}

/// Millionths of a degree; further digits (below 0.1 m) are cut.
fn micro(text: &str) -> Option<i64> {
    let kept = match text.split_once('.') {
        Some((_, fraction)) => fraction.len().saturating_sub(6),
        None => 0,
    };
    crate::json::scaled(text.get(..text.len() - kept)?, 6)
}

mod rules;
#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod tests;

pub use rules::{is_candidate, is_option, is_required, is_visible, validate_in};
