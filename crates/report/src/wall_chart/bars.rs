//! 条形. One bar with its fill, label, critical line, forecast slip and original plan; the flag.

use std::borrow::Cow;

use super::layout::{Sheet, Style};
use super::model::{Bar, BarState, Light, Target};
use crate::lamp;
use crate::measure;
use crate::palette::Colour;
use crate::scene::{Anchor, Box2, Corners, Hatch, Mark, Node, Paint, Scale, Stroke, Type};

/// Labels in bars; 11 is the smallest text of the chart.
const LABEL: Type = Type::sans(11.0);
const LABEL_RUNNING: Type = Type::strong(11.0);
/// Free space a label needs beside it.
const LABEL_ROOM: f32 = 4.0;
/// Free space on either side when a label goes wholly into one part of a running bar.
const PART_ROOM: f32 = 8.0;
/// A label may be cut from this width on: two characters and the mark.
const CUT_ROOM: f32 = 37.0;
const RADIUS: f32 = 3.0;
/// Even one percent of a running bar can be seen.
const FILL_MIN: f32 = 5.0;

/// Left and right edge of a bar in the plot, with a pixel of air to its neighbours; none if it lies
/// wholly outside the range.
pub(super) fn extent(scale: &Scale, bar: &Bar) -> Option<(f32, f32)> {
    let (start, end) = full_extent(scale, bar);
    let (start, end) = (start.max(0.0), end.min(scale.width()));
    (end > start).then_some((start, end))
}

/// The same, not cut to the range.
fn full_extent(scale: &Scale, bar: &Bar) -> (f32, f32) {
    let (start, end) = (scale.x(bar.first), scale.x_after(bar.last_day()));
    // A bar of a few pixels must not be eaten by the air around it.
    let air = ((end - start) * 0.15).min(1.0);
    (start + air, end - air)
}

/// Draws a bar whose lane begins `top` pixels below the row's top.
pub(super) fn draw<'a>(
    sheet: &Sheet<'a>,
    bar: &'a Bar,
    project_id: &'a str,
    top: f32,
    nodes: &mut Vec<Node<'a>>,
) {
    let y = top + sheet.metrics.bar_top;
    if let Some(ghost) = bar.ghost {
        draw_ghost(sheet, ghost, y, nodes);
    }
    let Some((start, end)) = extent(&sheet.scale, bar) else {
        return;
    };
    let area = Box2 {
        x: start,
        y,
        w: end - start,
        h: sheet.metrics.bar,
    };
    nodes.push(Node::Open(Mark::Bar { bar, project_id }));
    match bar.state {
        BarState::Done => draw_done(sheet, bar, area, nodes),
        BarState::Ahead => draw_ahead(sheet, bar, area, nodes),
        BarState::Running => draw_running(sheet, bar, area, nodes),
    }
    if bar.critical && bar.state != BarState::Done {
        let (x, y) = (area.x + 1.0, area.y + area.h + 2.0);
        nodes.push(Node::fill(
            x,
            y,
            (area.w - 2.0).max(0.5),
            1.5,
            sheet.palette.ink,
        ));
    }
    nodes.push(Node::Close);
}

fn radius(area: Box2) -> f32 {
    RADIUS.min(area.w / 2.0)
}

fn draw_done<'a>(sheet: &Sheet<'a>, bar: &'a Bar, area: Box2, nodes: &mut Vec<Node<'a>>) {
    let fill = Some(Paint::Flat(sheet.palette.done));
    nodes.push(Node::rounded(
        area.x,
        area.y,
        area.w,
        area.h,
        radius(area),
        fill,
        None,
    ));
    centred(bar, area, LABEL, sheet.palette.on_done, nodes);
}

fn draw_ahead<'a>(sheet: &Sheet<'a>, bar: &'a Bar, area: Box2, nodes: &mut Vec<Node<'a>>) {
    nodes.push(outlined(
        area,
        sheet.palette.ahead,
        sheet.palette.ahead_edge,
    ));
    centred(bar, area, LABEL, sheet.palette.ink_second, nodes);
}

fn outlined<'a>(area: Box2, ground: Colour, edge: Colour) -> Node<'a> {
    bordered(area, Some(Paint::Flat(ground)), edge)
}

fn border<'a>(area: Box2, edge: Colour) -> Node<'a> {
    bordered(area, None, edge)
}

