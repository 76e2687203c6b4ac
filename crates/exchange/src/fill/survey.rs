//! What a template asks for, and what is wrong with it, before anything is filled in. Places are told as people find
//! them: 第3段, 表1第2行第4格, 周报!B5.

use ground::Finding;

use super::marks::{Mark, MarkKind, marks};
use super::repeat::{Opened, Shape, implied, opened, unmarked};
use super::runs::text_of;
use super::tree::{Element, Node};
use super::{At, Loop};

/// Findings of one template: nobody reads more, and each is held against those before it.
const FINDINGS: usize = 200;

/// A word with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Word between the braces.
    pub word: String,
    /// Where.
    pub place: String,
}

/// What a template asks for.
#[derive(Clone, Default, Debug)]
pub struct Survey {
    /// Words in order.
    pub words: Vec<Asked>,
    /// What cannot be followed: braces and loops nobody closes, rows' values outside rows; as warnings, what stays where
    /// it was when rows multiply.
    pub findings: Vec<Finding>,
    /// What is repeated, once each.
    pub loops: Vec<Loop>,
}

/// Where the walk is.
#[derive(Clone, Copy, Default)]
struct Where {
    paragraph: usize,
    table: usize,
    row: usize,
    cell: usize,
}

/// Goes through a part.
pub(super) struct Walk<'w> {
    /// Elements.
    pub shape: Shape,
    /// `周报.docx`, `周报.docx 页眉`.
    pub head: String,
    /// What is found.
    pub survey: &'w mut Survey,
    at: Where,
}

impl<'w> Walk<'w> {
    pub(super) fn new(shape: Shape, head: String, survey: &'w mut Survey) -> Self {
        Walk {
            shape,
            head,
            survey,
            at: Where::default(),
        }
    }

    pub(super) fn blocks(&mut self, nodes: &[Node], at: At) {
        let (mut index, mut unclosed) = (0, Vec::new());
        while index < nodes.len() {
            let free = |of: Loop| !at.is_in(of) && !unclosed.contains(&of);
            match opened(nodes, index, self.shape, &free) {
                Some(Opened { of, end: Some(end) }) => {
                    self.note(of);
                    let body = unmarked(nodes[index..=end].to_vec(), of, self.shape);
                    self.blocks(&body, at.with(of, 0));
                    index = end + 1;
                    continue;
                }
                Some(Opened { of, end: None }) => {
                    self.unclosed(of);
                    unclosed.push(of);
                }
                None => {}
            }
            match implied(&nodes[index], at, self.shape) {
                Some(of) => {
                    self.note(of);
                    self.blocks(&nodes[index..=index], at.with(of, 0));
                }
                None => self.node(&nodes[index], at),
            }
            index += 1;
        }
    }

    fn note(&mut self, of: Loop) {
        if !self.survey.loops.contains(&of) {
            self.survey.loops.push(of);
        }
    }

    fn node(&mut self, node: &Node, at: At) {
        let Some(element) = node.element() else {
            return;
        };
        match element.local() {
            "tbl" => {
                self.at = Where {
                    table: self.at.table + 1,
                    row: 0,
                    cell: 0,
                    ..self.at
                }
            }
            name if name == self.shape.row => {
                self.at = Where {
                    row: self.at.row + 1,
                    cell: 0,
                    ..self.at
                }
            }
            "tc" => self.at.cell += 1,
            "p" if self.at.row == 0 => self.at.paragraph += 1,
            _ => {}
        }
        if element.local() == self.shape.paragraph {
            self.paragraph(element, at);
            self.boxes(element, at);
            return;
        }
        self.blocks(&element.nodes, at);
        if element.local() == "tbl" {
            self.at = Where {
                row: 0,
                cell: 0,
                ..self.at
            };
        }
    }

