//! JSON of groups, points, saved views, bulk acts, pasted rows and forms.

use super::{FindingView, LightView, each};
use crate::problem::Problem;
use app::bulk::{BulkAct, BulkResult as Done};
use app::records::{GroupLine, Points};
use app::saved_views::SavedView as Kept;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A form with the values typed so far.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    /// Record that is edited; none for a new one.
    #[serde(default)]
    pub id: Option<String>,
    pub values: Map<String, Value>,
}

/// A form as it stands. Maps hold only fields for which the answer hangs on values.
#[derive(Serialize, ToSchema)]
#[schema(as = Draft)]
pub struct DraftView {
    /// With defaults, snapshots and computed values.
    pub values: Map<String, Value>,
    pub shown: BTreeMap<String, String>,
    pub visible: BTreeMap<String, bool>,
    pub required: BTreeMap<String, bool>,
    pub read_only: BTreeMap<String, bool>,
    /// Codes, or ids of records, that may be chosen now.
    pub options: BTreeMap<String, Vec<String>>,
    pub findings: Vec<FindingView>,
}

impl From<app::draft::DraftPage> for DraftView {
    fn from(page: app::draft::DraftPage) -> Self {
        Self {
            values: page.values,
            shown: page.shown,
            visible: page.visible,
            required: page.required,
            read_only: page.read_only,
            options: page.options,
            findings: each(&page.findings),
        }
    }
}

/// A list in groups.
#[derive(Serialize, ToSchema)]
pub struct Groups {
    pub groups: Vec<Group>,
}

/// One group.
#[derive(Serialize, ToSchema)]
pub struct Group {
    pub keys: Vec<GroupKey>,
    pub count: usize,
    pub sums: BTreeMap<String, String>,
}

/// A value by which records are grouped; null and an empty text for records without one.
#[derive(Serialize, ToSchema)]
pub struct GroupKey {
    pub value: Value,
    pub text: String,
}

impl From<Vec<GroupLine>> for Groups {
    fn from(lines: Vec<GroupLine>) -> Self {
        let key = |(value, text): (Value, String)| GroupKey { value, text };
        let group = |line: GroupLine| Group {
            keys: line.keys.into_iter().map(key).collect(),
            count: line.count,
            sums: line.sums,
        };
        Self {
            groups: lines.into_iter().map(group).collect(),
        }
    }
}

/// A list as points.
#[derive(Serialize, ToSchema)]
pub struct MapPoints {
    pub points: Vec<MapPoint>,
    /// Records without a position, or beyond what is drawn.
    pub left_out: usize,
}

/// One record on the map. Degrees as text with six digits, CGCS2000.
#[derive(Serialize, ToSchema)]
pub struct MapPoint {
    pub id: String,
    pub title: String,
    pub lon: String,
    pub lat: String,
    pub light: Option<LightView>,
    /// State, or the value that gives the colour, in words.
    pub state_label: String,
    /// Code that gives the colour.
    pub colour: Option<String>,
    /// Path of the organisation whose record it is.
    pub org_path: String,
}

impl From<Points> for MapPoints {
    fn from(found: Points) -> Self {
        let point = |point: app::records::Point| MapPoint {
            light: point.light.as_ref().map(LightView::from),
            id: point.id,
            title: point.title,
            lon: point.longitude,
            lat: point.latitude,
            state_label: point.label,
            colour: point.colour,
            org_path: point.org,
        };
        Self {
            points: found.points.into_iter().map(point).collect(),
            left_out: found.left_out,
        }
    }
}

/// The person's views of a register.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedViews {
    pub views: Vec<SavedView>,
}

/// A view that a person keeps.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedView {
    pub name: String,
    /// The list's query as it stands in the address.
    #[serde(default)]
    pub query: String,
    /// Columns in order; empty = the register's own.
    #[serde(default)]
    pub columns: Vec<String>,
    /// compact, standard or loose.
    #[serde(default)]
    pub density: String,
}

impl From<Vec<Kept>> for SavedViews {
    fn from(kept: Vec<Kept>) -> Self {
        let view = |one: Kept| SavedView {
            name: one.name,
            query: one.query,
            columns: one.columns,
            density: one.density,
        };
        Self {
            views: kept.into_iter().map(view).collect(),
        }
    }
}

impl From<SavedViews> for Vec<Kept> {
    fn from(views: SavedViews) -> Self {
        let kept = |one: SavedView| Kept {
            name: one.name,
            query: one.query,
            columns: one.columns,
            density: one.density,
        };
        views.views.into_iter().map(kept).collect()
    }
}

/// One thing done to several records: exactly one of `action`, `update`, `withdraw`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    pub items: Vec<BulkItem>,
    #[serde(default)]
    pub action: Option<BulkAction>,
    #[serde(default)]
    pub update: Option<BulkUpdate>,
    #[serde(default)]
    pub withdraw: Option<BulkWithdraw>,
}

/// A record with the version that the person saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkItem {
    pub id: String,
    pub version: i64,
}

/// A step of the workflow.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkAction {
    pub id: String,
    #[serde(default)]
    pub values: Map<String, Value>,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub late: Option<BulkLate>,
}

/// 逾期原因 and next step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkLate {
    pub code: String,
    pub next: String,
}

/// Fields set; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkUpdate {
    pub values: Map<String, Value>,
    #[serde(default)]
    pub reason: String,
}

/// Taken out of use.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkWithdraw {
    pub reason: String,
}

impl TryFrom<Bulk> for BulkAct {
    type Error = Problem;

    fn try_from(body: Bulk) -> Result<Self, Problem> {
        match (body.action, body.update, body.withdraw) {
            (Some(action), None, None) => Ok(Self::Action {
                id: action.id,
                values: action.values,
                reason: action.reason,
                late: action.late.map(|late| (late.code, late.next)),
            }),
            (None, Some(update), None) => Ok(Self::Update {
                values: update.values,
                reason: update.reason,
            }),
            (None, None, Some(withdraw)) => Ok(Self::Withdraw {
                reason: withdraw.reason,
            }),
            _ => Err(Problem::bad_request(
                "action、update、withdraw 要写一个，也只能写一个",
            )),
        }
    }
}

/// What became of each record.
#[derive(Serialize, ToSchema)]
pub struct BulkResults {
    pub results: Vec<BulkResult>,
}

/// What became of one record.
#[derive(Serialize, ToSchema)]
pub struct BulkResult {
    pub id: String,
    pub ok: bool,
    /// Its version now, as far as known.
    pub version: Option<i64>,
    pub findings: Vec<FindingView>,
}

impl From<Vec<Done>> for BulkResults {
    fn from(done: Vec<Done>) -> Self {
        let result = |one: &Done| BulkResult {
            id: one.id.clone(),
            ok: one.ok,
            version: one.version,
            findings: each(&one.findings),
        };
        Self {
            results: done.iter().map(result).collect(),
        }
    }
}

/// Rows copied from a spreadsheet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasteBody {
    /// Field of each column; null leaves it out.
    pub columns: Vec<Option<String>>,
    pub rows: Vec<Vec<String>>,
    /// Fields by which a row is taken for a known record; the register's own rule when absent.
    #[serde(default, rename = "match")]
    #[schema(rename = "match")]
    pub match_on: Option<Vec<String>>,
}
