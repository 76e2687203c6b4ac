//! One cell of the body to a value of its field: formulas without value, error values, numbers typed as text, units
//! and bounds written in the cell. The reading itself is `register::read_cell`; what was odd is told here.

use ground::{Bound, Finding, MoneyUnit, RecordId, normal_name};
use register::{Field, FieldKind, Hints, ReadCell, Value, read_cell};

use crate::formula;
use crate::notes::Notes;
use crate::sheet::CellValue;
use crate::table::Table;
use crate::words::{self, narrow};

/// A column bound to a field.
#[derive(Clone, Debug)]
pub(crate) struct Bind<'a> {
    /// Column of the sheet.
    pub(crate) column: u16,
    /// Field id, or `table.column`.
    pub(crate) path: String,
    pub(crate) field: &'a Field,
    /// Id of the table field it belongs to.
    pub(crate) table: Option<&'a str>,
    /// Unit of plain numbers in money columns.
    pub(crate) unit: Option<MoneyUnit>,
}

/// What a cell gave: its value, and the text for the field named by `else_to`.
#[derive(Default, Debug)]
pub(crate) struct Taken {
    pub(crate) value: Option<Value>,
    pub(crate) other: Option<(String, Value)>,
}

/// Reads the cell of `bind` in `row`.
pub(crate) fn take(
    table: &Table,
    bind: &Bind,
    row: u32,
    hints: &Hints,
    notes: &mut Notes,
) -> Taken {
    let (source_row, column) = table.source(row, bind.column);
    let place = table.place(source_row, column);
    let shared = source_row != row;
    if shared && is_number(bind.field) {
        notes.push(Finding::warning(
            "cell.merged_number",
            table.place(row, column),
            format!(
                "“{}”与上面的行合并成一格,一个数不能算给几条,只记在第{}行",
                bind.field.label.zh,
                source_row + 1
            ),
            "请取消合并,把各行的数分开填写",
        ));
        return Taken::default();
    }
    let mut found = Vec::new();
    let Some(text) = cell_text(table, bind, (source_row, column), &place, &mut found) else {
        notes.extend(found);
        return Taken::default();
    };
    let ReadCell {
        value,
        findings,
        other,
    } = read_cell(bind.field, &text, bind.unit, &place, hints);
    let quiet = findings.is_empty();
    found.extend(findings);
    match &value {
        Some(Value::Ref(id)) if quiet => found.extend(other_name(bind, &text, *id, &place, hints)),
        Some(value) if quiet => {
            found.extend(odd(table, bind, (source_row, column), &text, value, &place))
        }
        None if quiet && is_dash(&text) && is_number(bind.field) => found.push(Finding::info(
            "cell.not_applicable",
            &place,
            format!(
                "“{}”填的是“{}”,表示不适用,按没有数处理(不是 0)",
                bind.field.label.zh,
                text.trim()
            ),
            "无需处理",
        )),
        _ => {}
    }
    // A merged cell was told about at its own row.
    if !shared {
        notes.extend(found);
    }
    Taken { value, other }
}

/// Text to read, `None` for an empty, failed or uncomputed cell.
fn cell_text(
    table: &Table,
    bind: &Bind,
    (row, column): (u32, u16),
    place: &str,
    found: &mut Vec<Finding>,
) -> Option<String> {
    let label = &bind.field.label.zh;
    match table.sheet.value(row, column)? {
        CellValue::Error(error) => {
            found.push(Finding::error(
                "cell.error_value",
                place,
                format!("第{}行“{label}”是错误值 {error}", row + 1),
                "请修正公式或改填数值",
            ));
            None
        }
        CellValue::Uncomputed(text) => match formula::evaluate(&table.sheet, text) {
            Some(number) => {
                found.push(Finding::info(
                    "cell.computed",
                    place,
                    format!(
                        "第{}行“{label}”是公式,文件里没有存结果,按 {} 算出 {}",
                        row + 1,
                        text.trim_start_matches('='),
                        number.normalize()
                    ),
                    "用 WPS 或 Excel 打开并保存一次,文件里就有结果",
                ));
                Some(number.normalize().to_string())
            }
            None => {
                found.push(Finding::warning(
                    "cell.formula_without_value",
                    place,
                    format!("第{}行“{label}”是公式,文件里没有存结果,没有读取", row + 1),
                    "请用 WPS 或 Excel 打开这个文件,保存后再导入",
                ));
                None
            }
        },
        _ => Some(table.sheet.text(row, column)).filter(|t| !t.trim().is_empty()),
    }
}

