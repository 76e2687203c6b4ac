//! 台账定义 A definition as its editors see it.

use ground::Finding;
use register::Definition;
use std::sync::Arc;

/// A definition in force with its history.
#[derive(Clone, Debug)]
pub struct DefinitionPage {
    /// Register.
    pub id: String,
    /// Its text.
    pub toml: String,
    /// Version in force.
    pub version: String,
    /// Versions that came into force here, newest first; the shipped one is not among them.
    pub versions: Vec<VersionLine>,
    /// The program's own law stands on it: core fields stay.
    pub core: bool,
    /// Templates of its reports.
    pub templates: Vec<TemplateLine>,
}

/// A template of a report.
#[derive(Clone, Debug)]
pub struct TemplateLine {
    /// File name.
    pub name: String,
    /// Titles of the reports made from it.
    pub reports: Vec<String>,
    /// Bytes; none when there is no such file.
    pub size: Option<usize>,
    /// When it came into force here, UTC; none for the shipped one.
    pub at: Option<String>,
}

/// A version that came into force.
#[derive(Clone, Debug)]
pub struct VersionLine {
    /// Version.
    pub version: String,
    /// When, UTC.
    pub at: String,
    /// By whom.
    pub actor_name: String,
}

/// What a text would be as a definition, and what putting it into force would do.
#[derive(Clone, Debug, Default)]
pub struct DefinitionCheck {
    /// What is wrong, or worth knowing.
    pub findings: Vec<Finding>,
    /// The definition, when it can be read.
    pub definition: Option<Arc<Definition>>,
    /// What would happen to the register; none for what cannot be read.
    pub plan: Option<PlanView>,
    /// Templates of its reports; those that came along stand for those that are there.
    pub templates: Vec<TemplateLine>,
}

/// What a new version does to the records that are there.
#[derive(Clone, Debug, Default)]
pub struct PlanView {
    /// Changes, one each.
    pub changes: Vec<PlanChange>,
    /// Records carried over.
    pub converted: usize,
    /// Records that cannot be.
    pub failed: Vec<PlanFailure>,
}

/// One change between two versions.
#[derive(Clone, Debug)]
pub struct PlanChange {
    /// `free`, `mapped` or `archiving`.
    pub kind: String,
    /// In words.
    pub text: String,
    /// Records it touches.
    pub count: usize,
}

/// A record that a new version cannot take over.
#[derive(Clone, Debug)]
pub struct PlanFailure {
    /// Record.
    pub id: String,
    /// Name or number.
    pub title: String,
    /// Why.
    pub finding: Finding,
}
