//! 核对. Subtotals, totals, counts and shares that a workbook states, against what its own rows add up to.

use std::collections::BTreeMap;

use ground::{Bound, Fen, Finding, MoneyUnit, RecordId, parse_amount, parse_number};
use register::{Definition, FieldKind, Value};
use rust_decimal::Decimal;

use crate::cell::{self, Bind};
use crate::formula;
use crate::mapping::{self, Mapping};
use crate::read::{Check, Draft, Verdict, field_label};
use crate::rows::is_serial_head;
use crate::sheet::CellValue;
use crate::table::{Column, Row, RowKind, Table};
use crate::words::{self, label};

/// A column that may be summed.
struct Summed<'a> {
    column: &'a Column,
    /// Unit of its plain numbers, if it is money.
    unit: Option<MoneyUnit>,
}

/// A number with what is known of its exactness.
#[derive(Clone, Copy)]
enum Part {
    Number(Decimal),
    /// 约, 余: a sum over it is no equation.
    Inexact(Decimal),
    /// Text that is no number.
    Unread,
}

/// All sums and counts of a table.
pub(crate) fn table_checks(
    table: &Table,
    mapping: &Mapping,
    definition: &Definition,
) -> Vec<Check> {
    let columns = summed_columns(table, mapping, definition);
    let mut checks = Vec::new();
    let mut subtotals: Vec<Row> = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        match row.kind {
            RowKind::Group => {
                checks.extend(group_count(table, row));
                let parts = group_rows(table, row);
                checks.extend(
                    columns
                        .iter()
                        .filter_map(|c| sum_check(table, c, row, &parts)),
                );
                if columns
                    .iter()
                    .any(|c| stated(table, c, row.index).is_some())
                {
                    subtotals.push(*row);
                }
            }
            RowKind::Subtotal => {
                let parts = subtotal_rows(table, at);
                checks.extend(
                    columns
                        .iter()
                        .filter_map(|c| sum_check(table, c, row, &parts)),
                );
                checks.extend(count_check(table, row, parts.len()));
                subtotals.push(*row);
            }
            RowKind::Total => {
                let parts: Vec<Row> = data_rows(table).collect();
                checks.extend(
                    columns
                        .iter()
                        .filter_map(|c| sum_check(table, c, row, &parts)),
                );
                checks.extend(
                    columns
                        .iter()
                        .filter_map(|c| batches_check(table, c, row, &subtotals)),
                );
                checks.extend(count_check(table, row, count_records(&parts)));
            }
            _ => {}
        }
    }
    checks
}

/// Numeric columns: no serial numbers, percents, ranks, dates or names.
fn summed_columns<'a>(
    table: &'a Table,
    mapping: &Mapping,
    definition: &Definition,
) -> Vec<Summed<'a>> {
    let choices = mapping.for_table(table);
    let cross_row = mapping::is_cross(table, definition)
        .then(|| mapping::cross_row_column(table))
        .flatten();
    let columns = table.columns.iter().zip(choices);
    columns
        .filter(|(column, _)| {
            Some(column.index) != cross_row && !column.percent && !is_serial_head(column.leaf())
        })
        .filter(|(column, _)| !column.path.iter().any(|p| not_additive(p)))
        .filter_map(|(column, choice)| {
            let field = choice
                .and_then(|c| c.field.as_deref())
                .and_then(|f| definition.field(f));
            let additive = field.is_none_or(|f| {
                matches!(
                    f.kind,
                    FieldKind::Money | FieldKind::Int | FieldKind::Decimal { .. }
                )
            });
            let money = field.is_some_and(|f| f.kind == FieldKind::Money);
            let unit = choice.and_then(|c| c.unit).or(column.unit).or(table
                .facts
                .unit
                .as_ref()
                .map(|u| u.value)
                .filter(|_| money));
            additive.then_some(Summed { column, unit })
        })
        .collect()
}

fn not_additive(text: &str) -> bool {
    [
        "排名", "位次", "同比", "增长", "增速", "增幅", "占", "率", "比重", "%", "均", "时间",
        "日期", "年月", "工期", "电话", "代码",
    ]
    .iter()
    .any(|w| text.contains(w))
}

fn data_rows(table: &Table) -> impl Iterator<Item = Row> + '_ {
    table
        .rows
        .iter()
        .filter(|r| matches!(r.kind, RowKind::Data | RowKind::Continuation))
        .copied()
}

fn count_records(rows: &[Row]) -> usize {
    rows.iter().filter(|r| r.kind == RowKind::Data).count()
}

