//! Around the chart: title and facts over it, legend and footer under it, for whole documents.
//! A screen has its own title and legend in the page.

use std::borrow::Cow;

use super::layout::Style;
use super::model::Light;
use crate::lamp;
use crate::measure;
use crate::scene::Box2;
use crate::scene::{Anchor, Corners, Hatch, Node, Paint, Scene, Step, Stroke, Type};

/// 25 on screen, larger on paper that hangs on a wall.
const TITLE: Type = Type::title(32.0);
const FACTS: Type = Type::sans(14.0);
const SMALL: Type = Type::sans(12.0);

/// Nodes and the height they take.
#[derive(Clone, PartialEq, Debug)]
pub struct Heading<'a> {
    /// Nodes from the top left corner.
    pub nodes: Vec<Node<'a>>,
    /// Height in scene pixels.
    pub height: f32,
}

/// 图名居中，下注数据截至时间. Title, facts and time of the data in the middle of `width` pixels.
pub fn heading<'a>(scene: &Scene<'a>, width: f32) -> Heading<'a> {
    let palette = scene.palette;
    let mut nodes = Vec::new();
    let mut y = 12.0;
    let mut line = |face: Type, colour, text: Cow<'a, str>, y: &mut f32| {
        let Some(text) = measure::cut(&text, face, width).map(Cow::into_owned) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        *y += face.size * 1.25;
        let at = (width / 2.0, *y - face.size * 0.22);
        nodes.push(Node::anchored(Anchor::Middle, at, face, colour, text));
    };
    line(TITLE, palette.ink, Cow::Borrowed(scene.title), &mut y);
    y += 4.0;
    line(
        FACTS,
        palette.ink_second,
        Cow::Owned(scene.facts.join(" · ")),
        &mut y,
    );
    if !scene.as_of.is_empty() {
        y += 2.0;
        line(
            SMALL,
            palette.ink_weak,
            Cow::Owned(format!("数据截至 {}", scene.as_of)),
            &mut y,
        );
    }
    Heading {
        nodes,
        height: y + 10.0,
    }
}

/// Height of the legend's line.
const LEGEND_HEIGHT: f32 = 28.0;
/// Sample of a key.
const SAMPLE: f32 = 26.0;

/// 图例. What bars and lights mean, then where the data come from, on one line of `width` pixels.
pub fn legend<'a>(scene: &Scene<'a>, width: f32) -> Heading<'a> {
    let mut nodes = Vec::new();
    let palette = scene.palette;
    let mut x = 20.0;
    for (key, word) in KEYS {
        draw_key(scene, key, x, &mut nodes);
        nodes.push(Node::text(
            (x + SAMPLE + 6.0, 18.0),
            SMALL,
            palette.ink_second,
            word,
        ));
        x += SAMPLE + 6.0 + measure::width(word, SMALL) + 18.0;
    }
    for light in [Light::Green, Light::Yellow, Light::Red, Light::Grey] {
        lamp::draw(&mut nodes, light, (x, 7.0), 1.0, palette, scene.style);
        nodes.push(Node::text(
            (x + 18.0, 18.0),
            SMALL,
            palette.ink_second,
            light.word(),
        ));
        x += 18.0 + measure::width(light.word(), SMALL) + 14.0;
    }
    let note = measure::cut(scene.note, SMALL, width - 20.0 - x).filter(|note| !note.is_empty());
    if let Some(note) = note {
        let at = (width - 18.0, 18.0);
        nodes.push(Node::anchored(
            Anchor::End,
            at,
            SMALL,
            palette.ink_weak,
            note,
        ));
    }
    Heading {
        nodes,
        height: LEGEND_HEIGHT,
    }
}

#[derive(Clone, Copy)]
enum Key {
    Done,
    Running,
    Ahead,
    Critical,
    Slip,
    Target,
}

const KEYS: [(Key, &str); 6] = [
    (Key::Done, "已完成"),
    (Key::Running, "进行中（填充＝完成率）"),
    (Key::Ahead, "未开始"),
    (Key::Critical, "关键线路"),
    (Key::Slip, "预计延后至"),
    (Key::Target, "目标日"),
];

fn draw_key<'a>(scene: &Scene<'a>, key: Key, x: f32, nodes: &mut Vec<Node<'a>>) {
    let palette = scene.palette;
    let thin = |colour| {
        Some(Stroke {
            colour,
            width: 1.0,
            round: false,
        })
    };
    let flat = |colour| Some(Paint::Flat(colour));
    let bar = |fill, stroke| Node::rounded(x + 0.5, 9.5, SAMPLE - 1.0, 9.0, 2.5, fill, stroke);
    match key {
        Key::Done => nodes.push(bar(flat(palette.done), None)),
        Key::Ahead => nodes.push(bar(flat(palette.ahead), thin(palette.ahead_edge))),
        Key::Running => {
            nodes.push(bar(flat(palette.running), thin(palette.green.edge)));
            nodes.push(Node::Rect {
                area: Box2 {
                    x,
                    y: 9.0,
                    w: 14.0,
                    h: 10.0,
                },
                radius: 2.5,
                corners: Corners::Left,
                fill: flat(palette.green.fill),
                stroke: None,
            });
        }
        Key::Critical => nodes.push(Node::line((x, 14.0), (x + SAMPLE, 14.0), palette.ink, 1.6)),
        Key::Slip => {
            let (ground, line) = (palette.red.slip_ground, palette.red.slip_line);
            let stripes = Paint::Hatched {
                hatch: Hatch::Slip,
                ground,
                line,
            };
            nodes.push(Node::rounded(
                x,
                12.0,
                SAMPLE - 2.0,
                4.0,
                0.0,
                Some(stripes),
                None,
            ));
            nodes.push(Node::line(
                (x + SAMPLE - 1.0, 8.0),
                (x + SAMPLE - 1.0, 20.0),
                line,
                2.0,
            ));
        }
        Key::Target => nodes.push(Node::Path {
            steps: Cow::Borrowed(SMALL_FLAG),
            at: (x + 9.0, 8.0),
            scale: 1.0,
            fill: flat(palette.ink),
            stroke: thin(palette.ink),
        }),
    }
}

const SMALL_FLAG: &[Step] = &[
    Step::Move(0.0, 0.0),
    Step::Line(0.0, 12.0),
    Step::Move(0.0, 0.5),
    Step::Line(8.0, 4.0),
    Step::Line(0.0, 7.5),
    Step::Close,
];

/// 页脚. 填报单位 on the left, page number on the right; `pages` is (this page, all pages).
pub fn footer<'a>(scene: &Scene<'a>, width: f32, pages: (usize, usize)) -> Heading<'a> {
    let mut nodes = Vec::new();
    let colour = scene.palette.ink_weak;
    if !scene.filler.is_empty() {
        let text = format!("填报单位：{}", scene.filler);
        if let Some(text) = measure::cut(&text, SMALL, width / 2.0).map(Cow::into_owned) {
            nodes.push(Node::text((20.0, 16.0), SMALL, colour, text));
        }
    }
    if scene.style == Style::GreyPrint {
        let at = (width / 2.0, 16.0);
        let text = "黑白打印：圆为正常，斜线三角为预警，黑方块为滞后";
        nodes.push(Node::anchored(Anchor::Middle, at, SMALL, colour, text));
    }
    let page = format!("第 {} 页　共 {} 页", pages.0, pages.1);
    nodes.push(Node::anchored(
        Anchor::End,
        (width - 18.0, 16.0),
        SMALL,
        colour,
        page,
    ));
    Heading {
        nodes,
        height: 24.0,
    }
}
