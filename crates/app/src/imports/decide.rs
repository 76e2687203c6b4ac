//! Deciding: what each draft would do to the register. Nothing is written here.

use super::extras;
use super::reading::Read;
use crate::App;
use crate::account::Actor;
use crate::cycle;
use crate::directory;
use crate::error::AppError;
use crate::page::import::ImportAct;
use crate::permit::Access;
use crate::records::look::editable_in;
use crate::world::Setting;
use ground::{Finding, RecordId, Severity};
use register::law::Ability;
use register::{Definition, Fields, How, NameMatch, OnMatch, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::Query;

/// One draft with what would happen to it.
pub struct Decided {
    /// First cell of its row.
    pub place: String,
    /// All values read, import-only ones too, for showing.
    pub all: Fields,
    /// Values that are stored.
    pub fields: Fields,
    /// Import-only values: round, batch, target of the plan.
    pub extra: Fields,
    /// What happens.
    pub act: ImportAct,
    /// Known record: id, name, how it was found.
    pub matched: Option<(RecordId, String, String)>,
    /// Its values now, and its version.
    pub before: Fields,
    /// Version of the known record.
    pub version: i64,
    /// Findings of deciding; errors refuse the row.
    pub findings: Vec<Finding>,
}

/// Decides for every draft.
pub fn decide(app: &App, actor: &Actor, read: &Read) -> Result<Vec<Decided>, AppError> {
    let access = Access::new(app, actor, &app.definition(&read.definition.id)?)?;
    access.need(Ability::Import)?;
    let known = KnownRecords::load(app, &read.definition)?;
    let enrich = extras::Enricher::load(app, &read.definition)?;
    let errors = error_rows(read);
    let setting = Setting::new(app, None);
    let mut seen: HashMap<RecordId, String> = HashMap::new();
    let mut decided = Vec::with_capacity(read.reading.records.len());
    for draft in &read.reading.records {
        let mut fields = draft.fields.clone();
        let mut findings =
            exchange::validate_draft(&read.definition, draft, &read.reading.findings);
        findings.extend(enrich.enrich(&mut fields, &draft.place));
        let all = fields.clone();
        let extra = read.definition.take_import_only(&mut fields);
        let mut one = Decided {
            place: draft.place.clone(),
            all,
            fields,
            extra,
            act: ImportAct::Create,
            matched: None,
            before: Fields::new(),
            version: 0,
            findings,
        };
        let number = read
            .number_column
            .map(|column| read.table.text(draft.row - 1, column));
        known.match_to(&read.definition, &mut one, number.as_deref());
        refuse_twice(&mut one, &mut seen);
        leave_closed(&read.definition, &mut one);
        keep_to_template(read.on_match, &mut one);
        refuse_out_of_reach(app, &access, &mut one)?;
        refuse_closed(app, &setting, &read.definition, &mut one)?;
        let broken = read.refused
            || errors.contains(&draft.row)
            || one
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error);
        if broken {
            one.act = ImportAct::Refused;
        }
        decided.push(one);
    }
    Ok(decided)
}

/// Rows on which reading found an error that concerns the row's own required content.
fn error_rows(read: &Read) -> std::collections::BTreeSet<u32> {
    let errors = read
        .reading
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let row = |finding: &Finding| {
        let (_, cell) = finding.place.rsplit_once('!')?;
        exchange::parse_a1(cell).map(|(row, _)| row + 1)
    };
    errors.filter_map(row).collect()
}

/// What the import template says of rows whose record is known already.
fn keep_to_template(on_match: OnMatch, one: &mut Decided) {
    let Some((_, name, _)) = &one.matched else {
        return;
    };
    match on_match {
        OnMatch::Update => {}
        OnMatch::Skip => {
            if one.act == ImportAct::Update {
                let problem = format!("“{name}”已有记录。");
                let remedy = "按导入模板跳过，不改动。";
                let place = one.place.clone();
                one.findings
                    .push(Finding::info("import.skipped", place, problem, remedy));
            }
            one.act = ImportAct::Same;
        }
        OnMatch::Refuse => {
            let problem = format!("“{name}”已有记录，导入模板不许重复。");
            let remedy = "请删去这一行，或直接在台账里修改。";
            let place = one.place.clone();
            one.findings
                .push(Finding::error("import.known", place, problem, remedy));
        }
    }
}

