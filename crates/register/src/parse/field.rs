//! One `[[field]]`, or one column of a table field.

use std::collections::{BTreeMap, BTreeSet};

use ground::MoneyUnit;

use super::language::{
    CRS, FIELD, FIELD_CHECK, FORMATS, LEVELS, MASK, MONEY_UNITS, NORMALISE, ON_DELETE, TYPES,
};
use super::toml_view::{Name, Names, Rule, View};
use super::{check_id, is_table};
use crate::definition::{Choice, Field, FieldKind, Text, TextFormat};
use crate::expr::Expr;
use crate::suggest::did_you_mean;

type Lists = BTreeMap<String, Vec<Choice>>;

/// Most digits after the point of a decimal: money of ten digits before the point still fits.
const DIGITS_MAX: usize = 9;

pub(super) fn read(
    row: &View,
    choices: &Lists,
    seen: &mut BTreeSet<String>,
    table: Option<&str>,
) -> Option<Field> {
    row.allow(&FIELD);
    let id = row.needed("id", "\"name\"");
    if let Some(id) = &id {
        check_id(row.source, id);
        if !seen.insert(id.value.clone()) {
            row.source.error(
                "duplicate_id",
                id.offset,
                format!("字段“{}”定义了两次。", id.value),
                "请删去一个，或给它换一个 id。",
            );
        }
    }
    let label = row.needed_words("label");
    let own_list = id.as_ref().map(|at| match table {
        Some(table) => format!("{table}.{}", at.value),
        None => at.value.clone(),
    });
    let kind = kind(row, choices, table, own_list.as_deref());
    let mut field = Field::new(id?.value, "", kind?);
    field.label = label?;
    flags(row, &mut field);
    texts(row, choices, &mut field);
    amounts(row, &mut field);
    rules(row, &mut field, table);
    habits(row, &mut field);
    Some(field)
}

/// What a field's rules may name: inside a table the row, too.
fn own_names(table: Option<&str>) -> Names {
    match table {
        Some(table) => Names::none().with("row", Name::Row(table.to_owned())),
        None => Names::none(),
    }
}

/// What a rule of choice may name: the candidate.
fn candidate(names: &Names, kind: &FieldKind) -> Names {
    let word = match kind {
        FieldKind::Person => "person",
        kind if kind.list().is_some() => "option",
        _ => "ref",
    };
    let candidate = kind
        .target()
        .map_or(Name::Any, |to| Name::Record(to.to_owned()));
    names.clone().with(word, candidate).condition()
}

/// Keys that hold expressions.
fn rules(row: &View, field: &mut Field, table: Option<&str>) {
    let names = &own_names(table);
    let path = match table {
        Some(table) => format!("{table}.{}", field.id),
        None => field.id.clone(),
    };
    match row.rule("required", names) {
        Rule::Always(required) => field.required = required,
        Rule::When(expr) => field.required_when = Some(expr),
        Rule::Unsaid => {}
    }
    field.visible = always(row.rule("visible", names), true);
    field.read_only = always(row.rule("read_only", names), false);
    field.default = row.expr("default", &names.value_of(&path));
    field.compute = row.expr("compute", &names.value_of(&path));
    field.pick = row.expr("pick", &candidate(names, &field.kind));
    field.check = value_check(row, names);
    if field.compute.is_some() && field.default.is_some() {
        row.source.error(
            "two_values",
            row.place("default"),
            "既写了 compute，又写了 default。",
            "自动计算的字段不用默认值，请留一个。",
        );
    }
    if field.compute.is_some() && field.kind == FieldKind::Note {
        row.source.error(
            "note_has_no_value",
            row.place("compute"),
            "说明文字没有值，不能计算。",
            "请换成 text、int 等类型。",
        );
    }
}

/// A flag that is not the usual one, as an expression.
fn always(rule: Rule, usual: bool) -> Option<Expr> {
    match rule {
        Rule::Always(flag) if flag != usual => {
            Expr::parse(if flag { "true" } else { "false" }).ok()
        }
        Rule::Always(_) | Rule::Unsaid => None,
        Rule::When(expr) => Some(expr),
    }
}

fn value_check(row: &View, names: &Names) -> Option<(Expr, Text)> {
    let table = row.table("check")?;
    table.allow(&FIELD_CHECK);
    let rule = table.needed_expr("rule", "\"found_at <= now()\"", &names.condition());
    let message = table.needed_words("message");
    Some((rule?, message?))
}

/// Keys that say how a value is kept, shown and looked after.
fn habits(row: &View, field: &mut Field) {
    field.set_once = row.flag("set_once").unwrap_or(false);
    field.mask = row.choose("mask", MASK);
    field.normalise = row.choose_all("normalise", NORMALISE);
    field.on_withdraw = row.choose("on_delete", ON_DELETE).unwrap_or_default();
    field.level = row.word("level", LEVELS);
    field.crs = row.word("crs", CRS);
    field.accept = row.texts("accept").into_iter().map(|t| t.value).collect();
    let roles = row.texts("override_by").into_iter();
    let roles = roles.map(|at| at.value.trim_start_matches("role:").to_owned());
    field.override_by = roles.collect();
    field.renamed_from = row.text("renamed_from").map(|at| at.value);
    let pairs = row.text_map("copy").into_iter();
    field.copy = pairs.map(|(own, there)| (own.value, there.value)).collect();
    if let Some(least) = row.count("min_rows", 0, 10_000).filter(|n| *n > 0) {
        field.min = Some(least as i64);
    }
    misplaced(row, field);
}

