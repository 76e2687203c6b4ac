//! The server's one suite: the whole router in this process, one request at a time, on the sample district.

mod declared;
mod events;
mod files;
mod guard;
mod matrix;
mod others;
mod pages;
mod plan_scenarios;
mod plan_ways;
mod plans;
mod records;
mod registers;
mod service;
