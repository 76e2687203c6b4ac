//! JSON of the wall chart.

use super::{FindingView, LightCount, LightView, Line, RagView, day, each};
use app::page::wall as page;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// 挂图 The chart in six SVG panes and all the page says beside it.
#[derive(Serialize, ToSchema)]
pub struct WallChart {
    pub title: String,
    pub facts: Vec<Line>,
    pub round_no: Option<i64>,
    pub lights: Vec<LightCount>,
    #[serde(flatten)]
    pub drawing: Drawing,
    pub rows: Vec<WallRow>,
    pub activities: BTreeMap<String, WallActivity>,
    pub units: Vec<Unit>,
    pub cascade: Cascade,
    pub orders: Orders,
    pub due: DueMilestones,
    pub data_note: String,
    pub compare: Option<Comparison>,
    pub findings: Vec<FindingView>,
}

/// Six panes and the scale from pixels to days.
#[derive(Serialize, ToSchema)]
pub struct Drawing {
    pub panes: Panes,
    pub scale: Scale,
    pub width: PaneWidth,
    pub height: PaneHeight,
}

/// SVG texts of the frozen and the moving parts.
#[derive(Serialize, ToSchema)]
pub struct Panes {
    pub left_head: String,
    pub left_body: String,
    pub plot_head: String,
    pub plot_body: String,
    pub right_head: String,
    pub right_body: String,
}

/// The time axis.
#[derive(Serialize, ToSchema)]
pub struct Scale {
    pub first: String,
    pub last: String,
    pub px_per_day: f64,
}

/// Widths in pixels.
#[derive(Serialize, ToSchema)]
pub struct PaneWidth {
    pub left: f64,
    pub plot: f64,
    pub right: f64,
}

/// Heights in pixels.
#[derive(Serialize, ToSchema)]
pub struct PaneHeight {
    pub head: f64,
    pub body: f64,
}

impl From<&page::Drawing> for Drawing {
    fn from(drawing: &page::Drawing) -> Self {
        let panes = &drawing.panes;
        let [left, plot, right] = drawing.width;
        let [head, body] = drawing.height;
        Self {
            panes: Panes {
                left_head: panes.left_head.clone(),
                left_body: panes.left_body.clone(),
                plot_head: panes.plot_head.clone(),
                plot_body: panes.plot_body.clone(),
                right_head: panes.right_head.clone(),
                right_body: panes.right_body.clone(),
            },
            scale: Scale {
                first: drawing.first.to_string(),
                last: drawing.last.to_string(),
                px_per_day: drawing.px_per_day,
            },
            width: PaneWidth { left, plot, right },
            height: PaneHeight { head, body },
        }
    }
}

/// One project's row.
#[derive(Serialize, ToSchema)]
pub struct WallRow {
    pub project_id: String,
    pub name: String,
    pub y: f64,
    pub height: f64,
    pub light: LightView,
    pub why: Vec<Line>,
    pub target_text: String,
    pub verdict: String,
    pub version: String,
}

impl From<&page::WallRow> for WallRow {
    fn from(row: &page::WallRow) -> Self {
        Self {
            project_id: row.project_id.clone(),
            name: row.name.clone(),
            y: row.y,
            height: row.height,
            light: (&row.light).into(),
            why: each(&row.why),
            target_text: row.target_text.clone(),
            verdict: row.verdict.clone(),
            version: row.version.to_string(),
        }
    }
}

/// One activity as the plan engine sees it.
#[derive(Serialize, ToSchema)]
pub struct WallActivity {
    pub project_id: String,
    pub name: String,
    pub planned_start: Option<String>,
    pub planned_finish: Option<String>,
    pub early_start: Option<String>,
    pub early_finish: Option<String>,
    pub late_start: Option<String>,
    pub late_finish: Option<String>,
    /// Working days of its own calendar; negative when the target cannot be met.
    pub total_float_days: String,
    pub critical: bool,
    pub percent_text: String,
    pub why_date: String,
    pub etag: String,
    pub editable: bool,
}

impl From<&page::WallActivity> for WallActivity {
    fn from(activity: &page::WallActivity) -> Self {
        Self {
            project_id: activity.project_id.clone(),
            name: activity.name.clone(),
            planned_start: day(activity.planned_start),
            planned_finish: day(activity.planned_finish),
            early_start: day(activity.early_start),
            early_finish: day(activity.early_finish),
            late_start: day(activity.late_start),
            late_finish: day(activity.late_finish),
            total_float_days: activity.float_text.clone(),
            critical: activity.critical,
            percent_text: activity.percent_text.clone(),
            why_date: activity.why_date.clone(),
            etag: format!("\"{}\"", activity.version),
            editable: activity.editable,
        }
    }
}

/// A unit to filter by.
#[derive(Serialize, ToSchema)]
pub struct Unit {
    pub path: String,
    pub name: String,
}

