//! One file for each group of routes. A handler takes the request apart, calls one `app` function, and shapes the answer.

pub mod calendar;
pub mod cycle;
pub mod definition;
pub mod events;
pub mod file;
pub mod flow;
pub mod health;
pub mod home;
pub mod import;
pub mod metric;
pub mod plan;
pub mod plan_beside;
pub mod plan_flow;
pub mod plan_respread;
pub mod plan_scenario;
pub mod plan_weekly;
pub mod project;
pub mod record;
pub mod report;
pub mod round;
pub mod search;
pub mod session;
pub mod table;
pub mod wall;
