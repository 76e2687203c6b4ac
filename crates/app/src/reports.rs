//! 报表 Reports made from a template, a period and what the asker may see. The template says where something stands, the
//! definition what it means; figures are those of the figures page, records those of the list, with the same rights.

mod source;
mod template;

pub use template::{
    TemplateFile, check_templates, in_force, kept_with, offline_check, template_file, templates,
};

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::metrics;
use crate::permit::Access;
use crate::records;
use exchange::fill::{Loop, Survey, Template};
use ground::{Date, Finding, Period, PeriodKind, Severity};
use register::Definition;
use register::law::{Ability, ReportTemplate};
use register::report::{Part, Whole, Word, read_word};
use source::{Figures, Gathered, Records};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Closed periods offered to choose from: half a year of weeks and of dekads, a year of months, three years of quarters.
fn offered(kind: PeriodKind) -> usize {
    match kind {
        PeriodKind::Day | PeriodKind::Week => 26,
        PeriodKind::Dekad => 18,
        PeriodKind::Year => 5,
        _ => 12,
    }
}

/// A report of a register.
#[derive(Clone, Debug)]
pub struct ReportLine {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// `docx` or `xlsx`.
    pub format: String,
    /// 周, 季 …
    pub cycle: String,
    /// Periods to choose from, newest first; the one that still runs stands at the top.
    pub periods: Vec<PeriodChoice>,
    /// The one chosen unless another is: the last that is closed.
    pub period: String,
    /// Its template is not there, so it cannot be made.
    pub missing: bool,
}

/// A period of a report.
#[derive(Clone, Debug)]
pub struct PeriodChoice {
    /// Code.
    pub code: String,
    /// In words.
    pub label: String,
    /// It still runs.
    pub open: bool,
}

/// A finished report.
pub struct ReportFile {
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// Content.
    pub bytes: Vec<u8>,
}

/// The reports of a register with the periods they can be made for.
///
/// # Errors
/// `NotFound` when there is no such register, `Forbidden` for who may not read it.
pub fn list(
    app: &App,
    actor: &Actor,
    register: &str,
    day: Option<Date>,
) -> Result<Vec<ReportLine>, AppError> {
    let definition = app.definition(register)?;
    Access::new(app, actor, &definition)?.need(Ability::Read)?;
    let today = day.unwrap_or_else(|| app.today());
    let there = templates(app, &definition, &[])?.into_iter();
    let there = there.filter(|file| file.size.is_some());
    let there: BTreeSet<String> = there.map(|file| file.name).collect();
    let line = |report: &ReportTemplate| {
        let running = report.period.containing(today);
        let closed =
            std::iter::successors(Some(running.previous()), |period| Some(period.previous()));
        let closed: Vec<Period> = closed.take(offered(report.period)).collect();
        let choice = |period: &Period, open| PeriodChoice {
            code: period.code(),
            label: told(*period),
            open,
        };
        let closed_choices = closed.iter().map(|period| choice(period, false));
        let format = report.template.rsplit('.').next().unwrap_or_default();
        ReportLine {
            id: report.id.clone(),
            title: report.title.zh.clone(),
            format: format.to_ascii_lowercase(),
            cycle: report.period.label().to_owned(),
            periods: std::iter::once(choice(&running, true))
                .chain(closed_choices)
                .collect(),
            period: running.previous().code(),
            missing: !there.contains(&report.template),
        }
    };
    Ok(definition.reports.iter().map(line).collect())
}

/// 2023年第9周（2月27日—3月5日）: weeks and dekads are known by their days.
fn told(period: Period) -> String {
    let short = matches!(period.kind(), PeriodKind::Week | PeriodKind::Dekad);
    let day = |date: Date| format!("{}月{}日", date.month(), date.day());
    match short {
        true => format!(
            "{}（{}—{}）",
            period.label(),
            day(period.first()),
            day(period.last())
        ),
        false => period.label(),
    }
}

