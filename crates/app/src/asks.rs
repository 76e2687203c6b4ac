//! 减负 What every unit is asked for in a month, and what is asked for although it is held already.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::metrics::read_period;
use crate::world::{Setting, StoreWorld};
use ground::{Finding, PeriodKind};
use register::Definition;
use register::asks::{Load, already_held, load};
use std::sync::Arc;

/// The ledger of a month.
#[derive(Clone, Debug)]
pub struct AskLedger {
    /// Units and forms.
    pub load: Load,
    /// Fields that ask for what another register holds.
    pub held: Vec<Finding>,
}

/// The ledger of a month, the present one when none is named. It is about units, so every reader of the whole district
/// sees it; a person of one unit sees that unit.
///
/// # Errors
/// `Invalid` for what is no month.
pub fn ledger(app: &App, actor: &Actor, month: Option<&str>) -> Result<AskLedger, AppError> {
    actor.need_role(app)?;
    let setting = Setting::new(app, None);
    let month = match month {
        None => PeriodKind::Month.containing(setting.today),
        Some(text) => {
            // A page asks for `2023-03`, periods are written `2023M03`.
            let code = text.replacen('-', "M", 1);
            let period = read_period(&code)?;
            if period.kind() != PeriodKind::Month {
                return Err(not_a_month(text));
            }
            period
        }
    };
    let all = setting.definitions.clone();
    let definitions: Vec<&Definition> = all.iter().map(Arc::as_ref).collect();
    let forms: Vec<&Definition> = definitions
        .iter()
        .copied()
        .filter(|one| one.cycle.is_some())
        .collect();
    let Some(first) = forms.first() else {
        return Ok(AskLedger {
            load: Load::default(),
            held: Vec::new(),
        });
    };
    let mut load = app.look(|reader| {
        let world = StoreWorld::new(reader, &setting);
        let load = load(forms.iter().copied(), month, &world, setting.moment(first));
        world.finish()?;
        Ok(load)
    })?;
    if actor.scope(app).is_some() {
        let own = app.look(|reader| Ok(crate::world::org_at(reader, &actor.org)?))?;
        load.units.retain(|unit| Some(unit.unit) == own);
    }
    let held = forms.iter().flat_map(|form| {
        let found = already_held(form, definitions.iter().copied());
        found.into_iter().map(|finding| in_words(form, finding))
    });
    Ok(AskLedger {
        load,
        held: held.collect(),
    })
}

/// The finding with its place in the words of the form.
fn in_words(form: &Definition, mut finding: Finding) -> Finding {
    let field = finding.place.rsplit('.').next();
    if let Some(field) = field.and_then(|id| form.field(id)) {
        finding.place = format!("{}·{}", form.title.zh, field.label.zh);
    }
    finding
}

fn not_a_month(text: &str) -> AppError {
    AppError::invalid(Finding::error(
        "asks.month",
        "month",
        format!("“{text}”不是一个月。"),
        "请写 2023-03 这样的月份。",
    ))
}
