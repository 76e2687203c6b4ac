//! 单位赛马 Units by what became of the matters given to them. The rule stands in `register::flow`; here the records in
//! sight are read as of a day, and the figures put into words.

use super::MATTER;
use crate::App;
use crate::account::Actor;
use crate::directory;
use crate::error::AppError;
use crate::permit::Access;
use crate::world::Setting;
use ground::{Date, Finding, Period, PeriodKind, RecordId};
use plan::Rag;
use register::expr::Known;
use register::flow::{LeagueDays, LeagueRule, Rate, UnitLine};
use register::law::Ability;
use register::{Definition, Record};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Query;

/// A state in which a matter has not been given to anybody.
const DRAFT: &str = "draft";

/// The league of a period.
#[derive(Clone, Debug)]
pub struct League {
    /// Period.
    pub period: Period,
    /// The last day that counts: the end of the period or today.
    pub until: Date,
    /// 口径.
    pub basis: String,
    /// States with the number of matters that stand in them, those with overdue ones marked.
    pub stages: Vec<(String, usize, bool)>,
    /// Units, best first.
    pub lines: Vec<LeagueLine>,
}

/// One unit.
#[derive(Clone, Debug)]
pub struct LeagueLine {
    /// Organisation.
    pub unit: Option<RecordId>,
    /// Its name.
    pub name: String,
    /// The figures.
    pub figures: UnitLine,
    /// Red with anything overdue, yellow below full time, green else; grey without a rate.
    pub light: Rag,
}

/// 62.5%, cut to one digit; none without anything below the line.
pub fn percent(rate: Rate) -> Option<String> {
    let tenths = tenths(Rate {
        part: rate.part * 100,
        ..rate
    })?;
    Some(match tenths.strip_suffix(".0") {
        Some(whole) => format!("{whole}%"),
        None => format!("{tenths}%"),
    })
}

/// 4.2, rounded half up to one digit.
pub fn tenths(rate: Rate) -> Option<String> {
    if rate.whole <= 0 {
        return None;
    }
    let tenths = (rate.part * 20 / rate.whole + 1) / 2;
    Some(format!("{}.{}", tenths / 10, tenths % 10))
}

/// The league of units for a period; the running quarter when none is asked for.
///
/// # Errors
/// `Forbidden` without sight of matters, `Invalid` for a period that cannot be read.
pub fn league(
    app: &App,
    actor: &Actor,
    period: Option<&str>,
    day: Option<Date>,
) -> Result<League, AppError> {
    let definition = app.definition(MATTER)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    let setting = Setting::new(app, day);
    let period = match period.filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map_err(|_| bad_period(text))?,
        None => PeriodKind::Quarter.containing(setting.today),
    };
    let query = access.narrow(Query::default());
    let records: Vec<Record> = app.look(|reader| {
        let all = match &setting.past {
            Some(instant) => reader.all_as_of(MATTER, &query, instant)?,
            None => reader.all(MATTER, &query)?,
        };
        Ok(all.into_iter().map(|stored| stored.record).collect())
    })?;
    let days = LeagueDays {
        from: Some(period.first()),
        to: period.last().min(setting.today),
        settled: match period.last() < setting.today {
            true => period.last(),
            false => setting.today.yesterday().unwrap_or(setting.today),
        },
    };
    let stages = stages(&definition, &records, setting.today);
    let known: Vec<Known> = records
        .into_iter()
        .filter(|record| record.text("state") != Some(DRAFT))
        .map(|record| Known {
            definition: definition.clone(),
            record: Arc::new(record),
        })
        .collect();
    let calendar = setting.moment(&definition).calendar;
    let units = register::flow::league(&known, &rule(&definition), days, calendar);
    Ok(League {
        lines: named(app, &setting, units)?,
        stages,
        until: days.to,
        basis: format!(
            "按牵头单位，截至{}。按期办结率=时限在本期内且按期销号的，除以时限在本期内的全部；未到期的不计（提前销号、时限在截至日之后的也不计），没有到期的不出数。认领及时率=交办后一个工作日内认领或退回的，除以本期交办、已答复或已过一个工作日的。",
            days.to
        ),
        period,
    })
}

/// What matters hold beside their steps: those of before the workflow have none.
fn rule(definition: &Definition) -> LeagueRule {
    let has = |id: &str| definition.field(id).map(|_| id.to_owned());
    LeagueRule {
        unit: has("lead_unit"),
        due: has("due_on"),
        asked: has("asked_on"),
        closed: has("closed_on"),
    }
}

fn bad_period(text: &str) -> AppError {
    AppError::invalid(Finding::error(
        "league.period",
        "period",
        format!("期间“{text}”不对。"),
        "请写 2023Q1、2023M03 或 Y2023 这样的期间。",
    ))
}

/// How many matters stand in each state.
fn stages(definition: &Definition, records: &[Record], today: Date) -> Vec<(String, usize, bool)> {
    let Some(field) = definition.field("state") else {
        return Vec::new();
    };
    let done: BTreeSet<&str> = match &definition.flow {
        Some(flow) => flow
            .states
            .iter()
            .filter(|one| one.done || one.is_final)
            .map(|one| one.id.as_str())
            .collect(),
        None => ["closed", "recheck"].into(),
    };
    let stage = |code: &str, label: &str| {
        let here = records.iter().filter(|one| one.text("state") == Some(code));
        let late = |one: &&Record| one.date("due_on").is_some_and(|due| due < today);
        let warn = !done.contains(code) && here.clone().any(|one| late(&one));
        (label.to_owned(), here.count(), warn)
    };
    let choices = field.choices.iter();
    choices
        .map(|choice| stage(&choice.code, &choice.label.zh))
        .filter(|(_, count, _)| *count > 0)
        .collect()
}

fn named(app: &App, setting: &Setting, units: Vec<UnitLine>) -> Result<Vec<LeagueLine>, AppError> {
    let ids: Vec<RecordId> = units.iter().filter_map(|line| line.unit).collect();
    let organisation = app.definition("organisation")?;
    let found = app.read(|reader| directory::names_by_id(reader, setting, &organisation, &ids))?;
    let line = |figures: UnitLine| LeagueLine {
        unit: figures.unit,
        name: figures
            .unit
            .and_then(|id| found.get(&id).cloned())
            .unwrap_or_else(|| "未定牵头单位".to_owned()),
        light: light(&figures),
        figures,
    };
    Ok(units.into_iter().map(line).collect())
}

fn light(line: &UnitLine) -> Rag {
    match (line.overdue.len(), line.on_time) {
        (1.., _) => Rag::Red,
        (0, Rate { whole: 0, .. }) => Rag::Grey,
        (0, Rate { part, whole }) if part < whole => Rag::Yellow,
        _ => Rag::Green,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_nothing_is_no_rate_and_a_whole_one_has_no_digits() {
        let rate = |part, whole| Rate { part, whole };
        assert_eq!(percent(rate(0, 0)), None);
        assert_eq!(percent(rate(4, 4)).as_deref(), Some("100%"));
        assert_eq!(percent(rate(5, 8)).as_deref(), Some("62.5%"));
        assert_eq!(tenths(rate(17, 4)).as_deref(), Some("4.3"));
    }
}
