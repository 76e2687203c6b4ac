//! 周承诺 What units promise for a week of the plan, what became of it, and why not. The figures diagnose the plan:
//! nothing here is counted by unit or person, and nothing is ranked.

use super::sheet::records;
use super::{PlanBook, day_text};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::{self, Desk};
use crate::page::project_plan::{CommitmentPage, PromiseView, ProposalView, ReasonView, WeekView};
use crate::permit::Access;
use crate::records::{self, parse_id};
use ground::{ActivityId, Date, Finding, Period, PeriodKind, ProjectId, RecordId};
use plan::{Commitment, MissReason, Outcome};
use portfolio::{Activity, Bar, PlanCommitment, Scheduled};
use register::law::Ability;
use register::{Fields, Value};
use std::collections::{BTreeMap, BTreeSet};
use store::{Filter, NewBatch, Query};

/// The register of commitments.
const COMMITMENT: &str = "plan_commitment";
/// Weeks whose PPC is shown: half a year.
const WEEKS: usize = 26;

/// What is to be promised.
#[derive(Clone, Debug, Default)]
pub struct PromiseRequest {
    /// The week; this one when absent.
    pub week: Option<String>,
    /// Activities with the words and the percent of each promise.
    pub promises: Vec<NewPromise>,
}

/// One promise.
#[derive(Clone, Debug, Default)]
pub struct NewPromise {
    /// Activity.
    pub activity: String,
    /// 承诺内容; what the plan proposes when absent.
    pub content: Option<String>,
    /// 承诺做到 in hundredths of a percent; what the plan proposes when absent.
    pub percent: Option<i64>,
}

/// What became of promises.
#[derive(Clone, Debug, Default)]
pub struct JudgeRequest {
    /// The week to show then; this one when absent.
    pub week: Option<String>,
    /// Promises judged.
    pub outcomes: Vec<Judged>,
}

/// One promise judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Record.
    pub id: String,
    /// Version judged.
    pub version: i64,
    /// kept, missed, open.
    pub outcome: String,
    /// Why missed.
    pub reason: Option<String>,
    /// In words.
    pub note: String,
}

/// The room of weekly commitments, of the week with that code (2023W10) or of this one.
pub fn commitments(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
    week: Option<&str>,
) -> Result<CommitmentPage, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let week = week_of(&book, week)?;
    let now = day.is_none_or(|day| day >= app.today());
    Room::open(app, actor, &book)?.page(week, now)
}

fn week_of(book: &PlanBook, week: Option<&str>) -> Result<Period, AppError> {
    let Some(text) = week.filter(|text| !text.is_empty()) else {
        return Ok(PeriodKind::Week.containing(book.state.today));
    };
    let known: Option<Period> = text.parse().ok();
    known
        .filter(|period| period.kind() == PeriodKind::Week)
        .ok_or_else(|| {
            let problem = format!("“{text}”不是一周。");
            let remedy = "周写成年和周次，例如 2023W10。";
            AppError::invalid(Finding::error("plan.week", "周次", problem, remedy))
        })
}

/// A plan with the promises made for it.
struct Room<'a> {
    app: &'a App,
    actor: &'a Actor,
    book: &'a PlanBook,
    access: Access,
    scheduled: Scheduled<'a>,
    known: Vec<PlanCommitment>,
    findings: Vec<Finding>,
}

impl<'a> Room<'a> {
    fn open(app: &'a App, actor: &'a Actor, book: &'a PlanBook) -> Result<Self, AppError> {
        let access = Access::new(app, actor, &app.definition(COMMITMENT)?)?;
        access.need(Ability::Read)?;
        let own = Query::default().filter(Filter::eq("project", Value::Ref(book.project.id.0)));
        let kept = records(app, book, COMMITMENT, &own)?;
        let (known, mut findings) = PlanCommitment::from_records(&kept);
        let scheduled = book.scheduled(app, book.activities());
        if scheduled.schedule.is_none() {
            findings.extend(scheduled.standing.findings.iter().cloned());
        }
        Ok(Self {
            app,
            actor,
            book,
            access,
            scheduled,
            known,
            findings,
        })
    }

    fn today(&self) -> Date {
        self.book.state.today
    }

    fn of(&self, week: Period) -> impl Iterator<Item = &PlanCommitment> {
        self.known.iter().filter(move |one| one.week == week)
    }

