//! Reading: which sheet, which register, which columns; names the directory does not know get a provisional record.

use super::decide::Decided;
use super::marked::Marked;
use super::{Choice, template};
use crate::App;
use crate::definitions::Definitions;
use crate::directory::{self, NamesOf};
use crate::error::AppError;
use crate::page::Line;
use crate::page::import::{ImportColumn, ImportPreview, ImportRecord};
use exchange::{Mapping, ReadContext, Reading, RowKind, Table, Workbook};
use ground::{Date, Finding, RecordId};
use register::{Definition, Field, FieldKind, Hints, Known, NameIndex, NameMatch, OnMatch};
use std::collections::{BTreeMap, BTreeSet};

/// Values shown under a column.
const SAMPLES: usize = 3;
/// Provisional ids count down from the top of the range, where no stored record is.
const PROVISIONAL_TOP: i64 = (1 << 53) - 1;
/// A register fits a sheet when it scores at least this.
const FITS: u8 = 30;

/// A register that fits: id, score, reason.
pub type Guess = (String, u8, String);

/// A workbook read with the choices made.
pub struct Read {
    /// Register it goes to.
    pub definition: Definition,
    /// Sheet names.
    pub sheets: Vec<String>,
    /// Registers that fit: id, score, reason.
    pub guesses: Vec<Guess>,
    /// The table.
    pub table: Table,
    /// Its columns.
    pub mapping: Mapping,
    /// Drafts, findings, checks.
    pub reading: Reading,
    /// Organisations to be made: provisional id and name.
    pub new_organisations: Vec<(RecordId, String)>,
    /// Names for ready texts, provisional ones included.
    pub hints: Hints,
    /// What a row does whose record is known.
    pub on_match: OnMatch,
    /// Column of the record numbers, where records are known by them.
    pub number_column: Option<u16>,
    /// The workbook as a whole is not taken.
    pub refused: bool,
}

/// Reads a workbook for a district.
pub fn read(app: &App, file_name: &str, bytes: &[u8], choice: &Choice) -> Result<Read, AppError> {
    let workbook = exchange::open_workbook(bytes, file_name).map_err(AppError::invalid)?;
    let mark = exchange::export_mark(&workbook);
    let own = mark.as_ref().map(|mark| mark.register.as_str());
    let (mut definition, guesses) = choose_register(&app.definitions(), &workbook, choice, own)?;
    if let Some(keys) = &choice.match_on {
        definition.import.match_on.clone_from(keys);
    }
    let known_form = template::fitting(&workbook, &definition, choice);
    let (table, guessed) = match &known_form {
        Some((_, table)) => (
            table.clone(),
            exchange::guess_mapping(table, &definition, None),
        ),
        None => choose_sheet(&workbook, &definition, choice, file_name)?,
    };
    let remembered = remembered(app, &definition, &table)?;
    let mut mapping = match &remembered {
        Some(mapping) => exchange::guess_mapping(&table, &definition, Some(mapping)),
        None => guessed,
    };
    let marked = Marked::of(app, &definition, mark)?;
    let mut told = match &marked {
        Some(marked) => marked.map(&table, &mut mapping),
        None => Vec::new(),
    };
    let followed = known_form.map(|(template, _)| {
        template::follow(&template, &mut definition, &table, &mut mapping, choice)
    });
    apply_choice(&mut mapping, choice);
    let hints = hints_of(app, &definition)?;
    let unknown = unknown_names(&table, &mapping, &definition, &hints);
    let organisations = names_of_units(unknown);
    let (hints, new_organisations) = with_organisations(hints, organisations);
    // Who maps columns by hand means the fields as they are called now.
    let older = marked.filter(|_| choice.columns.is_empty());
    let older = older.and_then(|marked| marked.read(app, &table, &mapping, &hints));
    let mut reading = older.unwrap_or_else(|| {
        exchange::read_records(&table, &mapping, &definition, &ReadContext::new(&hints))
    });
    let followed = followed.unwrap_or_default();
    told.extend(followed.findings);
    reading.findings.extend(told);
    reading.findings.extend(workbook.findings.iter().cloned());
    reading.findings.extend(
        new_organisations
            .iter()
            .map(|(_, name)| new_organisation(&table, name)),
    );
    let sheets = workbook
        .visible_sheets()
        .map(|sheet| sheet.name.clone())
        .collect();
    Ok(Read {
        definition,
        sheets,
        guesses,
        table,
        mapping,
        reading,
        new_organisations,
        hints,
        on_match: followed.on_match,
        number_column: followed.number_column,
        refused: followed.refused,
    })
}

