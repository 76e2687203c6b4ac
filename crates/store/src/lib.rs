//! Journal and current state in SQLite and PostgreSQL.

mod accounts;
mod catalog;
mod codec;
mod commit;
mod engine;
mod error;
mod ids;
mod imports;
mod insert;
mod instant;
mod journal;
mod query;
mod reader;
mod schema;
mod shelf;
mod store;
mod writer;

pub use accounts::{Account, LoginLink, LoginSession};
pub use commit::Commit;
pub use engine::DatabaseUrl;
pub use engine::lint::{check as check_sql, statements_seen};
pub use error::StoreError;
pub use ids::{NODE_MAX, next_id};
pub use imports::{Batch, NewBatch};
pub use instant::seconds;
pub use journal::{Broken, Entry, JournalQuery, Verified};
pub use query::{Filter, Op, Operand, PAGE_MAX, Page, Query, Sort, Stored};
pub use reader::{Group, Reader, Step, Sum};
pub use schema::Migrated;
pub use shelf::{Attachment, ChartSnapshot, DefinitionVersion};
pub use store::{Options, Store};
pub use writer::{Changes, Event, Meta, NewRecord, Writer};
