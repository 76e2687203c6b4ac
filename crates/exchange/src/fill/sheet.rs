//! An .xlsx: cells with marks are filled, rows repeated, and what points at rows further down (merged cells, formulas,
//! print areas) goes along. A cell that holds one mark alone becomes a number where the value is one, so that the
//! receiver can reckon with it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::marks::{Mark, MarkKind};
use super::reference::{Moved, in_formula, in_list, shifted};
use super::repeat::{Budget, Filler, Shape, has_marks};
use super::runs::text_of;
use super::tree::{Element, Node, Part};
use super::{At, Number, Piece, Source};
use crate::sheet::{a1, parse_a1};

/// Elements of Excel.
pub(super) const SHAPE: Shape = Shape {
    row: "row",
    paragraph: "c",
};
/// Rows of a template's sheet; a form has tens.
const ROWS: u32 = 20_000;
/// Bytes that shared texts and formulas of a template may become, written out where they are used.
pub(super) const SHARED_BYTES: usize = 16 << 20;
/// Characters of a formula (Excel's specifications and limits).
const FORMULA_CHARS: usize = 8_192;
/// Digits that a spreadsheet's number holds exactly.
const DIGITS: usize = 15;

/// A text that cells share.
pub(super) struct SharedText {
    nodes: Vec<Node>,
    weight: usize,
    marked: bool,
}

impl SharedText {
    /// Looked at once, however many cells show it.
    pub(super) fn of(string: Element) -> Self {
        SharedText {
            weight: string.weight(),
            marked: text_of(&string).contains(['{', '｛']),
            nodes: string.nodes,
        }
    }
}

/// Puts shared strings with marks into their cells, and makes rows without gaps, so that a row's place is its number.
/// `left` is what [`SHARED_BYTES`] leaves to this sheet and those behind it.
pub(super) fn prepare(
    sheet: &mut Part,
    shared: &[SharedText],
    left: &mut usize,
) -> Result<(), String> {
    let Some(data) = sheet.root.child_mut("sheetData") else {
        return Ok(());
    };
    for row in data.elements_mut() {
        for cell in row
            .elements_mut()
            .filter(|cell| cell.get("t").as_deref() == Some("s"))
        {
            put_inside(cell, shared, left)?;
        }
    }
    close_gaps(data)?;
    plain_formulas(data, left)
}

fn spend(left: &mut usize, bytes: usize) -> Result<(), String> {
    let rest = left.checked_sub(bytes);
    *left = rest.ok_or_else(|| "模板里重复的文字过多".to_owned())?;
    Ok(())
}

fn put_inside(cell: &mut Element, shared: &[SharedText], left: &mut usize) -> Result<(), String> {
    let index = cell
        .child("v")
        .and_then(|v| v.text().trim().parse::<usize>().ok());
    let string = index.and_then(|index| shared.get(index));
    let Some(string) = string.filter(|string| string.marked) else {
        return Ok(());
    };
    spend(left, string.weight)?;
    let mut inside = cell.beside("is");
    inside.nodes = string.nodes.clone();
    cell.nodes = vec![Node::Element(inside)];
    cell.set("t", "inlineStr");
    Ok(())
}

fn close_gaps(data: &mut Element) -> Result<(), String> {
    let mut rows = Vec::new();
    let mut next = 1;
    for node in std::mem::take(&mut data.nodes) {
        let Node::Element(row) = node else { continue };
        let number = row.get("r").and_then(|r| r.parse().ok()).unwrap_or(next);
        if number > ROWS {
            return Err(format!("第{number}行还有内容，模板不超过{ROWS}行"));
        }
        while next < number {
            let mut empty = row.beside("row");
            empty.set("r", &next.to_string());
            rows.push(Node::Element(empty));
            next += 1;
        }
        rows.push(Node::Element(row));
        next = number + 1;
    }
    data.nodes = rows;
    Ok(())
}

