//! From a table and a mapping to drafts of records: cells read, group rows and titles spread over the rows below,
//! continuation rows folded into table fields, every odd cell told with its place. Cross tables are in `cross`,
//! sums in `checks`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ground::{Date, Fen, Finding, Period, RecordId, Severity, normal_name};
use register::{Definition, Field, FieldKind, Fields, Hints, Value, read_cell};
use serde::Serialize;

use crate::cell::{self, Bind};
use crate::mapping::{self, Mapping};
use crate::notes::Notes;
use crate::table::{Row, RowKind, Table};
use crate::{checks, cross, groups, plan_rows};

/// What reading may lean on besides the table.
#[derive(Clone, Copy, Debug)]
pub struct ReadContext<'a> {
    /// Directory, known records, today.
    pub hints: &'a Hints,
    /// 年度计划 of known projects, to check stated shares of the year plan.
    pub year_plans: Option<&'a BTreeMap<RecordId, Fen>>,
}

impl<'a> ReadContext<'a> {
    /// Reading with these hints and no year plans.
    #[must_use]
    pub fn new(hints: &'a Hints) -> Self {
        ReadContext {
            hints,
            year_plans: None,
        }
    }
}

/// 草稿. One record as read, before rights, duplicates and validation.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// First cell of its row: `第七期!A6`.
    pub place: String,
    /// Row as people count, from 1.
    pub row: u32,
    /// Values; what could not be read is absent.
    pub fields: Fields,
    /// Name of the group it stands in: `签约一批`.
    pub group: Option<String>,
    columns: Arc<FieldColumns>,
    cell: Option<String>,
}

/// Sheet and column of each mapped field, shared by all drafts of a table.
#[derive(PartialEq, Debug, Default)]
pub(crate) struct FieldColumns {
    pub(crate) sheet: String,
    pub(crate) columns: BTreeMap<String, u16>,
}

impl Draft {
    pub(crate) fn new(
        table: &Table,
        row: u32,
        fields: Fields,
        columns: Arc<FieldColumns>,
    ) -> Draft {
        let place = table.place(row, table.columns.first().map_or(0, |c| c.index));
        Draft {
            place,
            row: row + 1,
            fields,
            group: None,
            columns,
            cell: None,
        }
    }

    /// A draft that comes from one cell of a cross table.
    pub(crate) fn at_cell(mut self, place: String) -> Draft {
        self.place.clone_from(&place);
        self.cell = Some(place);
        self
    }

    /// The cell a field was read from; the draft's own place for constants. `problems[2].problem` and
    /// `problems.problem` are answered by the column.
    #[must_use]
    pub fn cell_place(&self, field: &str) -> String {
        let table_column: String = strip_indexes(field);
        let exact = self.columns.columns.get(&table_column);
        let column = exact.or_else(|| {
            let prefix = format!("{table_column}.");
            self.columns
                .columns
                .iter()
                .find(|(id, _)| id.starts_with(&prefix))
                .map(|(_, c)| c)
        });
        match (column, &self.cell) {
            (_, Some(cell)) => cell.clone(),
            (Some(column), None) => format!(
                "{}!{}",
                self.columns.sheet,
                crate::sheet::a1(self.row - 1, *column)
            ),
            (None, None) => self.place.clone(),
        }
    }

    /// Places of all fields it holds.
    #[must_use]
    pub fn cell_places(&self) -> BTreeMap<String, String> {
        self.fields
            .keys()
            .map(|id| (id.clone(), self.cell_place(id)))
            .collect()
    }
}

/// `problems[2].problem` -> `problems.problem`.
fn strip_indexes(path: &str) -> String {
    let mut inside = false;
    path.chars()
        .filter(|c| {
            inside = (inside || *c == '[') && *c != ']';
            !inside && *c != ']'
        })
        .collect()
}

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Both sides are equal.
    Holds,
    /// They differ.
    Fails,
    /// They differ by no more than rounding of the parts explains.
    Rounding,
    /// A side could not be worked out.
    NotCheckable,
}

