//! 版本迁移. What a newer definition means for the records of an older one: which changes are free, which are mapped,
//! which give something up, and which are refused because nobody said what becomes of the data. Converting is pure and
//! exact; what the new definition has no room for is kept beside the record, so that the way back loses nothing.

mod carry;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ground::Finding;

use crate::definition::Definition;
use crate::expr::{Expr, Moment};
use crate::record::{Fields, Record};

pub use plan::plan;

/// How records of one version become records of another. Made by [`plan`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MigrationPlan {
    pub(crate) old: Definition,
    pub(crate) new: Definition,
    pub(crate) moves: Vec<Move>,
    /// What changes, in words, for the page that asks before it is done.
    pub changes: Vec<PlanChange>,
    /// A `[[migrate]]` block was written for this step: running cases go over to the new workflow.
    pub written: bool,
}

/// One change between two definitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanChange {
    /// How it is dealt with.
    pub class: ChangeClass,
    /// In words.
    pub text: String,
    /// The old field whose records it concerns; none for changes of texts, views and the like.
    pub field: Option<String>,
    /// The old option or state it concerns; none where it concerns every value of the field.
    pub value: Option<String>,
}

/// How a change of a definition is dealt with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ChangeClass {
    /// Nothing happens to records.
    Free,
    /// Values are carried over by a rule.
    Mapped,
    /// Values are kept aside, readable in history.
    Archiving,
}

/// The way of one old field, or of one column of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Move {
    /// Field of the old definition; empty for a value that only a rule gives.
    pub from: String,
    /// Field of the new definition; none = given up.
    pub to: Option<String>,
    /// What happens on the way.
    pub how: How,
}

/// What happens to a value on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// It stays, or changes its type without losing anything.
    Plain,
    /// Options are renamed or merged.
    Options(BTreeMap<String, String>),
    /// An expression over `old` gives it.
    Rule(Expr),
    /// The columns of a table move one by one.
    Columns(Vec<Move>),
}

/// A record carried over.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Converted {
    /// Values under the new definition.
    pub fields: Fields,
    /// Old values that do not follow from the new ones: given up, merged, or put through a rule.
    pub kept: Fields,
}

/// Carries a record over.
///
/// # Errors
/// What cannot be carried over, by field; then nothing of the record changes.
pub fn convert(
    plan: &MigrationPlan,
    record: &Record,
    moment: Moment,
) -> Result<Converted, Vec<Finding>> {
    carry::convert(plan, record, moment)
}

/// The old values again, from the new ones and what was kept. What was changed since under the new definition comes
/// back as far as the old one has room for it.
pub fn reverse(plan: &MigrationPlan, fields: &Fields, kept: &Fields) -> Fields {
    carry::reverse(plan, fields, kept)
}

/// 退回. The old values of a record again: from its present ones and from what it held before the way there, if it was
/// there then. A value that was changed since under the new definition comes back from the new one, as far as the old
/// definition has room for it.
pub fn go_back(
    plan: &MigrationPlan,
    record: &Record,
    former: Option<&Fields>,
    moment: Moment,
) -> Fields {
    let then = former.map(|fields| Record {
        fields: fields.clone(),
        ..record.clone()
    });
    let carried = then.and_then(|then| convert(plan, &then, moment).ok());
    let Converted { fields, mut kept } = carried.unwrap_or_default();
    kept.retain(|id, _| {
        let heir = plan.moves.iter().find(|step| step.from == *id);
        let heir = heir.and_then(|step| step.to.as_deref());
        heir.is_none_or(|id| fields.get(id) == record.fields.get(id))
    });
    reverse(plan, &record.fields, &kept)
}
