//! JSON of fill cycles, drives and the ledger of what units are asked for.

use super::{FindingView, RagView, each};
use app::page::cycle as page;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Who has sent a form for a period and who has not.
#[derive(Serialize, ToSchema)]
pub struct CycleBoard {
    /// Code: 2023M03T1.
    pub period: String,
    pub label: String,
    pub open_on: String,
    pub due_on: String,
    pub lock_on: Option<String>,
    /// Periods beside it, for turning pages.
    pub previous: String,
    pub next: String,
    pub units: Vec<CycleUnit>,
    /// Units by status.
    pub counts: BTreeMap<String, usize>,
    /// Words to remind with; units only.
    pub reminder: String,
}

/// One unit of a board.
#[derive(Serialize, ToSchema)]
pub struct CycleUnit {
    pub id: String,
    pub name: String,
    /// sent, zero, late, open, missing, locked.
    pub status: String,
    pub record_id: Option<String>,
    pub at: Option<String>,
    /// Its report on the page.
    pub link: Option<String>,
    /// A request to open the locked form again that waits for an answer.
    pub unlock: Option<CycleUnlock>,
}

/// A request that waits.
#[derive(Serialize, ToSchema)]
pub struct CycleUnlock {
    pub id: String,
    pub reason: String,
}

impl CycleBoard {
    /// The board of a register.
    pub fn new(register: &str, board: &page::CycleBoard) -> Self {
        let unit = |unit: &page::CycleUnit| CycleUnit {
            id: unit.id.clone(),
            name: unit.name.clone(),
            status: unit.status.to_owned(),
            link: unit
                .record
                .as_ref()
                .map(|id| format!("/registers/{register}/{id}")),
            record_id: unit.record.clone(),
            at: unit.at.clone(),
            unlock: unit.unlock.as_ref().map(|(id, reason)| CycleUnlock {
                id: id.clone(),
                reason: reason.clone(),
            }),
        };
        let count = |(status, count): &(&'static str, usize)| ((*status).to_owned(), *count);
        Self {
            period: board.period.code(),
            label: board.period.label(),
            open_on: board.open_on.to_string(),
            due_on: board.due_on.to_string(),
            lock_on: board.lock_on.map(|day| day.to_string()),
            previous: board.period.previous().code(),
            next: board.period.next().code(),
            units: board.units.iter().map(unit).collect(),
            counts: board.counts.iter().map(count).collect(),
            reminder: board.reminder.clone(),
        }
    }
}

/// Asks to open a locked period for a unit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlockBody {
    pub unit: String,
    pub period: String,
    pub reason: String,
}

/// Answers such a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlockAnswer {
    pub grant: bool,
    /// Required when it is refused.
    #[serde(default)]
    pub reason: String,
}

/// The drives of a register.
#[derive(Serialize, ToSchema)]
pub struct CampaignList {
    pub campaigns: Vec<Campaign>,
}

/// 专项行动. How far a drive is.
#[derive(Serialize, ToSchema)]
pub struct Campaign {
    pub id: String,
    pub title: String,
    pub start: String,
    pub due: Option<String>,
    /// Records to be covered.
    pub of: usize,
    pub done: usize,
    /// Done of all in percent, cut off after two digits; null when there is nothing to cover.
    pub percent: Option<String>,
    pub text: String,
    pub light: RagView,
    /// Register whose records are covered.
    pub register: String,
    /// Records still open, the first hundred.
    pub open: Vec<CampaignOpen>,
}

/// A record that a drive has not covered yet.
#[derive(Serialize, ToSchema)]
pub struct CampaignOpen {
    pub id: String,
    pub name: String,
}

impl From<&Vec<page::CampaignLine>> for CampaignList {
    fn from(lines: &Vec<page::CampaignLine>) -> Self {
        Self {
            campaigns: each(lines),
        }
    }
}

impl From<&page::CampaignLine> for Campaign {
    fn from(line: &page::CampaignLine) -> Self {
        let open = |(id, name): &(String, String)| CampaignOpen {
            id: id.clone(),
            name: name.clone(),
        };
        Self {
            id: line.id.clone(),
            title: line.title.clone(),
            start: line.start.to_string(),
            due: line.due.map(|day| day.to_string()),
            of: line.of,
            done: line.done,
            percent: line.percent.clone(),
            text: line.text.clone(),
            light: RagView::from(line.rag),
            register: line.register.clone(),
            open: line.open.iter().map(open).collect(),
        }
    }
}

/// What every unit is asked for in a month.
#[derive(Serialize, ToSchema)]
pub struct AskLedger {
    pub units: Vec<AskUnit>,
    pub forms: Vec<AskForm>,
    /// Fields that ask for what is held already.
    pub held: Vec<FindingView>,
}

/// The burden of one unit.
#[derive(Serialize, ToSchema)]
pub struct AskUnit {
    pub name: String,
    pub forms: usize,
    pub fields: usize,
    pub fillings: usize,
}

/// One form.
#[derive(Serialize, ToSchema)]
pub struct AskForm {
    pub register: String,
    pub title: String,
    pub fields: usize,
    pub times: usize,
}

impl From<&app::asks::AskLedger> for AskLedger {
    fn from(ledger: &app::asks::AskLedger) -> Self {
        let unit = |unit: &app::register::asks::UnitLoad| AskUnit {
            name: unit.name.clone(),
            forms: unit.forms,
            fields: unit.fields,
            fillings: unit.fillings,
        };
        let form = |form: &app::register::asks::FormLoad| AskForm {
            register: form.register.clone(),
            title: form.title.clone(),
            fields: form.fields,
            times: form.times,
        };
        Self {
            units: ledger.load.units.iter().map(unit).collect(),
            forms: ledger.load.forms.iter().map(form).collect(),
            held: each(&ledger.held),
        }
    }
}