/// 核对. A statement of the workbook and what its own rows say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, serde::Deserialize)]
pub struct Check {
    /// What is compared, with the cell.
    pub statement: String,
    /// What the workbook states.
    pub left: String,
    /// What follows from its rows.
    pub right: String,
    /// How it came out.
    pub verdict: Verdict,
}

/// 读取结果.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reading {
    /// Records, in the order of the rows.
    pub records: Vec<Draft>,
    /// Findings of table, mapping and cells.
    pub findings: Vec<Finding>,
    /// Subtotals, totals, counts, shares.
    pub checks: Vec<Check>,
}

/// Reads all records of a table. Never fails: what cannot be read is a finding, and good rows go on.
#[must_use]
pub fn read_records(
    table: &Table,
    mapping: &Mapping,
    definition: &Definition,
    context: &ReadContext,
) -> Reading {
    let mut records = Vec::new();
    let (findings, checks) = read_each(table, mapping, definition, context, &mut |draft| {
        records.push(draft)
    });
    Reading {
        records,
        findings,
        checks,
    }
}

/// As [`read_records`], giving each draft away as soon as it is whole: for large tables.
pub fn read_each(
    table: &Table,
    mapping: &Mapping,
    definition: &Definition,
    context: &ReadContext,
    sink: &mut dyn FnMut(Draft),
) -> (Vec<Finding>, Vec<Check>) {
    let day = reference_day(table, context.hints.today());
    let hints = context.hints.on(day);
    let mut notes = Notes::default();
    notes.extend(table.findings.iter().chain(&mapping.findings).cloned());
    let (constants, found) = constants(table, definition, &hints);
    notes.extend(found);
    let mut checks = checks::table_checks(table, mapping, definition);
    if mapping::is_cross(table, definition) {
        let job = cross::Job {
            table,
            mapping,
            definition,
            hints: &hints,
            constants: &constants,
        };
        cross::read(&job, &mut notes, sink);
    } else {
        let mut reader = Reader::new(table, mapping, definition, &hints, constants);
        reader.year_plans = context.year_plans;
        reader.read(&mut notes, &mut checks, sink);
    }
    let mut findings = notes.into_findings();
    findings.extend(checks::failed(&checks, table));
    (findings, checks)
}

/// The day that completes dates without a year: as-of, else the end of the reporting period, else today.
pub(crate) fn reference_day(table: &Table, today: Date) -> Date {
    let facts = &table.facts;
    let as_of = facts.as_of.as_ref().map(|f| f.value);
    as_of
        .or_else(|| facts.span.as_ref().map(|s| s.value.last))
        .unwrap_or(today)
}

/// What title, unit row and notes give to every record: by the definition's patterns, else by what they mean.
fn constants(table: &Table, definition: &Definition, hints: &Hints) -> (Fields, Vec<Finding>) {
    let facts = &table.facts;
    let sheet = table.sheet_name();
    let texts: Vec<(&str, &str)> = facts
        .texts
        .iter()
        .map(|t| (t.value.as_str(), t.place.as_str()))
        .chain([(sheet, sheet)])
        .collect();
    let (mut fields, mut findings) = register::read_constants(definition, &texts, hints);
    let mut give = |id: &str, text: String, place: &str| {
        let Some(field) = definition.field(id).filter(|_| !fields.contains_key(id)) else {
            return;
        };
        let cell = read_cell(field, &text, None, place, hints);
        let clean = cell.findings.iter().all(|f| f.severity != Severity::Error);
        if let Some(value) = cell.value.filter(|_| clean) {
            findings.retain(|f| f.place != place || f.severity != Severity::Error);
            fields.insert(id.to_string(), value);
        }
    };
    if let Some(span) = &facts.span {
        let day = span.value.last;
        give(
            "period",
            facts.period().map(Period::code).unwrap_or_default(),
            &span.place,
        );
        give(
            "reported_on",
            facts.as_of.as_ref().map_or(day, |f| f.value).to_string(),
            &span.place,
        );
    }
    let named = [
        ("organisation", &facts.organisation),
        ("organisation", &facts.filler),
        ("project", &facts.project),
    ];
    for (id, fact) in named
        .into_iter()
        .filter_map(|(id, f)| Some((id, f.as_ref()?)))
    {
        give(id, fact.value.clone(), &fact.place);
    }
    if let Some(round) = &facts.round {
        give("round_no", round.value.to_string(), &round.place);
    }
    (fields, findings)
}

