//! 流水图 Line of balance: units from bottom to top, time from left to right, one line a trade. Drawn once, for screen
//! and paper.
//!
//! A line's number stands at its beginning and in the legend. Colour stays with trouble: lines are steel, the one that
//! sets the pace is heavy and in the brand's colour, a clash of crews is red and hatched.

use std::borrow::Cow;

use ground::timeline::{date_of_day, day_number};
use ground::{Date, PeriodKind};

use crate::palette::{Colour, LIGHT};
use crate::scene::{Anchor, Hatch, Node, Paint, Scale, Stroke, Type, days_between};
use crate::svg;

/// What is to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct FlowChart {
    /// 图名.
    pub title: String,
    /// One sentence under it.
    pub fact: String,
    /// 楼栋、标段, the first at the bottom.
    pub units: Vec<String>,
    /// 工序, in working order.
    pub lines: Vec<FlowLine>,
    /// Today, where it is to be marked.
    pub today: Option<Date>,
    /// 目标日.
    pub target: Option<Date>,
}

/// One trade.
#[derive(Clone, PartialEq, Debug)]
pub struct FlowLine {
    /// What the legend calls it by.
    pub number: usize,
    /// 名称.
    pub name: String,
    /// First and last day on each unit.
    pub stays: Vec<Option<(Date, Date)>>,
    /// 主导工序.
    pub controlling: bool,
    /// Units on which crews clash.
    pub clashes: Vec<usize>,
}

const WIDTH: f32 = 1160.0;
const LEFT: f32 = 92.0;
const RIGHT: f32 = 24.0;
const TITLE: f32 = 52.0;
const AXIS: f32 = 24.0;
/// Lanes of a row: with more trades they share lanes, far apart in time as they are.
const LANES: usize = 8;
const LANE: f32 = 9.0;
const PAD: f32 = 7.0;
const LEGEND: f32 = 20.0;
/// Days on each side of the lines.
const AIR: i64 = 4;
/// The name of a month needs so much room.
const MONTH: f32 = 58.0;

/// The chart as one SVG; nothing when no line has a date.
pub fn document(chart: &FlowChart) -> Option<String> {
    let layout = Layout::of(chart)?;
    let mut nodes = Vec::new();
    layout.head(&mut nodes);
    layout.rows(&mut nodes);
    layout.days(&mut nodes);
    for (place, line) in chart.lines.iter().enumerate() {
        layout.line(place, line, &mut nodes);
    }
    let height = layout.legend(&mut nodes);
    Some(svg::drawing("flow", &chart.title, (WIDTH, height), &nodes))
}

/// A sheet that only says why there is nothing to draw.
pub fn blank(title: &str, why: &str) -> String {
    let (middle, face) = (WIDTH / 2.0, Type::sans(12.0));
    let nodes = [
        Node::anchored(
            Anchor::Middle,
            (middle, 22.0),
            Type::title(19.0),
            LIGHT.ink,
            title,
        ),
        Node::anchored(
            Anchor::Middle,
            (middle, 42.0),
            face,
            LIGHT.ink_second,
            fact(why, face),
        ),
    ];
    svg::drawing("flow", title, (WIDTH, TITLE + 12.0), &nodes)
}

/// One line of words, cut to the width of the sheet.
fn fact(text: &str, face: Type) -> Cow<'_, str> {
    crate::measure::cut(text, face, WIDTH - 40.0).unwrap_or_default()
}

struct Layout<'a> {
    chart: &'a FlowChart,
    scale: Scale,
    row: f32,
}

impl<'a> Layout<'a> {
    fn of(chart: &'a FlowChart) -> Option<Self> {
        let stays = chart
            .lines
            .iter()
            .flat_map(|line| line.stays.iter().flatten());
        let first = stays.clone().map(|stay| stay.0).min()?;
        let last = stays.map(|stay| stay.1).max()?;
        let last = chart.target.map_or(last, |target| last.max(target));
        let far = |day: Date, by: i64| date_of_day(day_number(day) + by);
        let (first, last) = (far(first, -AIR), far(last, AIR));
        let days = (days_between(first, last) + 1) as f32;
        let lanes = chart.lines.len().clamp(1, LANES) as f32;
        Some(Self {
            chart,
            scale: Scale {
                first,
                last,
                px_per_day: (WIDTH - LEFT - RIGHT) / days,
            },
            row: lanes * LANE + 2.0 * PAD,
        })
    }

    fn bottom(&self) -> f32 {
        TITLE + AXIS + self.row * self.chart.units.len() as f32
    }

    /// Top of a unit's row: the first unit lies at the bottom, as a building grows.
    fn top(&self, unit: usize) -> f32 {
        self.bottom() - self.row * (unit + 1) as f32
    }

