//! From the activities of a plan file to rows of our register: codes, summaries of the work breakdown, predecessors as
//! people write them, durations in days.

use super::carry::{Carrier, Makes, Stand};
use super::rules;
use crate::page::project_plan::FileRow;
use crate::project_plan::PlanBook;
use crate::project_plan::brought::Brought;
use crate::project_plan::change::Change;
use crate::project_plan::sheet::{Beside, word_of};
use exchange::schedule_file::{LagShown, ScheduleFile};
use ground::{Date, Finding, Minute, RecordId, Timeline, date_of_finish, date_of_start, minute_of};
use plan::{LagCalendar, LagFactors, LagUnit, Link, PredecessorRef, Progress, print_predecessors};
use portfolio::PlanRules;
use portfolio::activity::{CONSTRAINTS, KINDS, TIMINGS};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Minutes of a day in which lags are written, as `plan::LagFactors` counts them.
const LAG_DAY: i64 = 480;
const ELAPSED_DAY: i64 = 1440;
/// Letters of a code and of a name.
const CODE: usize = 40;
const NAME: usize = 120;
/// Days of work at most, by the register.
const LONGEST: i64 = 36_500;
/// Names given as examples in a note about many rows.
const EXAMPLES: usize = 3;

/// One project of a file as rows.
pub(super) struct FileRows {
    /// For the preview.
    pub rows: Vec<FileRow>,
    /// Rows of the plan that the file does not name.
    pub missing: usize,
    /// Calendars of the file, each with ours that does its work.
    pub calendars: Vec<Stand>,
    /// Calendars, resources and baselines to be made with the rows.
    pub brought: Arc<Brought>,
    /// 排程选项 of the file; none where it states none.
    pub rules: Option<PlanRules>,
    /// What could not be carried over as it is.
    pub findings: Vec<Finding>,
    changes: Vec<Change>,
    updated: BTreeSet<String>,
}

impl FileRows {
    pub fn of(
        (book, beside): (&PlanBook, &Beside),
        file: &ScheduleFile,
        project: usize,
        makes: Makes,
    ) -> Self {
        let activities = file.network.activities.iter().enumerate();
        let own: Vec<usize> = activities
            .filter(|(_, activity)| activity.project as usize == project)
            .map(|(i, _)| i)
            .collect();
        let carrier = Carrier::new((book, beside), (file, &own), makes);
        let told = rules::of(book, file, &own, &carrier);
        let mut rows = Maker::new(book, file, &own, carrier).rows();
        rows.rules = told.rules;
        rows.findings.extend(told.findings);
        rows
    }

    pub fn changes(&self) -> Vec<Change> {
        self.changes.clone()
    }

    /// Whether a row of the plan is named in the file.
    pub fn updates(&self, id: &str) -> bool {
        self.updated.contains(id)
    }
}

struct Maker<'a> {
    file: &'a ScheduleFile,
    /// Activities of the project, by place in the network.
    own: &'a [usize],
    carrier: Carrier<'a>,
    /// What each activity needs, where the file knows resources.
    needs: Option<BTreeMap<usize, Vec<(String, String)>>>,
    codes: HashMap<usize, String>,
    /// Id and version of rows that are there already, by code.
    known: BTreeMap<&'a str, (String, i64)>,
    /// Links into an activity, with their place among all links.
    incoming: HashMap<usize, Vec<(usize, &'a Link)>>,
    /// 编号+名称 of work whose duration is no whole number of days.
    part_days: Vec<String>,
    /// The same of begun work whose stated duration nobody can mean.
    absurd: Vec<String>,
    /// The same of work with a limit at an hour within a working day.
    clocked: Vec<String>,
    /// The same of begun work with nothing left to do.
    over: Vec<String>,
    made: FileRows,
}

