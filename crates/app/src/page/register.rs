//! 台账 A register as forms, lists and boards need it for one person.

use register::Definition;
use std::sync::Arc;

/// A register with what this person may do in it.
#[derive(Clone, Debug)]
pub struct RegisterPage {
    /// The definition, without the fields that this person never sees.
    pub definition: Arc<Definition>,
    /// What this person may do.
    pub can: RegisterCan,
    /// 口径 of each figure in words: id, sentence.
    pub bases: Vec<(String, String)>,
    /// Transitions that the roles of this person allow on some record.
    pub acts: Vec<String>,
}

/// A register on the page of all registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterCard {
    /// Register id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where people look for it.
    pub family: Option<String>,
    /// Records in sight.
    pub count: usize,
    /// Records that still want something done; none without a workflow, or when nobody asked.
    pub open: Option<usize>,
    /// Those of them whose deadline has passed.
    pub late: Option<usize>,
}

/// What a person may do in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterCan {
    /// Make records.
    pub create: bool,
    /// See them.
    pub read: bool,
    /// Change fields.
    pub update: bool,
    /// Take out and bring back.
    pub withdraw: bool,
    /// Files out.
    pub export: bool,
    /// Workbooks in.
    pub import: bool,
    /// Do a first act on a new record: 交办, 上报. False where nobody could send on what they write.
    pub begin: bool,
    /// Bring another version into force.
    pub edit_definition: bool,
}
