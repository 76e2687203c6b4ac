//! 流程. Workflow: states and the ways between them, signatures, deadlines, extensions, escalation.
//!
//! Everything follows from the record's own fields: `steps` is the log of what was done, `state`, `holder` and
//! `clock_due` are what the log comes to. Nothing here knows a clock or a database: a scope and an act come in, the
//! values to write go out. Who may act for whom (委托), telling people and running the tick are left to `app`.

mod act;
mod built_in;
mod clock;
mod desk;
mod extension;
mod league;
mod log;
pub(crate) mod moment;
mod open;
mod raise;
mod role;
mod signing;
mod span;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod transition;
mod ways;

use ground::Finding;

pub use act::{
    ADD_SIGNER, Act, BEGIN, Changes, ClockStand, DECIDE_EXTENSION, EXTEND, HAND_OVER, LATE_REASONS,
    LateReason, NOT_SIGNED, Offered, Opening, Outcome, RECALL, Raised, Signed, Signing, Stage,
};
pub use clock::{clock, retimed};
pub use extension::{AskedExtension, asked_extension};
pub use league::{LeagueDays, LeagueRule, Rate, UnitLine, WhyLate, league, why_late};
pub(crate) use moment::shift_days;
pub(crate) use open::openings;
pub use raise::{automatic, next_look, raised};
pub use role::role_label;
pub use signing::{AskedSigner, asked_signers};
pub use span::{Due, OFFICE_HOURS, office_seconds};

pub use ways::ways_to_change;

use crate::expr::Scope;
use crate::record::{Fields, Value};
use desk::{Desk, Step, put};

/// What a new record needs: state, holder, first step, deadline, the definition's version, who made it. A state that an
/// import has filled in is kept; a holder given is kept, else the maker's organisation holds it.
pub fn begin(scope: &Scope) -> Changes {
    let Some(desk) = Desk::open(scope) else {
        return Changes::new();
    };
    let user = scope.user;
    let mut fields: Fields = scope.fields.clone();
    let version = Value::Text(scope.definition.version.clone());
    fields.insert("flow_version".into(), version);
    put(
        &mut fields,
        "created_by",
        user.map(|user| Value::Text(user.id.clone())),
    );
    let step = Step {
        transition: BEGIN,
        to: desk.here(),
        holder: desk.holder().or_else(|| user.and_then(|user| user.org)),
        reason: None,
        late: None,
        acting_for: None,
    };
    desk.commit(fields, &step)
}

/// What the scope's user may do now, transitions in the order written, then the built-in acts. Acts that are barred for
/// a reason are told with it; those of other roles are left out.
pub fn offered(scope: &Scope) -> Vec<Offered> {
    let Some(desk) = Desk::open(scope).filter(|_| scope.user.is_some()) else {
        return Vec::new();
    };
    let transitions = desk.flow.transitions.iter();
    let mut offered: Vec<Offered> = transitions
        .filter_map(|t| transition::offered(&desk, t))
        .collect();
    let mut built_in = vec![
        built_in::offered_recall(&desk),
        built_in::offered_hand_over(&desk),
        signing::offered_addition(&desk),
    ];
    built_in.extend(extension::offered(&desk).into_iter().map(Some));
    for act in built_in.into_iter().flatten() {
        if desk.flow.transitions.iter().all(|t| t.id != act.id) {
            offered.push(act);
        }
    }
    offered
}

/// Does an act. Without a user in the scope only a transition that has become automatic is done.
///
/// # Errors
/// Everything that stands in the way, each with its place, problem and remedy.
pub fn perform(scope: &Scope, act: &Act) -> Result<Outcome, Vec<Finding>> {
    let Some(desk) = Desk::open(scope) else {
        return Err(vec![desk::refuse(
            "flow.none",
            &scope.definition.id,
            format!("“{}”没有办理流程", scope.definition.title.zh),
            "请直接修改记录",
        )]);
    };
    let found = desk.flow.transitions.iter().find(|t| t.id == act.id);
    match (found, act.id.as_str()) {
        (Some(found), _) => transition::perform(&desk, found, act),
        (None, RECALL) => built_in::recall(&desk, act),
        (None, HAND_OVER) => built_in::hand_over(&desk, act),
        (None, ADD_SIGNER) => signing::add_signer(&desk, act),
        (None, EXTEND) => extension::extend(&desk, act),
        (None, DECIDE_EXTENSION) => extension::decide(&desk, act),
        (None, id) => Err(vec![desk::refuse(
            "flow.unknown_act",
            id,
            format!("“{}”没有“{id}”这种办理", scope.definition.title.zh),
            "请刷新页面，按显示的按钮办理",
        )]),
    }
}