impl<'a> Maker<'a> {
    fn new(
        book: &'a PlanBook,
        file: &'a ScheduleFile,
        own: &'a [usize],
        carrier: Carrier<'a>,
    ) -> Self {
        let known = book.activities().iter().map(|activity| {
            let version = book.state.version(activity.id.0);
            (activity.code.as_str(), (activity.id.to_string(), version))
        });
        let mut incoming: HashMap<usize, Vec<(usize, &Link)>> = HashMap::new();
        for (index, link) in file.network.links.iter().enumerate() {
            incoming.entry(link.to).or_default().push((index, link));
        }
        let mut maker = Self {
            file,
            codes: HashMap::new(),
            known: known.collect(),
            incoming,
            part_days: Vec::new(),
            absurd: Vec::new(),
            clocked: Vec::new(),
            over: Vec::new(),
            made: FileRows {
                rows: Vec::new(),
                missing: 0,
                calendars: carrier.stands(),
                brought: Arc::default(),
                rules: None,
                findings: Vec::new(),
                changes: Vec::new(),
                updated: BTreeSet::new(),
            },
            own,
            needs: carrier.needs(),
            carrier,
        };
        maker.give_codes();
        maker
    }

    /// Codes as the file has them, made different where two are alike.
    fn give_codes(&mut self) {
        let mut taken = BTreeSet::new();
        for &i in self.own {
            let plain = short(&self.file.network.activities[i].code, CODE - 5);
            let plain = match plain.is_empty() {
                true => short(&self.file.ids[i], CODE - 5),
                false => plain,
            };
            let all = (0..).map(|n: u32| match n {
                0 => plain.clone(),
                n => format!("{plain}-{n}"),
            });
            let code = all.into_iter().find(|code| taken.insert(code.clone()));
            self.codes.insert(i, code.unwrap_or_default());
        }
    }

    fn rows(mut self) -> FileRows {
        let folders = self.folders();
        for (n, i) in self.own.iter().copied().enumerate() {
            let values = self.values(i, &folders, n);
            self.put(i, values);
        }
        self.carry_baselines();
        let named = &self.made.updated;
        let lost = self.known.values().filter(|(id, _)| !named.contains(id));
        self.made.missing = lost.count();
        self.note_rows();
        self.made
    }

    /// Nodes of the work breakdown that hold activities, with what is above them, as summaries.
    fn folders(&mut self) -> BTreeMap<usize, String> {
        let wbs = &self.file.wbs;
        let mut used = BTreeSet::new();
        for &i in self.own {
            let mut at = self.file.details.get(i).and_then(|detail| detail.wbs);
            while let Some(node) = at.filter(|node| wbs.get(*node).is_some()) {
                // The node of the project itself is the project.
                if wbs[node].parent.is_none() || !used.insert(node) {
                    break;
                }
                at = wbs[node].parent;
            }
        }
        let mut keys = BTreeMap::new();
        for node in used {
            let code = short(&format!("W.{}", path(wbs, node)), CODE);
            let mut values = object(json!({
                "code": code, "name": named(&wbs[node].name, &code), "kind": "summary",
            }));
            let parent = wbs[node]
                .parent
                .and_then(|parent| keys.get(&parent))
                .cloned();
            if let Some(parent) = parent {
                values.insert("parent".to_owned(), Json::String(parent));
            }
            let key = self.change(&code, format!("new-f{node}"), values);
            keys.insert(node, key);
        }
        keys
    }

    /// An update of the row with that code, or a new row; gives what others call it by.
    fn change(&mut self, code: &str, key: String, values: Map<String, Json>) -> String {
        if let Some((id, version)) = self.known.get(code).cloned() {
            self.made.updated.insert(id.clone());
            self.made.changes.push(Change::Update {
                id: id.clone(),
                version,
                values,
            });
            return id;
        }
        self.made.changes.push(Change::Add {
            key: key.clone(),
            values,
            after: None,
        });
        key
    }

