//! Reads the sample district from `sample/410102` as it was known at the end of a day, through the
//! definitions of the registers: rows in the order of `at`, a later row of a key patching the earlier
//! one. Shared by the tests and the example of this room; the program itself imports the sample in `app`.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ground::{Date, Finding, OrgPath, RecordId, RoundId};
use plan::LightRule;
use portfolio::*;
use register::{Definition, Field, FieldKind, Hints, Record, Value};

/// File and register, in the order in which one may point at another.
pub const FILES: [(&str, &str); 12] = [
    ("organisations", "organisation"),
    ("rounds", "round"),
    ("projects", "project"),
    ("memberships", "round_membership"),
    ("plan_resources", "plan_resource"),
    ("activities", "activity"),
    ("progress", "progress_report"),
    ("matters", "matter"),
    ("site_tours", "site_tour"),
    ("observations", "observation"),
    ("programme_returns", "programme_return"),
    ("enterprises", "enterprise"),
];

/// The sample district, as records and typed.
pub struct District {
    pub records: BTreeMap<&'static str, Vec<Record>>,
    pub names: Names,
    pub rounds: Vec<Round>,
    pub projects: Vec<Project>,
    pub memberships: Vec<Membership>,
    pub activities: Vec<Activity>,
    pub reports: Vec<ProgressReport>,
    pub matters: Vec<Matter>,
    pub findings: Vec<Finding>,
}

impl District {
    pub fn load(today: Date) -> District {
        let mut reader = Reader::default();
        let records: BTreeMap<&str, Vec<Record>> = FILES
            .iter()
            .map(|(file, id)| (*id, reader.table(file, id, today)))
            .collect();
        let mut findings = reader.findings;
        let mut keep = |told: Vec<Finding>| findings.extend(told);
        let (rounds, told) = Round::from_records(&records["round"]);
        keep(told);
        let (projects, told) = Project::from_records(&records["project"]);
        keep(told);
        let (memberships, told) = Membership::from_records(&records["round_membership"]);
        keep(told);
        let (activities, told) = Activity::from_records(&records["activity"]);
        keep(told);
        let (reports, told) = ProgressReport::from_records(&records["progress_report"]);
        keep(told);
        let (matters, told) = Matter::from_records(&records["matter"]);
        keep(told);
        let organisations = records["organisation"].iter();
        let names = organisations
            .filter_map(|r| Some((r.id, r.text("name")?.to_owned())))
            .collect();
        District {
            records,
            names,
            rounds,
            projects,
            memberships,
            activities,
            reports,
            matters,
            findings,
        }
    }

    pub fn round(&self, no: i64) -> &Round {
        self.rounds.iter().find(|r| r.no == no).expect("round")
    }

    pub fn round_id(&self, no: i64) -> RoundId {
        self.round(no).id
    }

    /// Standing of the projects of the rounds, in the order of the list.
    pub fn standings(&self, calendars: &Calendars, today: Date) -> Vec<Standing> {
        let own = distinct_projects(&self.memberships);
        let projects = self.projects.iter().filter(|p| own.contains(&p.id));
        projects
            .map(|p| self.standing(p, calendars, today))
            .collect()
    }

    fn standing(&self, project: &Project, calendars: &Calendars, today: Date) -> Standing {
        let activities: Vec<Activity> = self
            .activities
            .iter()
            .filter(|a| a.project == project.id)
            .cloned()
            .collect();
        let reports: Vec<ProgressReport> = self
            .reports
            .iter()
            .filter(|r| r.project == project.id)
            .cloned()
            .collect();
        let matters: Vec<Matter> = self
            .matters
            .iter()
            .filter(|m| m.project == Some(project.id))
            .cloned()
            .collect();
        let input = ProjectInput {
            project,
            activities: &activities,
            reports: &reports,
            matters: &matters,
            names: &self.names,
            rules: PlanRules::default(),
        };
        standing(&input, &LightRule::default(), calendars, today)
    }
}

#[derive(Default)]
struct Reader {
    ids: BTreeMap<String, RecordId>,
    findings: Vec<Finding>,
}

