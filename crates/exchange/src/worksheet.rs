//! One worksheet part of .xlsx, read as a stream: cells in one pass, nothing kept but their values.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

use crate::limits::{self, Refusal};
use crate::package::{PartReader, refuse_xml};
use crate::sheet::{Dropdown, Kind, SheetDraft, Texts, a1, parse_a1, parse_area};

/// What the sheets of a workbook share while they are read.
pub(crate) struct Shared {
    pub(crate) texts: Texts,
    /// How many of the texts are shared strings (the others were found in the sheets).
    pub(crate) strings: u64,
    pub(crate) styles: Vec<Kind>,
    pub(crate) epoch_1904: bool,
    /// Cells read so far, over all sheets.
    pub(crate) cells: usize,
}

/// Days between the two epochs of the office suites.
const DAYS_1904: f64 = 1462.0;

/// The cell under construction.
#[derive(Default)]
struct Open {
    column: u16,
    style: usize,
    kind: CellType,
    value: String,
    formula: String,
    inline: String,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum CellType {
    #[default]
    Number,
    Shared,
    Inline,
    Text,
    Bool,
    Error,
    IsoDate,
}

#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Nothing,
    Value,
    Formula,
    Inline,
    Guide,
    /// The source of a drop-down list.
    Choices,
    /// Its cells, in the form that later versions of the format use.
    ChoiceCells,
}

/// Reads the part into `draft`.
pub(crate) fn read(
    mut reader: PartReader<'_>,
    part: &str,
    mut draft: SheetDraft,
    shared: &mut Shared,
) -> Result<SheetDraft, Refusal> {
    let mut buffer = Vec::with_capacity(1024);
    let (mut open, mut inside, mut next_column) = (Open::default(), Inside::Nothing, 0u16);
    let (mut list, mut list_cells) = (None::<Dropdown>, String::new());
    loop {
        match reader
            .read_event_into(&mut buffer)
            .map_err(|e| refuse_xml(&e, part))?
        {
            Event::Start(element) => match element.local_name().as_ref() {
                "c" => open_cell(&element, &mut open, &mut next_column)?,
                "v" => inside = Inside::Value,
                "f" if inside == Inside::Choices => {}
                "f" => inside = Inside::Formula,
                "t" if inside != Inside::Guide => inside = Inside::Inline,
                "rPh" => inside = Inside::Guide,
                "row" => {
                    start_row(&element, &mut draft)?;
                    next_column = 0;
                }
                "mergeCell" => add_merge(&element, &mut draft)?,
                "col" => add_hidden_columns(&element, &mut draft),
                "dataValidation" => list = open_dropdown(&element),
                "formula1" if list.is_some() => inside = Inside::Choices,
                "sqref" if list.is_some() => inside = Inside::ChoiceCells,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "dataValidation" => {
                    close_dropdown(list.take(), &list_cells, &mut draft);
                    list_cells.clear();
                }
                "formula1" | "sqref" => inside = Inside::Nothing,
                "f" if inside == Inside::Choices => {}
                "c" => close_cell(&mut open, &mut draft, shared, part)?,
                "v" | "f" | "rPh" => inside = Inside::Nothing,
                "t" if inside == Inside::Inline => inside = Inside::Nothing,
                _ => {}
            },
            Event::Eof => return Ok(draft),
            event => match inside {
                Inside::Value => append(&event, &mut open.value),
                Inside::Formula => append(&event, &mut open.formula),
                Inside::Inline => append(&event, &mut open.inline),
                Inside::ChoiceCells => append(&event, &mut list_cells),
                Inside::Choices => {
                    if let Some(list) = &mut list {
                        append(&event, &mut list.source);
                    }
                }
                Inside::Nothing | Inside::Guide => {}
            },
        }
        buffer.clear();
    }
}