    fn put(&mut self, i: usize, values: Map<String, Json>) {
        let code = self.codes[&i].clone();
        let text = |id: &str| {
            values
                .get(id)
                .and_then(Json::as_str)
                .unwrap_or("")
                .to_owned()
        };
        let day = |id: &str| text(id).parse::<Date>().ok();
        let row = FileRow {
            code: code.clone(),
            name: text("name"),
            kind: text("kind"),
            duration_days: values.get("duration_days").and_then(Json::as_i64),
            predecessors: text("predecessors"),
            start: day("planned_start"),
            finish: day("planned_finish"),
            action: if self.known.contains_key(code.as_str()) {
                "update"
            } else {
                "add"
            },
        };
        self.made.rows.push(row);
        self.change(&code, format!("new-a{i}"), values);
    }

    fn values(
        &mut self,
        i: usize,
        folders: &BTreeMap<usize, String>,
        position: usize,
    ) -> Map<String, Json> {
        let activity = &self.file.network.activities[i];
        let detail = &self.file.details[i];
        let code = self.codes[&i].clone();
        let days = self.days(i);
        let mut values = object(json!({
            "code": code,
            "name": named(&activity.name, &code),
            "kind": word_of(&KINDS, activity.kind),
            "duration_days": days,
            "calendar": self.calendar(i),
            "timing": word_of(&TIMINGS, activity.timing),
            "position": (position + 1) * 10,
        }));
        let mut put = |id: &str, value: Json| values.insert(id.to_owned(), value);
        let parent = match activity.parent {
            Some(parent) => self
                .codes
                .get(&parent)
                .map(|code| self.name_of(parent, code)),
            None => detail.wbs.and_then(|node| folders.get(&node)).cloned(),
        };
        if let Some(parent) = parent {
            put("parent", Json::String(parent));
        }
        let predecessors = self.predecessors(i);
        if !predecessors.is_empty() {
            put("predecessors", json!(predecessors));
        }
        if let Some(at) = self.file.deadline_of(activity) {
            put("deadline", json!(date_of_finish(at).to_string()));
        }
        if activity.fixed.is_some() {
            put("manual", json!(true));
        }
        if let Some(needs) = &self.needs {
            let row = |(resource, units): &(String, String)| json!({"resource": resource, "units": units});
            let rows: Vec<Json> = needs.get(&i).into_iter().flatten().map(row).collect();
            put(
                "resources",
                if rows.is_empty() {
                    Json::Null
                } else {
                    Json::Array(rows)
                },
            );
        }
        if !detail.notes.is_empty() {
            put("remark", json!(short(&detail.notes, 2_000)));
        }
        values.extend(self.dates(i));
        values.extend(self.constraints(i));
        self.note_clock(i);
        values
    }

    /// Notes what a plan of days cannot say about an activity: limits within a day, and work that goes on with nothing
    /// left to do.
    fn note_clock(&mut self, i: usize) {
        let activity = &self.file.network.activities[i];
        let calendar = &self.file.network.calendars[activity.calendar];
        let place = || format!("{} {}", activity.code, activity.name);
        if activity
            .constraints
            .iter()
            .any(|one| within_a_day(one, calendar))
        {
            self.clocked.push(place());
        }
        let left = match activity.progress {
            Progress::Started { remaining, .. } => remaining,
            _ => return,
        };
        if left == 0 && self.file.details[i].percent >= 100.0 {
            self.over.push(place());
        }
    }

    /// Planned dates: as the file says, in a Project file of ours those of its first baseline.
    fn planned(&self, i: usize) -> (Option<Minute>, Option<Minute>) {
        let detail = &self.file.details[i];
        let first = self.file.baselines[i].iter().find(|one| one.number == 0);
        match first.filter(|_| self.file.own) {
            Some(first) => (first.start, first.finish),
            None => (detail.planned_start, detail.planned_finish),
        }
    }

