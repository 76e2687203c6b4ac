//! Values as Chinese text for screens and paper. Figures with their unit; nothing is computed.

use ground::{MoneyUnit, Period, RecordId};

use crate::definition::{Field, FieldKind, Mask};
use crate::record::{Fields, Value};

impl Value {
    /// Chinese text: `约62.4亿元`, `28.2%`, `开工一批`, `2023-08-20`. References show their id; see
    /// [`Value::show_with`].
    pub fn show(&self, field: &Field) -> String {
        self.show_with(field, &|_, _| None)
    }

    /// As [`Value::show`], with names of referenced records: the function gets register and id.
    pub fn show_with(
        &self,
        field: &Field,
        name_of: &dyn Fn(&str, RecordId) -> Option<String>,
    ) -> String {
        let name = |id: &RecordId| {
            let found = field
                .kind
                .target()
                .and_then(|register| name_of(register, *id));
            found.unwrap_or_else(|| format!("#{id}"))
        };
        match self {
            Value::Text(text) => show_text(field, text),
            Value::Int(n) => format!("{n}{}", field.unit_label()),
            Value::Decimal { scaled, digits } => {
                format!("{}{}", decimal_text(*scaled, *digits), field.unit_label())
            }
            Value::Money(amount) => show_money(field, *amount),
            Value::Percent(p) => format!("{}%", shortest(&decimal_text(*p, 2))),
            Value::Bool(flag) => if *flag { "是" } else { "否" }.to_owned(),
            Value::Date(date) => date.to_string(),
            Value::DateTime(utc) => beijing(utc),
            Value::Ref(id) => name(id),
            Value::Refs(ids) => ids.iter().map(name).collect::<Vec<_>>().join("、"),
            Value::TextList(_) if field.kind == FieldKind::Attachment => {
                format!("{}个附件", self.as_texts().len())
            }
            Value::TextList(texts) => {
                let shown: Vec<String> = texts.iter().map(|t| show_text(field, t)).collect();
                shown.join("、")
            }
            Value::Rows(rows) => show_rows(field, rows, name_of),
        }
    }
}

fn show_text(field: &Field, text: &str) -> String {
    match &field.kind {
        FieldKind::Code { .. } | FieldKind::Codes { .. } => field
            .choice(text)
            .map_or(text, |c| c.label.zh.as_str())
            .to_owned(),
        FieldKind::Period => text
            .parse::<Period>()
            .map_or_else(|_| text.to_owned(), |p| p.label()),
        FieldKind::GeoPoint => match text.split_once(',') {
            Some((east, north)) => format!("东经{east}°,北纬{north}°"),
            None => text.to_owned(),
        },
        FieldKind::GeoLine => format!("{}个点的线", text.split(';').count()),
        FieldKind::GeoArea => format!("{}个点的面", text.split(';').count()),
        FieldKind::Signature => "已签名".to_owned(),
        _ => text.to_owned(),
    }
}

fn show_money(field: &Field, amount: ground::Amount) -> String {
    let unit = field.unit.unwrap_or(MoneyUnit::Yuan);
    let Some(digits) = field.digits else {
        return amount.show(unit);
    };
    let number = amount.fen.show_digits(unit, digits);
    match amount.bound {
        ground::Bound::AtLeast => format!("{number}{}{}", amount.bound.label(), unit.label()),
        bound => format!("{}{number}{}", bound.label(), unit.label()),
    }
}

/// Rows by their first column: what happened, without the details.
fn show_rows(
    field: &Field,
    rows: &[Fields],
    name_of: &dyn Fn(&str, RecordId) -> Option<String>,
) -> String {
    let Some(column) = field.columns().first() else {
        return String::new();
    };
    let texts = rows.iter().filter_map(|row| row.get(&column.id));
    texts
        .map(|v| v.show_with(column, name_of))
        .collect::<Vec<_>>()
        .join(";")
}