fn start_row(element: &BytesStart, draft: &mut SheetDraft) -> Result<(), Refusal> {
    let next = draft.rows.last().map_or(0, |r| r.index + 1);
    let index = raw(element, "r")
        .and_then(|v| v.parse::<u32>().ok())
        .map_or(next, |n| n.saturating_sub(1));
    if index > 1_048_575 {
        return Err(Refusal::Broken(format!("行号{index}超出工作表")));
    }
    // Rows that are only formatted hold no cells: they are dropped, or a sheet styled to its end would not open.
    if draft.rows.last().is_some_and(|r| r.len == 0) {
        draft.rows.pop();
    }
    if draft.rows.len() >= limits::ROWS {
        return Err(Refusal::TooLarge(format!(
            "工作表“{}”有内容的行超过{}行",
            draft.name,
            limits::ROWS
        )));
    }
    draft.start_row(index, matches!(raw(element, "hidden"), Some("1" | "true")));
    Ok(())
}

fn open_cell(element: &BytesStart, open: &mut Open, next_column: &mut u16) -> Result<(), Refusal> {
    open.value.clear();
    open.formula.clear();
    open.inline.clear();
    open.column = match raw(element, "r") {
        None => *next_column,
        Some(name) => {
            parse_a1(name)
                .ok_or_else(|| Refusal::Broken(format!("单元格名“{name}”有误")))?
                .1
        }
    };
    *next_column = open.column.saturating_add(1);
    open.style = raw(element, "s").and_then(|v| v.parse().ok()).unwrap_or(0);
    open.kind = match raw(element, "t") {
        Some("s") => CellType::Shared,
        Some("inlineStr") => CellType::Inline,
        Some("str") => CellType::Text,
        Some("b") => CellType::Bool,
        Some("e") => CellType::Error,
        Some("d") => CellType::IsoDate,
        _ => CellType::Number,
    };
    Ok(())
}

fn close_cell(
    open: &mut Open,
    draft: &mut SheetDraft,
    shared: &mut Shared,
    part: &str,
) -> Result<(), Refusal> {
    let Some((kind, bits)) = cell_value(open, shared, part)? else {
        return Ok(());
    };
    if open.column >= limits::COLUMNS {
        let row = draft.rows.last().map_or(0, |r| r.index);
        let place = format!("{}!{}", draft.name, a1(row, open.column));
        return Err(Refusal::TooLarge(format!(
            "{place} 有内容,超出了第{}列",
            limits::COLUMNS
        )));
    }
    shared.cells += 1;
    if shared.cells > limits::CELLS {
        return Err(Refusal::TooLarge(format!(
            "有内容的单元格超过{}万个",
            limits::CELLS / 10_000
        )));
    }
    if draft.rows.is_empty() {
        draft.start_row(0, false);
    }
    draft.push(open.column, kind, bits);
    Ok(())
}

fn cell_value(
    open: &Open,
    shared: &mut Shared,
    part: &str,
) -> Result<Option<(Kind, u64)>, Refusal> {
    let value = open.value.trim();
    let mut text = |kind: Kind, text: &str| {
        let text = clean(text);
        (!text.trim().is_empty()).then(|| (kind, shared.texts.push(&text)))
    };
    Ok(match open.kind {
        CellType::Inline if !open.inline.is_empty() => text(Kind::Text, &open.inline),
        // Programs that write workbooks leave sums without result, or with the placeholder 0.
        _ if is_unset(value, &open.formula) => text(Kind::Uncomputed, &open.formula),
        _ if value.is_empty() => None,
        CellType::Shared => {
            let number = value.parse::<u64>().ok().filter(|n| *n < shared.strings);
            let number =
                number.ok_or_else(|| Refusal::Broken(format!("部件 {part} 引用了不存在的文字")))?;
            (!shared.texts.get(number).trim().is_empty()).then_some((Kind::Text, number))
        }
        CellType::Text | CellType::Inline | CellType::IsoDate => text(Kind::Text, &open.value),
        CellType::Error => text(Kind::Error, value),
        CellType::Bool => Some((Kind::Bool, u64::from(value == "1" || value == "true"))),
        CellType::Number => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number_cell(number, open.style, shared)),
            _ => text(Kind::Text, value),
        },
    })
}

fn is_unset(value: &str, formula: &str) -> bool {
    let sum = || {
        formula
            .trim_start()
            .get(..4)
            .is_some_and(|f| f.eq_ignore_ascii_case("SUM("))
    };
    !formula.is_empty() && (value.is_empty() || value == "0" && sum())
}

