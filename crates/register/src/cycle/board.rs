//! Who has sent and who has not.

use ground::{Date, RecordId};

use super::{Window, period_of};
use crate::definition::Definition;
use crate::expr::moment::{civil_day, instant_of};
use crate::expr::{Known, Scope, Val, holds};
use crate::law::Cycle;
use crate::record::{Fields, Record, Value};

/// Register of the units.
const ORGANISATION: &str = "organisation";

/// A report as it lies in the register.
#[derive(Clone, Copy, Debug)]
pub struct Filing<'a> {
    /// The record.
    pub record: &'a Record,
    /// When it was made, UTC text. Where the register has a workflow, the steps say when it was sent instead.
    pub made_at: Option<&'a str>,
}

/// Where a unit's report stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum UnitStatus {
    /// 已报.
    Sent,
    /// 零报告, sent in time.
    Zero,
    /// 迟报. Sent after the due day.
    Late,
    /// 待报. Not sent, still in time.
    Open,
    /// 未报. Not sent, the due day is over.
    Missing,
    /// 已锁定. Not sent, and no longer possible without unlocking.
    Locked,
}

/// One unit on the board.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnitStand {
    /// Organisation.
    pub unit: RecordId,
    /// Its short name, else its name.
    pub name: String,
    /// Where its report stands.
    pub status: UnitStatus,
    /// Its report, also an unsent draft.
    pub record: Option<RecordId>,
    /// When it was sent.
    pub at: Option<String>,
}

/// Units by status.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Sent in time, zero reports left out.
    pub sent: usize,
    /// Zero reports in time.
    pub zero: usize,
    /// Sent late.
    pub late: usize,
    /// Still in time.
    pub open: usize,
    /// Overdue.
    pub missing: usize,
    /// Locked.
    pub locked: usize,
}

/// Units that fill the form in the window's period, in the order of the directory: those for which the cycle's rule
/// holds and that exist on the period's last day.
pub fn units(cycle: &Cycle, window: Window, scope: &Scope) -> Vec<(RecordId, String)> {
    let all = scope.world.records(ORGANISATION);
    let fills = |known: &&Known| {
        exists_on(known, window.period.last()) && rule_holds(cycle, known, window, scope)
    };
    all.iter()
        .filter(fills)
        .map(|known| (known.record.id, short_name(known)))
        .collect()
}

fn exists_on(known: &Known, day: Date) -> bool {
    let record = &known.record;
    let begun = record.date("valid_from").is_none_or(|from| from <= day);
    begun && record.date("valid_to").is_none_or(|to| day <= to)
}

fn rule_holds(cycle: &Cycle, known: &Known, window: Window, scope: &Scope) -> bool {
    let mut names = scope.names.to_vec();
    names.push((
        "unit",
        Val::Ref {
            register: ORGANISATION.into(),
            id: known.record.id,
        },
    ));
    names.push(("period", Val::Text(window.period.code().into())));
    holds(
        &cycle.units,
        &Scope {
            names: &names,
            ..*scope
        },
    )
}

fn short_name(known: &Known) -> String {
    let record = &known.record;
    let short = record.text("short_name").or_else(|| record.text("name"));
    short.map_or_else(|| record.id.to_string(), str::to_owned)
}

/// The board of a period. The scope's user is not looked at; its world knows the organisations. `unlocked` are the units
/// that may still send although the window is locked.
pub fn board(
    cycle: &Cycle,
    window: Window,
    scope: &Scope,
    filings: &[Filing],
    unlocked: &[RecordId],
) -> Vec<UnitStand> {
    let units = units(cycle, window, scope);
    let stand = |(unit, name): (RecordId, String)| {
        let mine = filings.iter().filter(|filing| {
            !filing.record.withdrawn
                && filing.record.reference(&cycle.unit_field) == Some(unit)
                && period_of(filing.record, cycle) == Some(window.period)
        });
        // A unit that has sent twice by mistake has sent.
        let mut mine: Vec<(&Filing, Option<&str>)> =
            mine.map(|f| (f, sent_at(f, scope.definition))).collect();
        mine.sort_by_key(|(filing, at)| (at.is_none(), *at, filing.record.id));
        let found = mine.first();
        let at = found.and_then(|(_, at)| *at);
        UnitStand {
            unit,
            name,
            status: match (found, at) {
                (Some((filing, _)), Some(at)) => sent_status(cycle, window, filing.record, at),
                _ => unsent(window, scope.moment.today, unlocked.contains(&unit)),
            },
            record: found.map(|(filing, _)| filing.record.id),
            at: at.filter(|at| !at.is_empty()).map(str::to_owned),
        }
    };
    units.into_iter().map(stand).collect()
}

/// When a report was sent: with a workflow when it first left its initial state, and not while it is back there; without
/// one when it was made. An unknown moment is an empty text: sent, taken as in time.
fn sent_at<'a>(filing: &Filing<'a>, definition: &Definition) -> Option<&'a str> {
    let Some(flow) = &definition.flow else {
        return Some(filing.made_at.unwrap_or(""));
    };
    let initial = flow
        .states
        .iter()
        .find(|s| s.initial)
        .or(flow.states.first())?;
    let record = filing.record;
    if record.text("state").is_none_or(|state| state == initial.id) {
        return None;
    }
    let column = |step: &'a Fields, id: &str| step.get(id).and_then(Value::as_text).unwrap_or("");
    let left = record
        .rows("steps")
        .iter()
        .find(|step| column(step, "from") == initial.id && column(step, "to") != initial.id);
    Some(left.map_or("", |step| column(step, "at")))
}

fn sent_status(cycle: &Cycle, window: Window, record: &Record, at: &str) -> UnitStatus {
    let day = instant_of(at).map(civil_day);
    let zero = cycle.zero_field.as_deref().and_then(|id| record.bool(id)) == Some(true);
    if day.is_some_and(|day| day > window.due_on) {
        UnitStatus::Late
    } else if zero {
        UnitStatus::Zero
    } else {
        UnitStatus::Sent
    }
}

fn unsent(window: Window, today: Date, unlocked: bool) -> UnitStatus {
    if today <= window.due_on {
        UnitStatus::Open
    } else if window.lock_on.is_some_and(|lock| today > lock) && !unlocked {
        UnitStatus::Locked
    } else {
        UnitStatus::Missing
    }
}

/// Units by status.
pub fn counts(board: &[UnitStand]) -> Counts {
    let of = |status| board.iter().filter(|unit| unit.status == status).count();
    Counts {
        sent: of(UnitStatus::Sent),
        zero: of(UnitStatus::Zero),
        late: of(UnitStatus::Late),
        open: of(UnitStatus::Open),
        missing: of(UnitStatus::Missing),
        locked: of(UnitStatus::Locked),
    }
}
