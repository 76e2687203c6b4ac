//! 自相矛盾 What of a plan says two things at once, or asks what no calendar holds: told where it was filled in, with what
//! to do about it. The engine takes the sound part of each and goes on.

use ground::{Date, Finding, date_of_finish, date_of_start};
use plan::{ActivityKind, ConstraintKind, LinkKind, Progress, Schedule};

use crate::activity::Activity;
use crate::network::{BuiltNetwork, finish_on, place, spans, start_on};
use crate::standing::Scheduled;

/// Everything of this kind about a plan that was scheduled.
pub(crate) fn findings(scheduled: &Scheduled<'_>) -> Vec<Finding> {
    let mut told = outside(scheduled);
    let built = &scheduled.built;
    let today = scheduled.standing.today;
    for (i, activity) in built.activities.iter().enumerate() {
        told.extend(ahead_of_today(activity, today));
        if matches!(
            built.network.activities[i].progress,
            Progress::Finished { .. }
        ) {
            continue;
        }
        told.extend(bounds(built, i));
        told.extend(without_start(built, i));
        told.extend(undated(activity));
        if let Some(schedule) = &scheduled.schedule {
            told.extend(expected_too_soon(built, schedule, i, today));
        }
    }
    told.extend(open_hammocks(built));
    if let Some(schedule) = &scheduled.schedule {
        told.extend(broken_links(built, schedule));
    }
    told
}

fn warning(activity: &Activity, field: &str, problem: String, remedy: &str) -> Finding {
    let place = format!("{} {field}", place(activity));
    Finding::warning("plan.contradiction", place, problem, remedy)
}

/// Dates, lags and work outside the years calendars know, at their cells; else dates that ran against the ends.
fn outside(scheduled: &Scheduled<'_>) -> Vec<Finding> {
    let built = &scheduled.built;
    let written = built.activities.iter().flat_map(|one| written_outside(one));
    let written: Vec<Finding> = written.collect();
    if !written.is_empty() {
        return written;
    }
    let given = plan::outside(&built.network, &scheduled.options);
    if given.is_empty() {
        let schedule = scheduled.schedule.as_ref();
        return schedule.map_or_else(Vec::new, |schedule| {
            plan::beyond_calendars(&built.network, schedule)
        });
    }
    let several = given.len() > 1;
    let mut told: Vec<Finding> = Vec::with_capacity(given.len());
    for one in given {
        // The project begins with its first work: whose date that is has said it.
        if several && one.what == "项目开始日期" {
            continue;
        }
        let activity = one.activity.map(|i| built.activities[i]);
        let cell =
            activity.map(|activity| format!("{} {}", place(activity), field_of(activity, &one)));
        let finding = Finding {
            place: cell.unwrap_or_else(|| one.finding.place.clone()),
            ..one.finding
        };
        if told.iter().all(|known| known.place != finding.place) {
            told.push(finding);
        }
    }
    told
}

/// Days in the cells of an activity that no calendar knows; dates of the network end with the calendars.
fn written_outside(activity: &Activity) -> Vec<Finding> {
    let planned = |day: Option<Date>| day.filter(|_| activity.manual);
    let mut bounds = activity.constraints.iter().map(|(_, day)| *day);
    let cells = [
        ("actual_start", "实际开始", activity.actual_start),
        ("actual_finish", "实际完成", activity.actual_finish),
        ("deadline", "目标时限", activity.deadline),
        ("expected_finish", "预计完成", activity.expected_finish),
        ("planned_start", "计划开始", planned(activity.planned_start)),
        (
            "planned_finish",
            "计划完成",
            planned(activity.planned_finish),
        ),
        ("constraint_date", "限制日期", bounds.next()),
        ("constraint_2_date", "第二限制日期", bounds.next()),
    ];
    let outside = cells.into_iter().filter_map(|(field, label, day)| {
        Some((field, label, day.filter(|day| !plan::in_calendars(*day))?))
    });
    let tell = |(field, label, day): (&str, &str, Date)| {
        let place = format!("{} {field}", place(activity));
        let problem = format!("{label} {day} 不在 1984 年到 2084 年之间");
        Finding::error(
            "plan.out_of_range",
            place,
            problem,
            "请核对年份；日历只到 2084 年底",
        )
    };
    outside.map(tell).collect()
}

