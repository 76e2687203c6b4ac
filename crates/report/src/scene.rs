//! What is drawn where, in scene pixels, without knowing who draws it.
//!
//! A scene has three panes side by side (frozen left, plot, frozen right), each with a head and rows.
//! Nodes of a row count from that row's top left corner in their pane, so a painter may take any run
//! of rows: a screen shows a window, paper breaks pages, and neither recomputes a position.

use std::borrow::Cow;

use ground::Date;

use crate::palette::{Colour, Palette};
use crate::wall_chart::{Bar, Style};

/// How an area is filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paint {
    /// One colour.
    Flat(Colour),
    /// Stripes of `line` on `ground`.
    Hatched {
        /// Direction of the stripes.
        hatch: Hatch,
        /// Colour between the stripes.
        ground: Colour,
        /// Colour of the stripes.
        line: Colour,
    },
}

/// 斜纹. Kinds of stripes; the painters repeat them every few pixels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Hatch {
    /// Dense 45° stripes, half dark: the forecast slip.
    Slip,
    /// Thin 45° stripes: a yellow bar on paper.
    Diagonal,
    /// Thin stripes both ways: a red bar on paper.
    Cross,
}

/// A line's colour, width and form.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stroke {
    /// Colour.
    pub colour: Colour,
    /// Width in pixels.
    pub width: f32,
    /// Round ends and joins.
    pub round: bool,
}

/// Where a text's x lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// At its left end.
    Start,
    /// At its middle.
    Middle,
    /// At its right end.
    End,
}

/// 黑体 or 宋体.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Family {
    /// 黑体: everything but titles.
    Sans,
    /// 宋体: the title.
    Serif,
}

/// Face and size of a text.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Type {
    /// Role of the face.
    pub family: Family,
    /// Em size in pixels.
    pub size: f32,
    /// 400, 600 or 700; from 600 on the bold face is used.
    pub weight: u16,
}

/// A rectangle in pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Box2 {
    /// Left.
    pub x: f32,
    /// Top.
    pub y: f32,
    /// Width, never negative.
    pub w: f32,
    /// Height, never negative.
    pub h: f32,
}

/// One step of a path.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Step {
    /// Pen up to a point.
    Move(f32, f32),
    /// Straight to a point.
    Line(f32, f32),
    /// Cubic curve: two control points and the end.
    Curve(f32, f32, f32, f32, f32, f32),
    /// Back to the start of the part.
    Close,
}

/// Which corners of a rectangle are round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Corners {
    /// All four.
    All,
    /// The two on the left: the finished part of a running bar.
    Left,
}

/// One thing to draw, or the border of a group of things.
#[derive(Clone, PartialEq, Debug)]
pub enum Node<'a> {
    /// A rectangle.
    Rect {
        /// Where.
        area: Box2,
        /// Corner radius, 0 for square.
        radius: f32,
        /// Which corners are round.
        corners: Corners,
        /// Inside.
        fill: Option<Paint>,
        /// Outline, centred on the border.
        stroke: Option<Stroke>,
    },
    /// A straight line.
    Line {
        /// Start.
        from: (f32, f32),
        /// End.
        to: (f32, f32),
        /// Look.
        stroke: Stroke,
    },
    /// A path, moved to `at` and scaled by `scale`.
    Path {
        /// Steps around the origin.
        steps: Cow<'static, [Step]>,
        /// Where the origin goes.
        at: (f32, f32),
        /// Size factor, also of the stroke.
        scale: f32,
        /// Inside.
        fill: Option<Paint>,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// One line of text.
    Text {
        /// Anchor point on the baseline.
        at: (f32, f32),
        /// Side of the anchor.
        anchor: Anchor,
        /// Face and size.
        face: Type,
        /// Colour.
        colour: Colour,
        /// What is written.
        content: Cow<'a, str>,
        /// The whole text where `content` was cut.
        whole: Option<&'a str>,
        /// Nothing is drawn outside this.
        clip: Option<Box2>,
    },
    /// A group begins; ends with `Close`.
    Open(Mark<'a>),
    /// The group that was opened last ends.
    Close,
}

/// What a group of nodes stands for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Mark<'a> {
    /// 工序条. A bar with its label.
    Bar {
        /// The bar as it came in.
        bar: &'a Bar,
        /// Its project.
        project_id: &'a str,
    },
    /// 灯. The icon of a light.
    Lamp(crate::wall_chart::Light),
    /// 目标日. The flag.
    Target(Date),
    /// Anything else, by class name.
    Plain(&'static str),
}

/// Which of the three panes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// 序、灯、项目、牵头单位.
    Left,
    /// The time axis.
    Plot,
    /// 目标、预计.
    Right,
}