/// 以日保周，以月保季.
#[derive(Serialize, ToSchema)]
pub struct Cascade {
    pub title: String,
    pub note: String,
    pub rows: Vec<CascadeRow>,
}

/// One period.
#[derive(Serialize, ToSchema)]
pub struct CascadeRow {
    pub label: String,
    pub done: i64,
    pub should: i64,
    pub pace_permille: i64,
    pub rag: RagView,
    pub text: String,
}

impl From<&page::CascadeRow> for CascadeRow {
    fn from(row: &page::CascadeRow) -> Self {
        Self {
            label: row.label.clone(),
            done: row.done,
            should: row.should,
            pace_permille: row.pace_permille,
            rag: row.rag.into(),
            text: row.text.clone(),
        }
    }
}

/// 现场交办.
#[derive(Serialize, ToSchema)]
pub struct Orders {
    pub note: String,
    pub items: Vec<OrderItem>,
}

/// One order given on the spot.
#[derive(Serialize, ToSchema)]
pub struct OrderItem {
    pub rag: RagView,
    pub word: String,
    pub text: String,
    pub note: String,
    pub link: String,
}

impl From<&super::page::Item> for OrderItem {
    fn from(item: &super::page::Item) -> Self {
        let note = [item.unit.as_str(), item.due_text.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · ");
        Self {
            rag: item.rag.into(),
            word: item.word.clone(),
            text: item.text.clone(),
            note,
            link: item.link.clone(),
        }
    }
}

/// 本旬到期节点.
#[derive(Serialize, ToSchema)]
pub struct DueMilestones {
    pub title: String,
    pub note: String,
    pub items: Vec<DueMilestone>,
}

/// One milestone due in this dekad or overdue.
#[derive(Serialize, ToSchema)]
pub struct DueMilestone {
    pub rag: RagView,
    pub word: String,
    pub project: String,
    pub activity: String,
    pub text: String,
    pub link: String,
}

impl From<&super::page::Item> for DueMilestone {
    fn from(item: &super::page::Item) -> Self {
        Self {
            rag: item.rag.into(),
            word: item.word.clone(),
            project: item.unit.clone(),
            activity: item.text.clone(),
            text: item.due_text.clone(),
            link: item.link.clone(),
        }
    }
}

/// Another day's chart on the same axis.
#[derive(Serialize, ToSchema)]
pub struct Comparison {
    pub as_of: String,
    #[serde(flatten)]
    pub drawing: Drawing,
    pub lights: Vec<LightCount>,
}

impl From<&page::WallPage> for WallChart {
    fn from(wall: &page::WallPage) -> Self {
        let compare = wall.compare.as_ref().map(|other| Comparison {
            as_of: other.as_of.to_string(),
            drawing: (&other.drawing).into(),
            lights: each(&other.lights),
        });
        let unit = |(path, name): &(String, String)| Unit {
            path: path.clone(),
            name: name.clone(),
        };
        Self {
            title: wall.title.clone(),
            facts: each(&wall.facts),
            round_no: wall.round_no,
            lights: each(&wall.lights),
            drawing: (&wall.drawing).into(),
            rows: each(&wall.rows),
            activities: wall
                .activities
                .iter()
                .map(|(id, activity)| (id.clone(), activity.into()))
                .collect(),
            units: wall.units.iter().map(unit).collect(),
            cascade: Cascade {
                title: "以日保周，以月保季".to_owned(),
                note: wall.cascade_note.clone(),
                rows: each(&wall.cascade),
            },
            orders: Orders {
                note: format!("未销号 {} 件", wall.orders_open),
                items: each(&wall.orders),
            },
            due: DueMilestones {
                title: "本旬到期节点".to_owned(),
                note: wall.due_note.clone(),
                items: each(&wall.due),
            },
            data_note: wall.data_note.clone(),
            compare,
            findings: each(&wall.findings),
        }
    }
}

/// 快照 A kept chart.
#[derive(Serialize, ToSchema)]
pub struct Snapshot {
    pub id: String,
    pub taken_at: String,
    pub as_of: String,
    pub title: String,
    pub note: String,
    pub actor_name: String,
    pub lights: Vec<LightCount>,
}

/// List of kept charts, newest first.
#[derive(Serialize, ToSchema)]
pub struct SnapshotList {
    pub snapshots: Vec<Snapshot>,
}

/// What a change of one activity's plan did.
#[derive(Serialize, ToSchema)]
pub struct Rescheduled {
    pub activity: WallActivity,
    pub light: LightView,
    pub verdict: String,
    pub moved: Vec<MovedActivity>,
}

/// An activity whose forecast moved with it.
#[derive(Serialize, ToSchema)]
pub struct MovedActivity {
    pub activity_id: String,
    pub name: String,
    pub from: String,
    pub to: String,
}
