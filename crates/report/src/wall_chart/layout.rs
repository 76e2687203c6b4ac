//! One geometry for screen and paper: dates become pixels, texts are cut, rows get their height.

use std::borrow::Cow;
use std::time::Duration;

use ground::{Date, PeriodKind};

use super::axis::{AxisInput, axis};
use super::model::WallChart;
use super::{head, links, rows};
use crate::palette::{DARK, GREY, LIGHT, Palette};
use crate::scene::{Pane, Scale, Scene, Side, Stroke, days_between};

/// Plot width of one year in the design: 1372 less the frozen 440 and 132.
pub const PLOT_WIDTH_YEAR: f32 = 800.0;
/// 序、灯、项目、牵头单位.
pub const LEFT_WIDTH: f32 = 440.0;
/// 目标、预计, at least; wider where a text asks for it.
pub const RIGHT_WIDTH: f32 = 132.0;
/// Two levels of the time axis.
pub const HEAD_HEIGHT: f32 = 46.0;
/// A date further from today than this is a slip of the pen and does not stretch the axis.
const YEARS_FROM_TODAY: i16 = 10;
/// Longest axis: 40 years, so that no input makes a chart without end.
const DAYS_MAX: i32 = 14_610;
/// From the first day of the longest axis to its last.
const LONGEST: Duration = Duration::from_secs((DAYS_MAX as u64 - 1) * 86_400);

/// 年、季、月、周. What the axis is divided into.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Zoom {
    /// Quarters and months.
    #[default]
    Year,
    /// Months and 旬.
    Quarter,
    /// Months and weeks.
    Month,
    /// Weeks and days.
    Week,
}

impl Zoom {
    /// Width of a day if the caller names none.
    pub fn px_per_day(self) -> f32 {
        match self {
            Zoom::Year => PLOT_WIDTH_YEAR / 365.0,
            Zoom::Quarter => 8.7,
            Zoom::Month => 26.0,
            Zoom::Week => 110.0,
        }
    }
}

/// 密度. Height of a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Density {
    /// 紧凑 25.
    Compact,
    /// 标准 29.
    #[default]
    Standard,
    /// 宽松 36.
    Loose,
}

/// Heights that follow from the density, pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Metrics {
    pub row: f32,
    pub group: f32,
    pub bar: f32,
    /// From the row's top to the bar's.
    pub bar_top: f32,
}

impl Density {
    pub(super) fn metrics(self) -> Metrics {
        let (row, group, bar) = match self {
            Density::Compact => (25.0, 24.0, 16.0),
            Density::Standard => (29.0, 26.0, 18.0),
            Density::Loose => (36.0, 30.0, 22.0),
        };
        Metrics {
            row,
            group,
            bar,
            bar_top: ((row - bar) / 2.0_f32).floor(),
        }
    }
}

/// Screen or paper.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Style {
    /// Flat colours.
    #[default]
    Screen,
    /// Colours with hatches, still clear on a grey copier.
    Print,
    /// Greys with hatches.
    GreyPrint,
}

/// Colours of the screen; paper is always light.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Theme {
    /// 浅色.
    #[default]
    Light,
    /// 大屏深色.
    Dark,
}

/// How a chart is laid out.
#[derive(Clone, PartialEq, Debug)]
pub struct LayoutOptions {
    /// Division of the axis.
    pub zoom: Zoom,
    /// Height of rows.
    pub density: Density,
    /// Screen or paper.
    pub style: Style,
    /// Colours of the screen.
    pub theme: Theme,
    /// First and last day shown; none: whole periods around today and every date of the chart.
    pub range: Option<(Date, Date)>,
    /// Width of a day; none: see `width`.
    pub px_per_day: Option<f32>,
    /// Width of the three panes together, shared out over the days; none: the zoom's own day.
    pub width: Option<f32>,
    /// Prefix of ids in SVG: letters, digits and `-`.
    pub id: String,
}

impl Default for LayoutOptions {
    fn default() -> Self {
        Self {
            zoom: Zoom::default(),
            density: Density::default(),
            style: Style::default(),
            theme: Theme::default(),
            range: None,
            px_per_day: None,
            width: None,
            id: "wall".to_owned(),
        }
    }
}

impl LayoutOptions {
    /// For paper, with hatches.
    pub fn print() -> Self {
        Self {
            style: Style::Print,
            ..Self::default()
        }
    }

    fn palette(&self) -> &'static Palette {
        match (self.style, self.theme) {
            (Style::GreyPrint, _) => &GREY,
            (Style::Screen, Theme::Dark) => &DARK,
            _ => &LIGHT,
        }
    }
}

/// What every part of the layout needs to know.
pub(super) struct Sheet<'a> {
    pub chart: &'a WallChart,
    pub scale: Scale,
    pub metrics: Metrics,
    pub palette: &'static Palette,
    pub style: Style,
    pub right_width: f32,
}

