//! Nodes on a krilla surface.

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Rect, Transform};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke as PdfStroke};
use krilla::surface::Surface;

use super::text::{Placed, TextSetter};
use crate::palette::{Colour, Palette};
use crate::scene::{Box2, Corners, Hatch, LinkPath, Node, Paint, Step, Stroke};
use crate::svg::write::hatch_figures;

/// A quarter circle by one cubic curve: control points at this share of the radius.
const ROUND: f32 = 0.552_284_8;

/// Draws nodes; keeps the surface's transforms and clips balanced.
pub(super) struct Painter<'a, 'b> {
    surface: &'a mut Surface<'b>,
    texts: &'a mut TextSetter,
}

impl<'a, 'b> Painter<'a, 'b> {
    pub fn new(surface: &'a mut Surface<'b>, texts: &'a mut TextSetter) -> Self {
        Self { surface, texts }
    }

    pub fn push(&mut self, transform: &Transform) {
        self.surface.push_transform(transform);
    }

    pub fn pop(&mut self) {
        self.surface.pop();
    }

    /// Clips to a rectangle; false, and nothing to pop, if it is empty.
    pub fn push_clip(&mut self, x: f32, y: f32, w: f32, h: f32) -> bool {
        let path = rectangle(Box2 { x, y, w, h }, 0.0, Corners::All);
        if let Some(path) = &path {
            self.surface.push_clip_path(path, &FillRule::NonZero);
        }
        path.is_some()
    }

    pub fn nodes(&mut self, nodes: &[Node<'_>]) {
        for node in nodes {
            match node {
                Node::Rect {
                    area,
                    radius,
                    corners,
                    fill,
                    stroke,
                } => {
                    if let Some(path) = rectangle(*area, *radius, *corners) {
                        self.shape(&path, (*fill, *stroke), 1.0, *area);
                    }
                }
                Node::Line { from, to, stroke } => self.polyline(&[*from, *to], *stroke),
                Node::Path {
                    steps,
                    at,
                    scale,
                    fill,
                    stroke,
                } => {
                    if let Some((path, area)) = steps_path(steps, *at, *scale) {
                        self.shape(&path, (*fill, *stroke), *scale, area);
                    }
                }
                Node::Text {
                    at,
                    anchor,
                    face,
                    colour,
                    content,
                    clip,
                    ..
                } => {
                    let placed = Placed {
                        at: *at,
                        anchor: *anchor,
                        face: *face,
                        content: content.as_ref(),
                    };
                    self.text(&placed, *colour, *clip);
                }
                Node::Open(_) | Node::Close => {}
            }
        }
    }

    fn text(&mut self, placed: &Placed<'_>, colour: Colour, clip: Option<Box2>) {
        let clipped = match clip {
            None => false,
            Some(area) if self.push_clip(area.x, area.y, area.w, area.h) => true,
            Some(_) => return,
        };
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(solid(colour)));
        self.texts.draw(placed, self.surface);
        if clipped {
            self.pop();
        }
    }

    pub fn link(&mut self, link: &LinkPath<'_>, palette: &Palette) {
        let colour = if link.critical {
            palette.ink
        } else {
            palette.ink_weak
        };
        self.polyline(
            &link.points,
            Stroke {
                colour,
                width: 1.0,
                round: false,
            },
        );
        let [tip, one, two] = link.arrow();
        let mut path = PathBuilder::new();
        path.move_to(tip.0, tip.1);
        path.line_to(one.0, one.1);
        path.line_to(two.0, two.1);
        path.close();
        if let Some(path) = path.finish() {
            self.surface.set_stroke(None);
            self.surface.set_fill(Some(solid(colour)));
            self.surface.draw_path(&path);
        }
    }

    fn polyline(&mut self, points: &[(f32, f32)], stroke: Stroke) {
        let mut path = PathBuilder::new();
        for (place, (x, y)) in points.iter().enumerate() {
            match place {
                0 => path.move_to(*x, *y),
                _ => path.line_to(*x, *y),
            }
        }
        if let Some(path) = path.finish() {
            self.surface.set_fill(None);
            self.surface.set_stroke(Some(pdf_stroke(stroke, 1.0)));
            self.surface.draw_path(&path);
        }
    }

