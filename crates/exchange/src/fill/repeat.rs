//! What is repeated in a template, and how often: `{{#记录}}` … `{{/记录}}` around paragraphs or table rows, and a table
//! row that holds `{{记录.…}}` or `{{分组.…}}` without more ado. The same for Word (`tr`, `p`) and Excel (`row`, `c`).

use super::marks::{Mark, MarkKind, marks};
use super::runs::{break_lines, cut, each, is_blank, marks_in, set_whole, splice, text_of};
use super::tree::{Element, Node};
use super::{At, Loop, Source};

/// What stands in place of rows that are not there.
const NONE: &str = "（本期没有记录）";

/// The elements of a format that hold text.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Row of a table.
    pub row: &'static str,
    /// Paragraph or cell.
    pub paragraph: &'static str,
}

/// Fills a format's elements.
pub(crate) struct Filler<'s> {
    /// Values.
    pub source: &'s dyn Source,
    /// Elements.
    pub shape: Shape,
    /// Fills a paragraph whose marks are these; the usual way when it says false.
    pub special: &'s dyn Fn(&mut Element, &[Mark], At) -> bool,
}

/// A loop that begins in a block.
pub(crate) struct Opened {
    /// What is repeated.
    pub of: Loop,
    /// Block in which it ends; none when nothing closes it.
    pub end: Option<usize>,
}

impl Loop {
    /// The word of a loop.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Loop::Groups => "分组",
            Loop::Records => "记录",
        }
    }

    /// The loop of a word.
    pub(crate) fn of(word: &str) -> Option<Loop> {
        [Loop::Groups, Loop::Records]
            .into_iter()
            .find(|one| one.word() == word)
    }

    /// Whether a word is a value of what this repeats.
    pub(crate) fn owns(self, word: &str) -> bool {
        word.strip_prefix(self.word())
            .is_some_and(|rest| rest.starts_with('.'))
    }
}

impl At {
    /// Whether this loop is entered already.
    pub(crate) fn is_in(self, of: Loop) -> bool {
        match of {
            Loop::Groups => self.group.is_some(),
            Loop::Records => self.record.is_some(),
        }
    }

    /// Within one round of a loop.
    pub(crate) fn with(self, of: Loop, round: usize) -> At {
        match of {
            Loop::Groups => At {
                group: Some(round),
                ..self
            },
            Loop::Records => At {
                record: Some(round),
                ..self
            },
        }
    }
}

/// The loop that begins in a block: a paragraph or row among its siblings.
pub(crate) fn opened(nodes: &[Node], at: usize, shape: Shape) -> Option<Opened> {
    let block = nodes[at].element().filter(|one| is_block(one, shape))?;
    let found = marks_in(block, shape.paragraph);
    let open = |mark: &Mark| mark.kind == MarkKind::Open && Loop::of(&mark.word).is_some();
    let first = found.iter().position(open)?;
    let of = Loop::of(&found[first].word)?;
    let closes = |mark: &Mark| mark.kind == MarkKind::Close && mark.word == of.word();
    if found[first..].iter().any(closes) {
        // A loop that begins and ends in one cell repeats the paragraphs of that cell and not the row.
        let mut cells = block.elements().filter(|cell| cell.local() == "tc");
        let own = |cell: &Element| {
            let found = marks_in(cell, shape.paragraph);
            found.iter().any(open) && found.iter().any(closes)
        };
        let in_cell = cells.any(own);
        return (!in_cell).then_some(Opened { of, end: Some(at) });
    }
    let after = nodes.iter().enumerate().skip(at + 1);
    let mut after = after.filter_map(|(index, node)| Some((index, node.element()?)));
    let end = after.find(|(_, block)| {
        is_block(block, shape) && marks_in(block, shape.paragraph).iter().any(closes)
    });
    Some(Opened {
        of,
        end: end.map(|(index, _)| index),
    })
}

fn is_block(element: &Element, shape: Shape) -> bool {
    element.local() == shape.row || element.local() == shape.paragraph
}

/// The blocks of a loop without its own two marks.
pub(crate) fn unmarked(nodes: &[Node], of: Loop, shape: Shape) -> Vec<Node> {
    let mut body: Vec<Node> = nodes.to_vec();
    let last = body.len().saturating_sub(1);
    let ends = [(0, MarkKind::Open), (last, MarkKind::Close)];
    for (index, kind) in ends {
        if let Some(Node::Element(block)) = body.get_mut(index) {
            cut(block, shape.paragraph, &|mark| {
                mark.kind == kind && mark.word == of.word()
            });
        }
    }
    body
}

/// The same, without blocks that held nothing but a mark.
fn body(nodes: &[Node], of: Loop, shape: Shape) -> Vec<Node> {
    let mut body = unmarked(nodes, of, shape);
    let last = body.len().saturating_sub(1);
    let mut index = 0;
    body.retain(|node| {
        let edge = index == 0 || index == last;
        index += 1;
        let blank = |block: &Element| is_block(block, shape) && is_blank(block, shape.paragraph);
        !(edge && node.element().is_some_and(blank))
    });
    body
}