/// `2023-03-10T00:30:00Z` as `2023-03-10 08:30` of Beijing.
fn beijing(utc: &str) -> String {
    let moment = utc.trim_end_matches('Z').parse::<jiff::civil::DateTime>();
    let local = moment.and_then(|m| m.checked_add(jiff::Span::new().hours(8)));
    local.map_or_else(
        |_| utc.to_owned(),
        |m| m.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

/// A text as those see it who may not see it whole: `138****5678`, `410102********1234`, `赵**`. A field without a mask
/// of its own is masked as its type asks.
///
/// ```
/// use register::{Field, FieldKind, mask_text};
/// let phone = Field::new("phone", "电话", FieldKind::Phone);
/// assert_eq!(mask_text(&phone, "13812345678"), "138****5678");
/// ```
pub fn mask_text(field: &Field, text: &str) -> String {
    let mask = field.mask.unwrap_or(match field.kind {
        FieldKind::Phone => Mask::Middle4,
        FieldKind::IdCard => Mask::CitizenId,
        FieldKind::Person => Mask::Name,
        _ => Mask::All,
    });
    match mask {
        Mask::Middle4 => kept(text, 3, 4, "****"),
        Mask::CitizenId => kept(text, 6, 4, "********"),
        Mask::Name => kept(text, 1, 0, "**"),
        Mask::All => STARS.to_owned(),
    }
}

const STARS: &str = "****";

/// The ends of a text around stars; one too short to hide anything is hidden whole.
fn kept(text: &str, first: usize, last: usize, stars: &str) -> String {
    let chars: Vec<char> = text.trim().chars().collect();
    if chars.len() <= first + last {
        return STARS.to_owned();
    }
    let head: String = chars[..first].iter().collect();
    let tail: String = chars[chars.len() - last..].iter().collect();
    format!("{head}{stars}{tail}")
}

/// A value masked. Texts keep their ends; of other values nothing is left.
pub fn mask_value(field: &Field, value: &Value) -> Option<Value> {
    match value {
        Value::Text(text) if field.kind.list().is_none() && !field.kind.is_file() => {
            Some(Value::Text(mask_text(field, text)))
        }
        _ => None,
    }
}

/// Fixed digits: `(-1250, 2)` is `-12.50`.
pub fn decimal_text(scaled: i64, digits: u8) -> String {
    if digits == 0 {
        return scaled.to_string();
    }
    let sign = if scaled < 0 { "-" } else { "" };
    let width = usize::from(digits) + 1;
    let number = format!("{:0width$}", scaled.unsigned_abs());
    let (whole, fraction) = number.split_at(number.len() - usize::from(digits));
    format!("{sign}{whole}.{fraction}")
}

/// Without zeros at the end: `28.20` is `28.2`.
pub(crate) fn shortest(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::{Amount, Bound, Fen};

    fn check(kind: FieldKind, value: Value, expect: &str) {
        assert_eq!(value.show(&Field::new("f", "字段", kind)), expect);
    }

    #[test]
    fn values_show_as_people_write_them() {
        check(FieldKind::Percent, Value::Percent(2820), "28.2%");
        check(FieldKind::Percent, Value::Percent(-5), "-0.05%");
        check(FieldKind::Percent, Value::Percent(10000), "100%");
        check(FieldKind::Bool, Value::Bool(true), "是");
        check(
            FieldKind::Date,
            Value::Date(ground::Date::constant(2023, 8, 20)),
            "2023-08-20",
        );
        check(
            FieldKind::DateTime,
            Value::DateTime("2023-03-10T00:30:00Z".into()),
            "2023-03-10 08:30",
        );
        check(
            FieldKind::Decimal { digits: 2 },
            Value::Decimal {
                scaled: -5,
                digits: 2,
            },
            "-0.05",
        );
        check(
            FieldKind::GeoPoint,
            Value::Text("113.611000,34.748000".into()),
            "东经113.611000°,北纬34.748000°",
        );
    }

    #[test]
    fn money_shows_in_the_unit_of_its_field() {
        let mut field = Field::new("investment_total", "总投资", FieldKind::Money);
        field.unit = Some(MoneyUnit::YiYuan);
        let total = Amount {
            fen: Fen(624_000_000_000),
            bound: Bound::Exact,
        };
        assert_eq!(Value::Money(total).show(&field), "62.4亿元");
        let about = Amount {
            bound: Bound::About,
            ..total
        };
        assert_eq!(Value::Money(about).show(&field), "约62.4亿元");
        field.unit = Some(MoneyUnit::WanYuan);
        field.digits = Some(2);
        let least = Amount {
            fen: Fen(732_000_000),
            bound: Bound::AtLeast,
        };
        assert_eq!(Value::Money(least).show(&field), "732.00余万元");
    }

    #[test]
    fn masks_keep_the_ends_and_never_a_short_text() {
        let masked = |kind: FieldKind, mask: Option<Mask>, text: &str| {
            let mut field = Field::new("f", "字段", kind);
            field.mask = mask;
            mask_text(&field, text)
        };
        assert_eq!(
            masked(FieldKind::IdCard, None, "11010519491231002X"),
            "110105********002X"
        );
        assert_eq!(masked(FieldKind::Person, None, "赵小红"), "赵**");
        assert_eq!(masked(FieldKind::Person, None, "赵"), "****");
        assert_eq!(masked(FieldKind::Phone, None, "67770000"), "677****0000");
        assert_eq!(masked(FieldKind::Phone, None, "12345"), "****");
        assert_eq!(masked(FieldKind::Text, Some(Mask::Name), "欧阳"), "欧**");
        let cost = Field::new("cost", "金额", FieldKind::Int);
        assert_eq!(mask_value(&cost, &Value::Int(3)), None);
    }

    #[test]
    fn references_show_names_when_names_are_given() {
        let field = Field::new("unit", "责任单位", FieldKind::Org);
        let value = Value::Ref(RecordId(7));
        assert_eq!(value.show(&field), "#7");
        let name = |register: &str, id: RecordId| {
            (register == "organisation" && id == RecordId(7)).then(|| "区发改委".to_owned())
        };
        assert_eq!(value.show_with(&field, &name), "区发改委");
    }
}