/// Makes a report; without a period, for the last one that is closed.
///
/// # Errors
/// `Invalid` for a period of another kind or one that has not begun, and for a template that asks for what there is not.
pub fn make(
    app: &App,
    actor: &Actor,
    register: &str,
    (id, period): (&str, Option<&str>),
    day: Option<Date>,
) -> Result<ReportFile, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    let report = definition.reports.iter().find(|one| one.id == id);
    let report = report.ok_or_else(|| AppError::NotFound(format!("报表“{id}”")))?;
    let today = day.unwrap_or_else(|| app.today());
    let period = period_of(report, period, today)?;
    let template = opened(app, &definition, report)?;
    let survey = template.survey();
    let words = words_of(app, &definition, &survey)?;
    let lists = survey.loops.contains(&Loop::Records);
    if lists {
        access.need(Ability::Export)?;
    }
    let making = Making {
        app,
        actor,
        access: &access,
        definition: &definition,
        report,
        period,
        day,
        today,
    };
    let gathered = making.gathered(words, lists)?;
    let notes = gathered.notes(&making);
    let bytes = template
        .fill(&gathered, &notes)
        .map_err(AppError::invalid)?;
    let taken = if lists { gathered.count } else { 0 };
    records::note_export(app, actor, register, taken)?;
    let kind = template.kind();
    Ok(ReportFile {
        name: format!(
            "{}（{}）.{}",
            report.title.zh,
            period.label(),
            kind.extension()
        ),
        media_type: kind.media_type(),
        bytes,
    })
}

/// The period asked for, else the last one that is closed.
fn period_of(
    report: &ReportTemplate,
    asked: Option<&str>,
    today: Date,
) -> Result<Period, AppError> {
    let running = report.period.containing(today);
    let Some(text) = asked else {
        return Ok(running.previous());
    };
    let period = metrics::read_period(text)?;
    let refused = |problem: String, remedy: String| {
        Err(AppError::invalid(Finding::error(
            "report.period",
            "period",
            problem,
            remedy,
        )))
    };
    if period.kind() != report.period {
        let problem = format!(
            "“{}”按{}出，不能按{}出。",
            report.title.zh,
            report.period.label(),
            period.kind().label()
        );
        return refused(
            problem,
            format!("请写成 {} 这样的时段。", running.previous().code()),
        );
    }
    if period.first() > today {
        let problem = format!("{}还没有开始。", period.label());
        return refused(
            problem,
            format!("最近可以出的是 {}。", running.previous().code()),
        );
    }
    Ok(period)
}

fn opened(
    app: &App,
    definition: &Definition,
    report: &ReportTemplate,
) -> Result<Template, AppError> {
    let name = &report.template;
    let bytes = template::bytes_of(app, definition, name)?;
    let bytes = bytes.ok_or_else(|| AppError::invalid(template::lacking(report)))?;
    Template::open(&bytes, name).map_err(AppError::invalid)
}

/// What the words of a template mean, all faults at once.
fn words_of(
    app: &App,
    definition: &Definition,
    survey: &Survey,
) -> Result<BTreeMap<String, Word>, AppError> {
    let definitions = app.definitions();
    // Warnings were told when the template came in.
    let against = |one: &&Finding| one.severity == Severity::Error;
    let mut findings: Vec<Finding> = survey.findings.iter().filter(against).cloned().collect();
    let mut words = BTreeMap::new();
    for asked in &survey.words {
        match read_word(&asked.word, &asked.place, definition, definitions.as_ref()) {
            Ok(word) => {
                words.insert(asked.word.clone(), word);
            }
            Err(finding) => findings.push(finding),
        }
    }
    match findings.is_empty() {
        true => Ok(words),
        false => Err(AppError::Invalid(findings)),
    }
}

/// Everything that one report is made from.
struct Making<'a> {
    app: &'a App,
    actor: &'a Actor,
    access: &'a Access,
    definition: &'a Arc<Definition>,
    report: &'a ReportTemplate,
    period: Period,
    day: Option<Date>,
    today: Date,
}