/// Binds the mapped columns of a table.
pub(crate) fn bind<'a>(
    table: &Table,
    mapping: &Mapping,
    definition: &'a Definition,
) -> Vec<Bind<'a>> {
    let choices = mapping.for_table(table);
    let columns = table.columns.iter().zip(choices);
    columns
        .filter_map(|(column, choice)| {
            let choice = choice?;
            let path = choice.field.clone()?;
            let field = definition.field(&path)?;
            let (table_id, _) = path.split_once('.').unwrap_or(("", ""));
            let owner = definition
                .fields
                .iter()
                .find(|f| f.id == table_id)
                .map(|f| f.id.as_str());
            let sheet_unit = table.facts.unit.as_ref().map(|u| u.value);
            let unit = choice.unit.or(column.unit).or(sheet_unit);
            Some(Bind {
                column: column.index,
                path,
                field,
                table: owner,
                unit,
            })
        })
        .collect()
}

struct Reader<'a> {
    table: &'a Table,
    definition: &'a Definition,
    hints: &'a Hints,
    binds: Vec<Bind<'a>>,
    /// Table fields that have columns here.
    tables: BTreeSet<&'a str>,
    constants: Fields,
    year_plans: Option<&'a BTreeMap<RecordId, Fen>>,
    columns: Arc<FieldColumns>,
    /// First place of each name, to tell the second.
    names: HashMap<String, String>,
    /// Rows that hold nothing but a serial number.
    empty: Vec<u32>,
}

impl<'a> Reader<'a> {
    fn new(
        table: &'a Table,
        mapping: &Mapping,
        definition: &'a Definition,
        hints: &'a Hints,
        constants: Fields,
    ) -> Self {
        let binds = bind(table, mapping, definition);
        let columns = binds.iter().map(|b| (b.path.clone(), b.column)).collect();
        let columns = Arc::new(FieldColumns {
            sheet: table.sheet_name().to_string(),
            columns,
        });
        Reader {
            table,
            definition,
            hints,
            tables: binds.iter().filter_map(|b| b.table).collect(),
            binds,
            constants,
            year_plans: None,
            columns,
            names: HashMap::new(),
            empty: Vec::new(),
        }
    }

    fn read(&mut self, notes: &mut Notes, checks: &mut Vec<Check>, sink: &mut dyn FnMut(Draft)) {
        if self.binds.is_empty() && !self.table.columns.is_empty() {
            notes.push(Finding::error(
                "mapping.nothing_mapped",
                self.table.sheet_name(),
                format!("没有一列能对应到台账“{}”的字段", self.definition.title.zh),
                "请确认选对了台账,或在列对应里逐列指定",
            ));
            return;
        }
        let groups = groups::read(self.table, self.definition, self.hints, notes);
        self.doubtful_percents(notes);
        let mut plan = plan_rows::PlanRows::of(self.definition);
        let mut open: Option<Draft> = None;
        let rows: Vec<Row> = self.table.rows.clone();
        for row in rows {
            let folds =
                row.kind == RowKind::Continuation && open.is_some() && self.folds(row.index);
            match row.kind {
                RowKind::Continuation if folds => {
                    if let Some(draft) = &mut open {
                        self.fold(draft, row.index, notes);
                    }
                }
                RowKind::Data | RowKind::Continuation => {
                    let next = self.draft(&row, &groups, notes);
                    if let Some(done) = std::mem::replace(&mut open, next) {
                        self.finish(done, &mut plan, checks, notes, sink);
                    }
                }
                _ => {}
            }
        }
        if let Some(done) = open {
            self.finish(done, &mut plan, checks, notes, sink);
        }
        notes.extend(plan.findings());
        self.tell_empty(notes);
    }

