//! JSON of changes of a plan, as a page asks for them.

use app::project_plan::Change;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A batch of changes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanChangeRequest {
    pub changes: Vec<PlanChange>,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub dry_run: bool,
    #[serde(default)]
    pub with_sheet: bool,
    /// Baseline to compare the sheet with.
    pub baseline: Option<String>,
    /// Working days of float beyond critical up to which the sheet calls an activity near-critical.
    pub near_days: Option<i64>,
    /// Kept trial that these changes put into force; it is marked so.
    pub scenario: Option<String>,
}

/// One change; `op` says which of the fields it takes.
#[derive(Deserialize, Serialize, ToSchema, Clone, Default)]
#[serde(deny_unknown_fields)]
pub struct PlanChange {
    /// update, move, add, remove, place or replan.
    pub op: String,
    /// Row, or key of an added one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Version the person saw; 0 for added rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Name of a new row inside the request, `new-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Values by field of the activity register; null clears.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub values: Map<String, Value>,
    /// The row behind which a new or placed one is shown; a placed one without it comes first under its summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Whether successors of a removed row wait for its predecessors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relink: Option<bool>,
    /// Rows to replan; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
    /// Replan from the `early` or the `late` dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

impl PlanChange {
    /// A change of fields, as it would be sent back.
    pub fn held(change: &Change) -> Option<Self> {
        matches!(change, Change::Update { .. }).then(|| Self::from(change))
    }

    fn row(op: &str, id: &str, version: i64) -> Self {
        Self {
            op: op.to_owned(),
            id: Some(id.to_owned()),
            version: Some(version),
            ..Self::default()
        }
    }
}

/// The change as it would be sent back.
impl From<&Change> for PlanChange {
    fn from(change: &Change) -> Self {
        match change {
            Change::Update {
                id,
                version,
                values,
            } => Self {
                values: values.clone(),
                ..Self::row("update", id, *version)
            },
            Change::Move {
                id,
                version,
                start,
                finish,
            } => Self {
                values: dates([("planned_start", start), ("planned_finish", finish)]),
                ..Self::row("move", id, *version)
            },
            Change::Add { key, values, after } => Self {
                op: "add".to_owned(),
                key: Some(key.clone()),
                values: values.clone(),
                after: after.clone(),
                ..Self::default()
            },
            Change::Remove {
                id,
                version,
                relink,
            } => Self {
                relink: Some(*relink),
                ..Self::row("remove", id, *version)
            },
            Change::Place { id, version, after } => Self {
                after: after.clone(),
                ..Self::row("place", id, *version)
            },
            Change::Replan { ids, late, .. } => Self {
                op: "replan".to_owned(),
                ids: ids.clone(),
                from: Some(if *late { "late" } else { "early" }.to_owned()),
                ..Self::default()
            },
        }
    }
}

fn dates(days: [(&str, &Option<ground::Date>); 2]) -> Map<String, Value> {
    let given = days.into_iter();
    given
        .filter_map(|(name, day)| Some((name.to_owned(), Value::String(day.as_ref()?.to_string()))))
        .collect()
}

/// What cannot be read of a change, in words.
type Unread = String;

impl TryFrom<PlanChange> for Change {
    type Error = Unread;

    fn try_from(change: PlanChange) -> Result<Self, Unread> {
        let row = || {
            let id = change.id.clone().ok_or("缺少 id")?;
            Ok::<_, Unread>((id, change.version.unwrap_or(0)))
        };
        match change.op.as_str() {
            "update" => row().map(|(id, version)| Change::Update {
                id,
                version,
                values: change.values.clone(),
            }),
            "move" => {
                let (id, version) = row()?;
                Ok(Change::Move {
                    id,
                    version,
                    start: date_in(&change.values, "planned_start")?,
                    finish: date_in(&change.values, "planned_finish")?,
                })
            }
            "add" => Ok(Change::Add {
                key: change.key.clone().ok_or("缺少 key")?,
                values: change.values.clone(),
                after: change.after.clone(),
            }),
            "remove" => row().map(|(id, version)| Change::Remove {
                id,
                version,
                relink: change.relink.unwrap_or(false),
            }),
            "place" => row().map(|(id, version)| Change::Place {
                id,
                version,
                after: change.after.clone(),
            }),
            "replan" => Ok(Change::Replan {
                ids: change.ids.clone(),
                late: match change.from.as_deref().unwrap_or("early") {
                    "early" => false,
                    "late" => true,
                    other => return Err(format!("from 只有 early、late，没有 {other}")),
                },
                target: None,
            }),
            other => Err(format!(
                "op 只有 update、move、add、remove、place、replan，没有 {other}"
            )),
        }
    }
}

fn date_in(values: &Map<String, Value>, name: &str) -> Result<Option<ground::Date>, Unread> {
    match values.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let read = value.as_str().and_then(|text| text.parse().ok());
            let wrong = || format!("{name} 要写成 2023-03-10 这样的日期");
            read.map(Some).ok_or_else(wrong)
        }
    }
}