/// The field of the register in which it was filled in.
fn field_of(activity: &Activity, one: &plan::Outside) -> &'static str {
    let mut bounds = activity.constraints.iter();
    let bound = bounds.position(|(_, day)| !plan::in_calendars(*day));
    match one.what {
        "实际开始" => "actual_start",
        "实际完成" => "actual_finish",
        "目标时限" => "deadline",
        "预计完成" => "expected_finish",
        "手动排定的开始" => "planned_start",
        "手动排定的完成" => "planned_finish",
        "间隔" => "predecessors",
        "工期" => "duration_days",
        "日历" => "calendar",
        _ => match bound {
            Some(0) => "constraint_date",
            Some(_) => "constraint_2_date",
            None => "planned_start",
        },
    }
}

/// What has not happened yet is no fact; such a date is passed over.
fn ahead_of_today(activity: &Activity, today: Date) -> Vec<Finding> {
    let dates = [
        ("actual_start", "实际开始", activity.actual_start),
        ("actual_finish", "实际完成", activity.actual_finish),
    ];
    let ahead = dates
        .into_iter()
        .filter_map(|(field, label, day)| Some((field, label, day.filter(|day| *day > today)?)));
    let tell = |(field, label, day): (&str, &str, Date)| {
        let problem = format!("{label} {day} 在今天（{today}）之后，还没有发生，没有采用。");
        let remedy = "请填已经发生的日期；打算哪天做，填在计划日期或预期完成里。";
        warning(activity, field, problem, remedy)
    };
    ahead.map(tell).collect()
}

/// The narrowest room that constraints leave: start not before, start not after, finish not before, finish not after.
#[derive(Default)]
struct Room {
    start: (Option<Date>, Option<Date>),
    finish: (Option<Date>, Option<Date>),
}

impl Room {
    fn of(constraints: &[(ConstraintKind, Date)]) -> Room {
        let mut room = Room::default();
        for (kind, day) in constraints {
            let end = match kind.words().1 {
                "完成" => &mut room.finish,
                _ => &mut room.start,
            };
            let word = kind.words().0;
            if word != "不晚于" {
                end.0 = end.0.max(Some(*day));
            }
            if word != "不早于" {
                end.1 = Some(end.1.map_or(*day, |known| known.min(*day)));
            }
        }
        room
    }

    fn is_empty(&self) -> bool {
        let crossed = |low: Option<Date>, high: Option<Date>| {
            low.zip(high).is_some_and(|(low, high)| low > high)
        };
        crossed(self.start.0, self.start.1)
            || crossed(self.finish.0, self.finish.1)
            || crossed(self.start.0, self.finish.1)
    }
}

/// Two constraints that cannot both hold, or leave less time than the work takes.
fn bounds(built: &BuiltNetwork<'_>, i: usize) -> Option<Finding> {
    let activity = built.activities[i];
    let [first, second] = activity.constraints.as_slice() else {
        return None;
    };
    let said = |(kind, day): &(ConstraintKind, Date)| {
        let (before, after) = kind.words();
        format!("“{before} {day} {after}”")
    };
    let both = format!("{}和{}", said(first), said(second));
    let room = Room::of(&activity.constraints);
    let remedy = "请核对两项限制，去掉或改正一项。";
    let tell = |problem| Some(warning(activity, "constraint_2_date", problem, remedy));
    if room.is_empty() {
        return tell(format!("{both}互相矛盾，不能都满足。"));
    }
    let node = &built.network.activities[i];
    let timeline = &built.network.calendars[node.calendar];
    let (start, finish) = room.start.0.zip(room.finish.1)?;
    let held = timeline.between(start_on(timeline, start), finish_on(timeline, finish));
    let per_day = timeline.minutes_per_day().max(1);
    let (has, needs) = (held / per_day, node.remaining() / per_day);
    let short = node.progress == Progress::NotStarted && held < node.remaining();
    let problem = || format!("{both}之间只有 {has} 个工作日，工期 {needs} 天排不下。");
    short.then(problem).and_then(tell)
}

/// A remaining duration speaks of begun work; that of all the work says nothing.
fn without_start(built: &BuiltNetwork<'_>, i: usize) -> Option<Finding> {
    let activity = built.activities[i];
    let days = activity.remaining_days?;
    let begun = built.status[i].actual_start.is_some() || activity.actual_start.is_some();
    if begun || spans(activity.kind) || activity.duration_days == Some(days) {
        return None;
    }
    let problem = format!("填了剩余工期 {days} 天，没有实际开始；没开工的按工期算，没有采用。");
    let remedy = "开工了请补填实际开始；没开工请改工期，去掉剩余工期。";
    Some(warning(activity, "remaining_days", problem, remedy))
}

