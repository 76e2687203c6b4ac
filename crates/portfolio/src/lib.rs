//! Projects and rounds: memberships, roll-forward, rates, standing of a project.
//!
//! Records come in, typed values and findings go out. How a record is stored, drawn or exported is left to
//! `store`, `report` and `exchange`; network arithmetic is left to `plan`. Everything here is a pure function
//! of records, a calendar and a date that the caller passes in.

pub mod activity;
pub mod calendars;
pub mod catch_up;
pub mod contradictions;
mod date_reason;
pub mod due;
pub mod matter;
pub mod membership;
pub mod needs;
pub mod network;
pub mod nodes;
pub mod outline;
pub mod plan_baseline;
pub mod plan_commitment;
pub mod plan_option;
pub mod plan_resource;
pub mod plan_scenario;
pub mod project;
pub mod quantities;
pub mod rates;
mod reading;
pub mod roll_forward;
pub mod round;
pub mod standing;
pub mod summary;
pub mod why;
pub mod work_calendar;

pub use activity::{Activity, DurationEstimate, ProgressReport, newest_reports};
pub use calendars::{Calendars, days_between};
pub use catch_up::{CatchUp, CatchUpRule};
pub use date_reason::why_date;
pub use due::{DueNode, due_nodes};
pub use matter::{Funnel, Matter, MatterPace, MatterState, funnel};
pub use membership::{Membership, Role, distinct_projects};
pub use needs::{Needs, read_needs};
pub use nodes::{NodeCount, node_counts, node_counts_with, respread_nodes};
pub use plan_baseline::{BaselineRow, PlanBaseline};
pub use plan_commitment::PlanCommitment;
pub use plan_option::{PlanOption, PlanRules};
pub use plan_resource::PlanResource;
pub use plan_scenario::{PlanScenario, ScenarioChange};
pub use project::{Project, StageDates, Target};
pub use quantities::{
    MadeGood, OWN_WHOLE, Quantities, QuantityFacts, ReportsByActivity, made_good,
};
pub use rates::{Rate, RateKind, RateRequest, Share, StartBasis, rate};
pub use reading::Names;
pub use roll_forward::{
    Stuck, StuckKind, Transfer, TransferMatrix, conversion, roll_forward, stuck, transfer_matrix,
};
pub use round::{Batch, Round, Stated, StatedRate};
pub use standing::{
    Bar, BarState, ProjectInput, Scheduled, Standing, Verdict, scheduled, scheduled_by, standing,
    standing_with, why_dates,
};
pub use summary::{
    Across, BatchSummary, Check, CheckVerdict, Part, RoundSummary, across, summarise,
};
pub use work_calendar::{KeptCalendar, calendars_with, parse_hours, print_hours};
