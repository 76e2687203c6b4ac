//! What points at rows of a sheet, after rows have multiplied: `SUM(B5:B5)` over a repeated row takes in all its copies,
//! a formula inside a copy keeps to its own copy, what lies below moves down.

use std::collections::BTreeMap;

use crate::sheet::parse_a1;

/// What became of the rows of a sheet; row numbers as people count them.
#[derive(Clone, Debug, Default)]
pub(super) struct Moved {
    copies: BTreeMap<u32, Vec<u32>>,
    rounds: BTreeMap<u32, (u32, usize)>,
}

impl Moved {
    /// A row of the template stands at a place of the sheet.
    pub(super) fn note(&mut self, from: u32, to: u32) {
        let copies = self.copies.entry(from).or_default();
        self.rounds.insert(to, (from, copies.len()));
        copies.push(to);
    }

    /// The row of the template that a row was, and which copy of it.
    pub(super) fn round_of(&self, to: u32) -> Option<(u32, usize)> {
        self.rounds.get(&to).copied()
    }

    fn below(&self, from: u32) -> u32 {
        let old = self.copies.keys().next_back().copied().unwrap_or(0);
        let new = self.rounds.keys().next_back().copied().unwrap_or(0);
        from.saturating_sub(old).saturating_add(new)
    }

    /// The first row that a row became; the next one for a row that is gone.
    fn first(&self, from: u32) -> u32 {
        let next = self.copies.range(from..).next();
        next.and_then(|(_, copies)| copies.first().copied())
            .unwrap_or_else(|| self.below(from))
    }

    /// The last one.
    fn last(&self, from: u32) -> u32 {
        if self.copies.range(from..).next().is_none() {
            return self.below(from);
        }
        let before = self.copies.range(..=from).next_back();
        before
            .and_then(|(_, copies)| copies.last().copied())
            .unwrap_or(from)
    }

    /// The row meant by a formula that stands in a copy of a row.
    fn beside(&self, from: u32, round: Option<(u32, usize)>) -> Option<u32> {
        let (own, at) = round?;
        let (mine, theirs) = (self.copies.get(&own)?, self.copies.get(&from)?);
        (mine.len() > 1 && mine.len() == theirs.len()).then(|| theirs.get(at).copied())?
    }

    /// An area of the template as the areas it became: one for each copy of its rows.
    pub(super) fn copies(&self, area: &str) -> Vec<String> {
        let (from, to) = area.split_once(':').unwrap_or((area, area));
        let (Some((top, _)), Some((bottom, _))) = (parse_a1(from), parse_a1(to)) else {
            return vec![area.to_owned()];
        };
        let at = |row: u32| self.copies.get(&(row + 1)).cloned().unwrap_or_default();
        let (tops, bottoms) = (at(top), at(bottom));
        if tops.is_empty() || bottoms.is_empty() {
            return Vec::new();
        }
        let pairs: Vec<(u32, u32)> = if tops.len() == bottoms.len() {
            tops.into_iter().zip(bottoms).collect()
        } else {
            vec![(self.first(top + 1), self.last(bottom + 1))]
        };
        let area = |(top, bottom)| format!("{}:{}", with_row(from, top), with_row(to, bottom));
        pairs.into_iter().map(area).collect()
    }
}

/// Areas parted by blanks, each grown over the copies of its rows.
pub(super) fn in_list(areas: &str, moved: &Moved) -> String {
    let grown = |area: &str| {
        let (from, to) = area.split_once(':').unwrap_or((area, area));
        let (Some((top, _)), Some((bottom, _))) = (parse_a1(from), parse_a1(to)) else {
            return area.to_owned();
        };
        let (top, bottom) = (
            with_row(from, moved.first(top + 1)),
            with_row(to, moved.last(bottom + 1)),
        );
        match top == bottom {
            true => top,
            false => format!("{top}:{bottom}"),
        }
    };
    areas
        .split_whitespace()
        .map(grown)
        .collect::<Vec<_>>()
        .join(" ")
}

/// A formula of the sheet `own` (or of no sheet, for names of the workbook) after the rows moved.
pub(super) fn in_formula(
    text: &str,
    own: &str,
    round: Option<(u32, usize)>,
    moved: &BTreeMap<String, Moved>,
) -> String {
    rewritten(text, &|sheet, from, to| {
        let name = sheet.unwrap_or(own);
        let Some(moved) = moved.get(name) else {
            return (from.to_owned(), to.map(str::to_owned));
        };
        let round = round.filter(|_| name == own);
        let row = |cell: &str, far: bool| {
            let row = parse_a1(cell).map_or(1, |(row, _)| row + 1);
            let moved = moved.beside(row, round).unwrap_or_else(|| match far {
                true => moved.last(row),
                false => moved.first(row),
            });
            with_row(cell, moved)
        };
        (row(from, false), to.map(|to| row(to, true)))
    })
}

/// A formula written once for several cells, as it reads so many rows and columns away.
pub(super) fn shifted(text: &str, (rows, columns): (i64, i64)) -> String {
    let one = |cell: &str| {
        let Some((row, column)) = parse_a1(cell) else {
            return cell.to_owned();
        };
        let (fixed_column, fixed_row) = (
            cell.starts_with('$'),
            cell.get(1..).is_some_and(|rest| rest.contains('$')),
        );
        let row = if fixed_row {
            i64::from(row)
        } else {
            i64::from(row) + rows
        };
        let column = if fixed_column {
            i64::from(column)
        } else {
            i64::from(column) + columns
        };
        let (Ok(row), Ok(column)) = (u32::try_from(row + 1), u16::try_from(column)) else {
            return "#REF!".to_owned();
        };
        let mark = |fixed: bool| if fixed { "$" } else { "" };
        format!(
            "{}{}{}{row}",
            mark(fixed_column),
            crate::sheet::column_letters(column),
            mark(fixed_row)
        )
    };
    rewritten(text, &|_, from, to| (one(from), to.map(one)))
}

