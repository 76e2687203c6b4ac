//! Opening a foreign workbook: what kind of file it is, by its bytes and not by its name; one clear finding when it
//! cannot be opened. What the sheets say is left to `table`.

use std::sync::Arc;

use ground::Finding;

use crate::limits::{self, Refusal};
use crate::sheet::{Sheet, SheetDraft, Texts};
use crate::{csv, xls, xlsx};

/// 工作簿. Sheets in the order of their tabs.
#[derive(Clone, Debug)]
pub struct Workbook {
    /// All worksheets, hidden ones too; chart sheets are left out.
    pub sheets: Vec<Sheet>,
    /// Defined names with what they stand for, of .xlsx and .xlsm: `等级` is `选项!$A$1:$A$2`.
    pub names: Vec<(String, String)>,
    /// Remarks on the file as a whole: macros not run, hidden sheets, the encoding of a text table.
    pub findings: Vec<Finding>,
}

impl Workbook {
    /// Sheets that people see.
    pub fn visible_sheets(&self) -> impl Iterator<Item = &Sheet> {
        self.sheets.iter().filter(|s| s.visible)
    }
}

/// What the first bytes say.
enum Content {
    Zip,
    Ole,
    Html,
    XmlSpreadsheet,
    Known(&'static str),
    Unknown,
}

/// Opens .xlsx, .xlsm, .xls, .et and .csv by content. `file_name` gives places in findings and the name of a
/// text table's sheet. Never panics.
///
/// # Errors
/// One finding when nothing can be read: empty file, another kind of file, password, damage, zip bomb, more
/// than [`limits`] allow, no visible sheet. Codes: `workbook.empty`, `.not_a_workbook`, `.encrypted`,
/// `.broken`, `.bomb`, `.too_large`, `.no_sheet`.
pub fn open_workbook(bytes: &[u8], file_name: &str) -> Result<Workbook, Finding> {
    if bytes.is_empty() {
        return Err(Finding::error(
            "workbook.empty",
            file_name,
            "文件是空的(0 字节)",
            "请重新选择文件,或请报送单位重发",
        ));
    }
    let opened = open(bytes, file_name).map_err(|refusal| refusal.finding(file_name))?;
    if !opened.sheets.iter().any(|s| s.visible) {
        return Err(Finding::error(
            "workbook.no_sheet",
            file_name,
            "没有可见的工作表",
            "请在表格软件里取消隐藏要导入的工作表,保存后再导入",
        ));
    }
    Ok(opened)
}

fn open(bytes: &[u8], file_name: &str) -> Result<Workbook, Refusal> {
    if bytes.len() > limits::FILE_BYTES {
        let size = bytes.len() >> 20;
        return Err(Refusal::TooLarge(format!(
            "文件有 {size} MB,一次最多导入 {} MB",
            limits::FILE_BYTES >> 20
        )));
    }
    match content(bytes) {
        Content::Zip => open_xlsx(bytes, file_name),
        Content::Ole => xls::read(bytes).map(|(drafts, texts)| build(drafts, texts, file_name)),
        Content::Html => Err(Refusal::Other {
            kind: "网页(有的系统导出网页却取名 .xls)",
            remedy: "请用 WPS 或 Excel 打开它,另存为 .xlsx 再导入",
        }),
        Content::XmlSpreadsheet => Err(Refusal::Other {
            kind: "XML 表格(2003 格式)",
            remedy: "请用 WPS 或 Excel 打开它,另存为 .xlsx 再导入",
        }),
        Content::Known(kind) => Err(Refusal::Other {
            kind,
            remedy: "请选择 .xlsx、.xls、.et 或 .csv 文件",
        }),
        Content::Unknown => open_text(bytes, file_name),
    }
}

fn content(bytes: &[u8]) -> Content {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Content::Zip;
    }
    if bytes.starts_with(&xls::OLE) {
        return Content::Ole;
    }
    for (magic, kind) in [
        (&b"%PDF"[..], "PDF 文档"),
        (b"\x89PNG", "图片"),
        (b"\xFF\xD8\xFF", "图片"),
        (b"GIF8", "图片"),
        (b"Rar!", "RAR 压缩包"),
        (b"7z\xBC\xAF", "7z 压缩包"),
        (b"{\\rtf", "RTF 文档"),
        (b"OFD", "OFD 文档"),
    ] {
        if bytes.starts_with(magic) {
            return Content::Known(kind);
        }
    }
    markup(bytes)
}

fn markup(bytes: &[u8]) -> Content {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if !head.starts_with('<') {
        return Content::Unknown;
    }
    if head.contains("urn:schemas-microsoft-com:office:spreadsheet") && head.contains("<workbook") {
        Content::XmlSpreadsheet
    } else if ["<html", "<!doctype html", "<table", "<meta"]
        .iter()
        .any(|tag| head.contains(tag))
    {
        Content::Html
    } else {
        Content::Known("XML 文件")
    }
}

fn open_xlsx(bytes: &[u8], file_name: &str) -> Result<Workbook, Refusal> {
    let read = xlsx::read(bytes)?;
    let mut workbook = build(read.sheets, read.texts, file_name);
    workbook.names = read.names;
    if read.macros {
        workbook.findings.push(Finding::info(
            "workbook.macros",
            file_name,
            "工作簿里有宏,宏没有运行,只读取了单元格",
            "无需处理",
        ));
    }
    Ok(workbook)
}

fn build(drafts: Vec<SheetDraft>, texts: Texts, file_name: &str) -> Workbook {
    let texts = Arc::new(texts);
    let sheets: Vec<Sheet> = drafts
        .into_iter()
        .map(|d| Sheet::build(d, texts.clone()))
        .collect();
    let mut findings = Vec::new();
    let told = |s: &&Sheet| !s.visible && s.cell_count() > 0 && s.name != crate::mark::SHEET;
    for sheet in sheets.iter().filter(told) {
        findings.push(Finding::info(
            "workbook.hidden_sheet",
            file_name,
            format!("工作表“{}”是隐藏的,没有读取", sheet.name),
            "若其中有要导入的内容,请取消隐藏后再导入",
        ));
    }
    Workbook {
        sheets,
        names: Vec::new(),
        findings,
    }
}

/// Text is a table when its name says so, or when it is plainly one of tabs (systems export those as .xls).
fn open_text(bytes: &[u8], file_name: &str) -> Result<Workbook, Refusal> {
    let lower = file_name.to_ascii_lowercase();
    let named = [".csv", ".tsv", ".txt"].iter().any(|e| lower.ends_with(e));
    let unknown = Refusal::Other {
        kind: "无法识别的文件",
        remedy: "请选择 .xlsx、.xls、.et 或 .csv 文件",
    };
    let Some((text, encoding)) = csv::decode(bytes) else {
        return Err(unknown);
    };
    if !named && !csv::tab_table(&text) {
        return Err(Refusal::Other {
            kind: "文本文件",
            remedy: "请把内容放进 .xlsx 工作簿,或存为 .csv 再导入",
        });
    }
    let delimiter = csv::delimiter(&text).unwrap_or(',');
    let (drafts, texts) = csv::read(&text, delimiter, stem(file_name))?;
    let mut workbook = build(drafts, texts, file_name);
    if encoding == "GB18030" {
        workbook.findings.push(Finding::info(
            "workbook.encoding",
            file_name,
            "文本没有注明编码,按国标(GB18030)读取",
            "请看一眼汉字是否正确",
        ));
    }
    Ok(workbook)
}

fn stem(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
