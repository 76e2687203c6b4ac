//! Templates that people make in Word, WPS or Excel, filled with figures and records. A template is surveyed first (what
//! it asks for, what cannot be followed), then filled from a [`Source`]; what a word means and who may see it is left
//! to the caller. Everything in the file that is no mark stays as it is.

mod marks;
mod reference;
mod repeat;
mod runs;
mod sheet;
mod survey;
mod tree;
mod word;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use ground::Finding;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::limits::{Refusal, TEMPLATE_INFLATED_BYTES};
use crate::package::Package;
use repeat::{Budget, Filler, Shape};
use sheet::SharedText;
use survey::Walk;
pub use survey::{Asked, Survey};
use tree::{Element, Node, Part};

/// Bytes of a template: pictures of a letterhead fit, an archive of photos does not.
pub const TEMPLATE_BYTES: usize = 4 << 20;
/// Bytes of memory that a filled template may take: a form of fifty boxes, one for each of two thousand records, takes 200 MB.
const FILLED_BYTES: usize = 256 << 20;
/// Programs inside office files: they are not carried along.
const MACROS: &str = "vbaproject.bin";

/// What is repeated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loop {
    /// Units or whatever the figures are grouped by.
    Groups,
    /// Records, those of the group inside one.
    Records,
}

/// Which round of which loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct At {
    /// Group.
    pub group: Option<usize>,
    /// Record.
    pub record: Option<usize>,
}

/// What stands in place of a word.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Piece {
    /// As printed.
    pub text: String,
    /// The number behind it, for a cell of its own.
    pub number: Option<Number>,
}

/// A number of a cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    /// As a decimal, for percent without its sign.
    pub decimal: String,
    /// Shown as percent.
    pub percent: bool,
    /// Digits after the point when shown as percent.
    pub digits: u8,
}

/// Where values come from.
pub trait Source {
    /// How often something is repeated.
    fn count(&self, of: Loop, at: At) -> usize;
    /// What stands in place of a word.
    fn value(&self, word: &str, at: At) -> Piece;
}

/// Kind of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TemplateKind {
    /// .docx
    Word,
    /// .xlsx
    Sheet,
}

impl TemplateKind {
    /// How its file name ends.
    pub fn extension(self) -> &'static str {
        match self {
            TemplateKind::Word => "docx",
            TemplateKind::Sheet => "xlsx",
        }
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        match self {
            TemplateKind::Word => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
            TemplateKind::Sheet => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        }
    }
}

/// An opened template.
pub struct Template {
    bytes: Vec<u8>,
    name: String,
    kind: TemplateKind,
    /// Parts that may hold marks: path, what people call it, content.
    parts: Vec<(String, String, Part)>,
    /// Parts of a workbook that go along.
    beside: BTreeMap<&'static str, Part>,
    /// What a workbook has that does not follow its rows.
    fixed: Vec<&'static Fixed>,
}

/// Parts of a workbook that point at rows and do not follow them.
struct Fixed {
    folder: &'static str,
    code: &'static str,
    problem: &'static str,
    remedy: &'static str,
}

static FIXED: [Fixed; 2] = [
    Fixed {
        folder: "xl/charts/",
        code: "report.chart",
        problem: "模板里有图表，行数变了以后，图表的数据区域不会跟着变。",
        remedy: "请让图表只用不重复的行（例如合计行），或出表后在 WPS 或 Excel 里重新选数据区域。",
    },
    Fixed {
        folder: "xl/tables/",
        code: "report.table",
        problem: "模板里有套用了表格格式的区域，行数变了以后，它的范围不会跟着变。",
        remedy: "请选中它，在“表格工具”（表设计）里点“转换为区域”，再另存一份。",
    },
];

const WORKBOOK: &str = "xl/workbook.xml";
const WORKBOOK_RELS: &str = "xl/_rels/workbook.xml.rels";
const STYLES: &str = "xl/styles.xml";
const STRINGS: &str = "xl/sharedStrings.xml";
const TYPES: &str = "[Content_Types].xml";
/// The order in which formulas were last worked out: wrong once rows have moved, and made anew by whoever opens the file.
const CHAIN: &str = "xl/calcChain.xml";