/// Manual work needs both of its days.
fn undated(activity: &Activity) -> Option<Finding> {
    let dated = activity.planned_start.is_some() && activity.planned_finish.is_some();
    if !activity.manual || dated || spans(activity.kind) {
        return None;
    }
    let problem = "选了手动排，没有填全计划开始和计划完成，仍按前后关系推算。".to_owned();
    let remedy = "请填计划开始和计划完成，或去掉“手动排”。";
    Some(warning(activity, "manual", problem, remedy))
}

fn expected_too_soon(
    built: &BuiltNetwork<'_>,
    schedule: &Schedule,
    i: usize,
    today: Date,
) -> Option<Finding> {
    let activity = built.activities[i];
    let expected = activity.expected_finish?;
    let start = date_of_start(*schedule.remaining_start.get(i)?);
    if spans(activity.kind) || expected >= start {
        return None;
    }
    let problem = match expected < today {
        true => format!("预期完成 {expected} 已经过去，没有采用，按剩余工期推算。"),
        false => format!("预期完成 {expected} 早于能开始的 {start}，没有采用，按剩余工期推算。"),
    };
    let remedy = "请改预期完成，或核对紧前工作。";
    Some(warning(activity, "expected_finish", problem, remedy))
}

/// 伴随工作 that no link ends: it would span nothing.
fn open_hammocks(built: &BuiltNetwork<'_>) -> Vec<Finding> {
    let hammock = |i: &usize| built.activities[*i].kind == ActivityKind::LevelOfEffort;
    let all = (0..built.activities.len()).filter(hammock);
    let tell = |i: usize| {
        let missing = match (is_tied(built, i, true), is_tied(built, i, false)) {
            (true, true) => return None,
            (true, false) => "没有连结尾（例如紧前写“3FF”，跟 3 一起结束），不知道伴随到哪天",
            (false, true) => "没有连开头（例如紧前写“1SS”，跟 1 一起开始），从数据截至日算起",
            (false, false) => "没有连前后工作，不知道伴随谁",
        };
        let problem = format!("伴随工作{missing}。");
        let remedy = "请在紧前工作里写明跟谁开始（SS）、跟谁结束（FF）。";
        Some(warning(
            built.activities[i],
            "predecessors",
            problem,
            remedy,
        ))
    };
    all.filter_map(tell).collect()
}

/// Whether a link says where hammock `i` starts, or where it finishes.
fn is_tied(built: &BuiltNetwork<'_>, i: usize, start: bool) -> bool {
    let leaves = |kind| matches!(kind, LinkKind::SS | LinkKind::SF);
    let enters = |kind| matches!(kind, LinkKind::FS | LinkKind::SS);
    let mut links = built.network.links.iter();
    links.any(|link| {
        (link.to == i && enters(link.kind) == start)
            || (link.from == i && leaves(link.kind) == start)
    })
}

/// Manual work that stands before its predecessors let it: one finding for each, naming the one that asks most.
fn broken_links(built: &BuiltNetwork<'_>, schedule: &Schedule) -> Vec<Finding> {
    let nodes = &built.network.activities;
    if schedule.early_start.is_empty() || nodes.iter().all(|node| node.fixed.is_none()) {
        return Vec::new();
    }
    let room = plan::link_floats(&built.network, schedule);
    let worst = |i: usize| {
        let own = built.network.links.iter().zip(&room);
        let own = own.filter(|(link, _)| link.to == i);
        own.filter_map(|(link, room)| Some((room.filter(|room| *room < 0)?, link)))
            .min_by_key(|(room, _)| *room)
    };
    let tell = |i: usize| {
        let (short, link) = worst(i)?;
        let (activity, node) = (built.activities[i], &nodes[i]);
        let per_day = built.network.calendars[node.calendar]
            .minutes_per_day()
            .max(1);
        let days = short.saturating_neg().saturating_add(per_day - 1) / per_day;
        let (event, day) = match link.kind {
            LinkKind::FS | LinkKind::FF => {
                ("完成", date_of_finish(schedule.early_finish[link.from]))
            }
            LinkKind::SS | LinkKind::SF => ("开始", date_of_start(schedule.early_start[link.from])),
        };
        let problem = format!(
            "手动排在 {}，紧前“{}”要 {day} 才{event}，早了 {days} 个工作日。",
            date_of_start(schedule.early_start[i]),
            nodes[link.from].name,
        );
        let remedy = "请改手动的日期、改紧前工作，或去掉“手动排”。";
        Some(warning(activity, "planned_start", problem, remedy))
    };
    let manual = (0..nodes.len()).filter(|i| {
        nodes[*i].fixed.is_some() && !matches!(nodes[*i].progress, Progress::Finished { .. })
    });
    manual.filter_map(tell).collect()
}
