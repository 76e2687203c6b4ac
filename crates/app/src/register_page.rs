//! A register for one person: its fields, what may be done in it, what its figures count.

use crate::App;
use crate::account::Actor;
use crate::definition_editing::may_edit;
use crate::error::AppError;
use crate::page::register::{RegisterCan, RegisterPage};
use crate::permit::Access;
use register::Definition;
use register::law::Ability;
use register::metric::basis_text;

/// The register as this person sees it.
///
/// # Errors
/// `NotFound` when there is no such register, `Forbidden` when this person reads nothing of it.
pub fn register(app: &App, actor: &Actor, id: &str) -> Result<RegisterPage, AppError> {
    let whole = app.definition(id)?;
    let access = Access::new(app, actor, &whole)?;
    access.need(Ability::Read)?;
    let definition = access.seen_definition();
    Ok(RegisterPage {
        bases: bases(app, &definition),
        acts: acts(actor, &definition),
        can: RegisterCan {
            create: access.may(Ability::Create),
            read: true,
            update: access.may(Ability::Update),
            withdraw: access.may(Ability::Withdraw),
            export: access.may(Ability::Export),
            import: access.may(Ability::Import),
            begin: access.may(Ability::Create) && may_begin(&definition, actor),
            edit_definition: may_edit(app, actor),
        },
        definition,
    })
}

/// Transitions that this person's roles allow on some record, so that a page offers no way that is closed anyway.
fn acts(actor: &Actor, definition: &Definition) -> Vec<String> {
    if actor.only_reads() {
        return Vec::new();
    }
    let transitions = definition.flow.iter().flat_map(|flow| &flow.transitions);
    let mine = transitions.filter(|one| one.roles.iter().any(|role| actor.may_fit(role)));
    mine.map(|one| one.id.clone()).collect()
}

/// Whether some way out of the first state is this person's: who makes a record holds it, and has made it.
fn may_begin(definition: &Definition, actor: &Actor) -> bool {
    let Some(flow) = &definition.flow else {
        return true;
    };
    let first = flow.states.iter().find(|state| state.initial);
    let mut ways = flow.transitions.iter().filter(|one| {
        let from_first = first.is_some_and(|first| one.from.contains(&first.id));
        from_first && !one.negative && one.auto.is_none()
    });
    ways.any(|one| one.roles.iter().any(|role| fits_maker(role, actor)))
}

/// A role that who makes a record has by making it, or one of the account's; the supervising office stands in for all.
fn fits_maker(role: &str, actor: &Actor) -> bool {
    let role = role.strip_prefix("role:").unwrap_or(role);
    let by_making = ["anyone", "holder", "creator"].contains(&role);
    by_making
        || actor
            .roles
            .iter()
            .any(|own| own == role || own == "supervisor")
}

/// 口径 of each figure of a definition: id, sentence.
fn bases(app: &App, definition: &Definition) -> Vec<(String, String)> {
    let all = app.definitions();
    let told = |metric: &register::law::Metric| {
        let basis = basis_text(definition, metric, Some(all.as_ref()));
        (metric.id.clone(), basis)
    };
    definition.metrics.iter().map(told).collect()
}