impl Side {
    /// Left to right.
    pub const ALL: [Side; 3] = [Side::Left, Side::Plot, Side::Right];
}

/// One pane.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pane<'a> {
    /// Width in pixels.
    pub width: f32,
    /// Nodes of the header, from the pane's top left corner.
    pub head: Vec<Node<'a>>,
    /// Nodes of all rows, row after row.
    pub body: Vec<Node<'a>>,
    /// Lines from top to bottom of the body, under the rows: x and look.
    pub under: Vec<(f32, Stroke)>,
    /// Bands from top to bottom of the body, under everything: x, width, colour.
    pub shades: Vec<(f32, f32, Colour)>,
    /// Lines from top to bottom of the body, over the rows.
    pub over: Vec<(f32, Stroke)>,
}

/// What a row of the scene shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowKind {
    /// The head of a group.
    Group,
    /// A project.
    Project,
    /// One activity of an opened project.
    Activity,
}

/// A row's place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RowSpot<'a> {
    /// What it shows.
    pub kind: RowKind,
    /// Index of its group.
    pub group: usize,
    /// Its project, none for a group.
    pub project_id: Option<&'a str>,
    /// Its activity, for a row of one activity.
    pub activity_id: Option<&'a str>,
    /// Chosen by the user.
    pub selected: bool,
    /// Top in the body, pixels.
    pub y: f32,
    /// Height, pixels.
    pub height: f32,
    /// First node of this row in each pane's body; the next row's first ends it.
    pub starts: [usize; 3],
}

/// A dependency drawn from bar to bar, in body pixels of the plot.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkPath<'a> {
    /// Activity it leaves.
    pub from: &'a str,
    /// Activity it enters.
    pub to: &'a str,
    /// Row it leaves, index into `Scene::rows`.
    pub from_row: usize,
    /// Row it enters.
    pub to_row: usize,
    /// Shown only when the mouse asks for it.
    pub hidden: bool,
    /// On the critical path.
    pub critical: bool,
    /// Corners of the broken line.
    pub points: Vec<(f32, f32)>,
}

/// Dates and pixels of the time axis.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scale {
    /// First day shown.
    pub first: Date,
    /// Last day shown.
    pub last: Date,
    /// Width of a day.
    pub px_per_day: f32,
}

impl Scale {
    /// Left edge of a day in the plot, not limited to the range.
    pub fn x(&self, day: Date) -> f32 {
        days_between(self.first, day) as f32 * self.px_per_day
    }

    /// Right edge of a day.
    pub fn x_after(&self, day: Date) -> f32 {
        (days_between(self.first, day) + 1) as f32 * self.px_per_day
    }

    /// Width of the plot.
    pub fn width(&self) -> f32 {
        self.x_after(self.last)
    }
}

/// Days from one date to another, negative backwards.
pub fn days_between(from: Date, to: Date) -> i32 {
    day_number(to) - day_number(from)
}

/// Days since 1970-01-01, by Howard Hinnant's `days_from_civil`: a layout asks a quarter million
/// times, and integer steps are far cheaper than a calendar span.
pub(crate) fn day_number(date: Date) -> i32 {
    let month = i32::from(date.month());
    let year = i32::from(date.year()) - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(date.day()) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// A wall chart ready to be painted.
#[derive(Clone, PartialEq, Debug)]
pub struct Scene<'a> {
    /// Prefix of all ids, so that two charts can share a page.
    pub id: Cow<'a, str>,
    /// 图名.
    pub title: &'a str,
    /// Counts and sums under the title, ready text.
    pub facts: &'a [String],
    /// 数据截至.
    pub as_of: &'a str,
    /// Where the data come from.
    pub note: &'a str,
    /// 填报单位.
    pub filler: &'a str,
    /// Colours.
    pub palette: &'static Palette,
    /// Screen or paper.
    pub style: Style,
    /// Dates and pixels.
    pub scale: Scale,
    /// Today; dates of this year are written without the year.
    pub today: Date,
    /// Height of the header.
    pub head_height: f32,
    /// Height of all rows together.
    pub body_height: f32,
    /// Left, plot, right.
    pub panes: [Pane<'a>; 3],
    /// Rows from top to bottom.
    pub rows: Vec<RowSpot<'a>>,
    /// Dependencies between rows.
    pub links: Vec<LinkPath<'a>>,
}

impl<'a> Scene<'a> {
    /// Width of the three panes together.
    pub fn width(&self) -> f32 {
        self.panes.iter().map(|pane| pane.width).sum()
    }

    /// One pane.
    pub fn pane(&self, side: Side) -> &Pane<'a> {
        &self.panes[side as usize]
    }

    /// Nodes of one row in one pane; none for a row that is not there.
    pub fn row_nodes(&self, row: usize, side: Side) -> &[Node<'a>] {
        let Some(spot) = self.rows.get(row) else {
            return &[];
        };
        let body = &self.panes[side as usize].body;
        let end = self
            .rows
            .get(row + 1)
            .map_or(body.len(), |next| next.starts[side as usize]);
        &body[spot.starts[side as usize]..end]
    }

    /// Rows that touch the stretch of the body from `top` to `bottom`.
    pub fn rows_between(&self, top: f32, bottom: f32) -> std::ops::Range<usize> {
        let first = self.rows.partition_point(|row| row.y + row.height <= top);
        let end = self.rows.partition_point(|row| row.y < bottom);
        first..end.max(first)
    }

    /// Every text of the scene, heads first, in drawing order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.panes
            .iter()
            .flat_map(|pane| pane.head.iter().chain(&pane.body))
            .filter_map(|node| match node {
                Node::Text { content, .. } => Some(content.as_ref()),
                _ => None,
            })
    }
}

