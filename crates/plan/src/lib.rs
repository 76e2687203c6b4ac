//! 倒排工期: activities, links and dates; forward and backward scheduling, period cascade,
//! catch-up, lights.
//!
//! Pure: dates and facts come in, dates, floats, lights and sentences go out. What a project is,
//! where its activities are stored and which file they came from is the business of others.

mod backward;
mod baseline;
mod cascade;
mod commitment;
mod comparison;
mod compress;
mod crew;
mod cut;
mod earned;
mod explain;
mod flowline;
mod forward;
mod graph;
mod health;
mod health_words;
pub mod level;
mod light;
mod live;
mod network;
mod notation;
mod order;
mod path;
mod predecessors;
mod progress;
mod random;
mod range;
pub mod rcpsp;
mod repeats;
pub mod risk;
mod rungs;
mod span;
mod target;
mod template;
mod template_calendar;
mod template_formula;
mod template_read;
mod value;

pub use baseline::{
    BackwardPlan, Baseline, BaselineSet, FrozenActivity, FrozenLag, FrozenLink, Variance,
    backward_plan,
};
pub use cascade::{CatchUp, DailyPlan, Debt, Respread, catch_up, debt, respread};
pub use commitment::{
    Commitment, Foresight, LookaheadRecord, LookaheadTask, LookaheadWeek, MissReason, Obstacle,
    Outcome, Promisable, ReasonShare, WeekKept, foresight, lookahead, miss_reasons, promisable,
    weeks_kept,
};
pub use comparison::{Change, ChangeKind, Comparison, LinkChange, compare_plans};
pub use compress::{Compression, FloatBand, compressions, float_bands, link_floats};
pub use crew::Crew;
pub use earned::{EarnedSchedule, Performance, performance};
pub use explain::{driving_chain, late_chain, why, why_late};
pub use flowline::{Crossing, Flow, Line, TaktPlan, TaktShortage, Trade, TradeWait, flow, takt};
pub use health::{Health, HealthPoint, HealthRule, Patient, Verdict, health};
pub use light::{
    CauseKind, Light, LightCause, LightFacts, LightRule, Rag, TaskFacts, hundredths, project_light,
    task_light, task_rag,
};
pub use live::Live;
pub use network::{
    Activity, ActivityKind, Constraint, ConstraintKind, CriticalRule, Dialect, Driver, FloatRule,
    LagCalendar, Link, LinkKind, Network, Options, OutOfSequence, Progress, Schedule, Timing,
    schedule,
};
pub use notation::{LagUnit, PredecessorRef, parse_predecessors, print_predecessors};
pub use predecessors::{LagFactors, PredecessorRow, link_rows};
pub use progress::{Status, progress_of, remaining_from_days, remaining_from_percent};
pub use range::{Outside, beyond_calendars, calendar_range, in_calendars, out_of_range, outside};
pub use repeats::{Passage, RepeatRow, RepeatedTrade, Repeats, Stay, controlling, repeats, waits};
pub use rungs::{CatchUpBands, Halfway, Part, Rung, halfway, parts, rungs};
pub use target::{Shortfall, TargetPlan, plan_to_target, shortfalls};
pub use template::{DurationBasis, Template, TemplateStep, WorkItem, Works};
pub use template_calendar::{CalendarBase, Season, SeasonSpan, TemplateCalendar};
pub use template_formula::{
    Condition, ConditionTest, Formula, Parameter, ParameterChoice, ParameterKind, ParameterValues,
    Steps, Term, Thousandths,
};
pub use template_read::read_template;
pub use value::{
    Banana, CurvePoint, ValueCurve, earned_values, periods_between, weights_by_duration, weights_of,
};
