//! Primavera P6 XML (P6 EPPM and P6 Professional). Objects are read one by one as they come; what they name by key
//! (calendars, nodes, other activities) is joined when the whole file is read.

mod activities;
mod calendars;

use plan::{CriticalRule, Dialect, FloatRule, LagCalendar, Options, OutOfSequence};
use rustc_hash::FxHashMap;

use super::calendar::NamedCalendar;
use super::fields::Fields;
use super::remarks::Remarks;
use super::xml::{self, Element, Layout, Names, Record, Scanner, names};
use super::{
    Assignment, DayFactors, Format, ProjectHead, Resource, ResourceKind, ScheduleFile, WbsNode,
};
use activities::{ActivityNames, PendingActivity, PendingBaseline, PendingLink};
use calendars::CalendarNames;

const LAYOUT: Layout = Layout {
    containers: &["APIBusinessObjects", "Project", "BaselineProject"],
    skipped: &["UDF", "Code", "Spread", "ResourceAssignmentPeriodActual"],
};

names!(
    ObjectNames: project = "Project", baseline_project = "BaselineProject", activity = "Activity",
    relationship = "Relationship", calendar = "Calendar", wbs = "WBS", resource = "Resource",
    assignment = "ResourceAssignment", schedule_options = "ScheduleOptions",
);

names!(
    HeadNames: id = "ObjectId", code = "Id", name = "Name", data_date = "DataDate", planned_start = "PlannedStartDate",
    must_finish = "MustFinishByDate", finish = "ScheduledFinishDate", calendar = "ActivityDefaultCalendarObjectId",
    limit = "CriticalActivityFloatLimit", threshold = "CriticalActivityFloatThreshold",
    path = "CriticalActivityPathType", lag = "RelationshipLagCalendar", sequence = "OutOfSequenceScheduleType",
    float = "ComputeTotalFloatType", open_ends = "MakeOpenEndedActivitiesCritical",
    own_float = "CalculateFloatBasedOnFinishDate", start_lag = "StartToStartLagCalculationType",
    expected = "UseExpectedFinishDates", original = "OriginalProjectObjectId",
);

names!(
    NodeNames: id = "ObjectId", code = "Code", name = "Name", parent = "ParentObjectId",
);

names!(
    MeansNames: id = "ObjectId", code = "Id", name = "Name", kind = "ResourceType", calendar = "CalendarObjectId",
    max_units = "MaxUnitsPerTime", activity = "ActivityObjectId", resource = "ResourceObjectId",
    units = "PlannedUnits", remaining = "RemainingUnits", rate = "PlannedUnitsPerTime",
    remaining_rate = "RemainingUnitsPerTime", cost = "PlannedCost",
);

/// The file under construction and the keys that lead into it.
struct Reader<'r> {
    file: ScheduleFile,
    remarks: &'r mut Remarks,
    n: Shelf,
    /// Byte at which the project now being read starts, and whether it is a baseline.
    current: Option<usize>,
    heads: Vec<Head>,
    baselines: Vec<BaselineHead>,
    calendars: FxHashMap<String, usize>,
    bases: Vec<String>,
    nodes: FxHashMap<String, usize>,
    parents: Vec<String>,
    resources: FxHashMap<String, usize>,
    resource_calendars: Vec<String>,
    activities: FxHashMap<String, usize>,
    pending: Vec<PendingActivity>,
    links: Vec<PendingLink>,
    assignments: Vec<(String, String, Assignment)>,
    baseline_dates: Vec<PendingBaseline>,
}

/// All names, by kind of object.
struct Shelf {
    object: ObjectNames,
    head: HeadNames,
    node: NodeNames,
    means: MeansNames,
    calendar: CalendarNames,
    activity: ActivityNames,
}

/// One project with its schedule options.
struct Head {
    project: ProjectHead,
    calendar: String,
    critical: CriticalRule,
    limit: i64,
    lag: Option<LagCalendar>,
    options: Options,
    expected: bool,
}

/// A baseline project: what it belongs to.
struct BaselineHead {
    at: usize,
    original: String,
}

