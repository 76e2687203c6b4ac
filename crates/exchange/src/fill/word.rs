//! A .docx: body, page heads and feet are filled; everything else goes over untouched.

use super::At;
use super::repeat::{Filler, Shape};
use super::tree::{Element, Node, Part};

/// Elements of Word.
pub(super) const SHAPE: Shape = Shape {
    row: "tr",
    paragraph: "p",
};

/// The body.
pub(super) const BODY: &str = "word/document.xml";

/// Parts that hold text, with what people call them. Names differ in case between producers.
pub(super) fn parts(names: &[String]) -> Vec<(String, &'static str)> {
    let called = |name: &String| {
        let lower = name.to_ascii_lowercase();
        let file = lower.strip_prefix("word/")?;
        let word = match file {
            "document.xml" => "",
            "footnotes.xml" | "endnotes.xml" => " 脚注",
            _ if file.starts_with("header") && file.ends_with(".xml") => " 页眉",
            _ if file.starts_with("footer") && file.ends_with(".xml") => " 页脚",
            _ => return None,
        };
        Some((name.clone(), word))
    };
    names.iter().filter_map(called).collect()
}

/// Fills a part.
pub(super) fn fill(part: &mut Part, filler: &Filler<'_>) {
    let nodes = std::mem::take(&mut part.root.nodes);
    part.root.nodes = filler.blocks(nodes, At::default());
}

/// Adds lines at the end of the body, before its page set-up.
pub(super) fn add_notes(part: &mut Part, notes: &[String]) {
    let Some(body) = part.root.child_mut("body") else {
        return;
    };
    let end = body
        .nodes
        .iter()
        .rposition(|node| node.element().is_some_and(|one| one.local() == "sectPr"))
        .unwrap_or(body.nodes.len());
    let lines: Vec<Node> = notes
        .iter()
        .map(|line| Node::Element(note(body, line)))
        .collect();
    body.nodes.splice(end..end, lines);
}

/// A line in small type: 小五, as notes under tables are set.
fn note(body: &Element, line: &str) -> Element {
    let mut size = body.beside("sz");
    size.set(&format!("{}val", prefix(body)), "18");
    let mut format = body.beside("rPr");
    format.nodes.push(Node::Element(size));
    let mut run = body.beside("r");
    run.nodes.push(Node::Element(format));
    let mut text = body.beside("t");
    text.set_text(line);
    run.nodes.push(Node::Element(text));
    let mut paragraph = body.beside("p");
    paragraph.nodes.push(Node::Element(run));
    paragraph
}

fn prefix(body: &Element) -> String {
    body.prefix()
        .map_or_else(String::new, |prefix| format!("{prefix}:"))
}