fn with_row(cell: &str, row: u32) -> String {
    let letters = cell.trim_end_matches(|c: char| c.is_ascii_digit());
    format!("{letters}{row}")
}

/// Says what a cell or an area of a sheet becomes.
type Visit<'v> = dyn Fn(Option<&str>, &str, Option<&str>) -> (String, Option<String>) + 'v;

/// Visits the cells and areas of a formula; texts in quotes and names of functions are left alone.
fn rewritten(text: &str, visit: &Visit<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut sheet: Option<String> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '"' || c == '\'' {
            let end = quoted_end(rest, c);
            out.push_str(&rest[..end]);
            // An apostrophe without its second is no name: 表1['#数] has one.
            let name = rest.get(1..end - 1).unwrap_or_default();
            sheet = (c == '\'').then(|| name.replace("''", "'"));
            rest = &rest[end..];
            continue;
        }
        let word = word_of(rest);
        if word.is_empty() {
            if c != '!' {
                sheet = None;
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let after = &rest[word.len()..];
        if after.starts_with('!') {
            sheet = Some(word.to_owned());
            out.push_str(word);
            rest = after;
            continue;
        }
        let far = after
            .strip_prefix(':')
            .map(word_of)
            .filter(|far| is_cell(far));
        if !is_cell(word) || after.starts_with('(') {
            out.push_str(word);
            rest = after;
            sheet = None;
            continue;
        }
        let (from, to) = visit(sheet.take().as_deref(), word, far);
        out.push_str(&from);
        rest = after;
        if let (Some(to), Some(far)) = (to, far) {
            out.push(':');
            out.push_str(&to);
            rest = &after[1 + far.len()..];
        }
    }
    out
}

fn quoted_end(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            continue;
        }
        match chars.peek() {
            Some((_, next)) if *next == quote => {
                chars.next();
            }
            _ => return at + 1,
        }
    }
    text.len()
}

fn word_of(text: &str) -> &str {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    let end = text.find(|c: char| !part(c)).unwrap_or(text.len());
    &text[..end]
}

fn is_cell(word: &str) -> bool {
    let letters = word
        .trim_start_matches('$')
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .count();
    (1..=3).contains(&letters) && parse_a1(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Row 5 becomes rows 5 to 7, everything below moves by two.
    fn three() -> BTreeMap<String, Moved> {
        let mut moved = Moved::default();
        for (from, to) in [
            (1, 1),
            (2, 2),
            (3, 3),
            (4, 4),
            (5, 5),
            (5, 6),
            (5, 7),
            (6, 8),
            (7, 9),
        ] {
            moved.note(from, to);
        }
        BTreeMap::from([("表".to_owned(), moved)])
    }

    fn check(text: &str, round: Option<(u32, usize)>, expect: &str) {
        assert_eq!(in_formula(text, "表", round, &three()), expect, "{text}");
    }

    #[test]
    fn a_sum_over_a_repeated_row_takes_in_all_copies() {
        check("SUM(B5:B5)", Some((6, 0)), "SUM(B5:B7)");
        check("SUM($B$4:$B$6)/B6", Some((6, 0)), "SUM($B$4:$B$8)/B8");
    }

    #[test]
    fn a_formula_in_a_copy_keeps_to_its_copy_and_to_what_is_fixed_above() {
        check("B5/B$4", Some((5, 2)), "B7/B$4");
        check("SUM(B5:D5)", Some((5, 1)), "SUM(B6:D6)");
    }

    #[test]
    fn texts_functions_and_other_sheets_are_left_alone() {
        check(
            "IF(A6=\"B5\",LOG10(A6),'别 表'!B6+别表!B6)",
            None,
            "IF(A8=\"B5\",LOG10(A8),'别 表'!B6+别表!B6)",
        );
        check("表!B6&'表'!$B$7", None, "表!B8&'表'!$B$9");
    }

    #[test]
    fn areas_of_lists_grow_and_merges_are_copied() {
        let moved = &three()["表"];
        assert_eq!(in_list("A1:C5 D6", moved), "A1:C7 D8");
        assert_eq!(moved.copies("A5:B5"), ["A5:B5", "A6:B6", "A7:B7"]);
        assert_eq!(moved.copies("A1:A6"), ["A1:A8"]);
        assert_eq!(moved.copies("A9:B9"), Vec::<String>::new());
    }

    #[test]
    fn an_apostrophe_without_its_second_is_left_alone() {
        check("'甲", None, "'甲");
        check("'", None, "'");
        check("B6+SUM(表1['#数])*单价", None, "B8+SUM(表1['#数])*单价");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(
            text in "[ -~甲表𠀀'\"!:$A-C0-9]{0,20}",
            rows in -9i64..9,
            columns in -9i64..9,
        ) {
            in_formula(&text, "表", Some((5, 1)), &three());
            shifted(&text, (rows, columns));
            in_list(&text, &three()["表"]);
            three()["表"].copies(&text);
        }
    }

    #[test]
    fn a_shared_formula_is_written_out_where_it_stands() {
        assert_eq!(shifted("SUM(B4:$D4)+A$1", (2, 1)), "SUM(C6:$D6)+B$1");
    }
}
