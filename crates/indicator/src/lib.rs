//! Targets, pace, forecast, gap and ranking of statistical indicators.
//!
//! Values are integers of a stated scale, rates are exact; what is missing stays missing. Which
//! observation is current, and who may see it, is the business of `store` and `app`.

pub mod breakdown;
pub mod growth;
pub mod light;
pub mod observation;
pub mod pace;
pub mod parts;
pub mod ranking;
pub mod row;
pub mod run_rate;

pub use breakdown::{BreakdownError, Share, break_down};
pub use growth::{
    Growth, flows_from_ytd, growth_of_ytd, needed_growth, year_on_year, ytd_from_flows,
};
pub use light::{IndicatorLight, LightFacts, LightRule, Verdict, light};
pub use observation::{Basis, Direction, Observation, Scenario};
pub use pace::{Pace, PaceBasis, pace, pace_shortfall};
pub use parts::{PartsCheck, PartsVerdict, check_parts};
pub use ranking::{Ranked, rank};
pub use row::{IndicatorRow, RowInput, indicator_row};
pub use run_rate::{HalfwayGoal, HalfwayState, RunRate, halfway, run_rate};
