//! Workbooks in the shapes people make, built here with invented facts; damaged files; properties of reading.

mod bench_book;
mod damaged;
mod fill;
mod fill_book;
mod ledger;
mod other_shapes;
mod project_rules;
mod properties;
mod propose;
mod round_trip;
mod works_plan;
mod xlsform;