impl Template {
    /// Opens a template; what is no .docx or .xlsx is told.
    ///
    /// # Errors
    /// The finding why not.
    pub fn open(bytes: &[u8], name: &str) -> Result<Template, Finding> {
        let refuse =
            |code, problem: String, remedy: &str| Finding::error(code, name, problem, remedy);
        if bytes.len() > TEMPLATE_BYTES {
            let problem = format!(
                "模板有 {} MB，不能超过 {} MB。",
                bytes.len() >> 20,
                TEMPLATE_BYTES >> 20
            );
            return Err(refuse(
                "report.template_large",
                problem,
                "请压缩或删去里面的图片。",
            ));
        }
        read(bytes, name).map_err(|refusal| match refusal {
            Refusal::Other { .. } => refuse(
                "report.template_kind",
                "模板不是 docx 或 xlsx 文件。".to_owned(),
                "请用 WPS 或 Word 打开，另存为 .docx 或 .xlsx（不带宏）。",
            ),
            Refusal::TooLarge(what) => refuse(
                "report.template_large",
                format!("{what}。"),
                "请删去用不到的行和单元格，同样的长文字和公式少写几处，再另存一份。",
            ),
            refusal => {
                let why = refusal.finding(name).problem;
                refuse(
                    "report.template_broken",
                    format!("模板打不开：{why}。"),
                    "请用 WPS 或 Word 打开后另存一份。",
                )
            }
        })
    }

    /// Kind.
    pub fn kind(&self) -> TemplateKind {
        self.kind
    }

    fn shape(&self) -> Shape {
        match self.kind {
            TemplateKind::Word => word::SHAPE,
            TemplateKind::Sheet => sheet::SHAPE,
        }
    }

    /// What it asks for.
    pub fn survey(&self) -> Survey {
        let mut survey = Survey::default();
        for (_, called, part) in &self.parts {
            let head = match self.kind {
                TemplateKind::Word => format!("{}{called}", self.name),
                TemplateKind::Sheet => format!("{} {called}", self.name),
            };
            let root = match self.kind {
                TemplateKind::Word => Some(&part.root),
                TemplateKind::Sheet => part.root.child("sheetData"),
            };
            if let Some(root) = root {
                Walk::new(self.shape(), head, &mut survey).blocks(&root.nodes, At::default());
            }
        }
        if !survey.loops.is_empty() {
            let warn =
                |one: &&Fixed| Finding::warning(one.code, &self.name, one.problem, one.remedy);
            survey.findings.extend(self.fixed.iter().map(warn));
        }
        survey
    }

    /// The file with everything filled in; `notes` are lines that go at its end.
    ///
    /// # Errors
    /// A finding when the file cannot be put together again, or would become too large.
    pub fn fill(&self, source: &dyn Source, notes: &[String]) -> Result<Vec<u8>, Finding> {
        let left = Budget::new(FILLED_BYTES);
        let (changed, gone) = match self.kind {
            TemplateKind::Word => (self.filled_word(source, notes, &left), None),
            TemplateKind::Sheet => (self.filled_sheets(source, notes, &left), Some(CHAIN)),
        };
        if left.is_spent() {
            return Err(Finding::error(
                "report.too_long",
                &self.name,
                "记录太多，照这个模板填出来的文件过大。",
                "请选短一些的时段，或把一条记录占一页的版式改成一条记录一行。",
            ));
        }
        packed(&self.bytes, &changed, gone).map_err(|refusal| refusal.finding(&self.name))
    }

    fn filled_word(
        &self,
        source: &dyn Source,
        notes: &[String],
        left: &Budget,
    ) -> BTreeMap<String, String> {
        let filler = Filler {
            source,
            shape: word::SHAPE,
            special: &|_, _, _| false,
            left,
        };
        let each = self.parts.iter().map(|(path, _, part)| {
            let mut part = part.clone();
            word::fill(&mut part, &filler);
            if path.eq_ignore_ascii_case(word::BODY) {
                word::add_notes(&mut part, notes);
            }
            (path.clone(), part.write())
        });
        each.collect()
    }

