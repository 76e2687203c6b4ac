//! Escalation: steps in force, lights they give, records they open; and transitions that happen by themselves.

use super::act::{Opening, Raised, Stage};
use super::clock::{Running, light_of, running, state};
use super::log::Log;
use super::moment::{instant_of, shift_days, start_of};
use crate::expr::{Scope, holds};
use crate::law::{EscalationStep, Flow, Lamp, Span, Transition};
use ground::Date;

/// Escalation steps in force at the scope's moment, in the order written.
pub fn raised(scope: &Scope) -> Vec<Raised> {
    let Some(flow) = &scope.definition.flow else {
        return Vec::new();
    };
    let Some(running) = running(flow, scope) else {
        return Vec::new();
    };
    let steps = steps(flow, &running).filter(|(_, step)| in_force(step, scope, &running));
    steps
        .map(|(place, step)| Raised {
            key: format!("{}/{place}/{}", running.state, running.due.on),
            why: why(step),
            light: step.light,
            notify: step.notify.clone(),
            opens: step
                .open
                .iter()
                .flat_map(|opens| super::open::openings(opens, scope))
                .collect::<Vec<Opening>>(),
        })
        .collect()
}

/// `距时限还有1个工作日`, `今天到时限`, `已超期3个工作日`.
fn why(step: &EscalationStep) -> String {
    let span = Span {
        count: step.at.count.abs(),
        ..step.at
    };
    let span = span.label().replace(' ', "");
    match step.at.count {
        0 => "今天到时限".to_owned(),
        ..0 => format!("距时限还有{span}"),
        _ => format!("已超期{span}"),
    }
}

/// Steps that watch the clock's state, each with its place in the definition.
fn steps<'a>(
    flow: &'a Flow,
    running: &'a Running,
) -> impl Iterator<Item = (String, &'a EscalationStep)> {
    let watching = flow
        .escalations
        .iter()
        .enumerate()
        .filter(|(_, escalation)| {
            escalation.states.is_empty() || escalation.states.contains(&running.state)
        });
    watching.flat_map(|(n, escalation)| {
        let steps = escalation.steps.iter().enumerate();
        steps.map(move |(m, step)| (format!("{n}.{m}"), step))
    })
}

fn in_force(step: &EscalationStep, scope: &Scope, running: &Running) -> bool {
    let now = instant_of(scope.moment.now).unwrap_or(0);
    !running.paused
        && match begins(step, scope, running) {
            From::Second(at) => now >= at,
            From::Morning(day) => scope.moment.today >= day,
        }
}

/// From when on a step holds.
enum From {
    Second(i64),
    Morning(Date),
}

/// Steps in days hold from the morning of their day; `+0wd` of a deadline to the minute, and steps in hours, hold from
/// their minute.
fn begins(step: &EscalationStep, scope: &Scope, running: &Running) -> From {
    let calendar = scope.moment.calendar;
    let by_minute = step.at.unit.is_short() || (step.at.count == 0 && !running.due.whole_day);
    match (by_minute, step.at.count) {
        (true, 0) => From::Second(running.due.at + 1),
        (true, _) => From::Second(step.at.due(running.due.at, &[], calendar).at),
        (false, _) => From::Morning(step.at.counted_from(running.due.on, calendar)),
    }
}

/// The next moment at which something may happen to the record by itself, seconds since 1970 UTC; none when only a
/// change of the record brings anything. What waits for more than the clock is looked at again the next morning.
pub fn next_look(scope: &Scope) -> Option<i64> {
    let now = instant_of(scope.moment.now)?;
    let mut all = crate::duty::next_looks(scope);
    if let Some(flow) = &scope.definition.flow {
        if let Some(running) = running(flow, scope).filter(|one| !one.paused) {
            let acting = |step: &EscalationStep| step.open.is_some() || !step.notify.is_empty();
            let steps = steps(flow, &running).filter(|(_, step)| acting(step));
            all.extend(steps.map(|(_, step)| match begins(step, scope, &running) {
                From::Second(at) => at,
                From::Morning(day) => start_of(day),
            }));
        }
        let waiting = flow
            .transitions
            .iter()
            .filter_map(|t| ripens(t, flow, scope));
        let morning = start_of(shift_days(scope.moment.today, 1));
        all.extend(waiting.map(|at| if at > now { at } else { morning }));
    }
    all.into_iter().filter(|at| *at > now).min()
}

/// When the span of an automatic transition out of the record's state has run out.
fn ripens(transition: &Transition, flow: &Flow, scope: &Scope) -> Option<i64> {
    let span = transition.auto?;
    let log = Log::read(flow, scope);
    let here = log.here();
    let waits = starts_from(transition, flow, &here.state) && transition.approve.is_none();
    waits.then(|| span.due(here.from, &[], scope.moment.calendar).at + 1)
}

/// Light of a clock: where the escalations of its state name a lamp, that lamp comes from them alone.
pub(super) fn light(flow: &Flow, scope: &Scope, running: &Running, stage: Stage) -> Lamp {
    let named = |lamp: Lamp| steps(flow, running).any(|(_, s)| s.light == Some(lamp));
    let by_step = steps(flow, running)
        .filter(|(_, step)| in_force(step, scope, running))
        .filter_map(|(_, step)| step.light)
        .max()
        .unwrap_or(Lamp::Green);
    let by_stage = match light_of(stage) {
        Lamp::Red if named(Lamp::Red) => Lamp::Yellow,
        lamp => lamp,
    };
    let by_stage = match by_stage {
        Lamp::Yellow if named(Lamp::Yellow) => Lamp::Green,
        lamp => lamp,
    };
    by_step.max(by_stage)
}

/// The transition that happens by itself now: its span in the state has run out and its guard holds.
pub fn automatic(scope: &Scope) -> Option<String> {
    let flow = scope.definition.flow.as_ref()?;
    let found = flow.transitions.iter().find(|t| is_ripe(t, flow, scope))?;
    Some(found.id.clone())
}

/// Whether a transition may happen without a person at the scope's moment.
pub(super) fn is_ripe(transition: &Transition, flow: &Flow, scope: &Scope) -> bool {
    let now = instant_of(scope.moment.now).unwrap_or(0);
    ripens(transition, flow, scope).is_some_and(|at| now >= at)
        && transition
            .guard
            .as_ref()
            .is_none_or(|guard| holds(guard, scope))
}

/// Whether a transition starts from a state; one that names none starts from all that are not final.
pub(super) fn starts_from(transition: &Transition, flow: &Flow, from: &str) -> bool {
    if transition.from.is_empty() {
        return state(flow, from).is_some_and(|s| !s.is_final);
    }
    transition.from.iter().any(|id| id == from)
}
