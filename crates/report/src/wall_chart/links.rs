//! 跨行依赖. Broken lines with an arrow from bar to bar.
//!
//! Inside one line neighbours speak for themselves. Between lines a link is drawn at once when it is
//! critical or touches the selected project; the others wait, hidden, for the mouse.

use super::bars;
use super::layout::Sheet;
use super::model::{BarAt, BarState, Link, LinkKind};
use super::rows::Placed;
use crate::scene::{LinkPath, RowSpot};

/// How far a line leaves a bar before it turns.
const STUB: f32 = 5.0;

/// One end of a link: row, left and right edge, middle of the bar.
struct End {
    row: usize,
    left: f32,
    right: f32,
    middle: f32,
}

pub(super) fn route<'a>(
    sheet: &Sheet<'a>,
    placed: &Placed,
    rows: &[RowSpot<'a>],
) -> Vec<LinkPath<'a>> {
    sheet.chart.links.iter().filter_map(|link| path(sheet, placed, rows, link)).collect()
}

fn path<'a>(
    sheet: &Sheet<'a>,
    placed: &Placed,
    rows: &[RowSpot<'a>],
    link: &Link,
) -> Option<LinkPath<'a>> {
    let (from, to) = (end(sheet, placed, rows, link.from)?, end(sheet, placed, rows, link.to)?);
    if from.row == to.row {
        return None;
    }
    let (one, two) = (sheet.chart.bar(link.from)?, sheet.chart.bar(link.to)?);
    let critical = one.critical && two.critical && one.state != BarState::Done;
    let selected = rows[from.row].selected || rows[to.row].selected;
    Some(LinkPath {
        from: &one.activity_id,
        to: &two.activity_id,
        from_row: from.row,
        to_row: to.row,
        hidden: !(critical || selected),
        critical,
        points: corners(&from, &to, link.kind),
    })
}

fn end(sheet: &Sheet<'_>, placed: &Placed, rows: &[RowSpot<'_>], at: BarAt) -> Option<End> {
    let bar = sheet.chart.bar(at)?;
    let home = placed.rows.get(at.group)?.get(at.row)?;
    let (row, lane) = match at.sub_row {
        Some(sub_row) => (home.index + 1 + sub_row, 0),
        None => (home.index, home.lanes.get(at.bar).copied().unwrap_or(0)),
    };
    let (left, right) = bars::extent(&sheet.scale, bar)?;
    let lane_top = f32::from(lane) * (sheet.metrics.bar + 6.0);
    let middle = rows.get(row)?.y + lane_top + sheet.metrics.bar_top + sheet.metrics.bar / 2.0;
    Some(End { row, left, right, middle })
}

/// Out of one bar, along the edge between rows, into the other.
fn corners(from: &End, to: &End, kind: LinkKind) -> Vec<(f32, f32)> {
    let leaves_right = matches!(kind, LinkKind::FinishStart | LinkKind::FinishFinish);
    let enters_left = matches!(kind, LinkKind::FinishStart | LinkKind::StartStart);
    let start = if leaves_right { from.right } else { from.left };
    let stop = if enters_left { to.left } else { to.right };
    let out = if leaves_right { start + STUB } else { start - STUB };
    let into = if enters_left { stop - STUB } else { stop + STUB };
    let straight = match (leaves_right, enters_left) {
        (true, true) => out <= into,
        (false, false) => out >= into,
        _ => true,
    };
    if straight {
        let turn = match (leaves_right, enters_left) {
            (true, false) => out.max(into),
            (false, true) => out.min(into),
            _ => out,
        };
        return vec![(start, from.middle), (turn, from.middle), (turn, to.middle), (stop, to.middle)];
    }
    // The successor lies behind: pass between the two rows.
    let down = if to.middle > from.middle { 13.0 } else { -13.0 };
    let between = from.middle + down;
    vec![
        (start, from.middle),
        (out, from.middle),
        (out, between),
        (into, between),
        (into, to.middle),
        (stop, to.middle),
    ]
}