    fn draft(
        &mut self,
        row: &Row,
        groups: &[Option<(String, Value)>],
        notes: &mut Notes,
    ) -> Option<Draft> {
        let mut fields = Fields::new();
        for bind in self.binds.iter().filter(|b| b.table.is_none()) {
            let taken = cell::take(self.table, bind, row.index, self.hints, notes);
            fields.extend(taken.value.map(|v| (bind.path.clone(), v)));
            if let Some((id, value)) = taken.other {
                fields.entry(id).or_insert(value);
            }
        }
        self.add_rows(&mut fields, row.index, notes);
        if fields.is_empty() && !self.holds_words(row.index) {
            self.empty.push(row.index);
            return None;
        }
        for group in groups::chain(self.table, row) {
            if let Some(Some((id, value))) = groups.get(group as usize) {
                fields.entry(id.clone()).or_insert_with(|| value.clone());
            }
        }
        for (id, value) in &self.constants {
            fields.entry(id.clone()).or_insert_with(|| value.clone());
        }
        let mut draft = Draft::new(self.table, row.index, fields, self.columns.clone());
        draft.group = self.table.group(row).map(|g| g.name.clone());
        Some(draft)
    }

    /// Whether any mapped cell of the row holds a text (that could not be read): then it is a record with findings.
    fn holds_words(&self, row: u32) -> bool {
        let filled = |b: &Bind| {
            self.table.sheet.is_filled(row, b.column)
                && !cell::is_dash(&self.table.text(row, b.column))
        };
        self.binds.iter().any(filled)
    }

    /// Columns of table fields become one or more rows.
    fn add_rows(&self, fields: &mut Fields, row: u32, notes: &mut Notes) {
        for id in &self.tables {
            let id = *id;
            let mut inner = Fields::new();
            for bind in self.binds.iter().filter(|b| b.table == Some(id)) {
                if self.table.source(row, bind.column).0 != row {
                    continue;
                }
                let mut taken = cell::take(self.table, bind, row, self.hints, notes);
                // A one-line field joins its lines; a numbered list in it is several rows, kept apart for now.
                let raw = self.table.text(row, bind.column);
                if bind.field.kind == FieldKind::Text && numbered_lines(&raw).len() > 1 {
                    taken.value = Some(Value::Text(raw));
                }
                let column = bind
                    .path
                    .split_once('.')
                    .map_or(bind.path.as_str(), |(_, c)| c);
                inner.extend(taken.value.map(|v| (column.to_string(), v)));
            }
            let rows = split_lines(inner);
            if rows.is_empty() {
                continue;
            }
            match fields
                .entry(id.to_string())
                .or_insert_with(|| Value::Rows(Vec::new()))
            {
                Value::Rows(held) => held.extend(rows),
                other => *other = Value::Rows(rows),
            }
        }
    }

    /// A continuation row is part of the record above unless it names one of its own.
    fn folds(&self, row: u32) -> bool {
        let own = self.binds.iter().filter(|b| {
            self.table.source(row, b.column).0 == row && self.table.sheet.is_filled(row, b.column)
        });
        let names = |b: &Bind| {
            self.definition.name_field.as_deref() == Some(b.path.as_str())
                || (b.field.required && b.table.is_none())
        };
        !own.into_iter().any(names)
    }