/// The loop that a row runs through because of the words in it.
pub(crate) fn implied(node: &Node, at: At, shape: Shape) -> Option<Loop> {
    let row = node.element().filter(|one| one.local() == shape.row)?;
    let found = marks_in(row, shape.paragraph);
    let wanted = |of: &Loop| {
        let mut depth = 0usize;
        let free = |mark: &Mark| {
            match mark.kind {
                MarkKind::Open if mark.word == of.word() => depth += 1,
                MarkKind::Close if mark.word == of.word() => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && mark.kind == MarkKind::Word && of.owns(&mark.word)
        };
        !at.is_in(*of) && found.iter().any(free)
    };
    [Loop::Groups, Loop::Records].into_iter().find(wanted)
}

impl Filler<'_> {
    /// The blocks of a container, filled and repeated.
    pub(crate) fn blocks(&self, nodes: Vec<Node>, at: At) -> Vec<Node> {
        let mut out = Vec::with_capacity(nodes.len());
        let mut index = 0;
        while index < nodes.len() {
            if let Some(Opened { of, end: Some(end) }) = opened(&nodes, index, self.shape) {
                let body = body(&nodes[index..=end], of, self.shape);
                out.extend(self.rounds(&body, of, at));
                index = end + 1;
                continue;
            }
            let node = nodes[index].clone();
            match implied(&node, at, self.shape) {
                Some(of) => out.extend(self.rounds(&[node], of, at)),
                None => out.push(self.node(node, at)),
            }
            index += 1;
        }
        out
    }

    fn rounds(&self, body: &[Node], of: Loop, at: At) -> Vec<Node> {
        let count = self.source.count(of, at);
        if count == 0 {
            return self.nothing(body).into_iter().collect();
        }
        let mut out = Vec::new();
        for round in 0..count {
            let mut copy = body.to_vec();
            copy.iter_mut().for_each(|node| {
                if round > 0 {
                    forget_ids(node)
                }
            });
            out.extend(self.blocks(copy, at.with(of, round)));
        }
        out
    }

    /// One row or paragraph that says so: an empty table would look like a fault.
    fn nothing(&self, body: &[Node]) -> Option<Node> {
        let block = |node: &&Node| node.element().is_some_and(|one| is_block(one, self.shape));
        let mut node = body.iter().find(block)?.clone();
        let mut said = false;
        if let Node::Element(element) = &mut node {
            self.say_nothing(element, &mut said);
        }
        Some(node)
    }

    fn say_nothing(&self, element: &mut Element, said: &mut bool) {
        if element.local() == self.shape.paragraph && !marks(&text_of(element)).0.is_empty() {
            set_whole(element, if *said { "" } else { NONE });
            *said = true;
        }
        for inner in element.elements_mut() {
            self.say_nothing(inner, said);
        }
    }

    fn node(&self, node: Node, at: At) -> Node {
        let Node::Element(mut element) = node else {
            return node;
        };
        if element.local() == self.shape.paragraph {
            self.paragraph(&mut element, at);
            self.boxes(&mut element, at);
        } else {
            element.nodes = self.blocks(std::mem::take(&mut element.nodes), at);
        }
        Node::Element(element)
    }

    fn paragraph(&self, paragraph: &mut Element, at: At) {
        let (found, _) = marks(&text_of(paragraph));
        if found.is_empty() || (self.special)(paragraph, &found, at) {
            return;
        }
        let text = |mark: &Mark| match mark.kind {
            MarkKind::Word => self.source.value(&mark.word, at).text,
            _ => String::new(),
        };
        let edits: Vec<_> = found
            .iter()
            .map(|mark| (mark.from, mark.to, text(mark)))
            .collect();
        splice(paragraph, &edits);
        // A cell keeps its line ends.
        if self.shape.paragraph == "p" {
            break_lines(paragraph);
        }
    }

    /// Text boxes stand inside a paragraph.
    fn boxes(&self, element: &mut Element, at: At) {
        for inner in element.elements_mut() {
            if inner.local() == "txbxContent" {
                inner.nodes = self.blocks(std::mem::take(&mut inner.nodes), at);
            } else {
                self.boxes(inner, at);
            }
        }
    }
}

/// Ids of paragraphs and bookmarks are unique in a document: a copy has none.
fn forget_ids(node: &mut Node) {
    let Node::Element(element) = node else { return };
    element.keep(|name| !matches!(name, "w14:paraId" | "w14:textId"));
    element.nodes.retain(|node| {
        let local = node.element().map(Element::local);
        !matches!(local, Some("bookmarkStart" | "bookmarkEnd"))
    });
    element.nodes.iter_mut().for_each(forget_ids);
}

/// Whether a mark of either kind is anywhere below an element.
pub(crate) fn has_marks(element: &Element, shape: Shape) -> bool {
    let mut found = false;
    each(element, shape.paragraph, &mut |one| {
        found |= text_of(one).contains(['{', '｛'])
    });
    found
}
