//! Nodes as SVG text. Numbers and escapes are written by hand: a year of a district is 60,000 bars,
//! and the formatting machinery would take most of the time.

use ground::Date;

use crate::palette::{Colour, Palette};
use crate::scene::{
    Anchor, Box2, Corners, Family, Hatch, LinkPath, Mark, Node, Paint, RowSpot, Scene, Step,
    Stroke, Type,
};
use crate::wall_chart::{Bar, BarState};

/// Text of one SVG in the making.
pub(super) struct Writer {
    out: String,
    /// Begins every id of this SVG.
    prefix: String,
    this_year: i16,
    clips: i32,
    hatches: Vec<Paint>,
}

impl Writer {
    pub fn new(id: &str, parts: &[&str], scene: &Scene<'_>, capacity: usize) -> Self {
        Self {
            out: String::with_capacity(capacity),
            prefix: format!("{id}-{}", parts.join("-")),
            this_year: scene.today.year(),
            clips: 0,
            hatches: Vec::new(),
        }
    }

    /// For drawings without dates of bars.
    pub fn bare(id: &str, capacity: usize) -> Self {
        Self {
            out: String::with_capacity(capacity),
            prefix: id.to_owned(),
            this_year: 0,
            clips: 0,
            hatches: Vec::new(),
        }
    }

    pub fn open_svg(&mut self, width: f32, height: f32) {
        self.start_svg(width, height);
        self.out.push('>');
    }

    pub fn open_document(&mut self, width: f32, height: f32, title: &str, families: &str) {
        self.start_svg(width, height);
        self.attribute("font-family", families);
        self.out.push_str("><title>");
        escape(title, &mut self.out);
        self.out.push_str("</title>");
    }

    fn start_svg(&mut self, width: f32, height: f32) {
        self.out
            .push_str("<svg xmlns=\"http://www.w3.org/2000/svg\"");
        let class = self.prefix.clone();
        self.attribute("class", &class);
        self.number("width", width);
        self.number("height", height);
        self.out.push_str(" viewBox=\"0 0 ");
        number(width, &mut self.out);
        self.out.push(' ');
        number(height, &mut self.out);
        self.out.push_str("\" role=\"group\"");
    }

    /// Ends the SVG with the hatches it used; a reference may come before its definition.
    pub fn close_svg(mut self) -> String {
        if !self.hatches.is_empty() {
            self.out.push_str("<defs>");
            for place in 0..self.hatches.len() {
                self.hatch(place);
            }
            self.out.push_str("</defs>");
        }
        self.out.push_str("</svg>");
        self.out
    }

    pub fn open_moved(&mut self, x: f32, y: f32) {
        self.out.push_str("<g");
        self.moved(x, y);
        self.out.push('>');
    }

    /// A group at (x, y) of which nothing is seen beyond its size.
    pub fn open_clipped(&mut self, x: f32, y: f32, w: f32, h: f32) {
        let clip = self.clip(Box2 {
            x: 0.0,
            y: 0.0,
            w,
            h,
        });
        self.out.push_str("<g");
        self.moved(x, y);
        self.clip_path(clip);
        self.out.push('>');
    }

    pub fn open_row(&mut self, row: usize, kind: &str, spot: &RowSpot<'_>) {
        self.out.push_str("<g class=\"row ");
        self.out.push_str(kind);
        if spot.selected {
            self.out.push_str(" selected");
        }
        self.out.push_str("\" data-row=\"");
        integer(row as i64, &mut self.out);
        self.out.push('"');
        if let Some(project) = spot.project_id {
            self.attribute("data-project", project);
        }
        if let Some(activity) = spot.activity_id {
            self.attribute("data-activity", activity);
        }
        self.moved(0.0, spot.y);
        self.out.push('>');
    }

    pub fn close_group(&mut self) {
        self.out.push_str("</g>");
    }

    pub fn vertical(&mut self, x: f32, height: f32, stroke: Stroke) {
        self.line((x, 0.0), (x, height), stroke);
    }

