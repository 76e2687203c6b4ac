//! Deadlines of states: where a clock began, where it stood still, when it runs out, how much of it is used.

use ground::Date;

use super::act::{Changes, ClockStand, Stage};
use super::log::{Log, Stay, rows, text};
use super::moment::{civil_day, instant_of, start_of, utc_text};
use super::raise;
use super::span::{Due, moved_by};
use crate::expr::{Scope, Val, eval};
use crate::law::{Clock, ClockLimit, ClockStart, Flow, Lamp, Span, SpanUnit, State};
use crate::record::{Fields, Value};

/// Working days overdue from which the head of the unit is told (level 2), and the 督查室 (level 3).
const LEVEL_2: i32 = 3;
const LEVEL_3: i32 = 7;

/// A clock of a record, found from its steps alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Running {
    /// State whose clock it is.
    pub state: String,
    pub start: i64,
    pub due: Due,
    pub pauses: Vec<(i64, i64)>,
    pub paused: bool,
    pub unit: SpanUnit,
    /// Index of the step from which it runs; extensions from before belong to an earlier clock.
    pub step: usize,
}

/// The clock that runs, or the one that stands still while the record is in a pause state without a clock of its own.
pub(super) fn running(flow: &Flow, scope: &Scope) -> Option<Running> {
    running_in(flow, scope, &Log::read(flow, scope))
}

/// The same for steps that have been read.
pub(super) fn running_in(flow: &Flow, scope: &Scope, log: &Log) -> Option<Running> {
    let here = log.here();
    let state = state(flow, &here.state)?;
    if let Some(clock) = &state.clock {
        return clock_of(flow, scope, log, &state.id, clock, false);
    }
    let paused = log.stays.iter().rev().skip(1).find_map(|stay| {
        let clock = self::state(flow, &stay.state)?.clock.as_ref()?;
        clock
            .pause_in
            .contains(&here.state)
            .then_some((stay, clock))
    });
    let (stay, clock) = paused?;
    clock_of(flow, scope, log, &stay.state, clock, true)
}

pub(super) fn state<'a>(flow: &'a Flow, id: &str) -> Option<&'a State> {
    flow.states.iter().find(|s| s.id == id)
}

fn clock_of(
    flow: &Flow,
    scope: &Scope,
    log: &Log,
    state: &str,
    clock: &Clock,
    paused: bool,
) -> Option<Running> {
    let first = first_stay(log, state, clock)?;
    let begun = &log.stays[first];
    let (start, limit) = match &clock.limit {
        ClockLimit::Until(expr) => (
            begun.from,
            Limit::Fixed(moment_of(&eval(expr, scope).ok()?)?),
        ),
        ClockLimit::After { span, from } => {
            (start_of_span(scope, from, begun)?, Limit::Span(*span))
        }
        ClockLimit::AfterExpr { span, from } => {
            let Ok(Val::Text(text)) = eval(span, scope) else {
                return None;
            };
            (
                start_of_span(scope, from, begun)?,
                Limit::Span(Span::parse(&text).ok()?),
            )
        }
    };
    let pauses = pauses(&log.stays[first..], clock);
    let unit = limit.unit();
    let mut running = Running {
        state: state.to_owned(),
        start,
        due: limit.due(start, &pauses, scope),
        pauses,
        paused,
        unit,
        step: begun.step,
    };
    if let Some(due) = extended(flow, scope, log, &running, clock) {
        running.due = due;
    }
    Some(running)
}

/// Where the clock of a state begins: for a clock from each entry the first of the stays that only pauses part from the
/// last one, else the first stay ever.
fn first_stay(log: &Log, state: &str, clock: &Clock) -> Option<usize> {
    let anew = matches!(
        clock.limit,
        ClockLimit::Until(_)
            | ClockLimit::After {
                from: ClockStart::Entered,
                ..
            }
            | ClockLimit::AfterExpr {
                from: ClockStart::Entered,
                ..
            }
    );
    let stays = log.stays.iter().enumerate();
    if !anew {
        return stays
            .into_iter()
            .find(|(_, s)| s.state == state)
            .map(|(n, _)| n);
    }
    let last = log.stays.iter().rposition(|s| s.state == state)?;
    let run = log.stays[..=last].iter().enumerate().rev();
    run.take_while(|(_, s)| s.state == state || clock.pause_in.contains(&s.state))
        .filter(|(_, s)| s.state == state)
        .last()
        .map(|(n, _)| n)
}

fn start_of_span(scope: &Scope, from: &ClockStart, begun: &Stay) -> Option<i64> {
    match from {
        ClockStart::Entered | ClockStart::FirstEntered => Some(begun.from),
        ClockStart::Field(expr) => match moment_of(&eval(expr, scope).ok()?)? {
            Fixed::Day(day) => Some(start_of(day)),
            Fixed::Moment(at) => Some(at),
        },
    }
}

/// Ended stays in pause states.
fn pauses(stays: &[Stay], clock: &Clock) -> Vec<(i64, i64)> {
    let standing = stays.iter().filter(|s| clock.pause_in.contains(&s.state));
    standing.filter_map(|s| Some((s.from, s.until?))).collect()
}

#[derive(Clone, Copy)]
enum Fixed {
    Day(Date),
    Moment(i64),
}

fn moment_of(val: &Val) -> Option<Fixed> {
    match val {
        Val::Date(day) => Some(Fixed::Day(*day)),
        Val::Instant(at) => Some(Fixed::Moment(*at)),
        _ => None,
    }
}

#[derive(Clone, Copy)]
enum Limit {
    Fixed(Fixed),
    Span(Span),
}