/// Keys that mean nothing on a field of this type.
fn misplaced(row: &View, field: &Field) {
    let kind = &field.kind;
    let texts = matches!(
        kind,
        FieldKind::Text
            | FieldKind::LongText
            | FieldKind::Phone
            | FieldKind::Uscc
            | FieldKind::IdCard
    );
    let geo = matches!(
        kind,
        FieldKind::GeoPoint | FieldKind::GeoLine | FieldKind::GeoArea
    );
    let points = kind.target().is_some();
    let rules: [(&str, bool, &str); 9] = [
        (
            "copy",
            matches!(kind, FieldKind::Org | FieldKind::Ref { .. }),
            "只能选一条的 ref 或 org",
        ),
        ("on_delete", points, "ref 或 org"),
        ("level", *kind == FieldKind::Org, "org"),
        ("accept", kind.is_file(), "attachment 或 signature"),
        ("crs", geo, "geo_point、geo_line 或 geo_area"),
        ("min_rows", !field.columns().is_empty(), "table"),
        (
            "normalise",
            texts,
            "text、long_text、phone、uscc 或 id_card",
        ),
        ("values", kind.list().is_some(), "code 或 multi_code"),
        ("other", kind.list().is_some(), "code 或 multi_code"),
    ];
    for (key, fits, wanted) in rules {
        if !fits && let Some(value) = row.get(key) {
            row.source.error(
                "misplaced_key",
                value.span().start,
                format!("{key} 用在“{}”类型上没有作用。", kind.keyword()),
                format!("{key} 只用于 {wanted} 字段，请去掉它或改类型。"),
            );
        }
    }
    let computed = field.compute.is_some();
    if !computed && let Some(value) = row.get("override_by") {
        row.source.error(
            "misplaced_key",
            value.span().start,
            "没有 compute，override_by 没有作用。",
            "请补上 compute，或去掉 override_by。",
        );
    }
}

fn flags(row: &View, field: &mut Field) {
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
        field.choices = match row.get("values") {
            Some(_) => super::across::inline_options(row),
            None => choices.get(list).cloned().unwrap_or_default(),
        };
    }
    let other = row.text("else_to").or_else(|| row.text("other"));
    field.else_to = other.map(|at| at.value);
    field.format = row.word("format", FORMATS).map(|word| match word.as_str() {
        "region" => TextFormat::Region,
        _ => TextFormat::ProjectCode,
    });
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
                format!(
                    "show 只用于 type = \"money\"，可以写 {}；其他数字的量词请写 unit。",
                    MONEY_UNITS.join("、")
                ),
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
            "请对调，或改正其中一个。",
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
                "{key} = {} 用在“{}”字段上不对。",
                at.value,
                field.kind.keyword()
            ),
            "数字字段写它自己单位的数；列表、附件和表格写个数；其他类型不能写。",
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

fn kind(
    row: &View,
    choices: &Lists,
    table: Option<&str>,
    own_list: Option<&str>,
) -> Option<FieldKind> {
    let at = row.needed("type", "\"text\"")?;
    let column = table.is_some();
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
            list: choice_list(row, choices, own_list)?,
        },
        "multi_code" => FieldKind::Codes {
            list: choice_list(row, choices, own_list)?,
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
        "table" => self::table(row, choices, column, at.offset)?,
        other => return unknown_type(row, other, at.offset),
    })
}

fn unknown_type(row: &View, word: &str, offset: usize) -> Option<FieldKind> {
    let remedy = did_you_mean(word, TYPES.iter().copied())
        .unwrap_or_else(|| format!("可以写：{}。", TYPES.join("、")));
    row.source.error(
        "unknown_type",
        offset,
        format!("不认识类型“{word}”。"),
        remedy,
    );
    None
}

/// The list that a field names, or that its own options make.
fn choice_list(row: &View, choices: &Lists, own_list: Option<&str>) -> Option<String> {
    if row.get("values").is_some() {
        if let Some(list) = row.get("list") {
            row.source.error(
                "two_lists",
                list.span().start,
                "既写了 list，又写了 values。",
                "选项请写在一处：list 指向 [choices] 里的表，或用 values 就地写。",
            );
        }
        return own_list.map(str::to_owned);
    }
    let at = row.needed("list", "\"batch\"")?;
    if choices.contains_key(&at.value) {
        return Some(at.value);
    }
    let known = choices.keys().map(String::as_str);
    row.source.error(
        "unknown_list",
        at.offset,
        format!("没有选项表“{}”。", at.value),
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
            "请把内层表格改成单独的字段，或另建一个台账用 ref 指过来。",
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
    let table = row.text("id").map_or_else(String::new, |at| at.value);
    let columns = rows
        .iter()
        .filter_map(|r| read(r, choices, &mut seen, Some(&table)))
        .collect();
    Some(FieldKind::Table { columns })
}
