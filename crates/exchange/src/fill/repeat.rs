//! What is repeated in a template, and how often: `{{#记录}}` … `{{/记录}}` around paragraphs or table rows, and a table
//! row that holds `{{记录.…}}` or `{{分组.…}}` without more ado. The same for Word (`tr`, `p`) and Excel (`row`, `c`).

use std::cell::Cell;

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
    /// What may still be written.
    pub left: &'s Budget,
}

/// Bytes of memory that what is filled in may still take; none once they ran out.
pub(crate) struct Budget(Cell<Option<usize>>);

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Budget(Cell::new(Some(bytes)))
    }

    /// Takes some; false when there are not so many left, and from then on.
    pub(crate) fn spend(&self, bytes: usize) -> bool {
        let left = self.0.get().and_then(|left| left.checked_sub(bytes));
        self.0.set(left);
        left.is_some()
    }

    /// Whether more was wanted than there was.
    pub(crate) fn is_spent(&self) -> bool {
        self.0.get().is_none()
    }
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

/// The loop that begins in a block: a paragraph or row among its siblings. Only those that are `free` begin: not one
/// inside itself, which would multiply, and not one of which a sibling before knows that nothing closes it.
pub(crate) fn opened(
    nodes: &[Node],
    at: usize,
    shape: Shape,
    free: &dyn Fn(Loop) -> bool,
) -> Option<Opened> {
    let block = nodes[at].element().filter(|one| is_block(one, shape))?;
    let found = marks_in(block, shape.paragraph);
    let open = |mark: &Mark| mark.kind == MarkKind::Open && Loop::of(&mark.word).is_some_and(free);
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
pub(crate) fn unmarked(mut body: Vec<Node>, of: Loop, shape: Shape) -> Vec<Node> {
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
fn body(nodes: Vec<Node>, of: Loop, shape: Shape) -> Vec<Node> {
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
    pub(crate) fn blocks(&self, mut nodes: Vec<Node>, at: At) -> Vec<Node> {
        let mut out = Vec::with_capacity(nodes.len());
        let (mut index, mut unclosed) = (0, Vec::new());
        while index < nodes.len() {
            let free = |of: Loop| !at.is_in(of) && !unclosed.contains(&of);
            match opened(&nodes, index, self.shape, &free) {
                Some(Opened { of, end: Some(end) }) => {
                    let nodes = nodes[index..=end].iter_mut().map(taken).collect();
                    let body = body(nodes, of, self.shape);
                    out.extend(self.rounds(&body, of, at));
                    index = end + 1;
                    continue;
                }
                Some(Opened { of, end: None }) => unclosed.push(of),
                None => {}
            }
            let node = taken(&mut nodes[index]);
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
        let weight: usize = body.iter().map(Node::weight).sum();
        if !self.left.spend(weight.saturating_mul(count)) {
            return Vec::new();
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
            MarkKind::Word => {
                let text = self.source.value(&mark.word, at).text;
                let fits = self.left.spend(text.len());
                if fits { text } else { Default::default() }
            }
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

/// A node out of its list, which is not copied: at each level that would be everything below it once more.
fn taken(node: &mut Node) -> Node {
    std::mem::replace(node, Node::Raw(String::new()))
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

#[cfg(test)]
mod tests {
    use super::super::Piece;
    use super::super::tree::Part;
    use super::*;

    /// A hundred records of ten bytes.
    struct Hundred;

    impl Source for Hundred {
        fn count(&self, _: Loop, _: At) -> usize {
            100
        }

        fn value(&self, _: &str, _: At) -> Piece {
            Piece {
                text: "0123456789".to_owned(),
                number: None,
            }
        }
    }

    fn filler(left: &Budget) -> Filler<'_> {
        Filler {
            source: &Hundred,
            shape: super::super::word::SHAPE,
            special: &|_, _, _| false,
            left,
        }
    }

    /// How many paragraphs come out, and whether the budget was enough.
    fn check(text: &str, bytes: usize, expect: (usize, bool)) {
        let text = format!("<a>{text}</a>");
        let part = Part::read(&text, "a", &mut 1_000).unwrap_or_else(|error| panic!("{error}"));
        let left = Budget::new(bytes);
        let filler = filler(&left);
        let out = filler.blocks(part.root.nodes, At::default());
        assert_eq!((out.len(), !left.is_spent()), expect, "{text}");
    }

    #[test]
    fn copies_and_values_are_written_as_long_as_the_budget_lasts() {
        let row = "<tr><p><r><t>{{记录.名称}}</t></r></p></tr>";
        check(row, 100_000, (100, true));
        check(row, 50_000, (0, false));
        let value = "<p><r><t>{{期间}}</t></r></p>";
        check(&value.repeat(10), 100, (10, true));
        check(&value.repeat(11), 100, (11, false));
    }

    #[test]
    fn what_is_not_repeated_is_not_copied() {
        let text = "<a><b><c>甲</c></b></a>";
        let part = Part::read(text, "a", &mut 100).unwrap_or_else(|error| panic!("{error}"));
        let place = |nodes: &[Node]| {
            let b = nodes.first().and_then(Node::element);
            let c = b.and_then(|b| b.child("c")).expect("c");
            match &c.nodes[0] {
                Node::Raw(text) => text.as_ptr(),
                Node::Element(_) => panic!("a text"),
            }
        };
        let before = place(&part.root.nodes);
        let left = Budget::new(100);
        let after = filler(&left).blocks(part.root.nodes, At::default());
        assert_eq!(place(&after), before);
    }

    #[test]
    fn a_loop_inside_itself_does_not_multiply() {
        let twice = "<p><r><t>{{#记录}}{{#记录}}{{记录.名称}}{{/记录}}{{/记录}}</t></r></p>";
        check(twice, 1 << 20, (100, true));
    }
}
