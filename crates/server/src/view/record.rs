//! JSON of registers, records, lists, history, search and files.

use super::flow::{
    ActionView, DueView, DutyView, ExtensionView, HolderView, RightsView, SignatureView, StateView,
    StepView,
};
use super::register::{RegisterLaw, mask_word};
use super::{FindingView, LightView, each};
use app::page::{project, record as page};
use app::register::{Definition, Field, FieldKind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The registers of the district.
#[derive(Serialize, ToSchema)]
pub struct RegisterList {
    pub registers: Vec<RegisterLine>,
}

/// One register with its number of records.
#[derive(Serialize, ToSchema)]
pub struct RegisterLine {
    pub id: String,
    pub title: String,
    pub count: usize,
    /// project, work, enterprise, programme, directory; none = the district's own.
    pub family: Option<String>,
    /// Records that still want something done, when asked for.
    pub open: Option<usize>,
    /// Those of them whose deadline has passed.
    pub late: Option<usize>,
}

impl From<app::page::register::RegisterCard> for RegisterLine {
    fn from(card: app::page::register::RegisterCard) -> Self {
        Self {
            id: card.id,
            title: card.title,
            count: card.count,
            family: card.family,
            open: card.open,
            late: card.late,
        }
    }
}

/// A register's definition, as far as forms and lists need it.
#[derive(Serialize, ToSchema)]
#[schema(as = Register)]
pub struct RegisterView {
    pub id: String,
    pub title: String,
    pub version: String,
    pub name_field: Option<String>,
    pub fields: Vec<FieldView>,
    /// Default columns of the list.
    pub list: Vec<String>,
    /// 报表 How many can be made from templates.
    pub reports: usize,
    #[serde(flatten)]
    pub law: RegisterLaw,
}

/// One field.
#[derive(Serialize, ToSchema)]
#[schema(as = Field)]
pub struct FieldView {
    pub id: String,
    pub label: String,
    pub kind: String,
    pub required: bool,
    /// 元, 万元, 亿元 for money.
    pub unit: Option<String>,
    pub digits: Option<u8>,
    pub choices: Option<Vec<ChoiceView>>,
    /// Register a reference leads to.
    pub to: Option<String>,
    /// Columns of a sub-table.
    #[schema(no_recursion)]
    pub columns: Option<Vec<FieldView>>,
    pub list: bool,
    pub search: bool,
    pub core: bool,
    /// Written by the engine alone: state, holder, steps.
    pub system: bool,
    /// Worked out by the server.
    pub computed: bool,
    /// Shown, required or read-only depending on values: the draft answers.
    pub conditional: bool,
    /// Options depend on values: the draft answers.
    pub options_conditional: bool,
    /// How it is starred: middle4, citizen_id, name, all.
    pub mask: Option<String>,
    /// Media types a file field takes; empty = all.
    pub accept: Vec<String>,
    /// Level an organisation must have.
    pub level: Option<String>,
    /// Never changed once it has a value.
    pub set_once: bool,
    /// Coordinates' system.
    pub crs: Option<String>,
    /// Help under the field.
    pub hint: Option<String>,
}

/// One choice of a code list.
#[derive(Serialize, ToSchema)]
#[schema(as = Choice)]
pub struct ChoiceView {
    pub code: String,
    pub label: String,
}

impl From<&Definition> for RegisterView {
    fn from(definition: &Definition) -> Self {
        Self {
            id: definition.id.clone(),
            title: definition.title.zh.clone(),
            version: definition.version.clone(),
            name_field: definition.name_field.clone(),
            fields: definition.form_fields().map(field_view).collect(),
            list: definition
                .list_columns()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            reports: definition.reports.len(),
            law: RegisterLaw::of(definition),
        }
    }
}

impl From<&app::page::register::RegisterPage> for RegisterView {
    fn from(page: &app::page::register::RegisterPage) -> Self {
        let mut view = Self::from(page.definition.as_ref());
        view.law.fill(page);
        view
    }
}

/// A field as forms need it.
pub fn field_view(field: &Field) -> FieldView {
    let choice = |choice: &app::register::Choice| ChoiceView {
        code: choice.code.clone(),
        label: choice.label.zh.clone(),
    };
    let columns: Vec<FieldView> = field.columns().iter().map(field_view).collect();
    let to = match &field.kind {
        FieldKind::Org => Some("organisation".to_owned()),
        kind => kind.target().map(str::to_owned),
    };
    FieldView {
        id: field.id.clone(),
        label: field.label.zh.clone(),
        kind: match &field.kind {
            FieldKind::Refs { .. } => "refs",
            kind => kind.keyword(),
        }
        .to_owned(),
        required: field.required,
        unit: field
            .unit
            .map(|unit| unit.label().to_owned())
            .or_else(|| field.measure.clone()),
        digits: field.digits,
        choices: (!field.choices.is_empty()).then(|| field.choices.iter().map(choice).collect()),
        to,
        columns: (!columns.is_empty()).then_some(columns),
        list: field.list,
        search: field.search,
        core: field.core,
        system: field.system,
        computed: field.compute.is_some(),
        conditional: field.visible.is_some()
            || field.required_when.is_some()
            || field.read_only.is_some(),
        options_conditional: field.pick.is_some() || field.level.is_some(),
        mask: field.mask.map(|mask| mask_word(mask).to_owned()),
        accept: field.accept.clone(),
        level: field.level.clone(),
        set_once: field.set_once,
        crs: field.crs.clone(),
        hint: field.hint.as_ref().map(|hint| hint.zh.clone()),
    }
}

/// A record with ready texts beside its values.
#[derive(Serialize, ToSchema)]
#[schema(as = Record)]
pub struct RecordView {
    pub id: String,
    pub register: String,
    pub number: Option<String>,
    pub version: i64,
    pub org_path: String,
    pub withdrawn: bool,
    /// Money as decimal 元 text, dates ISO, references as ids.
    pub values: Map<String, Value>,
    /// Ready text by field.
    pub shown: BTreeMap<String, String>,
    pub updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub light: Option<LightView>,
    /// Where it stands; null without a workflow.
    pub state: Option<StateView>,
    /// 当前承办.
    pub holder: Option<HolderView>,
    /// Running clock.
    pub due: Option<DueView>,
    pub rights: RightsView,
    pub duties: Vec<DutyView>,
    /// What can be done next; only where one record is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<ActionView>>,
    /// What was done, oldest first; only where one record is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Vec<SignatureView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Vec<ExtensionView>>,
    /// What the rules of the register say about it now; only where one record is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingView>,
}

impl From<page::RecordView> for RecordView {
    fn from(view: page::RecordView) -> Self {
        let record = &view.record;
        Self {
            id: record.id.to_string(),
            version: record.version,
            org_path: record.org.to_string(),
            withdrawn: record.withdrawn,
            light: view.light.as_ref().map(LightView::from),
            state: view.flow.as_ref().map(StateView::from),
            holder: holder(&view),
            due: view
                .flow
                .as_ref()
                .and_then(|flow| flow.due.as_ref())
                .map(DueView::from),
            rights: RightsView::from(&view.rights),
            duties: each(&view.duties),
            actions: view.course.as_ref().map(|course| each(&course.actions)),
            steps: view.course.as_ref().map(|course| each(&course.steps)),
            signatures: view.course.as_ref().map(|course| each(&course.signatures)),
            extensions: view.course.as_ref().map(|course| each(&course.extensions)),
            findings: each(&view.findings),
            register: view.register,
            number: view.record.number,
            values: view.values,
            shown: view.shown,
            updated_at: view.updated_at,
        }
    }
}

impl From<&page::RecordView> for RecordView {
    fn from(view: &page::RecordView) -> Self {
        view.clone().into()
    }
}

fn holder(view: &page::RecordView) -> Option<HolderView> {
    let (id, name) = view.flow.as_ref()?.holder.as_ref()?;
    Some(HolderView {
        id: id.to_string(),
        name: name.clone(),
    })
}

/// A page of records.
#[derive(Serialize, ToSchema)]
pub struct RecordPage {
    pub items: Vec<RecordView>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// All records that meet the filter, told on the first page.
    pub total: Option<usize>,
    pub sums: BTreeMap<String, String>,
}

impl From<page::RecordPage> for RecordPage {
    fn from(records: page::RecordPage) -> Self {
        Self {
            items: records.items.into_iter().map(RecordView::from).collect(),
            next: records.next,
            total: records.total,
            sums: records.sums,
        }
    }
}

/// A new record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    pub values: Map<String, Value>,
    #[serde(default)]
    pub reason: String,
    /// Act done with it in the same write: `assign` of a matter.
    #[serde(default)]
    pub action: Option<String>,
}

