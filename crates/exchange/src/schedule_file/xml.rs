//! XML schedule files as a stream of small records: one task, calendar or assignment at a time, in a buffer that is used
//! again. Document types are refused, so no entity can unfold; depth and size of a record are bounded.

use std::borrow::Cow;

use encoding_rs::Encoding;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;

use super::remarks::Remarks;
use super::text;
use crate::worksheet::append;

/// Elements inside each other; P6 and Project need eight.
const DEPTH: usize = 40;
/// Elements of one record; a calendar with exceptions for every day of a century has 300,000.
const NODES: usize = 2_000_000;

/// Number of an element name that somebody asks for; 0 is any other.
pub(crate) type NameId = u16;

/// The names somebody asks for.
#[derive(Default)]
pub(crate) struct Names {
    ids: FxHashMap<&'static str, NameId>,
}

impl Names {
    /// The number of a name.
    pub(crate) fn id(&mut self, name: &'static str) -> NameId {
        let next = self.ids.len() as NameId + 1;
        *self.ids.entry(name).or_insert(next)
    }

    fn of(&self, name: &str) -> NameId {
        self.ids.get(name).copied().unwrap_or(0)
    }

    fn name_of(&self, id: NameId) -> &'static str {
        let mut known = self.ids.iter();
        known
            .find(|(_, known)| **known == id)
            .map_or("", |(name, _)| name)
    }
}

/// Declares a struct with the numbers of the names of one kind of record.
macro_rules! names {
    ($struct:ident: $($field:ident = $name:literal),+ $(,)?) => {
        pub(super) struct $struct { $($field: crate::schedule_file::xml::NameId),+ }
        impl $struct {
            pub(super) fn of(names: &mut crate::schedule_file::xml::Names) -> Self {
                $struct { $($field: names.id($name)),+ }
            }
        }
    };
}
pub(crate) use names;

/// One element with everything below it, in document order.
#[derive(Default)]
pub(crate) struct Record {
    text: String,
    nodes: Vec<Node>,
    /// Byte of the file at which the record starts.
    pub(crate) at: usize,
    /// Name of the element that holds the record, and the byte at which that one starts: two projects in one file
    /// have the same name.
    pub(crate) parent: NameId,
    pub(crate) parent_at: usize,
}

struct Node {
    name: NameId,
    /// Index after the last node below this one.
    end: u32,
    from: u32,
    to: u32,
}

/// One element of a [`Record`].
#[derive(Clone, Copy)]
pub(crate) struct Element<'r> {
    record: &'r Record,
    index: usize,
}

impl Record {
    /// The record's own element.
    pub(crate) fn root(&self) -> Element<'_> {
        Element {
            record: self,
            index: 0,
        }
    }

    /// The record's name.
    pub(crate) fn name(&self) -> NameId {
        self.nodes.first().map_or(0, |node| node.name)
    }

    fn open(&mut self, name: NameId) -> usize {
        let at = self.text.len() as u32;
        self.nodes.push(Node {
            name,
            end: 0,
            from: at,
            to: at,
        });
        self.nodes.len() - 1
    }

    fn close(&mut self, index: usize) {
        self.nodes[index].end = self.nodes.len() as u32;
    }

    /// Text belongs to an element without elements in it; blanks between elements are nothing.
    fn add_text(&mut self, index: usize, event: &Event) {
        if index + 1 != self.nodes.len() {
            return;
        }
        let before = self.text.len();
        append(event, &mut self.text);
        let node = &mut self.nodes[index];
        if node.from == node.to && self.text[before..].trim().is_empty() {
            self.text.truncate(before);
            return;
        }
        node.to = self.text.len() as u32;
    }
}

impl<'r> Element<'r> {
    fn node(self) -> &'r Node {
        &self.record.nodes[self.index]
    }

    /// Its name.
    pub(crate) fn name(self) -> NameId {
        self.node().name
    }

    /// The element's own text without blanks around it.
    pub(crate) fn text(self) -> &'r str {
        let node = self.node();
        self.record.text[node.from as usize..node.to as usize].trim()
    }

    /// The elements directly in this one.
    pub(crate) fn children(self) -> impl Iterator<Item = Element<'r>> {
        let (record, end) = (self.record, self.node().end as usize);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let node = record.nodes.get(next).filter(|_| next < end)?;
            let child = Element {
                record,
                index: next,
            };
            next = node.end as usize;
            Some(child)
        })
    }

    /// The elements of one name directly in this one.
    pub(crate) fn all(self, name: NameId) -> impl Iterator<Item = Element<'r>> {
        self.children()
            .filter(move |child| child.node().name == name)
    }

    /// The first of them.
    pub(crate) fn child(self, name: NameId) -> Option<Element<'r>> {
        self.all(name).next()
    }

    /// The text of the first of them; empty when there is none.
    pub(crate) fn value(self, name: NameId) -> &'r str {
        self.child(name).map_or("", Element::text)
    }

    /// True for `1` and `true`.
    pub(crate) fn flag(self, name: NameId) -> bool {
        matches!(self.value(name), "1" | "true")
    }
}