    fn x(&self, day: Date) -> f32 {
        LEFT + self.scale.x(day)
    }

    fn head(&self, nodes: &mut Vec<Node<'a>>) {
        let chart = self.chart;
        let middle = WIDTH / 2.0;
        let face = Type::title(19.0);
        nodes.push(Node::fill(0.0, 0.0, WIDTH, TITLE + AXIS, LIGHT.surface));
        nodes.push(Node::anchored(
            Anchor::Middle,
            (middle, 22.0),
            face,
            LIGHT.ink,
            &*chart.title,
        ));
        let face = Type::sans(12.0);
        let at = (middle, 42.0);
        nodes.push(Node::anchored(
            Anchor::Middle,
            at,
            face,
            LIGHT.ink_second,
            fact(&chart.fact, face),
        ));
        nodes.push(Node::fill(0.0, TITLE, WIDTH, AXIS, LIGHT.head));
        let mut free = LEFT;
        for first in self.months() {
            let x = self.x(first);
            nodes.push(Node::line(
                (x, TITLE),
                (x, self.bottom()),
                LIGHT.rule_month,
                1.0,
            ));
            if x >= free && x + MONTH <= WIDTH {
                let label = match first.month() == 1 || free == LEFT {
                    true => format!("{}年{}月", first.year(), first.month()),
                    false => format!("{}月", first.month()),
                };
                let at = (x + 4.0, TITLE + 16.0);
                nodes.push(Node::text(at, Type::sans(11.0), LIGHT.ink_second, label));
                free = x + MONTH + 8.0;
            }
        }
    }

    /// First days of the months shown.
    fn months(&self) -> impl Iterator<Item = Date> + use<> {
        let (first, last) = (self.scale.first, self.scale.last);
        let month = PeriodKind::Month.containing(first).next();
        std::iter::successors(Some(month), |month| Some(month.next()))
            .map(|month| month.first())
            .take_while(move |day| *day <= last)
    }

    fn rows(&self, nodes: &mut Vec<Node<'a>>) {
        for (unit, name) in self.chart.units.iter().enumerate() {
            let top = self.top(unit);
            nodes.push(Node::line((0.0, top), (WIDTH, top), LIGHT.rule, 1.0));
            let room = LEFT - 16.0;
            let face = Type::sans(12.0);
            let short = crate::measure::cut(name, face, room).unwrap_or_else(|| "…".into());
            let at = (LEFT - 8.0, top + self.row / 2.0 + 4.0);
            nodes.push(Node::anchored(Anchor::End, at, face, LIGHT.ink, short));
        }
        let bottom = self.bottom();
        nodes.push(Node::line(
            (0.0, bottom),
            (WIDTH, bottom),
            LIGHT.rule_strong,
            1.0,
        ));
        nodes.push(Node::line(
            (LEFT, TITLE),
            (LEFT, bottom),
            LIGHT.rule_strong,
            1.0,
        ));
    }

    /// Today and the target as lines from top to bottom.
    fn days(&self, nodes: &mut Vec<Node<'a>>) {
        let marks = [
            (self.chart.today, "今日", LIGHT.brand),
            (self.chart.target, "目标", LIGHT.ink),
        ];
        for (day, word, colour) in marks {
            let shown = |day: &Date| (self.scale.first..=self.scale.last).contains(day);
            let Some(day) = day.filter(shown) else {
                continue;
            };
            let x = self.x(day);
            nodes.push(Node::line(
                (x, TITLE + AXIS),
                (x, self.bottom()),
                colour,
                1.4,
            ));
            let text = format!("{word} {}/{}", day.month(), day.day());
            let at = (x - 4.0, self.bottom() - 6.0);
            nodes.push(Node::anchored(
                Anchor::End,
                at,
                Type::strong(11.0),
                colour,
                text,
            ));
        }
    }

    fn line(&self, place: usize, line: &'a FlowLine, nodes: &mut Vec<Node<'a>>) {
        let lane = LANE * (place % LANES) as f32 + PAD;
        let (colour, width) = match line.controlling {
            true => (LIGHT.brand, 2.4),
            false => (LIGHT.done, 1.2),
        };
        let mut before: Option<(f32, f32)> = None;
        let mut begun = false;
        for (unit, stay) in line.stays.iter().enumerate() {
            let Some((first, last)) = stay else {
                continue;
            };
            // Later trades lie higher in a row, so that a line and the one before it do not cover each other.
            let y = self.top(unit) + self.row - lane - LANE / 2.0;
            let (x, end) = (self.x(*first), LEFT + self.scale.x_after(*last));
            if let Some(from) = before {
                nodes.push(Node::line(from, (x, y), colour, width));
            }
            let fill = self.fill(line, unit, colour);
            let height = if line.controlling { 7.0 } else { 5.0 };
            let top = y - height / 2.0;
            nodes.push(Node::rounded(
                x,
                top,
                end - x,
                height,
                1.5,
                Some(fill),
                edge(line, unit),
            ));
            if !begun {
                let face = Type::strong(11.0);
                let at = (x - 3.0, y + 4.0);
                let number = line.number.to_string();
                nodes.push(Node::anchored(Anchor::End, at, face, LIGHT.ink, number));
                begun = true;
            }
            before = Some((end, y));
        }
    }