/// Data rows of the group a group row opens, groups inside it too.
fn group_rows(table: &Table, row: &Row) -> Vec<Row> {
    let Some(group) = row.group else {
        return Vec::new();
    };
    let level = table.groups[group as usize].level;
    let ends = table.rows.iter().find(|r| {
        let next = r.kind == RowKind::Group && r.index > row.index;
        next && r
            .group
            .is_some_and(|g| table.groups[g as usize].level <= level)
    });
    let end = ends.map_or(u32::MAX, |r| r.index);
    data_rows(table)
        .filter(|r| r.index > row.index && r.index < end && r.group.is_some())
        .collect()
}

/// Data rows that a subtotal closes: its group's, or those since the last sum.
fn subtotal_rows(table: &Table, at: usize) -> Vec<Row> {
    let row = &table.rows[at];
    if let Some(group) = row.group {
        let opened = table.groups[group as usize].row;
        return data_rows(table)
            .filter(|r| r.index > opened && r.index < row.index)
            .collect();
    }
    let before = &table.rows[..at];
    let start = before
        .iter()
        .rposition(|r| matches!(r.kind, RowKind::Subtotal | RowKind::Total))
        .map_or(0, |p| p + 1);
    before[start..]
        .iter()
        .filter(|r| matches!(r.kind, RowKind::Data | RowKind::Continuation))
        .copied()
        .collect()
}

/// `签约一批(2个)` against the rows below it.
fn group_count(table: &Table, row: &Row) -> Option<Check> {
    let group = table.group(row)?;
    let found = count_records(&group_rows(table, row));
    Some(count(
        format!("“{}”标注的个数", group.text),
        &table.place(row.index, table.keys.first),
        group.count?,
        found,
    ))
}

/// `合计(15个)` against all rows.
fn count_check(table: &Table, row: &Row, found: usize) -> Option<Check> {
    let texts: Vec<(u16, String)> = table.sheet.row_texts(row.index).take(3).collect();
    let (column, text, stated) = texts
        .into_iter()
        .find_map(|(c, t)| words::count_in(&label(&t)).map(|n| (c, label(&t), n)))?;
    Some(count(
        format!("“{text}”标注的个数"),
        &table.place(row.index, column),
        stated,
        found,
    ))
}

fn count(what: String, place: &str, stated: u32, found: usize) -> Check {
    let verdict = if stated as usize == found {
        Verdict::Holds
    } else {
        Verdict::Fails
    };
    Check {
        statement: format!("{what}({place})= 表中行数"),
        left: stated.to_string(),
        right: found.to_string(),
        verdict,
    }
}

/// The figure a sum row states: a value, or a formula without one worked out.
fn stated(table: &Table, summed: &Summed, row: u32) -> Option<Option<Part>> {
    match table.sheet.value(row, summed.column.index)? {
        CellValue::Uncomputed(text) => {
            Some(formula::evaluate(&table.sheet, text).map(Part::Number))
        }
        _ => match part(table, summed, row)? {
            Part::Unread => None,
            part => Some(Some(part)),
        },
    }
}

/// What a body cell adds to a sum, in the column's unit.
fn part(table: &Table, summed: &Summed, row: u32) -> Option<Part> {
    let column = summed.column.index;
    match table.sheet.value(row, column)? {
        CellValue::Number(_) => formula::number_at(&table.sheet, row, column).map(Part::Number),
        CellValue::Uncomputed(text) => {
            Some(formula::evaluate(&table.sheet, text).map_or(Part::Unread, Part::Number))
        }
        CellValue::Text(text) if cell::is_dash(text) => None,
        CellValue::Text(text) => Some(text_part(text, summed.unit)),
        _ => Some(Part::Unread),
    }
}

fn text_part(text: &str, unit: Option<MoneyUnit>) -> Part {
    let (number, bound) = match (parse_number(text), unit) {
        (Ok((number, bound)), _) => (number, bound),
        (Err(_), Some(unit)) => match parse_amount(text, Some(unit)) {
            Ok(amount) => (
                Decimal::from(amount.fen.0) / Decimal::from(unit.fen()),
                amount.bound,
            ),
            Err(_) => return Part::Unread,
        },
        (Err(_), None) => return Part::Unread,
    };
    if bound == Bound::Exact {
        Part::Number(number)
    } else {
        Part::Inexact(number)
    }
}

fn sum_check(table: &Table, summed: &Summed, row: &Row, rows: &[Row]) -> Option<Check> {
    let stated = stated(table, summed, row.index)?;
    let name = row_name(table, row);
    let unit = summed.unit.map_or("", MoneyUnit::label);
    let place = table.place(row.index, summed.column.index);
    let statement = format!(
        "{name}“{}”({place})= 其{}行之和{}",
        summed.column.path_text(),
        rows.len(),
        wrap(unit)
    );
    Some(compare(
        statement,
        stated,
        rows.iter()
            .filter_map(|r| part(table, summed, r.index))
            .collect(),
        false,
    ))
}

