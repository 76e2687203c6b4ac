//! 赶工: which activities to shorten, by how many days, to win back a shortfall; room of each link; bands of float.
//!
//! Without prices the cheapest day is the one that hurts least: of the activities that lie on every driving chain of what
//! is most late, the one with the most work left is asked first, a day at a time costs it the smallest share of itself.
//! Where the chains run side by side and share nothing that can be shortened, the fewest activities that lie on all of
//! them are asked together ([`crate::cut`]). No activity is asked for more than a third of its remaining work; crashing
//! tables of practice end there. Every gain is measured by scheduling the shortened plan, never estimated.

use ground::{Finding, Minute};

use crate::cut::cheapest_cut;
use crate::live::Live;
use crate::network::{
    Activity, ActivityKind, LagCalendar, Link, Network, Options, Progress, Schedule,
};

/// 压缩建议. One activity to shorten, or several side by side that win something only together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compression {
    /// Indices into `Network::activities`, ascending, each with the days taken out of it (压缩几天), working days of its
    /// calendar. An activity stands in one suggestion only.
    pub parts: Vec<(usize, i64)>,
    /// 换回几天: what the plan gains, working days of the calendar of the activity that is most late.
    pub gain_days: i64,
    /// 费用 in fen where prices are known.
    pub cost: Option<i64>,
}

/// More suggestions than this are no plan but a list of everything.
const SUGGESTIONS_MAX: usize = 12;
/// Sets tried for one step; each number of days tried is two schedules of the whole plan.
const TRIED_MAX: usize = 12;
/// Remaining work is asked for no more than this part of itself.
const SHARE: i64 = 3;

/// The cheapest compressions that win back `shortfall` working minutes (0 or less: what `answer` lacks), each one after
/// the other; the list ends early when nothing more helps. The same plan always gets the same list.
///
/// `least` holds the remaining work of each activity, working minutes, below which it cannot go (最短工期: concrete hardens
/// in its own time); 0 where nothing is known, empty where nothing is known of any.
///
/// # Errors
/// As [`schedule`](crate::schedule).
pub fn compressions(
    network: &Network,
    answer: &Schedule,
    options: &Options,
    least: &[i64],
    shortfall: i64,
) -> Result<Vec<Compression>, Vec<Finding>> {
    let mut live = Live::new(network.clone(), *options)?;
    let mut now = answer.clone();
    let (mut spent, mut list) = (vec![0; network.activities.len()], Vec::new());
    let rooms: Vec<i64> = (0..spent.len())
        .map(|i| room(network, i, least.get(i).copied().unwrap_or(0)))
        .collect();
    let aim = if shortfall > 0 {
        shortfall
    } else {
        -worst(&now).map_or(0, |(_, float)| float)
    };
    let mut won = 0;
    while won < aim && list.len() < SUGGESTIONS_MAX {
        let Some((step, minutes)) = best_step(&mut live, &now, (&rooms, &spent), aim - won)? else {
            break;
        };
        for &(activity, days) in &step.parts {
            shorten(&mut live, activity, days)?;
            spent[activity] += days;
        }
        now = live.schedule();
        won += minutes;
        join(&mut list, step);
    }
    Ok(list)
}

/// Steps that share an activity are one suggestion, at the place of the first of them.
fn join(list: &mut Vec<Compression>, step: Compression) {
    let shares = |one: &Compression| {
        let mut parts = one.parts.iter();
        parts.any(|(i, _)| step.parts.iter().any(|(other, _)| other == i))
    };
    let place = list.iter().position(shares).unwrap_or(list.len());
    let (mut joined, apart): (Vec<_>, Vec<_>) = std::mem::take(list).into_iter().partition(shares);
    *list = apart;
    joined.push(step);
    let mut days = std::collections::BTreeMap::new();
    for (i, more) in joined.iter().flat_map(|one| &one.parts) {
        *days.entry(*i).or_insert(0) += more;
    }
    let whole = Compression {
        parts: days.into_iter().collect(),
        gain_days: joined.iter().map(|one| one.gain_days).sum(),
        cost: None,
    };
    list.insert(place, whole);
}

