//! 改计划 Changes of a plan worked out on a copy: what each one means for the rows it names and for those that name
//! them. Nothing is written here.

mod places;
mod replan;
mod rewrite;
mod values;

use super::change::Change;
use super::{PlanBook, unwritten};
use crate::App;
use crate::error::AppError;
use crate::permit::Access;
use ground::{Date, Finding, OrgPath, ProjectId, RecordId};
use portfolio::{Activity, PlanResource};
use register::{Definition, Fields, Record, Value};
use serde_json::{Map, Value as Json};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// In front of a row's number where the reading of records and the network name it.
const ROW: &str = "倒排计划 编号";

/// A plan with changes tried out on it.
pub(crate) struct Draft<'a> {
    pub app: &'a App,
    pub book: &'a PlanBook,
    /// All rows as they would stand; added ones have ids below zero.
    pub records: BTreeMap<RecordId, Record>,
    /// Fields changed by row.
    pub touched: BTreeMap<RecordId, BTreeSet<String>>,
    /// Keys of added rows, in the order asked for.
    pub added: Vec<(String, RecordId)>,
    /// Rows taken out.
    pub removed: Vec<RecordId>,
    /// Versions that the person saw, of rows named in the request.
    pub seen: BTreeMap<RecordId, i64>,
    /// What is wrong with the request.
    pub findings: Vec<Finding>,
    /// Rows of the request by key: a file names thousands of them.
    keys: HashMap<String, RecordId>,
    /// What the fields of the register allow, once a value was given.
    access: OnceCell<Access>,
    /// Codes before, to follow renamed ones.
    codes: BTreeMap<RecordId, String>,
    /// Resources that cells may name, once one has.
    resources: OnceCell<Vec<PlanResource>>,
}

impl<'a> Draft<'a> {
    pub fn new(app: &'a App, book: &'a PlanBook) -> Self {
        let records = book.records();
        let code = |record: &Record| record.text("code").unwrap_or_default().to_owned();
        Self {
            app,
            book,
            codes: records.iter().map(|(id, one)| (*id, code(one))).collect(),
            records,
            touched: BTreeMap::new(),
            added: Vec::new(),
            removed: Vec::new(),
            seen: BTreeMap::new(),
            findings: Vec::new(),
            keys: HashMap::new(),
            access: OnceCell::new(),
            resources: OnceCell::new(),
        }
    }

