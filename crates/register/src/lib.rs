//! Definitions turn rows into records: the language of `definition.toml`, typed values, reading of
//! cells, validation, numbering, aliases, near duplicates and patches.
//!
//! A register (台账) is a folder `registers/<id>/` with one definition. This room knows what a field
//! is and what a good value looks like; it knows no database, no workbook file and no clock. Laws of
//! single registers (rounds, networks, pace) live in other rooms.
//!
//! Rules, workflow, duties, figures, rights and migrations are data, too: `law` holds them, `expr` computes
//! them, `flow`, `duty`, `cycle`, `metric`, `permit` and `migrate` say what they mean.

pub mod asks;
pub mod cycle;
mod definition;
mod definition_schema;
pub mod duty;
pub mod expr;
pub mod flow;
mod import;
mod json;
pub mod law;
pub mod metric;
pub mod migrate;
mod number;
mod parse;
mod patch;
pub mod permit;
mod read;
mod record;
pub mod report;
mod same;
mod schema;
mod set;
mod settle;
mod show;
mod suggest;
#[cfg(test)]
mod testing;
mod validate;
pub mod version;

pub use definition::{
    Choice, Definition, DuplicateAction, DuplicateRule, Field, FieldKind, Mask, NearRule, Nearness,
    Normalise, OnWithdraw, Text, TextFormat,
};
pub use definition_schema::definition_schema;
pub use import::{
    ConstantRule, CrossHeader, GroupRow, ImportLayout, ImportRule, ImportTemplate, LevelRule,
    OnMatch, UnknownColumn, read_constants, read_cross_header, read_group,
};
pub use json::{fields_to_json, from_json, to_json};
pub use number::{NumberContext, NumberPattern};
pub use parse::parse;
pub use patch::{Change, Patch, apply, diff, inverse, patch_from_json, patch_to_json};
pub use read::{DateError, DateReading, Hints, ReadCell, read_cell, read_date, read_period};
pub use record::{Fields, Record, Value, compare};
pub use same::{How, Known, NameIndex, NameMatch, Same, find_name, find_same, key_text, known_of};
pub use set::check_set;
pub use settle::{compute_fields, copied, defaults, normalise, settled, shown_fields};
pub use show::{decimal_text, mask_text, mask_value};
pub use validate::{is_candidate, is_option, is_required, is_visible, validate, validate_in};
pub use version::Version;
