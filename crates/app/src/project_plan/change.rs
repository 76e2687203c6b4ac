//! 改计划 A batch of changes: tried out (the what-if copy) or made in one transaction, listed, taken back as a whole.

use super::brought::Brought;
use super::edit::Draft;
use super::scenario::Adopting;
use super::sheet::{Beside, SheetQuery, SheetView};
use super::{ACTIVITY, PlanBook, diff, write};
use crate::App;
use crate::account::{self, Actor};
use crate::error::AppError;
use crate::page::project_plan::{ChangeBatch, PlanDiff};
use crate::permit::Access;
use crate::records::{need_reason, parse_id};
use ground::{Date, Finding, RecordId, Severity};
use portfolio::{Activity, Scheduled};
use register::Record;
use register::law::Ability;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Changes of one request at most.
const CHANGES: usize = 2_000;
/// Batches of all plans looked through for those of one.
const LISTED: u32 = 2_000;
/// How often a write is tried anew when others wrote to the same plan meanwhile.
const TRIES: usize = 3;

/// One change of a plan.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// Fields of a row; null clears.
    Update {
        /// Row, or key of an added one.
        id: String,
        /// Version the person saw.
        version: i64,
        /// Values.
        values: Map<String, Json>,
    },
    /// A bar dragged or stretched.
    Move {
        /// Row.
        id: String,
        /// Version the person saw.
        version: i64,
        /// New first day.
        start: Option<Date>,
        /// New last day.
        finish: Option<Date>,
    },
    /// A new row.
    Add {
        /// Its name inside the request, `new-…`.
        key: String,
        /// Values.
        values: Map<String, Json>,
        /// The row behind which it is shown.
        after: Option<String>,
    },
    /// A row taken out.
    Remove {
        /// Row.
        id: String,
        /// Version the person saw.
        version: i64,
        /// Its successors wait for its predecessors.
        relink: bool,
    },
    /// A row shown at another place among those of its summary.
    Place {
        /// Row, or key of an added one.
        id: String,
        /// Version the person saw.
        version: i64,
        /// The row of the same summary behind which it is shown; before all of them when absent.
        after: Option<String>,
    },
    /// Planned days of work that has not begun, from the computed ones.
    Replan {
        /// Rows; none = all.
        ids: Option<Vec<String>>,
        /// The latest dates (倒排) instead of the earliest.
        late: bool,
        /// Target to plan back from; the project's own when absent.
        target: Option<Date>,
    },
}

/// A batch of changes.
#[derive(Clone, Debug, Default)]
pub struct ChangeRequest {
    /// In order.
    pub changes: Vec<Change>,
    /// Why; asked unless tried out only.
    pub reason: String,
    /// Only say what it would do.
    pub dry_run: bool,
    /// Give the whole sheet as it stands then.
    pub with_sheet: bool,
    /// What the sheet is compared with and coloured by.
    pub view: SheetQuery,
    /// 推演方案 that these changes put into force; only told when they are made.
    pub scenario: Option<String>,
}

/// Tries a batch out or makes it.
///
/// # Errors
/// `NotFound` and `Forbidden` by the rights on the project's plan; `Conflict` naming each row that somebody changed
/// since; `Invalid` naming what is wrong, in which case nothing is written. A dry run tells wrongs in its answer.
pub fn change(
    app: &App,
    actor: &Actor,
    project: &str,
    request: &ChangeRequest,
) -> Result<PlanDiff, AppError> {
    check_count(request.changes.len())?;
    change_many(app, actor, project, request)
}

/// The same for batches that the program makes: a whole file, a template.
pub(super) fn change_many(
    app: &App,
    actor: &Actor,
    project: &str,
    request: &ChangeRequest,
) -> Result<PlanDiff, AppError> {
    change_with(app, actor, project, request, &Arc::default())
}

/// The same with calendars, resources and baselines that are made in the same batch.
pub(super) fn change_with(
    app: &App,
    actor: &Actor,
    project: &str,
    request: &ChangeRequest,
    brought: &Arc<Brought>,
) -> Result<PlanDiff, AppError> {
    for attempt in 1.. {
        match change_once(app, actor, project, request, brought) {
            Err(AppError::Stale { .. }) if attempt < TRIES => {}
            other => return other,
        }
    }
    unreachable!("the last attempt returns")
}