    /// Works all changes in, in their order, then lets predecessors follow renamed codes.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), AppError> {
        self.reserve(changes);
        for change in changes {
            self.one(change)?;
        }
        self.follow_codes();
        self.check_rows();
        Ok(())
    }

    /// Added rows get their ids first, so that any change may name them.
    fn reserve(&mut self, changes: &[Change]) {
        for change in changes {
            let Change::Add { key, .. } = change else {
                continue;
            };
            let well = key.starts_with("new-") && key.len() <= 40;
            if !well || self.keys.contains_key(key) {
                let problem = format!("新增行的代号“{key}”不合要求或用了两次。");
                let remedy = "代号以 new- 开头，每行不同。";
                self.findings
                    .push(Finding::error("plan.key", key.clone(), problem, remedy));
                continue;
            }
            let id = RecordId(-1 - i64::try_from(self.added.len()).unwrap_or(0));
            self.added.push((key.clone(), id));
            self.keys.insert(key.clone(), id);
        }
    }

    fn one(&mut self, change: &Change) -> Result<(), AppError> {
        match change {
            Change::Update {
                id,
                version,
                values,
            } => {
                if let Some(id) = self.find(id, Some(*version)) {
                    self.update(id, values)?;
                }
            }
            Change::Move {
                id,
                version,
                start,
                finish,
            } => {
                if let Some(id) = self.find(id, Some(*version)) {
                    self.shift(id, (*start, *finish));
                }
            }
            Change::Add { key, values, after } => self.add(key, values, after.as_deref())?,
            Change::Remove {
                id,
                version,
                relink,
            } => {
                if let Some(id) = self.find(id, Some(*version)) {
                    self.remove(id, *relink);
                }
            }
            Change::Place { id, version, after } => {
                let behind = after.as_deref().map(|after| self.find(after, None));
                let known = behind != Some(None);
                if let (Some(id), true) = (self.find(id, Some(*version)), known) {
                    self.put_behind(id, behind.flatten());
                }
            }
            Change::Replan { ids, late, target } => {
                self.replan(ids.as_deref(), *late, *target);
            }
        }
        Ok(())
    }

    /// The row an id or a key means; what is not a row of this plan is told.
    pub(super) fn find(&mut self, text: &str, version: Option<i64>) -> Option<RecordId> {
        let id = match self.keys.get(text) {
            Some(id) => Some(*id),
            None => text.parse().ok().map(RecordId),
        };
        let known = id.filter(|id| self.records.contains_key(id));
        match (known, version) {
            (Some(id), Some(version)) if id.0 > 0 => {
                self.seen.entry(id).or_insert(version);
            }
            (None, _) => {
                let problem = format!("本计划里没有编号“{text}”的工作，可能已被别人删除。");
                let finding = Finding::error("plan.row", text, problem, "请刷新后再改。");
                self.findings.push(finding);
            }
            _ => {}
        }
        known
    }

    /// Rows that somebody changed since they were seen.
    pub fn stale(&self) -> Vec<Finding> {
        let old = self.seen.iter().filter(|(id, seen)| {
            self.book
                .state
                .records
                .get(id)
                .is_none_or(|stored| stored.record.version != **seen)
        });
        old.map(|(id, _)| stale(self.records.get(id), *id))
            .collect()
    }

    /// The activities as they would stand.
    pub fn activities(&self) -> (Vec<Activity>, Vec<Finding>) {
        let records: Vec<Record> = self.records.values().cloned().collect();
        Activity::from_records(&records)
    }

    pub(super) fn activity(&self, id: RecordId) -> Option<Activity> {
        Activity::from_record(self.records.get(&id)?).0
    }

    /// Sets or clears a field of a row.
    pub(super) fn set(&mut self, id: RecordId, field: &str, value: Option<Value>) {
        let Some(record) = self.records.get_mut(&id) else {
            return;
        };
        if record.fields.get(field) == value.as_ref() {
            return;
        }
        match value {
            Some(value) => record.fields.insert(field.to_owned(), value),
            None => record.fields.remove(field),
        };
        self.touched.entry(id).or_default().insert(field.to_owned());
    }

    pub(super) fn text(&self, id: RecordId, field: &str) -> String {
        let record = self.records.get(&id);
        let text = record.and_then(|record| record.text(field));
        text.unwrap_or_default().to_owned()
    }

    /// 编号+名称, as findings name a row.
    pub(super) fn place(&self, id: RecordId) -> String {
        place(self.records.get(&id), id)
    }

    /// A finding about a row by its number, told by code and name and by what its field is called on the page.
    pub fn named(&self, finding: Finding) -> Finding {
        named(finding, |id| self.records.get(&id), &self.book.definition)
    }

    pub(super) fn refuse(&mut self, id: RecordId, code: &str, problem: String, remedy: &str) {
        let place = self.place(id);
        self.findings
            .push(Finding::error(code, place, problem, remedy));
    }

    fn update(&mut self, id: RecordId, values: &Map<String, Json>) -> Result<(), AppError> {
        let before = self.activity(id);
        let given = self.read_values(id, values)?;
        for (field, value) in given {
            self.set(id, &field, value);
        }
        self.follow_kind(id, values);
        if let Some(before) = before {
            self.follow_duration(id, &before, values);
        }
        Ok(())
    }

    fn add(
        &mut self,
        key: &str,
        values: &Map<String, Json>,
        after: Option<&str>,
    ) -> Result<(), AppError> {
        let Some(id) = self.keys.get(key).copied() else {
            return Ok(());
        };
        if self.records.contains_key(&id) {
            return Ok(());
        }
        self.records.insert(id, blank(id, self.book.project.id));
        self.touched.entry(id).or_default();
        let given = self.read_values(id, values)?;
        for (field, value) in given {
            self.set(id, &field, value);
        }
        self.follow_kind(id, values);
        let after = after.and_then(|text| self.find(text, None));
        if let (Some(after), false) = (after, values.contains_key("parent")) {
            let parent = self.records[&after].fields.get("parent").cloned();
            self.set(id, "parent", parent);
        }
        if self.text(id, "code").trim().is_empty() {
            let code = self.free_code(after);
            self.set(id, "code", Some(Value::Text(code)));
        }
        if let Some(after) = after {
            self.place_after(id, after);
        }
        Ok(())
    }

    /// 删除: named nowhere any more; its parts go up to its own summary.
    fn remove(&mut self, id: RecordId, relink: bool) {
        let Some(record) = self.records.get(&id).cloned() else {
            return;
        };
        let code = record.text("code").unwrap_or_default().to_owned();
        let own = record.text("predecessors").unwrap_or_default().to_owned();
        let parts: Vec<RecordId> = self
            .records
            .values()
            .filter(|one| one.reference("parent") == Some(id))
            .map(|one| one.id)
            .collect();
        for part in parts {
            self.set(part, "parent", record.fields.get("parent").cloned());
        }
        let others: Vec<RecordId> = self
            .records
            .keys()
            .copied()
            .filter(|one| *one != id)
            .collect();
        for other in others {
            let text = self.text(other, "predecessors");
            let left = rewrite::without(&text, &code, relink.then_some(own.as_str()));
            if let Some(left) = left {
                let value = (!left.is_empty()).then_some(Value::Text(left));
                self.set(other, "predecessors", value);
            }
        }
        self.records.remove(&id);
        self.touched.remove(&id);
        match id.0 > 0 {
            true => self.removed.push(id),
            false => {
                self.added.retain(|(_, one)| *one != id);
                self.keys.retain(|_, one| *one != id);
            }
        }
    }

    /// A renamed code is renamed where others wait for it, unless their text was typed anew in this change.
    fn follow_codes(&mut self) {
        let renamed: Vec<(String, String)> = self
            .codes
            .iter()
            .filter_map(|(id, old)| {
                let new = self.records.get(id)?.text("code")?;
                (new != old && !old.is_empty()).then(|| (old.clone(), new.to_owned()))
            })
            .collect();
        if renamed.is_empty() {
            return;
        }
        let typed = |id: &RecordId| {
            let touched = self.touched.get(id);
            touched.is_some_and(|fields| fields.contains("predecessors"))
        };
        let others: Vec<RecordId> = self
            .records
            .keys()
            .copied()
            .filter(|id| !typed(id))
            .collect();
        for id in others {
            let text = self.text(id, "predecessors");
            if let Some(text) = rewrite::renamed(&text, &renamed) {
                self.set(id, "predecessors", Some(Value::Text(text)));
            }
        }
    }
}

