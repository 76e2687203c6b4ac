//! 区情 The district on one day: every record that standings, lights and pages are computed from, read once and kept
//! by journal position and day. Nothing of it is stored.

use crate::App;
use crate::account::Actor;
use crate::clock::end_of_day;
use crate::error::AppError;
use ground::{ActivityId, Date, Finding, OrgPath, ProjectId, RecordId};
use plan::Rag;
use portfolio::{
    Activity, Batch, Calendars, KeptCalendar, Matter, Membership, Names, PlanOption, PlanRules,
    ProgressReport, Project, ProjectInput, Round, Standing,
};
use register::Record;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Query, Reader, StoreError, Stored};

/// How many days are kept computed; a page with a comparison needs two, travelling back and forth a few more.
const KEPT: usize = 6;

/// An organisation as pages need it.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Record id.
    pub id: RecordId,
    /// Full name.
    pub name: String,
    /// Kind: district, subdistrict, department …
    pub kind: String,
    /// Path in the tree.
    pub path: Option<OrgPath>,
    /// Row and column on the schematic map.
    pub tile: Option<(i64, i64)>,
}

/// Everything about a district on one day.
#[derive(Clone)]
pub struct DistrictState {
    /// The day that counts as today.
    pub today: Date,
    /// Organisations by record id.
    pub organisations: BTreeMap<RecordId, Organisation>,
    /// Names of organisations.
    pub names: Names,
    /// Projects in order of their records.
    pub projects: Vec<Project>,
    /// Rounds, oldest first.
    pub rounds: Vec<Round>,
    /// Memberships of all rounds.
    pub memberships: Vec<Membership>,
    /// Activities of all projects, by project.
    pub activities: BTreeMap<ProjectId, Vec<Activity>>,
    /// Reports of all projects, by project.
    pub reports: BTreeMap<ProjectId, Vec<ProgressReport>>,
    /// All matters.
    pub matters: Vec<Matter>,
    /// Standing of each project.
    pub standings: BTreeMap<ProjectId, Standing>,
    /// Records that typed law does not cover, by register.
    pub plain: BTreeMap<&'static str, Vec<Record>>,
    /// Records of the typed registers, for sources and versions.
    pub records: BTreeMap<RecordId, Stored>,
    /// What is odd in the records.
    pub findings: Vec<Finding>,
    /// Holidays in force.
    pub holidays: Arc<ground::HolidayTable>,
    /// Working calendars of plans: the standard ones with those that the district and its projects keep. Deadlines of
    /// the law run on the standard ones alone.
    pub calendars: Arc<Calendars>,
    /// 排程选项 of the plans that have their own.
    pub plan_options: Vec<PlanOption>,
    /// Calendars kept as records.
    pub kept_calendars: Vec<KeptCalendar>,
    /// What is odd in them.
    pub calendar_findings: Vec<Finding>,
}

/// Registers read as plain records.
const PLAIN: [&str; 3] = ["site_tour", "observation", "programme_return"];

/// From which state of the journal a district is read.
#[derive(Clone, Copy)]
enum Known {
    /// What is known now.
    Now,
    /// What was known at the end of a day.
    Day(Date),
    /// What was known right after an entry.
    Entry(i64),
}

/// The district as it was right after a journal entry, with `day` as today. Not kept: kept charts are opened seldom.
pub fn state_at(
    app: &App,
    actor: &Actor,
    day: Date,
    seq: i64,
) -> Result<Arc<DistrictState>, AppError> {
    check_day(day)?;
    let whole = compute(app, day, Known::Entry(seq))?;
    Ok(Arc::new(match actor.scope(app) {
        None => whole,
        Some(scope) => whole.part(&scope),
    }))
}

/// Kept states with what they were computed from.
#[derive(Default)]
pub struct Cache {
    kept: Vec<(i64, Date, Arc<DistrictState>)>,
}