/// The text of an XML file, by its mark or declaration; without either UTF-8, GB 18030 or windows-1252. A declaration of
/// UTF-8 that the bytes contradict does not count: that is told.
pub(crate) fn decode<'b>(bytes: &'b [u8], remarks: &mut Remarks) -> Cow<'b, str> {
    let declared = || {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
        let (_, rest) = head.split_once("encoding=")?;
        let label = rest.get(1..)?.split(['"', '\'']).next()?;
        Encoding::for_label(label.as_bytes())
    };
    if Encoding::for_bom(bytes).is_none()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let guessed = text::encoding_of(bytes);
    let narrow = guessed != encoding_rs::UTF_16LE && guessed != encoding_rs::UTF_16BE;
    let said = declared().filter(|_| narrow);
    let encoding = said
        .filter(|said| *said != encoding_rs::UTF_8)
        .unwrap_or(guessed);
    if said == Some(encoding_rs::UTF_8) || said.is_none() && narrow {
        remarks.warning(
            "xml.encoding",
            || "文件开头".to_owned(),
            || format!("文件不是它应有的 UTF-8 编码，按 {} 读取", encoding.name()),
            "请核对名称；有乱码时用原程序重新导出，不要用文本编辑器另存",
        );
    }
    encoding.decode(bytes).0
}

/// Walks through a file.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    names: Names,
    /// By name: go into it instead of taking it as a record.
    containers: Vec<bool>,
    /// By name: pass over it with everything in it.
    skipped: Vec<bool>,
    path: Vec<(NameId, usize)>,
    code: &'static str,
}

impl<'a> Scanner<'a> {
    /// `code` is the code of the finding for a file that cannot be followed to its end.
    pub(crate) fn new(text: &'a str, mut names: Names, code: &'static str, layout: Layout) -> Self {
        let ids: Vec<NameId> = layout
            .containers
            .iter()
            .map(|name| names.id(name))
            .collect();
        let skipped: Vec<NameId> = layout.skipped.iter().map(|name| names.id(name)).collect();
        let marks = |ids: &[NameId]| {
            let mut marks = vec![false; names.ids.len() + 1];
            for id in ids {
                marks[usize::from(*id)] = true;
            }
            marks
        };
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        Scanner {
            text,
            containers: marks(&ids),
            skipped: marks(&skipped),
            names,
            reader,
            path: Vec::new(),
            code,
        }
    }

    /// The next record; false at the end of the file or where it cannot be followed further.
    pub(crate) fn next(&mut self, record: &mut Record, remarks: &mut Remarks) -> bool {
        match self.try_next(record) {
            Ok(more) => more,
            Err(problem) => {
                let line = self.line(self.reader.buffer_position() as usize);
                remarks.error(
                    self.code,
                    || format!("第{line}行"),
                    || format!("{problem}；前面的内容已读入"),
                    "文件可能没有传完，请重新导出、重新传送",
                );
                false
            }
        }
    }

    fn try_next(&mut self, record: &mut Record) -> Result<bool, String> {
        loop {
            let at = self.reader.buffer_position() as usize;
            match self.event()? {
                Event::Start(start) => {
                    let name = self.names.of(start.local_name().as_ref());
                    if self.skips(name) {
                        self.skip(&start)?;
                    } else if self.containers[usize::from(name)] && self.path.len() < DEPTH {
                        self.path.push((name, at));
                    } else {
                        self.begin(record, name, at);
                        self.fill(record)?;
                        return Ok(true);
                    }
                }
                Event::Empty(start) => {
                    let name = self.names.of(start.local_name().as_ref());
                    self.begin(record, name, at);
                    record.close(0);
                    return Ok(true);
                }
                Event::End(_) => {
                    self.path.pop();
                }
                Event::Eof if self.path.is_empty() => return Ok(false),
                Event::Eof => return Err("文件在这里中断".to_owned()),
                _ => {}
            }
        }
    }

    fn event(&mut self) -> Result<Event<'a>, String> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => {
                Err("文件带有文档类型定义（DOCTYPE），为安全起见不读取".to_owned())
            }
            Ok(event) => Ok(event),
            Err(_) => Err("XML 写法有误，读不下去".to_owned()),
        }
    }

    fn skips(&self, name: NameId) -> bool {
        self.skipped[usize::from(name)]
    }

    fn skip(&mut self, start: &BytesStart<'a>) -> Result<(), String> {
        let skipped = self.reader.read_to_end(start.name());
        skipped.map(|_| ()).map_err(|_| "文件在这里中断".to_owned())
    }

    fn begin(&mut self, record: &mut Record, name: NameId, at: usize) {
        record.text.clear();
        record.nodes.clear();
        record.at = at;
        (record.parent, record.parent_at) = self.path.last().copied().unwrap_or((0, 0));
        record.open(name);
    }

    /// Everything up to the end of the record's own element.
    fn fill(&mut self, record: &mut Record) -> Result<(), String> {
        let mut open = vec![0usize];
        while let Some(&current) = open.last() {
            match self.event()? {
                Event::Start(start) => {
                    let name = self.names.of(start.local_name().as_ref());
                    if self.skips(name) {
                        self.skip(&start)?;
                    } else {
                        open.push(record.open(name));
                    }
                }
                Event::Empty(start) => {
                    let index = record.open(self.names.of(start.local_name().as_ref()));
                    record.close(index);
                }
                Event::End(_) => {
                    record.close(current);
                    open.pop();
                }
                Event::Eof => return Err("文件在这里中断".to_owned()),
                event => record.add_text(current, &event),
            }
            if open.len() > DEPTH || record.nodes.len() > NODES {
                return Err("元素层次过深或过多，不像计划文件".to_owned());
            }
        }
        Ok(())
    }

    /// The name with that number.
    pub(crate) fn name_of(&self, id: NameId) -> &'static str {
        self.names.name_of(id)
    }

    /// Line of a byte, counted from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// Which elements of a format hold records, and which nobody needs.
