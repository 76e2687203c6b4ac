//! .xlsx and .xlsm: workbook, relationships, styles, shared strings. The sheets themselves are read by
//! `worksheet`. Only what a ledger needs is read: values, formulas without value, merges, what is hidden.

use quick_xml::events::{BytesStart, Event};

use crate::limits::{self, Refusal};
use crate::number_text::{builtin_kind, format_kind};
use crate::package::{Package, PartReader, refuse_xml};
use crate::sheet::{Kind, SheetDraft, Texts};
use crate::worksheet::{self, Shared};

/// Sheets as read, their texts, and whether the file carries macros.
pub(crate) struct Read {
    pub(crate) sheets: Vec<SheetDraft>,
    pub(crate) texts: Texts,
    pub(crate) macros: bool,
    /// Defined names with what they stand for: `等级` is `选项!$A$1:$A$2`.
    pub(crate) names: Vec<(String, String)>,
}

/// Defined names read at most; programs that write thousands keep their print areas in them.
const NAMES_MAX: usize = 4_000;

/// A sheet as the workbook part lists it.
struct Listed {
    name: String,
    visible: bool,
    path: String,
}

/// Reads the whole workbook.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Refusal> {
    let mut package = Package::open(bytes, limits::INFLATED_BYTES)?;
    let workbook = workbook_path(&mut package)?;
    let folder = workbook
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder)
        .to_string();
    let macros = package.has(&join(&folder, "vbaProject.bin"));
    let relations = relations(&mut package, &workbook)?;
    let (listed, epoch_1904) = list_sheets(&mut package, &workbook, &folder, &relations)?;
    if listed.len() > limits::SHEETS {
        return Err(Refusal::TooLarge(format!(
            "工作簿有{}张工作表,一次最多读{}张",
            listed.len(),
            limits::SHEETS
        )));
    }
    let mut texts = Texts::default();
    if let Some(path) = part_of(&relations, &folder, "/sharedStrings") {
        read_shared_strings(&mut package, &path, &mut texts)?;
    }
    let names = defined_names(&mut package, &workbook)?;
    let styles = match part_of(&relations, &folder, "/styles") {
        Some(path) if package.has(&path) => read_styles(&mut package, &path)?,
        _ => Vec::new(),
    };
    let mut shared = Shared {
        strings: texts.len() as u64,
        texts,
        styles,
        epoch_1904,
        cells: 0,
    };
    let mut sheets = Vec::new();
    for sheet in listed {
        let draft = SheetDraft {
            name: sheet.name,
            visible: sheet.visible,
            formats_known: true,
            typed: true,
            ..SheetDraft::default()
        };
        let reader = package.part(&sheet.path)?;
        sheets.push(worksheet::read(reader, &sheet.path, draft, &mut shared)?);
    }
    Ok(Read {
        sheets,
        texts: shared.texts,
        macros,
        names,
    })
}

/// Follows the package relationships to the main part; other office files end here with their name.
fn workbook_path(package: &mut Package) -> Result<String, Refusal> {
    if let Some(kind) = package.head("mimetype", 80)
        && kind.contains("opendocument")
    {
        return Err(Refusal::Other {
            kind: "OpenDocument 文档(.ods 等)",
            remedy: "请用 WPS 或 Excel 打开后另存为 .xlsx 再导入",
        });
    }
    if !package.has("_rels/.rels") {
        return if package.has("xl/workbook.xml") {
            Ok("xl/workbook.xml".into())
        } else {
            Err(Refusal::Other {
                kind: "普通压缩包",
                remedy: "请解压后导入里面的工作簿",
            })
        };
    }
    let target = relations(package, "")?
        .into_iter()
        .find(|r| r.kind.ends_with("/officeDocument"));
    let path = target
        .map(|r| r.target.trim_start_matches('/').to_string())
        .unwrap_or_default();
    match path.rsplit(['/', '.']).next() {
        Some("xml") if path.contains("document") => Err(Refusal::Other {
            kind: "Word 文档",
            remedy: "请把其中的表格复制到 .xlsx 工作簿再导入",
        }),
        Some("xml") if path.contains("presentation") => Err(Refusal::Other {
            kind: "演示文稿",
            remedy: "请把其中的表格复制到 .xlsx 工作簿再导入",
        }),
        Some("bin") => Err(Refusal::Other {
            kind: "二进制工作簿(.xlsb)",
            remedy: "请用 WPS 或 Excel 打开后另存为 .xlsx 再导入",
        }),
        Some("xml") => Ok(path),
        _ => Err(Refusal::Broken("缺少主部件(工作簿)".into())),
    }
}

/// One relationship of a part.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

fn relations(package: &mut Package, part: &str) -> Result<Vec<Relation>, Refusal> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let path = join(folder, &format!("_rels/{name}.rels"));
    if !package.has(&path) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    each_start(package.part(&path)?, &path, |element| {
        if element.local_name().as_ref() == "Relationship" {
            let get = |key| attribute(element, key).unwrap_or_default();
            found.push(Relation {
                id: get("Id"),
                kind: get("Type"),
                target: get("Target"),
            });
        }
    })?;
    Ok(found)
}

fn part_of(relations: &[Relation], folder: &str, kind: &str) -> Option<String> {
    relations
        .iter()
        .find(|r| r.kind.ends_with(kind))
        .map(|r| resolve(folder, &r.target))
}

/// `worksheets/sheet1.xml` and `/xl/worksheets/sheet1.xml` name the same part.
pub(crate) fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_string();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            step => parts.push(step),
        }
    }
    parts.join("/")
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_string()
    } else {
        format!("{folder}/{name}")
    }
}