/// A formula that several cells share is written out in each of them: the rows between them may multiply.
fn plain_formulas(data: &mut Element, left: &mut usize) -> Result<(), String> {
    let mut masters: BTreeMap<String, (u32, u16, String)> = BTreeMap::new();
    for row in data.elements_mut() {
        for cell in row.elements_mut() {
            let Some((line, column)) = cell.get("r").and_then(|r| parse_a1(&r)) else {
                continue;
            };
            let Some(formula) = cell.child_mut("f") else {
                continue;
            };
            if formula.get("t").as_deref() != Some("shared") {
                continue;
            }
            let key = formula.get("si").unwrap_or_default();
            let text = formula.text();
            if text.is_empty() {
                let Some((from, first, text)) = masters.get(&key) else {
                    continue;
                };
                let by = (
                    i64::from(line) - i64::from(*from),
                    i64::from(column) - i64::from(*first),
                );
                spend(left, text.len())?;
                formula.set_text(&shifted(text, by));
            } else {
                if text.chars().count() > FORMULA_CHARS {
                    let name = a1(line, column);
                    return Err(format!("{name} 的公式超过 {FORMULA_CHARS} 个字符"));
                }
                masters.insert(key, (line, column, text));
            }
            formula.keep(|name| !matches!(name, "t" | "si" | "ref"));
        }
    }
    Ok(())
}

/// Fills a sheet. What rows became is told, for what points at them.
pub(super) fn fill(
    sheet: &mut Part,
    source: &dyn Source,
    styles: &RefCell<Styles>,
    left: &Budget,
) -> Moved {
    let Some(data) = sheet.root.child_mut("sheetData") else {
        return Moved::default();
    };
    let special =
        |cell: &mut Element, found: &[Mark], at: At| number(cell, found, source, at, styles);
    let filler = Filler {
        source,
        shape: SHAPE,
        special: &special,
        left,
    };
    let rows = filler.blocks(std::mem::take(&mut data.nodes), At::default());
    let mut moved = Moved::default();
    for (index, node) in rows.into_iter().enumerate() {
        let Node::Element(mut row) = node else {
            continue;
        };
        let to = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        if let Some(from) = row.get("r").and_then(|r| r.parse().ok()) {
            moved.note(from, to);
        }
        renumber(&mut row, to);
        data.nodes.push(Node::Element(row));
    }
    data.nodes.retain(|node| {
        let bare = |row: &Element| {
            row.nodes.is_empty() && row.get("ht").is_none() && row.get("hidden").is_none()
        };
        !node.element().is_some_and(bare)
    });
    moved
}

fn renumber(row: &mut Element, to: u32) {
    row.set("r", &to.to_string());
    for cell in row.elements_mut() {
        if let Some((_, column)) = cell.get("r").and_then(|r| parse_a1(&r)) {
            cell.set("r", &a1(to - 1, column));
        }
    }
}

/// A cell that is one mark becomes a number; false when it is anything else.
fn number(
    cell: &mut Element,
    found: &[Mark],
    source: &dyn Source,
    at: At,
    styles: &RefCell<Styles>,
) -> bool {
    let [mark] = found else { return false };
    let text = text_of(cell);
    let alone = mark.kind == MarkKind::Word && text.trim().len() == mark.to - mark.from;
    let Some(Piece {
        number: Some(number),
        ..
    }) = alone.then(|| source.value(&mark.word, at))
    else {
        return false;
    };
    if number.decimal.chars().filter(char::is_ascii_digit).count() > DIGITS {
        return false;
    }
    let mut value = cell.beside("v");
    value.set_text(&cell_value(&number));
    cell.nodes = vec![Node::Element(value)];
    cell.keep(|name| name != "t");
    if number.percent {
        let base = cell.get("s").and_then(|s| s.parse().ok()).unwrap_or(0);
        let style = styles.borrow_mut().percent(base, number.digits);
        cell.set("s", &style.to_string());
    }
    true
}

/// 87.5 % is kept as 0.875: the point moves by text, so nothing is rounded.
fn cell_value(number: &Number) -> String {
    if !number.percent {
        return number.decimal.clone();
    }
    let (sign, size) = match number.decimal.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number.decimal.as_str()),
    };
    let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
    let digits = format!("{whole:0>3}{fraction}");
    let point = digits.len() - fraction.len() - 2;
    format!("{sign}{}.{}", &digits[..point], &digits[point..])
}

