//! The store's one suite: every test runs on SQLite and on PostgreSQL.

mod accounts;
mod cases;
mod concurrency;
mod condition;
mod crash;
mod imports;
mod journal;
mod lists;
mod migration;
mod pg_server;
mod property;
mod records;
mod redefine;
mod sample;
mod search;
mod shelf;
mod sql;
mod workflow;
mod world;
