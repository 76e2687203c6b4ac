//! Text tables: .csv and tab-separated text, in UTF-8, UTF-16 or GB 18030 (what the office suites write here).

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::limits::{self, Refusal};
use crate::sheet::{Kind, SheetDraft, Texts};

/// The text of the bytes and the name of the encoding that was taken; `None` when it is no text.
pub(crate) fn decode(bytes: &[u8]) -> Option<(String, &'static str)> {
    for (mark, encoding, name) in [
        (&b"\xEF\xBB\xBF"[..], UTF_8, "UTF-8"),
        (b"\xFF\xFE", UTF_16LE, "UTF-16"),
        (b"\xFE\xFF", UTF_16BE, "UTF-16"),
    ] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let (text, broken) = encoding.decode_without_bom_handling(rest);
            return (!broken).then(|| (text.into_owned(), name));
        }
    }
    // No text file holds NUL; pictures and programs do in their first bytes.
    if bytes.iter().take(4096).any(|b| *b == 0) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((text.to_string(), "UTF-8"));
    }
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    (!broken).then(|| (text.into_owned(), "GB18030"))
}

/// The character between cells: the one that most often gives the same number of cells in the first lines.
pub(crate) fn delimiter(text: &str) -> Option<char> {
    let lines: Vec<&str> = text
        .lines()
        .filter(|l| !l.trim().is_empty())
        .take(50)
        .collect();
    let score = |mark: char| {
        let counts: Vec<usize> = lines.iter().map(|l| l.matches(mark).count()).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        (counts.iter().filter(|c| **c == most).count(), most)
    };
    let best = ['\t', ',', ';', '|']
        .into_iter()
        .map(|m| (score(m), m))
        .filter(|((_, most), _)| *most > 0);
    best.max_by_key(|((lines, most), _)| lines * most)
        .map(|(_, mark)| mark)
}

/// Whether the text is plainly a table of tabs, for files that carry a workbook's name.
pub(crate) fn tab_table(text: &str) -> bool {
    let counts: Vec<usize> = text
        .lines()
        .filter(|l| !l.trim().is_empty())
        .take(20)
        .map(|l| l.matches('\t').count())
        .collect();
    counts.len() >= 2 && counts[0] > 0 && counts.iter().all(|c| *c == counts[0])
}

/// Cells by RFC 4180: quotes may hold delimiters and line ends, doubled quotes stand for one.
pub(crate) fn read(
    text: &str,
    delimiter: char,
    name: &str,
) -> Result<(Vec<SheetDraft>, Texts), Refusal> {
    let mut texts = Texts::default();
    let mut draft = SheetDraft {
        name: name.to_string(),
        visible: true,
        formats_known: true,
        ..SheetDraft::default()
    };
    let (mut row, mut column, mut cell) = (0u32, 0u32, String::new());
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    draft.start_row(0, false);
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            c if c == delimiter && !quoted => {
                push(&mut draft, &mut texts, column, &mut cell)?;
                column += 1;
            }
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' | '\r' if !quoted => {
                push(&mut draft, &mut texts, column, &mut cell)?;
                (row, column) = (row + 1, 0);
                next_row(&mut draft, row)?;
            }
            c => cell.push(c),
        }
    }
    push(&mut draft, &mut texts, column, &mut cell)?;
    Ok((vec![draft], texts))
}

fn next_row(draft: &mut SheetDraft, row: u32) -> Result<(), Refusal> {
    if draft.rows.last().is_some_and(|r| r.len == 0) {
        draft.rows.pop();
    }
    if draft.rows.len() >= limits::ROWS {
        return Err(Refusal::TooLarge(format!(
            "有内容的行超过{}行",
            limits::ROWS
        )));
    }
    draft.start_row(row, false);
    Ok(())
}

fn push(
    draft: &mut SheetDraft,
    texts: &mut Texts,
    column: u32,
    cell: &mut String,
) -> Result<(), Refusal> {
    if !cell.trim().is_empty() {
        let column = u16::try_from(column).ok().filter(|c| *c < limits::COLUMNS);
        let column =
            column.ok_or_else(|| Refusal::TooLarge(format!("列数超过{}列", limits::COLUMNS)))?;
        if draft.cells.len() >= limits::CELLS {
            return Err(Refusal::TooLarge(format!(
                "有内容的单元格超过{}万个",
                limits::CELLS / 10_000
            )));
        }
        draft.push(column, Kind::Text, texts.push(cell.trim()));
    }
    cell.clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Sheet;
    use std::sync::Arc;

    fn sheet(text: &str, mark: char) -> Sheet {
        let (mut drafts, texts) = read(text, mark, "表").expect("small");
        Sheet::build(drafts.remove(0), Arc::new(texts))
    }

    #[test]
    fn quotes_hold_commas_line_ends_and_quotes() {
        let sheet = sheet(
            "名称,备注\r\n\"甲,乙\",\"一\n\"\"二\"\"\"\r\n\r\n丙,丁",
            ',',
        );
        assert_eq!(sheet.text(1, 0), "甲,乙");
        assert_eq!(sheet.text(1, 1), "一\n\"二\"");
        assert_eq!(sheet.rows().collect::<Vec<_>>(), [0, 1, 3]);
        assert_eq!(sheet.text(3, 1), "丁");
    }

    #[test]
    fn gb18030_without_mark_is_recognised() {
        let (bytes, _, _) = GB18030.encode("序号,项目名称");
        assert_eq!(
            decode(&bytes),
            Some(("序号,项目名称".to_string(), "GB18030"))
        );
        assert_eq!(decode(b"\x89PNG\0\0"), None);
    }

    #[test]
    fn the_delimiter_is_the_one_that_gives_even_lines() {
        assert_eq!(delimiter("a;b,c;d\n1;2;3\n4;5;6"), Some(';'));
        assert_eq!(delimiter("a\tb\n1,5\t2"), Some('\t'));
        assert_eq!(delimiter("only words"), None);
        assert!(!tab_table("一段文字\n又一段\t"));
    }
}
