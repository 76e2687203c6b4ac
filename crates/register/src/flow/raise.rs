//! Escalation: steps in force, lights they give, records they open; and transitions that happen by themselves.

use super::act::{Opening, Raised, Stage};
use super::clock::{Running, light_of, running, state};
use super::log::Log;
use super::moment::instant_of;
use crate::expr::{Scope, holds};
use crate::law::{EscalationStep, Flow, Lamp, Transition};

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

/// Steps in days hold from the morning of their day; `+0wd` of a deadline to the minute, and steps in hours, hold from
/// their minute.
fn in_force(step: &EscalationStep, scope: &Scope, running: &Running) -> bool {
    if running.paused {
        return false;
    }
    let now = instant_of(scope.moment.now).unwrap_or(0);
    let by_minute = step.at.unit.is_short() || (step.at.count == 0 && !running.due.whole_day);
    if by_minute {
        let at = step.at.due(running.due.at, &[], scope.moment.calendar).at;
        return if step.at.count == 0 {
            now > running.due.at
        } else {
            now >= at
        };
    }
    scope.moment.today >= step.at.counted_from(running.due.on, scope.moment.calendar)
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
    let Some(span) = transition.auto else {
        return false;
    };
    let log = Log::read(flow, scope);
    let here = log.here();
    let now = instant_of(scope.moment.now).unwrap_or(0);
    let due = span.due(here.from, &[], scope.moment.calendar);
    starts_from(transition, flow, &here.state)
        && transition.approve.is_none()
        && now > due.at
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