    fn page(&self, week: Period, now: bool) -> Result<CommitmentPage, AppError> {
        let counted: Vec<Commitment> = self.known.iter().map(PlanCommitment::counted).collect();
        let weeks = plan::weeks_kept(&counted);
        let weeks = &weeks[weeks.len().saturating_sub(WEEKS)..];
        let since = weeks.first().map(|one| one.week.first());
        let recent: Vec<Commitment> = counted
            .into_iter()
            .filter(|one| since.is_some_and(|since| one.week.first() >= since))
            .collect();
        let reasons: Vec<ReasonView> = plan::miss_reasons(&recent)
            .iter()
            .map(reason_view)
            .collect();
        let weeks: Vec<WeekView> = weeks.iter().map(week_view).collect();
        let editable = now && self.access.need(Ability::Create).is_ok();
        Ok(CommitmentPage {
            week,
            today: self.today(),
            editable,
            open_to_promise: editable && week.last() >= self.today(),
            open_to_judge: editable && week.first() <= self.today(),
            proposals: self.proposals(week),
            promises: self.promises(week)?,
            text: told(&weeks, &reasons),
            weeks,
            reasons,
            reason_choices: MissReason::ALL
                .map(|one| (one.code(), one.label()))
                .to_vec(),
            batch_id: None,
            findings: self.findings.clone(),
        })
    }

    fn bars(&self) -> BTreeMap<ActivityId, &Bar> {
        let bars = self.scheduled.standing.activities.iter();
        bars.map(|bar| (bar.activity, bar)).collect()
    }

    /// Reported by activity of the network, hundredths of a percent.
    fn done(&self) -> Vec<i64> {
        let bars = self.bars();
        let own = self.scheduled.built.activities.iter();
        own.map(|one| bars.get(&one.id).map_or(0, |bar| bar.percent))
            .collect()
    }

    fn proposals(&self, week: Period) -> Vec<ProposalView> {
        let Some(schedule) = self.scheduled.schedule.as_ref() else {
            return Vec::new();
        };
        if week.last() < self.today() || schedule.early_start.is_empty() {
            return Vec::new();
        }
        let built = &self.scheduled.built;
        let done = self.done();
        let promised: BTreeSet<ActivityId> = self.of(week).map(|one| one.activity).collect();
        let view = |one: &plan::Promisable| {
            let activity = &built.activities[one.activity];
            ProposalView {
                activity_id: activity.id.to_string(),
                code: activity.code.clone(),
                name: activity.name.clone(),
                unit: self.unit_of(activity),
                first: one.first,
                last: one.last,
                percent_now: done[one.activity],
                percent: one.percent,
                content: content(&activity.name, one.percent),
                urgent: one.urgent,
                latest: ground::date_of_start(schedule.late_start[one.activity]),
                promised: promised.contains(&activity.id),
            }
        };
        let all = plan::promisable(&built.network, schedule, &done, week);
        let mut views: Vec<ProposalView> = all.iter().map(view).collect();
        // By unit, and within a unit in the order in which work begins; work of nobody comes last.
        views.sort_by(|a, b| (a.unit.is_empty(), &a.unit).cmp(&(b.unit.is_empty(), &b.unit)));
        views
    }

    /// The unit's name, else the performer's as written in the record.
    fn unit_of(&self, activity: &Activity) -> String {
        let unit = self.book.state.unit_name(activity.unit);
        match unit.is_empty() {
            false => unit,
            true => self.performer(activity.id).unwrap_or_default(),
        }
    }

    fn performer(&self, activity: ActivityId) -> Option<String> {
        let stored = self.book.state.records.get(&activity.0)?;
        stored.record.text("performer").map(str::to_owned)
    }

