//! One `[[field]]`, or one column of a table field.

use std::collections::{BTreeMap, BTreeSet};

use ground::MoneyUnit;

use super::toml_view::View;
use super::{check_id, is_table};
use crate::definition::{Choice, Field, FieldKind, TextFormat};
use crate::suggest::did_you_mean;

type Lists = BTreeMap<String, Vec<Choice>>;

const KEYS: &[&str] = &[
    "id",
    "type",
    "label",
    "hint",
    "required",
    "core",
    "unique",
    "search",
    "list",
    "print",
    "import_only",
    "show",
    "unit",
    "digits",
    "to",
    "many",
    "columns",
    "synonyms",
    "max_len",
    "min",
    "max",
    "bound",
    "format",
    "else_to",
];
const KEYS_LATER: &[&str] = &[
    "compute",
    "default",
    "visible",
    "read_only",
    "check",
    "pick",
    "copy",
    "set_once",
    "mask",
    "renamed_from",
    "override_by",
    "normalise",
    "accept",
    "crs",
    "level",
    "on_delete",
    "min_rows",
    "values",
];
const TYPES: &[&str] = &[
    "text",
    "long_text",
    "int",
    "decimal",
    "money",
    "percent",
    "bool",
    "date",
    "datetime",
    "period",
    "code",
    "multi_code",
    "org",
    "person",
    "phone",
    "uscc",
    "id_card",
    "ref",
    "text_list",
    "attachment",
    "signature",
    "note",
    "geo_point",
    "geo_line",
    "geo_area",
    "table",
];

/// Most digits after the point of a decimal: money of ten digits before the point still fits.
const DIGITS_MAX: usize = 9;

pub(super) fn read(
    row: &View,
    choices: &Lists,
    seen: &mut BTreeSet<String>,
    column: bool,
) -> Option<Field> {
    row.allow(KEYS, KEYS_LATER);
    let id = row.needed("id", "\"name\"");
    if let Some(id) = &id {
        check_id(row.source, id);
        if !seen.insert(id.value.clone()) {
            row.source.error(
                "duplicate_id",
                id.offset,
                format!("字段\"{}\"定义了两次。", id.value),
                "请删去一个,或给它换一个 id。",
            );
        }
    }
    let label = row.needed_words("label");
    let kind = kind(row, choices, column);
    let mut field = Field::new(id?.value, "", kind?);
    field.label = label?;
    flags(row, &mut field);
    texts(row, choices, &mut field);
    amounts(row, &mut field);
    Some(field)
}

fn flags(row: &View, field: &mut Field) {
    field.required = row.flag("required").unwrap_or(false);
    field.core = row.flag("core").unwrap_or(false);
    field.unique = row.flag("unique").unwrap_or(false);
    field.search = row.flag("search").unwrap_or(false);
    field.print = row.flag("print").unwrap_or(true);
    field.import_only = row.flag("import_only").unwrap_or(false);
    // In a field, `list` is a flag, but for a code field it names the choice list.
    if field.kind.list().is_none() {
        field.list = row.flag("list").unwrap_or(false);
    }
}

fn texts(row: &View, choices: &Lists, field: &mut Field) {
    field.synonyms = row.texts("synonyms").into_iter().map(|s| s.value).collect();
    field.hint = row.words("hint");
    field.max_len = row.count("max_len", 1, 100_000);
    if let Some(list) = field.kind.list() {
        field.choices = choices.get(list).cloned().unwrap_or_default();
    }
    field.else_to = row.text("else_to").map(|at| at.value);
    if let Some(at) = row.text("format") {
        field.format = match at.value.as_str() {
            "project_code" => Some(TextFormat::ProjectCode),
            "region" => Some(TextFormat::Region),
            other => {
                row.source.error(
                    "unknown_format",
                    at.offset,
                    format!("不认识的格式\"{other}\"。"),
                    "可以写 \"project_code\"(投资项目代码)或 \"region\"(行政区划代码)。",
                );
                None
            }
        };
    }
}

/// show, unit, digits, bound, min and max: what numbers look like and how far they go.
fn amounts(row: &View, field: &mut Field) {
    let money = field.kind == FieldKind::Money;
    if let Some(at) = row.text("show") {
        field.unit = MoneyUnit::from_label(&at.value);
        if field.unit.is_none() || !money {
            row.source.error(
                "bad_show",
                at.offset,
                format!("show = \"{}\"用在这里不对。", at.value),
                "show 只用于 type = \"money\",可以写 元、万元、亿元;其他数字的量词请写 unit。",
            );
        }
    }
    if let Some(at) = row.text("unit") {
        if money {
            row.source.error(
                "bad_unit",
                at.offset,
                "金额字段的单位写成了 unit。",
                format!("请改成 show = \"{}\"。", at.value),
            );
        }
        field.measure = Some(at.value);
    }
    if money {
        field.digits = row.count("digits", 0, DIGITS_MAX).map(|d| d as u8);
    }
    field.bound = row.flag("bound").unwrap_or(true);
    field.min = limit(row, "min", field);
    field.max = limit(row, "max", field);
    if let (Some(min), Some(max)) = (field.min, field.max)
        && min > max
    {
        let offset = row.get("min").map_or(row.offset(), |v| v.span().start);
        row.source.error(
            "out_of_range",
            offset,
            "min 比 max 还大。",
            "请对调,或改正其中一个。",
        );
    }
}

