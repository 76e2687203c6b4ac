//! How much of a foreign file we are ready to hold. A ledger of a whole city stays far below these figures;
//! what lies above them is a mistake (a picture book, a database dump) or an attack (zip bomb).

use ground::Finding;

/// Bytes of the file as uploaded: 64 MB. A 100,000 x 20 workbook has 8.7 MB.
pub const FILE_BYTES: usize = 64 << 20;
/// Bytes of an old .xls file: 32 MB. The format holds 65,536 rows, and its reader keeps a dense grid.
pub const XLS_BYTES: usize = 32 << 20;
/// Bytes that all parts read from a zip may unpack to: 512 MB.
pub const INFLATED_BYTES: u64 = 512 << 20;
/// The same of a template, which is held as a tree: 64 MB. A form has less than one; the rest is pictures.
pub const TEMPLATE_INFLATED_BYTES: u64 = 64 << 20;
/// Unpacked bytes for one packed byte, looked at beyond [`RATIO_FREE_BYTES`]. Sheets of one repeated row reach
/// about 200; deflate itself ends at 1,032, which is where bombs lie.
pub const RATIO: u64 = 400;
/// Parts that unpack to less than 8 MB harm nobody, whatever their ratio.
pub const RATIO_FREE_BYTES: u64 = 8 << 20;
/// Entries of the zip directory. Office files have tens, with pictures hundreds.
pub const ENTRIES: usize = 10_000;
/// Sheets of one workbook.
pub const SHEETS: usize = 200;
/// Rows with content on one sheet.
pub const ROWS: usize = 200_000;
/// Columns: content right of this one is refused.
pub const COLUMNS: u16 = 500;
/// Cells with content in one workbook (16 bytes each in memory: 80 MB).
pub const CELLS: usize = 5_000_000;
/// Merged areas of one sheet.
pub const MERGES: usize = 200_000;
/// Drop-down lists of one sheet; those beyond it are not needed to guess a column.
pub const DROPDOWNS: usize = 2_000;

/// Why a workbook was not opened. Becomes one finding; the wording is for the person who chose the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// A part of the file is missing or unreadable.
    #[error("broken: {0}")]
    Broken(String),
    /// The file asks for a password.
    #[error("encrypted")]
    Encrypted,
    /// Unpacking it would fill the memory.
    #[error("bomb: {0}")]
    Bomb(String),
    /// More content than one import takes.
    #[error("too large: {0}")]
    TooLarge(String),
    /// Some other kind of file.
    #[error("not a workbook: {kind}")]
    Other {
        /// What it is, in Chinese.
        kind: &'static str,
        /// What to do.
        remedy: &'static str,
    },
}

impl Refusal {
    pub(crate) fn finding(self, file_name: &str) -> Finding {
        let error =
            |code, problem: String, remedy: &str| Finding::error(code, file_name, problem, remedy);
        match self {
            Refusal::Broken(what) => error(
                "workbook.broken",
                format!("文件已损坏,读不出来:{what}"),
                "请用 WPS 或 Excel 打开它,能打开就另存一份再导入;打不开请向报送单位重要一份",
            ),
            Refusal::Encrypted => error(
                "workbook.encrypted",
                "文件设有打开密码".into(),
                "请用密码打开后,在“文件—文档加密(保护工作簿)”里取消打开密码,保存后再导入",
            ),
            Refusal::Bomb(what) => error(
                "workbook.bomb",
                format!("文件解压后大得不正常({what}),为安全起见没有读取"),
                "请确认文件来源;若确是台账,请把有内容的区域复制到新工作簿再导入",
            ),
            Refusal::TooLarge(what) => error(
                "workbook.too_large",
                what,
                "请删去台账以外的内容,或按年度、街道拆成几个文件分别导入",
            ),
            Refusal::Other { kind, remedy } => error(
                "workbook.not_a_workbook",
                format!("这不是电子表格文件,而是{kind}"),
                remedy,
            ),
        }
    }
}