impl Limit {
    /// A date of the record is moved by working days, as most terms of offices count.
    fn unit(self) -> SpanUnit {
        match self {
            Limit::Span(span) => span.unit,
            Limit::Fixed(Fixed::Day(_)) => SpanUnit::Workday,
            Limit::Fixed(Fixed::Moment(_)) => SpanUnit::Hour,
        }
    }

    fn due(self, start: i64, pauses: &[(i64, i64)], scope: &Scope) -> Due {
        let calendar = scope.moment.calendar;
        match self {
            Limit::Span(span) => span.due(start, pauses, calendar),
            Limit::Fixed(Fixed::Day(day)) => moved_by(day, SpanUnit::Workday, pauses, calendar),
            Limit::Fixed(Fixed::Moment(at)) => {
                let due = pauses.iter().fold(at, |due, (from, until)| {
                    if *from <= due {
                        due + (until - from).max(0)
                    } else {
                        due
                    }
                });
                Due::moment(due)
            }
        }
    }
}

/// The deadline granted last for this very clock, moved by the pauses after the grant.
fn extended(
    flow: &Flow,
    scope: &Scope,
    log: &Log,
    running: &Running,
    clock: &Clock,
) -> Option<Due> {
    let rule = flow.extension.as_ref()?;
    let granted = rows(scope.fields, "extensions").iter().rev().find(|row| {
        row.get("agree") == Some(&Value::Bool(true)) && text(row, "state") == running.state
    })?;
    let step = step_of(granted);
    let to_due = granted.get("to_due")?.as_date()?;
    // A date that somebody set since then, by a later transition, wins over the grant.
    let stands = rule.field.as_deref().is_none_or(|id| {
        let computed = scope
            .definition
            .field(id)
            .is_some_and(|f| f.compute.is_some());
        computed || scope.fields.get(id).and_then(super::extension::day_of) == Some(to_due)
    });
    if step < running.step || !stands {
        return None;
    }
    let later: Vec<Stay> = log
        .stays
        .iter()
        .filter(|s| s.step > step)
        .cloned()
        .collect();
    let pauses = pauses(&later, clock);
    Some(moved_by(
        to_due,
        running.unit,
        &pauses,
        scope.moment.calendar,
    ))
}

/// Index of the stay's step under which a row of a system table was written.
pub(super) fn step_of(row: &Fields) -> usize {
    let step = row.get("step").and_then(Value::as_int).unwrap_or(0);
    usize::try_from(step).unwrap_or(0)
}

/// The deadline as stored in `clock_due`: that of the running clock, none while it stands still.
pub(super) fn due_value(flow: &Flow, scope: &Scope) -> Option<Value> {
    let running = running(flow, scope).filter(|r| !r.paused)?;
    Some(Value::DateTime(utc_text(running.due.at)))
}

/// What an edit of fields changes in the stored deadline, for writes that are no act: a clock may follow a date field.
pub fn retimed(scope: &Scope) -> Changes {
    let Some(flow) = &scope.definition.flow else {
        return Changes::new();
    };
    let due = due_value(flow, scope);
    if scope.fields.get("clock_due") == due.as_ref() {
        return Changes::new();
    }
    Changes::from([("clock_due".to_owned(), due)])
}

/// How the record's clock stands at the scope's moment; none when its state has no deadline.
pub fn clock(scope: &Scope) -> Option<ClockStand> {
    let flow = scope.definition.flow.as_ref()?;
    let running = running(flow, scope)?;
    let stage = stage(scope, &running);
    Some(ClockStand {
        due_at: utc_text(running.due.at),
        due_on: running.due.on,
        whole_day: running.due.whole_day,
        started_at: utc_text(running.start),
        paused: running.paused,
        share_used: share_used(scope, &running),
        stage,
        light: raise::light(flow, scope, &running, stage),
    })
}

fn stage(scope: &Scope, running: &Running) -> Stage {
    if running.paused {
        return Stage::Quiet;
    }
    let (today, calendar) = (scope.moment.today, scope.moment.calendar);
    let now = instant_of(scope.moment.now).unwrap_or(0);
    if now > running.due.at {
        let workdays = calendar.workdays_between(running.due.on, today).max(0);
        let level = 1 + u8::from(workdays >= LEVEL_2) + u8::from(workdays >= LEVEL_3);
        return Stage::Overdue { workdays, level };
    }
    if running.due.whole_day && today >= calendar.add_workdays(running.due.on, -1) {
        return Stage::LastDay;
    }
    match share_used(scope, running) {
        80.. => Stage::MostlyUsed,
        50..80 => Stage::Half,
        _ => Stage::Quiet,
    }
}

/// Percent of the time gone, pauses left out on both sides; working days where the clock counts them, else seconds.
fn share_used(scope: &Scope, running: &Running) -> u16 {
    let calendar = scope.moment.calendar;
    let now = instant_of(scope.moment.now).unwrap_or(0);
    let length = |from: i64, until: i64| match running.unit {
        SpanUnit::Workday => {
            i64::from(calendar.workdays_between(civil_day(from), civil_day(until)))
        }
        SpanUnit::WorkHour => super::span::office_seconds(from, until, calendar),
        _ => until - from,
    };
    let stood: i64 = running
        .pauses
        .iter()
        .map(|(from, until)| length(*from, *until))
        .sum();
    let total = length(running.start, running.due.at) - stood;
    let gone = length(running.start, now) - stood;
    if total <= 0 {
        return if now > running.due.at { 101 } else { 100 };
    }
    u16::try_from((gone.max(0) * 100 / total).min(999)).unwrap_or(0)
}

/// Light of a stage where no escalation says otherwise.
pub(super) fn light_of(stage: Stage) -> Lamp {
    match stage {
        Stage::Quiet | Stage::Half => Lamp::Green,
        Stage::MostlyUsed | Stage::LastDay => Lamp::Yellow,
        Stage::Overdue { .. } => Lamp::Red,
    }
}