    /// Planned and actual days.
    fn dates(&self, i: usize) -> Vec<(String, Json)> {
        let stored = self.file.stored.get(i).copied().unwrap_or_default();
        let (planned_start, planned_finish) = self.planned(i);
        // What a plan of ours has not planned stays unplanned; other programs plan by scheduling.
        let fallen = |date: Option<Minute>| date.filter(|_| !self.file.own);
        let start = planned_start.or_else(|| fallen(stored.start.or(stored.early_start)));
        let finish = planned_finish.or_else(|| fallen(stored.finish.or(stored.early_finish)));
        let day = |id: &str, day: Date| (id.to_owned(), json!(day.to_string()));
        let mut values = Vec::new();
        if let Some((start, finish)) = start.zip(finish).map(|(a, b)| span(a, b)) {
            values.push(day("planned_start", start));
            values.push(day("planned_finish", finish));
        }
        match self.file.network.activities[i].progress {
            Progress::NotStarted => {}
            Progress::Started {
                actual_start,
                remaining,
            } => {
                values.push(day("actual_start", date_of_start(actual_start)));
                let left = json!(in_days(self.file, i, remaining));
                values.push(("remaining_days".to_owned(), left));
            }
            Progress::Finished {
                actual_start,
                actual_finish,
            } => {
                let (start, finish) = span(actual_start, actual_finish);
                values.push(day("actual_start", start));
                values.push(day("actual_finish", finish));
            }
        }
        values
    }

    /// The first two constraints.
    fn constraints(&self, i: usize) -> Vec<(String, Json)> {
        let fields = [
            ("constraint_kind", "constraint_date"),
            ("constraint_2_kind", "constraint_2_date"),
        ];
        // Work of ours that waits for nothing is held on its planned day without a word; the file has to say it.
        let held = |one: &plan::Constraint| {
            let waits = self.incoming.get(&i).is_some_and(|links| !links.is_empty());
            let planned = self.planned(i).0.map(date_of_start);
            let start = one.kind == plan::ConstraintKind::StartNoEarlier;
            self.file.own && !waits && start && Some(date_of_start(one.at)) == planned
        };
        let stated = self.file.network.activities[i].constraints.iter();
        let pairs = stated
            .filter(|one| !held(one))
            .zip(fields)
            .flat_map(|(one, (kind, date))| {
                let at = match one.kind.words().1 {
                    "完成" => date_of_finish(one.at),
                    _ => date_of_start(one.at),
                };
                let word = word_of(&CONSTRAINTS, soft(one.kind));
                [
                    (kind.to_owned(), json!(word)),
                    (date.to_owned(), json!(at.to_string())),
                ]
            });
        pairs.collect()
    }

    /// What a change of this request calls a row by.
    fn name_of(&self, i: usize, code: &str) -> String {
        match self.known.get(code) {
            Some((id, _)) => id.clone(),
            None => format!("new-a{i}"),
        }
    }

    /// Days of an activity. P6 lets the original duration of begun work stand at whatever was typed long ago and plans
    /// with what remains: where nobody can mean it, what remains or was taken is carried over instead.
    fn days(&mut self, i: usize) -> i64 {
        let activity = &self.file.network.activities[i];
        let place = || format!("{} {}", activity.code, activity.name);
        let days = in_days(self.file, i, activity.duration);
        let calendar = &self.file.network.calendars[activity.calendar];
        let begun = match activity.progress {
            Progress::NotStarted => None,
            Progress::Started { remaining, .. } => Some(remaining),
            Progress::Finished {
                actual_start,
                actual_finish,
            } => Some(calendar.between(actual_start, actual_finish)),
        };
        if let Some(minutes) = begun.filter(|_| days > LONGEST) {
            self.absurd.push(place());
            return in_days(self.file, i, minutes).min(LONGEST);
        }
        if activity.duration % calendar.minutes_per_day().max(1) != 0 {
            self.part_days.push(place());
        }
        days
    }

