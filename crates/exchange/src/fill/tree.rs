//! A part of an office file as a tree that is written back as it was read: what nobody touches keeps its bytes.
//! Document types are refused and depth is bounded, so nothing can unfold.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::limits::Refusal;
use crate::worksheet;

/// Elements inside each other. Word needs about ten for each table inside a table.
const DEPTH: usize = 200;
/// Elements, texts and whatever else XML is made of, in all parts of a template: one has thousands. Each becomes about a
/// hundred bytes, the shortest from three.
pub(super) const PIECES: usize = 500_000;

/// What stands inside an element.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// An element.
    Element(Element),
    /// Text and everything else, as it stands in the file.
    Raw(String),
}

/// An element with its attributes as they stand in the file.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    name: String,
    attributes: String,
    /// Content in order.
    pub(crate) nodes: Vec<Node>,
}

/// A part: what stands before the root, and the root.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    before: String,
    /// Root.
    pub(crate) root: Element,
}

impl Part {
    /// Reads a part; `pieces` is how many the template may still have.
    pub(crate) fn read(text: &str, name: &str, pieces: &mut usize) -> Result<Part, Refusal> {
        let broken = || Refusal::Broken(format!("部件 {name} 的内容不完整"));
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        let mut before = String::new();
        let mut open: Vec<Element> = Vec::new();
        loop {
            let from = reader.buffer_position() as usize;
            let event = reader.read_event().map_err(|_| broken())?;
            let to = reader.buffer_position() as usize;
            let raw = text.get(from..to).unwrap_or_default();
            let many = || Refusal::TooLarge(format!("部件 {name} 的层数或内容过多"));
            *pieces = pieces.checked_sub(1).ok_or_else(many)?;
            let done = match event {
                Event::DocType(_) => {
                    return Err(Refusal::Broken(format!("部件 {name} 带有 DOCTYPE")));
                }
                Event::Eof => return Err(broken()),
                Event::Start(start) => {
                    if open.len() >= DEPTH {
                        return Err(many());
                    }
                    open.push(Element::started(
                        start.name().as_ref(),
                        start.attributes_raw(),
                    ));
                    continue;
                }
                Event::Empty(start) => Some(Element::started(
                    start.name().as_ref(),
                    start.attributes_raw(),
                )),
                Event::End(_) => open.pop(),
                _ => {
                    match open.last_mut() {
                        Some(element) => element.nodes.push(Node::Raw(raw.to_owned())),
                        None => before.push_str(raw),
                    }
                    None
                }
            };
            let Some(element) = done else { continue };
            match open.last_mut() {
                Some(parent) => parent.nodes.push(Node::Element(element)),
                None => {
                    return Ok(Part {
                        before,
                        root: element,
                    });
                }
            }
        }
    }

    /// The part as a file has it.
    pub(crate) fn write(&self) -> String {
        let mut text = self.before.clone();
        self.root.write(&mut text);
        text
    }
}

impl Element {
    fn started(name: &str, attributes: &str) -> Element {
        Element {
            name: name.to_owned(),
            attributes: attributes.trim_end().to_owned(),
            nodes: Vec::new(),
        }
    }

    /// A new element of the same name space as this one.
    pub(crate) fn beside(&self, local: &str) -> Element {
        Element {
            name: self
                .prefix()
                .map_or_else(|| local.to_owned(), |prefix| format!("{prefix}:{local}")),
            attributes: String::new(),
            nodes: Vec::new(),
        }
    }

    /// The prefix of the name.
    pub(crate) fn prefix(&self) -> Option<&str> {
        self.name.split_once(':').map(|(prefix, _)| prefix)
    }

    /// The name without its prefix.
    pub(crate) fn local(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or(&self.name)
    }

