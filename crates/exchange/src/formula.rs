//! Formulas whose results a file does not hold (written by programs, never opened in an office suite). Only sums
//! are worked out: `SUM(F6:F7,F9)`, `F8+F16+F25`. Everything else stays without value.

use rust_decimal::Decimal;

use crate::sheet::{CellValue, Sheet, parse_a1, parse_area};

/// Sums inside sums followed; a loop of formulas ends here.
const DEPTH: u8 = 8;
/// Cells one formula may touch.
const CELLS: u64 = 1_000_000;

/// The value of a formula that has none, or `None` when it is more than a sum.
pub(crate) fn evaluate(sheet: &Sheet, formula: &str) -> Option<Decimal> {
    expression(sheet, formula, DEPTH)
}

/// The number in a cell as a sum takes it: texts and empty cells count nothing, as in the office suites.
pub(crate) fn number_at(sheet: &Sheet, row: u32, column: u16) -> Option<Decimal> {
    number(sheet, row, column, DEPTH)
}

fn expression(sheet: &Sheet, formula: &str, depth: u8) -> Option<Decimal> {
    let text: String = formula
        .trim()
        .trim_start_matches('=')
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if text.is_empty() || depth == 0 {
        return None;
    }
    let mut total = Decimal::ZERO;
    for (sign, term) in terms(&text)? {
        let value = term_value(sheet, term, depth)?;
        total = if sign {
            total.checked_sub(value)?
        } else {
            total.checked_add(value)?
        };
    }
    Some(total)
}

/// Splits at + and - outside brackets; true for minus.
fn terms(text: &str) -> Option<Vec<(bool, &str)>> {
    let (mut found, mut depth, mut from, mut minus) = (Vec::new(), 0i32, 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '+' | '-' if depth == 0 => {
                if at > from {
                    found.push((minus, &text[from..at]));
                } else if at > 0 {
                    return None;
                }
                (from, minus) = (at + 1, c == '-');
            }
            _ => {}
        }
    }
    (depth == 0 && from < text.len()).then(|| found.push((minus, &text[from..])))?;
    Some(found)
}

fn term_value(sheet: &Sheet, term: &str, depth: u8) -> Option<Decimal> {
    let upper = term.to_ascii_uppercase();
    if let Some(arguments) = upper.strip_prefix("SUM(").and_then(|t| t.strip_suffix(')')) {
        return sum(sheet, arguments, depth);
    }
    if let Some((row, column)) = parse_a1(&upper) {
        return Some(number(sheet, row, column, depth).unwrap_or_default());
    }
    upper.parse().ok()
}

fn sum(sheet: &Sheet, arguments: &str, depth: u8) -> Option<Decimal> {
    let mut total = Decimal::ZERO;
    for argument in arguments.split(',') {
        let Some(area) = parse_area(argument) else {
            total = total.checked_add(argument.parse().ok()?)?;
            continue;
        };
        let size = u64::from(area.bottom - area.top + 1) * u64::from(area.right - area.left + 1);
        if size > CELLS {
            return None;
        }
        for row in area.top..=area.bottom {
            for column in area.left..=area.right {
                total = total.checked_add(number(sheet, row, column, depth).unwrap_or_default())?;
            }
        }
    }
    Some(total)
}

fn number(sheet: &Sheet, row: u32, column: u16, depth: u8) -> Option<Decimal> {
    match sheet.value(row, column)? {
        CellValue::Number(number) | CellValue::Percent(number) | CellValue::Date(number) => {
            decimal(&crate::number_text::decimal(number))
        }
        CellValue::Uncomputed(formula) => expression(sheet, formula, depth - 1),
        CellValue::Text(_) | CellValue::Bool(_) | CellValue::Error(_) => None,
    }
}

pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    text.parse()
        .ok()
        .or_else(|| Decimal::from_scientific(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Kind, SheetDraft, Texts};
    use std::sync::Arc;

    fn sheet() -> Sheet {
        let mut draft = SheetDraft {
            name: "表".into(),
            ..SheetDraft::default()
        };
        let mut texts = Texts::default();
        for (row, number) in [1.2, 0.8, 9.6].into_iter().enumerate() {
            draft.start_row(row as u32, false);
            draft.push(0, Kind::Number, f64::to_bits(number));
        }
        draft.start_row(3, false);
        draft.push(0, Kind::Uncomputed, texts.push("SUM(A1:A2)"));
        draft.push(1, Kind::Text, texts.push("7,320"));
        draft.push(2, Kind::Uncomputed, texts.push("C4"));
        Sheet::build(draft, Arc::new(texts))
    }

    #[track_caller]
    fn check(formula: &str, expect: Option<&str>) {
        assert_eq!(
            evaluate(&sheet(), formula)
                .map(|d| d.normalize().to_string())
                .as_deref(),
            expect,
            "{formula}"
        );
    }

    #[test]
    fn sums_are_worked_out_and_nothing_else() {
        check("SUM(A1:A2)", Some("2"));
        check("=SUM($A$1:$A$3, A4)", Some("13.6"));
        check("A4+A3-1", Some("10.6"));
        check("SUM(B4:B4)", Some("0"));
        check("AVERAGE(A1:A2)", None);
        check("A1*2", None);
        check("C4", Some("0"));
        check("", None);
    }
}
