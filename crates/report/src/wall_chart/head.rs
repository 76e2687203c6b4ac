//! The header: names of the frozen columns, the two levels of the time axis, today's badge.

use ground::Date;

use super::axis::{Axis, Cell};
use super::layout::{HEAD_HEIGHT, LEFT_WIDTH, Sheet, today_line};
use super::model::short_date;
use crate::measure;
use crate::scene::{Anchor, Node, Pane, Scene, Stroke, Type};

/// Bottom of the upper level.
const LEVEL: f32 = 22.0;
/// Columns of the left pane: x and name.
const COLUMNS: [(f32, &str); 4] = [
    (20.0, "序"),
    (46.0, "灯"),
    (104.0, "项目"),
    (360.0, "牵头单位"),
];
const FACE: Type = Type::sans(12.0);
const STRONG: Type = Type::strong(12.0);

pub(super) fn draw<'a>(sheet: &Sheet<'a>, axis: &Axis, scene: &mut Scene<'a>) {
    let [left, plot, right] = &mut scene.panes;
    for pane in [&mut *left, &mut *plot, &mut *right] {
        pane.head.push(Node::fill(
            0.0,
            0.0,
            pane.width,
            HEAD_HEIGHT,
            sheet.palette.head,
        ));
    }
    let weak = sheet.palette.ink_weak;
    left.head
        .extend(COLUMNS.map(|(x, name)| Node::text((x, 28.0), FACE, weak, name)));
    right
        .head
        .push(Node::text((10.0, 28.0), FACE, weak, "目标"));
    right.head.push(Node::anchored(
        Anchor::End,
        (right.width - 18.0, 28.0),
        FACE,
        weak,
        "预计",
    ));
    draw_axis(sheet, axis, plot);
    for pane in [&mut *left, &mut *plot, &mut *right] {
        let (from, to) = ((0.0, HEAD_HEIGHT - 0.5), (pane.width, HEAD_HEIGHT - 0.5));
        pane.head
            .push(Node::line(from, to, sheet.palette.rule_strong, 1.0));
    }
    draw_today(sheet, plot);
    draw_borders(sheet, left, right);
}

fn draw_axis<'a>(sheet: &Sheet<'a>, axis: &Axis, plot: &mut Pane<'a>) {
    for cell in &axis.top {
        top_cell(sheet, cell, &mut plot.head);
    }
    for cell in &axis.second {
        let x = sheet.scale.x(cell.first);
        let strong = begins(&axis.top, cell.first);
        let colour = if strong {
            sheet.palette.rule_strong
        } else {
            sheet.palette.rule_month
        };
        let top = if strong { 0.0 } else { LEVEL };
        plot.head
            .push(Node::line((x, top), (x, HEAD_HEIGHT), colour, 1.0));
        plot.under.push((
            x,
            Stroke {
                colour,
                width: 1.0,
                round: false,
            },
        ));
        second_cell(sheet, cell, &mut plot.head);
    }
    // A month that begins inside a week still shows its line.
    for cell in axis
        .top
        .iter()
        .filter(|top| !begins(&axis.second, top.first))
    {
        let x = sheet.scale.x(cell.first);
        let colour = sheet.palette.rule_strong;
        plot.head
            .push(Node::line((x, 0.0), (x, LEVEL), colour, 1.0));
        plot.under.push((
            x,
            Stroke {
                colour,
                width: 1.0,
                round: false,
            },
        ));
    }
    for day in &axis.ticks {
        let x = sheet.scale.x(*day);
        let (from, to) = ((x, HEAD_HEIGHT - 4.0), (x, HEAD_HEIGHT));
        plot.head
            .push(Node::line(from, to, sheet.palette.tick, 1.0));
    }
}

/// Whether a cell of the level begins on the day.
fn begins(level: &[Cell], day: Date) -> bool {
    level.binary_search_by_key(&day, |cell| cell.first).is_ok()
}