/// Formulas of the sheet follow the rows; their kept results are old and go.
pub(super) fn follow(sheet: &mut Part, name: &str, moved: &BTreeMap<String, Moved>, left: &Budget) {
    let Some(own) = moved.get(name) else { return };
    if let Some(data) = sheet.root.child_mut("sheetData") {
        for row in data.elements_mut() {
            let line: u32 = row.get("r").and_then(|r| r.parse().ok()).unwrap_or(0);
            for cell in row.elements_mut() {
                follow_cell(cell, own.round_of(line), name, moved);
            }
        }
    }
    for element in sheet.root.elements_mut() {
        match element.local() {
            "mergeCells" => merges(element, own, left),
            "conditionalFormatting" => {
                listed(element, "sqref", own);
                let rules = element.elements_mut();
                rules.for_each(|one| formulas(one, name, moved));
            }
            "dataValidations" => element.elements_mut().for_each(|one| {
                listed(one, "sqref", own);
                formulas(one, name, moved);
            }),
            "hyperlinks" => element
                .elements_mut()
                .for_each(|one| listed(one, "ref", own)),
            "autoFilter" => listed(element, "ref", own),
            "extLst" => extension(element, name, own, moved),
            _ => {}
        }
    }
    sheet.root.nodes.retain(|node| {
        let local = node.element().map(Element::local);
        let empty = |element: &Element| element.elements().next().is_none();
        // The used area is worked out anew by whoever opens the file.
        local != Some("dimension")
            && !(local == Some("mergeCells") && node.element().is_some_and(empty))
    });
}

fn follow_cell(
    cell: &mut Element,
    round: Option<(u32, usize)>,
    name: &str,
    moved: &BTreeMap<String, Moved>,
) {
    let Some(formula) = cell.child_mut("f") else {
        return;
    };
    let text = in_formula(&formula.text(), name, round, moved);
    formula.set_text(&text);
    // The cells that a formula of several cells fills, and those that a table of outcomes puts in.
    for key in ["ref", "r1", "r2"] {
        if let Some(area) = formula.get(key) {
            formula.set(key, &in_formula(&area, name, round, moved));
        }
    }
    cell.nodes
        .retain(|node| node.element().is_none_or(|one| one.local() != "v"));
    cell.keep(|name| name != "t");
}

/// The formulas of a condition or of a rule for input.
fn formulas(rule: &mut Element, name: &str, moved: &BTreeMap<String, Moved>) {
    for inner in rule.elements_mut() {
        if matches!(inner.local(), "formula" | "formula1" | "formula2") {
            let text = in_formula(&inner.text(), name, None, moved);
            inner.set_text(&text);
        }
    }
}

/// What newer programs write behind the sheet: areas and formulas as texts of their own (`xm:sqref`, `xm:f`), as for
/// lists of choices that stand on another sheet.
fn extension(element: &mut Element, name: &str, own: &Moved, moved: &BTreeMap<String, Moved>) {
    for inner in element.elements_mut() {
        match inner.local() {
            "sqref" => inner.set_text(&in_list(&inner.text(), own)),
            "f" => inner.set_text(&in_formula(&inner.text(), name, None, moved)),
            _ => extension(inner, name, own, moved),
        }
    }
}

fn listed(element: &mut Element, key: &str, moved: &Moved) {
    if let Some(areas) = element.get(key) {
        element.set(key, &in_list(&areas, moved));
    }
}

fn merges(merges: &mut Element, moved: &Moved, left: &Budget) {
    let mut all = Vec::new();
    for merge in merges.elements() {
        let areas = moved.copies(&merge.get("ref").unwrap_or_default());
        if !left.spend(merge.weight() * areas.len()) {
            break;
        }
        for area in areas {
            let mut copy = merge.clone();
            copy.set("ref", &area);
            all.push(Node::Element(copy));
        }
    }
    merges.set("count", &all.len().to_string());
    merges.nodes = all;
}

/// Adds lines below everything that is written.
pub(super) fn add_notes(sheet: &mut Part, notes: &[String]) {
    let Some(data) = sheet.root.child_mut("sheetData") else {
        return;
    };
    let last = data
        .elements()
        .filter_map(|row| row.get("r")?.parse::<u32>().ok())
        .max();
    let first = last.unwrap_or(0) + 2;
    for (line, number) in notes.iter().zip(first..) {
        let mut text = data.beside("t");
        text.set_text(line);
        let mut inside = data.beside("is");
        inside.nodes.push(Node::Element(text));
        let mut cell = data.beside("c");
        cell.set("r", &a1(number - 1, 0));
        cell.set("t", "inlineStr");
        cell.nodes.push(Node::Element(inside));
        let mut row = data.beside("row");
        row.set("r", &number.to_string());
        row.nodes.push(Node::Element(cell));
        data.nodes.push(Node::Element(row));
    }
}

/// Whether a sheet has anything to fill in.
pub(super) fn is_open(sheet: &Part) -> bool {
    has_marks(&sheet.root, SHAPE)
}