fn change_once(
    app: &App,
    actor: &Actor,
    project: &str,
    request: &ChangeRequest,
    brought: &Arc<Brought>,
) -> Result<PlanDiff, AppError> {
    let mut book = PlanBook::open_to_write(app, actor, project)?;
    brought.lay_under(app, &mut book);
    book.brought = brought.clone();
    need_abilities(app, actor, &book, &request.changes)?;
    if !request.dry_run {
        need_reason(&request.reason)?;
    }
    let mut draft = Draft::new(app, &book);
    draft.apply(&request.changes)?;
    let stale = draft.stale();
    if !stale.is_empty() {
        return Err(AppError::Conflict(stale));
    }
    let (then, read) = draft.activities();
    let trial = Trial::of(app, &book, &then, read);
    let wrong = trial.wrong(&draft);
    if !request.dry_run {
        if !wrong.is_empty() {
            return Err(AppError::Invalid(wrong));
        }
        let adopting = match &request.scenario {
            Some(id) => Some(Adopting::of(app, actor, &book, id, &request.changes)?),
            None => None,
        };
        return made(app, actor, request, (&draft, adopting), trial);
    }
    let mut diff = trial.diff(&draft, &wrong);
    diff.dry_run = true;
    if request.with_sheet && wrong.is_empty() {
        diff.sheet = Some(Box::new(trial.sheet(app, &draft, request)?));
    }
    Ok(diff)
}

/// The usual rule lets writers do all three; a district's own definition may part them.
fn need_abilities(
    app: &App,
    actor: &Actor,
    book: &PlanBook,
    changes: &[Change],
) -> Result<(), AppError> {
    let access = Access::new(app, actor, &book.definition)?;
    let asked = |change: &Change| match change {
        Change::Add { .. } => Ability::Create,
        Change::Remove { .. } => Ability::Withdraw,
        _ => Ability::Update,
    };
    changes
        .iter()
        .try_for_each(|change| access.need(asked(change)))
}

pub(super) fn check_count(count: usize) -> Result<(), AppError> {
    if (1..=CHANGES).contains(&count) {
        return Ok(());
    }
    Err(AppError::invalid(Finding::error(
        "plan.changes",
        "changes",
        format!("这次有 {count} 处改动。"),
        format!("请一次改 1 到 {CHANGES} 处，更多的请用文件导入。"),
    )))
}

fn made(
    app: &App,
    actor: &Actor,
    request: &ChangeRequest,
    (draft, adopting): (&Draft<'_>, Option<Adopting>),
    trial: Trial<'_>,
) -> Result<PlanDiff, AppError> {
    let mut diff = trial.diff(draft, &[]);
    let written = write::write(app, actor, draft, &request.reason, adopting)?;
    diff.batch_id = written.batch.map(|id| id.to_string());
    diff.know_ids(&written.ids);
    if request.with_sheet {
        let id = draft.book.project.id.to_string();
        let sheet = super::sheet(app, actor, &id, None, &request.view)?;
        diff.sheet = Some(Box::new(sheet));
    }
    Ok(diff)
}

/// A plan before and after changes.
pub(super) struct Trial<'a> {
    app: &'a App,
    book: &'a PlanBook,
    pub before: Scheduled<'a>,
    pub after: Scheduled<'a>,
    /// Doubts about the rows as they would stand.
    read: Vec<Finding>,
}

impl<'a> Trial<'a> {
    pub fn of(app: &'a App, book: &'a PlanBook, then: &'a [Activity], read: Vec<Finding>) -> Self {
        Self {
            app,
            book,
            // Options that a file brings along hold after the change only.
            before: book.followed_by(app, book.activities(), book.state.rules_of(book.project.id)),
            after: book.followed(app, then),
            read,
        }
    }

    /// What is wrong with the request, and what would be wrong with the plan that is not so now.
    pub fn wrong(&self, draft: &Draft<'_>) -> Vec<Finding> {
        let errors = |findings: &[Finding]| -> Vec<Finding> {
            // A part of itself, or of no summary, only troubles the eye in a plan that was read; nobody may ask for it.
            let wrong = findings
                .iter()
                .filter(|f| f.severity == Severity::Error || f.code == "plan_parent");
            wrong.cloned().collect()
        };
        let known: Vec<Finding> = errors(&self.before.standing.findings);
        let (_, known_read) = Activity::from_records(&self.records_before());
        let mut wrong = draft.findings.clone();
        let mut fresh = errors(&self.after.standing.findings);
        fresh.retain(|one| !known.contains(one));
        let mut read = errors(&self.read);
        read.retain(|one| !known_read.contains(one));
        for one in fresh.into_iter().chain(read) {
            let one = draft.named(one);
            // The register's rule for the field has said it already.
            let field = one.place.contains('：');
            if !field || !wrong.iter().any(|told| told.place == one.place) {
                wrong.push(one);
            }
        }
        wrong
    }

