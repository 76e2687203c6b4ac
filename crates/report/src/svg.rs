//! A scene as SVG: six panes for a screen with frozen columns, or one standalone document.
//!
//! No inline style and no script, so a strict content policy holds; looks are presentation
//! attributes, hooks for the page are classes and `data-` attributes. Each bar is
//! `<g class="bar running red" data-activity data-project data-first data-last tabindex="0">` with a
//! spoken label; rows are `<g class="row project" data-row data-project>`; links `<g class="link">`.

pub(crate) mod write;

use std::ops::Range;

use crate::palette::LIGHT;
use crate::scene::{Node, Pane, RowKind, Scene, Side};
use crate::wall_chart;
use write::Writer;

/// Families of the standalone document, from the design language.
const SANS: &str = "'PingFang SC','HarmonyOS Sans SC','MiSans','Microsoft YaHei UI','Microsoft YaHei','Source Han Sans SC','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif";

/// Six SVG texts; frozen columns do not scroll sideways, heads do not scroll down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Panes {
    /// Names of the left columns.
    pub left_head: String,
    /// 序、灯、项目、牵头单位.
    pub left_body: String,
    /// Time axis.
    pub plot_head: String,
    /// Bars.
    pub plot_body: String,
    /// Names of the right columns.
    pub right_head: String,
    /// 目标、预计.
    pub right_body: String,
}

/// All rows in six panes.
pub fn panes(scene: &Scene<'_>) -> Panes {
    panes_of_rows(scene, 0..scene.rows.len())
}

/// Six panes of full size that hold only some rows (see [`Scene::rows_between`]): a page that scrolls
/// through thousands of rows asks for what it shows.
pub fn panes_of_rows(scene: &Scene<'_>, rows: Range<usize>) -> Panes {
    let rows = rows.start.min(scene.rows.len())..rows.end.min(scene.rows.len());
    let body = |side| body(scene, side, rows.clone());
    Panes {
        left_head: head(scene, Side::Left),
        left_body: body(Side::Left),
        plot_head: head(scene, Side::Plot),
        plot_body: body(Side::Plot),
        right_head: head(scene, Side::Right),
        right_body: body(Side::Right),
    }
}

fn side_code(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Plot => "plot",
        Side::Right => "right",
    }
}

fn head(scene: &Scene<'_>, side: Side) -> String {
    let pane = scene.pane(side);
    let mut out = Writer::new(&scene.id, &[side_code(side), "head"], scene, 4096);
    out.open_svg(pane.width, scene.head_height);
    out.nodes(&pane.head);
    out.close_svg()
}

fn body(scene: &Scene<'_>, side: Side, rows: Range<usize>) -> String {
    let pane = scene.pane(side);
    // A row with its bars takes 150 to 250 bytes a node; growing a large text copies it again.
    let nodes: usize = rows
        .clone()
        .map(|row| scene.row_nodes(row, side).len())
        .sum();
    let mut out = Writer::new(
        &scene.id,
        &[side_code(side), "body"],
        scene,
        nodes * 130 + 2048,
    );
    out.open_svg(pane.width, scene.body_height);
    under(&mut out, pane, scene.body_height);
    body_rows(&mut out, scene, side, rows.clone());
    over(&mut out, scene, side, rows);
    out.close_svg()
}

fn under(out: &mut Writer, pane: &Pane<'_>, height: f32) {
    for (x, width, colour) in &pane.shades {
        out.band(*x, *width, height, *colour);
    }
    for (x, stroke) in &pane.under {
        out.vertical(*x, height, *stroke);
    }
}

fn body_rows(out: &mut Writer, scene: &Scene<'_>, side: Side, rows: Range<usize>) {
    for row in rows {
        let spot = &scene.rows[row];
        let kind = match spot.kind {
            RowKind::Group => "group",
            RowKind::Project => "project",
            RowKind::Activity => "activity",
        };
        out.open_row(row, kind, spot);
        out.nodes(scene.row_nodes(row, side));
        out.close_group();
    }
}

fn over(out: &mut Writer, scene: &Scene<'_>, side: Side, rows: Range<usize>) {
    if side == Side::Plot {
        let touches = |row: usize| rows.contains(&row);
        for link in scene
            .links
            .iter()
            .filter(|link| touches(link.from_row) || touches(link.to_row))
        {
            out.link(link, scene.palette);
        }
    }
    for (x, stroke) in &scene.pane(side).over {
        out.vertical(*x, scene.body_height, *stroke);
    }
}

/// Nodes as one standalone SVG.
pub(crate) fn drawing(
    id: &str,
    title: &str,
    (width, height): (f32, f32),
    nodes: &[Node<'_>],
) -> String {
    let mut out = Writer::bare(id, nodes.len() * 130 + 2048);
    out.open_document(width, height, title, SANS);
    out.band(0.0, width, height, LIGHT.surface);
    out.nodes(nodes);
    out.close_svg()
}

/// One SVG with title, chart, legend and footer, to be opened or kept by itself.
pub fn document(scene: &Scene<'_>) -> String {
    let width = scene.width();
    let heading = wall_chart::heading(scene, width);
    let legend = wall_chart::legend(scene, width);
    let footer = wall_chart::footer(scene, width, (1, 1));
    let bottom = heading.height + scene.head_height + scene.body_height;
    let height = bottom + legend.height + footer.height;
    let mut out = Writer::new(&scene.id, &["document"], scene, 65_536);
    out.open_document(width, height, scene.title, SANS);
    out.band(0.0, width, height, scene.palette.surface);
    out.nodes(&heading.nodes);
    let mut x = 0.0;
    for side in Side::ALL {
        let pane = scene.pane(side);
        out.open_clipped(
            x,
            heading.height,
            pane.width,
            scene.head_height + scene.body_height,
        );
        out.nodes(&pane.head);
        out.open_moved(0.0, scene.head_height);
        under(&mut out, pane, scene.body_height);
        body_rows(&mut out, scene, side, 0..scene.rows.len());
        over(&mut out, scene, side, 0..scene.rows.len());
        out.close_group();
        out.close_group();
        x += pane.width;
    }
    for (part, top) in [(&legend, bottom), (&footer, bottom + legend.height)] {
        out.open_moved(0.0, top);
        out.nodes(&part.nodes);
        out.close_group();
    }
    out.close_svg()
}