/// The outline lies inside the bar's area.
fn bordered<'a>(area: Box2, fill: Option<Paint>, edge: Colour) -> Node<'a> {
    let inset = 0.5_f32.min(area.w / 4.0);
    let stroke = Some(Stroke {
        colour: edge,
        width: inset * 2.0,
        round: false,
    });
    let (w, h) = (area.w - 2.0 * inset, area.h - 2.0 * inset);
    Node::rounded(
        area.x + inset,
        area.y + inset,
        w,
        h,
        radius(area),
        fill,
        stroke,
    )
}

/// The label as far as it fits, and whether it was cut.
fn label<'a>(bar: &'a Bar, face: Type, width: f32) -> Option<(Cow<'a, str>, Option<&'a str>)> {
    let text = measure::cut(&bar.name, face, width - LABEL_ROOM)?;
    match text {
        Cow::Borrowed("") => None,
        Cow::Borrowed(_) => Some((text, None)),
        Cow::Owned(_) if width >= CUT_ROOM => Some((text, Some(&bar.name))),
        Cow::Owned(_) => None,
    }
}

fn centred<'a>(bar: &'a Bar, area: Box2, face: Type, colour: Colour, nodes: &mut Vec<Node<'a>>) {
    if let Some((content, whole)) = label(bar, face, area.w) {
        let at = (area.x + area.w / 2.0, baseline(area));
        nodes.push(Node::Text {
            at,
            anchor: Anchor::Middle,
            face,
            colour,
            content,
            whole,
            clip: None,
        });
    }
}

fn baseline(area: Box2) -> f32 {
    area.y + area.h / 2.0 + 4.0
}

/// Fill, edge and label colour of a running bar; without a light it is neutral.
fn running_colours(sheet: &Sheet<'_>, light: Light) -> (Paint, Colour, Colour) {
    let palette = sheet.palette;
    let colours = palette.light(light);
    match light {
        Light::Grey | Light::Done => (Paint::Flat(palette.done), palette.done, palette.on_done),
        _ if sheet.style == Style::Screen => {
            (Paint::Flat(colours.fill), colours.edge, colours.on_fill)
        }
        _ => (
            lamp::print_fill(light, palette),
            colours.edge,
            colours.on_fill,
        ),
    }
}

fn draw_running<'a>(sheet: &Sheet<'a>, bar: &'a Bar, area: Box2, nodes: &mut Vec<Node<'a>>) {
    let (fill, edge, on_fill) = running_colours(sheet, bar.light);
    nodes.push(outlined(area, sheet.palette.running, edge));
    // The share is of the whole bar, also where the range hides a part of it.
    let (start, end) = full_extent(&sheet.scale, bar);
    let share = bar.share();
    let filled = (start + (end - start) * share - area.x).clamp(0.0, area.w);
    if share > 0.0 && filled > 0.0 {
        let width = filled.max(FILL_MIN).min(area.w);
        let whole = width >= area.w - RADIUS / 2.0;
        nodes.push(Node::Rect {
            area: Box2 { w: width, ..area },
            radius: radius(area),
            corners: if whole { Corners::All } else { Corners::Left },
            fill: Some(fill),
            stroke: None,
        });
        // A pale hatched fill needs its border on paper; on screen fill and border are of one colour.
        if sheet.style != Style::Screen {
            nodes.push(border(area, edge));
        }
    }
    running_label(sheet, bar, area, filled, (fill, on_fill), nodes);
}

/// Into the finished part if it fits there, else into the rest, else across both in two colours.
fn running_label<'a>(
    sheet: &Sheet<'a>,
    bar: &'a Bar,
    area: Box2,
    filled: f32,
    (fill, on_fill): (Paint, Colour),
    nodes: &mut Vec<Node<'a>>,
) {
    let Some((content, whole)) = label(bar, LABEL_RUNNING, area.w) else {
        return;
    };
    let width = measure::width(&content, LABEL_RUNNING);
    let rest = area.w - filled;
    let ink = sheet.palette.ink;
    let text = |x: f32, colour, content, clip| {
        let (at, anchor) = ((x, baseline(area)), Anchor::Middle);
        Node::Text {
            at,
            anchor,
            face: LABEL_RUNNING,
            colour,
            content,
            whole,
            clip,
        }
    };
    if filled > width + PART_ROOM {
        let x = area.x + filled / 2.0;
        nodes.extend(backing(fill, area, x, width, filled));
        nodes.push(text(x, on_fill, content, None));
    } else if rest > width + PART_ROOM {
        nodes.push(text(area.x + filled + rest / 2.0, ink, content, None));
    } else {
        let x = area.x + area.w / 2.0;
        let split = area.x + filled;
        if split <= x - width / 2.0 {
            return nodes.push(text(x, ink, content, None));
        }
        nodes.extend(backing(fill, area, x, width, filled));
        if split >= x + width / 2.0 {
            return nodes.push(text(x, on_fill, content, None));
        }
        let finished = Box2 { w: filled, ..area };
        let ahead = Box2 {
            x: split,
            w: rest,
            ..area
        };
        nodes.push(text(x, ink, content.clone(), Some(ahead)));
        nodes.push(text(x, on_fill, content, Some(finished)));
    }
}

