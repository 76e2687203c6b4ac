//! 周期义务 and 专项行动: duties that come back, and drives with an end and a set to be covered.
//!
//! A duty is never stored: it follows from the record (next = last + interval) and from the day. What is told to whom,
//! and the records that an overdue duty opens, are carried out by `app`, once for each key.

use ground::{Date, RecordId, WorkCalendar};

use crate::definition::Definition;
use crate::expr::moment::{civil_day, end_of, start_of};
use crate::expr::{Expr, Known, Moment, Scope, Val, World, eval, holds};
use crate::flow::{Opening, openings, shift_days};
use crate::law::{Campaign, Lamp, Obligation};
use crate::record::Fields;

/// How a recurring duty of a record stands.
#[derive(Clone, PartialEq, Debug)]
pub struct DutyStand {
    /// Id of the obligation.
    pub id: String,
    /// Title.
    pub title: String,
    /// Next due day; none when the values it follows from are missing: the duty exists all the same.
    pub due: Option<Date>,
    /// Green, yellow from the first reminder on (also when the due day is not known), then the light of the rule.
    pub light: Lamp,
    /// Due soon and not yet overdue: a reminder is in force.
    pub remind: bool,
    /// Names the duty, its due day and the reminder in force: told once, however often the tick runs.
    pub key: String,
    /// Records to open once it is overdue.
    pub opens: Vec<Opening>,
}

/// The duties of a record that exist at the scope's moment, in the order written.
pub fn obligations(scope: &Scope) -> Vec<DutyStand> {
    let all = scope.definition.obligations.iter();
    let here = all.filter(|duty| duty.while_true.as_ref().is_none_or(|w| holds(w, scope)));
    here.map(|duty| stand(duty, scope)).collect()
}

fn stand(duty: &Obligation, scope: &Scope) -> DutyStand {
    let Moment {
        today, calendar, ..
    } = scope.moment;
    let due = eval(&duty.due, scope).ok().and_then(|val| day_of(&val));
    let overdue = due.is_some_and(|due| today > due);
    let reminders = due.map_or(0, |due| in_force(duty, due, today, calendar));
    let stage = if overdue {
        "late".to_owned()
    } else {
        reminders.to_string()
    };
    let opens = duty.open.iter().filter(|_| overdue);
    DutyStand {
        id: duty.id.clone(),
        title: duty.title.zh.clone(),
        due,
        light: due.map_or(Lamp::Yellow, |due| lamp(duty, due, today, calendar)),
        remind: !overdue && reminders > 0,
        key: format!(
            "{}/{}/{stage}",
            duty.id,
            due.map_or_else(String::new, |d| d.to_string())
        ),
        opens: opens.flat_map(|opens| openings(opens, scope)).collect(),
    }
}

/// Moments at which a duty of the record begins to be told of, to be overdue or to be judged anew, seconds since 1970
/// UTC; also those that are past.
pub(crate) fn next_looks(scope: &Scope) -> Vec<i64> {
    let Moment {
        today, calendar, ..
    } = scope.moment;
    let morning = start_of(shift_days(today, 1));
    let mut all = Vec::new();
    for duty in &scope.definition.obligations {
        let mut rules = duty.while_true.iter().chain([&duty.due]);
        if rules.any(|rule| drifts(rule, scope.definition)) {
            all.push(morning);
        }
        let exists = duty.while_true.as_ref().is_none_or(|w| holds(w, scope));
        let due = eval(&duty.due, scope).ok().and_then(|val| day_of(&val));
        if let Some(due) = due.filter(|_| exists) {
            let reminders = duty.remind.iter();
            let days = reminders.map(|span| span.counted_from(due, calendar));
            all.extend(days.chain([shift_days(due, 1)]).map(start_of));
        }
    }
    all
}

/// Whether what a rule says may change without a change of the record: it asks for the day, or for other records.
fn drifts(rule: &Expr, definition: &Definition) -> bool {
    const ELSEWHERE: [&str; 5] = ["exists(", "count_of(", "sum_of(", "max_of(", "min_of("];
    let whole = definition.expand(rule);
    whole.uses_moment()
        || whole.paths().iter().any(|path| path.len() > 1)
        || ELSEWHERE.iter().any(|call| whole.text().contains(call))
}

fn day_of(val: &Val) -> Option<Date> {
    match val {
        Val::Date(day) => Some(*day),
        Val::Instant(at) => Some(civil_day(*at)),
        _ => None,
    }
}

