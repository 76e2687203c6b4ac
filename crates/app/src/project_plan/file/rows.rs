//! From the activities of a plan file to rows of our register: codes, summaries of the work breakdown, predecessors as
//! people write them, durations in days.

use crate::page::project_plan::FileRow;
use crate::project_plan::PlanBook;
use crate::project_plan::change::Change;
use crate::project_plan::sheet::word_of;
use exchange::schedule_file::ScheduleFile;
use ground::{Date, Finding, Minute, date_of_finish, date_of_start};
use plan::{LagCalendar, LagUnit, Link, PredecessorRef, Progress, print_predecessors};
use portfolio::activity::{CONSTRAINTS, KINDS, TIMINGS};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Minutes of a day in which lags are written, as `plan::LagFactors` counts them.
const LAG_DAY: i64 = 480;
const ELAPSED_DAY: i64 = 1440;
/// Letters of a code and of a name.
const CODE: usize = 40;
const NAME: usize = 120;

/// One project of a file as rows.
pub(super) struct FileRows {
    /// For the preview.
    pub rows: Vec<FileRow>,
    /// Rows of the plan that the file does not name.
    pub missing: usize,
    /// Calendars of the file, each with ours that stands in for it.
    pub calendars: Vec<(String, &'static str)>,
    /// What could not be carried over as it is.
    pub findings: Vec<Finding>,
    changes: Vec<Change>,
    updated: BTreeSet<String>,
}

impl FileRows {
    pub fn of(book: &PlanBook, file: &ScheduleFile, project: usize) -> Self {
        let maker = Maker::new(book, file, project);
        maker.rows()
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
    own: Vec<usize>,
    codes: HashMap<usize, String>,
    /// Id and version of rows that are there already, by code.
    known: BTreeMap<&'a str, (String, i64)>,
    incoming: HashMap<usize, Vec<&'a Link>>,
    made: FileRows,
}

impl<'a> Maker<'a> {
    fn new(book: &'a PlanBook, file: &'a ScheduleFile, project: usize) -> Self {
        let activities = file.network.activities.iter().enumerate();
        let own: Vec<usize> = activities
            .filter(|(_, activity)| activity.project as usize == project)
            .map(|(i, _)| i)
            .collect();
        let known = book.activities().iter().map(|activity| {
            let version = book.state.version(activity.id.0);
            (activity.code.as_str(), (activity.id.to_string(), version))
        });
        let mut incoming: HashMap<usize, Vec<&Link>> = HashMap::new();
        for link in &file.network.links {
            incoming.entry(link.to).or_default().push(link);
        }
        let mut maker = Self {
            file,
            codes: HashMap::new(),
            known: known.collect(),
            incoming,
            made: FileRows {
                rows: Vec::new(),
                missing: 0,
                calendars: Vec::new(),
                findings: Vec::new(),
                changes: Vec::new(),
                updated: BTreeSet::new(),
            },
            own,
        };
        maker.give_codes();
        maker
    }

