//! 填报周期 Forms that units fill every period: the board, what a new report starts with, the lock and the way through it,
//! and drives. Units are told apart, persons never.

mod unlock;

pub use unlock::{ask_unlock, decide_unlock};

use crate::App;
use crate::account::Actor;
use crate::draft::{self, DraftPage};
use crate::error::AppError;
use crate::metrics::read_period;
use crate::page::cycle::{CampaignLine, CycleBoard, CycleUnit};
use crate::permit::Access;
use crate::records::parse_id;
use crate::world::{self, Setting, StoreWorld};
use ground::{Date, Finding, OrgPath, Period, RecordId};
use plan::Rag;
use register::cycle::{self, Filing, UnitStand, UnitStatus, Window};
use register::expr::Scope;
use register::law::{Ability, Cycle, Lamp};
use register::{Definition, Fields, Record, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Filter, Query, Reader, Stored};
use unlock::{Request, requests};

/// A form with its cycle for one person.
struct Form {
    definition: Arc<Definition>,
    cycle: Cycle,
    access: Access,
    setting: Setting,
    window: Window,
}

impl Form {
    fn open(
        app: &App,
        actor: &Actor,
        register: &str,
        period: Option<&str>,
        day: Option<Date>,
    ) -> Result<Self, AppError> {
        let definition = app.definition(register)?;
        let access = Access::new(app, actor, &definition)?;
        access.need(Ability::Read)?;
        let cycle = cycle_of(&definition)?.clone();
        let setting = Setting::new(app, day);
        let calendar = setting.moment(&definition).calendar.clone();
        let period = match period {
            Some(text) => fitting(&cycle, read_period(text)?)?,
            None => cycle::current(&cycle, setting.today, &calendar),
        };
        Ok(Self {
            window: cycle::window(&cycle, period, &calendar),
            definition,
            cycle,
            access,
            setting,
        })
    }

    /// Reports of a period, withdrawn ones left out.
    fn filings(&self, reader: &mut Reader<'_>) -> Result<Vec<Stored>, AppError> {
        let period = Value::Text(self.window.period.code());
        let query = Query::default().filter(Filter::eq(self.cycle.period_field.clone(), period));
        self.all(reader, &self.access.narrow(query))
    }

    fn all(&self, reader: &mut Reader<'_>, query: &Query) -> Result<Vec<Stored>, AppError> {
        Ok(match &self.setting.past {
            Some(instant) => reader.all_as_of(&self.definition.id, query, instant)?,
            None => reader.all(&self.definition.id, query)?,
        })
    }

    fn stands(
        &self,
        reader: &mut Reader<'_>,
        filed: &[Stored],
        unlocked: &[RecordId],
    ) -> Result<Vec<UnitStand>, AppError> {
        let filings: Vec<Filing<'_>> = filed
            .iter()
            .map(|stored| Filing {
                record: &stored.record,
                made_at: Some(&stored.created_at),
            })
            .collect();
        let world = StoreWorld::new(reader, &self.setting);
        let nothing = Fields::new();
        let moment = self.setting.moment(&self.definition);
        let scope = Scope {
            world: &world,
            ..Scope::new(&self.definition, &nothing, moment)
        };
        let stands = cycle::board(&self.cycle, self.window, &scope, &filings, unlocked);
        world.finish()?;
        Ok(stands)
    }
}

fn cycle_of(definition: &Definition) -> Result<&Cycle, AppError> {
    let title = &definition.title.zh;
    let none = || AppError::NotFound(format!("“{title}”的填报周期"));
    definition.cycle.as_ref().ok_or_else(none)
}

fn fitting(cycle: &Cycle, period: Period) -> Result<Period, AppError> {
    if period.kind() == cycle.period {
        return Ok(period);
    }
    let fits = cycle.period.containing(period.first());
    Err(AppError::invalid(Finding::error(
        "cycle.period",
        "period",
        format!("时段“{}”不是这张表的填报周期。", period.label()),
        format!("请写 {} 这样的时段。", fits.code()),
    )))
}

