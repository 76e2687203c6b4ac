//! 采用 A kept trial put into force: the usual change of the plan, which marks the copy it came from in the same
//! transaction. The mark stands outside the batch: undoing the batch must not fail because the copy was renamed since.

use super::{PlanScenario, SCENARIO, Sifted, find, open};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::Desk;
use crate::page::plan_scenario::Adopted;
use crate::permit::Access;
use crate::project_plan::{Change, PlanBook};
use crate::records::change_row;
use ground::{Date, Finding, RecordId};
use register::law::Ability;
use register::{Definition, Fields, Value};
use std::sync::Arc;
use store::Writer;

/// The copy that a change of the plan puts into force.
pub(in crate::project_plan) struct Adopting {
    definition: Arc<Definition>,
    target: (RecordId, i64),
    today: Date,
}

impl Adopting {
    /// # Errors
    /// `NotFound` when the copy is none of this plan, `Conflict` when it says something else than the changes: it was
    /// replaced since it was opened, or more was changed on top of it.
    pub fn of(
        app: &App,
        actor: &Actor,
        book: &PlanBook,
        id: &str,
        changes: &[Change],
    ) -> Result<Self, AppError> {
        let definition = app.definition(SCENARIO)?;
        Access::new(app, actor, &definition)?.need(Ability::Update)?;
        let scenario = find(open(app, book)?, id)?;
        let before = adopted(app, book, &scenario)?;
        if before.is_some_and(|before| !before.undone) {
            return Err(AppError::Conflict(vec![twice(&scenario)]));
        }
        if Sifted::of(app, book, &scenario)?.changes() != changes {
            return Err(AppError::Conflict(vec![differs(&scenario)]));
        }
        Ok(Self {
            definition,
            target: (scenario.id, scenario.version),
            today: book.state.today,
        })
    }

    /// Marks the copy with the batch that made its changes.
    pub fn mark(
        &self,
        writer: &mut Writer<'_>,
        desk: &Desk,
        batch: RecordId,
    ) -> Result<(), AppError> {
        let mut desk = desk.clone();
        desk.meta.batch = None;
        let fields = Fields::from([
            ("adopted_on".to_owned(), Value::Date(self.today)),
            ("adopted_batch".to_owned(), Value::Text(batch.to_string())),
        ]);
        let named: Vec<String> = fields.keys().cloned().collect();
        change_row(writer, &desk, &self.definition, self.target, &named, fields)
    }
}

fn twice(scenario: &PlanScenario) -> Finding {
    let problem = format!("方案“{}”已经采用过了。", scenario.name);
    let remedy = "它的改动已经在计划里；要再改，请另做一个方案。";
    Finding::error("plan.scenario_twice", "推演方案", problem, remedy)
}

fn differs(scenario: &PlanScenario) -> Finding {
    let problem = format!(
        "方案“{}”和现在要保存的改动不一样：它被别人换过，或者打开以后又改了几步。",
        scenario.name
    );
    let remedy = "请重新打开方案再采用；或者先用现在的改动替换方案。";
    Finding::error("plan.scenario_differs", "推演方案", problem, remedy)
}

/// Whether and when a copy was put into force, and whether that was taken back by the end of the book's day.
pub(super) fn adopted(
    app: &App,
    book: &PlanBook,
    scenario: &PlanScenario,
) -> Result<Option<Adopted>, AppError> {
    let Some((on, batch)) = scenario.adopted else {
        return Ok(None);
    };
    let known = app.read(|reader| reader.batch(batch));
    let past = book.day.filter(|day| *day < app.today());
    let by = past.map(crate::clock::end_of_day);
    let undone = known.ok().and_then(|batch| batch.undone);
    Ok(Some(Adopted {
        on,
        batch_id: batch.to_string(),
        undone: undone.is_some_and(|(at, _)| by.is_none_or(|by| at <= by)),
    }))
}