impl LinkPath<'_> {
    /// Corners of the arrow head at the end, its tip first.
    pub fn arrow(&self) -> [(f32, f32); 3] {
        let (x, y) = self.points.last().copied().unwrap_or_default();
        let before = self
            .points
            .len()
            .checked_sub(2)
            .map_or(y, |place| self.points[place].1);
        let back = if before <= y { -5.0 } else { 5.0 };
        [(x, y), (x - 3.0, y + back), (x + 3.0, y + back)]
    }
}

impl<'a> Node<'a> {
    /// A square-cornered filled rectangle.
    pub fn fill(x: f32, y: f32, w: f32, h: f32, colour: Colour) -> Self {
        Self::rounded(x, y, w, h, 0.0, Some(Paint::Flat(colour)), None)
    }

    /// A rectangle with all corners round.
    pub fn rounded(
        x: f32,
        y: f32,
        w: f32,
        h: f32,
        radius: f32,
        fill: Option<Paint>,
        stroke: Option<Stroke>,
    ) -> Self {
        let area = Box2 {
            x,
            y,
            w: w.max(0.0),
            h: h.max(0.0),
        };
        Node::Rect {
            area,
            radius,
            corners: Corners::All,
            fill,
            stroke,
        }
    }

    /// A line of one colour.
    pub fn line(from: (f32, f32), to: (f32, f32), colour: Colour, width: f32) -> Self {
        Node::Line {
            from,
            to,
            stroke: Stroke {
                colour,
                width,
                round: false,
            },
        }
    }

    /// A text that begins at `at`.
    pub fn text(
        at: (f32, f32),
        face: Type,
        colour: Colour,
        content: impl Into<Cow<'a, str>>,
    ) -> Self {
        Self::anchored(Anchor::Start, at, face, colour, content)
    }

    /// A text with its anchor.
    pub fn anchored(
        anchor: Anchor,
        at: (f32, f32),
        face: Type,
        colour: Colour,
        content: impl Into<Cow<'a, str>>,
    ) -> Self {
        let content = content.into();
        Node::Text {
            at,
            anchor,
            face,
            colour,
            content,
            whole: None,
            clip: None,
        }
    }
}

impl Type {
    /// 黑体 of regular weight.
    pub const fn sans(size: f32) -> Self {
        Self {
            family: Family::Sans,
            size,
            weight: 400,
        }
    }

    /// 黑体, half bold.
    pub const fn strong(size: f32) -> Self {
        Self {
            family: Family::Sans,
            size,
            weight: 600,
        }
    }

    /// 宋体, bold.
    pub const fn title(size: f32) -> Self {
        Self {
            family: Family::Serif,
            size,
            weight: 700,
        }
    }

    /// Whether the bold face is used.
    pub const fn is_bold(&self) -> bool {
        self.weight >= 600
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_epoch_is_day_zero_and_leap_days_count() {
        assert_eq!(day_number(ground::Date::constant(1970, 1, 1)), 0);
        assert_eq!(day_number(ground::Date::constant(2000, 3, 1)), 11_017);
        let (one, two) = (
            ground::Date::constant(2024, 2, 28),
            ground::Date::constant(2024, 3, 1),
        );
        assert_eq!(days_between(one, two), 2);
    }

    proptest! {
        #[test]
        fn the_next_day_is_one_more(year in 1i16..9000, month in 1i8..=12, day in 1i8..=28) {
            let date = ground::Date::constant(year, month, day);
            let next = date.tomorrow().expect("not the last day of time");
            prop_assert_eq!(day_number(next), day_number(date) + 1);
        }
    }
}