/// 合计 against the subtotals: 62.4 = 2 + 31.2 + 29.2.
fn batches_check(table: &Table, summed: &Summed, row: &Row, subtotals: &[Row]) -> Option<Check> {
    let parts: Vec<Option<Part>> = subtotals
        .iter()
        .filter_map(|r| stated(table, summed, r.index))
        .collect();
    if parts.len() < 2 {
        return None;
    }
    let stated = stated(table, summed, row.index)?;
    let unit = summed.unit.map_or("", MoneyUnit::label);
    let place = table.place(row.index, summed.column.index);
    let statement = format!(
        "{}“{}”({place})= 各分组之和{}",
        row_name(table, row),
        summed.column.path_text(),
        wrap(unit)
    );
    Some(compare(
        statement,
        stated,
        parts
            .into_iter()
            .map(|p| p.unwrap_or(Part::Unread))
            .collect(),
        true,
    ))
}

fn wrap(unit: &str) -> String {
    if unit.is_empty() {
        String::new()
    } else {
        format!("({unit})")
    }
}

/// 签约一批小计, 合计(15个): how the row is called.
fn row_name(table: &Table, row: &Row) -> String {
    let own = table
        .sheet
        .row_texts(row.index)
        .map(|(_, t)| label(&t))
        .find(|t| !words::is_numeric(t) && !words::is_chinese_ordinal(t));
    let own = own.unwrap_or_default();
    match table.group(row) {
        Some(group) if row.kind == RowKind::Subtotal && !own.contains(&group.name) => {
            format!("{}{own}", group.name)
        }
        _ => own,
    }
}

fn compare(statement: String, stated: Option<Part>, parts: Vec<Part>, show_parts: bool) -> Check {
    let numbers: Vec<Decimal> = parts
        .iter()
        .filter_map(|p| match p {
            Part::Number(n) | Part::Inexact(n) => Some(*n),
            Part::Unread => None,
        })
        .collect();
    let sum = numbers
        .iter()
        .try_fold(Decimal::ZERO, |a, b| a.checked_add(*b));
    let whole = numbers.len() == parts.len() && parts.iter().all(|p| matches!(p, Part::Number(_)));
    let left = match stated {
        Some(Part::Number(n) | Part::Inexact(n)) => show(n),
        _ => "无法计算".to_string(),
    };
    let right = match sum {
        Some(sum) if show_parts => format!(
            "{} = {}",
            numbers
                .iter()
                .map(|n| show(*n))
                .collect::<Vec<_>>()
                .join(" + "),
            show(sum)
        ),
        Some(sum) => show(sum),
        None => "无法计算".to_string(),
    };
    let verdict = match (stated, sum) {
        (Some(Part::Number(stated)), Some(sum))
            if stated == sum && numbers.len() == parts.len() =>
        {
            Verdict::Holds
        }
        (Some(Part::Number(stated)), Some(sum)) if whole => verdict(stated, sum, &numbers),
        _ => Verdict::NotCheckable,
    };
    Check {
        statement,
        left,
        right,
        verdict,
    }
}

/// Parts rounded to the last digit shown differ from a rounded total by chance: the difference of n independent
/// rounding errors has a standard deviation of sqrt(n/12) last digits; twice that is still rounding. A total with
/// fewer decimals than its parts may be half a digit off, but a small whole number may not: 3 for 3.5 is a slip,
/// since spreadsheets hide the zero of 3.0.
fn verdict(stated: Decimal, sum: Decimal, parts: &[Decimal]) -> Verdict {
    let scale = |d: &Decimal| d.normalize().scale();
    let digits = parts.iter().map(scale).max().unwrap_or(0).max(scale(&sum));
    let own = scale(&stated);
    let rounded_total = own < digits && (own > 0 || stated.abs() >= Decimal::ONE_THOUSAND);
    let allowed = if rounded_total {
        Decimal::new(5, own + 1)
    } else if digits == 0 && parts.iter().all(|p| p.abs() < Decimal::ONE_HUNDRED) {
        // Small whole numbers are counts, and counts are not rounded.
        Decimal::ZERO
    } else {
        Decimal::new(i64::from(deviation(parts.len())), digits)
    };
    if (stated - sum).abs() <= allowed {
        Verdict::Rounding
    } else {
        Verdict::Fails
    }
}