fn number_cell(number: f64, style: usize, shared: &Shared) -> (Kind, u64) {
    let kind = shared.styles.get(style).copied().unwrap_or(Kind::Number);
    let shift = shared.epoch_1904 && matches!(kind, Kind::Date | Kind::Month);
    (
        kind,
        (if shift { number + DAYS_1904 } else { number }).to_bits(),
    )
}

fn add_merge(element: &BytesStart, draft: &mut SheetDraft) -> Result<(), Refusal> {
    if draft.merges.len() >= limits::MERGES {
        return Err(Refusal::TooLarge(format!(
            "工作表“{}”的合并单元格超过{}处",
            draft.name,
            limits::MERGES
        )));
    }
    draft
        .merges
        .extend(raw(element, "ref").and_then(parse_area));
    Ok(())
}

fn add_hidden_columns(element: &BytesStart, draft: &mut SheetDraft) {
    if !matches!(raw(element, "hidden"), Some("1" | "true")) {
        return;
    }
    let number = |key| {
        raw(element, key)
            .and_then(|v| v.parse::<u16>().ok())
            .filter(|n| *n > 0)
    };
    if let (Some(first), Some(last)) = (number("min"), number("max")) {
        draft
            .hidden_columns
            .extend(first - 1..=(last - 1).min(limits::COLUMNS));
    }
}

/// A drop-down list; other kinds of validation are no concern of a reader of values.
fn open_dropdown(element: &BytesStart) -> Option<Dropdown> {
    (raw(element, "type") == Some("list")).then(|| Dropdown {
        areas: raw(element, "sqref").map_or_else(Vec::new, areas),
        source: String::new(),
    })
}

fn areas(cells: &str) -> Vec<crate::sheet::Area> {
    cells.split_whitespace().filter_map(parse_area).collect()
}

fn close_dropdown(list: Option<Dropdown>, cells: &str, draft: &mut SheetDraft) {
    let Some(mut list) = list else { return };
    list.areas.extend(areas(cells));
    let told = !list.source.trim().is_empty() && !list.areas.is_empty();
    if told && draft.dropdowns.len() < limits::DROPDOWNS {
        draft.dropdowns.push(list);
    }
}

/// An attribute whose value holds no entities (numbers, cell names), without allocation.
fn raw<'e>(element: &'e BytesStart, key: &str) -> Option<&'e str> {
    let mut rest = element.attributes_raw();
    loop {
        rest = rest.trim_start();
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|q| matches!(q, '"' | '\''))?;
        let (value, tail) = after[1..].split_once(quote)?;
        if name.trim_end() == key {
            return Some(value);
        }
        rest = tail;
    }
}

/// Adds the text of an event; entities come as events of their own.
pub(crate) fn append(event: &Event, text: &mut String) {
    match event {
        Event::Text(t) => text.push_str(&t.xml10_content()),
        Event::CData(t) => text.push_str(&t.xml10_content()),
        Event::GeneralRef(r) => match r.resolve_char_ref() {
            Ok(Some(c)) => text.push(c),
            _ => text.push_str(match r.xml10_content().as_ref() {
                "lt" => "<",
                "gt" => ">",
                "amp" => "&",
                "quot" => "\"",
                "apos" => "'",
                _ => "",
            }),
        },
        _ => {}
    }
}

/// `_x000D_` is how the format writes a character that XML cannot hold (ECMA-376 22.9.2.19).
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") && !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest
            .get(at + 2..at + 6)
            .filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code
            .and_then(|c| u32::from_str_radix(c, 16).ok())
            .and_then(char::from_u32)
        {
            Some(c) => {
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_of_the_format_are_read() {
        assert_eq!(clean("一_x000D_\n二"), "一\n二");
        assert_eq!(clean("a_x00"), "a_x00");
        assert_eq!(clean("_xG000_"), "_xG000_");
        assert_eq!(clean("plain"), "plain");
    }

    #[test]
    fn attributes_are_found_by_whole_name() {
        let element = BytesStart::from_content(r#"c hidden_x="9" r="B4" s='3'"#, 1);
        assert_eq!(raw(&element, "r"), Some("B4"));
        assert_eq!(raw(&element, "s"), Some("3"));
        assert_eq!(raw(&element, "hidden"), None);
    }
}