/// What the state of a known record keeps closed is not a workbook's to change either: it is left out, and said.
fn leave_closed(definition: &Definition, one: &mut Decided) {
    let open = editable_in(definition, &one.before);
    let before = &one.before;
    let closed = |id: &&String| {
        let Some(field) = definition.field(id).filter(|field| !field.system) else {
            return false;
        };
        let shut = open.is_some_and(|open| !open.contains(*id))
            || field.set_once && before.contains_key(*id);
        shut && one.fields.get(*id) != before.get(*id)
    };
    let closed: Vec<String> = one.fields.keys().filter(closed).cloned().collect();
    for id in closed {
        one.fields.remove(&id);
        let field = definition.field(&id);
        let label = field.map_or(id.as_str(), |field| field.label.zh.as_str());
        one.findings.push(Finding::warning(
            "import.not_editable",
            one.place.clone(),
            format!("“{label}”在这条记录现在的状态下不能改，这一格没有导入。"),
            "请在记录里用办理按钮改变。",
        ));
    }
    let changed = one.fields.iter().any(|(id, value)| {
        let typed = definition.field(id).is_none_or(|field| !field.system);
        typed && one.before.get(id) != Some(value)
    });
    if one.act == ImportAct::Update && !changed {
        one.act = ImportAct::Same;
    }
}

/// A record named twice in one workbook is taken once.
fn refuse_twice(one: &mut Decided, seen: &mut HashMap<RecordId, String>) {
    let Some((id, name, _)) = &one.matched else {
        return;
    };
    if let Some(first) = seen.get(id) {
        let problem = format!("“{name}”在 {first} 已经出现过。");
        one.findings.push(Finding::error(
            "import.twice",
            one.place.clone(),
            problem,
            "请合并为一行，或把名称写得能区分开。",
        ));
        return;
    }
    seen.insert(*id, one.place.clone());
}

/// A person's import changes only what the person may change.
fn refuse_out_of_reach(app: &App, access: &Access, one: &mut Decided) -> Result<(), AppError> {
    let Some((id, name, _)) = one.matched.clone() else {
        return Ok(());
    };
    let register = access.definition().id.clone();
    let may = app.look(|reader| {
        let record = reader.get(&register, id)?.record;
        Ok(access.on(reader, &record)?.update)
    })?;
    if may {
        return Ok(());
    }
    let problem = format!("“{name}”不属于本单位。");
    one.findings.push(Finding::error(
        "import.out_of_reach",
        one.place.clone(),
        problem,
        "请交由责任单位或督查室导入。",
    ));
    Ok(())
}

/// A report for a period that is not open, or locked and not unlocked for its unit, is not taken in by a file either.
fn refuse_closed(
    app: &App,
    setting: &Setting,
    definition: &Definition,
    one: &mut Decided,
) -> Result<(), AppError> {
    if definition.cycle.is_none() {
        return Ok(());
    }
    let mut after = one.before.clone();
    after.extend(one.fields.clone());
    let closed = app.look(|reader| cycle::closed(reader, setting, definition, &after))?;
    one.findings.extend(closed.map(|finding| Finding {
        place: one.place.clone(),
        ..finding
    }));
    Ok(())
}

/// Records of the register by match key and by name.
struct KnownRecords {
    by_key: HashMap<String, RecordId>,
    by_number: HashMap<String, RecordId>,
    records: HashMap<RecordId, (i64, Fields)>,
    names: Option<Arc<register::NameIndex>>,
}

impl KnownRecords {
    fn load(app: &App, definition: &Definition) -> Result<Self, AppError> {
        let all = app.read(|reader| reader.all(&definition.id, &Query::default()))?;
        let mut by_key = HashMap::new();
        let mut by_number = HashMap::new();
        let mut records = HashMap::with_capacity(all.len());
        for stored in all {
            if let Some(key) = match_key(definition, &stored.record.fields) {
                by_key.insert(key, stored.record.id);
            }
            if let Some(number) = &stored.record.number {
                by_number.insert(number.clone(), stored.record.id);
            }
            records.insert(
                stored.record.id,
                (stored.record.version, stored.record.fields),
            );
        }
        let by_name = definition
            .name_field
            .as_ref()
            .is_some_and(|name| definition.import.match_on == [name.clone()]);
        let names = by_name
            .then(|| directory::index(app, &definition.id))
            .transpose()?;
        Ok(Self {
            by_key,
            by_number,
            records,
            names,
        })
    }