/// A change of a record: fields to set; null removes a value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordChange {
    pub values: Map<String, Value>,
    #[serde(default)]
    pub reason: String,
}

/// A reason alone.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[serde(default)]
    pub reason: String,
}

/// History of a record, newest first.
#[derive(Serialize, ToSchema)]
pub struct History {
    pub entries: Vec<HistoryEntry>,
}

/// One entry of the journal.
#[derive(Serialize, ToSchema)]
pub struct HistoryEntry {
    pub seq: i64,
    pub at: String,
    pub actor: String,
    pub actor_name: String,
    pub action: String,
    /// The action in words.
    pub action_label: String,
    pub reason: String,
    pub source: String,
    pub changes: Vec<FieldChange>,
}

/// One changed field.
#[derive(Serialize, ToSchema)]
pub struct FieldChange {
    pub field: String,
    pub label: String,
    pub before: String,
    pub after: String,
}

impl From<&page::FieldChange> for FieldChange {
    fn from(change: &page::FieldChange) -> Self {
        Self {
            field: change.field.clone(),
            label: change.label.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        }
    }
}

impl From<&page::HistoryEntry> for HistoryEntry {
    fn from(entry: &page::HistoryEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at.clone(),
            actor: entry.actor.clone(),
            actor_name: entry.actor_name.clone(),
            action: entry.action.clone(),
            action_label: entry.action_label.clone(),
            reason: entry.reason.clone(),
            source: entry.source.clone(),
            changes: each(&entry.changes),
        }
    }
}

