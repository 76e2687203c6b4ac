//! 单位赛马 and 逾期原因: how units deal with what is given to them, from the step logs alone, for any workflow. Units are
//! compared, never persons.
//!
//! Everything is seen as of the last day asked for: steps and extensions after it are left out, so that the league of a
//! past day comes out the same whenever it is printed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ground::{Date, Ratio, RecordId, WorkCalendar};

use super::act::{BEGIN, LATE_REASONS};
use super::clock::state;
use super::extension::day_of;
use super::log::{Log, Stay, initial, rows, text};
use super::moment::{civil_day, end_of, instant_of};
use crate::definition::Definition;
use crate::expr::{Known, Moment, Scope, Tree};
use crate::law::{ClockLimit, Flow, TransitionTo};
use crate::record::{Fields, Value};

/// Where a league finds what the steps do not say. Records from before the workflow have no steps at all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LeagueRule {
    /// Field with the unit that is measured; none = who held it while it was worked on.
    pub unit: Option<String>,
    /// Field with the deadline of the whole; none = the deadline of the last working state.
    pub due: Option<String>,
    /// Field with the day it was given, where the steps do not tell.
    pub asked: Option<String>,
    /// Field with the day it was closed, where the steps do not tell.
    pub closed: Option<String>,
}

impl LeagueRule {
    /// What the definition itself tells: the deadline is the field that extensions move, else the one a clock runs to.
    pub fn of(definition: &Definition) -> LeagueRule {
        let flow = definition.flow.as_ref();
        let by_clock =
            flow.into_iter()
                .flat_map(|flow| &flow.states)
                .find_map(|state| match &state.clock.as_ref()?.limit {
                    ClockLimit::Until(expr) => match expr.tree() {
                        Tree::Name(field) => Some(field.clone()),
                        _ => None,
                    },
                    _ => None,
                });
        let by_extension = flow.and_then(|flow| flow.extension.as_ref()?.field.clone());
        LeagueRule {
            due: by_extension.or(by_clock),
            ..LeagueRule::default()
        }
    }
}

/// Days of a league, both counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeagueDays {
    /// First day; none = since ever.
    pub from: Option<Date>,
    /// Last day: the end of the period or today, whichever is earlier.
    pub to: Date,
    /// The last day on which a due day is judged: what is open on its due day, while that day still runs, is neither in
    /// time nor late. The last day itself once it is over, the day before it while it is today.
    pub settled: Date,
}

impl LeagueDays {
    fn hold(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && day <= self.to
    }
}

/// One unit. Rates without a denominator have no value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UnitLine {
    /// Organisation; none for what nobody was given yet.
    pub unit: Option<RecordId>,
    /// Given to it: all that began by the last day and were not closed before the first.
    pub given: usize,
    /// 按期办结率. Closed on or before the due day, of all whose due day lies within the days and is over, or that are
    /// closed.
    pub on_time: Rate,
    /// 办结率. Closed of all given.
    pub closed: Rate,
    /// 认领及时率. First answer within its own deadline, of all whose first answer was due or came.
    pub claimed: Rate,
    /// 反弹率. Rebounds of rechecks within the days; without a recheck of its own in the workflow, of all closed.
    pub rebound: Rate,
    /// 打回率. Sent back of applied for, within the days.
    pub sent_back: Rate,
    /// 平均办理时长 in working days, pauses left out: sum and number of those closed within the days.
    pub working_days: Rate,
    /// 超期未结. Open on the last day and past their due day.
    pub overdue: Vec<RecordId>,
}

/// A part of a whole, both counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rate {
    /// Above.
    pub part: i64,
    /// Below.
    pub whole: i64,
}

impl Rate {
    fn add(&mut self, part: bool) {
        self.part += i64::from(part);
        self.whole += 1;
    }

    /// The rate; undefined when nothing is below the line.
    pub fn ratio(self) -> Ratio {
        Ratio::new(self.part.into(), self.whole.into())
    }
}