    fn fold(&self, draft: &mut Draft, row: u32, notes: &mut Notes) {
        self.add_rows(&mut draft.fields, row, notes);
        for bind in self.binds.iter().filter(|b| b.table.is_none()) {
            let own = self.table.source(row, bind.column).0 == row
                && self.table.sheet.is_filled(row, bind.column);
            if !own {
                continue;
            }
            let taken = cell::take(self.table, bind, row, self.hints, notes);
            if let Some(value) = taken
                .value
                .filter(|v| !joins(&mut draft.fields, &bind.path, v))
            {
                let held = draft.fields.get(&bind.path);
                if held.is_none() {
                    draft.fields.insert(bind.path.clone(), value);
                } else if held != Some(&value) {
                    notes.push(Finding::warning(
                        "row.continuation_value",
                        self.table.place(row, bind.column),
                        format!(
                            "第{}行像是第{}行的续行,但“{}”已有值,这里的没有读取",
                            row + 1,
                            draft.row,
                            bind.field.label.zh
                        ),
                        "若是另一条记录,请补上序号和名称;若是同一条,请只留一个数",
                    ));
                }
            }
        }
    }

    fn finish(
        &mut self,
        draft: Draft,
        plan: &mut plan_rows::PlanRows,
        checks: &mut Vec<Check>,
        notes: &mut Notes,
        sink: &mut dyn FnMut(Draft),
    ) {
        self.tell_duplicate(&draft, notes);
        plan.add(&draft);
        checks.extend(checks::share(
            &draft,
            self.definition,
            self.year_plans,
            self.table,
            &self.binds,
        ));
        sink(draft);
    }

    fn tell_duplicate(&mut self, draft: &Draft, notes: &mut Notes) {
        let Some(id) = self.definition.name_field.as_deref() else {
            return;
        };
        let Some(name) = draft.fields.get(id).and_then(Value::as_text) else {
            return;
        };
        let place = draft.cell_place(id);
        // Activities repeat names under several projects; there the code tells them apart.
        if self.definition.field("code").is_some() {
            return;
        }
        if let Some(first) = self.names.insert(normal_name(name), place.clone()) {
            notes.push(Finding::warning(
                "row.duplicate_name",
                &place,
                format!("“{name}”在表里出现了两次,另一处在 {first}"),
                "若是同一个,请合并成一行;若不是,请把名称写得能区分",
            ));
        }
    }

    /// Old .xls files do not tell 28.2% from 0.282: a percent column of nothing but fractions is doubted.
    fn doubtful_percents(&self, notes: &mut Notes) {
        for bind in self
            .binds
            .iter()
            .filter(|b| b.field.kind == FieldKind::Percent)
        {
            let rows = self
                .table
                .rows
                .iter()
                .filter(|r| r.kind == RowKind::Data)
                .take(200);
            let numbers: Vec<f64> = rows
                .filter_map(|r| match self.table.sheet.value(r.index, bind.column) {
                    Some(crate::sheet::CellValue::Number(n)) => Some(n),
                    _ => None,
                })
                .collect();
            // Growth rates may well be small in every row; shares of a plan are not.
            let share = ["占", "率", "比例"]
                .iter()
                .any(|w| bind.field.label.zh.contains(w));
            let enough = numbers.len() >= if share { 1 } else { 5 };
            if enough
                && numbers.iter().all(|n| n.abs() <= 1.0)
                && numbers.iter().any(|n| n.fract() != 0.0)
            {
                notes.push(Finding::warning(
                    "cell.percent_doubt",
                    self.table
                        .place(self.table.rows.first().map_or(0, |r| r.index), bind.column),
                    format!(
                        "“{}”整列都不超过 1,按百分数读成了 1% 以下",
                        bind.field.label.zh
                    ),
                    "若 0.282 是指 28.2%,请把这一列设成百分比格式并存为 .xlsx 再导入",
                ));
            }
        }
    }

    fn tell_empty(&self, notes: &mut Notes) {
        if let Some(first) = self.empty.first() {
            notes.push(Finding::info(
                "row.empty",
                self.table.place(*first, self.table.keys.first),
                format!("有{}行只有序号或符号,没有内容,已略过", self.empty.len()),
                "无需处理",
            ));
        }
    }
}