    /// One note for all rows with the same trouble.
    fn note_rows(&mut self) {
        let mut notes = Vec::new();
        let mut note = |rows: &[String], what: &dyn Fn(usize) -> Finding| {
            if !rows.is_empty() {
                let mut finding = what(rows.len());
                finding.problem = format!("{}：{}。", finding.problem, examples(rows));
                notes.push(finding);
            }
        };
        note(&self.part_days, &|n| {
            let problem = format!("有 {n} 项工作的工期不是整天，进为整天");
            Finding::info("plan.part_day", "工期", problem, "需要时请改工期。")
        });
        note(&self.absurd, &|n| {
            let problem = format!(
                "有 {n} 项已开工或已完成的工作，文件里的原工期超过 {LONGEST} 天，改用剩余工期或实际用时"
            );
            let remedy = "日期不受影响；请对照原计划核对这些工期。";
            Finding::warning("plan.absurd_duration", "工期", problem, remedy)
        });
        note(&self.clocked, &|n| {
            let problem = format!(
                "有 {n} 项工作的限制写到了钟点，这里按天：限开始的从当天上班算，限完成的到当天下班算"
            );
            let remedy =
                "例如限 8 点完成的，文件里前一个工作日下班就算到期，这里晚一天；请核对这些限制。";
            Finding::info("plan.clock_constraint", "限制条件", problem, remedy)
        });
        note(&self.over, &|n| {
            let problem = format!(
                "有 {n} 项工作在文件里还没有完成，但完成率 100%、剩余工期是 0，按数据日期那天完成"
            );
            let remedy = "没做完的，请改完成率和剩余工期。";
            Finding::info("plan.nothing_left", "进度", problem, remedy)
        });
        self.made.findings.extend(notes);
    }

    fn calendar(&self, i: usize) -> &str {
        self.carrier
            .calendar(self.file.network.activities[i].calendar)
    }

    fn carry_baselines(&mut self) {
        let (known, codes) = (&self.known, &self.codes);
        let activities = &self.file.network.activities;
        self.carrier.carry_baselines(|i| {
            let code = codes.get(&i).cloned().unwrap_or_default();
            let key = known.get(code.as_str()).map(|(id, _)| id.clone());
            let name = named(&activities[i].name, &code);
            (key.unwrap_or_else(|| format!("new-a{i}")), code, name)
        });
        let added = self.made.changes.iter().filter_map(|change| match change {
            Change::Add { key, .. } => Some(key.as_str()),
            _ => None,
        });
        let added: HashMap<&str, usize> = added.zip(0..).collect();
        // Added rows stand in the draft under −1, −2 … in the order in which they are asked for.
        let id = |i: usize| {
            let code = codes.get(&i).map_or("", String::as_str);
            let stored = known.get(code).and_then(|(id, _)| id.parse().ok());
            let key = format!("new-a{i}");
            let place = added.get(key.as_str()).copied().unwrap_or(0);
            RecordId(stored.unwrap_or(-1 - place as i64))
        };
        let file = self.file;
        self.carrier
            .carry_reports(id, |i, minutes| in_days(file, i, minutes));
        self.made.brought = Arc::new(std::mem::take(&mut self.carrier.brought));
        self.made.findings.append(&mut self.carrier.findings);
    }

    fn predecessors(&self, i: usize) -> String {
        let links = self.incoming.get(&i).map_or(&[][..], Vec::as_slice);
        let refs: Vec<PredecessorRef> = links
            .iter()
            .filter_map(|(index, link)| {
                let (lag, unit) = self.lag(*index, link);
                Some(PredecessorRef {
                    code: self.codes.get(&link.from)?.clone(),
                    kind: link.kind,
                    lag,
                    unit,
                })
            })
            .collect();
        print_predecessors(&refs)
    }