/// A finding about a row by its number, told by code and name and by what its field is called on the page.
pub(super) fn named<'r>(
    finding: Finding,
    record: impl Fn(RecordId) -> Option<&'r Record>,
    definition: &Definition,
) -> Finding {
    let digit = |c: char| c.is_ascii_digit() || c == '-';
    let Some(rest) = finding.place.strip_prefix(ROW) else {
        return finding;
    };
    let (id, rest) = rest.split_at(rest.find(|c| !digit(c)).unwrap_or(rest.len()));
    let id = id.parse().ok().map(RecordId);
    let Some((id, record)) = id.and_then(|id| Some((id, record(id)?))) else {
        return finding;
    };
    let row = place(Some(record), id);
    let place = match rest.strip_prefix(' ') {
        Some(field) => format!("{row}：{}", super::label(definition, field)),
        None => row,
    };
    Finding { place, ..finding }
}

/// 编号+名称 of a row, its id where both are missing.
pub(super) fn place(record: Option<&Record>, id: RecordId) -> String {
    let text = |field: &str| record.and_then(|record| record.text(field)).unwrap_or("");
    let place = format!("{} {}", text("code"), text("name"));
    match place.trim() {
        "" => id.to_string(),
        place => place.to_owned(),
    }
}

pub(super) fn stale(record: Option<&Record>, id: RecordId) -> Finding {
    let problem = "这项工作刚被别人改过。";
    Finding::error("plan.stale", place(record, id), problem, "请刷新后再改。")
}

fn blank(id: RecordId, project: ProjectId) -> Record {
    // Its home is decided when it is written.
    let org = OrgPath::new("000000").unwrap_or_else(|_| unreachable!("six digits are a path"));
    let own = Fields::from([("project".to_owned(), Value::Ref(project.0))]);
    unwritten(id, &org, own)
}

/// The two days of a bar that was dragged.
pub(super) type NewDays = (Option<Date>, Option<Date>);
