//! Blocks put on pages from top to bottom.

use super::wrap::lines;
use super::{LEFT, LINE, PAPER, SIZE_2, SIZE_3, SIZE_4, Slip, TEXT, TOP};
use crate::measure;
use crate::palette::Colour;
use crate::scene::{Anchor, Node, Type};

/// 发文机关标志 and the line under it (GB/T 9704, 7.2.4: red).
const RED: Colour = Colour::hex(0xC8_10_2E);
const INK: Colour = Colour::hex(0x00_00_00);
/// 首页 head: 发文机关标志 in 小标宋, as large as fits.
const HEAD: f32 = 36.0;
/// Height of a table row's first line, and room around its text.
const ROW: f32 = 26.0;
const PADDING: f32 = 6.0;
/// Width of the label column.
const LABEL: f32 = 96.0;

/// Pages under construction.
pub(super) struct Pages {
    done: Vec<Vec<Node<'static>>>,
    page: Vec<Node<'static>>,
    /// Top of the next block, from the top of the text area.
    y: f32,
}

impl Pages {
    pub fn new() -> Self {
        Self {
            done: Vec::new(),
            page: Vec::new(),
            y: 0.0,
        }
    }

    /// A new page unless `height` still fits.
    fn need(&mut self, height: f32) {
        if self.y + height > TEXT.1 + 0.5 && self.y > 0.0 {
            self.done.push(std::mem::take(&mut self.page));
            self.y = 0.0;
        }
    }

    fn text(&mut self, anchor: Anchor, x: f32, baseline: f32, face: Type, ink: Colour, text: &str) {
        let at = (LEFT + x, TOP + baseline);
        self.page
            .push(Node::anchored(anchor, at, face, ink, text.to_owned()));
    }

    fn rule(&mut self, from: (f32, f32), to: (f32, f32), ink: Colour, width: f32) {
        let place = |(x, y): (f32, f32)| (LEFT + x, TOP + y);
        self.page
            .push(Node::line(place(from), place(to), ink, width));
    }

    /// Room of so many lines.
    pub fn gap(&mut self, lines: f32) {
        self.y += LINE * lines;
    }

    /// Urgency, issuer and kind in red, number, red line.
    pub fn head(&mut self, slip: &Slip) {
        if !slip.urgency.is_empty() {
            let face = Type::strong(SIZE_3);
            self.text(Anchor::Start, 0.0, SIZE_3, face, INK, &slip.urgency);
        }
        self.y = LINE;
        let name = format!("{}{}", slip.issuer, slip.kind);
        let wide = measure::width(&name, Type::title(1.0)).max(1.0);
        let size = HEAD.min(TEXT.0 / wide);
        self.text(
            Anchor::Middle,
            TEXT.0 / 2.0,
            self.y + HEAD,
            Type::title(size),
            RED,
            &name,
        );
        self.y += HEAD + LINE;
        if !slip.number.is_empty() {
            let face = Type::sans(SIZE_3);
            self.text(
                Anchor::Middle,
                TEXT.0 / 2.0,
                self.y + SIZE_3,
                face,
                INK,
                &slip.number,
            );
        }
        self.y += LINE;
        self.rule((0.0, self.y), (TEXT.0, self.y), RED, 2.0);
        self.y += LINE;
    }

    /// A title of one or more lines in the middle.
    pub fn centred(&mut self, text: &str, size: f32) {
        let face = Type::title(size);
        for line in lines(text, face, TEXT.0 - 2.0 * size, 0.0) {
            self.need(LINE);
            self.text(
                Anchor::Middle,
                TEXT.0 / 2.0,
                self.y + SIZE_2,
                face,
                INK,
                &line,
            );
            self.y += LINE;
        }
    }

    /// Lines from the left edge.
    pub fn line(&mut self, text: &str) {
        self.body(text, 0.0);
    }

    /// A paragraph with an indent of two characters.
    pub fn paragraph(&mut self, text: &str) {
        self.body(text, 2.0 * SIZE_3);
    }