/// The league: best on-time rate first, then fewer overdue, more closed, and the order of the ids; units without a rate
/// last. Withdrawn records are left out.
pub fn league(
    records: &[Known],
    rule: &LeagueRule,
    days: LeagueDays,
    calendar: &WorkCalendar,
) -> Vec<UnitLine> {
    let mut lines: BTreeMap<Option<RecordId>, UnitLine> = BTreeMap::new();
    for known in records.iter().filter(|known| !known.record.withdrawn) {
        let Some(course) = Course::read(known, rule, days.to, calendar) else {
            continue;
        };
        let line = lines.entry(course.unit).or_default();
        line.unit = course.unit;
        course.count(line, known.record.id, days);
    }
    let mut lines: Vec<UnitLine> = lines
        .into_values()
        .filter(|line| *line != empty(line.unit))
        .collect();
    lines.sort_by_key(|line| {
        let rate = line.on_time.ratio().basis_points();
        (
            Reverse(rate),
            line.overdue.len(),
            Reverse(line.closed.part),
            line.unit,
        )
    });
    lines
}

fn empty(unit: Option<RecordId>) -> UnitLine {
    UnitLine {
        unit,
        ..UnitLine::default()
    }
}

/// What became of one record by the last day.
struct Course {
    unit: Option<RecordId>,
    asked: Date,
    due: Option<Date>,
    closed: Option<Date>,
    /// Deadline and moment of the first answer.
    claim: Option<(i64, Option<i64>)>,
    /// Seen at the end of the last day.
    now: i64,
    working_days: i64,
    /// Days of applications, returns, rechecks and rebounds.
    applied: Vec<Date>,
    sent_back: Vec<Date>,
    rechecked: Vec<Date>,
    rebounded: Vec<Date>,
    has_recheck: bool,
}

impl Course {
    /// None for what has not been given to anybody by that day.
    fn read(known: &Known, rule: &LeagueRule, to: Date, calendar: &WorkCalendar) -> Option<Course> {
        let definition = known.definition.as_ref();
        let flow = definition.flow.as_ref()?;
        let fields = as_of(flow, &known.record.fields, to);
        let moment = Moment {
            today: to,
            now: "",
            calendar,
        };
        let scope = Scope::new(definition, &fields, moment);
        let log = Log::read(flow, &scope);
        let day = |field: &Option<String>| fields.get(field.as_deref()?).and_then(day_of);
        let has_steps = !rows(&fields, "steps").is_empty();
        let here_done = is_done(flow, &log.here().state);
        let given = match given_at(flow, &log).filter(|_| has_steps) {
            Some(at) => Some(civil_day(at)),
            None if has_steps => None,
            None => day(&rule.asked),
        };
        let asked = given.filter(|asked| *asked <= to)?;
        let entered_done = closed_stay(flow, &log).map(|stay| civil_day(stay.from));
        let closed = match has_steps {
            true => entered_done,
            false => day(&rule.closed).filter(|day| *day <= to),
        };
        let working = last_working(flow, &log);
        let unit = rule
            .unit
            .as_ref()
            .and_then(|id| fields.get(id)?.as_ref_id());
        let due = day(&rule.due).or_else(|| {
            working
                .and_then(|stay| due_of(&fields, stay))
                .map(civil_day)
        });
        Some(Course {
            unit: unit.or_else(|| working.and_then(|stay| stay.holder)),
            asked,
            due,
            closed: closed.filter(|_| here_done),
            claim: claim(flow, &log, &fields),
            now: end_of(to),
            working_days: working_days(flow, &log, asked, closed, calendar),
            ..Course::events(flow, &fields, asked)
        })
    }

    /// Applications, returns, rechecks and rebounds by day.
    fn events(flow: &Flow, fields: &Fields, asked: Date) -> Course {
        let mut course = Course {
            unit: None,
            asked,
            due: None,
            closed: None,
            claim: None,
            now: 0,
            working_days: 0,
            applied: Vec::new(),
            sent_back: Vec::new(),
            rechecked: Vec::new(),
            rebounded: Vec::new(),
            has_recheck: flow.transitions.iter().any(|t| {
                let from_done = t
                    .from
                    .iter()
                    .any(|id| is_done(flow, id) && may_fail(flow, id));
                from_done && !t.negative
            }),
        };
        for step in rows(fields, "steps") {
            let (from, to) = (text(step, "from"), text(step, "to"));
            let Some(day) = instant_of(text(step, "at"))
                .map(civil_day)
                .filter(|_| from != to)
            else {
                continue;
            };
            let negative = flow
                .transitions
                .iter()
                .any(|t| t.id == text(step, "transition") && t.negative);
            if is_done(flow, from) && may_fail(flow, from) {
                course.rechecked.push(day);
                course.rebounded.extend(negative.then_some(day));
            }
            if !is_done(flow, from) && may_fail(flow, from) && negative {
                course.sent_back.push(day);
            }
            if !is_done(flow, to) && may_fail(flow, to) && text(step, "transition") != BEGIN {
                course.applied.push(day);
            }
        }
        course
    }