impl Making<'_> {
    fn gathered(&self, words: BTreeMap<String, Word>, lists: bool) -> Result<Gathered, AppError> {
        let by = register::report::grouped_by(self.definition, self.report);
        let figures = self.figures(&words)?;
        let Records { count, listed } = self.records(&words, by.as_deref(), lists)?;
        let groups = source::groups(by.as_deref(), &figures, &listed);
        Ok(Gathered {
            whole: self.whole(&figures)?,
            figures,
            members: source::members(&groups, &listed),
            groups,
            count,
            records: listed,
            words,
        })
    }

    /// The records that are listed, else those that are counted.
    fn records(
        &self,
        words: &BTreeMap<String, Word>,
        by: Option<&str>,
        lists: bool,
    ) -> Result<Records, AppError> {
        let asks = |asked: Word| words.values().any(|word| *word == asked);
        if lists {
            let wanted = words.values().filter_map(|word| match word {
                Word::Field(path) => Some(path.clone()),
                _ => None,
            });
            return source::records(self, by, &wanted.collect());
        }
        match (asks(Word::GroupRecords), asks(Word::Whole(Whole::Records))) {
            (false, false) => Ok(Records::default()),
            (of_groups, _) => source::counted(self, by.filter(|_| of_groups)),
        }
    }

    fn figures(&self, words: &BTreeMap<String, Word>) -> Result<Figures, AppError> {
        let mut wanted = self.report.metrics.clone();
        let (mut before, mut year) = (Vec::new(), Vec::new());
        for word in words.values() {
            let Word::Metric { metric, part, .. } = word else {
                continue;
            };
            let lists = match part {
                Part::Before => &mut before,
                Part::YearBefore => &mut year,
                _ => &mut wanted,
            };
            lists.push(metric.clone());
        }
        let register = &self.definition.id;
        let of = |period: Period, wanted: &[String]| match wanted.is_empty() {
            true => Ok(Vec::new()),
            false => metrics::figures(self.app, self.actor, register, (period, self.day), wanted),
        };
        Ok(Figures {
            now: of(self.period, &wanted)?,
            before: of(self.period.previous(), &before)?,
            year_before: of(self.period.year_before(), &year)?,
        })
    }

    fn whole(&self, figures: &Figures) -> Result<BTreeMap<&'static str, String>, AppError> {
        let day = |date: Date| format!("{}年{}月{}日", date.year(), date.month(), date.day());
        let basis = figures
            .now
            .iter()
            .map(|one| format!("{}：{}", one.title, one.basis.trim_end_matches('。')));
        let text = [
            (Whole::Title, self.report.title.zh.clone()),
            (Whole::Register, self.definition.title.zh.clone()),
            (Whole::Unit, self.unit()?),
            (Whole::Period, told(self.period)),
            (Whole::First, day(self.period.first())),
            (Whole::Last, day(self.period.last())),
            (Whole::AsOf, day(self.today)),
            (Whole::MadeOn, day(self.app.today())),
            (Whole::MadeBy, self.actor.name.clone()),
            (Whole::Basis, basis.collect::<Vec<_>>().join("；")),
        ];
        Ok(text
            .into_iter()
            .map(|(whole, text)| (source::key(whole), text))
            .collect())
    }

    /// Whose figures these are: the district's, or those of the asker's own part of it.
    fn unit(&self) -> Result<String, AppError> {
        let district = self.app.district_name().to_string();
        if self.access.sees_all() {
            return Ok(district);
        }
        let own = self.app.read(|reader| {
            let unit = crate::world::org_at(reader, &self.actor.org)?;
            unit.map(|id| reader.get("organisation", id)).transpose()
        })?;
        let name = own.and_then(|unit| unit.record.text("name").map(str::to_owned));
        Ok(name.unwrap_or(district))
    }
}