    fn match_to(&self, definition: &Definition, one: &mut Decided, number: Option<&str>) {
        let number = number.map(str::trim).filter(|text| !text.is_empty());
        let by_number = number.and_then(|number| self.by_number.get(number));
        let by_number = by_number.map(|id| (*id, "编号相同"));
        if let (Some(number), None) = (number, by_number) {
            one.findings.push(Finding::error(
                "import.number",
                one.place.clone(),
                format!("没有编号为“{number}”的记录。"),
                "请核对编号；要新增的行请把编号留空。",
            ));
            return;
        }
        let by_key = match_key(definition, &one.fields)
            .and_then(|key| self.by_key.get(&key))
            .map(|id| (*id, "字段相同"));
        let found = by_number.or(by_key);
        let found = found.or_else(|| self.by_name(definition, one));
        let Some((id, how)) = found else { return };
        let Some((version, before)) = self.records.get(&id) else {
            return;
        };
        let name_of = |fields: &Fields| {
            definition
                .name_field
                .as_ref()
                .and_then(|field| fields.get(field))
                .and_then(Value::as_text)
                .unwrap_or_default()
                .to_owned()
        };
        keep_known_name(definition, one, before);
        one.matched = Some((id, name_of(before), how.to_owned()));
        one.version = *version;
        one.before = before.clone();
        let changes = one
            .fields
            .iter()
            .any(|(field, value)| before.get(field) != Some(value));
        one.act = if changes {
            ImportAct::Update
        } else {
            ImportAct::Same
        };
    }

    fn by_name(
        &self,
        definition: &Definition,
        one: &mut Decided,
    ) -> Option<(RecordId, &'static str)> {
        let name = one
            .fields
            .get(definition.name_field.as_ref()?)?
            .as_text()?
            .to_owned();
        match self.names.as_ref()?.find(&name) {
            NameMatch::One(id, How::Exact) => Some((id, "名称相同")),
            NameMatch::One(id, How::Alias | How::Key) => Some((id, "别名相同")),
            NameMatch::One(id, How::Near) => Some((id, "名称相近")),
            NameMatch::Several(several) => {
                let names: Vec<String> = several
                    .iter()
                    .filter_map(|same| self.names.as_ref()?.known(same.id))
                    .map(|known| known.name.clone())
                    .collect();
                let problem = format!("“{name}”可能是：{}。", names.join("、"));
                one.findings.push(Finding::error(
                    "import.several",
                    one.place.clone(),
                    problem,
                    "请把名称写全，或在项目里补上别名后再导入。",
                ));
                None
            }
            NameMatch::None => None,
        }
    }
}

/// A record found under another writing keeps its name; the writing becomes an alias.
fn keep_known_name(definition: &Definition, one: &mut Decided, before: &Fields) {
    let (Some(name_field), Some(alias_field)) = (&definition.name_field, &definition.alias_field)
    else {
        return;
    };
    let (Some(given), Some(own)) = (
        one.fields.get(name_field).cloned(),
        before.get(name_field).cloned(),
    ) else {
        return;
    };
    if given == own {
        return;
    }
    one.fields.insert(name_field.clone(), own);
    let mut aliases: Vec<String> = before
        .get(alias_field)
        .map(|value| value.as_texts().to_vec())
        .unwrap_or_default();
    if let Some(text) = given
        .as_text()
        .filter(|text| !aliases.iter().any(|alias| alias == text))
    {
        aliases.push(text.to_owned());
        one.fields
            .insert(alias_field.clone(), Value::TextList(aliases));
    }
}

/// The fields that make a record the same, as text; none when the definition has no key or no field of it is there.
fn match_key(definition: &Definition, fields: &Fields) -> Option<String> {
    let keys = &definition.import.match_on;
    if keys.is_empty() || !fields.contains_key(&keys[0]) {
        return None;
    }
    let part = |id: &String| {
        fields
            .get(id)
            .and_then(register::key_text)
            .unwrap_or_default()
    };
    Some(keys.iter().map(part).collect::<Vec<_>>().join("\u{1f}"))
}

/// Counts by act.
pub fn counts(decided: &[Decided]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for one in decided {
        let name = match one.act {
            ImportAct::Create => "created",
            ImportAct::Update => "updated",
            ImportAct::Same => "unchanged",
            ImportAct::Refused => "refused",
        };
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}