fn list_sheets(
    package: &mut Package,
    workbook: &str,
    folder: &str,
    relations: &[Relation],
) -> Result<(Vec<Listed>, bool), Refusal> {
    let (mut listed, mut epoch_1904) = (Vec::new(), false);
    each_start(package.part(workbook)?, workbook, |element| {
        match element.local_name().as_ref() {
            "workbookPr" => {
                epoch_1904 = matches!(
                    attribute(element, "date1904").as_deref(),
                    Some("1" | "true")
                )
            }
            "sheet" => {
                // The attribute is `r:id`; the prefix is the producer's choice.
                let id = element
                    .attributes()
                    .with_checks(false)
                    .flatten()
                    .find(|a| a.key.local_name().as_ref() == "id");
                let id = id.map(|a| a.value.to_string()).unwrap_or_default();
                let Some(relation) = relations
                    .iter()
                    .find(|r| r.id == id && r.kind.ends_with("/worksheet"))
                else {
                    return;
                };
                let visible = !matches!(
                    attribute(element, "state").as_deref(),
                    Some("hidden" | "veryHidden")
                );
                let name = attribute(element, "name").unwrap_or_default();
                listed.push(Listed {
                    name,
                    visible,
                    path: resolve(folder, &relation.target),
                });
            }
            _ => {}
        }
    })?;
    Ok((listed, epoch_1904))
}

/// Names of the whole workbook: those of one sheet alone (print areas) are left out.
fn defined_names(package: &mut Package, workbook: &str) -> Result<Vec<(String, String)>, Refusal> {
    let mut reader = package.part(workbook)?;
    let (mut buffer, mut names) = (Vec::new(), Vec::new());
    let mut open: Option<(String, String)> = None;
    loop {
        match reader
            .read_event_into(&mut buffer)
            .map_err(|e| refuse_xml(&e, workbook))?
        {
            Event::Start(e) if e.local_name().as_ref() == "definedName" => {
                let of_a_sheet = attribute(&e, "localSheetId").is_some();
                let name = attribute(&e, "name").filter(|_| !of_a_sheet);
                open = name.map(|name| (name, String::new()));
            }
            Event::End(e) if e.local_name().as_ref() == "definedName" => {
                names.extend(open.take().filter(|_| names.len() < NAMES_MAX));
            }
            Event::Eof => return Ok(names),
            event => {
                if let Some((_, text)) = &mut open {
                    worksheet::append(&event, text);
                }
            }
        }
        buffer.clear();
    }
}

/// Calls `visit` for every element of a part.
fn each_start(
    mut reader: PartReader<'_>,
    part: &str,
    mut visit: impl FnMut(&BytesStart),
) -> Result<(), Refusal> {
    let mut buffer = Vec::new();
    loop {
        match reader
            .read_event_into(&mut buffer)
            .map_err(|e| refuse_xml(&e, part))?
        {
            Event::Start(element) => visit(&element),
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

/// An attribute by local name, entities resolved.
pub(crate) fn attribute(element: &BytesStart, key: &str) -> Option<String> {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|a| a.key.as_ref() == key)?;
    Some(
        quick_xml::escape::unescape(&found.value)
            .map_or_else(|_| found.value.to_string(), |v| v.into_owned()),
    )
}

/// Shared strings: rich text runs are joined, phonetic guides (rPh) are not part of the text.
fn read_shared_strings(
    package: &mut Package,
    path: &str,
    texts: &mut Texts,
) -> Result<(), Refusal> {
    if !package.has(path) {
        return Ok(());
    }
    let mut reader = package.part(path)?;
    let (mut buffer, mut text) = (Vec::new(), String::new());
    let (mut inside_text, mut inside_guide) = (false, false);
    loop {
        match reader
            .read_event_into(&mut buffer)
            .map_err(|e| refuse_xml(&e, path))?
        {
            Event::Start(e) => match e.local_name().as_ref() {
                "si" => text.clear(),
                "t" => inside_text = true,
                "rPh" => inside_guide = true,
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "si" => {
                    texts.push(&worksheet::clean(&text));
                }
                "t" => inside_text = false,
                "rPh" => inside_guide = false,
                _ => {}
            },
            Event::Eof => return Ok(()),
            event if inside_text && !inside_guide => worksheet::append(&event, &mut text),
            _ => {}
        }
        buffer.clear();
    }
}

/// What each cell style makes of a number.
fn read_styles(package: &mut Package, path: &str) -> Result<Vec<Kind>, Refusal> {
    let mut codes: Vec<(u32, Kind)> = Vec::new();
    let mut ids: Vec<u32> = Vec::new();
    let mut reader = package.part(path)?;
    let mut buffer = Vec::new();
    let mut inside_cell_formats = false;
    loop {
        match reader
            .read_event_into(&mut buffer)
            .map_err(|e| refuse_xml(&e, path))?
        {
            Event::Start(e) => {
                let id = attribute(&e, "numFmtId")
                    .and_then(|v| v.parse().ok())
                    .unwrap_or(0);
                match e.local_name().as_ref() {
                    "numFmt" => codes.push((
                        id,
                        format_kind(&attribute(&e, "formatCode").unwrap_or_default()),
                    )),
                    "cellXfs" => inside_cell_formats = true,
                    "xf" if inside_cell_formats => ids.push(id),
                    _ => {}
                }
            }
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => inside_cell_formats = false,
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    let kind = |id: u32| {
        codes
            .iter()
            .find(|(i, _)| *i == id)
            .map_or_else(|| builtin_kind(id), |(_, k)| *k)
    };
    Ok(ids.into_iter().map(kind).collect())
}