/// Texts and lists of a continuation row are joined to what is there; true when that was done.
fn joins(fields: &mut Fields, id: &str, value: &Value) -> bool {
    match (fields.get_mut(id), value) {
        (Some(Value::Text(held)), Value::Text(more)) => {
            if held != more {
                held.push('\n');
                held.push_str(more);
            }
            true
        }
        (Some(Value::TextList(held)), Value::TextList(more)) => {
            held.extend(
                more.iter()
                    .filter(|t| !held.contains(t))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
            true
        }
        _ => false,
    }
}

/// `1.…\n2.…` in one cell are several rows; a second column with as many lines goes line by line, with one it goes
/// to every row.
fn split_lines(row: Fields) -> Vec<Fields> {
    if row.is_empty() {
        return Vec::new();
    }
    let lines = |v: &Value| v.as_text().map(numbered_lines).unwrap_or_default();
    let Some(count) = row
        .values()
        .map(|v| lines(v).len())
        .max()
        .filter(|n| *n > 1)
    else {
        return vec![row];
    };
    (0..count)
        .map(|at| {
            let cells = row.iter().map(|(id, value)| {
                let own = lines(value);
                let value = match value {
                    _ if own.len() == count => Value::Text(own[at].clone()),
                    Value::Text(text) => Value::Text(text.replace('\n', " ")),
                    other => other.clone(),
                };
                (id.clone(), value)
            });
            cells.collect()
        })
        .collect()
}

/// Lines without their numbers, when every line is numbered; empty when the text is no numbered list.
fn numbered_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let bare: Vec<Option<String>> = lines.iter().map(|l| without_number(l)).collect();
    if lines.len() < 2 || bare.iter().any(Option::is_none) {
        return Vec::new();
    }
    bare.into_iter().flatten().collect()
}

fn without_number(line: &str) -> Option<String> {
    let open = line.trim_start_matches(['(', '(']);
    if let Some(rest) = open.strip_prefix(|c| ('①'..='⑳').contains(&c)) {
        return Some(rest.trim().to_string());
    }
    let rest = open.trim_start_matches(|c: char| c.is_ascii_digit());
    let marked = rest.strip_prefix(['.', '、', ')', ')', '．'])?;
    (rest.len() < open.len() && !marked.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| marked.trim().to_string())
}

/// Checks a draft against its definition; places are cells. A required field whose cell already has an error is not
/// told twice.
#[must_use]
pub fn validate_draft(definition: &Definition, draft: &Draft, told: &[Finding]) -> Vec<Finding> {
    let findings = register::validate(definition, &draft.fields);
    let told_at = |place: &str| {
        told.iter()
            .any(|f| f.severity == Severity::Error && f.place == place)
    };
    findings
        .into_iter()
        .map(|mut finding| {
            finding.place = draft.cell_place(&finding.place);
            finding
        })
        .filter(|f| !told_at(&f.place))
        .collect()
}

pub(crate) fn field_label<'a>(definition: &'a Definition, id: &'a str) -> &'a str {
    definition
        .field(id)
        .map_or(id, |f: &Field| f.label.zh.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_lines_of_a_cell_are_rows() {
        let row = Fields::from([
            (
                "problem".to_string(),
                Value::Text("1.用电未接入\n2.许可未批".into()),
            ),
            (
                "support_unit".to_string(),
                Value::Text("①区住建局\n②区城管局".into()),
            ),
        ]);
        let rows = split_lines(row);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1]["problem"], Value::Text("许可未批".into()));
        assert_eq!(rows[1]["support_unit"], Value::Text("区城管局".into()));
        assert_eq!(numbered_lines("3.5米道路\n4.2米绿化").len(), 0);
        assert_eq!(numbered_lines("一行").len(), 0);
    }

    #[test]
    fn indexes_leave_a_field_path() {
        assert_eq!(strip_indexes("problems[2].problem"), "problems.problem");
        assert_eq!(strip_indexes("name"), "name");
    }
}
