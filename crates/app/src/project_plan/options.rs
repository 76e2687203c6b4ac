//! 排程选项 By which rules a plan is calculated: shown, tried out, and kept as a change of the plan that is journalled and
//! taken back like any other.

use super::{PlanBook, diff, unwritten, write};
use crate::App;
use crate::account::Actor;
use crate::directory::NamesOf;
use crate::error::AppError;
use crate::flow::{self, Desk};
use crate::page::project_plan::{PlanOptionsKept, PlanOptionsView};
use crate::page::record::FieldChange;
use crate::permit::Access;
use crate::records::{self, need_reason};
use ground::{Date, Finding, RecordId, Severity};
use portfolio::plan_option::{
    FLOAT_RULES, LAG_CALENDARS, LONGEST_PATH, OUT_OF_SEQUENCE, THRESHOLD,
};
use portfolio::{PlanOption, PlanRules};
use register::law::Ability;
use register::{Definition, Fields, Value};
use store::{Filter, Query, Writer};

use super::sheet::word_of;

/// The register of options.
pub(super) const OPTION: &str = "plan_option";
/// Its fields, as they are written.
const FIELDS: [&str; 6] = [
    "out_of_sequence",
    "float_rule",
    "critical_rule",
    "critical_days",
    "open_ends_critical",
    "lag_calendar",
];

/// 排程选项 as they are sent; the codes are those of the register.
#[derive(Clone, Debug, Default)]
pub struct OptionsInput {
    /// 逆序进展.
    pub out_of_sequence: String,
    /// 总时差算法.
    pub float_rule: String,
    /// 关键的判据.
    pub critical_rule: String,
    /// Days of total float up to which work is critical.
    pub critical_days: Option<i64>,
    /// 没有后续的算关键.
    pub open_ends_critical: bool,
    /// 间隔按哪本日历.
    pub lag_calendar: String,
    /// Version the person saw; 0 where there were none.
    pub version: i64,
    /// Why.
    pub reason: String,
    /// Only say what it would do.
    pub dry_run: bool,
}

/// The options of a project's plan on a day.
///
/// # Errors
/// As [`PlanBook::open`].
pub fn options(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
) -> Result<PlanOptionsView, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let mut view = view(&book);
    view.editable &= Access::new(app, actor, &app.definition(OPTION)?)
        .is_ok_and(|access| access.may(Ability::Update));
    Ok(view)
}

fn view(book: &PlanBook) -> PlanOptionsView {
    let (rules, kept) = (book.rules, book.state.plan_option(book.project.id));
    PlanOptionsView {
        version: kept.map_or(0, |one| one.version),
        out_of_sequence: word_of(&OUT_OF_SEQUENCE, rules.out_of_sequence),
        float_rule: word_of(&FLOAT_RULES, rules.float),
        critical_rule: criterion(&rules),
        critical_days: rules.critical_days.unwrap_or(0),
        open_ends_critical: rules.open_ends_critical,
        lag_calendar: word_of(&LAG_CALENDARS, rules.lag_calendar),
        editable: book.editable,
    }
}

/// Keeps other options, or says what they would move.
///
/// # Errors
/// Rights as for a change of the plan; `Stale` when somebody changed the options since; `Invalid` for unknown codes and,
/// unless tried out only, without a reason.
pub fn keep_options(
    app: &App,
    actor: &Actor,
    project: &str,
    input: &OptionsInput,
) -> Result<PlanOptionsKept, AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    let definition = app.definition(OPTION)?;
    let known = book.state.plan_option(book.project.id);
    let version = known.map_or(0, |one| one.version);
    need_right(app, actor, &book)?;
    if version != input.version {
        return Err(AppError::Stale { current: version });
    }
    let id = known.map_or(RecordId(-1), |one| one.id);
    let fields = fields(&book, input);
    let mut then = book.clone();
    then.rules = read(app, id, &fields, &definition)?.rules;
    let before = book.scheduled(app, book.activities());
    let after = then.scheduled(app, book.activities());
    let mut diff = diff::between(app, &before, &after);
    diff.dry_run = input.dry_run;
    let critical = critical_change(&before, &after);
    if input.dry_run {
        return Ok(PlanOptionsKept {
            options: view(&then),
            critical,
            diff,
        });
    }
    need_reason(&input.reason)?;
    let batch = write(app, actor, &book, (id, version), fields, &input.reason)?;
    diff.batch_id = Some(batch.to_string());
    Ok(PlanOptionsKept {
        options: options(app, actor, project, None)?,
        critical,
        diff,
    })
}

/// How many are critical before and after.
fn critical_change(
    before: &portfolio::Scheduled<'_>,
    after: &portfolio::Scheduled<'_>,
) -> (usize, usize) {
    let count = |scheduled: &portfolio::Scheduled<'_>| {
        let bars = scheduled.standing.activities.iter();
        bars.filter(|bar| bar.critical).count()
    };
    (count(before), count(after))
}

impl OptionsInput {
    /// These rules as they would be sent.
    fn of(rules: &PlanRules) -> Self {
        let word = |word: &str| word.to_owned();
        Self {
            out_of_sequence: word(word_of(&OUT_OF_SEQUENCE, rules.out_of_sequence)),
            float_rule: word(word_of(&FLOAT_RULES, rules.float)),
            critical_rule: word(criterion(rules)),
            critical_days: rules.critical_days,
            open_ends_critical: rules.open_ends_critical,
            lag_calendar: word(word_of(&LAG_CALENDARS, rules.lag_calendar)),
            ..Self::default()
        }
    }
}