/// The cell styles of a workbook, to which percent is added where a template's cell has none.
pub(super) struct Styles {
    /// The part.
    pub part: Option<Part>,
    made: BTreeMap<(usize, u8), usize>,
}

impl Styles {
    pub(super) fn new(part: Option<Part>) -> Self {
        Styles {
            part,
            made: BTreeMap::new(),
        }
    }

    fn percent(&mut self, base: usize, digits: u8) -> usize {
        if let Some(style) = self.made.get(&(base, digits)) {
            return *style;
        }
        let made = self
            .part
            .as_mut()
            .and_then(|part| percent(&mut part.root, base, digits));
        let style = made.unwrap_or(base);
        self.made.insert((base, digits), style);
        style
    }
}

/// A style like `base` that shows percent; `base` itself when it does already.
fn percent(styles: &mut Element, base: usize, digits: u8) -> Option<usize> {
    let format = styles.child("cellXfs")?.elements().nth(base)?.clone();
    let id = format.get("numFmtId").unwrap_or_default();
    if id == "9" || id == "10" || code_of(styles, &id).is_some_and(|code| code.contains('%')) {
        return Some(base);
    }
    let fraction = "0".repeat(usize::from(digits));
    let code = if digits == 0 {
        "0%".to_owned()
    } else {
        format!("0.{fraction}%")
    };
    let id = format_id(styles, &code);
    let mut own = format;
    own.set("numFmtId", &id.to_string());
    own.set("applyNumberFormat", "1");
    let formats = styles.child_mut("cellXfs")?;
    formats.nodes.push(Node::Element(own));
    let count = formats.elements().count();
    formats.set("count", &count.to_string());
    Some(count - 1)
}

fn code_of(styles: &Element, id: &str) -> Option<String> {
    let codes = styles.child("numFmts")?;
    let mut all = codes.elements();
    all.find(|one| one.get("numFmtId").as_deref() == Some(id))?
        .get("formatCode")
}

/// The number of a format code, which is added where it is new. Own codes begin at 164 (ECMA-376 18.8.30).
fn format_id(styles: &mut Element, code: &str) -> u32 {
    if styles.child("numFmts").is_none() {
        let codes = styles.beside("numFmts");
        // It is the first element of the part by the schema.
        styles.nodes.insert(0, Node::Element(codes));
    }
    let Some(codes) = styles.child_mut("numFmts") else {
        return 10;
    };
    let known = codes
        .elements()
        .find(|one| one.get("formatCode").as_deref() == Some(code));
    if let Some(id) = known.and_then(|one| one.get("numFmtId")?.parse().ok()) {
        return id;
    }
    let used = codes
        .elements()
        .filter_map(|one| one.get("numFmtId")?.parse::<u32>().ok())
        .max();
    let id = used.map_or(164, |used| used.max(163) + 1);
    let mut one = codes.beside("numFmt");
    one.set("numFmtId", &id.to_string());
    one.set("formatCode", code);
    codes.nodes.push(Node::Element(one));
    let count = codes.elements().count();
    codes.set("count", &count.to_string());
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_is_kept_as_its_hundredth_without_rounding() {
        for (text, expect) in [
            ("87.5", "0.875"),
            ("100", "1.00"),
            ("0", "0.00"),
            ("-3.25", "-0.0325"),
            ("7", "0.07"),
        ] {
            let number = Number {
                decimal: text.to_owned(),
                percent: true,
                digits: 1,
            };
            assert_eq!(cell_value(&number), expect);
        }
    }

    #[test]
    fn a_percent_style_is_made_once_and_not_where_there_is_one() {
        let text = "<styleSheet><fonts/><cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"1\"/><xf numFmtId=\"10\"/></cellXfs></styleSheet>";
        let part = Part::read(text, "styles", &mut 100).unwrap_or_else(|error| panic!("{error}"));
        let mut styles = Styles::new(Some(part));
        assert_eq!(styles.percent(1, 1), 1);
        assert_eq!(styles.percent(0, 1), 2);
        assert_eq!(styles.percent(0, 1), 2);
        let written = styles.part.map(|part| part.write()).unwrap_or_default();
        assert!(written.starts_with("<styleSheet><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"0.0%\"/></numFmts><fonts/>"), "{written}");
        assert!(
            written.contains("<cellXfs count=\"3\">")
                && written.contains("<xf numFmtId=\"164\" fontId=\"1\" applyNumberFormat=\"1\"/>"),
            "{written}"
        );
    }
}