/// A limit in the value's own scale.
fn limit(row: &View, key: &str, field: &Field) -> Option<i64> {
    let at = row.number(key)?;
    let digits = match (&field.kind, field.unit) {
        (FieldKind::Int | FieldKind::Table { .. } | FieldKind::Attachment, _) => Some(0),
        (FieldKind::TextList | FieldKind::Codes { .. } | FieldKind::Refs { .. }, _) => Some(0),
        (FieldKind::Decimal { digits }, _) => Some(u32::from(*digits)),
        (FieldKind::Percent, _) => Some(2),
        (FieldKind::Money, unit) => Some(fen_digits(unit.unwrap_or(MoneyUnit::Yuan))),
        _ => None,
    };
    let limit = digits.and_then(|digits| scaled(&at.value, digits));
    if limit.is_none() {
        row.source.error(
            "bad_limit",
            at.offset,
            format!(
                "{key} = {} 用在\"{}\"字段上不对。",
                at.value,
                field.kind.keyword()
            ),
            "数字字段写它自己单位的数;列表、附件和表格写个数;其他类型不能写。",
        );
    }
    limit
}

/// Digits between a money unit and the fen.
fn fen_digits(unit: MoneyUnit) -> u32 {
    unit.fen().ilog10()
}

/// Exact decimal text as an integer of `10^-digits`.
pub(super) fn scaled(text: &str, digits: u32) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let room = (digits as usize).checked_sub(fraction.len())?;
    let number: i64 = format!("{whole}{fraction}").parse().ok()?;
    number.checked_mul(10i64.checked_pow(room as u32)?)
}

fn kind(row: &View, choices: &Lists, column: bool) -> Option<FieldKind> {
    let at = row.needed("type", "\"text\"")?;
    Some(match at.value.as_str() {
        "text" => FieldKind::Text,
        "long_text" => FieldKind::LongText,
        "int" => FieldKind::Int,
        "decimal" => FieldKind::Decimal {
            digits: row.count("digits", 0, DIGITS_MAX).unwrap_or(2) as u8,
        },
        "money" => FieldKind::Money,
        "percent" => FieldKind::Percent,
        "bool" => FieldKind::Bool,
        "date" => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        "period" => FieldKind::Period,
        "code" => FieldKind::Code {
            list: choice_list(row, choices)?,
        },
        "multi_code" => FieldKind::Codes {
            list: choice_list(row, choices)?,
        },
        "org" => FieldKind::Org,
        "person" => FieldKind::Person,
        "phone" => FieldKind::Phone,
        "uscc" => FieldKind::Uscc,
        "id_card" => FieldKind::IdCard,
        "ref" => reference(row)?,
        "text_list" => FieldKind::TextList,
        "attachment" => FieldKind::Attachment,
        "signature" => FieldKind::Signature,
        "note" if column => {
            row.source.error(
                "note_in_table",
                at.offset,
                "表格的列不能是说明文字。",
                "请把说明写在表格字段的 hint 里。",
            );
            return None;
        }
        "note" => FieldKind::Note,
        "geo_point" => FieldKind::GeoPoint,
        "geo_line" => FieldKind::GeoLine,
        "geo_area" => FieldKind::GeoArea,
        "table" => table(row, choices, column, at.offset)?,
        other => return unknown_type(row, other, at.offset),
    })
}

fn unknown_type(row: &View, word: &str, offset: usize) -> Option<FieldKind> {
    let remedy = did_you_mean(word, TYPES.iter().copied())
        .unwrap_or_else(|| format!("可以写:{}。", TYPES.join("、")));
    row.source.error(
        "unknown_type",
        offset,
        format!("不认识类型\"{word}\"。"),
        remedy,
    );
    None
}

fn choice_list(row: &View, choices: &Lists) -> Option<String> {
    let at = row.needed("list", "\"batch\"")?;
    if choices.contains_key(&at.value) {
        return Some(at.value);
    }
    let known = choices.keys().map(String::as_str);
    row.source.error(
        "unknown_list",
        at.offset,
        format!("没有选项表\"{}\"。", at.value),
        did_you_mean(&at.value, known)
            .unwrap_or_else(|| format!("请在 [choices] 里写 {} = [ … ]。", at.value)),
    );
    None
}

fn reference(row: &View) -> Option<FieldKind> {
    let to = row.needed("to", "\"project\"")?;
    check_id(row.source, &to);
    let many = row.flag("many").unwrap_or(false);
    Some(if many {
        FieldKind::Refs { to: to.value }
    } else {
        FieldKind::Ref { to: to.value }
    })
}

fn table(row: &View, choices: &Lists, column: bool, offset: usize) -> Option<FieldKind> {
    if column {
        row.source.error(
            "nested_table",
            offset,
            "表格里又套了表格。",
            "请把内层表格改成单独的字段,或另建一个台账用 ref 指过来。",
        );
        return None;
    }
    let rows = row.tables("columns");
    if rows.is_empty() {
        let plain = row.get("columns").is_some_and(|v| is_table(v.get_ref()));
        let example =
            "columns = [ { id = \"what\", type = \"text\", label = { \"zh-CN\" = \"内容\" } } ]";
        let remedy = if plain {
            "请用方括号写成列表。"
        } else {
            example
        };
        row.source
            .error("missing_key", offset, "表格字段没有列 columns。", remedy);
        return None;
    }
    let mut seen = BTreeSet::new();
    let columns = rows
        .iter()
        .filter_map(|r| read(r, choices, &mut seen, true))
        .collect();
    Some(FieldKind::Table { columns })
}
