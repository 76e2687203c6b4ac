//! Journal and current state in SQLite and PostgreSQL.
//!
//! One [`Store`] holds the districts of a database. A write is one transaction of one district: it
//! checks the version, writes the row of a typed register table and appends to the journal; it
//! returns when all of it is safely on the disk. A read sees one snapshot. The same SQL runs on
//! both engines; `district_code` stands first in every key and is named by every statement.
//!
//! This room knows records, definitions and accounts as data. What a project is, who may do what,
//! what a password is worth and what time it is are the business of the layers above.
//!
//! ```
//! use register::{Definition, Value};
//! use store::{Filter, Meta, NewRecord, Query, Store, StoreError};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let toml = r#"
//! [register]
//! id = "bench"
//! version = "1.0.0"
//! title = { "zh-CN" = "长椅台账" }
//! name_field = "name"
//! [[field]]
//! id = "name"
//! type = "text"
//! label = { "zh-CN" = "名称" }
//! "#;
//! let (definition, findings) = register::parse("bench/definition.toml", toml);
//! let definition: Definition = definition.ok_or_else(|| format!("{findings:?}"))?;
//!
//! let folder = tempfile::tempdir()?;
//! let store = Store::open(&folder.path().into())?;
//! store.define(&[definition])?;
//!
//! let district = ground::District::new("410102")?;
//! let meta = Meta::new("li.ming", "2023-03-10T00:30:00Z", ground::Date::constant(2023, 3, 10));
//! let org = ground::OrgPath::new("410102.s013")?;
//! let fields = [("name".to_owned(), Value::Text("湖边长椅".to_owned()))];
//! let made = store.write::<_, StoreError>(&district, move |w| {
//!     w.create("bench", NewRecord::new(org, fields.into()), &meta)
//! })?;
//!
//! let named = Query::default().filter(Filter::eq("name", Value::Text("湖边长椅".to_owned())));
//! let page = store.read::<_, StoreError>(&district, |r| r.list("bench", &named))?;
//! assert_eq!(page.records[0].record, made);
//! # Ok(())
//! # }
//! ```

mod accounts;
mod aggregate;
mod catalog;
mod codec;
mod commit;
mod condition;
mod counted;
mod engine;
mod error;
mod gate;
mod ids;
mod imports;
mod insert;
mod instant;
mod journal;
mod notice;
mod numbering;
mod past;
mod query;
mod reader;
mod redefine;
mod schema;
mod search;
mod shelf;
mod store;
mod writer;

pub use accounts::{Account, LoginLink, LoginSession};
pub use aggregate::{Aggregate, AggregateRow};
pub use commit::Commit;
pub use engine::DatabaseUrl;
pub use engine::lint::{check as check_sql, statements_seen};
pub use error::StoreError;
pub use ids::{NODE_MAX, next_id};
pub use imports::{Batch, NewBatch};
pub use instant::seconds;
pub use journal::{Broken, Entry, JournalQuery, Touched, Verified};
pub use notice::{LookAgain, Notice};
pub use query::{Filter, Op, Operand, PAGE_MAX, Page, Query, Sort, Stored, Withdrawn};
pub use reader::{Group, Reader, Step, Sum};
pub use redefine::{Convert, NewDefinition, Progress, Redefined};
pub use schema::Migrated;
pub use shelf::{Attachment, ChartSnapshot, DefinitionFile, DefinitionVersion};
pub use store::{Options, Store};
pub use writer::{Act, Changes, Event, Meta, NewRecord, Writer};