    pub fn band(&mut self, x: f32, width: f32, height: f32, colour: Colour) {
        let area = Box2 {
            x,
            y: 0.0,
            w: width,
            h: height,
        };
        self.rect(area, 0.0, Some(Paint::Flat(colour)), None);
    }

    pub fn link(&mut self, link: &LinkPath<'_>, palette: &Palette) {
        self.out.push_str(if link.critical {
            "<g class=\"link critical\""
        } else {
            "<g class=\"link\""
        });
        self.attribute("data-from", link.from);
        self.attribute("data-to", link.to);
        if link.hidden {
            self.out.push_str(" visibility=\"hidden\"");
        }
        let colour = if link.critical {
            palette.ink
        } else {
            palette.ink_weak
        };
        self.out.push_str("><path d=\"");
        for (place, (x, y)) in link.points.iter().enumerate() {
            self.out.push(if place == 0 { 'M' } else { 'L' });
            self.point(*x, *y);
        }
        self.out.push_str("\" fill=\"none\"");
        self.stroke(
            Some(Stroke {
                colour,
                width: 1.0,
                round: false,
            }),
            1.0,
        );
        self.out.push_str("/><path d=\"M");
        for (place, (x, y)) in link.arrow().iter().enumerate() {
            if place > 0 {
                self.out.push('L');
            }
            self.point(*x, *y);
        }
        self.out.push_str("Z\"");
        self.fill(Some(Paint::Flat(colour)));
        self.out.push_str("/></g>");
    }

    pub fn nodes(&mut self, nodes: &[Node<'_>]) {
        for node in nodes {
            match node {
                Node::Rect {
                    area,
                    radius,
                    corners: Corners::All,
                    fill,
                    stroke,
                } => {
                    self.rect(*area, *radius, *fill, *stroke);
                }
                Node::Rect {
                    area,
                    radius,
                    corners: Corners::Left,
                    fill,
                    stroke,
                } => {
                    self.left_rounded(*area, *radius, *fill, *stroke);
                }
                Node::Line { from, to, stroke } => self.line(*from, *to, *stroke),
                Node::Path {
                    steps,
                    at,
                    scale,
                    fill,
                    stroke,
                } => {
                    self.path(steps, *at, *scale, (*fill, *stroke));
                }
                Node::Text {
                    at,
                    anchor,
                    face,
                    colour,
                    content,
                    whole,
                    clip,
                } => {
                    self.text(*at, *anchor, (*face, *colour), content, (*whole, *clip));
                }
                Node::Open(mark) => self.open_mark(mark),
                Node::Close => self.out.push_str("</g>"),
            }
        }
    }

    fn open_mark(&mut self, mark: &Mark<'_>) {
        match mark {
            Mark::Bar { bar, project_id } => self.open_bar(bar, project_id),
            // The word beside the icon speaks for it.
            Mark::Lamp(light) => {
                self.out.push_str("<g class=\"lamp ");
                self.out.push_str(light.code());
                self.out.push_str("\" aria-hidden=\"true\">");
            }
            Mark::Target(date) => {
                self.out.push_str("<g class=\"target\"");
                self.date("data-date", *date);
                self.out.push('>');
            }
            Mark::Plain(class) => {
                self.out.push_str("<g class=\"");
                self.out.push_str(class);
                self.out.push_str("\">");
            }
        }
    }

    fn open_bar(&mut self, bar: &Bar, project_id: &str) {
        self.out.push_str("<g class=\"bar ");
        self.out.push_str(match bar.state {
            BarState::Done => "done",
            BarState::Running => "running",
            BarState::Ahead => "ahead",
        });
        self.out.push(' ');
        self.out.push_str(bar.light.code());
        self.out.push('"');
        self.attribute("data-activity", &bar.activity_id);
        self.attribute("data-project", project_id);
        self.date("data-first", bar.first);
        self.date("data-last", bar.last_day());
        if let Some(forecast) = bar.slip() {
            self.date("data-forecast", forecast);
        }
        self.out
            .push_str(" tabindex=\"0\" role=\"img\" aria-label=\"");
        let start = self.out.len();
        bar.describe(self.this_year, &mut self.out);
        if self.out[start..].bytes().any(must_escape) {
            let label = self.out.split_off(start);
            escape(&label, &mut self.out);
        }
        self.out.push_str("\">");
    }

    fn rect(&mut self, area: Box2, radius: f32, fill: Option<Paint>, stroke: Option<Stroke>) {
        self.out.push_str("<rect");
        self.number("x", area.x);
        self.number("y", area.y);
        self.number("width", area.w);
        self.number("height", area.h);
        if radius > 0.0 {
            self.number("rx", radius);
        }
        self.fill(fill);
        self.stroke(stroke, 1.0);
        self.out.push_str("/>");
    }

    fn left_rounded(
        &mut self,
        area: Box2,
        radius: f32,
        fill: Option<Paint>,
        stroke: Option<Stroke>,
    ) {
        let (r, right, bottom) = (radius.min(area.w), area.x + area.w, area.y + area.h);
        self.out.push_str("<path d=\"M");
        self.point(area.x + r, area.y);
        self.out.push('H');
        number(right, &mut self.out);
        self.out.push('V');
        number(bottom, &mut self.out);
        self.out.push('H');
        number(area.x + r, &mut self.out);
        for (x, y) in [(area.x, bottom - r), (area.x + r, area.y)] {
            self.out.push('A');
            self.point(r, r);
            self.out.push_str(" 0 0 1 ");
            self.point(x, y);
            if y > area.y {
                self.out.push('V');
                number(area.y + r, &mut self.out);
            }
        }
        self.out.push_str("Z\"");
        self.fill(fill);
        self.stroke(stroke, 1.0);
        self.out.push_str("/>");
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32), stroke: Stroke) {
        self.out.push_str("<line");
        self.number("x1", from.0);
        self.number("y1", from.1);
        self.number("x2", to.0);
        self.number("y2", to.1);
        self.stroke(Some(stroke), 1.0);
        self.out.push_str("/>");
    }

