//! 灯. The icons: shape and mark first, colour second, so that a copier or a colour-blind reader
//! tells them apart. 14 pixels square, the size of the design language.

use std::borrow::Cow;

use crate::palette::Palette;
use crate::scene::Step::{Close, Curve, Line, Move};
use crate::scene::{Hatch, Mark, Node, Paint, Step, Stroke};
use crate::wall_chart::{Light, Style};

/// Side of an icon at scale 1.
pub(crate) const SIZE: f32 = 14.0;

/// A quarter of a circle of radius r by one cubic curve: control points at this share of r.
const ROUND: f32 = 0.552_284_8;

const TICK: &[Step] = &[Move(4.0, 7.2), Line(6.1, 9.3), Line(10.1, 5.0)];
const TRIANGLE: &[Step] = &[Move(7.0, 0.9), Line(13.6, 12.6), Line(0.4, 12.6), Close];
const EXCLAMATION: &[Step] = &[
    Move(7.0, 5.0),
    Line(7.0, 8.6),
    Move(7.0, 10.6),
    Line(7.0, 10.8),
];
const DASH: &[Step] = &[Move(3.6, 7.0), Line(10.4, 7.0)];
const SQUARE: &[Step] = &rounded_square(0.6, 12.8, 2.4);
const DISC: &[Step] = &circle(7.0, 6.5);
const RING: &[Step] = &circle(7.0, 5.6);

const fn circle(centre: f32, radius: f32) -> [Step; 6] {
    let (c, r, k) = (centre, radius, radius * ROUND);
    [
        Move(c + r, c),
        Curve(c + r, c + k, c + k, c + r, c, c + r),
        Curve(c - k, c + r, c - r, c + k, c - r, c),
        Curve(c - r, c - k, c - k, c - r, c, c - r),
        Curve(c + k, c - r, c + r, c - k, c + r, c),
        Close,
    ]
}

const fn rounded_square(at: f32, side: f32, radius: f32) -> [Step; 10] {
    let (a, b, r, k) = (at, at + side, radius, radius * (1.0 - ROUND));
    [
        Move(a + r, a),
        Line(b - r, a),
        Curve(b - k, a, b, a + k, b, a + r),
        Line(b, b - r),
        Curve(b, b - k, b - k, b, b - r, b),
        Line(a + r, b),
        Curve(a + k, b, a, b - k, a, b - r),
        Line(a, a + r),
        Curve(a, a + k, a + k, a, a + r, a),
        Close,
    ]
}

/// Draws a light with its top left corner at `at`.
pub(crate) fn draw(
    nodes: &mut Vec<Node<'_>>,
    light: Light,
    at: (f32, f32),
    scale: f32,
    palette: &Palette,
    style: Style,
) {
    let path = |steps: &'static [Step], fill: Option<Paint>, stroke: Option<Stroke>| Node::Path {
        steps: Cow::Borrowed(steps),
        at,
        scale,
        fill,
        stroke,
    };
    let line = |colour, width| {
        Some(Stroke {
            colour,
            width,
            round: true,
        })
    };
    let colours = palette.light(light);
    let flat = Some(Paint::Flat(colours.fill));
    nodes.push(Node::Open(Mark::Lamp(light)));
    match light {
        Light::Green => {
            nodes.push(path(DISC, flat, None));
            nodes.push(path(TICK, None, line(colours.symbol, 1.7)));
        }
        Light::Yellow => {
            let fill = if style == Style::Screen {
                flat
            } else {
                Some(print_fill(light, palette))
            };
            nodes.push(path(TRIANGLE, fill, line(colours.edge_or_fill(style), 1.0)));
            nodes.push(path(EXCLAMATION, None, line(colours.symbol, 1.7)));
        }
        Light::Red => {
            nodes.push(path(SQUARE, flat, None));
            nodes.push(path(DASH, None, line(colours.symbol, 2.2)));
        }
        Light::Done => {
            nodes.push(path(RING, flat, line(colours.symbol, 1.2)));
            nodes.push(path(TICK, None, line(colours.symbol, 1.5)));
        }
        Light::Grey => nodes.push(path(RING, flat, line(colours.edge, 1.6))),
    }
    nodes.push(Node::Close);
}

impl crate::palette::LightColours {
    /// On paper the triangle keeps a dark outline, for its hatch is pale in grey.
    fn edge_or_fill(&self, style: Style) -> crate::palette::Colour {
        if style == Style::Screen {
            self.fill
        } else {
            self.edge
        }
    }
}

/// The finished part of a running bar on paper: stripes for yellow, crossed stripes for red.
pub(crate) fn print_fill(light: Light, palette: &Palette) -> Paint {
    let colours = palette.light(light);
    let hatch = match light {
        Light::Yellow => Hatch::Diagonal,
        Light::Red => Hatch::Cross,
        Light::Green | Light::Done | Light::Grey => return Paint::Flat(colours.fill),
    };
    Paint::Hatched {
        hatch,
        ground: colours.fill,
        line: colours.hatch_line,
    }
}

/// 目标日. A pole 21 high with a pennant, from the pole's top.
pub(crate) const FLAG: &[Step] = &[
    Move(0.0, 0.0),
    Line(0.0, 21.0),
    Move(0.0, 0.5),
    Line(8.0, 4.0),
    Line(0.0, 7.5),
    Close,
];