    /// Codes as the file has them, made different where two are alike.
    fn give_codes(&mut self) {
        let mut taken = BTreeSet::new();
        for &i in &self.own {
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
        for (n, i) in self.own.clone().into_iter().enumerate() {
            let values = self.values(i, &folders, n);
            self.put(i, values);
        }
        self.made.calendars = self.calendars();
        let named = &self.made.updated;
        let lost = self.known.values().filter(|(id, _)| !named.contains(id));
        self.made.missing = lost.count();
        if self.links_by_successor() {
            let problem = "文件里的间隔按后续工作的日历计算，这里按紧前工作的日历计算。";
            let remedy = "日历不同的前后两项，请核对间隔。";
            let finding = Finding::info("plan.lag_calendar", "间隔", problem, remedy);
            self.made.findings.push(finding);
        }
        self.made
    }

    fn links_by_successor(&self) -> bool {
        let links = self.incoming.values().flatten();
        let mut lagged = links.filter(|link| link.lag != 0);
        lagged.any(|link| {
            !matches!(
                link.lag_calendar,
                LagCalendar::Predecessor | LagCalendar::Elapsed
            )
        })
    }

    /// Nodes of the work breakdown that hold activities, with what is above them, as summaries.
    fn folders(&mut self) -> BTreeMap<usize, String> {
        let wbs = &self.file.wbs;
        let mut used = BTreeSet::new();
        for &i in &self.own {
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
        if let Some(at) = activity.deadline {
            put("deadline", json!(date_of_finish(at).to_string()));
        }
        if activity.fixed.is_some() {
            put("manual", json!(true));
        }
        if !detail.notes.is_empty() {
            put("remark", json!(short(&detail.notes, 2_000)));
        }
        values.extend(self.dates(i));
        values.extend(self.constraints(i));
        values
    }

    /// Planned and actual days.
    fn dates(&self, i: usize) -> Vec<(String, Json)> {
        let detail = &self.file.details[i];
        let stored = self.file.stored.get(i).copied().unwrap_or_default();
        let start = detail.planned_start.or(stored.start).or(stored.early_start);
        let finish = detail
            .planned_finish
            .or(stored.finish)
            .or(stored.early_finish);
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
                let left = json!(self.in_days(i, remaining));
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
        let stated = &self.file.network.activities[i].constraints;
        let pairs = stated.iter().zip(fields).flat_map(|(one, (kind, date))| {
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

    fn days(&mut self, i: usize) -> i64 {
        let activity = &self.file.network.activities[i];
        let minutes = activity.duration;
        let per_day = self.file.network.calendars[activity.calendar]
            .minutes_per_day()
            .max(1);
        if minutes % per_day != 0 {
            let problem = "工期不是整天，进为整天。";
            let place = format!("{} {}", activity.code, activity.name);
            let finding = Finding::info("plan.part_day", place, problem, "需要时请改工期。");
            self.made.findings.push(finding);
        }
        self.in_days(i, minutes)
    }

    /// Whole days of the activity's own calendar, a started one counted.
    fn in_days(&self, i: usize, minutes: i64) -> i64 {
        let calendar = self.file.network.activities[i].calendar;
        let per_day = self.file.network.calendars[calendar]
            .minutes_per_day()
            .max(1);
        (minutes.max(0) + per_day - 1) / per_day
    }

    /// Calendars in use, each with ours that stands in for it.
    fn calendars(&self) -> Vec<(String, &'static str)> {
        let activities = &self.file.network.activities;
        let used: BTreeSet<usize> = self.own.iter().map(|i| activities[*i].calendar).collect();
        let name = |at: usize| {
            self.file
                .calendars
                .get(at)
                .map_or("", |one| one.name.as_str())
        };
        used.into_iter()
            .map(|at| (name(at).to_owned(), self.standard(at)))
            .collect()
    }

    fn calendar(&self, i: usize) -> &'static str {
        self.standard(self.file.network.activities[i].calendar)
    }

    /// The standard calendar with as many working days in a usual week.
    fn standard(&self, calendar: usize) -> &'static str {
        let timeline = &self.file.network.calendars[calendar];
        // Ten weeks from a March on: festivals of a single week do not decide.
        let first = ground::timeline::day_number(Date::constant(2023, 3, 6));
        let worked = (first..first + 70)
            .map(ground::timeline::date_of_day)
            .filter(|day| timeline.minutes_on(*day) > 0)
            .count();
        match worked {
            66.. => "site7",
            54..=65 => "site6",
            _ => "cn5",
        }
    }

    fn predecessors(&self, i: usize) -> String {
        let links = self.incoming.get(&i).map_or(&[][..], Vec::as_slice);
        let refs: Vec<PredecessorRef> = links
            .iter()
            .filter_map(|link| {
                let (lag, unit) = lag(link);
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
}

/// Whole days where they are whole, else hours, else minutes.
fn lag(link: &Link) -> (i64, LagUnit) {
    let elapsed = link.lag_calendar == LagCalendar::Elapsed;
    let day = if elapsed { ELAPSED_DAY } else { LAG_DAY };
    match (link.lag % day, link.lag % 60, elapsed) {
        (0, _, false) => (link.lag / day, LagUnit::Day),
        (0, _, true) => (link.lag / day, LagUnit::ElapsedDay),
        (_, 0, false) => (link.lag / 60, LagUnit::Hour),
        (_, 0, true) => (link.lag / 60, LagUnit::ElapsedHour),
        _ => (link.lag, LagUnit::Minute),
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
