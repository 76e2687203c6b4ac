//! 打印. A scene as PDF on paper that hangs on a wall: same geometry, scaled to the paper's width.
//!
//! Text stays text (selectable, with ToUnicode), faces are embedded and cut to what is used. Rows that
//! do not fit go to further pages; every page repeats title, header and time axis, legend and footer.

mod pages;
mod paint;
mod text;

use ground::Finding;
use krilla::Document;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;

use crate::fonts::Fonts;
use crate::scene::{Node, Scene};
use crate::wall_chart::{Density, LayoutOptions, WallChart, footer, heading, layout, legend};
use pages::Sheet;
use paint::Painter;
use text::TextSetter;

/// Millimetres to PDF points: 72 to an inch of 25.4.
const POINTS_PER_MM: f32 = 72.0 / 25.4;
/// Margin as a share of the paper's width: 12 mm on A3, 24 mm on A1.
const MARGIN_SHARE: f32 = 1.0 / 35.0;
/// A short axis is not blown up beyond this many scene pixels on a page's height, so that a page
/// always holds a dozen rows under its title and header.
const HEIGHT_MIN: f32 = 600.0;
/// Below this size in points print cannot be read at arm's length.
const TEXT_MIN: f32 = 5.0;
/// Smallest text of the chart in scene pixels.
const LABEL_SIZE: f32 = 11.0;

/// 纸张, landscape.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Paper {
    /// 1189 × 841 mm.
    A0,
    /// 841 × 594 mm.
    A1,
    /// 420 × 297 mm.
    A3,
}

impl Paper {
    /// Width and height in millimetres (ISO 216).
    pub const fn millimetres(self) -> (f32, f32) {
        match self {
            Paper::A0 => (1189.0, 841.0),
            Paper::A1 => (841.0, 594.0),
            Paper::A3 => (420.0, 297.0),
        }
    }

    /// Width and height in PDF points.
    pub fn points(self) -> (f32, f32) {
        let (width, height) = self.millimetres();
        (width * POINTS_PER_MM, height * POINTS_PER_MM)
    }
}

/// What the program could not do. User data never ends here: see the findings of [`Printed`].
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The page could not be set up.
    #[error("页面尺寸无效：{width}×{height} 磅")]
    Page {
        /// Points.
        width: f32,
        /// Points.
        height: f32,
    },
    /// The PDF could not be written.
    #[error("PDF 未能生成")]
    Write(#[source] krilla::error::KrillaError),
}

/// A PDF and what should be said about it.
#[derive(Clone, PartialEq, Debug)]
pub struct Printed {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters that no face holds (`print.glyph`), text too small to read (`print.small`).
    pub findings: Vec<Finding>,
}

/// The chart as PDF bytes. [`print`] also tells what went wrong with the text.
pub fn document(scene: &Scene<'_>, paper: Paper, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    print(scene, paper, fonts).map(|printed| printed.bytes)
}

/// The chart as PDF with its findings. Lay the scene out with [`options_for`] or another print style.
pub fn print(scene: &Scene<'_>, paper: Paper, fonts: &Fonts) -> Result<Printed, PdfError> {
    let sheet = Sheet::new(scene, paper);
    let pages = pages::divide(scene, sheet.body_height);
    let mut document = Document::new();
    let metadata = Metadata::new()
        .title(scene.title.to_owned())
        .language("zh-CN".to_owned());
    document.set_metadata(metadata.creator("guatu".to_owned()));
    let mut texts = TextSetter::new(fonts);
    for (place, rows) in pages.iter().enumerate() {
        let (width, height) = paper.points();
        let settings =
            PageSettings::from_wh(width, height).ok_or(PdfError::Page { width, height })?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let mut painter = Painter::new(&mut surface, &mut texts);
        sheet.paint(scene, rows, (place + 1, pages.len()), &mut painter);
        surface.finish();
        page.finish();
    }
    let bytes = document.finish().map_err(PdfError::Write)?;
    let mut findings = texts.findings();
    findings.extend(small_text(&sheet, paper));
    Ok(Printed {
        bytes,
        pages: pages.len(),
        findings,
    })
}

/// Pages drawn node by node, one file. For papers that are no chart.
pub(crate) fn print_pages(
    title: &str,
    (width, height): (f32, f32),
    pages: &[Vec<Node<'_>>],
    fonts: &Fonts,
) -> Result<Printed, PdfError> {
    let mut document = Document::new();
    let metadata = Metadata::new()
        .title(title.to_owned())
        .language("zh-CN".to_owned());
    document.set_metadata(metadata.creator("guatu".to_owned()));
    let mut texts = TextSetter::new(fonts);
    for nodes in pages {
        let settings =
            PageSettings::from_wh(width, height).ok_or(PdfError::Page { width, height })?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        Painter::new(&mut surface, &mut texts).nodes(nodes);
        surface.finish();
        page.finish();
    }
    let bytes = document.finish().map_err(PdfError::Write)?;
    Ok(Printed {
        bytes,
        pages: pages.len(),
        findings: texts.findings(),
    })
}

fn small_text(sheet: &Sheet<'_>, paper: Paper) -> Option<Finding> {
    let size = LABEL_SIZE * sheet.scale;
    (size < TEXT_MIN).then(|| {
        Finding::warning(
            "print.small",
            "挂图打印",
            format!("时间轴太长，在 {paper:?} 纸上条内文字只有 {size:.1} 磅，难以看清。"),
            "请缩短时间范围、换成年或季的刻度，或改用更大的纸。",
        )
    })
}

/// Print options that fill the paper best: the loosest rows with which the chart stays on one page,
/// standard rows if it needs more than one anyway.
pub fn options_for(chart: &WallChart, paper: Paper) -> LayoutOptions {
    let fits = |options: &LayoutOptions| {
        let scene = layout(chart, options);
        let sheet = Sheet::new(&scene, paper);
        scene.body_height <= sheet.body_height
    };
    let with = |density| LayoutOptions {
        density,
        ..LayoutOptions::print()
    };
    let found = [Density::Loose, Density::Standard, Density::Compact]
        .map(with)
        .into_iter()
        .find(fits);
    found.unwrap_or_else(LayoutOptions::print)
}

impl<'a> Sheet<'a> {
    /// Places title, header, legend and footer on the paper; what is left is for rows.
    fn new(scene: &'a Scene<'a>, paper: Paper) -> Self {
        let (width, height) = paper.points();
        let margin = width * MARGIN_SHARE;
        let (inner, tall) = (width - 2.0 * margin, height - 2.0 * margin);
        let scale = (inner / scene.width()).min(tall / HEIGHT_MIN);
        let (width, height) = (inner / scale, tall / scale);
        let heading = heading(scene, width);
        let legend = legend(scene, width);
        let used = heading.height + scene.head_height + legend.height;
        let footer_height = footer(scene, width, (1, 1)).height;
        let body_height = height - used - footer_height;
        Sheet {
            scale,
            margin,
            width,
            height,
            heading,
            legend,
            footer_height,
            body_height,
        }
    }
}