    fn body(&mut self, text: &str, indent: f32) {
        let face = Type::sans(SIZE_3);
        for (place, line) in lines(text, face, TEXT.0, indent).iter().enumerate() {
            self.need(LINE);
            let x = if place == 0 { indent } else { 0.0 };
            self.text(Anchor::Start, x, self.y + SIZE_3 + 4.0, face, INK, line);
            self.y += LINE;
        }
    }

    /// Labels left, texts right, thin lines; a row is never cut unless it is longer than a page.
    pub fn table(&mut self, rows: &[(String, String)]) {
        let face = Type::sans(SIZE_4);
        let step = SIZE_4 * 1.5;
        for (label, text) in rows {
            let wrapped = lines(text, face, TEXT.0 - LABEL - 2.0 * PADDING, 0.0);
            let height = ROW.max(step * wrapped.len() as f32 + PADDING);
            self.need(height.min(TEXT.1));
            let top = self.y;
            self.text(
                Anchor::Start,
                PADDING,
                top + SIZE_4 + PADDING,
                Type::strong(SIZE_4),
                INK,
                label,
            );
            for (place, line) in wrapped.iter().enumerate() {
                let baseline = top + SIZE_4 + PADDING + step * place as f32;
                self.text(Anchor::Start, LABEL + PADDING, baseline, face, INK, line);
            }
            self.frame(top, height);
            self.y += height;
        }
    }

    fn frame(&mut self, top: f32, height: f32) {
        let bottom = top + height;
        for y in [top, bottom] {
            self.rule((0.0, y), (TEXT.0, y), INK, 0.75);
        }
        for x in [0.0, LABEL, TEXT.0] {
            self.rule((x, top), (x, bottom), INK, 0.75);
        }
    }

    /// 落款 and 成文日期, two characters from the right edge.
    pub fn signature(&mut self, name: &str, day: Option<&str>) {
        let told: Vec<&str> = [Some(name), day]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        self.gap(0.5);
        self.need(LINE * told.len() as f32);
        for text in told {
            let x = TEXT.0 - 2.0 * SIZE_3;
            let face = Type::sans(SIZE_3);
            self.text(Anchor::End, x, self.y + SIZE_3 + 4.0, face, INK, text);
            self.y += LINE;
        }
    }

    /// 版记 at the foot of the last page.
    pub fn copies(&mut self, copies: &str) {
        if copies.is_empty() {
            return;
        }
        let face = Type::sans(SIZE_4);
        let wrapped = lines(&format!("抄送：{copies}"), face, TEXT.0 - 2.0 * SIZE_4, 0.0);
        let height = SIZE_4 * 1.6 * wrapped.len() as f32 + PADDING;
        self.need(height + LINE * 0.5);
        let top = TEXT.1 - height;
        self.rule((0.0, top), (TEXT.0, top), INK, 1.0);
        for (place, line) in wrapped.iter().enumerate() {
            let baseline = top + SIZE_4 * 1.4 + SIZE_4 * 1.6 * place as f32;
            self.text(Anchor::Start, SIZE_4, baseline, face, INK, line);
        }
        self.rule((0.0, TEXT.1), (TEXT.0, TEXT.1), INK, 1.0);
        self.y = TEXT.1;
    }

    /// All pages, each with its number: — 1 — seven millimetres under the text (GB/T 9704, 7.5).
    pub fn finish(mut self) -> Vec<Vec<Node<'static>>> {
        self.done.push(self.page);
        for (place, page) in self.done.iter_mut().enumerate() {
            let at = (PAPER.0 / 2.0, TOP + TEXT.1 + 7.0 * 72.0 / 25.4 + SIZE_4);
            let number = format!("— {} —", place + 1);
            page.push(Node::anchored(
                Anchor::Middle,
                at,
                Type::sans(SIZE_4),
                INK,
                number,
            ));
        }
        self.done
    }
}
