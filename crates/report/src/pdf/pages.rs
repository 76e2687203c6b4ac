//! 分页. Which rows go on which page, and one page from top to bottom.

use std::ops::Range;

use krilla::geom::Transform;

use super::paint::Painter;
use crate::scene::{LinkPath, Node, Pane, RowKind, Scene, Side, Stroke, Type};
use crate::wall_chart::{Heading, footer};

/// One kind of paper under one scene. Lengths are scene pixels unless said otherwise.
pub(super) struct Sheet<'a> {
    /// Points for a pixel.
    pub scale: f32,
    /// Margin in points.
    pub margin: f32,
    pub width: f32,
    pub height: f32,
    pub heading: Heading<'a>,
    pub legend: Heading<'a>,
    pub footer_height: f32,
    /// Room for rows.
    pub body_height: f32,
}

/// Rows of one page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PageRows {
    /// The head of a group that began on an earlier page, repeated here.
    pub continued: Option<usize>,
    pub rows: Range<usize>,
}

/// Puts rows on pages of `room` pixels. A group stays whole if a page can hold it, a project stays
/// with its activities likewise; a row is never cut. There is always one page.
pub(super) fn divide(scene: &Scene<'_>, room: f32) -> Vec<PageRows> {
    let mut filler = Filler {
        scene,
        room,
        pages: Vec::new(),
        page: start_page(0),
        used: 0.0,
    };
    for group in blocks(scene, 0..scene.rows.len(), |kind| kind == RowKind::Group) {
        filler.group(group);
    }
    filler.pages.push(filler.page);
    filler.pages
}

fn start_page(row: usize) -> PageRows {
    PageRows {
        continued: None,
        rows: row..row,
    }
}

/// Cuts a run of rows before each row that begins a block.
fn blocks(
    scene: &Scene<'_>,
    rows: Range<usize>,
    begins: impl Fn(RowKind) -> bool,
) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for row in rows {
        match found.last_mut() {
            Some(block) if !begins(scene.rows[row].kind) => block.end = row + 1,
            _ => found.push(row..row + 1),
        }
    }
    found
}

fn height(scene: &Scene<'_>, rows: Range<usize>) -> f32 {
    scene.rows[rows].iter().map(|row| row.height).sum()
}

struct Filler<'a, 'b> {
    scene: &'a Scene<'b>,
    room: f32,
    pages: Vec<PageRows>,
    page: PageRows,
    used: f32,
}

impl Filler<'_, '_> {
    fn turn(&mut self, continued: Option<usize>) {
        let next = PageRows {
            continued,
            ..start_page(self.page.rows.end)
        };
        self.pages.push(std::mem::replace(&mut self.page, next));
        self.used = continued.map_or(0.0, |row| self.scene.rows[row].height);
    }

    fn put(&mut self, rows: Range<usize>) {
        self.used += height(self.scene, rows.clone());
        self.page.rows.end = rows.end;
    }

    fn fits(&self, rows: Range<usize>) -> bool {
        self.used + height(self.scene, rows) <= self.room
    }

    fn group(&mut self, group: Range<usize>) {
        let whole = height(self.scene, group.clone()) <= self.room;
        if self.fits(group.clone()) {
            return self.put(group);
        }
        let head = group.start;
        // Not even the head and its first project: they would stand alone at the foot of the page.
        let first = head..(head + 2).min(group.end);
        if !self.page.rows.is_empty() && (whole || !self.fits(first)) {
            self.turn(None);
        }
        if whole {
            return self.put(group);
        }
        self.put(head..head + 1);
        for project in blocks(self.scene, head + 1..group.end, |kind| {
            kind != RowKind::Activity
        }) {
            self.project(project, head);
        }
    }

    fn project(&mut self, project: Range<usize>, head: usize) {
        if self.fits(project.clone()) {
            return self.put(project);
        }
        let empty = self.scene.rows[head].height;
        let alone = height(self.scene, project.clone()) + empty <= self.room;
        if alone {
            self.turn(Some(head));
            return self.put(project);
        }
        for row in project {
            if !self.fits(row..row + 1) && self.used > empty {
                self.turn(Some(head));
            }
            self.put(row..row + 1);
        }
    }
}

impl Sheet<'_> {
    pub fn paint(
        &self,
        scene: &Scene<'_>,
        page: &PageRows,
        numbers: (usize, usize),
        painter: &mut Painter<'_, '_>,
    ) {
        painter.push(&Transform::from_row(
            self.scale,
            0.0,
            0.0,
            self.scale,
            self.margin,
            self.margin,
        ));
        painter.nodes(&self.heading.nodes);
        let mut x = (self.width - scene.width()) / 2.0;
        for side in Side::ALL {
            painter.push(&Transform::from_translate(x, self.heading.height));
            paint_pane(scene, side, page, painter);
            painter.pop();
            x += scene.pane(side).width;
        }
        let bottom = self.height - self.footer_height;
        painter.push(&Transform::from_translate(0.0, bottom - self.legend.height));
        painter.nodes(&self.legend.nodes);
        painter.pop();
        painter.push(&Transform::from_translate(0.0, bottom));
        painter.nodes(&footer(scene, self.width, numbers).nodes);
        painter.pop();
        painter.pop();
    }
}

fn paint_pane(scene: &Scene<'_>, side: Side, page: &PageRows, painter: &mut Painter<'_, '_>) {
    let pane = scene.pane(side);
    let repeated = page.continued.map_or(0.0, |row| scene.rows[row].height);
    let body = repeated + height(scene, page.rows.clone());
    if !painter.push_clip(0.0, 0.0, pane.width, scene.head_height + body) {
        return;
    }
    painter.nodes(&pane.head);
    painter.push(&Transform::from_translate(0.0, scene.head_height));
    paint_under(pane, body, painter);
    if let Some(row) = page.continued {
        painter.nodes(scene.row_nodes(row, side));
        if side == Side::Plot {
            let at = (8.0, scene.rows[row].height / 2.0 + 4.5);
            let node = Node::text(at, Type::sans(12.0), scene.palette.ink_weak, "续上页");
            painter.nodes(&[node]);
        }
    }
    let first = scene.rows.get(page.rows.start).map_or(0.0, |row| row.y);
    painter.push(&Transform::from_translate(0.0, repeated - first));
    for row in page.rows.clone() {
        painter.push(&Transform::from_translate(0.0, scene.rows[row].y));
        painter.nodes(scene.row_nodes(row, side));
        painter.pop();
    }
    if side == Side::Plot {
        let touches = |link: &&LinkPath<'_>| {
            page.rows.contains(&link.from_row) || page.rows.contains(&link.to_row)
        };
        for link in scene
            .links
            .iter()
            .filter(|link| !link.hidden)
            .filter(touches)
        {
            painter.link(link, scene.palette);
        }
    }
    painter.pop();
    paint_verticals(&pane.over, body, painter);
    painter.pop();
    painter.pop();
}

fn paint_under(pane: &Pane<'_>, height: f32, painter: &mut Painter<'_, '_>) {
    for (x, width, colour) in &pane.shades {
        painter.nodes(&[Node::fill(*x, 0.0, *width, height, *colour)]);
    }
    paint_verticals(&pane.under, height, painter);
}

fn paint_verticals(lines: &[(f32, Stroke)], height: f32, painter: &mut Painter<'_, '_>) {
    for (x, stroke) in lines {
        painter.nodes(&[Node::Line {
            from: (*x, 0.0),
            to: (*x, height),
            stroke: *stroke,
        }]);
    }
}