    fn boxes(&mut self, element: &Element, at: At) {
        for inner in element.elements() {
            match inner.local() {
                "txbxContent" => self.blocks(&inner.nodes, at),
                // The same box once more, for programs that cannot draw it.
                "Fallback" => {}
                _ => self.boxes(inner, at),
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Element, at: At) {
        let (found, torn) = marks(&text_of(paragraph));
        let place = self.place(paragraph);
        for text in torn {
            let problem = format!("“{{{{{text}”只有左边的花括号。");
            self.tell(
                "report.braces",
                &place,
                problem,
                "请在后面补上 }}，或删去 {{。",
            );
        }
        for mark in found {
            self.mark(mark, at, &place);
        }
    }

    fn mark(&mut self, mark: Mark, at: At, place: &str) {
        let said = format!("{{{{{}}}}}", mark.word);
        let outside = |of: &Loop| of.owns(&mark.word) && !at.is_in(*of);
        match mark.kind {
            MarkKind::Word => {
                if let Some(of) = [Loop::Groups, Loop::Records].into_iter().find(outside) {
                    let word = of.word();
                    let remedy = format!(
                        "请把它写在表格的一行里，或写在 {{{{#{word}}}}} 和 {{{{/{word}}}}} 之间。"
                    );
                    self.tell(
                        "report.outside",
                        place,
                        format!("“{said}”不知道是哪一条{word}的。"),
                        remedy,
                    );
                }
                self.survey.words.push(Asked {
                    word: mark.word,
                    place: place.to_owned(),
                });
            }
            MarkKind::Open if Loop::of(&mark.word).is_some_and(|of| at.is_in(of)) => {
                let word = &mark.word;
                let remedy = format!(
                    "请删去里面这一层的 {{{{#{word}}}}} 和 {{{{/{word}}}}}；要先分组再列记录，请写 {{{{#分组}}}} …… {{{{#记录}}}}。"
                );
                self.tell(
                    "report.loop",
                    place,
                    format!("“{{{{#{word}}}}}”写在{word}的重复里面，同样的重复不能再套一层。"),
                    remedy,
                );
            }
            MarkKind::Open if Loop::of(&mark.word).is_some() => {}
            MarkKind::Open => {
                let problem = format!("“{{{{#{}}}}}”不能重复。", mark.word);
                self.tell(
                    "report.loop",
                    place,
                    problem,
                    "能重复的是 {{#记录}} 和 {{#分组}}。",
                );
            }
            MarkKind::Close => {
                let problem = format!("“{{{{/{}}}}}”前面没有开头。", mark.word);
                let remedy = format!(
                    "请在重复内容的前面写 {{{{#{}}}}}，或删去它；开头和结尾要么都在正文，要么都在同一张表里。",
                    mark.word
                );
                self.tell("report.loop", place, problem, remedy);
            }
        }
    }

    fn unclosed(&mut self, of: Loop) {
        let word = of.word();
        let place = self.head.clone();
        let remedy = format!(
            "请在重复内容的后面写 {{{{/{word}}}}}；开头和结尾要么都在正文，要么都在同一张表里。"
        );
        self.tell(
            "report.loop",
            &place,
            format!("“{{{{#{word}}}}}”后面没有结尾。"),
            remedy,
        );
    }

    fn tell(
        &mut self,
        code: &'static str,
        place: &str,
        problem: String,
        remedy: impl Into<String>,
    ) {
        let finding = Finding::error(code, place, problem, remedy.into());
        let told = &self.survey.findings;
        if told.len() < FINDINGS && !told.contains(&finding) {
            self.survey.findings.push(finding);
        }
    }

    fn place(&self, paragraph: &Element) -> String {
        let head = &self.head;
        if self.shape.paragraph == "c" {
            return format!("{head}!{}", paragraph.get("r").unwrap_or_default());
        }
        match self.at {
            Where {
                row: 0, paragraph, ..
            } => format!("{head} 第{paragraph}段"),
            Where {
                table, row, cell, ..
            } => format!("{head} 表{table}第{row}行第{cell}格"),
        }
    }
}