/// Stripes under letters make them unreadable on paper: a plain patch goes between.
fn backing<'a>(fill: Paint, area: Box2, x: f32, width: f32, filled: f32) -> Option<Node<'a>> {
    let Paint::Hatched { ground, .. } = fill else {
        return None;
    };
    let left = (x - width / 2.0 - 2.0).max(area.x);
    let right = (x + width / 2.0 + 2.0).min(area.x + filled);
    (right > left).then(|| Node::fill(left, area.y + 2.0, right - left, area.h - 4.0, ground))
}

/// 原计划. A thin strip over the bar.
fn draw_ghost<'a>(
    sheet: &Sheet<'a>,
    (one, two): (ground::Date, ground::Date),
    y: f32,
    nodes: &mut Vec<Node<'a>>,
) {
    let scale = &sheet.scale;
    let start = scale.x(one.min(two)).max(0.0);
    let end = scale.x_after(one.max(two)).min(scale.width());
    if end > start {
        nodes.push(Node::Open(Mark::Plain("ghost")));
        nodes.push(Node::fill(
            start,
            y - 3.0,
            end - start,
            2.0,
            sheet.palette.ghost,
        ));
        nodes.push(Node::Close);
    }
}

/// 预计延后. Stripes from the planned to the forecast end, with an end mark.
pub(super) fn draw_slip<'a>(sheet: &Sheet<'a>, bar: &'a Bar, top: f32, nodes: &mut Vec<Node<'a>>) {
    let Some(forecast) = bar.slip() else { return };
    let (scale, colours) = (&sheet.scale, sheet.palette.light(bar.light));
    let start = scale.x_after(bar.last_day()).max(0.0) + 1.0;
    let mark = scale.x_after(forecast);
    let end = mark.min(scale.width());
    if end <= start {
        return;
    }
    let bottom = top + sheet.metrics.bar_top + sheet.metrics.bar;
    let stripes = Paint::Hatched {
        hatch: Hatch::Slip,
        ground: colours.slip_ground,
        line: colours.slip_line,
    };
    nodes.push(Node::Open(Mark::Plain("slip")));
    nodes.push(Node::rounded(
        start,
        bottom + 1.0,
        end - start,
        4.0,
        0.0,
        Some(stripes),
        None,
    ));
    if mark <= scale.width() {
        let (from, to) = (
            (mark, top + sheet.metrics.bar_top - 2.0),
            (mark, bottom + 5.0),
        );
        nodes.push(Node::line(from, to, colours.slip_line, 2.0));
    }
    nodes.push(Node::Close);
}

/// 目标日. The pole stands at the end of the day.
pub(super) fn draw_target<'a>(sheet: &Sheet<'a>, target: &Target, nodes: &mut Vec<Node<'a>>) {
    if !(sheet.scale.first..=sheet.scale.last).contains(&target.date) {
        return;
    }
    let ink = sheet.palette.ink;
    let scale = (sheet.metrics.bar + 3.0) / 21.0;
    // On the last day of the axis the pole would lie on the frozen column's border.
    let x = sheet
        .scale
        .x_after(target.date)
        .min(sheet.scale.width() - 1.0);
    nodes.push(Node::Open(Mark::Target(target.date)));
    nodes.push(Node::Path {
        steps: Cow::Borrowed(lamp::FLAG),
        at: (x, sheet.metrics.bar_top - 2.0),
        scale,
        fill: Some(Paint::Flat(ink)),
        stroke: Some(Stroke {
            colour: ink,
            width: 1.3,
            round: true,
        }),
    });
    nodes.push(Node::Close);
}