    fn promises(&self, week: Period) -> Result<Vec<PromiseView>, AppError> {
        let bars = self.bars();
        let view = |one: &PlanCommitment| {
            let bar = bars.get(&one.activity);
            let unit = self.book.state.unit_name(one.unit);
            PromiseView {
                id: one.id.to_string(),
                version: one.version,
                activity_id: one.activity.to_string(),
                code: bar.map_or_else(String::new, |bar| bar.code.clone()),
                name: bar.map_or_else(|| "已删的工作".to_owned(), |bar| bar.name.clone()),
                unit: if unit.is_empty() {
                    one.performer.clone()
                } else {
                    unit
                },
                content: one.content.clone(),
                percent: one.percent,
                percent_now: bar.map(|bar| bar.percent),
                outcome: match one.outcome {
                    Outcome::Open => "open",
                    Outcome::Kept => "kept",
                    Outcome::Missed(_) => "missed",
                },
                reason: match one.outcome {
                    Outcome::Missed(reason) => reason.map(|one| (one.code(), one.label())),
                    _ => None,
                },
                note: one.note.clone(),
            }
        };
        let mut views: Vec<PromiseView> = self.of(week).map(view).collect();
        views.sort_by(|a, b| (a.unit.is_empty(), &a.unit).cmp(&(b.unit.is_empty(), &b.unit)));
        Ok(views)
    }
}

/// 做完“桩基工程”, “桩基工程”做到 70%.
fn content(name: &str, percent: i64) -> String {
    match percent >= 10_000 {
        true => format!("做完“{name}”"),
        false => format!("“{name}”做到 {}%", plan::hundredths(percent)),
    }
}

fn week_view(one: &plan::WeekKept) -> WeekView {
    WeekView {
        week: one.week,
        made: one.made,
        kept: one.kept,
        open: one.open,
        percent: one.percent,
    }
}

fn reason_view(one: &plan::ReasonShare) -> ReasonView {
    ReasonView {
        code: one.reason.map_or("", MissReason::code),
        label: one.reason.map_or("未填原因", MissReason::label),
        count: one.count,
        share: one.share,
        cumulative: one.cumulative,
    }
}

/// 共评定 12 项，兑现 8 项，兑现率 66.7%。未兑现最多的原因是资金（3 项）。
fn told(weeks: &[WeekView], reasons: &[ReasonView]) -> String {
    let made: usize = weeks.iter().map(|one| one.made).sum();
    let kept: usize = weeks.iter().map(|one| one.kept).sum();
    if made == 0 {
        return "还没有评定过的承诺。".to_owned();
    }
    let percent = ground::Ratio::new(kept as i128, made as i128).percent_text();
    let reason = reasons
        .first()
        .filter(|one| !one.code.is_empty())
        .map(|one| {
            let (label, count) = (one.label, one.count);
            format!("未兑现最多的原因是{label}（{count} 项）。")
        });
    format!(
        "共评定 {made} 项，兑现 {kept} 项，兑现率 {percent}。{}",
        reason.unwrap_or_default()
    )
}

/// 承诺. Writes promises for a week as one batch that can be taken back as a whole.
///
/// # Errors
/// `Invalid` for a week gone by, work that is done, unknown or promised already; `OutOfSight` for work of a unit out of
/// reach.
pub fn promise(
    app: &App,
    actor: &Actor,
    project: &str,
    request: &PromiseRequest,
) -> Result<CommitmentPage, AppError> {
    let book = PlanBook::open(app, actor, project, None)?;
    let week = week_of(&book, request.week.as_deref())?;
    let room = Room::open(app, actor, &book)?;
    room.access.need(Ability::Create)?;
    let rows = room.promised(week, &request.promises)?;
    let access = room.access.clone();
    let project_id = book.project.id;
    let batch = room.write(week, ("created", rows.len()), move |writer, desk| {
        none_promised_since(writer, project_id, &rows)?;
        for fields in rows {
            let made = flow::make(writer, desk, access.definition(), fields, None)?;
            access.need_made(&mut writer.reader(), &made)?;
        }
        Ok(())
    })?;
    shown(app, actor, project, week, batch)
}

/// Refuses what somebody else promised while these rows were on their way. Called inside the write.
fn none_promised_since(
    writer: &mut store::Writer<'_>,
    project: ProjectId,
    rows: &[Fields],
) -> Result<(), AppError> {
    let own = Query::default().filter(Filter::eq("project", Value::Ref(project.0)));
    let stored = writer.reader().all(COMMITMENT, &own)?;
    let same = |row: &Fields, known: &Fields| {
        ["activity", "week"]
            .iter()
            .all(|field| row.get(*field) == known.get(*field))
    };
    let twice = |row: &Fields| stored.iter().any(|known| same(row, &known.record.fields));
    match rows.iter().any(twice) {
        false => Ok(()),
        true => Err(refuse(
            "plan.commitment_twice",
            "周承诺",
            "勾选的工作里有的刚刚已被别人承诺。".to_owned(),
            "请刷新页面，看过新的承诺再勾选。",
        )),
    }
}