/// The board of a form for a period, the one being filled when none is named. A person sees the units of the own part of
/// the tree.
///
/// # Errors
/// `NotFound` when the register has no fill cycle, `Invalid` for a period of another kind.
pub fn board(
    app: &App,
    actor: &Actor,
    register: &str,
    period: Option<&str>,
    day: Option<Date>,
) -> Result<CycleBoard, AppError> {
    let form = Form::open(app, actor, register, period, day)?;
    app.look(|reader| {
        let filed = form.filings(reader)?;
        let asked = requests(reader, &form.setting, register, form.window.period)?;
        let unlocked: Vec<RecordId> = asked
            .iter()
            .filter(|one| one.granted)
            .map(|one| one.unit)
            .collect();
        let mut stands = form.stands(reader, &filed, &unlocked)?;
        let paths = paths_of(reader, &stands)?;
        stands.retain(|stand| {
            let path = paths.get(&stand.unit);
            path.is_some_and(|path| path.is_within(&actor.org))
        });
        Ok(shaped(&form, &stands, &asked))
    })
}

fn paths_of(
    reader: &mut Reader<'_>,
    stands: &[UnitStand],
) -> Result<BTreeMap<RecordId, OrgPath>, AppError> {
    let ids: Vec<RecordId> = stands.iter().map(|stand| stand.unit).collect();
    let found = reader.get_many("organisation", &ids)?;
    let path = |stored: &Stored| {
        let path = stored.record.text("path")?.parse().ok()?;
        Some((stored.record.id, path))
    };
    Ok(found.iter().filter_map(path).collect())
}

fn shaped(form: &Form, stands: &[UnitStand], asked: &[Request]) -> CycleBoard {
    let counts = cycle::counts(stands);
    let unit = |stand: &UnitStand| {
        let waits = |one: &&Request| one.unit == stand.unit && one.waiting;
        CycleUnit {
            id: stand.unit.to_string(),
            name: stand.name.clone(),
            status: status_word(stand.status),
            record: stand.record.map(|id| id.to_string()),
            at: stand.at.clone(),
            unlock: asked
                .iter()
                .find(waits)
                .map(|one| (one.id.to_string(), one.reason.clone())),
        }
    };
    CycleBoard {
        period: form.window.period,
        open_on: form.window.open_on,
        due_on: form.window.due_on,
        lock_on: form.window.lock_on,
        units: stands.iter().map(unit).collect(),
        counts: vec![
            ("sent", counts.sent),
            ("zero", counts.zero),
            ("late", counts.late),
            ("open", counts.open),
            ("missing", counts.missing),
            ("locked", counts.locked),
        ],
        reminder: cycle::reminder_text(&form.definition, form.window, stands, form.setting.today),
    }
}

fn status_word(status: UnitStatus) -> &'static str {
    match status {
        UnitStatus::Sent => "sent",
        UnitStatus::Zero => "zero",
        UnitStatus::Late => "late",
        UnitStatus::Open => "open",
        UnitStatus::Missing => "missing",
        UnitStatus::Locked => "locked",
    }
}

/// What a unit's new report starts with: its unit and period, what the cycle carries over from the last report, and all
/// that follows. `zero` begins a 零报告.
///
/// # Errors
/// `NotFound` for a unit out of sight, `Invalid` for a zero report where the form has none.
pub fn prefilled(
    app: &App,
    actor: &Actor,
    register: &str,
    (unit, period): (Option<&str>, Option<&str>),
    zero: bool,
) -> Result<DraftPage, AppError> {
    let form = Form::open(app, actor, register, period, None)?;
    let mut fields = app.look(|reader| {
        let unit = unit_of(reader, actor, unit)?;
        let own = Filter::eq(form.cycle.unit_field.clone(), Value::Ref(unit));
        let filed = form.all(reader, &Query::default().filter(own))?;
        let filed: Vec<&Record> = filed.iter().map(|stored| &stored.record).collect();
        let period = form.window.period;
        Ok(cycle::prefill(
            &form.definition,
            &form.cycle,
            unit,
            period,
            &filed,
        ))
    })?;
    if zero {
        let Some(field) = &form.cycle.zero_field else {
            return Err(AppError::invalid(Finding::error(
                "cycle.no_zero",
                "zero",
                format!("“{}”没有零报告。", form.definition.title.zh),
                "请照常填报；没有发生的数填 0。",
            )));
        };
        fields.insert(field.clone(), Value::Bool(true));
    }
    let values = register::to_json(&form.definition, &fields);
    draft::draft(app, actor, register, None, &values)
}