    fn path(
        &mut self,
        steps: &[Step],
        at: (f32, f32),
        scale: f32,
        (fill, stroke): (Option<Paint>, Option<Stroke>),
    ) {
        self.out.push_str("<path d=\"");
        for step in steps {
            let place = |x: f32, y: f32| (at.0 + x * scale, at.1 + y * scale);
            match *step {
                Step::Move(x, y) => self.step('M', &[place(x, y)]),
                Step::Line(x, y) => self.step('L', &[place(x, y)]),
                Step::Curve(a, b, c, d, x, y) => {
                    self.step('C', &[place(a, b), place(c, d), place(x, y)]);
                }
                Step::Close => self.out.push('Z'),
            }
        }
        self.out.push('"');
        self.fill(fill);
        self.stroke(stroke, scale);
        self.out.push_str("/>");
    }

    fn step(&mut self, letter: char, points: &[(f32, f32)]) {
        self.out.push(letter);
        for (place, (x, y)) in points.iter().enumerate() {
            if place > 0 {
                self.out.push(' ');
            }
            self.point(*x, *y);
        }
    }

    fn text(
        &mut self,
        at: (f32, f32),
        anchor: Anchor,
        (face, colour): (Type, Colour),
        content: &str,
        (whole, clip): (Option<&str>, Option<Box2>),
    ) {
        let clip = clip.map(|area| self.clip(area));
        self.out.push_str("<text");
        self.number("x", at.0);
        self.number("y", at.1);
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.out.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.out.push_str(" text-anchor=\"end\""),
        }
        self.number("font-size", face.size);
        if face.weight != 400 {
            self.out.push_str(" font-weight=\"");
            integer(face.weight.into(), &mut self.out);
            self.out.push('"');
        }
        if face.family == Family::Serif {
            self.attribute("font-family", SERIF);
        }
        self.fill(Some(Paint::Flat(colour)));
        if let Some(clip) = clip {
            self.clip_path(clip);
        }
        self.out.push('>');
        escape(content, &mut self.out);
        if let Some(whole) = whole {
            self.out.push_str("<title>");
            escape(whole, &mut self.out);
            self.out.push_str("</title>");
        }
        self.out.push_str("</text>");
    }

    /// Defines a clip and gives its number.
    fn clip(&mut self, area: Box2) -> i32 {
        self.clips += 1;
        self.out.push_str("<clipPath id=\"");
        self.id('c', self.clips);
        self.out.push_str("\">");
        self.rect(area, 0.0, None, None);
        self.out.push_str("</clipPath>");
        self.clips
    }

    fn clip_path(&mut self, clip: i32) {
        self.out.push_str(" clip-path=\"url(#");
        self.id('c', clip);
        self.out.push_str(")\"");
    }

    fn id(&mut self, letter: char, place: i32) {
        self.out.push_str(&self.prefix);
        self.out.push('-');
        self.out.push(letter);
        integer(place.into(), &mut self.out);
    }

    fn fill(&mut self, fill: Option<Paint>) {
        match fill {
            None => self.out.push_str(" fill=\"none\""),
            Some(Paint::Flat(flat)) => {
                self.out.push_str(" fill=\"");
                colour(flat, &mut self.out);
                self.out.push('"');
            }
            Some(hatched) => {
                let known = self.hatches.iter().position(|one| *one == hatched);
                let place = known.unwrap_or_else(|| {
                    self.hatches.push(hatched);
                    self.hatches.len() - 1
                });
                self.out.push_str(" fill=\"url(#");
                self.id('h', place as i32);
                self.out.push_str(")\"");
            }
        }
    }

    fn stroke(&mut self, stroke: Option<Stroke>, scale: f32) {
        let Some(stroke) = stroke else { return };
        self.out.push_str(" stroke=\"");
        colour(stroke.colour, &mut self.out);
        self.out.push('"');
        if stroke.width * scale != 1.0 {
            self.number("stroke-width", stroke.width * scale);
        }
        if stroke.round {
            self.out
                .push_str(" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
        }
    }

    fn hatch(&mut self, place: usize) {
        let Paint::Hatched {
            hatch,
            ground,
            line,
        } = self.hatches[place]
        else {
            return;
        };
        let (size, thick) = hatch_figures(hatch);
        self.out.push_str("<pattern id=\"");
        self.id('h', place as i32);
        self.out.push('"');
        self.number("width", size);
        self.number("height", size);
        self.out
            .push_str(" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">");
        let square = |w: f32, h: f32| Box2 {
            x: 0.0,
            y: 0.0,
            w,
            h,
        };
        self.rect(square(size, size), 0.0, Some(Paint::Flat(ground)), None);
        self.rect(square(thick, size), 0.0, Some(Paint::Flat(line)), None);
        if hatch == Hatch::Cross {
            self.rect(square(size, thick), 0.0, Some(Paint::Flat(line)), None);
        }
        self.out.push_str("</pattern>");
    }

    fn moved(&mut self, x: f32, y: f32) {
        self.out.push_str(" transform=\"translate(");
        number(x, &mut self.out);
        self.out.push(' ');
        number(y, &mut self.out);
        self.out.push_str(")\"");
    }

    fn point(&mut self, x: f32, y: f32) {
        number(x, &mut self.out);
        self.out.push(' ');
        number(y, &mut self.out);
    }

    fn number(&mut self, name: &str, value: f32) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        number(value, &mut self.out);
        self.out.push('"');
    }

    fn date(&mut self, name: &str, date: Date) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        iso_date(date, &mut self.out);
        self.out.push('"');
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(value, &mut self.out);
        self.out.push('"');
    }
}

