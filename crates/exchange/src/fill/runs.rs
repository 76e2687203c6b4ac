//! The text of a paragraph or cell across its runs. Word splits what was typed in one go over several runs (spelling,
//! revisions, a changed font), so marks are looked for in the joined text and put back into the run they began in.

use super::marks::{Mark, marks};
use super::tree::{Element, Node};

/// What has a text of its own inside a paragraph: text boxes, phonetic guides.
const APART: [&str; 4] = ["p", "txbxContent", "tbl", "rPh"];

/// The joined text.
pub(crate) fn text_of(paragraph: &Element) -> String {
    let mut text = String::new();
    read(paragraph, &mut text);
    text
}

fn read(element: &Element, text: &mut String) {
    for inner in element.elements() {
        match inner.local() {
            "t" => text.push_str(&inner.text()),
            name if APART.contains(&name) => {}
            _ => read(inner, text),
        }
    }
}

fn runs<'p>(element: &'p mut Element, found: &mut Vec<&'p mut Element>) {
    for inner in element.elements_mut() {
        match inner.local() {
            "t" => found.push(inner),
            name if APART.contains(&name) => {}
            _ => runs(inner, found),
        }
    }
}

/// Puts texts in place of ranges of the joined text, in order. The format is that of the run a range begins in.
pub(crate) fn splice(paragraph: &mut Element, edits: &[(usize, usize, String)]) {
    let mut found = Vec::new();
    runs(paragraph, &mut found);
    let mut start = 0;
    for run in found {
        let old = run.text();
        let end = start + old.len();
        let (mut new, mut at) = (String::new(), start);
        for (from, to, text) in edits {
            if *from >= start && *from < end {
                new.push_str(old.get(at - start..from - start).unwrap_or_default());
                new.push_str(text);
                at = *from;
            }
            if *from < end && *to > at {
                at = (*to).min(end);
            }
        }
        new.push_str(old.get(at - start..).unwrap_or_default());
        if new != old {
            run.set_text(&new);
        }
        start = end;
    }
}

/// Puts one text in place of all of it; a paragraph without a run stays empty.
pub(crate) fn set_whole(paragraph: &mut Element, text: &str) {
    let length = text_of(paragraph).len();
    splice(paragraph, &[(0, length, text.to_owned())]);
}

/// Line ends become breaks of the format: `br` beside the text in Word, a real line end in a cell.
pub(crate) fn break_lines(element: &mut Element) {
    let mut nodes = Vec::with_capacity(element.nodes.len());
    for mut node in std::mem::take(&mut element.nodes) {
        match &mut node {
            Node::Element(inner) if inner.local() == "t" && inner.text().contains('\n') => {
                for (at, line) in inner.text().split('\n').enumerate() {
                    if at > 0 {
                        nodes.push(Node::Element(inner.beside("br")));
                    }
                    let mut text = inner.clone();
                    text.set_text(line);
                    nodes.push(Node::Element(text));
                }
                continue;
            }
            Node::Element(inner) => break_lines(inner),
            Node::Raw(_) => {}
        }
        nodes.push(node);
    }
    element.nodes = nodes;
}

/// Calls `visit` for every paragraph (`p`) or cell (`c`) below a node, itself included, in document order.
pub(crate) fn each<'n>(element: &'n Element, name: &str, visit: &mut dyn FnMut(&'n Element)) {
    if element.local() == name {
        visit(element);
    }
    for inner in element.elements() {
        each(inner, name, visit);
    }
}

/// The marks below a node in document order.
pub(crate) fn marks_in(element: &Element, paragraph: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    each(element, paragraph, &mut |one| {
        found.extend(marks(&text_of(one)).0)
    });
    found
}

/// Whether nothing is written below a node.
pub(crate) fn is_blank(element: &Element, paragraph: &str) -> bool {
    let mut blank = true;
    each(element, paragraph, &mut |one| {
        blank &= text_of(one).trim().is_empty()
    });
    blank
}

/// Takes out the first mark that is wanted; false when there is none.
pub(crate) fn cut(element: &mut Element, paragraph: &str, wanted: &dyn Fn(&Mark) -> bool) -> bool {
    if element.local() == paragraph {
        let (found, _) = marks(&text_of(element));
        if let Some(mark) = found.iter().find(|mark| wanted(mark)) {
            splice(element, &[(mark.from, mark.to, String::new())]);
            return true;
        }
    }
    element
        .elements_mut()
        .any(|inner| cut(inner, paragraph, wanted))
}

#[cfg(test)]
mod tests {
    use super::super::tree::Part;
    use super::*;

    const SPLIT: &str = "<w:p><w:r><w:t>共{{指标</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr><w:t>.排查</w:t></w:r><w:r><w:t>数}}处</w:t></w:r></w:p>";

    fn paragraph(text: &str) -> Element {
        Part::read(text, "p", &mut 100)
            .unwrap_or_else(|error| panic!("{error}"))
            .root
    }

    #[test]
    fn a_mark_split_over_three_runs_is_one_mark_and_its_text_goes_to_the_first() {
        let mut p = paragraph(SPLIT);
        let text = text_of(&p);
        let (found, _) = marks(&text);
        assert_eq!(found.len(), 1);
        splice(&mut p, &[(found[0].from, found[0].to, "12".to_owned())]);
        assert_eq!(text_of(&p), "共12处");
        let mut all = Vec::new();
        runs(&mut p, &mut all);
        let texts: Vec<String> = all.iter().map(|run| run.text()).collect();
        assert_eq!(texts, ["共12", "", "处"]);
    }

    #[test]
    fn two_marks_in_one_run_are_both_replaced() {
        let mut p = paragraph("<w:p><w:r><w:t>{{甲}}和{{乙}}</w:t></w:r></w:p>");
        let (found, _) = marks(&text_of(&p));
        let edits: Vec<_> = found
            .iter()
            .map(|m| (m.from, m.to, format!("<{}>", m.word)))
            .collect();
        splice(&mut p, &edits);
        assert_eq!(text_of(&p), "<甲>和<乙>");
    }

    #[test]
    fn line_ends_become_breaks() {
        let mut p = paragraph("<w:p><w:r><w:t>甲</w:t></w:r></w:p>");
        set_whole(&mut p, "一\n二");
        break_lines(&mut p);
        let run = p.child("r").expect("a run");
        let names: Vec<&str> = run.elements().map(Element::local).collect();
        assert_eq!(names, ["t", "br", "t"]);
    }
}
