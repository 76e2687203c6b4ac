//! 计划文件 A plan taken over from P6 or Microsoft Project: looked at first, then made as one batch of changes.

mod carry;
mod rows;
mod rules;

use super::change::{self, Change, ChangeRequest};
use super::options::{self, BroughtOptions};
use super::sheet::Beside;
use super::{PlanBook, works};
use crate::App;
use crate::account::{self, Actor};
use crate::error::AppError;
use crate::page::project_plan::{FileCounts, FileProject, FileRow, PlanDiff, PlanFilePreview};
use carry::Makes;
use exchange::schedule_file::{self, Format, ScheduleFile};
use ground::{Finding, Minute, Severity, date_of_finish, date_of_start};
use rows::FileRows;
use std::sync::Arc;

/// Rows shown before the import.
const SHOWN: usize = 2_000;

/// What is done with a looked-at file.
#[derive(Clone, Debug, Default)]
pub struct ImportChoice {
    /// Which project of the file; the first when absent.
    pub project: Option<String>,
    /// Rows of the plan that the file lacks are taken out, unless somebody has begun or reported on them.
    pub replace: bool,
    /// 采用文件的排程选项: the plan goes by the rules of the file from then on.
    pub take_options: bool,
    /// Only say what it would do.
    pub dry_run: bool,
    /// Give the whole sheet.
    pub with_sheet: bool,
    /// Why.
    pub reason: String,
}

/// Looks at a plan file: which projects it holds and what taking it in would do. Nothing is written.
///
/// # Errors
/// `Invalid` when it is no plan file; rights as for a change.
pub fn look_at_file(
    app: &App,
    actor: &Actor,
    project: &str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<PlanFilePreview, AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    let (file, mut findings) = read(name, &bytes)?;
    findings.extend(other_day(app, &book, &file));
    let token = account::random_token()?;
    let beside = Beside::read(app, &book, Some("none"))?;
    let rows = FileRows::of((&book, &beside), &file, 0, Makes::of(app, actor)?);
    let request = request(
        &book,
        &rows,
        &ImportChoice {
            dry_run: true,
            ..ImportChoice::default()
        },
    );
    let diff = change::change_with(app, actor, project, &request, &rows.brought)?;
    let mut preview = preview(&file, &rows, token.clone(), name, findings, diff);
    if let Some(rules) = rows.rules {
        preview.options = BroughtOptions::of(&book, rules).changes(app, &book)?;
        preview.may_take_options = options::need_right(app, actor, &book).is_ok();
    }
    app.plan_files()
        .keep(token, actor.login.clone(), name, bytes);
    Ok(preview)
}

/// Takes a looked-at file in, or says what that would do with other choices.
///
/// # Errors
/// `NotFound` when the upload is gone or the file has no such project; else as a change.
pub fn commit_file(
    app: &App,
    actor: &Actor,
    project: &str,
    token: &str,
    choice: &ImportChoice,
) -> Result<PlanDiff, AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    let kept = app.plan_files().find(token, &actor.login);
    let missing = || AppError::NotFound("这次上传，可能已过期，请重新选择文件".to_owned());
    let (name, bytes) = kept.ok_or_else(missing)?;
    let (file, _) = read(&name, &bytes)?;
    let at = match choice.project.as_deref().filter(|id| !id.is_empty()) {
        None => 0,
        Some(id) => {
            let place = file.projects.iter().position(|head| head.id == id);
            place.ok_or_else(|| AppError::NotFound(format!("文件里的项目“{id}”")))?
        }
    };
    let beside = Beside::read(app, &book, Some("none"))?;
    let rows = FileRows::of((&book, &beside), &file, at, Makes::of(app, actor)?);
    let mut brought = rows.brought.clone();
    if let Some(rules) = rows.rules.filter(|_| choice.take_options) {
        options::need_right(app, actor, &book)?;
        Arc::make_mut(&mut brought).take_rules(app, &book, rules)?;
    }
    let request = request(&book, &rows, choice);
    let diff = change::change_with(app, actor, project, &request, &brought)?;
    if !choice.dry_run {
        app.plan_files().forget(token);
    }
    Ok(diff)
}

fn read(name: &str, bytes: &[u8]) -> Result<(ScheduleFile, Vec<Finding>), AppError> {
    let (file, findings) = schedule_file::read(name, bytes);
    if file.network.activities.is_empty() {
        let wrong: Vec<Finding> = findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        if wrong.is_empty() {
            let remedy = "请确认导出时选了项目。";
            let finding = Finding::error("plan.file", name, "文件里没有一项工作。", remedy);
            return Err(AppError::invalid(finding));
        }
        return Err(AppError::Invalid(wrong));
    }
    Ok((file, findings))
}