/// What is worth saying about a cell that was read without trouble.
fn odd(
    table: &Table,
    bind: &Bind,
    (row, column): (u32, u16),
    text: &str,
    value: &Value,
    place: &str,
) -> Option<Finding> {
    let label = &bind.field.label.zh;
    let info = |code: &str, said: String| {
        Some(Finding::info(
            code,
            place,
            format!("“{label}”写的是“{}”,{said}", text.trim()),
            "无误则不必处理",
        ))
    };
    let typed =
        table.sheet.typed && matches!(table.sheet.value(row, column), Some(CellValue::Text(_)));
    match value {
        Value::Date(day)
            if matches!(table.sheet.value(row, column), Some(CellValue::Number(_))) =>
        {
            info(
                "cell.date_serial",
                format!("是没有日期格式的日期,按 {day} 读"),
            )
        }
        Value::Date(day)
            if !matches!(table.sheet.value(row, column), Some(CellValue::Date(_)))
                && text.trim() != day.to_string() =>
        {
            info("cell.date_writing", format!("按 {day} 读"))
        }
        Value::Money(amount) => {
            let unit = bind.unit.or(bind.field.unit).unwrap_or(MoneyUnit::Yuan);
            let shown = format!("{}{}", amount.fen.show(unit), unit.label());
            if amount.bound != Bound::Exact {
                return info(
                    "cell.bound",
                    format!("按“{}{shown}”读,不是准确数", bound_word(amount.bound)),
                );
            }
            if text.contains(['元', '万', '亿', '千']) {
                return info("cell.own_unit", format!("自带单位,按 {shown} 读"));
            }
            if typed {
                info(
                    "cell.text_number",
                    format!("是文本格式的数字,按 {shown} 读"),
                )
            } else {
                None
            }
        }
        Value::Int(_) | Value::Decimal { .. } | Value::Percent(_)
            if typed && words::is_numeric(text) && !text.contains('%') =>
        {
            info("cell.text_number", "是文本格式的数字,按数字读".to_string())
        }
        _ => None,
    }
}

/// A name that is not the record's own was found by an alias: worth a word, since figures go to that record.
fn other_name(
    bind: &Bind,
    text: &str,
    id: RecordId,
    place: &str,
    hints: &Hints,
) -> Option<Finding> {
    let known = hints.name_of(bind.field.kind.target()?, id)?;
    if normal_name(known) == normal_name(text) {
        return None;
    }
    let label = &bind.field.label.zh;
    let problem = format!("“{label}”写的是“{}”,按别名对应到“{known}”", text.trim());
    Some(Finding::info(
        "cell.alias",
        place,
        problem,
        "无误则不必处理",
    ))
}

fn bound_word(bound: Bound) -> &'static str {
    match bound {
        Bound::Exact => "",
        Bound::About => "约",
        Bound::AtLeast => "不少于",
        Bound::AtMost => "不超过",
    }
}

/// `—`, `-`, `/`: nothing to fill in here, said on purpose.
pub(crate) fn is_dash(text: &str) -> bool {
    let text: String = text
        .chars()
        .filter(|c| !words::is_space(*c))
        .map(narrow)
        .collect();
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(c, '—' | '-' | '–' | '―' | '/' | '－' | '─'))
}

pub(crate) fn is_number(field: &Field) -> bool {
    matches!(
        field.kind,
        FieldKind::Money | FieldKind::Int | FieldKind::Decimal { .. } | FieldKind::Percent
    )
}
