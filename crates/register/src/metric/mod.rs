//! 指标. Figures over the records of a register: counts, sums, rates, for a period or at its end, whole and by groups.
//! A figure keeps the records behind it, so that a page can open them; a rate keeps its two sides and is rounded only
//! when shown. Which records are looked at (as of which day, whose) is the business of `app`.

mod basis;
mod figure;
mod group;

use ground::{Date, Finding, Period, RecordId};

use crate::definition::Definition;
use crate::expr::{Expr, Known, Moment, Scope, Val, World, eval};
use crate::law::{Aggregate, Metric, MetricBody, MetricTime};

pub use basis::basis_text;
pub use figure::Figure;
pub use group::{Key, keys_at};

use figure::Tally;
use group::{Cut, Grouped};

/// What is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The register.
    pub definition: &'a Definition,
    /// The figure.
    pub metric: &'a Metric,
    /// For which period.
    pub period: Period,
    /// Today, as far as filters ask for it: the day as of which the records are.
    pub moment: Moment<'a>,
    /// Other registers.
    pub world: &'a dyn World,
}

/// One figure: of the whole, or of a group.
#[derive(Clone, PartialEq, Debug)]
pub struct Observation {
    /// The group: nothing for the whole, one key for a breakdown by one field, all keys for a cell of the table over
    /// all fields.
    pub by: Vec<Key>,
    /// The figure, exact; none when there is nothing to compute it from.
    pub value: Option<Figure>,
    /// Above the line of a rate, sum of a mean; none when there is no line.
    pub numerator: Option<Figure>,
    /// Below the line.
    pub denominator: Option<Figure>,
    /// The records that are counted (those above the line of a rate).
    pub records: Vec<RecordId>,
    /// The records below the line of a rate; empty when there is no line.
    pub of: Vec<RecordId>,
}

/// All figures of a metric: the whole first, then each field of `by` alone, then, when there are several, all fields
/// together. A record with several values in a field counts in each of their groups, and once in the whole.
///
/// Findings tell records whose rules have no value; they are not counted.
pub fn observe(question: &Question, records: &[Known]) -> (Vec<Observation>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut side = |aggregate: &Aggregate| {
        let gathered = gather(question, aggregate, records, &mut findings);
        (gathered, aggregate.agg.clone())
    };
    let observations = match &question.metric.body {
        MetricBody::Plain(aggregate) => {
            let (groups, kind) = side(aggregate);
            let groups = groups.into_iter();
            groups
                .map(|(by, tally)| tally.observed(by, &kind))
                .collect()
        }
        MetricBody::Rate {
            numerator,
            denominator,
            ..
        } => {
            let (mut above, above_kind) = side(numerator);
            let (mut below, below_kind) = side(denominator);
            let mut cuts: Vec<Vec<Key>> = above.keys().chain(below.keys()).cloned().collect();
            cuts.sort();
            cuts.dedup();
            let pair = |by: Vec<Key>| {
                let above = above.remove(&by).unwrap_or_default();
                let below = below.remove(&by).unwrap_or_default();
                figure::rate(by, (above, &above_kind), (below, &below_kind))
            };
            cuts.into_iter().map(pair).collect()
        }
    };
    (observations, findings)
}

/// The records of one side, whole and by groups.
fn gather(
    question: &Question,
    aggregate: &Aggregate,
    records: &[Known],
    findings: &mut Vec<Finding>,
) -> Grouped {
    let others = aggregate.register.as_deref();
    let others = others.filter(|id| *id != question.definition.id);
    let foreign = others.map(|register| question.world.records(register));
    let until = until(question.period, question.moment.today);
    let period = period_val(question.period, question.moment.today);
    let cut = Cut::new(&question.metric.by);
    // The whole is there even when nothing is counted.
    let mut grouped = Grouped::from([(Vec::new(), Tally::default())]);
    for known in foreign.as_deref().unwrap_or(records) {
        if known.record.withdrawn {
            continue;
        }
        // A register with a field `period` (a fill cycle) means its own.
        let own = known.definition.field("period").is_some();
        let names = [("period", period.clone())];
        let scope = Scope {
            record: Some(&known.record),
            world: question.world,
            names: if own { &[] } else { &names },
            ..Scope::new(&known.definition, &known.record.fields, question.moment)
        };
        let dated = foreign.is_none();
        let counted =
            counts(question, aggregate, &scope, dated.then_some(until)).and_then(|counts| {
                match counts {
                    true => figure::taken(&aggregate.agg, &scope).map(Some),
                    false => Ok(None),
                }
            });
        match counted {
            Ok(Some(value)) => cut.place(&mut grouped, &scope, known.record.id, &value),
            Ok(None) => {}
            Err(problem) => findings.push(uncounted(question, known, &problem)),
        }
    }
    grouped
}

/// The last day of a period that counts: its end, or the day as of which it is looked at while it still runs. A period
/// that has not begun is looked at as planned, to its end.
pub fn until(period: Period, today: Date) -> Date {
    match period.contains(today) {
        true => today,
        false => period.last(),
    }
}

/// `period` in expressions: its first day, the last one that counts as of `today`, and its code.
pub fn period_val(period: Period, today: Date) -> Val {
    let day = |name: &str, date| (name.to_owned(), Val::Date(date));
    let code = ("code".to_owned(), Val::Text(period.code().into()));
    Val::Map(
        [
            day("start", period.first()),
            day("end", until(period, today)),
            code,
        ]
        .into(),
    )
}

/// Within the period (flow), or begun by its end (stock), and the filter holds. The date belongs to the figure's own
/// register; records of another one (`until`, the last day that counts, is none) are judged by their filter alone.
fn counts(
    question: &Question,
    aggregate: &Aggregate,
    scope: &Scope,
    until: Option<Date>,
) -> Result<bool, crate::expr::EvalError> {
    let in_time = match question.metric.date.as_ref().zip(until) {
        None => true,
        Some((date, until)) => {
            let val = eval(date, scope)?;
            // What is told of a whole period, by its code, counts while that period still runs.
            let until = match val {
                Val::Text(_) => question.period.last(),
                _ => until,
            };
            let flow = question.metric.time == MetricTime::Flow;
            civil(&val).is_some_and(|day| day <= until && (!flow || question.period.contains(day)))
        }
    };
    let filter = |filter: &Expr| eval(filter, scope).map(|val| val == Val::Bool(true));
    Ok(in_time && aggregate.filter.as_ref().map_or(Ok(true), filter)?)
}

/// The day of a value; a period stands for its last day, on which all of it is there.
fn civil(val: &Val) -> Option<ground::Date> {
    match val {
        Val::Text(code) => code.parse::<Period>().ok().map(|period| period.last()),
        Val::Date(date) => Some(*date),
        Val::Instant(at) => Some(crate::expr::moment::civil_day(*at)),
        _ => None,
    }
}

fn uncounted(question: &Question, known: &Known, error: &crate::expr::EvalError) -> Finding {
    let name = known.record.name(&known.definition);
    let number = known.record.number.as_deref();
    let which = number.or(name).unwrap_or("一条记录");
    Finding::error(
        "metric.record_left_out",
        format!("{}/{}", known.definition.id, known.record.id),
        format!("“{which}”没有计入“{}”：{error}。", question.metric.title.zh),
        "请补正这条记录，或请管理员检查指标的口径。",
    )
}

#[cfg(test)]
mod tests;