/// Reads the file; what is missing in it is told in `remarks`.
pub(super) fn read(bytes: &[u8], remarks: &mut Remarks) -> ScheduleFile {
    let text = xml::decode(bytes, remarks);
    let mut names = Names::default();
    let shelf = Shelf {
        object: ObjectNames::of(&mut names),
        head: HeadNames::of(&mut names),
        node: NodeNames::of(&mut names),
        means: MeansNames::of(&mut names),
        calendar: CalendarNames::of(&mut names),
        activity: ActivityNames::of(&mut names),
    };
    let mut reader = Reader::new(remarks, shelf);
    let mut scanner = Scanner::new(&text, names, "pmxml.broken", LAYOUT);
    let mut record = Record::default();
    while scanner.next(&mut record, reader.remarks) {
        reader.take(&record, &scanner);
    }
    reader.finish(&scanner)
}

impl<'r> Reader<'r> {
    fn new(remarks: &'r mut Remarks, n: Shelf) -> Self {
        Reader {
            file: ScheduleFile::empty(Format::Pmxml),
            remarks,
            n,
            current: None,
            heads: Vec::new(),
            baselines: Vec::new(),
            calendars: FxHashMap::default(),
            bases: Vec::new(),
            nodes: FxHashMap::default(),
            parents: Vec::new(),
            resources: FxHashMap::default(),
            resource_calendars: Vec::new(),
            activities: FxHashMap::default(),
            pending: Vec::new(),
            links: Vec::new(),
            assignments: Vec::new(),
            baseline_dates: Vec::new(),
        }
    }

    fn take(&mut self, record: &Record, scanner: &Scanner) {
        let name = record.name();
        let o = &self.n.object;
        if name == o.calendar {
            self.calendar(record, scanner);
        } else if name == o.resource {
            self.resource(record, scanner);
        } else if record.parent == o.baseline_project {
            self.baseline(record, scanner);
        } else if record.parent == o.project {
            self.in_project(record, scanner);
        }
    }

    fn in_project(&mut self, record: &Record, scanner: &Scanner) {
        if self.current != Some(record.parent_at) {
            self.current = Some(record.parent_at);
            self.heads.push(Head::new());
        }
        let (name, root) = (record.name(), record.root());
        let o = &self.n.object;
        if name == o.activity {
            self.activity(record, scanner);
        } else if name == o.relationship {
            self.relationship(record, scanner);
        } else if name == o.wbs {
            self.node(root);
        } else if name == o.assignment {
            self.assignment(record, scanner);
        } else if name == o.schedule_options {
            // Newer files keep the options in an element of their own, with the same names.
            for option in root.children() {
                self.property(record, option, scanner);
            }
        } else {
            self.property(record, root, scanner);
        }
    }

    fn property(&mut self, record: &Record, property: Element, scanner: &Scanner) {
        let (name, value) = (property.name(), property.text());
        let head = self.heads.last_mut();
        if let Some(head) = head.filter(|_| !value.is_empty() && name != 0) {
            let mut fields = Fields::of(record, scanner, ("项目", ""), self.remarks);
            head.set(name, value, &self.n.head, &mut fields);
        }
    }

    fn baseline(&mut self, record: &Record, scanner: &Scanner) {
        let at = record.parent_at;
        if self
            .baselines
            .last()
            .is_none_or(|baseline| baseline.at != at)
        {
            self.baselines.push(BaselineHead {
                at,
                original: String::new(),
            });
        }
        if record.name() == self.n.object.activity {
            self.baseline_activity(record, scanner);
        } else if record.name() == self.n.head.original
            && let Some(baseline) = self.baselines.last_mut()
        {
            record.root().text().clone_into(&mut baseline.original);
        }
    }

    fn node(&mut self, root: Element) {
        let n = &self.n.node;
        self.nodes
            .insert(root.value(n.id).to_owned(), self.file.wbs.len());
        self.parents.push(root.value(n.parent).to_owned());
        self.file.wbs.push(WbsNode {
            id: root.value(n.id).to_owned(),
            code: root.value(n.code).to_owned(),
            name: root.value(n.name).to_owned(),
            parent: None,
            project: self.heads.len().saturating_sub(1),
        });
    }

