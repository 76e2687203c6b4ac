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

/// 口径 of each figure of a definition: id, sentence.
fn bases(app: &App, definition: &Definition) -> Vec<(String, String)> {
    let all = app.definitions();
    let told = |metric: &register::law::Metric| {
        let basis = basis_text(definition, metric, Some(all.as_ref()));
        (metric.id.clone(), basis)
    };
    definition.metrics.iter().map(told).collect()
}