/// 宋体 of the standalone document's title.
const SERIF: &str = "'Source Han Serif SC','Noto Serif CJK SC','STZhongsong','SimSun',serif";

/// Distance and thickness of stripes in pixels; the PDF painter uses the same.
pub(crate) fn hatch_figures(hatch: Hatch) -> (f32, f32) {
    match hatch {
        Hatch::Slip => (4.0, 2.0),
        Hatch::Diagonal => (4.5, 1.3),
        Hatch::Cross => (5.0, 1.0),
    }
}

/// Two decimals at most, no exponent; a number that is none becomes 0.
fn number(value: f32, out: &mut String) {
    let hundredths = (f64::from(value) * 100.0).round() as i64;
    let (sign, hundredths) = (hundredths < 0, hundredths.unsigned_abs());
    if sign {
        out.push('-');
    }
    integer((hundredths / 100) as i64, out);
    let part = (hundredths % 100) as u8;
    if part > 0 {
        out.push('.');
        out.push(char::from(b'0' + part / 10));
        if !part.is_multiple_of(10) {
            out.push(char::from(b'0' + part % 10));
        }
    }
}

fn integer(value: i64, out: &mut String) {
    let mut digits = [0u8; 20];
    let mut place = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        place -= 1;
        digits[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    ascii(&digits[place..], out);
}

/// Appends bytes that are known to be ASCII in one go.
fn ascii(bytes: &[u8], out: &mut String) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        out.push_str(text);
    }
}