/// The activity with the least total float that still has dates of its own, and that float. Of equals the last to finish.
fn worst(answer: &Schedule) -> Option<(usize, i64)> {
    let late = answer.total_float.iter().enumerate();
    let open = late.filter(|&(i, _)| answer.driver[i] != crate::network::Driver::Actual);
    open.min_by_key(|&(i, &float)| (float, std::cmp::Reverse(answer.early_finish[i]), i))
        .map(|(i, &float)| (i, float))
}

/// The next step and what it wins, working minutes. `rooms` and `spent`: days each activity has to give in all, and has
/// given.
fn best_step(
    live: &mut Live,
    now: &Schedule,
    (rooms, spent): (&[i64], &[i64]),
    missing: i64,
) -> Result<Option<(Compression, i64)>, Vec<Finding>> {
    let Some((late, _)) = worst(now) else {
        return Ok(None);
    };
    let per_day = day_of(live.network(), late);
    let wanted = ((missing + per_day - 1) / per_day).max(1);
    let mut in_vain = vec![false; spent.len()];
    for _ in 0..TRIED_MAX {
        let network = live.network();
        let price = |i: usize| {
            let some = !in_vain[i] && rooms[i] > spent[i];
            some.then(|| 1_000_000 * day_of(network, i) / network.activities[i].remaining().max(1))
        };
        let activities = cheapest_cut(network, now, price);
        let left = activities.iter().map(|&i| rooms[i] - spent[i]);
        let Some(most) = left.min() else {
            return Ok(None);
        };
        if let Some(found) = tried(live, now, late, &activities, most.min(wanted))? {
            return Ok(Some(found));
        }
        activities.iter().for_each(|&i| in_vain[i] = true);
    }
    Ok(None)
}

/// Shortening `activities` by `most` days or, where that wins too little, by half of it and so on.
fn tried(
    live: &mut Live,
    now: &Schedule,
    late: usize,
    activities: &[usize],
    most: i64,
) -> Result<Option<(Compression, i64)>, Vec<Finding>> {
    let per_day = day_of(live.network(), late);
    let mut days = most;
    while days > 0 {
        let gain = gain(live, now, late, activities, days)?;
        // A day that wins less than half a day for the plan is no bargain.
        if gain * 2 >= days * per_day {
            let step = Compression {
                parts: activities.iter().map(|&i| (i, days)).collect(),
                gain_days: gain / per_day,
                cost: None,
            };
            return Ok(Some((step, gain)));
        }
        days /= 2;
    }
    Ok(None)
}

/// Days the activity may be asked for, no less than `least` working minutes of it being left.
fn room(network: &Network, i: usize, least: i64) -> i64 {
    let activity = &network.activities[i];
    let finished = matches!(activity.progress, Progress::Finished { .. });
    if activity.kind != ActivityKind::Task || activity.fixed.is_some() || finished {
        return 0;
    }
    let per_day = day_of(network, i);
    let days = activity.remaining() / per_day;
    let loose = (activity.remaining() - least).max(0) / per_day;
    (days / SHARE).min(loose)
}

fn day_of(network: &Network, i: usize) -> i64 {
    let calendar = network.activities[i].calendar;
    network.calendars[calendar].minutes_per_day().max(1)
}