    fn filled_sheets(
        &self,
        source: &dyn Source,
        notes: &[String],
        left: &Budget,
    ) -> BTreeMap<String, String> {
        let styles = RefCell::new(sheet::Styles::new(self.beside.get(STYLES).cloned()));
        let mut moved = BTreeMap::new();
        let mut filled = Vec::new();
        for (path, called, part) in &self.parts {
            let mut part = part.clone();
            let is_open = sheet::is_open(&part);
            moved.insert(
                called.clone(),
                sheet::fill(&mut part, source, &styles, left),
            );
            filled.push((path, called, part, is_open));
        }
        let noted = filled
            .iter()
            .position(|(.., is_open)| *is_open)
            .unwrap_or(0);
        let mut changed = BTreeMap::new();
        for (index, (path, called, mut part, _)) in filled.into_iter().enumerate() {
            sheet::follow(&mut part, called, &moved, left);
            if index == noted {
                sheet::add_notes(&mut part, notes);
            }
            changed.insert(path.clone(), part.write());
        }
        if let Some(part) = styles.into_inner().part {
            changed.insert(STYLES.to_owned(), part.write());
        }
        for (path, part) in &self.beside {
            if let Some(part) = along(path, part.clone(), &moved) {
                changed.insert((*path).to_owned(), part.write());
            }
        }
        changed
    }
}

/// What stands behind `calcPr` in a workbook by the schema (ECMA-376 18.2.27).
const BEHIND_CALCULATION: [&str; 9] = [
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
];

/// What has to follow the rows or the missing chain of formulas; none for what stays.
fn along(path: &str, mut part: Part, moved: &BTreeMap<String, reference::Moved>) -> Option<Part> {
    let chained = |key: &str, one: &Element| {
        one.get(key)
            .is_some_and(|target| target.ends_with("calcChain.xml"))
    };
    match path {
        WORKBOOK => {
            if let Some(names) = part.root.child_mut("definedNames") {
                for name in names.elements_mut() {
                    let text = reference::in_formula(&name.text(), "", None, moved);
                    name.set_text(&text);
                }
            }
            if part.root.child("calcPr").is_none() {
                let calculate = Node::Element(part.root.beside("calcPr"));
                let behind = |node: &Node| {
                    let local = node.element().map(Element::local);
                    local.is_some_and(|local| BEHIND_CALCULATION.contains(&local))
                };
                let all = &mut part.root.nodes;
                let at = all.iter().position(behind).unwrap_or(all.len());
                all.insert(at, calculate);
            }
            part.root.child_mut("calcPr")?.set("fullCalcOnLoad", "1");
        }
        TYPES => part
            .root
            .nodes
            .retain(|node| !node.element().is_some_and(|one| chained("PartName", one))),
        WORKBOOK_RELS => part
            .root
            .nodes
            .retain(|node| !node.element().is_some_and(|one| chained("Target", one))),
        _ => return None,
    }
    Some(part)
}

fn read(bytes: &[u8], name: &str) -> Result<Template, Refusal> {
    let other = || Refusal::Other {
        kind: "",
        remedy: "",
    };
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(other());
    }
    let mut package = Package::open(bytes, TEMPLATE_INFLATED_BYTES)?;
    let names = package.names().to_vec();
    if names
        .iter()
        .any(|name| name.to_ascii_lowercase().ends_with(MACROS))
    {
        return Err(other());
    }
    let is_word = package.has(word::BODY);
    if !is_word && !package.has(WORKBOOK) {
        return Err(other());
    }
    let mut template = Template {
        bytes: bytes.to_vec(),
        name: name.to_owned(),
        kind: if is_word {
            TemplateKind::Word
        } else {
            TemplateKind::Sheet
        },
        parts: Vec::new(),
        beside: BTreeMap::new(),
        fixed: Vec::new(),
    };
    let mut pieces = tree::PIECES;
    if is_word {
        for (path, called) in word::parts(&names) {
            let part = part(&mut package, &path, &mut pieces)?;
            template.parts.push((path, called.to_owned(), part));
        }
    } else {
        let has = |one: &&Fixed| names.iter().any(|name| key(name).starts_with(one.folder));
        template.fixed = FIXED.iter().filter(has).collect();
        read_sheets(&mut package, &mut template, &mut pieces)?;
    }
    Ok(template)
}