fn shown(
    app: &App,
    actor: &Actor,
    project: &str,
    week: Period,
    batch: RecordId,
) -> Result<CommitmentPage, AppError> {
    let mut page = commitments(app, actor, project, None, Some(&week.code()))?;
    page.batch_id = Some(batch.to_string());
    Ok(page)
}

fn refuse(code: &str, place: &str, problem: String, remedy: &str) -> AppError {
    AppError::invalid(Finding::error(code, place, problem, remedy))
}

impl Room<'_> {
    /// The records of new promises.
    fn promised(&self, week: Period, asked: &[NewPromise]) -> Result<Vec<Fields>, AppError> {
        if asked.is_empty() {
            let problem = "没有勾选工作。".to_owned();
            return Err(refuse(
                "plan.commitment_none",
                "周承诺",
                problem,
                "请至少勾选一项。",
            ));
        }
        if week.last() < self.today() {
            let problem = format!("{}已经过去，不能补承诺。", week.label());
            let remedy = "承诺只能给本周和以后的周；事后补的承诺说明不了什么。";
            return Err(refuse("plan.commitment_past", "周次", problem, remedy));
        }
        let proposals = self.proposals(week);
        let mut taken: BTreeSet<ActivityId> = self.of(week).map(|one| one.activity).collect();
        let mut rows = Vec::with_capacity(asked.len());
        for one in asked {
            let activity = self.promised_activity(one)?;
            if !taken.insert(activity.id) {
                let problem = format!("“{}”{}已经承诺过。", activity.name, week.short_label());
                let remedy = "一项工作一周只承诺一次；要改就改原来那条。";
                return Err(refuse(
                    "plan.commitment_twice",
                    &activity.name,
                    problem,
                    remedy,
                ));
            }
            let id = activity.id.to_string();
            let proposal = proposals.iter().find(|other| other.activity_id == id);
            rows.push(self.fields(week, activity, proposal, one));
        }
        Ok(rows)
    }

    fn promised_activity(&self, one: &NewPromise) -> Result<&Activity, AppError> {
        let id = parse_id(&one.activity)?;
        let own = self.book.activities().iter().find(|other| other.id.0 == id);
        let activity = own.ok_or_else(|| AppError::NotFound("这项工作".to_owned()))?;
        if activity.actual_finish.is_some() {
            let problem = format!("“{}”已经完成。", activity.name);
            return Err(refuse(
                "plan.commitment_done",
                &activity.name,
                problem,
                "请不要勾选它。",
            ));
        }
        if matches!(
            activity.kind,
            plan::ActivityKind::Summary | plan::ActivityKind::LevelOfEffort
        ) {
            let problem = format!("“{}”是汇总或伴随工作，说不清做到没有。", activity.name);
            let remedy = "请承诺它下面的具体工作。";
            return Err(refuse(
                "plan.commitment_span",
                &activity.name,
                problem,
                remedy,
            ));
        }
        if one
            .percent
            .is_some_and(|percent| !(1..=10_000).contains(&percent))
        {
            let problem = "承诺做到的完成率不在 0 到 100 之间。".to_owned();
            let remedy = "请写 1 到 100 的数，100 是做完。";
            return Err(refuse(
                "plan.commitment_percent",
                &activity.name,
                problem,
                remedy,
            ));
        }
        Ok(activity)
    }

    fn fields(
        &self,
        week: Period,
        activity: &Activity,
        proposal: Option<&ProposalView>,
        one: &NewPromise,
    ) -> Fields {
        let proposed = proposal.map_or(10_000, |proposal| proposal.percent);
        let percent = one.percent.unwrap_or(proposed);
        let words = one.content.as_deref().map(str::trim).unwrap_or_default();
        let words = match words.is_empty() {
            true => content(&activity.name, percent),
            false => words.to_owned(),
        };
        let mut fields = Fields::from([
            ("project".to_owned(), Value::Ref(self.book.project.id.0)),
            ("activity".to_owned(), Value::Ref(activity.id.0)),
            ("week".to_owned(), Value::Text(week.code())),
            ("content".to_owned(), Value::Text(words)),
            ("percent".to_owned(), Value::Percent(percent)),
            ("promised_on".to_owned(), Value::Date(self.today())),
        ]);
        match (activity.unit, self.performer(activity.id)) {
            (Some(unit), _) => fields.insert("unit".to_owned(), Value::Ref(unit)),
            (None, Some(name)) => fields.insert("performer".to_owned(), Value::Text(name)),
            (None, None) => None,
        };
        fields
    }

    /// Writes `rows` records as one batch, which `done` calls created or updated.
    fn write(
        &self,
        week: Period,
        (done, rows): (&str, usize),
        write: impl FnOnce(&mut store::Writer<'_>, &Desk) -> Result<(), AppError> + Send + 'static,
    ) -> Result<RecordId, AppError> {
        let title = format!("周承诺：{}{}", self.book.project.name, week.short_label());
        let mut desk = Desk::of(self.app, self.actor, &title, Some(COMMITMENT))?;
        let batch = NewBatch {
            register: COMMITMENT.to_owned(),
            file_name: title,
            file_digest: None,
            rows: rows as u64,
            summary: Some(serde_json::json!({ done: rows }).to_string()),
        };
        self.app.write(move |writer| {
            let id = writer.begin_batch(&batch, &desk.meta)?;
            desk.meta.batch = Some(id);
            write(writer, &desk)?;
            Ok(id)
        })
    }

    /// Which fields of a promise its judgement writes, and their values.
    fn judged(&self, one: &Judged) -> Result<(&PlanCommitment, Fields), AppError> {
        let id = parse_id(&one.id)?;
        let known = self.known.iter().find(|other| other.id == id);
        let promise = known.ok_or_else(|| AppError::NotFound("这条承诺".to_owned()))?;
        if promise.week.first() > self.today() && one.outcome != "open" {
            let first = day_text(promise.week.first(), self.today());
            let problem = format!("{}还没到，{first} 起才能评定。", promise.week.label());
            return Err(refuse(
                "plan.commitment_early",
                &promise.content,
                problem,
                "到时再评。",
            ));
        }
        let text = |text: &str| Value::Text(text.trim().to_owned());
        let mut fields = Fields::new();
        if one.outcome != "open" {
            fields.insert("outcome".to_owned(), text(&one.outcome));
            fields.insert("judged_on".to_owned(), Value::Date(self.today()));
        }
        if one.outcome == "missed" {
            let reason = one.reason.as_deref().unwrap_or_default();
            if MissReason::of(reason).is_none() {
                let problem = "未兑现，没有选原因。".to_owned();
                let remedy = "请选卡在哪里；不知道就选“其他”并写说明。";
                return Err(refuse(
                    "plan.commitment_reason",
                    &promise.content,
                    problem,
                    remedy,
                ));
            }
            fields.insert("reason".to_owned(), text(reason));
        }
        if !one.note.trim().is_empty() {
            fields.insert("note".to_owned(), text(&one.note));
        }
        Ok((promise, fields))
    }
}

