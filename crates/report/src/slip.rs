//! 交办单、督办单. One matter on A4 as an official paper: red head, number, what is asked, by when, of whom, and a
//! receipt to sign.
//!
//! Measures are those of GB/T 9704-2012: 156 × 225 mm of text, 37 mm above it and 28 mm to its left, 22 lines a page,
//! body in size 3 (16 pt), title in size 2 (22 pt), page number between dashes. The embedded faces have no 仿宋 and no
//! 小标宋; 黑体 stands for the first and bold 宋体 for the second. Texts come ready; nothing here knows a register.

mod flow;
mod wrap;

use ground::Date;

use crate::fonts::Fonts;
use crate::pdf::{PdfError, Printed, print_pages};
use flow::Pages;

/// Millimetres to points.
const MM: f32 = 72.0 / 25.4;
/// A4 (ISO 216), points.
pub(crate) const PAPER: (f32, f32) = (210.0 * MM, 297.0 * MM);
/// 天头 (GB/T 9704, 5.2.1).
const TOP: f32 = 37.0 * MM;
/// 订口 (the same).
const LEFT: f32 = 28.0 * MM;
/// 版心 (the same).
const TEXT: (f32, f32) = (156.0 * MM, 225.0 * MM);
/// 22 lines fill the text area (5.2.3).
const LINE: f32 = TEXT.1 / 22.0;
/// 三号.
const SIZE_3: f32 = 16.0;
/// 二号.
const SIZE_2: f32 = 22.0;
/// 四号, for notes, tables and page numbers.
const SIZE_4: f32 = 14.0;

/// An order in writing, all texts ready to print.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Slip {
    /// 发文机关标志, in red: 中原区督查室.
    pub issuer: String,
    /// Kind of paper under the head: 交办单, 督办单.
    pub kind: String,
    /// 发文字号 or the record's number.
    pub number: String,
    /// 密级和紧急程度; empty for none.
    pub urgency: String,
    /// Title.
    pub title: String,
    /// 主送.
    pub to: String,
    /// Body, one paragraph each, without indent.
    pub paragraphs: Vec<String>,
    /// Facts as a table: label and text.
    pub facts: Vec<(String, String)>,
    /// 落款.
    pub signed_by: String,
    /// 成文日期.
    pub signed_on: Option<Date>,
    /// Labels of the receipt that the unit fills by hand: 签收人, 签收时间, 联系电话.
    pub receipt: Vec<String>,
    /// 抄送; empty for none.
    pub copies: String,
}

/// The paper as PDF. Findings name characters that no face holds.
///
/// ```
/// use report::slip::{Slip, print};
/// let slip = Slip { issuer: "中原区督查室".into(), kind: "交办单".into(), ..Slip::default() };
/// let printed = print(&slip, &report::fonts::Fonts::embedded())?;
/// assert_eq!((&printed.bytes[..5], printed.pages), (&b"%PDF-"[..], 1));
/// # Ok::<(), report::pdf::PdfError>(())
/// ```
///
/// # Errors
/// The PDF could not be written.
pub fn print(slip: &Slip, fonts: &Fonts) -> Result<Printed, PdfError> {
    let mut pages = Pages::new();
    pages.head(slip);
    pages.centred(&slip.title, SIZE_2);
    pages.gap(0.5);
    if !slip.to.is_empty() {
        pages.line(&format!("{}：", slip.to));
    }
    for paragraph in &slip.paragraphs {
        pages.paragraph(paragraph);
    }
    if !slip.facts.is_empty() {
        pages.gap(0.4);
        pages.table(&slip.facts);
    }
    pages.signature(&slip.signed_by, slip.signed_on.map(written_date).as_deref());
    if !slip.receipt.is_empty() {
        let rows: Vec<(String, String)> = slip
            .receipt
            .iter()
            .map(|label| (label.clone(), String::new()))
            .collect();
        pages.gap(0.6);
        pages.table(&rows);
    }
    pages.copies(&slip.copies);
    let title = format!("{} {}", slip.kind, slip.title);
    print_pages(title.trim(), PAPER, &pages.finish(), fonts)
}

/// 成文日期 in Arabic figures, without leading zeros (GB/T 9704, 7.3.5.4).
fn written_date(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip(paragraphs: usize) -> Slip {
        Slip {
            issuer: "中原区督查室".to_owned(),
            kind: "交办单".to_owned(),
            number: "JB20230012".to_owned(),
            urgency: "紧急".to_owned(),
            title: "园区北侧道路断头".to_owned(),
            to: "须水街道办事处".to_owned(),
            paragraphs: vec![
                "现将观摩中发现的问题交办你单位，请于规定时限内整改到位并申请销号。"
                    .repeat(3);
                paragraphs
            ],
            facts: vec![("办结时限".to_owned(), "2023年3月20日".to_owned())],
            signed_by: "中原区督查室".to_owned(),
            signed_on: Some(Date::constant(2023, 3, 10)),
            receipt: vec!["签收人".to_owned(), "签收时间".to_owned()],
            copies: "区委办公室".to_owned(),
        }
    }

    #[test]
    fn a_short_order_is_one_page_and_a_long_one_goes_on() {
        let fonts = Fonts::embedded();
        let short = print(&slip(1), &fonts).expect("printed");
        assert_eq!((short.pages, short.findings.len()), (1, 0));
        assert!(print(&slip(30), &fonts).expect("printed").pages > 2);
    }

    #[test]
    fn a_date_is_written_without_leading_zeros() {
        assert_eq!(written_date(Date::constant(2023, 3, 8)), "2023年3月8日");
    }
}