fn names_of_units(unknown: BTreeSet<(String, String)>) -> Vec<String> {
    let units = unknown.into_iter();
    let units = units.filter(|(register, _)| register == "organisation");
    units.map(|(_, name)| name).collect()
}

fn new_organisation(table: &Table, name: &str) -> Finding {
    let problem = format!("单位“{name}”还没有登记。");
    Finding::info(
        "import.new_organisation",
        table.sheet_name(),
        problem,
        "导入时会一并登记为单位；如是别名，请先在单位台账里补上别名。",
    )
}

/// The register asked for, or the one whose fields fit the header best.
fn choose_register(
    all: &Definitions,
    workbook: &Workbook,
    choice: &Choice,
    own: Option<&str>,
) -> Result<(Definition, Vec<Guess>), AppError> {
    let tables: Vec<Table> = workbook
        .visible_sheets()
        .map(exchange::read_table)
        .collect();
    let best = |definition: &Definition| {
        tables
            .iter()
            .map(|table| exchange::register_fit(table, definition))
            .max()
            .unwrap_or(0)
    };
    let mut guesses: Vec<Guess> = all
        .iter()
        .map(|one| {
            (
                one.id.clone(),
                best(one),
                format!("表头与“{}”的字段相符", one.title.zh),
            )
        })
        .collect();
    guesses.retain(|(_, score, _)| *score >= FITS);
    guesses.sort_by_key(|(_, score, _)| std::cmp::Reverse(*score));
    let wanted = choice
        .register
        .clone()
        .or_else(|| own.filter(|id| all.get(id).is_some()).map(str::to_owned))
        .or_else(|| guesses.first().map(|(id, _, _)| id.clone()));
    let wanted = wanted.ok_or_else(|| {
        AppError::invalid(Finding::error(
            "import.register",
            "工作簿",
            "表头与现有台账都不相符。",
            "请手工选择要导入的台账，再逐列指定字段。",
        ))
    })?;
    let definition = all
        .get(&wanted)
        .ok_or_else(|| AppError::NotFound(format!("台账“{wanted}”")))?;
    Ok((definition.as_ref().clone(), guesses))
}

fn choose_sheet(
    workbook: &Workbook,
    definition: &Definition,
    choice: &Choice,
    file_name: &str,
) -> Result<(Table, Mapping), AppError> {
    let wanted = |name: &str| choice.sheet.as_deref().is_none_or(|sheet| sheet == name);
    let tables = workbook
        .visible_sheets()
        .filter(|sheet| wanted(&sheet.name) && sheet.cell_count() > 0)
        .map(|sheet| {
            let table = exchange::read_table(sheet);
            let mapping = exchange::guess_mapping(&table, definition, None);
            (table, mapping)
        });
    let best = tables.max_by_key(|(_, mapping)| mapping.fit());
    best.ok_or_else(|| {
        AppError::invalid(Finding::error(
            "workbook.no_content",
            file_name,
            "工作簿里没有内容。",
            "请确认选对了文件和工作表。",
        ))
    })
}