pub(crate) struct Layout {
    pub(crate) containers: &'static [&'static str],
    pub(crate) skipped: &'static [&'static str],
}

/// `PT8H30M0S`, `P1DT2H`: an ISO 8601 duration in minutes, days of 24 hours.
pub(crate) fn iso_duration(text: &str) -> Option<i64> {
    let (sign, text) = match text.trim().strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.trim()),
    };
    let mut rest = text.strip_prefix('P')?;
    let (mut minutes, mut clock) = (0.0, false);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            (clock, rest) = (true, after);
            continue;
        }
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let value: f64 = rest[..end].parse().ok()?;
        minutes += match (rest.as_bytes()[end], clock) {
            (b'H', true) => value * 60.0,
            (b'M', true) => value,
            (b'S', true) => value / 60.0,
            (b'D', false) => value * 1440.0,
            (b'W', false) => value * 10_080.0,
            // Some programs write out what is nothing.
            (b'Y' | b'M', false) if value == 0.0 => 0.0,
            _ => return None,
        };
        rest = &rest[end + 1..];
    }
    let minutes = (sign * minutes).round();
    (minutes.abs() < 1e12).then_some(minutes as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout {
        containers: &["Project", "Tasks"],
        skipped: &["TimephasedData"],
    };

    fn walk(text: &str) -> (Vec<String>, Vec<String>) {
        let mut names = Names::default();
        let (name, link, uid) = (
            names.id("Name"),
            names.id("PredecessorLink"),
            names.id("UID"),
        );
        let mut scanner = Scanner::new(text, names, "x.broken", LAYOUT);
        let (mut record, mut remarks) = (Record::default(), Remarks::new("a.xml"));
        let mut seen = Vec::new();
        while scanner.next(&mut record, &mut remarks) {
            let root = record.root();
            let links: Vec<_> = root.all(link).map(|link| link.value(uid)).collect();
            seen.push(format!("{}|{}", root.value(name), links.join(",")));
        }
        let findings = remarks.into_findings();
        (seen, findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn records_are_cut_out_with_text_and_nested_elements() {
        let text = "<?xml version=\"1.0\"?>\n<Project><Tasks>\n<Task> <Name>A &amp; B &#20027;</Name>\n<TimephasedData><Name>no</Name></TimephasedData><PredecessorLink><UID>3</UID></PredecessorLink><PredecessorLink><UID>4</UID></PredecessorLink></Task>\n<Task><Name><![CDATA[<c>]]></Name><Notes/></Task></Tasks></Project>";
        let (seen, findings) = walk(text);
        assert_eq!(seen, ["A & B 主|3,4", "<c>|"]);
        assert_eq!(findings, [""; 0]);
    }

    #[test]
    fn files_that_are_cut_off_or_wrong_keep_what_came_before() {
        let start = "<Project><Tasks><Task><Name>A</Name></Task>\n";
        let (seen, findings) = walk(&format!("{start}<Task><Na"));
        assert_eq!(seen, ["A|"]);
        assert!(findings[0].starts_with("第2行:"), "{findings:?}");
        let (seen, findings) = walk(&format!("{start}</Wrong>"));
        assert_eq!((seen.len(), findings.len()), (1, 1));
        let deep = format!("{start}{}", "<a>".repeat(100_000));
        assert_eq!(walk(&deep).1.len(), 1);
    }

    #[test]
    fn a_document_type_is_refused_before_any_entity_unfolds() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><Project><Tasks><Task><Name>&b;</Name></Task></Tasks></Project>";
        let (seen, findings) = walk(bomb);
        assert_eq!(seen, [""; 0]);
        assert!(findings[0].contains("DOCTYPE"));
    }

    #[test]
    fn iso_durations_are_minutes() {
        assert_eq!(iso_duration("PT8H30M0S"), Some(510));
        assert_eq!(iso_duration("P1DT2H"), Some(1560));
        assert_eq!(iso_duration("-PT0H6M0S"), Some(-6));
        assert_eq!(iso_duration("PT0.5H"), Some(30));
        assert_eq!(iso_duration("P0Y0M0DT8H0M0S"), Some(480));
        for text in ["", "8h", "PT8", "P8H", "PTxH", "PT1e999H"] {
            assert_eq!(iso_duration(text), None, "{text}");
        }
    }
}