impl Reader {
    fn table(&mut self, file: &str, register: &str, today: Date) -> Vec<Record> {
        let definition = definition(register);
        let text = read(&root().join(format!("sample/410102/{file}.csv")));
        let rows = parse_csv(&text);
        let mut lines: Vec<(usize, BTreeMap<&str, &str>)> = rows[1..]
            .iter()
            .map(|row| {
                rows[0]
                    .iter()
                    .map(String::as_str)
                    .zip(row.iter().map(String::as_str))
                    .collect()
            })
            .enumerate()
            .collect();
        // The day ends at 16:00Z in China.
        let limit = format!("{today}T16:00:00Z");
        lines.retain(|(_, line)| line["at"] < limit.as_str());
        lines.sort_by_key(|(_, line)| line["at"]);
        let mut order = Vec::new();
        let mut records: BTreeMap<RecordId, Record> = BTreeMap::new();
        for (row, line) in lines {
            let id = self.id(line["key"]);
            if !records.contains_key(&id) {
                order.push(id);
                self.name_organisation(&line, id);
            }
            let record = records.entry(id).or_insert_with(|| blank(id, line["org"]));
            record.version += 1;
            for (field, text) in line {
                let place = format!("{file}.csv!{field}{}", row + 2);
                record
                    .fields
                    .extend(self.cell(&definition, field, text, &place));
            }
        }
        let records: Vec<Record> = order.iter().filter_map(|id| records.remove(id)).collect();
        for record in &records {
            self.findings
                .extend(register::validate(&definition, &record.fields));
        }
        records
    }

    fn id(&mut self, key: &str) -> RecordId {
        let next = RecordId(self.ids.len() as i64 + 1);
        *self.ids.entry(key.to_owned()).or_insert(next)
    }

    /// Organisations are pointed at by name or alias.
    fn name_organisation(&mut self, line: &BTreeMap<&str, &str>, id: RecordId) {
        if line.contains_key("path") {
            for name in line["aliases"]
                .split('；')
                .chain([line["name"]])
                .filter(|n| !n.is_empty())
            {
                self.ids.insert(name.to_owned(), id);
            }
        }
    }

    fn cell(
        &mut self,
        definition: &Definition,
        id: &str,
        text: &str,
        place: &str,
    ) -> Option<(String, Value)> {
        if text.is_empty() || ["key", "org", "source", "at"].contains(&id) {
            return None;
        }
        let Some(field) = definition.field(id) else {
            let problem = format!("{}没有字段 {id}", definition.title.zh);
            self.findings
                .push(Finding::error("sample_column", place, problem, "改列名"));
            return None;
        };
        let value = match &field.kind {
            FieldKind::Ref { .. } | FieldKind::Org => self.target(text, place).map(Value::Ref),
            FieldKind::Refs { .. } => Some(Value::Refs(
                text.split('；')
                    .filter_map(|t| self.target(t, place))
                    .collect(),
            )),
            FieldKind::Table { columns } => self.rows(columns, text, place),
            _ => self.plain(field, text, place),
        };
        value.map(|v| (id.to_owned(), v))
    }

    fn target(&mut self, text: &str, place: &str) -> Option<RecordId> {
        let id = self.ids.get(text).copied();
        if id.is_none() {
            let problem = format!("没有登记“{text}”");
            self.findings.push(Finding::error(
                "sample_target",
                place,
                problem,
                "先登记再引用",
            ));
        }
        id
    }

    fn plain(&mut self, field: &Field, text: &str, place: &str) -> Option<Value> {
        let hints = Hints::new(Date::constant(2023, 3, 10));
        let cell = register::read_cell(field, text, None, place, &hints);
        self.findings.extend(cell.findings);
        cell.value
    }

    fn rows(&mut self, columns: &[Field], text: &str, place: &str) -> Option<Value> {
        let json: Vec<BTreeMap<String, serde_json::Value>> =
            serde_json::from_str(text).expect(place);
        let mut rows = Vec::new();
        for object in json {
            let mut row = register::Fields::new();
            for (id, cell) in object {
                let column = columns.iter().find(|c| c.id == id).expect(place);
                let text = match &cell {
                    serde_json::Value::String(text) => text.clone(),
                    serde_json::Value::Bool(flag) => (if *flag { "是" } else { "否" }).to_owned(),
                    other => other.to_string(),
                };
                let value = match column.kind {
                    FieldKind::Ref { .. } => self.target(&text, place).map(Value::Ref),
                    _ => self.plain(column, &text, place),
                };
                row.extend(value.map(|v| (id, v)));
            }
            rows.push(row);
        }
        Some(Value::Rows(rows))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn definition(register: &str) -> Definition {
    let name = format!("registers/{register}/definition.toml");
    let (definition, findings) = register::parse(&name, &read(&root().join(&name)));
    definition.unwrap_or_else(|| panic!("{findings:?}"))
}

fn blank(id: RecordId, org: &str) -> Record {
    Record {
        id,
        version: 0,
        org: OrgPath::new(org).expect("path"),
        number: None,
        fields: BTreeMap::new(),
        withdrawn: false,
    }
}

/// RFC 4180 without line breaks inside cells.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    text.lines().map(parse_line).collect()
}

fn parse_line(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}