/// Reminders whose day has come.
fn in_force(duty: &Obligation, due: Date, today: Date, calendar: &WorkCalendar) -> usize {
    let come = duty
        .remind
        .iter()
        .filter(|span| today >= span.counted_from(due, calendar));
    come.count()
}

/// Light of a duty that is due on a day.
pub(crate) fn lamp(duty: &Obligation, due: Date, today: Date, calendar: &WorkCalendar) -> Lamp {
    if today > due {
        duty.overdue
    } else if in_force(duty, due, today, calendar) > 0 {
        Lamp::Yellow
    } else {
        Lamp::Green
    }
}

/// How a drive stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CampaignStand {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// First day.
    pub start: Date,
    /// Last day; none when the rule gives none.
    pub due: Option<Date>,
    /// Records to be covered.
    pub of: usize,
    /// Those that are done.
    pub done: usize,
    /// Done of all in hundredths of a percent, cut off, so that 100 % means all; none when there is nothing to cover.
    pub percent: Option<i64>,
    /// Green: done, or ahead of the time gone; yellow: behind it; red: past the last day and not done.
    pub light: Lamp,
    /// Records still open, as they stand in the register.
    pub open_ids: Vec<RecordId>,
}

/// Counts a drive: the records of its target register that `filter` lets through, and those of them for which `done`
/// holds. `ref` is the record, `start` the first day.
pub fn campaign(
    definition: &Definition,
    campaign: &Campaign,
    world: &dyn World,
    moment: Moment,
) -> CampaignStand {
    let nothing = Fields::new();
    let start = ("start", Val::Date(campaign.start));
    let look = |expr: &Expr, known: Option<&Known>| {
        let target = known.map(|known| Val::Ref {
            register: campaign.of.as_str().into(),
            id: known.record.id,
        });
        let names = [start.clone(), ("ref", target.unwrap_or(Val::None))];
        let scope = Scope {
            world,
            names: &names,
            ..Scope::new(definition, &nothing, moment)
        };
        eval(expr, &scope).unwrap_or(Val::None)
    };
    let is_true = |expr: &Expr, known: &Known| look(expr, Some(known)) == Val::Bool(true);
    let mut targets = world.records(&campaign.of);
    targets.retain(|known| {
        campaign
            .filter
            .as_ref()
            .is_none_or(|filter| is_true(filter, known))
    });
    let open = targets
        .iter()
        .filter(|known| !is_true(&campaign.done, known));
    let open_ids: Vec<RecordId> = open.map(|known| known.record.id).collect();
    let (of, done) = (targets.len(), targets.len() - open_ids.len());
    let due = day_of(&look(&campaign.due, None));
    CampaignStand {
        id: campaign.id.clone(),
        title: campaign.title.zh.clone(),
        start: campaign.start,
        due,
        of,
        done,
        percent: (of > 0).then(|| (done * 10_000 / of) as i64),
        light: campaign_light(campaign.start, due, moment.today, of, done),
        open_ids,
    }
}

/// The share done against the share of days gone, the first and the last day counted.
fn campaign_light(start: Date, due: Option<Date>, today: Date, of: usize, done: usize) -> Lamp {
    let Some(due) = due.filter(|_| done < of) else {
        return Lamp::Green;
    };
    if today > due {
        return Lamp::Red;
    }
    let days = |until: Date| (end_of(until) - end_of(start)) / 86_400 + 1;
    let (gone, all) = (days(today).max(0), days(due).max(1));
    // done / of < gone / all, without a division.
    if (done as i64) * all < gone * (of as i64) {
        Lamp::Yellow
    } else {
        Lamp::Green
    }
}

impl CampaignStand {
    /// `设备录入初筛：应完成 45 个，已完成 41 个（91.11%），还有 4 个，6月12日截止。`
    pub fn sentence(&self) -> String {
        let Some(percent) = self.percent else {
            return format!("{}：没有需要完成的对象。", self.title);
        };
        let share = format!("{}.{:02}%", percent / 100, percent % 100);
        let rest = match (self.of - self.done, self.due) {
            (0, _) => "全部完成".to_owned(),
            (open, None) => format!("还有 {open} 个"),
            (open, Some(due)) => format!("还有 {open} 个，{}月{}日截止", due.month(), due.day()),
        };
        format!(
            "{}：应完成 {} 个，已完成 {} 个（{share}），{rest}。",
            self.title, self.of, self.done
        )
    }
}

#[cfg(test)]
mod tests;