/// The district on a day (`None` = today), computed or taken from the kept ones.
pub fn state(app: &App, day: Option<Date>) -> Result<Arc<DistrictState>, AppError> {
    let day = day.unwrap_or_else(|| app.today());
    check_day(day)?;
    let position = app.position()?;
    if let Some(kept) = app
        .cache()
        .kept
        .iter()
        .find(|(at, of, _)| *at == position && *of == day)
    {
        return Ok(kept.2.clone());
    }
    let known = if day < app.today() {
        Known::Day(day)
    } else {
        Known::Now
    };
    let state = Arc::new(compute(app, day, known)?);
    let mut cache = app.cache();
    cache.kept.retain(|(at, _, _)| *at == position);
    if cache.kept.len() >= KEPT {
        cache.kept.remove(0);
    }
    cache.kept.push((position, day, state.clone()));
    Ok(state)
}

fn records_of(
    reader: &mut Reader<'_>,
    register: &str,
    known: Known,
) -> Result<Vec<Stored>, StoreError> {
    let query = Query::default();
    match known {
        Known::Now => reader.all(register, &query),
        Known::Day(day) => reader.all_as_of(register, &query, &end_of_day(day)),
        Known::Entry(seq) => reader.all_at(register, &query, seq),
    }
}

struct Raw(BTreeMap<&'static str, Vec<Stored>>);

impl Raw {
    fn read(app: &App, known: Known) -> Result<Self, AppError> {
        let typed = [
            "organisation",
            "project",
            "round",
            "round_membership",
            "activity",
            "progress_report",
            "matter",
            "work_calendar",
            "plan_option",
        ];
        let all = app.read(|reader| {
            let one = |register: &'static str, reader: &mut Reader<'_>| {
                Ok((register, records_of(reader, register, known)?))
            };
            typed
                .into_iter()
                .chain(PLAIN)
                .map(|register| one(register, reader))
                .collect::<Result<_, StoreError>>()
        })?;
        Ok(Self(all))
    }

    fn records(&self, register: &str) -> Vec<Record> {
        let stored = self.0.get(register).into_iter().flatten();
        stored
            .filter(|one| !one.record.withdrawn)
            .map(|one| one.record.clone())
            .collect()
    }
}

fn compute(app: &App, day: Date, known: Known) -> Result<DistrictState, AppError> {
    let raw = Raw::read(app, known)?;
    let mut findings = Vec::new();
    let mut take = |found: Vec<Finding>| findings.extend(found);
    let (projects, f) = Project::from_records(&raw.records("project"));
    take(f);
    let (rounds, f) = Round::from_records(&raw.records("round"));
    take(f);
    let (memberships, f) = Membership::from_records(&raw.records("round_membership"));
    take(f);
    let (activities, f) = Activity::from_records(&raw.records("activity"));
    take(f);
    let (reports, f) = ProgressReport::from_records(&raw.records("progress_report"));
    take(f);
    let (matters, f) = Matter::from_records(&raw.records("matter"));
    take(f);
    let (plan_options, f) = PlanOption::from_records(&raw.records("plan_option"));
    take(f);
    let (kept_calendars, mut calendar_findings) =
        KeptCalendar::from_records(&raw.records("work_calendar"));
    let (calendars, told) =
        portfolio::calendars_with(&app.calendars(), &app.holidays(), &kept_calendars);
    calendar_findings.extend(told);
    let organisations = organisations(&raw.records("organisation"));
    let mut names = Names::default();
    for organisation in organisations.values() {
        names.insert(organisation.id, organisation.name.clone());
    }
    let plain = PLAIN
        .into_iter()
        .map(|register| (register, raw.records(register)))
        .collect();
    let mut state = DistrictState {
        today: day,
        organisations,
        names,
        projects,
        rounds,
        memberships,
        activities: grouped(activities, |activity| activity.project),
        reports: grouped(reports, |report| report.project),
        matters,
        standings: BTreeMap::new(),
        plain,
        records: raw
            .0
            .into_values()
            .flatten()
            .map(|stored| (stored.record.id, stored))
            .collect(),
        findings,
        holidays: app.holidays(),
        calendars: Arc::new(calendars),
        plan_options,
        kept_calendars,
        calendar_findings,
    };
    state.standings = state.compute_standings(app.light_rule());
    Ok(state)
}

fn grouped<T>(items: Vec<T>, key: impl Fn(&T) -> ProjectId) -> BTreeMap<ProjectId, Vec<T>> {
    let mut groups: BTreeMap<ProjectId, Vec<T>> = BTreeMap::new();
    for item in items {
        groups.entry(key(&item)).or_default().push(item);
    }
    groups
}

fn organisations(records: &[Record]) -> BTreeMap<RecordId, Organisation> {
    let one = |record: &Record| {
        let path = record.text("path").and_then(|text| text.parse().ok());
        let tile = record.int("tile_row").zip(record.int("tile_column"));
        let name = record.text("name").unwrap_or_default().to_owned();
        let kind = record.text("kind").unwrap_or_default().to_owned();
        (
            record.id,
            Organisation {
                id: record.id,
                name,
                kind,
                path,
                tile,
            },
        )
    };
    records.iter().map(one).collect()
}

impl DistrictState {
    /// Why each activity of a project stands on its dates.
    pub fn why_dates(&self, id: ProjectId, rule: &plan::LightRule) -> BTreeMap<ActivityId, String> {
        let Some(project) = self.project(id) else {
            return BTreeMap::new();
        };
        let input = self.input(project, &[]);
        portfolio::why_dates(&input, rule, &self.calendars, self.today)
    }

    fn input<'a>(&'a self, project: &'a Project, matters: &'a [Matter]) -> ProjectInput<'a> {
        ProjectInput {
            project,
            activities: self.activities.get(&project.id).map_or(&[], Vec::as_slice),
            reports: self.reports.get(&project.id).map_or(&[], Vec::as_slice),
            matters,
            names: &self.names,
            rules: self.rules_of(project.id),
        }
    }

    fn compute_standings(&self, rule: &plan::LightRule) -> BTreeMap<ProjectId, Standing> {
        let mut matters: BTreeMap<ProjectId, Vec<Matter>> = BTreeMap::new();
        for matter in &self.matters {
            if let Some(project) = matter.project {
                matters.entry(project).or_default().push(matter.clone());
            }
        }
        let one = |project: &Project| {
            let input = self.input(project, matters.get(&project.id).map_or(&[], Vec::as_slice));
            (
                project.id,
                portfolio::standing(&input, rule, &self.calendars, self.today),
            )
        };
        self.projects.iter().map(one).collect()
    }

    /// 排程选项 of a project's plan as they are kept.
    pub fn plan_option(&self, id: ProjectId) -> Option<&PlanOption> {
        self.plan_options.iter().find(|one| one.project == id)
    }

    /// By which rules the plan of a project is calculated.
    pub fn rules_of(&self, id: ProjectId) -> PlanRules {
        let own = self.plan_option(id).map(|one| one.rules);
        own.unwrap_or_default()
    }

    /// A project by id.
    pub fn project(&self, id: ProjectId) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// Light of a project; grey when it is not known.
    pub fn rag(&self, id: ProjectId) -> Rag {
        self.standings
            .get(&id)
            .map_or(Rag::Grey, |standing| standing.light.rag)
    }

    /// The project of an activity.
    pub fn activity(&self, id: ActivityId) -> Option<&Activity> {
        self.activities
            .values()
            .flatten()
            .find(|activity| activity.id == id)
    }

    /// Name of an organisation, empty when unknown.
    pub fn unit_name(&self, id: Option<RecordId>) -> String {
        id.and_then(|id| self.organisations.get(&id))
            .map(|one| one.name.clone())
            .unwrap_or_default()
    }

    /// The newest single round that lists its projects, else the newest single round.
    pub fn newest_round(&self) -> Option<&Round> {
        let listed: BTreeSet<_> = self.memberships.iter().map(|member| member.round).collect();
        let single = || {
            self.rounds
                .iter()
                .filter(|round| !round.is_combined())
                .rev()
        };
        single()
            .find(|round| listed.contains(&round.id))
            .or_else(|| single().next())
    }

    /// Members of a round in a batch, in order of their records, those taken out left out.
    pub fn members(&self, round: &Round, batch: Batch) -> Vec<&Membership> {
        let of = |member: &&Membership| {
            member.round == round.id && member.batch == batch && !member.is_out_on(self.today)
        };
        self.memberships.iter().filter(of).collect()
    }

    /// Whether a record of the sample district was invented: its 出处 says 演示数据.
    pub fn is_demo(&self, id: RecordId) -> bool {
        self.records
            .get(&id)
            .and_then(|stored| stored.record.text("source"))
            .is_some_and(|source| source.contains(crate::sample::DEMO))
    }

    /// Version of a record.
    pub fn version(&self, id: RecordId) -> i64 {
        self.records
            .get(&id)
            .map_or(0, |stored| stored.record.version)
    }
}