    fn resource(&mut self, record: &Record, scanner: &Scanner) {
        let (n, root) = (&self.n.means, record.root());
        let name = root.value(n.name);
        let mut fields = Fields::of(record, scanner, ("资源", name), self.remarks);
        let kinds = [
            ("Labor", ResourceKind::Labour),
            ("Nonlabor", ResourceKind::Equipment),
            ("Material", ResourceKind::Material),
        ];
        let kind = fields.word(n.kind, &kinds, "按人工处理");
        let max_units = fields.number(n.max_units);
        self.resources
            .insert(root.value(n.id).to_owned(), self.file.resources.len());
        self.resource_calendars
            .push(root.value(n.calendar).to_owned());
        self.file.resources.push(Resource {
            id: root.value(n.id).to_owned(),
            code: root.value(n.code).to_owned(),
            name: name.to_owned(),
            kind: kind.unwrap_or(ResourceKind::Labour),
            calendar: None,
            max_units,
        });
    }

    fn assignment(&mut self, record: &Record, scanner: &Scanner) {
        let n = &self.n.means;
        let mut fields = Fields::of(record, scanner, ("资源分配", ""), self.remarks);
        let rate = fields.number(n.remaining_rate).filter(|rate| *rate > 0.0);
        let assignment = Assignment {
            activity: 0,
            resource: 0,
            units: rate.or_else(|| fields.number(n.rate)).unwrap_or(0.0),
            work: fields.hours(n.units).unwrap_or(0),
            remaining_work: fields.hours(n.remaining).unwrap_or(0),
            overtime: 0,
        };
        let cost = fields.number(n.cost).is_some_and(|cost| cost != 0.0);
        let key = |name| fields.value(name).to_owned();
        self.assignments
            .push((key(n.activity), key(n.resource), assignment));
        self.remarks.cost(cost);
    }

    fn finish(mut self, scanner: &Scanner) -> ScheduleFile {
        if self.pending.is_empty() {
            let remedy = "请在 P6 中导出项目（含作业），不要只导出资源或编码";
            self.remarks
                .file_error("pmxml.no_activities", "文件里没有作业", remedy);
        }
        self.join_calendars();
        self.join_nodes();
        self.join_activities(scanner);
        self.join_links(scanner);
        self.join_assignments();
        self.join_baselines();
        self.close_heads();
        self.file.compile_calendars();
        self.file
    }

    fn join_calendars(&mut self) {
        if self.file.calendars.is_empty() {
            self.file.calendars.push(NamedCalendar::standard());
        }
        for (index, key) in self.bases.iter().enumerate() {
            let base = self.calendars.get(key).copied();
            self.file.calendars[index].base = base.filter(|base| *base != index);
        }
        for (resource, key) in self.file.resources.iter_mut().zip(&self.resource_calendars) {
            resource.calendar = self.calendars.get(key).copied();
        }
        for head in &mut self.heads {
            head.project.calendar = self.calendars.get(&head.calendar).copied().unwrap_or(0);
        }
    }

    fn join_nodes(&mut self) {
        for (index, key) in self.parents.iter().enumerate() {
            self.file.wbs[index].parent = self.nodes.get(key).copied();
        }
        super::cut_wbs_loops(&mut self.file.wbs);
    }

    fn join_assignments(&mut self) {
        for (activity, resource, mut assignment) in std::mem::take(&mut self.assignments) {
            let found = (
                self.activities.get(&activity),
                self.resources.get(&resource),
            );
            if let (Some(&activity), Some(&resource)) = found {
                (assignment.activity, assignment.resource) = (activity, resource);
                self.file.assignments.push(assignment);
            }
        }
    }

    fn close_heads(&mut self) {
        let stored = self.file.stored.iter().filter_map(|dates| dates.start);
        let start = self
            .heads
            .iter()
            .filter_map(|head| head.project.start)
            .min();
        let start = start.or_else(|| stored.min()).unwrap_or(0);
        if let Some(head) = self.heads.first() {
            let critical = match head.critical {
                CriticalRule::Threshold(_) => CriticalRule::Threshold(head.limit),
                rule => rule,
            };
            let data_date = self
                .heads
                .iter()
                .filter_map(|head| head.project.data_date)
                .min();
            self.file.options = Options {
                start,
                data_date,
                critical,
                ..head.options
            };
        }
        self.file.projects = self.heads.drain(..).map(|head| head.project).collect();
        self.file.aim_projects(self.remarks);
    }
}

