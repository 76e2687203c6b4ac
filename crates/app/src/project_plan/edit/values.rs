//! Values of rows as a request gives them, and what follows from them: planned days from durations, codes and places
//! of new rows.

use super::{Draft, NewDays};
use crate::error::AppError;
use crate::permit::Access;
use crate::project_plan::sheet::resources;
use crate::records;
use ground::{Date, Finding, RecordId, Severity, WorkCalendar};
use portfolio::{Activity, PlanResource};
use register::{Fields, Value};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeSet, HashMap};

impl Draft<'_> {
    /// The values by the register's types; `calendar` takes any calendar's code and `parent` the key of an added row.
    pub(super) fn read_values(
        &mut self,
        id: RecordId,
        values: &Map<String, Json>,
    ) -> Result<Vec<(String, Option<Value>)>, AppError> {
        let mut plain = values.clone();
        let mut given = Vec::new();
        if let Some(parent) = plain.remove("parent") {
            let parent = self.parent_value(&parent);
            given.extend(parent.map(|value| ("parent".to_owned(), value)));
        }
        if let Some(calendar) = plain.remove("calendar") {
            given.extend(self.calendar_values(id, &calendar));
        }
        match plain.remove("resources") {
            // A cell of the sheet is typed, a request of a program gives rows.
            Some(Json::String(text)) => given.extend(self.needs_value(id, &text)?),
            // Resources of a plan file that has not been taken in yet are known to no register.
            Some(rows) if !self.book.brought.is_empty() && names_new(&rows) => {
                given.push(("resources".to_owned(), self.needs(&rows)));
            }
            rows => plain.extend(rows.map(|rows| ("resources".to_owned(), rows))),
        }
        let own = self.book.project.id.to_string();
        if plain
            .remove("project")
            .is_some_and(|project| project.as_str() != Some(&own))
        {
            let problem = "工作不能从这里移到别的项目。".to_owned();
            self.refuse(id, "plan.project", problem, "请在那个项目的计划里新增。");
        }
        let definition = self.book.definition.clone();
        let names: Vec<&str> = plain.keys().map(String::as_str).collect();
        let refused = records::refuse_unwritable(&definition, self.access()?, &names);
        if let Err(AppError::Invalid(findings)) = refused {
            self.tell(id, findings);
        }
        let (mut fields, findings) = register::from_json(&definition, &plain);
        self.tell(id, findings);
        let unknown = records::unknown_references(self.app, &definition, &fields)?;
        self.tell(id, unknown);
        for name in plain.keys().filter(|name| definition.field(name).is_some()) {
            given.push((name.clone(), fields.remove(name)));
        }
        Ok(given)
    }

    /// What the fields of the register allow, read once however many rows there are.
    fn access(&self) -> Result<&Access, AppError> {
        if let Some(known) = self.access.get() {
            return Ok(known);
        }
        let system = crate::Actor::system(self.app);
        let known = Access::new(self.app, &system, &self.book.definition)?;
        Ok(self.access.get_or_init(|| known))
    }

    /// Needs of a row of a plan file, whose resources may still be to be made.
    fn needs(&self, rows: &Json) -> Option<Value> {
        let row = |row: &Json| {
            let id = self.book.brought.resource_id(row["resource"].as_str()?)?;
            let units = Value::Decimal {
                scaled: (row["units"].as_str()?.parse::<f64>().ok()? * 100.0).round() as i64,
                digits: 2,
            };
            Some(Fields::from([
                ("resource".to_owned(), Value::Ref(id)),
                ("units".to_owned(), units),
            ]))
        };
        let rows: Vec<Fields> = rows.as_array()?.iter().filter_map(row).collect();
        (!rows.is_empty()).then_some(Value::Rows(rows))
    }

    /// Errors of one row, with the row in front of their place.
    fn tell(&mut self, id: RecordId, findings: Vec<Finding>) {
        let place = self.place(id);
        let errors = findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error);
        self.findings.extend(errors.map(|finding| Finding {
            place: format!("{place}：{}", self.book.label(&finding.place)),
            ..finding
        }));
    }

    fn parent_value(&mut self, parent: &Json) -> Option<Option<Value>> {
        let text = match parent {
            Json::Null => String::new(),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        if text.is_empty() {
            return Some(None);
        }
        let found = self.find(&text, None)?;
        Some(Some(Value::Ref(found)))
    }

    /// A standard calendar is a code, a kept one a reference.
    fn calendar_values(&mut self, id: RecordId, calendar: &Json) -> Vec<(String, Option<Value>)> {
        let code = calendar.as_str().unwrap_or_default().trim();
        let pair = |standard: Option<Value>, own: Option<Value>| {
            vec![
                ("calendar".to_owned(), standard),
                ("work_calendar".to_owned(), own),
            ]
        };
        if calendar.is_null() || code.is_empty() {
            return pair(None, None);
        }
        let field = self.book.definition.field("calendar");
        let standard = field.is_some_and(|field| field.choices.iter().any(|c| c.code == code));
        if standard {
            return pair(Some(Value::Text(code.to_owned())), None);
        }
        let kept = self.book.state.kept_calendars.iter().find(|kept| {
            let ours = kept.project.is_none_or(|own| own == self.book.project.id);
            kept.code == code && ours
        });
        match kept.map(|kept| kept.id) {
            Some(kept) => pair(None, Some(Value::Ref(kept))),
            None => {
                let problem = format!("没有代号为“{code}”的日历。");
                self.refuse(id, "plan.calendar", problem, "请从日历清单里选。");
                Vec::new()
            }
        }
    }

    /// 挖机*2，木工班.
    fn needs_value(
        &mut self,
        id: RecordId,
        text: &str,
    ) -> Result<Option<(String, Option<Value>)>, AppError> {
        let (needs, findings) = portfolio::read_needs(text, self.resources()?);
        if !findings.is_empty() {
            self.tell(id, findings);
            return Ok(None);
        }
        let row = |(resource, scaled): (RecordId, i64)| {
            let units = Value::Decimal { scaled, digits: 2 };
            Fields::from([
                ("resource".to_owned(), Value::Ref(resource)),
                ("units".to_owned(), units),
            ])
        };
        let rows: Vec<Fields> = needs.into_iter().map(row).collect();
        let value = (!rows.is_empty()).then_some(Value::Rows(rows));
        Ok(Some(("resources".to_owned(), value)))
    }

    /// What a cell may name: read once, however many cells are typed.
    fn resources(&self) -> Result<&[PlanResource], AppError> {
        if let Some(known) = self.resources.get() {
            return Ok(known);
        }
        let known = resources(self.app, self.book)?.into_iter();
        let known = known.map(|(resource, _)| resource).collect();
        Ok(self.resources.get_or_init(|| known))
    }

    /// The kind says whether it is a node; an older mark must not contradict it.
    pub(super) fn follow_kind(&mut self, id: RecordId, values: &Map<String, Json>) {
        let Some(kind) = values.get("kind") else {
            return;
        };
        let node = kind
            .as_str()
            .is_some_and(|kind| kind.ends_with("milestone"));
        let mark = kind.is_string().then_some(Value::Bool(node));
        self.set(id, "milestone", mark);
        let days = self.records[&id].int("duration_days");
        if node && days.unwrap_or(0) > 0 {
            self.set(id, "duration_days", Some(Value::Int(0)));
        }
    }

    /// A new duration moves the planned finish with it, as in every planning program, unless that was given too.
    pub(super) fn follow_duration(
        &mut self,
        id: RecordId,
        before: &Activity,
        values: &Map<String, Json>,
    ) {
        let given = |field: &str| values.contains_key(field);
        let Some(after) = self.activity(id) else {
            return;
        };
        let calendar = self.calendar(&after);
        let (days, start) = (given("duration_days"), given("planned_start"));
        match (given("planned_finish"), days || start) {
            (true, _) if !days => self.follow_dates(id, &after, &calendar),
            (false, true) => {
                let kept = after.duration_days.or_else(|| {
                    let (start, finish) = before.planned_start.zip(before.planned_finish)?;
                    Some(i64::from(calendar.workdays_within(start, finish)))
                });
                let known = after.planned_start.zip(kept);
                let Some((start, days)) = known.filter(|_| after.planned_finish.is_some()) else {
                    return;
                };
                let finish = finish_after(&calendar, start, days);
                self.set(id, "planned_finish", Some(Value::Date(finish)));
            }
            _ => {}
        }
    }

    fn follow_dates(&mut self, id: RecordId, after: &Activity, calendar: &WorkCalendar) {
        let Some((start, finish)) = after.planned_start.zip(after.planned_finish) else {
            return;
        };
        if after.milestone || portfolio::network::spans(after.kind) || finish < start {
            return;
        }
        let days = calendar.workdays_within(start, finish);
        if days == 0 {
            let name = calendar.name();
            let problem = format!("{start} 至 {finish} 之间没有工作日（{name}）。");
            let remedy = "请至少包含一个工作日，或改用七天日历。";
            return self.refuse(id, "plan.dates", problem, remedy);
        }
        self.set(id, "duration_days", Some(Value::Int(i64::from(days))));
    }

    /// 拖动: new days of a bar. What waits for others is held there by a constraint, else it would go back at once.
    pub(super) fn shift(&mut self, id: RecordId, (start, finish): NewDays) {
        let Some(before) = self.activity(id) else {
            return;
        };
        if before.actual_finish.is_some() || (start.is_some() && before.actual_start.is_some()) {
            let problem = "已经开工的工作不能移动开始日期，已经完成的不能移动。".to_owned();
            return self.refuse(id, "plan.begun", problem, "请改实际日期或剩余工期。");
        }
        let mut values = Map::new();
        let text = |day: Date| Json::String(day.to_string());
        if let Some(day) = start {
            values.insert("planned_start".to_owned(), text(day));
            self.set(id, "planned_start", Some(Value::Date(day)));
        }
        match (finish, start) {
            (Some(day), _) => {
                values.insert("planned_finish".to_owned(), text(day));
                self.set(id, "planned_finish", Some(Value::Date(day)));
            }
            (None, Some(day)) if before.planned_finish.is_none() => {
                self.set(id, "planned_finish", Some(Value::Date(day)));
            }
            _ => {}
        }
        self.follow_duration(id, &before, &values);
        if let (Some(start), false) = (start, before.manual) {
            self.hold(id, &before, start);
        }
    }

    fn hold(&mut self, id: RecordId, before: &Activity, start: Date) {
        let mut texts = self.records.values().map(|one| one.text("predecessors"));
        let chain = texts.all(|text| text.is_none());
        if before.predecessors.is_none() && !chain {
            return;
        }
        let free = |kind: &str| {
            let stated = self.records[&id].text(kind);
            stated.is_none_or(|kind| kind == "start_no_earlier")
        };
        let (kind, day) = match (free("constraint_kind"), free("constraint_2_kind")) {
            (true, _) => ("constraint_kind", "constraint_date"),
            (false, true) => ("constraint_2_kind", "constraint_2_date"),
            (false, false) => {
                let problem = "两个限制条件都已用上，放不住新的开始日期。".to_owned();
                return self.refuse(id, "plan.constraint", problem, "请先去掉一个限制条件。");
            }
        };
        let word = Value::Text("start_no_earlier".to_owned());
        self.set(id, kind, Some(word));
        self.set(id, day, Some(Value::Date(start)));
    }

    pub(super) fn calendar(&self, activity: &Activity) -> WorkCalendar {
        let calendars = &self.book.state.calendars;
        calendars.calendar(calendars.of(activity)).clone()
    }

    /// A code nobody has: one more than the greatest number, or the next under the row before it (5 → 5.1).
    pub(super) fn free_code(&self, after: Option<RecordId>) -> String {
        let codes = self.records.values().filter_map(|one| one.text("code"));
        let taken: BTreeSet<&str> = codes.collect();
        let free = |code: &String| !taken.contains(code.as_str());
        let before = after.map(|id| self.text(id, "code"));
        if let Some(before) = before.filter(|code| !code.is_empty()) {
            let under = (1..).map(|n: u32| format!("{before}.{n}")).find(free);
            return under.unwrap_or_default();
        }
        let numbers = taken.iter().filter_map(|code| code.parse::<u64>().ok());
        let next = numbers.max().unwrap_or(0).saturating_add(1);
        let mut all = (next..).map(|n| n.to_string());
        all.find(free).unwrap_or_default()
    }

    /// What is wrong with single rows by the register's rules, codes that stand twice, days in the wrong order.
    pub(super) fn check_rows(&mut self) {
        let definition = self.book.definition.clone();
        let touched: Vec<RecordId> = self.touched.keys().copied().collect();
        let codes = self.by_code();
        for id in touched {
            let Some(record) = self.records.get(&id) else {
                continue;
            };
            let fields = own_fields(&record.fields);
            let days = record
                .date("planned_start")
                .zip(record.date("planned_finish"));
            let findings = register::validate(&definition, &fields);
            self.tell(id, findings);
            if let Some((start, finish)) = days.filter(|(start, finish)| finish < start) {
                let problem = format!("计划完成 {finish} 早于计划开始 {start}。");
                let remedy = "请把完成日期改到开始日期当天或之后。";
                self.refuse(id, "plan.dates", problem, remedy);
            }
            self.check_code(id, &codes);
        }
    }

    /// The first two rows of each code: the second is what makes it stand twice.
    fn by_code(&self) -> HashMap<String, (RecordId, Option<RecordId>)> {
        let mut codes = HashMap::new();
        for (id, record) in &self.records {
            let code = record.text("code").map(str::trim).unwrap_or_default();
            codes
                .entry(code.to_owned())
                .and_modify(|(_, second): &mut (RecordId, Option<RecordId>)| {
                    second.get_or_insert(*id);
                })
                .or_insert((*id, None));
        }
        codes
    }

    fn check_code(&mut self, id: RecordId, codes: &HashMap<String, (RecordId, Option<RecordId>)>) {
        let code = self.text(id, "code").trim().to_owned();
        if code.is_empty() || !self.touched[&id].contains("code") {
            return;
        }
        let other = match codes.get(&code) {
            Some((first, second)) if *first == id => *second,
            Some((first, _)) => Some(*first),
            None => None,
        };
        if let Some(other) = other.and_then(|other| self.records.get(&other)) {
            let name = other.text("name").unwrap_or_default();
            let problem = format!("编号 {code} 已经用在“{name}”上。");
            self.refuse(id, "plan.code_twice", problem, "请换一个编号。");
        }
    }
}

/// References to rows that are not there yet are fine by the rules of fields.
fn own_fields(fields: &Fields) -> Fields {
    let drafted = |value: &Value| value.as_ref_id().is_some_and(|id| id.0 < 0);
    let kept = fields.iter().filter(|(_, value)| !drafted(value));
    kept.map(|(id, value)| (id.clone(), value.clone()))
        .collect()
}

/// The last of `days` working days from a start on; a node ends on its own day.
pub(super) fn finish_after(calendar: &WorkCalendar, start: Date, days: i64) -> Date {
    let days = i32::try_from(days.clamp(0, 36_500)).unwrap_or(0);
    match (days, start.yesterday()) {
        (1.., Ok(before)) => calendar.add_workdays(before, days),
        _ => start,
    }
}

/// Whether a row of needs names a resource that a plan file brings along.
fn names_new(rows: &Json) -> bool {
    rows.to_string().contains("\"new-r")
}