/// The district as one person may see it: the whole for those who reach all of it, else their part of the tree.
pub fn state_for(
    app: &App,
    actor: &Actor,
    day: Option<Date>,
) -> Result<Arc<DistrictState>, AppError> {
    let whole = state(app, day)?;
    match actor.scope(app) {
        None => Ok(whole),
        Some(scope) => Ok(Arc::new(whole.part(&scope))),
    }
}

impl DistrictState {
    /// The records of one part of the organisation tree. The directory and the rounds stay whole: they are no secret and
    /// names depend on them.
    fn part(&self, scope: &OrgPath) -> Self {
        let within = |id: RecordId| {
            self.records
                .get(&id)
                .is_some_and(|stored| stored.record.org.is_within(scope))
        };
        let projects: Vec<Project> = self
            .projects
            .iter()
            .filter(|project| project.org.is_within(scope))
            .cloned()
            .collect();
        let own: BTreeSet<ProjectId> = projects.iter().map(|project| project.id).collect();
        let plain = self.plain.iter().map(|(register, records)| {
            (
                *register,
                records
                    .iter()
                    .filter(|record| record.org.is_within(scope))
                    .cloned()
                    .collect(),
            )
        });
        Self {
            today: self.today,
            organisations: self.organisations.clone(),
            names: self.names.clone(),
            rounds: self.rounds.clone(),
            memberships: self
                .memberships
                .iter()
                .filter(|member| own.contains(&member.project))
                .cloned()
                .collect(),
            activities: only(&self.activities, &own),
            reports: only(&self.reports, &own),
            standings: only(&self.standings, &own),
            matters: self
                .matters
                .iter()
                .filter(|matter| within(matter.id.0))
                .cloned()
                .collect(),
            plain: plain.collect(),
            records: self
                .records
                .iter()
                .filter(|(id, _)| within(**id))
                .map(|(id, stored)| (*id, stored.clone()))
                .collect(),
            findings: Vec::new(),
            holidays: self.holidays.clone(),
            calendars: self.calendars.clone(),
            plan_options: self.plan_options.clone(),
            kept_calendars: self.kept_calendars.clone(),
            calendar_findings: self.calendar_findings.clone(),
            projects,
        }
    }
}

fn only<T: Clone>(
    all: &BTreeMap<ProjectId, T>,
    own: &BTreeSet<ProjectId>,
) -> BTreeMap<ProjectId, T> {
    all.iter()
        .filter(|(id, _)| own.contains(id))
        .map(|(id, one)| (*id, one.clone()))
        .collect()
}

/// Days the product can speak of; outside them an address was mistyped.
pub fn check_day(day: Date) -> Result<(), AppError> {
    if (2000..=2099).contains(&day.year()) {
        return Ok(());
    }
    Err(AppError::invalid(Finding::error(
        "as_of.range",
        "as_of",
        format!("日期 {day} 超出范围。"),
        "请选 2000 年到 2099 年之间的日期。",
    )))
}