    fn count(&self, line: &mut UnitLine, id: RecordId, days: LeagueDays) {
        let closed_before = self
            .closed
            .zip(days.from)
            .is_some_and(|(closed, from)| closed < from);
        if !closed_before {
            line.given += 1;
            line.closed.add(self.closed.is_some());
        }
        if let Some(due) = self.due {
            // On its last day what is still open is neither in time nor late.
            if days.hold(due) && (self.closed.is_some() || due <= days.settled) {
                line.on_time
                    .add(self.closed.is_some_and(|closed| closed <= due));
            }
            if self.closed.is_none() && due < days.to {
                line.overdue.push(id);
            }
        }
        if let Some((due, answered)) = self.claim.filter(|_| days.hold(self.asked)) {
            // Still in time and not answered: nothing to judge yet.
            if answered.is_some() || self.now > due {
                line.claimed.add(answered.is_some_and(|at| at <= due));
            }
        }
        if let Some(closed) = self.closed.filter(|closed| days.hold(*closed)) {
            line.working_days.part += self.working_days;
            line.working_days.whole += 1;
            if !self.has_recheck && self.rechecked.is_empty() && closed <= days.to {
                line.rebound.whole += 1;
            }
        }
        let within = |list: &[Date]| list.iter().filter(|day| days.hold(**day)).count() as i64;
        line.rebound.part += within(&self.rebounded);
        line.rebound.whole += within(&self.rechecked);
        line.sent_back.part += within(&self.sent_back);
        line.sent_back.whole += within(&self.applied);
    }
}

fn is_done(flow: &Flow, id: &str) -> bool {
    state(flow, id).is_some_and(|state| state.done)
}

/// A judgement is passed in this state: a negative way leads out of it that is not the holder's own.
fn may_fail(flow: &Flow, id: &str) -> bool {
    flow.transitions.iter().any(|t| {
        t.negative
            && t.from.iter().any(|from| from == id)
            && !t.roles.iter().any(|role| role == "holder")
    })
}

/// The fields as they were at the end of a day: later steps left out, the state taken from the last one, later
/// extensions not yet granted.
fn as_of(flow: &Flow, fields: &Fields, to: Date) -> Fields {
    let end = end_of(to);
    let by = |row: &Fields, column: &str| instant_of(text(row, column)).is_none_or(|at| at <= end);
    let all = rows(fields, "steps");
    let steps: Vec<Fields> = all.iter().filter(|row| by(row, "at")).cloned().collect();
    let mut seen = fields.clone();
    if let Some(last) = steps.last().filter(|_| steps.len() < all.len()) {
        seen.insert("state".into(), Value::Text(text(last, "to").to_owned()));
        super::desk::put(&mut seen, "holder", last.get("holder").cloned());
    }
    let later = rows(fields, "extensions")
        .iter()
        .find(|row| row.get("agree") == Some(&Value::Bool(true)) && !by(row, "decided_at"));
    let field = flow.extension.as_ref().and_then(|rule| rule.field.clone());
    if let Some((id, due)) = field.zip(later.and_then(|row| row.get("from_due")).cloned()) {
        seen.insert(id, due);
    }
    seen.insert("steps".into(), Value::Rows(steps));
    seen
}

/// When the record first left its initial state.
fn given_at(flow: &Flow, log: &Log) -> Option<i64> {
    let first = initial(flow)?;
    let given = log.stays.iter().find(|stay| stay.state != first.id)?;
    Some(given.from)
}

/// The stay that entered the done states the record is in now, not a later one among them.
fn closed_stay<'a>(flow: &Flow, log: &'a Log) -> Option<&'a Stay> {
    let done = log
        .stays
        .iter()
        .rev()
        .take_while(|stay| is_done(flow, &stay.state));
    done.last()
}