fn iso_date(date: Date, out: &mut String) {
    let Ok(year @ 0..=9999) = u16::try_from(date.year()) else {
        return out.push_str(&date.to_string());
    };
    let digit = |value: u16| b'0' + (value % 10) as u8;
    let month = u16::from(date.month().unsigned_abs());
    let day = u16::from(date.day().unsigned_abs());
    let text = [
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ];
    ascii(&text, out);
}

fn colour(colour: Colour, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut text = *b"#000000";
    for (place, part) in [colour.red, colour.green, colour.blue]
        .into_iter()
        .enumerate()
    {
        text[1 + place * 2] = DIGITS[usize::from(part >> 4)];
        text[2 + place * 2] = DIGITS[usize::from(part & 15)];
    }
    ascii(&text, out);
}

/// Bytes that may not stand in XML text or attributes as they are. The two bytes of U+FFFE and
/// U+FFFF's lead are rare enough to send any text with them the slow way.
fn must_escape(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | 0x7F | 0xEF)
}

/// XML escapes; characters that XML 1.0 forbids (section 2.2) become U+FFFD.
fn escape(text: &str, out: &mut String) {
    if !text.bytes().any(must_escape) {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1F}' | '\u{7F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(value: f32, expect: &str) {
        let mut out = String::new();
        number(value, &mut out);
        assert_eq!(out, expect);
    }

    #[test]
    fn numbers_have_two_decimals_at_most() {
        check(0.0, "0");
        check(-0.001, "0");
        check(1.5, "1.5");
        check(-12.345, "-12.35");
        check(0.07, "0.07");
        check(f32::NAN, "0");
    }

    #[test]
    fn dates_are_iso() {
        let mut out = String::new();
        iso_date(Date::constant(2023, 1, 28), &mut out);
        iso_date(Date::constant(-44, 3, 15), &mut out);
        assert_eq!(out, "2023-01-28-000044-03-15");
    }

    #[test]
    fn control_characters_do_not_break_the_file() {
        let mut out = String::new();
        escape("a<b>&\"'\u{1}\u{FFFF}\n(", &mut out);
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;&#39;\u{FFFD}\u{FFFD} (");
    }

    proptest! {
        #[test]
        fn escaped_text_has_no_markup(text in "\\PC*|[\\x00-\\x7f]*") {
            let mut out = String::new();
            escape(&text, &mut out);
            let bad = ['<', '>', '"', '\''];
            prop_assert!(!out.contains(bad));
        }
    }
}