impl Head {
    fn new() -> Self {
        Head {
            project: ProjectHead {
                factors: DayFactors::default(),
                ..ProjectHead::default()
            },
            calendar: String::new(),
            critical: CriticalRule::Threshold(0),
            limit: 0,
            lag: Some(LagCalendar::Predecessor),
            options: Options {
                dialect: Dialect::P6,
                start_lag_from_actual: false,
                ..Options::from_start(0)
            },
            expected: true,
        }
    }

    fn set(&mut self, name: xml::NameId, value: &str, n: &HeadNames, fields: &mut Fields) {
        let yes = matches!(value, "1" | "true");
        let (project, options) = (&mut self.project, &mut self.options);
        if name == n.id {
            value.clone_into(&mut project.id);
        } else if name == n.code {
            value.clone_into(&mut project.code);
        } else if name == n.name {
            value.clone_into(&mut project.name);
        } else if name == n.data_date {
            project.data_date = fields.date_of(name, value);
        } else if name == n.planned_start {
            project.start = fields.date_of(name, value);
        } else if name == n.must_finish {
            project.must_finish = fields.date_of(name, value);
        } else if name == n.finish {
            project.finish = fields.date_of(name, value);
        } else if name == n.calendar {
            value.clone_into(&mut self.calendar);
        } else if name == n.limit || name == n.threshold {
            self.limit = fields.hours_of(name, value).unwrap_or(0);
        } else if name == n.path {
            let longest = known(fields, name, value, &PATHS, "按总时差判断关键");
            if longest == Some(true) {
                self.critical = CriticalRule::LongestPath;
            }
        } else if name == n.lag {
            let lag = known(fields, name, value, &LAG_CALENDARS, "按紧前作业的日历处理");
            self.lag = lag.unwrap_or(Some(LagCalendar::Predecessor));
        } else if name == n.sequence {
            let rule = known(fields, name, value, &SEQUENCES, "按保留逻辑处理");
            options.out_of_sequence = rule.unwrap_or(OutOfSequence::RetainedLogic);
        } else if name == n.float {
            // The words go on with a formula: "Start Float = Late Start - Early Start".
            let word = value.split(' ').next().unwrap_or_default();
            let rule = known(fields, name, word, &FLOATS, "按完成时差计算");
            options.float = rule.unwrap_or(FloatRule::Finish);
        } else if name == n.open_ends {
            options.open_ends_critical = yes;
        } else if name == n.own_float {
            options.float_to_own_project = yes;
        } else if name == n.start_lag {
            // 1: from the early start.
            options.start_lag_from_actual = !yes;
        } else if name == n.expected {
            self.expected = yes;
        }
    }
}

const PATHS: [(&str, bool); 2] = [("Longest Path", true), ("Critical Float", false)];

/// None: the project's default calendar.
const LAG_CALENDARS: [(&str, Option<LagCalendar>); 4] = [
    (
        "Predecessor Activity Calendar",
        Some(LagCalendar::Predecessor),
    ),
    ("Successor Activity Calendar", Some(LagCalendar::Successor)),
    ("24 Hour Calendar", Some(LagCalendar::Elapsed)),
    ("Project Default Calendar", None),
];

const SEQUENCES: [(&str, OutOfSequence); 3] = [
    ("Retained Logic", OutOfSequence::RetainedLogic),
    ("Progress Override", OutOfSequence::ProgressOverride),
    ("Actual Dates", OutOfSequence::ActualDates),
];

const FLOATS: [(&str, FloatRule); 3] = [
    ("Start", FloatRule::Start),
    ("Finish", FloatRule::Finish),
    ("Smallest", FloatRule::Smaller),
];

/// What a word of the schedule options means; an unknown one is told with what holds instead.
fn known<T: Copy>(
    fields: &mut Fields,
    name: xml::NameId,
    value: &str,
    words: &[(&str, T)],
    otherwise: &str,
) -> Option<T> {
    let found = words.iter().find(|(word, _)| *word == value);
    if found.is_none() {
        fields.warn(name, || format!("不认识“{value}”，{otherwise}"));
    }
    found.map(|(_, meaning)| *meaning)
}