fn remembered(
    app: &App,
    definition: &Definition,
    table: &Table,
) -> Result<Option<Mapping>, AppError> {
    let text = app.read(|reader| reader.mapping(&definition.id, &table.fingerprint))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn apply_choice(mapping: &mut Mapping, choice: &Choice) {
    for (index, field) in &choice.columns {
        let Some(column) = mapping.columns.get(*index) else {
            continue;
        };
        let (path, nth) = (column.path.clone(), column.nth);
        mapping.choose(&path, nth, field.as_deref());
    }
}

/// Names of the directory and of the registers this one refers to.
fn hints_of(app: &App, definition: &Definition) -> Result<Hints, AppError> {
    let mut hints = Hints::new(app.today());
    hints = hints.with_orgs(directory::index(app, "organisation")?.all().to_vec());
    let mut targets = BTreeSet::new();
    for field in &definition.fields {
        targets.extend(field.kind.target().map(str::to_owned));
        targets.extend(
            field
                .columns()
                .iter()
                .filter_map(|column| column.kind.target())
                .map(str::to_owned),
        );
    }
    for target in targets
        .into_iter()
        .filter(|target| target != "organisation")
    {
        hints = hints.with_refs(&target, directory::index(app, &target)?.all().to_vec());
    }
    Ok(hints)
}

/// Register and name of everything the table refers to and nobody knows.
pub fn unknown_names(
    table: &Table,
    mapping: &Mapping,
    definition: &Definition,
    hints: &Hints,
) -> BTreeSet<(String, String)> {
    let mut unknown = BTreeSet::new();
    for (column, choice) in table.columns.iter().zip(mapping.for_table(table)) {
        let Some(field) = choice
            .and_then(|choice| choice.field.as_deref())
            .and_then(|id| definition.field(id))
        else {
            continue;
        };
        let rows = table
            .rows
            .iter()
            .filter(|row| matches!(row.kind, RowKind::Data | RowKind::Continuation));
        let texts = rows.map(|row| table.text(row.index, column.index));
        unknown.extend(texts.filter_map(|text| unknown_name(field, &text, hints)));
    }
    unknown.extend(unknown_facts(table, definition, hints));
    unknown
}

/// Organisations and projects that only the title names.
fn unknown_facts(table: &Table, definition: &Definition, hints: &Hints) -> Vec<(String, String)> {
    let facts = [
        ("organisation", &table.facts.organisation),
        ("organisation", &table.facts.filler),
        ("project", &table.facts.project),
    ];
    let named = facts
        .into_iter()
        .filter_map(|(id, fact)| Some((definition.field(id)?, fact.as_ref()?)));
    named
        .filter_map(|(field, fact)| unknown_name(field, &fact.value, hints))
        .collect()
}

fn unknown_name(field: &Field, text: &str, hints: &Hints) -> Option<(String, String)> {
    /// Longer texts are sentences, not names.
    const NAME_CHARS: usize = 40;
    let name = text.trim();
    let plausible = name.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && name.chars().count() <= NAME_CHARS
        && !["全区", "全市", "无", "待定", "施工单位", "建设单位"].contains(&name);
    let register = match &field.kind {
        FieldKind::Org => "organisation",
        kind => kind.target()?,
    };
    let found = match &field.kind {
        FieldKind::Org => hints.orgs().find_org(name),
        _ => hints
            .refs(register)
            .map_or(NameMatch::None, |index| index.find(name)),
    };
    (plausible && found == NameMatch::None).then(|| (register.to_owned(), name.to_owned()))
}

fn with_organisations(hints: Hints, names: Vec<String>) -> (Hints, Vec<(RecordId, String)>) {
    let made: Vec<(RecordId, String)> = names
        .into_iter()
        .enumerate()
        .map(|(index, name)| (provisional(index), name))
        .collect();
    if made.is_empty() {
        return (hints, made);
    }
    let mut known: Vec<Known> = hints.orgs().all().to_vec();
    known.extend(
        made.iter()
            .map(|(id, name)| Known::named(*id, name.clone())),
    );
    (hints.with_orgs(NameIndex::new(known)), made)
}

/// The provisional id of the n-th new name.
pub fn provisional(index: usize) -> RecordId {
    RecordId(PROVISIONAL_TOP - i64::try_from(index).unwrap_or(0))
}

/// Hints without a district in which every unknown name stands for itself, and those names by id.
pub fn hints_of_itself(
    table: &Table,
    mapping: &Mapping,
    definition: &Definition,
    today: Date,
) -> Hints {
    let bare = Hints::new(today);
    let mut by_register: BTreeMap<String, Vec<Known>> = BTreeMap::new();
    for (index, (register, name)) in unknown_names(table, mapping, definition, &bare)
        .into_iter()
        .enumerate()
    {
        by_register
            .entry(register)
            .or_default()
            .push(Known::named(provisional(index), name));
    }
    by_register
        .entry("organisation".to_owned())
        .or_default()
        .push(Known::named(provisional(1_000_000), "全区"));
    by_register
        .into_iter()
        .fold(bare, |hints, (register, known)| match register.as_str() {
            "organisation" => hints.with_orgs(known),
            _ => hints.with_refs(&register, known),
        })
}

/// What the page shows of a reading.
pub fn preview(
    app: &App,
    token: &str,
    file_name: &str,
    read: &Read,
    decided: &[Decided],
) -> ImportPreview {
    let names = names_of(app, read, decided);
    let records = decided
        .iter()
        .map(|one| record(read, one, &names))
        .collect();
    let mut findings = read.reading.findings.clone();
    findings.extend(decided.iter().flat_map(|one| one.findings.iter().cloned()));
    ImportPreview {
        token: token.to_owned(),
        file_name: file_name.to_owned(),
        sheet: read.table.sheet_name().to_owned(),
        sheets: read.sheets.clone(),
        register: read.definition.id.clone(),
        register_guess: read.guesses.clone(),
        title: read
            .table
            .facts
            .title
            .as_ref()
            .map(|fact| fact.value.clone())
            .unwrap_or_default(),
        unit_text: read.table.facts.unit_words.join("、"),
        facts: facts(&read.table),
        columns: columns(&read.table, &read.mapping),
        records,
        findings,
        checks: read.reading.checks.clone(),
    }
}

/// Names of stored and provisional records.
fn names_of(app: &App, read: &Read, decided: &[Decided]) -> NamesOf {
    let mut wanted = BTreeMap::new();
    for one in decided {
        directory::collect(&read.definition.fields, &one.fields, &mut wanted);
        directory::collect(&read.definition.fields, &one.before, &mut wanted);
    }
    let mut names = NamesOf::default();
    for (register, ids) in wanted {
        let index = directory::index(app, &register).ok();
        for id in ids {
            let known = index
                .as_ref()
                .and_then(|index| index.known(id))
                .map(|known| known.name.clone());
            let name = known.or_else(|| read.hints.name_of(&register, id).map(str::to_owned));
            names.insert(&register, id, name.unwrap_or_default());
        }
    }
    names
}

fn record(read: &Read, one: &Decided, names: &NamesOf) -> ImportRecord {
    let definition = &read.definition;
    let changes = match one.act {
        crate::page::import::ImportAct::Update => {
            let mut after = one.before.clone();
            after.extend(one.fields.clone());
            crate::records::field_changes(definition, &one.before, &after, names)
        }
        _ => Vec::new(),
    };
    ImportRecord {
        place: one.place.clone(),
        values: super::look::with_names(
            definition,
            register::to_json(definition, &one.all),
            &|register, id| names.get(register, id),
        ),
        shown: names.shown(definition, &one.all),
        fields: one.fields.clone(),
        act: one.act,
        matched: one
            .matched
            .as_ref()
            .map(|(id, name, how)| (id.to_string(), name.clone(), how.clone())),
        changes,
    }
}

fn facts(table: &Table) -> Vec<Line> {
    let facts = &table.facts;
    let mut lines = Vec::new();
    let mut say =
        |label: &str, text: Option<String>| lines.extend(text.map(|text| Line::new(label, text)));
    say(
        "期次",
        facts
            .round
            .as_ref()
            .map(|fact| format!("第{}期", fact.value)),
    );
    say(
        "截至",
        facts.as_of.as_ref().map(|fact| fact.value.to_string()),
    );
    say(
        "填报单位",
        facts.filler.as_ref().map(|fact| fact.value.clone()),
    );
    say(
        "单位",
        facts.organisation.as_ref().map(|fact| fact.value.clone()),
    );
    say(
        "项目",
        facts.project.as_ref().map(|fact| fact.value.clone()),
    );
    say(
        "目标",
        facts
            .target
            .as_ref()
            .map(|fact| format!("{} {}", fact.value.date, fact.value.kind)),
    );
    say(
        "报告期",
        facts
            .span
            .as_ref()
            .map(|fact| format!("{} 至 {}", fact.value.first, fact.value.last)),
    );
    lines
}

fn columns(table: &Table, mapping: &Mapping) -> Vec<ImportColumn> {
    let one = |(index, (column, choice)): (
        usize,
        (&exchange::Column, Option<&exchange::ColumnMapping>),
    )| {
        let rows = table.rows.iter().filter(|row| row.kind == RowKind::Data);
        let texts = rows
            .map(|row| table.text(row.index, column.index))
            .filter(|text| !text.trim().is_empty());
        ImportColumn {
            index,
            letter: exchange::column_letters(column.index),
            path: column.path.clone(),
            unit: column
                .unit
                .map(|unit| unit.label().to_owned())
                .unwrap_or_default(),
            field: choice.and_then(|choice| choice.field.clone()),
            confidence: choice.map_or(0, |choice| choice.confidence),
            reason: choice
                .map(|choice| choice.reason.clone())
                .unwrap_or_default(),
            remembered: choice.is_some_and(|choice| choice.remembered),
            sample: texts.take(SAMPLES).collect(),
        }
    };
    table
        .columns
        .iter()
        .zip(mapping.for_table(table))
        .enumerate()
        .map(one)
        .collect()
}