/// By how many working minutes the least float grows when `activities` are shortened; the network is left as it was.
fn gain(
    live: &mut Live,
    now: &Schedule,
    late: usize,
    activities: &[usize],
    days: i64,
) -> Result<i64, Vec<Finding>> {
    let before: Vec<Activity> = activities
        .iter()
        .map(|&i| live.network().activities[i].clone())
        .collect();
    for &activity in activities {
        shorten(live, activity, days)?;
    }
    let after = live.schedule();
    for (&activity, before) in activities.iter().zip(before) {
        live.change(activity, before)?;
    }
    let least = |answer: &Schedule| worst(answer).map_or(0, |(_, float)| float);
    let finish = |answer: &Schedule| answer.early_finish[late];
    let timeline = &live.network().calendars[live.network().activities[late].calendar];
    let by_float = least(&after) - least(now);
    // Without a target every float is measured against the computed finish; the finish itself has to move.
    let by_finish = timeline.between(finish(&after), finish(now));
    let moved = timeline.between(after.finish, now.finish);
    Ok(by_float.max(by_finish.min(moved)))
}

fn shorten(live: &mut Live, i: usize, days: i64) -> Result<(), Vec<Finding>> {
    let minutes = days * day_of(live.network(), i);
    let activity = &live.network().activities[i];
    let progress = match activity.progress {
        Progress::Started {
            actual_start,
            remaining,
        } => Progress::Started {
            actual_start,
            remaining: (remaining - minutes).max(0),
        },
        other => other,
    };
    let shorter = Activity {
        duration: (activity.duration - minutes).max(0),
        progress,
        expected_finish: None,
        delay: 0,
        pause: 0,
        float_calendar: None,
        crews: Vec::new(),
        ..activity.clone()
    };
    live.change(i, shorter).map(drop)
}

/// 关系余量: working minutes, on the successor's calendar, between what a link asks and where its successor stands; 0 is a
/// driving link, `None` where the successor is finished. One entry per link.
pub fn link_floats(network: &Network, answer: &Schedule) -> Vec<Option<i64>> {
    let links = network.links.iter();
    links
        .map(|link| link_float(network, answer, link))
        .collect()
}

fn link_float(network: &Network, answer: &Schedule, link: &Link) -> Option<i64> {
    let to = network.activities.get(link.to)?;
    if matches!(to.progress, Progress::Finished { .. }) {
        return None;
    }
    let base = if link.kind.leaves_start() {
        answer.early_start[link.from]
    } else {
        answer.early_finish[link.from]
    };
    let asked = lagged(network, link, base);
    let stands = if link.kind.enters_start() {
        answer.remaining_start[link.to]
    } else {
        answer.early_finish[link.to]
    };
    Some(network.calendars[to.calendar].between(asked, stands))
}

fn lagged(network: &Network, link: &Link, base: Minute) -> Minute {
    let calendar = match link.lag_calendar {
        LagCalendar::Elapsed => return base.saturating_add(link.lag),
        LagCalendar::Predecessor => network.activities[link.from].calendar,
        LagCalendar::Successor => network.activities[link.to].calendar,
        LagCalendar::Of(index) => index,
    };
    let timeline = &network.calendars[calendar];
    match link.lag {
        0 => base,
        1.. => timeline.advance(base, link.lag),
        _ => timeline.previous_finish(timeline.retreat(base, link.lag.saturating_neg())),
    }
}

/// 余量分档.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FloatBand {
    /// 倒欠: negative float.
    Negative,
    /// 关键: no float.
    Critical,
    /// 接近关键: float up to the limit.
    Near,
    /// 宽松.
    Loose,
}

/// The band of each activity, near-critical up to `near_days` working days of its own calendar; `None` once finished.
pub fn float_bands(network: &Network, answer: &Schedule, near_days: i64) -> Vec<Option<FloatBand>> {
    let activities = network.activities.iter().enumerate();
    activities
        .map(|(i, activity)| {
            if matches!(activity.progress, Progress::Finished { .. }) {
                return None;
            }
            let near = near_days.max(0).saturating_mul(day_of(network, i));
            Some(match answer.total_float[i] {
                ..0 => FloatBand::Negative,
                0 => FloatBand::Critical,
                float if float <= near => FloatBand::Near,
                _ => FloatBand::Loose,
            })
        })
        .collect()
}