/// Lays a chart out.
///
/// ```
/// use ground::Date;
/// use report::wall_chart::{LayoutOptions, WallChart, layout};
/// let chart = WallChart {
///     title: "挂图".into(), facts: vec![], today: Date::constant(2023, 3, 10), as_of: String::new(),
///     note: String::new(), filler: String::new(), groups: vec![], links: vec![],
///     days_off: Default::default(),
/// };
/// let scene = layout(&chart, &LayoutOptions::default());
/// assert_eq!(scene.scale.first, Date::constant(2023, 1, 1));
/// assert_eq!(scene.scale.last, Date::constant(2023, 12, 31));
/// ```
pub fn layout<'a>(chart: &'a WallChart, options: &LayoutOptions) -> Scene<'a> {
    let (first, last) = range(chart, options);
    let right_width = rows::right_width(chart);
    let px_per_day = px_per_day(options, days_between(first, last) + 1, right_width);
    let scale = Scale {
        first,
        last,
        px_per_day,
    };
    let sheet = Sheet {
        chart,
        scale,
        metrics: options.density.metrics(),
        palette: options.palette(),
        style: options.style,
        right_width,
    };
    let widths = [LEFT_WIDTH, scale.width(), sheet.right_width];
    let panes = widths.map(|width| Pane {
        width,
        ..Pane::default()
    });
    let mut scene = Scene {
        id: Cow::Owned(safe_id(&options.id)),
        title: &chart.title,
        facts: &chart.facts,
        as_of: &chart.as_of,
        note: &chart.note,
        filler: &chart.filler,
        palette: sheet.palette,
        style: options.style,
        scale,
        today: chart.today,
        head_height: HEAD_HEIGHT,
        body_height: 0.0,
        panes,
        rows: Vec::new(),
        links: Vec::new(),
    };
    let input = AxisInput {
        zoom: options.zoom,
        first,
        last,
        today: chart.today,
        days_off: &chart.days_off,
    };
    head::draw(&sheet, &axis(&input), &mut scene);
    shade_days_off(&sheet, options.zoom, &mut scene);
    let placed = rows::draw(&sheet, &mut scene);
    scene.links = links::route(&sheet, &placed, &scene.rows);
    scene
}

/// Width of a day: asked for, or what is left of a width, or the zoom's own.
fn px_per_day(options: &LayoutOptions, days: i32, right_width: f32) -> f32 {
    let left = |width: f32| (width - LEFT_WIDTH - right_width) / days as f32;
    let asked = options.px_per_day.or_else(|| options.width.map(left));
    let asked = asked.unwrap_or_else(|| options.zoom.px_per_day());
    if asked.is_finite() {
        asked.clamp(0.05, 1_000.0)
    } else {
        1.0
    }
}

/// Only letters, digits and `-` may stand in an id.
fn safe_id(id: &str) -> String {
    let kept: String = id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    if kept.starts_with(|c: char| c.is_ascii_alphabetic()) {
        kept
    } else {
        format!("wall{kept}")
    }
}

/// The days shown, first not after last and at most [`DAYS_MAX`] of them.
fn range(chart: &WallChart, options: &LayoutOptions) -> (Date, Date) {
    let (first, last) = match options.range {
        Some((one, two)) => (one.min(two), one.max(two)),
        None => around_data(chart, options.zoom),
    };
    let too_long = days_between(first, last) >= DAYS_MAX;
    let longest = first.saturating_add(LONGEST);
    (first, if too_long { longest } else { last })
}

fn around_data(chart: &WallChart, zoom: Zoom) -> (Date, Date) {
    let today = chart.today;
    let near = |day: &Date| (day.year() - today.year()).abs() <= YEARS_FROM_TODAY;
    let (mut first, mut last) = (today, today);
    for day in chart.dates().filter(near) {
        first = first.min(day);
        last = last.max(day);
    }
    let whole = match zoom {
        Zoom::Year => PeriodKind::Year,
        Zoom::Quarter => PeriodKind::Quarter,
        Zoom::Month => PeriodKind::Month,
        Zoom::Week => PeriodKind::Week,
    };
    (
        whole.containing(first).first(),
        whole.containing(last).last(),
    )
}

/// Rest days are shaded where a day is wide enough to see.
fn shade_days_off(sheet: &Sheet<'_>, zoom: Zoom, scene: &mut Scene<'_>) {
    if zoom == Zoom::Year || sheet.scale.px_per_day < 3.0 {
        return;
    }
    let days = sheet
        .chart
        .days_off
        .range(sheet.scale.first..=sheet.scale.last);
    let band = |day: Date| {
        (
            sheet.scale.x(day),
            sheet.scale.px_per_day,
            sheet.palette.day_off,
        )
    };
    scene.panes[Side::Plot as usize].shades = days.map(|(day, _)| band(*day)).collect();
}

/// Today's line, none when today is not shown.
pub(super) fn today_line(sheet: &Sheet<'_>) -> Option<(f32, Stroke)> {
    let today = sheet.chart.today;
    let shown = (sheet.scale.first..=sheet.scale.last).contains(&today);
    let stroke = Stroke {
        colour: sheet.palette.brand,
        width: 1.6,
        round: false,
    };
    shown.then(|| (sheet.scale.x(today), stroke))
}
