//! What the text of a plan may hold: its keys are those of the works plan register.

use ground::Minute;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanText {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub code: String,
    pub start: When,
    pub target: Option<When>,
    pub data_date: Option<When>,
    pub calendar: Option<String>,
    #[serde(default)]
    pub options: OptionsText,
    #[serde(default, rename = "calendars")]
    pub calendars: Vec<CalendarText>,
    #[serde(default)]
    pub activity: Vec<ActivityText>,
}

/// 排程选项, with the keys and codes of their register; what is not written keeps its usual meaning.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct OptionsText {
    pub out_of_sequence: Option<String>,
    pub float_rule: Option<String>,
    pub critical_rule: Option<String>,
    pub critical_days: Option<i64>,
    #[serde(default)]
    pub open_ends_critical: bool,
    pub lag_calendar: Option<String>,
}

/// A site's calendar: a shipped one with layers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarText {
    pub code: String,
    pub base: String,
    #[serde(default)]
    pub layer: Vec<LayerText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerText {
    pub name: String,
    pub first: When,
    pub last: When,
    #[serde(default)]
    pub working: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivityText {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub duration_days: f64,
    #[serde(default)]
    pub predecessors: String,
    pub calendar: Option<String>,
    #[serde(default)]
    pub kind: KindText,
    pub parent: Option<String>,
    pub actual_start: Option<When>,
    pub actual_finish: Option<When>,
    pub remaining_days: Option<f64>,
    pub start_no_earlier: Option<When>,
    pub start_no_later: Option<When>,
    pub finish_no_earlier: Option<When>,
    pub finish_no_later: Option<When>,
    pub start_on: Option<When>,
    pub finish_on: Option<When>,
    pub mandatory_start: Option<When>,
    pub mandatory_finish: Option<When>,
    pub deadline: Option<When>,
    /// True: as late as its successors allow.
    #[serde(default)]
    pub late: bool,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindText {
    #[default]
    Task,
    StartMilestone,
    FinishMilestone,
    LevelOfEffort,
    Summary,
}

/// A date or a date and time, with or without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum When {
    Plain(toml::value::Datetime),
    Quoted(String),
}

impl When {
    /// The moment; a bare date is its first minute. `None` when it cannot be read.
    pub fn minute(&self) -> Option<Minute> {
        crate::schedule_file::text::minute(self.to_string().as_bytes())
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            When::Plain(value) => value.fmt(f),
            When::Quoted(value) => f.write_str(value),
        }
    }
}
