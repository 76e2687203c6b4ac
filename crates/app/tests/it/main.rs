//! The app's one suite: what a person does, on a real district in a temporary folder, on both engines.

mod backup;
mod books;
mod carried;
mod cases;
mod desks;
mod figures;
mod files;
mod flow;
mod flow_world;
mod imports;
mod many;
mod notices;
mod orders;
mod past;
mod permits;
#[path = "../../../store/tests/it/pg_server.rs"]
mod pg_server;
mod plan;
mod plan_changes;
mod plan_files;
mod plan_flow;
mod plan_late;
mod plan_options;
mod plan_scenarios;
mod plan_sheet;
mod plan_weekly;
mod records;
mod reports;
mod rights;
mod sample;
mod sight;
mod tables;
mod wall;
mod world;