fn criterion(rules: &PlanRules) -> &'static str {
    match rules.critical_days {
        Some(_) => THRESHOLD,
        None => LONGEST_PATH,
    }
}

/// 排程选项 that a plan file brings along, written in the batch of its rows.
#[derive(Clone, Debug)]
pub(super) struct BroughtOptions {
    /// Those of the file.
    pub rules: PlanRules,
    /// The record of the plan's own; below zero where there is none yet.
    target: (RecordId, i64),
    fields: Fields,
}

impl BroughtOptions {
    /// These rules in the place of the plan's own.
    pub fn of(book: &PlanBook, rules: PlanRules) -> Self {
        let known = book.state.plan_option(book.project.id);
        Self {
            rules,
            target: known.map_or((RecordId(-1), 0), |one| (one.id, one.version)),
            fields: fields(book, &OptionsInput::of(&rules)),
        }
    }

    /// What they change, in words; nothing where the plan goes by these rules already.
    ///
    /// # Errors
    /// The register of options is not there.
    pub fn changes(&self, app: &App, book: &PlanBook) -> Result<Vec<FieldChange>, AppError> {
        let own = fields(book, &OptionsInput::of(&book.rules));
        let definition = app.definition(OPTION)?;
        let names = NamesOf::default();
        Ok(records::field_changes(
            &definition,
            &own,
            &self.fields,
            &names,
        ))
    }

    /// Writes them in a running batch.
    pub fn write(
        &self,
        writer: &mut Writer<'_>,
        desk: &Desk,
        definition: &Definition,
    ) -> Result<(), AppError> {
        put(writer, desk, definition, self.target, self.fields.clone())
    }
}

/// Whether somebody may give a plan options, or change those it has.
///
/// # Errors
/// `Forbidden` when not.
pub(super) fn need_right(app: &App, actor: &Actor, book: &PlanBook) -> Result<(), AppError> {
    let known = book.state.plan_option(book.project.id);
    Access::new(app, actor, &app.definition(OPTION)?)?.need(match known {
        Some(_) => Ability::Update,
        None => Ability::Create,
    })
}

fn fields(book: &PlanBook, input: &OptionsInput) -> Fields {
    let text = |text: &str| Value::Text(text.trim().to_owned());
    let by_float = input.critical_rule == THRESHOLD;
    let all = [
        ("project", Some(Value::Ref(book.project.id.0))),
        ("out_of_sequence", Some(text(&input.out_of_sequence))),
        ("float_rule", Some(text(&input.float_rule))),
        ("critical_rule", Some(text(&input.critical_rule))),
        (
            "critical_days",
            input.critical_days.filter(|_| by_float).map(Value::Int),
        ),
        (
            "open_ends_critical",
            Some(Value::Bool(input.open_ends_critical)),
        ),
        ("lag_calendar", Some(text(&input.lag_calendar))),
    ];
    let filled = all.into_iter();
    let filled = filled.filter_map(|(id, value)| Some((id.to_owned(), value?)));
    filled.filter(|(_, value)| !value.is_empty()).collect()
}

/// The options as the register reads them.
fn read(
    app: &App,
    id: RecordId,
    fields: &Fields,
    definition: &Definition,
) -> Result<PlanOption, AppError> {
    let record = unwritten(id, app.root(), fields.clone());
    let mut findings = register::validate(definition, fields);
    let (option, told) = PlanOption::from_record(&record);
    findings.extend(told);
    findings.retain(|finding| finding.severity == Severity::Error);
    for finding in &mut findings {
        if let Some(field) = definition.field(&finding.place) {
            finding.place.clone_from(&field.label.zh);
        }
    }
    let missing = || {
        let remedy = "请刷新后再改。";
        AppError::invalid(Finding::error(
            "plan.options",
            "排程选项",
            "选项不完整。",
            remedy,
        ))
    };
    match findings.is_empty() {
        true => option.ok_or_else(missing),
        false => Err(AppError::Invalid(findings)),
    }
}

fn write(
    app: &App,
    actor: &Actor,
    book: &PlanBook,
    (id, version): (RecordId, i64),
    fields: Fields,
    reason: &str,
) -> Result<RecordId, AppError> {
    let definition = app.definition(OPTION)?;
    let mut desk = Desk::of(app, actor, reason, Some(OPTION))?;
    let batch = write::options_batch(book.project.id, OPTION, reason);
    app.write(move |writer| {
        let batch = writer.begin_batch(&batch, &desk.meta)?;
        desk.meta.batch = Some(batch);
        put(writer, &desk, &definition, (id, version), fields)?;
        Ok(batch)
    })
}

/// The record of a plan's options changed, or made where the id is none.
fn put(
    writer: &mut Writer<'_>,
    desk: &Desk,
    definition: &Definition,
    target: (RecordId, i64),
    fields: Fields,
) -> Result<(), AppError> {
    if target.0.0 > 0 {
        let named = FIELDS.map(str::to_owned);
        return records::change_row(writer, desk, definition, target, &named, fields);
    }
    // Two people may have opened a plan without options at the same time.
    let project = fields.get("project").cloned();
    let own = Filter::eq("project", project.unwrap_or(Value::Ref(RecordId(0))));
    let taken = writer.reader().all(OPTION, &Query::default().filter(own))?;
    if let Some(taken) = taken.iter().find(|stored| !stored.record.withdrawn) {
        return Err(AppError::Stale {
            current: taken.record.version,
        });
    }
    flow::make(writer, desk, definition, fields, None)?;
    Ok(())
}