/// A file that speaks of another day than the plan will: nothing unfinished stands in the past.
fn other_day(app: &App, book: &PlanBook, file: &ScheduleFile) -> Option<Finding> {
    let said = file.projects.first()?.data_date?;
    let open = |one: &plan::Activity| !matches!(one.progress, plan::Progress::Finished { .. });
    file.network.activities.iter().find(|one| open(one))?;
    let day = date_of_start(said);
    let silence = portfolio::days_between(carry::word_of_day(said), book.state.today);
    if silence < 0 {
        let problem = format!("文件的数据日期 {day} 比今天晚，这里按今天算。");
        let remedy = "没完成的工作会比文件里早；到那一天日期就对上了。";
        return Some(Finding::info("plan.data_date", "数据日期", problem, remedy));
    }
    let problem = format!(
        "文件的数据日期是 {day}，已过去 {silence} 天；没完成的工作不能排在过去，日期会比文件里晚。"
    );
    let remedy = "请先在 P6、Project 里把进度更新到近期再导出。";
    let late = silence > app.light_rule().report_days;
    late.then(|| Finding::warning("plan.data_date", "数据日期", problem, remedy))
}

fn request(book: &PlanBook, rows: &FileRows, choice: &ImportChoice) -> ChangeRequest {
    let mut changes: Vec<Change> = Vec::new();
    if choice.replace {
        let named = |change: &Change| match change {
            Change::Remove { id, .. } => !rows.updates(id),
            _ => false,
        };
        changes.extend(works::removals(book).into_iter().filter(named));
    }
    changes.extend(rows.changes());
    ChangeRequest {
        changes,
        reason: choice.reason.clone(),
        dry_run: choice.dry_run,
        with_sheet: choice.with_sheet,
        ..ChangeRequest::default()
    }
}

fn preview(
    file: &ScheduleFile,
    rows: &FileRows,
    token: String,
    name: &str,
    mut findings: Vec<Finding>,
    diff: PlanDiff,
) -> PlanFilePreview {
    let format = match file.format {
        Format::Xer => "xer",
        Format::Mspdi => "mspdi",
        Format::Pmxml => "pmxml",
        Format::Toml => "toml",
    };
    findings.extend(rows.findings.iter().cloned());
    // What stands in the way is told at once and not only when the changes are asked for.
    if diff.after.is_none() {
        findings.extend(diff.findings.iter().cloned());
    }
    let updates = rows
        .rows
        .iter()
        .filter(|row| row.action == "update")
        .count();
    let changed = diff.changed.len().min(updates);
    PlanFilePreview {
        token,
        file_name: name.to_owned(),
        format,
        format_label: file.format.label(),
        project: file.projects.first().map(|head| head.id.clone()),
        projects: projects(file),
        counts: FileCounts {
            add: rows.rows.iter().filter(|row| row.action == "add").count(),
            update: changed,
            same: updates - changed,
            missing: rows.missing,
        },
        calendars: rows
            .calendars
            .iter()
            .map(|one| (one.name.clone(), one.code.clone(), one.new))
            .collect(),
        resources: rows.brought.resources.len(),
        baselines: rows.brought.baselines.len(),
        options: Vec::new(),
        may_take_options: false,
        rows: rows
            .rows
            .iter()
            .take(SHOWN)
            .cloned()
            .collect::<Vec<FileRow>>(),
        diff,
        findings,
    }
}

fn projects(file: &ScheduleFile) -> Vec<FileProject> {
    let network = &file.network;
    let day = |at: Option<Minute>, end: bool| {
        at.map(|at| {
            if end {
                date_of_finish(at)
            } else {
                date_of_start(at)
            }
        })
    };
    let own = |no: usize, project: u32| project as usize == no;
    let one = |(no, head): (usize, &schedule_file::ProjectHead)| FileProject {
        id: head.id.clone(),
        code: head.code.clone(),
        name: head.name.clone(),
        activities: network
            .activities
            .iter()
            .filter(|a| own(no, a.project))
            .count(),
        links: network
            .links
            .iter()
            .filter(|link| own(no, network.activities[link.to].project))
            .count(),
        start: day(head.start, false),
        finish: day(head.finish.or(head.must_finish), true),
        data_date: day(head.data_date, false),
    };
    file.projects.iter().enumerate().map(one).collect()
}

/// Plan files between look and commit; the oldest go first.
#[derive(Default)]
pub(crate) struct PlanFiles {
    kept: Vec<KeptFile>,
}

struct KeptFile {
    token: String,
    owner: String,
    name: String,
    bytes: Arc<Vec<u8>>,
}

/// Files kept at most, and their bytes together.
const KEPT: usize = 8;
const KEPT_BYTES: usize = 256 * 1024 * 1024;

impl PlanFiles {
    fn keep(&mut self, token: String, owner: String, name: &str, bytes: Vec<u8>) {
        self.kept.push(KeptFile {
            token,
            owner,
            name: name.to_owned(),
            bytes: Arc::new(bytes),
        });
        let size = |kept: &[KeptFile]| kept.iter().map(|one| one.bytes.len()).sum::<usize>();
        while self.kept.len() > KEPT || (self.kept.len() > 1 && size(&self.kept) > KEPT_BYTES) {
            self.kept.remove(0);
        }
    }

    fn find(&self, token: &str, owner: &str) -> Option<(String, Arc<Vec<u8>>)> {
        let found = self
            .kept
            .iter()
            .find(|one| one.token == token && one.owner == owner);
        found.map(|one| (one.name.clone(), one.bytes.clone()))
    }

    fn forget(&mut self, token: &str) {
        self.kept.retain(|one| one.token != token);
    }
}