    fn shape(
        &mut self,
        path: &Path,
        (fill, stroke): (Option<Paint>, Option<Stroke>),
        scale: f32,
        area: Box2,
    ) {
        let ground = match fill {
            None => None,
            Some(Paint::Flat(colour)) | Some(Paint::Hatched { ground: colour, .. }) => Some(colour),
        };
        let hatched = matches!(fill, Some(Paint::Hatched { .. }));
        let outline = stroke.map(|stroke| pdf_stroke(stroke, scale));
        self.surface.set_fill(ground.map(solid));
        self.surface
            .set_stroke(if hatched { None } else { outline.clone() });
        self.surface.draw_path(path);
        let Some(Paint::Hatched { hatch, line, .. }) = fill else {
            return;
        };
        self.surface.push_clip_path(path, &FillRule::NonZero);
        self.stripes(hatch, line, area);
        self.surface.pop();
        if outline.is_some() {
            self.surface.set_fill(None);
            self.surface.set_stroke(outline);
            self.surface.draw_path(path);
        }
    }

    /// Stripes at 45° over an area; real lines, for viewers draw tiled patterns with seams.
    fn stripes(&mut self, hatch: Hatch, colour: Colour, area: Box2) {
        let (distance, thick) = hatch_figures(hatch);
        // Along the x axis stripes at 45° are √2 further apart.
        let step = distance * std::f32::consts::SQRT_2;
        let mut path = PathBuilder::new();
        let mut x = ((area.x - area.h) / step).floor() * step;
        while x < area.x + area.w {
            path.move_to(x, area.y + area.h);
            path.line_to(x + area.h, area.y);
            if hatch == Hatch::Cross {
                path.move_to(x, area.y);
                path.line_to(x + area.h, area.y + area.h);
            }
            x += step;
        }
        if let Some(path) = path.finish() {
            self.surface.set_fill(None);
            let stroke = Stroke {
                colour,
                width: thick,
                round: false,
            };
            self.surface.set_stroke(Some(pdf_stroke(stroke, 1.0)));
            self.surface.draw_path(&path);
        }
    }
}

fn rgb(colour: Colour) -> rgb::Color {
    rgb::Color::new(colour.red, colour.green, colour.blue)
}

fn solid(colour: Colour) -> Fill {
    Fill {
        paint: rgb(colour).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

fn pdf_stroke(stroke: Stroke, scale: f32) -> PdfStroke {
    PdfStroke {
        paint: rgb(stroke.colour).into(),
        width: stroke.width * scale,
        line_cap: if stroke.round {
            LineCap::Round
        } else {
            LineCap::Butt
        },
        line_join: if stroke.round {
            LineJoin::Round
        } else {
            LineJoin::Miter
        },
        ..PdfStroke::default()
    }
}

/// A rectangle with round corners; none without area.
fn rectangle(area: Box2, radius: f32, corners: Corners) -> Option<Path> {
    let (x, y, right, bottom) = (area.x, area.y, area.x + area.w, area.y + area.h);
    let mut path = PathBuilder::new();
    let r = radius.min(area.w / 2.0).min(area.h / 2.0);
    if r <= 0.0 {
        path.push_rect(Rect::from_xywh(x, y, area.w, area.h)?);
        return path.finish();
    }
    let k = r * (1.0 - ROUND);
    path.move_to(x + r, y);
    match corners {
        Corners::All => {
            path.line_to(right - r, y);
            path.cubic_to(right - k, y, right, y + k, right, y + r);
            path.line_to(right, bottom - r);
            path.cubic_to(right, bottom - k, right - k, bottom, right - r, bottom);
        }
        Corners::Left => {
            path.line_to(right, y);
            path.line_to(right, bottom);
        }
    }
    path.line_to(x + r, bottom);
    path.cubic_to(x + k, bottom, x, bottom - k, x, bottom - r);
    path.line_to(x, y + r);
    path.cubic_to(x, y + k, x + k, y, x + r, y);
    path.close();
    path.finish()
}

/// The path in place, and the box around its points.
fn steps_path(steps: &[Step], at: (f32, f32), scale: f32) -> Option<(Path, Box2)> {
    let place = |x: f32, y: f32| (at.0 + x * scale, at.1 + y * scale);
    let mut path = PathBuilder::new();
    let (mut low, mut high) = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
    for step in steps {
        let end = match *step {
            Step::Move(x, y) => {
                let (x, y) = place(x, y);
                path.move_to(x, y);
                (x, y)
            }
            Step::Line(x, y) => {
                let (x, y) = place(x, y);
                path.line_to(x, y);
                (x, y)
            }
            Step::Curve(a, b, c, d, x, y) => {
                let ((a, b), (c, d), (x, y)) = (place(a, b), place(c, d), place(x, y));
                path.cubic_to(a, b, c, d, x, y);
                (x, y)
            }
            Step::Close => {
                path.close();
                continue;
            }
        };
        low = (low.0.min(end.0), low.1.min(end.1));
        high = (high.0.max(end.0), high.1.max(end.1));
    }
    let area = Box2 {
        x: low.0,
        y: low.1,
        w: high.0 - low.0,
        h: high.1 - low.1,
    };
    Some((path.finish()?, area))
}