/// The unit meant: the one named, in sight, else the person's own.
fn unit_of(
    reader: &mut Reader<'_>,
    actor: &Actor,
    unit: Option<&str>,
) -> Result<RecordId, AppError> {
    let unknown = || AppError::NotFound("这个单位".to_owned());
    match unit {
        None => world::org_at(reader, &actor.org)?.ok_or_else(unknown),
        Some(text) => {
            let id = parse_id(text)?;
            let path = crate::directory::org_path(reader, id)?.ok_or_else(unknown)?;
            if path.is_within(&actor.org) {
                Ok(id)
            } else {
                Err(unknown())
            }
        }
    }
}

/// Why a report of these values cannot be written now: its period is not open yet, or locked and not unlocked for its
/// unit. None for registers without a fill cycle.
pub(crate) fn closed(
    reader: &mut Reader<'_>,
    setting: &Setting,
    definition: &Definition,
    fields: &Fields,
) -> Result<Option<Finding>, AppError> {
    let Some(cycle) = &definition.cycle else {
        return Ok(None);
    };
    let text = |id: &str| fields.get(id).and_then(Value::as_text);
    let period = text(&cycle.period_field).and_then(|code| code.parse::<Period>().ok());
    let unit = fields.get(&cycle.unit_field).and_then(Value::as_ref_id);
    let Some(period) = period.filter(|period| period.kind() == cycle.period) else {
        return Ok(None);
    };
    let calendar = setting.moment(definition).calendar;
    let window = cycle::window(cycle, period, calendar);
    let asked = requests(reader, setting, &definition.id, period)?;
    let unlocked = asked
        .iter()
        .any(|one| one.granted && Some(one.unit) == unit);
    Ok(cycle::closed(definition, window, setting.today, unlocked))
}

/// The drives of a register and how far they are.
pub fn campaigns(
    app: &App,
    actor: &Actor,
    register: &str,
    day: Option<Date>,
) -> Result<Vec<CampaignLine>, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    let setting = Setting::new(app, day);
    let shown = definition.campaigns.iter();
    shown
        .map(|campaign| {
            app.look(|reader| {
                let stand = {
                    let world = StoreWorld::new(reader, &setting);
                    let moment = setting.moment(&definition);
                    let stand = register::duty::campaign(&definition, campaign, &world, moment);
                    world.finish()?;
                    stand
                };
                Ok(CampaignLine {
                    text: stand.sentence(),
                    percent: stand.percent.map(|p| format!("{}.{:02}", p / 100, p % 100)),
                    rag: match stand.light {
                        Lamp::Green => Rag::Green,
                        Lamp::Yellow => Rag::Yellow,
                        Lamp::Red => Rag::Red,
                    },
                    open: open_names(reader, &access, &setting, &campaign.of, &stand.open_ids)?,
                    id: stand.id,
                    title: stand.title,
                    start: stand.start,
                    due: stand.due,
                    of: stand.of,
                    done: stand.done,
                    register: campaign.of.clone(),
                })
            })
        })
        .collect()
}

/// Names of open records that this person may see, the first hundred.
fn open_names(
    reader: &mut Reader<'_>,
    access: &Access,
    setting: &Setting,
    register: &str,
    ids: &[RecordId],
) -> Result<Vec<(String, String)>, AppError> {
    const SHOWN: usize = 100;
    let Some(target) = setting.definitions.get(register) else {
        return Ok(Vec::new());
    };
    let there = access.in_register(target);
    let mut open = Vec::new();
    for id in ids.iter().take(SHOWN) {
        for stored in reader.get_many(register, &[*id])? {
            if there.on(reader, &stored.record)?.read {
                let name = stored
                    .record
                    .name(target)
                    .or(stored.record.number.as_deref());
                open.push((id.to_string(), name.unwrap_or_default().to_owned()));
            }
        }
    }
    Ok(open)
}