/// Hits of the search box.
#[derive(Serialize, ToSchema)]
pub struct SearchResult {
    pub hits: Vec<Hit>,
}

/// One hit.
#[derive(Serialize, ToSchema)]
pub struct Hit {
    pub register: String,
    pub register_title: String,
    pub id: String,
    pub title: String,
    pub text: String,
    pub link: String,
}

impl From<&page::Hit> for Hit {
    fn from(hit: &page::Hit) -> Self {
        Self {
            register: hit.register.clone(),
            register_title: hit.register_title.clone(),
            id: hit.id.clone(),
            title: hit.title.clone(),
            text: hit.text.clone(),
            link: record_link(&hit.register, &hit.id),
        }
    }
}

/// Where a record is shown on the web page.
pub fn record_link(register: &str, id: &str) -> String {
    match register {
        "project" => format!("/projects/{id}"),
        _ => format!("/registers/{register}/{id}"),
    }
}

/// The files of a record.
#[derive(Serialize, ToSchema)]
pub struct AttachmentList {
    pub attachments: Vec<AttachmentView>,
}

/// A file of a record.
#[derive(Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentView {
    pub id: String,
    /// What a file field holds.
    pub content_id: String,
    /// Field it belongs to; `files` when it hangs on the record itself.
    pub field: String,
    pub name: String,
    pub size: i64,
    pub media_type: String,
    pub added_at: String,
    pub actor_name: String,
    pub url: String,
}

impl From<&project::AttachmentView> for AttachmentView {
    fn from(file: &project::AttachmentView) -> Self {
        Self {
            id: file.id.clone(),
            content_id: file.content_id.clone(),
            field: file.field.clone(),
            name: file.name.clone(),
            size: file.size,
            media_type: file.media_type.clone(),
            added_at: file.added_at.clone(),
            actor_name: file.actor_name.clone(),
            url: format!("/api/v1/attachments/{}", file.id),
        }
    }
}
