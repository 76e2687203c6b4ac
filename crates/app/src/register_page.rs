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

/// 口径 of each figure of a definition: id, sentence.
fn bases(app: &App, definition: &Definition) -> Vec<(String, String)> {
    let all = app.definitions();
    let told = |metric: &register::law::Metric| {
        let basis = basis_text(definition, metric, Some(all.as_ref()));
        (metric.id.clone(), basis)
    };
    definition.metrics.iter().map(told).collect()
}