/// 2 * sqrt(n / 12), rounded down, in whole digits.
fn deviation(count: usize) -> u32 {
    (1..=100u32)
        .take_while(|k| 12 * (*k as usize) * (*k as usize) <= 4 * count)
        .last()
        .unwrap_or(0)
}

fn show(number: Decimal) -> String {
    number.normalize().to_string()
}

/// `占年计划 28.2%` against year-to-date by year plan, when the plan is known or stands in the row.
pub(crate) fn share(
    draft: &Draft,
    definition: &Definition,
    year_plans: Option<&BTreeMap<RecordId, Fen>>,
    table: &Table,
    binds: &[Bind],
) -> Option<Check> {
    let stated = draft.fields.get("year_plan_share")?.as_percent()?;
    let done = draft
        .fields
        .get("investment_year_to_date")
        .and_then(Value::as_money)?;
    let own = draft
        .fields
        .get("investment_year_plan")
        .and_then(Value::as_money)
        .map(|a| a.fen);
    let project = draft.fields.get("project").and_then(Value::as_ref_id);
    let plan = own
        .or_else(|| year_plans?.get(&project?).copied())
        .filter(|p| p.0 > 0)?;
    let exact = Decimal::from(done.fen.0) * Decimal::ONE_HUNDRED / Decimal::from(plan.0);
    let text = binds
        .iter()
        .find(|b| b.path == "year_plan_share")
        .map(|b| table.text(draft.row - 1, b.column))
        .unwrap_or_default();
    let inexact = done.bound != Bound::Exact
        || parse_number(&text).is_ok_and(|(_, bound)| bound != Bound::Exact);
    let stated = Decimal::new(stated, 2).normalize();
    let digits = stated.scale().max(if inexact { 0 } else { 1 });
    let difference = (stated - exact).abs();
    let half = Decimal::new(5, digits + 1);
    let verdict = if difference <= half {
        Verdict::Holds
    } else if inexact && difference <= Decimal::ONE || difference <= half * Decimal::TWO {
        Verdict::Rounding
    } else if inexact {
        Verdict::NotCheckable
    } else {
        Verdict::Fails
    };
    let (share, done_label) = (
        field_label(definition, "year_plan_share"),
        field_label(definition, "investment_year_to_date"),
    );
    Some(Check {
        statement: format!(
            "“{share}”({})= {done_label} ÷ 年度计划 {}万元",
            draft.cell_place("year_plan_share"),
            plan.show(MoneyUnit::WanYuan)
        ),
        left: format!("{}%", show(stated)),
        right: format!("{}%", show(exact.round_dp(digits))),
        verdict,
    })
}

/// A failed check is a finding too, at the cell it names.
pub(crate) fn failed(checks: &[Check], table: &Table) -> Vec<Finding> {
    let failed = checks
        .iter()
        .filter(|c| matches!(c.verdict, Verdict::Fails));
    failed
        .map(|check| {
            let place = check
                .statement
                .split(['(', ')'])
                .find(|t| t.starts_with(&format!("{}!", table.sheet_name())));
            Finding::warning(
                "check.fails",
                place.unwrap_or(table.sheet_name()),
                format!(
                    "对不上:{};表里写 {},按各行算是 {}",
                    check.statement, check.left, check.right
                ),
                "请核对是合计写错、漏了行,还是某一行的数或单位有误",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stated: &str, parts: &[&str], expect: Verdict) {
        let number = |t: &str| -> Decimal { t.parse().expect("a number") };
        let parts = parts.iter().map(|t| Part::Number(number(t))).collect();
        let check = compare("x".into(), Some(Part::Number(number(stated))), parts, false);
        assert_eq!(check.verdict, expect, "{check:?}");
    }

    #[test]
    fn rounding_is_told_from_slips() {
        check("62.4", &["2", "31.2", "29.2"], Verdict::Holds);
        check("62.4", &["2.02", "31.18", "29.23"], Verdict::Rounding);
        check("62.5", &["2", "31.2", "29.2"], Verdict::Rounding);
        check("62.6", &["2", "31.2", "29.2"], Verdict::Fails);
        check("3", &["3.5"], Verdict::Fails);
        check("16", &["2", "6", "7"], Verdict::Fails);
        check("0", &["0", "0.1"], Verdict::Fails);
        check("7320", &["3660.2", "3660.2"], Verdict::Rounding);
    }

    #[test]
    fn sums_over_about_figures_claim_nothing() {
        let about = vec![
            Part::Inexact(Decimal::from(5000)),
            Part::Number(Decimal::from(100)),
        ];
        let stated = Some(Part::Number(Decimal::from(5200)));
        assert_eq!(
            compare("x".into(), stated, about, false).verdict,
            Verdict::NotCheckable
        );
    }
}