/// The last stay in which the holder worked against a clock: neither done nor under judgement, nor still to be taken up.
fn last_working<'a>(flow: &Flow, log: &'a Log) -> Option<&'a Stay> {
    let timed = |stay: &&Stay| {
        let state = state(flow, &stay.state);
        state.is_some_and(|state| state.clock.is_some() && !state.done)
    };
    let open = || log.stays.iter().rev().filter(timed);
    open()
        .find(|stay| !may_fail(flow, &stay.state))
        .or_else(|| open().next())
}

/// The deadline of a stay as its last step tells it.
fn due_of(fields: &Fields, stay: &Stay) -> Option<i64> {
    let steps = rows(fields, "steps").iter().skip(stay.step);
    let own = steps
        .enumerate()
        .take_while(|(n, row)| *n == 0 || text(row, "from") == text(row, "to"));
    own.filter_map(|(_, row)| instant_of(text(row, "due")))
        .last()
}

/// Deadline and moment of the holder's first answer: of the first state against a clock that a way of the holder's
/// leads out of into further work. Where the holder's first act is the work itself, there is nothing to take up.
fn claim(flow: &Flow, log: &Log, fields: &Fields) -> Option<(i64, Option<i64>)> {
    let first = log
        .stays
        .iter()
        .find(|stay| is_taken_up(flow, &stay.state))?;
    Some((due_of(fields, first)?, first.until))
}

fn is_taken_up(flow: &Flow, id: &str) -> bool {
    let works = |to: &TransitionTo| match to {
        TransitionTo::State(to) => to != id && is_timed(flow, to) && !may_fail(flow, to),
        _ => false,
    };
    let mut ways = flow
        .transitions
        .iter()
        .filter(|t| t.from.iter().any(|from| from == id));
    is_timed(flow, id) && ways.any(|t| t.roles.iter().any(|role| role == "holder") && works(&t.to))
}

fn is_timed(flow: &Flow, id: &str) -> bool {
    state(flow, id).is_some_and(|state| state.clock.is_some() && !state.done && !state.initial)
}

/// Working days from being given to being closed, stays in pause states left out.
fn working_days(
    flow: &Flow,
    log: &Log,
    asked: Date,
    closed: Option<Date>,
    calendar: &WorkCalendar,
) -> i64 {
    let Some(closed) = closed else { return 0 };
    let pauses = flow.states.iter().filter_map(|state| state.clock.as_ref());
    let pauses: Vec<&String> = pauses.flat_map(|clock| &clock.pause_in).collect();
    let standing = log
        .stays
        .iter()
        .filter(|stay| pauses.contains(&&stay.state));
    let stood: i32 = standing
        .filter_map(|stay| {
            Some(calendar.workdays_between(civil_day(stay.from), civil_day(stay.until?)))
        })
        .sum();
    i64::from(calendar.workdays_between(asked, closed) - stood).max(0)
}

/// Why deadlines were missed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhyLate {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Times it was given.
    pub count: usize,
    /// Records, each once.
    pub records: Vec<RecordId>,
}

/// Reasons given within the days, most frequent first; in the order of the list where they are as many.
pub fn why_late(records: &[Known], days: LeagueDays) -> Vec<WhyLate> {
    let mut reasons: Vec<WhyLate> = LATE_REASONS
        .iter()
        .map(|(code, label)| WhyLate {
            code: (*code).to_owned(),
            label: (*label).to_owned(),
            count: 0,
            records: Vec::new(),
        })
        .collect();
    for known in records.iter().filter(|known| !known.record.withdrawn) {
        for step in rows(&known.record.fields, "steps") {
            let day = instant_of(text(step, "at")).map(civil_day);
            let reason = reasons
                .iter_mut()
                .find(|r| r.code == text(step, "late_code"));
            let Some(reason) = reason.filter(|_| day.is_some_and(|day| days.hold(day))) else {
                continue;
            };
            reason.count += 1;
            if reason.records.last() != Some(&known.record.id) {
                reason.records.push(known.record.id);
            }
        }
    }
    reasons.retain(|reason| reason.count > 0);
    reasons.sort_by_key(|reason| Reverse(reason.count));
    reasons
}