    /// In the unit in which the file shows it; a share of the predecessor's duration stays one, so that it follows
    /// that duration.
    fn lag(&self, index: usize, link: &Link) -> (i64, LagUnit) {
        let shown = self.file.lags_shown.get(index);
        if let Some(share) = shown.and_then(LagShown::whole_percent) {
            return share;
        }
        let whole = shown.and_then(LagShown::unit).and_then(|unit| {
            let (size, _) = LagFactors::default().minutes(1, unit, 0);
            let same_time = unit.is_elapsed() == (link.lag_calendar == LagCalendar::Elapsed);
            let fits = same_time && size > 0 && link.lag % size == 0;
            fits.then(|| (link.lag / size, unit))
        });
        whole.unwrap_or_else(|| plain_lag(link))
    }
}

/// Whole days of the activity's own calendar, a started one counted.
fn in_days(file: &ScheduleFile, i: usize, minutes: i64) -> i64 {
    let calendar = file.network.activities[i].calendar;
    let per_day = file.network.calendars[calendar].minutes_per_day().max(1);
    (minutes.max(0) + per_day - 1) / per_day
}

/// Whole days where they are whole, else hours, else minutes.
fn plain_lag(link: &Link) -> (i64, LagUnit) {
    let elapsed = link.lag_calendar == LagCalendar::Elapsed;
    let day = if elapsed { ELAPSED_DAY } else { LAG_DAY };
    match (link.lag % day, link.lag % 60, elapsed) {
        (0, _, false) => (link.lag / day, LagUnit::Day),
        (0, _, true) => (link.lag / day, LagUnit::ElapsedDay),
        (_, 0, false) => (link.lag / 60, LagUnit::Hour),
        (_, 0, true) => (link.lag / 60, LagUnit::ElapsedHour),
        (_, _, false) => (link.lag, LagUnit::Minute),
        (_, _, true) => (link.lag, LagUnit::ElapsedMinute),
    }
}

/// Whether a limit stands at an hour that a limit of that day does not mean.
fn within_a_day(one: &plan::Constraint, calendar: &Timeline) -> bool {
    match one.kind.words().1 {
        "完成" => {
            let evening = minute_of(date_of_finish(one.at), 24, 0);
            calendar.previous_finish(one.at) != calendar.previous_finish(evening)
        }
        _ => {
            let morning = minute_of(date_of_start(one.at), 0, 0);
            calendar.next_start(one.at) != calendar.next_start(morning)
        }
    }
}

/// Our register does not tell MSP's "must" from P6's "mandatory".
fn soft(kind: plan::ConstraintKind) -> plan::ConstraintKind {
    use plan::ConstraintKind as K;
    match kind {
        K::MustStart => K::MandatoryStart,
        K::MustFinish => K::MandatoryFinish,
        other => other,
    }
}

/// The first names of a list, the rest counted.
pub(super) fn examples(names: &[String]) -> String {
    let shown = names.iter().take(EXAMPLES).map(|name| name.trim());
    let shown = shown.collect::<Vec<_>>().join("、");
    match names.len() > EXAMPLES {
        true => format!("{shown} 等"),
        false => shown,
    }
}

fn span(start: Minute, finish: Minute) -> (Date, Date) {
    let first = date_of_start(start);
    (first, date_of_finish(finish).max(first))
}

fn path(wbs: &[exchange::schedule_file::WbsNode], node: usize) -> String {
    let mut parts = Vec::new();
    let mut at = Some(node);
    while let Some(node) = at.filter(|_| parts.len() < 20) {
        if wbs[node].parent.is_none() {
            break;
        }
        parts.push(wbs[node].code.as_str());
        at = wbs[node].parent;
    }
    parts.reverse();
    parts.join(".")
}

fn short(text: &str, letters: usize) -> String {
    text.trim().chars().take(letters).collect()
}

fn named(name: &str, code: &str) -> String {
    match name.trim() {
        "" => short(code, NAME),
        name => short(name, NAME),
    }
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
