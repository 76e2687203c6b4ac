//! JSON of definitions: text, versions, check and plan.

use super::record::RegisterView;
use super::{FindingView, each};
use app::AppError;
use app::page::definition as page;
use app::reports::TemplateFile;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ground::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A definition in force.
#[derive(Serialize, ToSchema)]
#[schema(as = Definition)]
pub struct DefinitionView {
    pub id: String,
    /// Its text.
    pub toml: String,
    pub version: String,
    /// Versions that came into force here, newest first.
    pub versions: Vec<DefinitionVersion>,
    /// Core fields stay with their types.
    pub core: bool,
    /// Templates of its reports.
    pub templates: Vec<ReportTemplate>,
}

/// A template of a report.
#[derive(Serialize, ToSchema)]
pub struct ReportTemplate {
    pub name: String,
    /// Titles of the reports made from it.
    pub reports: Vec<String>,
    /// Bytes; null when the file is not there.
    pub size: Option<usize>,
    /// When it came into force here; null for the one shipped with the program.
    pub at: Option<String>,
}

/// A version that came into force.
#[derive(Serialize, ToSchema)]
pub struct DefinitionVersion {
    pub version: String,
    pub at: String,
    pub actor: String,
}

impl From<&page::DefinitionPage> for DefinitionView {
    fn from(page: &page::DefinitionPage) -> Self {
        let version = |line: &page::VersionLine| DefinitionVersion {
            version: line.version.clone(),
            at: line.at.clone(),
            actor: line.actor_name.clone(),
        };
        Self {
            id: page.id.clone(),
            toml: page.toml.clone(),
            version: page.version.clone(),
            versions: page.versions.iter().map(version).collect(),
            core: page.core,
            templates: page.templates.iter().map(template).collect(),
        }
    }
}

fn template(line: &page::TemplateLine) -> ReportTemplate {
    ReportTemplate {
        name: line.name.clone(),
        reports: line.reports.clone(),
        size: line.size,
        at: line.at.clone(),
    }
}

/// A text to be checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefinitionText {
    pub toml: String,
    /// Templates that come along; those that do not come stay as they are.
    #[serde(default)]
    #[schema(required = false)]
    pub files: Vec<TemplateUpload>,
}

/// A template that comes along with a definition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateUpload {
    /// The name that the definition calls it by.
    pub name: String,
    /// The file in Base64.
    pub content: String,
}

/// The files themselves.
///
/// # Errors
/// `Invalid` for what is no Base64.
pub fn template_files(uploads: Vec<TemplateUpload>) -> Result<Vec<TemplateFile>, AppError> {
    let file = |upload: TemplateUpload| match BASE64_STANDARD.decode(upload.content) {
        Ok(bytes) => Ok(TemplateFile {
            name: upload.name,
            bytes,
        }),
        Err(_) => Err(AppError::Invalid(vec![Finding::error(
            "report.template_broken",
            upload.name,
            "文件内容不是 Base64，收到的不完整。",
            "请重新选文件上传。",
        )])),
    };
    uploads.into_iter().map(file).collect()
}

/// A text to be brought into force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefinitionApply {
    pub toml: String,
    pub reason: String,
    /// Templates that come along; those that do not come stay as they are.
    #[serde(default)]
    #[schema(required = false)]
    pub files: Vec<TemplateUpload>,
}

/// The way back to the version before.
#[derive(Deserialize, ToSchema)]
pub struct DefinitionRevert {
    #[serde(default)]
    #[schema(required = false)]
    pub reason: String,
    /// Says what it would do and writes nothing.
    #[serde(default)]
    #[schema(required = false)]
    pub dry_run: bool,
}

/// What a text would be as a definition.
#[derive(Serialize, ToSchema)]
pub struct DefinitionCheck {
    pub findings: Vec<FindingView>,
    /// The register as forms and lists would have it; null when the text cannot be read.
    pub view: Option<RegisterView>,
    pub plan: Option<DefinitionPlan>,
    /// Templates of its reports; those that came along stand for those that are there.
    pub templates: Vec<ReportTemplate>,
}

/// What a new version does to the records that are there.
#[derive(Serialize, ToSchema)]
pub struct DefinitionPlan {
    pub changes: Vec<DefinitionChange>,
    /// Records carried over.
    pub converted: usize,
    pub failed: Vec<DefinitionFailure>,
}

/// One change between two versions.
#[derive(Serialize, ToSchema)]
pub struct DefinitionChange {
    /// free, mapped or archiving.
    pub kind: String,
    pub text: String,
    /// Records it touches.
    pub count: usize,
}

/// A record that a new version cannot take over.
#[derive(Serialize, ToSchema)]
pub struct DefinitionFailure {
    pub id: String,
    pub title: String,
    pub finding: FindingView,
}

impl DefinitionCheck {
    /// The check with the register as its reader would see it.
    pub fn new(checked: &page::DefinitionCheck, view: Option<RegisterView>) -> Self {
        Self {
            findings: each(&checked.findings),
            view,
            plan: checked.plan.as_ref().map(DefinitionPlan::from),
            templates: checked.templates.iter().map(template).collect(),
        }
    }
}

impl From<&page::PlanView> for DefinitionPlan {
    fn from(plan: &page::PlanView) -> Self {
        let change = |one: &page::PlanChange| DefinitionChange {
            kind: one.kind.clone(),
            text: one.text.clone(),
            count: one.count,
        };
        let failure = |one: &page::PlanFailure| DefinitionFailure {
            id: one.id.clone(),
            title: one.title.clone(),
            finding: FindingView::from(&one.finding),
        };
        Self {
            changes: plan.changes.iter().map(change).collect(),
            converted: plan.converted,
            failed: plan.failed.iter().map(failure).collect(),
        }
    }
}