    fn fill(&self, line: &FlowLine, unit: usize, colour: Colour) -> Paint {
        match line.clashes.contains(&unit) {
            true => Paint::Hatched {
                hatch: Hatch::Slip,
                ground: LIGHT.red.slip_ground,
                line: LIGHT.red.slip_line,
            },
            false => Paint::Flat(colour),
        }
    }

    /// Numbers and names under the chart; gives the height of it all.
    fn legend(&self, nodes: &mut Vec<Node<'a>>) -> f32 {
        let face = Type::sans(12.0);
        let (mut x, mut y) = (8.0, self.bottom() + LEGEND);
        let mut put = |text: String, colour: Colour| {
            let room = crate::measure::width(&text, face);
            if x + room > WIDTH - 8.0 && x > 8.0 {
                (x, y) = (8.0, y + LEGEND);
            }
            nodes.push(Node::text((x, y), face, colour, text));
            x += room + 18.0;
        };
        for line in &self.chart.lines {
            let (word, colour) = match line.controlling {
                true => ("（主导工序）", LIGHT.brand_text),
                false => ("", LIGHT.ink),
            };
            put(format!("{} {}{word}", line.number, line.name), colour);
        }
        if self.chart.lines.iter().any(|line| !line.clashes.is_empty()) {
            put("红斜纹：作业队不够，同时在几处".to_owned(), LIGHT.red.text);
        }
        y + 10.0
    }
}

fn edge(line: &FlowLine, unit: usize) -> Option<Stroke> {
    line.clashes.contains(&unit).then_some(Stroke {
        colour: LIGHT.red.edge,
        width: 1.0,
        round: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn chart() -> FlowChart {
        let stay = |a: &str, b: &str| Some((day(a), day(b)));
        FlowChart {
            title: "莲湖安置房 流水".to_owned(),
            fact: "2 栋".to_owned(),
            units: vec!["1号楼".to_owned(), "<2>号楼".to_owned()],
            lines: vec![
                FlowLine {
                    number: 1,
                    name: "基础".to_owned(),
                    stays: vec![
                        stay("2023-03-01", "2023-03-10"),
                        stay("2023-03-11", "2023-03-20"),
                    ],
                    controlling: true,
                    clashes: Vec::new(),
                },
                FlowLine {
                    number: 2,
                    name: "主体".to_owned(),
                    stays: vec![
                        stay("2023-03-11", "2023-04-10"),
                        stay("2023-04-01", "2023-05-10"),
                    ],
                    controlling: false,
                    clashes: vec![1],
                },
            ],
            today: Some(day("2023-03-10")),
            target: Some(day("2023-08-20")),
        }
    }

    #[test]
    fn units_grow_from_the_bottom_and_days_have_their_width() {
        let chart = chart();
        let layout = Layout::of(&chart).expect("a chart");
        assert!(layout.top(0) > layout.top(1));
        assert_eq!(layout.scale.first, day("2023-02-25"));
        assert_eq!(
            layout.scale.last,
            day("2023-08-24"),
            "the target is in sight"
        );
        let per_day = layout.x(day("2023-03-02")) - layout.x(day("2023-03-01"));
        assert!((per_day - layout.scale.px_per_day).abs() < 0.01);
    }

    #[test]
    fn the_drawing_names_what_controls_and_marks_a_clash() {
        let svg = document(&chart()).expect("a drawing");
        for text in [
            "1 基础（主导工序）",
            "2 主体",
            "红斜纹",
            "今日 3/10",
            "目标 8/20",
            "&lt;2&gt;号楼",
        ] {
            assert!(svg.contains(text), "{text} is missing");
        }
        assert_eq!(svg.matches("<pattern").count(), 1);
        assert!(!svg.contains("style=") && !svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn a_chart_without_dates_is_none() {
        let empty = FlowChart {
            lines: Vec::new(),
            ..chart()
        };
        assert_eq!(document(&empty), None);
        assert!(blank("流水图", "没有重复的工作").contains("没有重复的工作"));
    }
}