    fn records_before(&self) -> Vec<Record> {
        self.book.records().into_values().collect()
    }

    pub fn diff(&self, draft: &Draft<'_>, wrong: &[Finding]) -> PlanDiff {
        diff::diff(self.app, &self.before, &self.after, draft, wrong)
    }

    fn sheet(
        &self,
        app: &App,
        draft: &Draft<'_>,
        request: &ChangeRequest,
    ) -> Result<crate::page::project_plan::PlanSheet, AppError> {
        let keys: BTreeMap<RecordId, String> = draft
            .added
            .iter()
            .map(|(key, id)| (*id, key.clone()))
            .collect();
        let beside = Beside::read(app, self.book, request.view.baseline.as_deref())?;
        let plan = (self.book, &self.after);
        SheetView::tried(plan, &draft.records, &keys, &beside, &request.view).sheet(app)
    }
}

/// Changes of a project's plan, newest first.
pub fn changes(app: &App, actor: &Actor, project: &str) -> Result<Vec<ChangeBatch>, AppError> {
    let book = PlanBook::open(app, actor, project, None)?;
    batches(app, &book)
}

fn batches(app: &App, book: &PlanBook) -> Result<Vec<ChangeBatch>, AppError> {
    let found = own_batches(app, book)?;
    let people = account::names(app)?;
    let line = |batch: store::Batch| ChangeBatch {
        batch_id: batch.id.to_string(),
        at: batch.at,
        actor_name: people.get(&batch.actor).cloned().unwrap_or(batch.actor),
        reason: write::reason_of(&batch.new.file_name).to_owned(),
        text: write::counts_text(batch.new.summary.as_deref()),
        rows: batch.new.rows,
        undone_at: batch.undone.map(|(at, _)| at),
    };
    Ok(found.into_iter().map(line).collect())
}

/// Batches of this plan, newest first, those taken back too.
fn own_batches(app: &App, book: &PlanBook) -> Result<Vec<store::Batch>, AppError> {
    let digest = write::digest(book.project.id);
    let mut found = app.read(|reader| reader.batches(None, LISTED))?;
    found.retain(|batch| batch.new.file_digest.as_ref() == Some(&digest));
    found.sort_by_key(|batch| std::cmp::Reverse((batch.at.clone(), batch.id)));
    Ok(found)
}

/// The newest change that can still be taken back.
pub(super) fn newest(app: &App, book: &PlanBook) -> Result<Option<ChangeBatch>, AppError> {
    if !book.editable {
        return Ok(None);
    }
    let all = batches(app, book)?;
    Ok(all.into_iter().find(|batch| batch.undone_at.is_none()))
}

/// Takes a whole change back, unless its rows were changed since.
///
/// # Errors
/// `NotFound` when the batch is none of this plan, `Conflict` naming the rows changed since.
pub fn undo(
    app: &App,
    actor: &Actor,
    project: &str,
    batch: &str,
    reason: &str,
) -> Result<PlanDiff, AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    need_reason(reason)?;
    let id = parse_id(batch)?;
    let own = own_batches(app, &book)?;
    if !own.iter().any(|one| one.id == id) {
        return Err(AppError::NotFound("这次改动".to_owned()));
    }
    let meta = app.meta(actor, reason);
    app.write(move |writer| Ok(writer.undo_batch(id, &meta)?))
        .map_err(|error| named(error, &book))?;
    let after = PlanBook::open(app, actor, project, None)?;
    let mut diff = diff::between(
        app,
        &book.scheduled(app, book.activities()),
        &after.scheduled(app, after.activities()),
    );
    diff.batch_id = Some(batch.to_owned());
    Ok(diff)
}

/// A row that cannot be taken back by its name instead of its number.
fn named(error: AppError, book: &PlanBook) -> AppError {
    let AppError::Conflict(findings) = error else {
        return error;
    };
    let records = book.records();
    let named = findings.into_iter().map(|finding| {
        let number = finding.place.rsplit(' ').next().unwrap_or_default();
        let id = number.parse().map(RecordId).unwrap_or(RecordId(0));
        match records
            .get(&id)
            .filter(|_| finding.place.starts_with(ACTIVITY))
        {
            Some(record) => Finding {
                place: super::edit::place(Some(record), id),
                problem: "这项工作在这次改动之后又被修改。".to_owned(),
                ..finding
            },
            None => finding,
        }
    });
    AppError::Conflict(named.collect())
}