/// 评定. Says of promises whether they were kept, with a reason for each that was not.
///
/// # Errors
/// `Invalid` for a week that has not begun and for a miss without a reason, `Stale` when a promise was changed since.
pub fn judge(
    app: &App,
    actor: &Actor,
    project: &str,
    request: &JudgeRequest,
) -> Result<CommitmentPage, AppError> {
    let book = PlanBook::open(app, actor, project, None)?;
    let week = week_of(&book, request.week.as_deref())?;
    let room = Room::open(app, actor, &book)?;
    room.access.need(Ability::Update)?;
    if request.outcomes.is_empty() {
        let problem = "没有评定任何一项。".to_owned();
        return Err(refuse(
            "plan.commitment_none",
            "周承诺",
            problem,
            "请先选结果。",
        ));
    }
    let mut rows = Vec::with_capacity(request.outcomes.len());
    for one in &request.outcomes {
        let (promise, fields) = room.judged(one)?;
        rows.push(((promise.id, one.version), fields));
    }
    let named = ["outcome", "reason", "note", "judged_on"].map(str::to_owned);
    let access = room.access.clone();
    let batch = room.write(week, ("updated", rows.len()), move |writer, desk| {
        for (target, fields) in rows {
            let stored = writer.reader().get(COMMITMENT, target.0)?;
            access.need_on(&mut writer.reader(), &stored.record, Ability::Update)?;
            records::change_row(writer, desk, access.definition(), target, &named, fields)?;
        }
        Ok(())
    })?;
    shown(app, actor, project, week, batch)
}