fn read_sheets(
    package: &mut Package,
    template: &mut Template,
    pieces: &mut usize,
) -> Result<(), Refusal> {
    for path in [WORKBOOK, WORKBOOK_RELS, STYLES, TYPES] {
        if package.has(path) {
            template.beside.insert(path, part(package, path, pieces)?);
        }
    }
    let shared: Vec<SharedText> = match package.has(STRINGS) {
        true => {
            let strings = part(package, STRINGS, pieces)?.root.nodes.into_iter();
            let element = |node| match node {
                Node::Element(string) => Some(SharedText::of(string)),
                Node::Raw(_) => None,
            };
            strings.filter_map(element).collect()
        }
        false => Vec::new(),
    };
    let mut left = sheet::SHARED_BYTES;
    for (path, called) in sheets(template) {
        let mut part = part(package, &path, pieces)?;
        sheet::prepare(&mut part, &shared, &mut left).map_err(Refusal::TooLarge)?;
        template.parts.push((path, called, part));
    }
    Ok(())
}

/// Parts and names of the sheets in the order of their tabs.
fn sheets(template: &Template) -> Vec<(String, String)> {
    let relations = template.beside.get(WORKBOOK_RELS);
    let relation = |one: &Element| {
        let is_sheet = one.get("Type")?.ends_with("/worksheet");
        let target = crate::xlsx::resolve("xl", &one.get("Target")?);
        is_sheet.then_some((one.get("Id")?, target))
    };
    let relations = relations.into_iter().flat_map(|part| part.root.elements());
    let targets: BTreeMap<String, String> = relations.filter_map(relation).collect();
    let workbook = template
        .beside
        .get(WORKBOOK)
        .and_then(|part| part.root.child("sheets"));
    let listed = workbook.into_iter().flat_map(Element::elements);
    let pair = |one: &Element| {
        Some((
            targets.get(&one.get_local("id")?)?.clone(),
            one.get("name")?,
        ))
    };
    listed.filter_map(pair).collect()
}

fn part(package: &mut Package, path: &str, pieces: &mut usize) -> Result<Part, Refusal> {
    let bytes = package.bytes(path)?;
    let text = String::from_utf8_lossy(&bytes);
    Part::read(text.trim_start_matches('\u{feff}'), path, pieces)
}

/// The name of a part as names are compared: producers differ in case and in slashes.
fn key(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

/// The file again: changed parts anew, the others as they were packed.
fn packed(
    bytes: &[u8],
    changed: &BTreeMap<String, String>,
    gone: Option<&str>,
) -> Result<Vec<u8>, Refusal> {
    let broken = || Refusal::Broken("模板重新打包时出错".to_owned());
    let mut changed: BTreeMap<String, &String> = changed
        .iter()
        .map(|(name, text)| (key(name), text))
        .collect();
    let gone = gone.map(key);
    let mut from = ZipArchive::new(Cursor::new(bytes)).map_err(crate::package::refuse_zip)?;
    let mut to = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len() * 2)));
    for index in 0..from.len() {
        let entry = from
            .by_index_raw(index)
            .map_err(crate::package::refuse_zip)?;
        let name = entry
            .name()
            .map_err(crate::package::refuse_zip)?
            .into_owned();
        if gone == Some(key(&name)) {
            continue;
        }
        let Some(text) = changed.remove(&key(&name)) else {
            to.raw_copy_file(entry)
                .map_err(crate::package::refuse_zip)?;
            continue;
        };
        to.start_file(&name, SimpleFileOptions::default())
            .map_err(crate::package::refuse_zip)?;
        to.write_all(text.as_bytes()).map_err(|_| broken())?;
    }
    // A part that was filled in and finds no place would leave its marks in the file.
    if !changed.is_empty() {
        return Err(broken());
    }
    let done = to.finish().map_err(crate::package::refuse_zip)?;
    Ok(done.into_inner())
}
