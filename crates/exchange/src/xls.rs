//! .xls and .et (BIFF in an OLE container), read with calamine. Number formats and hidden rows are not to be had
//! from it: percents come as 0.282, and `Sheet::formats_known` says so.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Reader, SheetType, SheetVisible, Xls, XlsError};

use crate::limits::{self, Refusal};
use crate::sheet::{Area, Kind, SheetDraft, Texts, a1};

/// First bytes of every OLE container.
pub(crate) const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Reads the whole workbook.
pub(crate) fn read(bytes: &[u8]) -> Result<(Vec<SheetDraft>, Texts), Refusal> {
    let holds = |name: &str| contains_utf16(bytes, name);
    if holds("EncryptedPackage") {
        return Err(Refusal::Encrypted);
    }
    if !holds("Workbook") && !holds("Book") {
        let kind = if holds("WordDocument") {
            "Word 文档(.doc)"
        } else {
            "其他 OLE 文档"
        };
        return Err(Refusal::Other {
            kind,
            remedy: "请把其中的表格另存为 .xlsx 再导入",
        });
    }
    if bytes.len() > limits::XLS_BYTES {
        return Err(Refusal::TooLarge(format!(
            ".xls 文件超过 {} MB",
            limits::XLS_BYTES >> 20
        )));
    }
    // The old format is a net of offsets and lengths; calamine checks most of them, but not all (its tracker
    // holds index panics on fuzzed files). A damaged upload must not take the server down, so this is the last wall.
    catch_unwind(AssertUnwindSafe(|| read_sheets(bytes)))
        .unwrap_or_else(|_| Err(Refusal::Broken("旧版 .xls 的内部结构有误".into())))
}

fn contains_utf16(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(wide.len()).any(|w| w == wide)
}

fn read_sheets(bytes: &[u8]) -> Result<(Vec<SheetDraft>, Texts), Refusal> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => Refusal::Encrypted,
        _ => Refusal::Broken("旧版 .xls 的内部结构有误".into()),
    })?;
    let mut texts = Texts::default();
    let mut drafts = Vec::new();
    let mut cells = 0usize;
    let listed = book.sheets_metadata().to_vec();
    for sheet in listed
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .take(limits::SHEETS)
    {
        let range = book
            .worksheet_range(&sheet.name)
            .map_err(|_| Refusal::Broken(format!("工作表“{}”读不出来", sheet.name)))?;
        let merges = book
            .merge_cells_by_sheet_name(&sheet.name)
            .unwrap_or_default();
        let mut draft = SheetDraft {
            name: sheet.name.clone(),
            visible: sheet.visible == SheetVisible::Visible,
            typed: true,
            merges: merges.iter().map(area).collect(),
            ..SheetDraft::default()
        };
        fill(
            &mut draft,
            &range,
            book.has_1904_epoch(),
            &mut texts,
            &mut cells,
        )?;
        drafts.push(draft);
    }
    Ok((drafts, texts))
}

fn area(d: &calamine::Dimensions) -> Area {
    let column = |c: u32| u16::try_from(c).unwrap_or(u16::MAX);
    Area {
        top: d.start.0,
        left: column(d.start.1),
        bottom: d.end.0,
        right: column(d.end.1),
    }
}

fn fill(
    draft: &mut SheetDraft,
    range: &calamine::Range<Data>,
    epoch_1904: bool,
    texts: &mut Texts,
    cells: &mut usize,
) -> Result<(), Refusal> {
    let Some((top, left)) = range.start() else {
        return Ok(());
    };
    let mut current = None;
    for (row, column, data) in range.used_cells() {
        let (row, column) = (top + row as u32, left + column as u32);
        let Some((kind, bits)) = value(data, epoch_1904, texts) else {
            continue;
        };
        let Some(column) = u16::try_from(column).ok().filter(|c| *c < limits::COLUMNS) else {
            let place = format!(
                "{}!{}",
                draft.name,
                a1(row, u16::try_from(column).unwrap_or(u16::MAX))
            );
            return Err(Refusal::TooLarge(format!(
                "{place} 有内容,超出了第{}列",
                limits::COLUMNS
            )));
        };
        *cells += 1;
        if *cells > limits::CELLS {
            return Err(Refusal::TooLarge(format!(
                "有内容的单元格超过{}万个",
                limits::CELLS / 10_000
            )));
        }
        if current != Some(row) {
            draft.start_row(row, false);
            current = Some(row);
        }
        draft.push(column, kind, bits);
    }
    Ok(())
}

fn value(data: &Data, epoch_1904: bool, texts: &mut Texts) -> Option<(Kind, u64)> {
    Some(match data {
        Data::Empty => return None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            if text.trim().is_empty() {
                return None;
            }
            (
                Kind::Text,
                texts.push(&text.replace("\r\n", "\n").replace('\r', "\n")),
            )
        }
        Data::Int(number) => (Kind::Number, (*number as f64).to_bits()),
        Data::Float(number) => (Kind::Number, number.to_bits()),
        Data::Bool(truth) => (Kind::Bool, u64::from(*truth)),
        Data::Error(error) => (Kind::Error, texts.push(&error.to_string())),
        Data::DateTime(day) => {
            let kind = if day.is_duration() {
                Kind::Time
            } else {
                Kind::Date
            };
            let shift = if epoch_1904 { 1462.0 } else { 0.0 };
            (kind, (day.as_f64() + shift).to_bits())
        }
    })
}