    /// The elements directly inside.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(Node::element)
    }

    /// The same, to be changed.
    pub(crate) fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.nodes.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Raw(_) => None,
        })
    }

    /// The first element of a name directly inside.
    pub(crate) fn child(&self, local: &str) -> Option<&Element> {
        self.elements().find(|element| element.local() == local)
    }

    /// The same, to be changed.
    pub(crate) fn child_mut(&mut self, local: &str) -> Option<&mut Element> {
        self.elements_mut().find(|element| element.local() == local)
    }

    /// The text directly inside, entities resolved.
    pub(crate) fn text(&self) -> String {
        let raw: String = self
            .nodes
            .iter()
            .filter_map(|node| match node {
                Node::Raw(raw) => Some(raw.as_str()),
                Node::Element(_) => None,
            })
            .collect();
        unescaped(&raw)
    }

    /// Puts a text in place of everything inside.
    pub(crate) fn set_text(&mut self, text: &str) {
        self.nodes = vec![Node::Raw(escaped(text))];
        // Blanks at the ends are kept only where this is said.
        if text.trim() != text && self.local() == "t" {
            self.set("xml:space", "preserve");
        }
    }

    /// An attribute by its whole name, entities resolved.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        let (_, value) = self.pairs().into_iter().find(|(name, _)| name == key)?;
        Some(unescaped(&value))
    }

    /// An attribute by its name without a prefix, which is the producer's choice.
    pub(crate) fn get_local(&self, local: &str) -> Option<String> {
        let is = |name: &str| name.rsplit(':').next() == Some(local);
        let (_, value) = self.pairs().into_iter().find(|(name, _)| is(name))?;
        Some(unescaped(&value))
    }

    /// Sets an attribute; the others keep their order.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        let mut pairs = self.pairs();
        let value = escaped(value).replace('"', "&quot;");
        match pairs.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => pairs.push((key.to_owned(), value)),
        }
        self.attributes = joined(&pairs);
    }

    /// Takes out the attributes that are not wanted.
    pub(crate) fn keep(&mut self, wanted: impl Fn(&str) -> bool) {
        let mut pairs = self.pairs();
        let all = pairs.len();
        pairs.retain(|(name, _)| wanted(name));
        if pairs.len() < all {
            self.attributes = joined(&pairs);
        }
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let mut rest = self.attributes.trim_start();
        let mut pairs = Vec::new();
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                break;
            };
            let Some((value, after)) = after[1..].split_once(quote) else {
                break;
            };
            pairs.push((name.trim().to_owned(), value.replace('"', "&quot;")));
            rest = after.trim_start();
        }
        pairs
    }

    /// Bytes that it takes in memory, roughly: a node and two small allocations for each piece.
    pub(crate) fn weight(&self) -> usize {
        let inner = self.nodes.iter().map(Node::weight);
        self.name.len() + self.attributes.len() + inner.sum::<usize>()
    }

    fn write(&self, text: &mut String) {
        text.push('<');
        text.push_str(&self.name);
        text.push_str(&self.attributes);
        if self.nodes.is_empty() {
            text.push_str("/>");
            return;
        }
        text.push('>');
        for node in &self.nodes {
            match node {
                Node::Element(element) => element.write(text),
                Node::Raw(raw) => text.push_str(raw),
            }
        }
        text.push_str("</");
        text.push_str(&self.name);
        text.push('>');
    }
}

impl Node {
    /// The element, when it is one.
    pub(crate) fn element(&self) -> Option<&Element> {
        match self {
            Node::Element(element) => Some(element),
            Node::Raw(_) => None,
        }
    }

    /// Bytes that it takes in memory, roughly.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Node>()
            + 32
            + match self {
                Node::Element(element) => element.weight(),
                Node::Raw(raw) => raw.len(),
            }
    }
}

fn joined(pairs: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| format!(" {name}=\"{value}\"");
    pairs.iter().map(one).collect()
}

/// A text as XML has it; what XML cannot hold is left out.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

fn unescaped(raw: &str) -> String {
    let mut reader = Reader::from_str(raw);
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Eof) | Err(_) => return text,
            Ok(event) => worksheet::append(&event, &mut text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<?xml version=\"1.0\"?>\n<w:a x='1' w:y=\"a&amp;b\"><!-- n --><w:t xml:space=\"preserve\"> 甲&lt;乙 </w:t><w:b/></w:a>";

    fn read(text: &str) -> Result<Part, Refusal> {
        Part::read(text, "t", &mut PIECES.clone())
    }

    fn part(text: &str) -> Part {
        read(text).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn what_nobody_touches_is_written_as_it_was_read() {
        assert_eq!(part(TEXT).write(), TEXT);
    }

    #[test]
    fn texts_and_attributes_are_read_and_set_with_their_entities() {
        let mut part = part(TEXT);
        assert_eq!(part.root.get("w:y").as_deref(), Some("a&b"));
        assert_eq!(
            part.root.child("t").map(Element::text).as_deref(),
            Some(" 甲<乙 ")
        );
        part.root.set("x", "<\"2\"");
        part.root.keep(|name| name == "x");
        let t = part.root.child_mut("t").expect("t");
        t.set_text("a&b\u{1}");
        assert!(part.write().contains(
            "<w:a x=\"&lt;&quot;2&quot;\"><!-- n --><w:t xml:space=\"preserve\">a&amp;b</w:t>"
        ));
    }

    #[test]
    fn a_document_type_and_a_torn_part_are_refused() {
        assert!(read("<!DOCTYPE a [<!ENTITY b \"c\">]><a/>").is_err());
        assert!(read("<a><b></a>").is_err());
        assert!(read(&"<a>".repeat(DEPTH + 5)).is_err());
    }

    #[test]
    fn whatever_takes_memory_is_counted() {
        for (text, pieces) in [
            ("<a><b/><b/></a>", 4),
            ("<a><b></b>x</a>", 5),
            ("<a>x<!-- -->y</a>", 5),
            ("<a>x&amp;y</a>", 5),
        ] {
            let mut left = pieces;
            assert!(Part::read(text, "t", &mut left).is_ok(), "{text}");
            assert_eq!(left, 0, "{text}");
            let mut left = pieces - 1;
            assert!(Part::read(text, "t", &mut left).is_err(), "{text}");
        }
    }
}