/// Upper level: strong name and weak note from the cell's left end.
fn top_cell<'a>(sheet: &Sheet<'a>, cell: &Cell, nodes: &mut Vec<Node<'a>>) {
    let (x, end) = (sheet.scale.x(cell.first), sheet.scale.x_after(cell.last));
    let palette = sheet.palette;
    if cell.current {
        nodes.push(Node::fill(x, 0.0, end - x, LEVEL, palette.brand_tint));
    }
    let fits = |label: &&String| measure::width(label, STRONG) <= end - x - 10.0;
    let Some(label) = [&cell.label, &cell.short].into_iter().find(fits) else {
        return;
    };
    let colour = if cell.current {
        palette.brand_text
    } else {
        palette.ink_second
    };
    let note_x = x + 8.0 + measure::width(label, STRONG) + 6.0;
    nodes.push(Node::text((x + 8.0, 16.0), STRONG, colour, label.clone()));
    if !cell.note.is_empty() && note_x + measure::width(&cell.note, FACE) <= end - 2.0 {
        nodes.push(Node::text(
            (note_x, 16.0),
            FACE,
            palette.ink_weak,
            cell.note.clone(),
        ));
    }
}

/// Lower level: name, and note if both fit, in the middle of the cell.
fn second_cell<'a>(sheet: &Sheet<'a>, cell: &Cell, nodes: &mut Vec<Node<'a>>) {
    let (x, end) = (sheet.scale.x(cell.first), sheet.scale.x_after(cell.last));
    let both = format!("{} {}", cell.label, cell.note);
    let fits = |text: &str| measure::width(text, FACE) <= end - x - 2.0;
    let text = [both.trim_end(), &cell.label]
        .into_iter()
        .find(|text| fits(text));
    if let Some(text) = text {
        let at = ((x + end) / 2.0, 38.0);
        let colour = sheet.palette.ink_second;
        nodes.push(Node::anchored(
            Anchor::Middle,
            at,
            FACE,
            colour,
            text.to_owned(),
        ));
    }
}

/// Badge 今日 3/10 on the axis and the line below it, the badge kept inside the plot.
fn draw_today<'a>(sheet: &Sheet<'a>, plot: &mut Pane<'a>) {
    let Some((x, stroke)) = today_line(sheet) else {
        return;
    };
    let text = format!(
        "今日 {}",
        short_date(sheet.chart.today, sheet.chart.today.year())
    );
    // 66 for `今日 3/10` as in the design, wider for `今日 12/10`.
    let width = (measure::width(&text, STRONG) + 17.0).max(66.0);
    let left = (x - width / 2.0).clamp(0.0, (plot.width - width).max(0.0));
    let brand = sheet.palette.brand;
    // A word half under the badge reads as another word.
    plot.head
        .retain(|node| !lies_under(node, left, left + width));
    plot.head.push(Node::line(
        (x, HEAD_HEIGHT - 2.0),
        (x, HEAD_HEIGHT),
        brand,
        stroke.width,
    ));
    plot.head
        .push(Node::Open(crate::scene::Mark::Plain("today")));
    let fill = Some(crate::scene::Paint::Flat(brand));
    plot.head
        .push(Node::rounded(left, 24.0, width, 19.0, 4.0, fill, None));
    let at = (left + width / 2.0, 38.0);
    plot.head.push(Node::anchored(
        Anchor::Middle,
        at,
        STRONG,
        sheet.palette.on_brand,
        text,
    ));
    plot.head.push(Node::Close);
    plot.over.push((x, stroke));
}

/// Whether a node is a label of the lower level that touches the stretch of the badge.
fn lies_under(node: &Node<'_>, left: f32, right: f32) -> bool {
    let Node::Text {
        at: (x, y),
        anchor: Anchor::Middle,
        content,
        face,
        ..
    } = node
    else {
        return false;
    };
    let half = measure::width(content, *face) / 2.0;
    *y > LEVEL && x + half > left && x - half < right
}

/// The frozen columns end in a strong line, in head and body.
fn draw_borders<'a>(sheet: &Sheet<'a>, left: &mut Pane<'a>, right: &mut Pane<'a>) {
    let stroke = Stroke {
        colour: sheet.palette.rule_strong,
        width: 1.0,
        round: false,
    };
    for (pane, x) in [(left, LEFT_WIDTH - 0.5), (right, 0.5)] {
        pane.head.push(Node::Line {
            from: (x, 0.0),
            to: (x, HEAD_HEIGHT),
            stroke,
        });
        pane.over.push((x, stroke));
    }
}
