//! 为什么是这一天: the reason of a date in one or two Chinese sentences, and the chain behind it.

use ground::{Minute, Timeline, date_of_finish, date_of_start};

use crate::network::{
    Activity, ActivityKind, ConstraintKind, Driver, LagCalendar, Link, LinkKind, Network, Progress,
    Schedule,
};

/// Why activity `i` starts and finishes when it does, with the shortfall when there is one.
///
/// `network` must be the one `answer` was calculated from.
pub fn why(network: &Network, answer: &Schedule, i: usize) -> String {
    let activity = &network.activities[i];
    let mut text = match activity.progress {
        Progress::Finished {
            actual_start,
            actual_finish,
        } => {
            let (start, finish) = (date_of_start(actual_start), date_of_finish(actual_finish));
            return format!("{}已于 {start} 开始、{finish} 完成。", title(activity));
        }
        Progress::Started { actual_start, .. } => {
            format!(
                "{}已于 {} 开始,",
                title(activity),
                date_of_start(actual_start)
            )
        }
        Progress::NotStarted => title(activity),
    };
    text += &dates(network, answer, i);
    text += &reason(network, answer, i);
    text += "。";
    if answer.stands_late(i) {
        text += &placed(network, answer, i);
    }
    if answer.total_float[i] < 0 {
        text += &why_late(network, answer, i);
    }
    text
}

/// Why activity `i` must be over by its late finish: the chain to the target, and the shortfall.
pub fn why_late(network: &Network, answer: &Schedule, i: usize) -> String {
    let chain = late_chain(network, answer, i);
    let last = chain.last().copied().unwrap_or(i);
    let frame = match answer.late_driver[last] {
        Driver::Deadline => format!("{}的目标时限", title(&network.activities[last])),
        Driver::Constraint(kind) => {
            let (before, after) = kind.words();
            format!(
                "{}的限制({before}…{after})",
                title(&network.activities[last])
            )
        }
        Driver::Target => "项目目标日期".to_owned(),
        _ => "项目计算完成日期".to_owned(),
    };
    let timeline = &network.calendars[network.activities[i].calendar];
    let finish = date_of_finish(answer.late_finish[i]);
    let through = if chain.len() > 1 {
        let names: Vec<String> = chain
            .iter()
            .map(|&k| title(&network.activities[k]))
            .collect();
        format!(",经 {}", names.join(" → "))
    } else {
        String::new()
    };
    let float = answer.total_float[i];
    let verdict = match float {
        0 => "没有余量".to_owned(),
        1.. => format!("还有 {} 余量", span(float, timeline)),
        _ => format!("还差 {}", span(float.saturating_neg(), timeline)),
    };
    format!(
        "按{frame}倒排{through},{}最晚 {finish} 完成,{verdict}。",
        title(&network.activities[i])
    )
}

/// The driving chain of early dates that ends at `activity`, first activity first.
pub fn driving_chain(network: &Network, answer: &Schedule, activity: usize) -> Vec<usize> {
    let mut chain = vec![activity];
    let mut at = activity;
    while let Driver::Link(link) = answer.driver[at] {
        at = network.links[link].from;
        chain.push(at);
    }
    chain.reverse();
    chain
}

/// The chain of late dates from `activity` to the one that carries the target or bound.
pub fn late_chain(network: &Network, answer: &Schedule, activity: usize) -> Vec<usize> {
    let mut chain = vec![activity];
    let mut at = activity;
    while let Driver::Link(link) = answer.late_driver[at] {
        at = network.links[link].to;
        chain.push(at);
    }
    chain
}

fn title(activity: &Activity) -> String {
    if activity.name.is_empty() {
        format!("工作 {}", activity.code)
    } else {
        format!("「{}」", activity.name)
    }
}

fn dates(network: &Network, answer: &Schedule, i: usize) -> String {
    let finish = date_of_finish(answer.early_finish[i]);
    let restart = date_of_start(answer.remaining_start[i]);
    match (network.activities[i].kind, network.activities[i].progress) {
        (ActivityKind::StartMilestone, _) => format!("最早在 {restart},"),
        (ActivityKind::FinishMilestone, _) => format!("最早在 {finish},"),
        (_, Progress::NotStarted) => format!("最早 {restart} 开始、{finish} 完成,"),
        _ => format!("剩余部分 {restart} 起做、{finish} 完成,"),
    }
}

/// Where work stands that is planned late in its total float, or waits for such work.
fn placed(network: &Network, answer: &Schedule, i: usize) -> String {
    let activity = &network.activities[i];
    let start = date_of_start(answer.planned_start[i]);
    let finish = date_of_finish(answer.planned_finish[i]);
    let stands = match (activity.kind, activity.progress) {
        (ActivityKind::StartMilestone, _) => format!("排在 {start}"),
        (ActivityKind::FinishMilestone, _) => format!("排在 {finish}"),
        (_, Progress::Started { .. }) => format!("排到 {finish} 完成"),
        _ => format!("排在 {start} 开始、{finish} 完成"),
    };
    match answer.placed_by(i) {
        Driver::Late => format!("尽晚安排：排到时差末尾，{stands}。"),
        Driver::Link(index) => {
            let from = title(&network.activities[network.links[index].from]);
            format!("等{from}（尽晚安排），{stands}。")
        }
        _ => format!("随所含或所伴随的尽晚安排的工作，{stands}。"),
    }
}

fn reason(network: &Network, answer: &Schedule, i: usize) -> String {
    let activity = &network.activities[i];
    let timeline = &network.calendars[activity.calendar];
    let at = answer.remaining_start[i];
    match answer.driver[i] {
        Driver::Link(index) => link_reason(network, answer, &network.links[index]),
        Driver::Constraint(kind) => constraint_reason(network, answer, i, kind),
        Driver::DataDate => {
            let day = date_of_start(answer.frame);
            format!("因为数据日期是 {day},没完成的工作不能排在它之前")
                + &rest_days(timeline, answer.frame, at)
        }
        Driver::ProjectStart => {
            let day = date_of_start(answer.frame);
            format!("因为项目从 {day} 开始") + &rest_days(timeline, answer.frame, at)
        }
        Driver::Actual => "按实际开始往后排".to_owned(),
        Driver::Fixed => "因为日期是手动排定的".to_owned(),
        Driver::Delay => "因为资源调配推迟了开始".to_owned(),
        Driver::ExpectedFinish => "因为填了预计完成日期".to_owned(),
        Driver::Late => "因为规定尽晚安排，再晚就要推后续工作".to_owned(),
        Driver::Rollup => "日期由所含或所伴随的工作汇总而来".to_owned(),
        Driver::Deadline | Driver::Target | Driver::ProjectFinish => "按目标日期倒排".to_owned(),
    }
}

fn constraint_reason(
    network: &Network,
    answer: &Schedule,
    i: usize,
    kind: ConstraintKind,
) -> String {
    let activity = &network.activities[i];
    let (before, after) = kind.words();
    let all = activity
        .constraints
        .iter()
        .filter(|constraint| constraint.kind == kind);
    // Of two bounds of one kind the later one counts.
    let Some(bound) = all.map(|constraint| constraint.at).max() else {
        return format!("因为规定了{before}…{after}");
    };
    if after == "完成" {
        return format!("因为规定{before} {} {after}", date_of_finish(bound));
    }
    let rest = rest_days(
        &network.calendars[activity.calendar],
        bound,
        answer.remaining_start[i],
    );
    format!("因为规定{before} {} {after}{rest}", date_of_start(bound))
}

/// Names the days without work between the instant that would allow a start and the start.
fn rest_days(timeline: &Timeline, bound: Minute, start: Minute) -> String {
    let day = ground::timeline::day_number;
    let worked = day(date_of_finish(timeline.previous_finish(start)));
    let days = day(date_of_start(start)) - day(date_of_start(bound)).max(worked + 1);
    if days > 0 {
        format!(",中间 {days} 天不上班")
    } else {
        String::new()
    }
}

fn link_reason(network: &Network, answer: &Schedule, link: &Link) -> String {
    let from = &network.activities[link.from];
    let (date, event) = match link.kind {
        LinkKind::FS | LinkKind::FF => (date_of_finish(answer.early_finish[link.from]), "完成"),
        LinkKind::SS | LinkKind::SF => (date_of_start(answer.early_start[link.from]), "开始"),
    };
    let wait = match link.kind {
        LinkKind::FS | LinkKind::SS => "后才能开始",
        LinkKind::FF | LinkKind::SF => "后才能完成",
    };
    let lag = lag_words(network, link);
    let mut text = format!("因为要等{}{event}({date}){lag}{wait}", title(from));
    let to = &network.activities[link.to];
    if link.kind == LinkKind::FS && link.lag == 0 && to.kind != ActivityKind::FinishMilestone {
        let (bound, start) = (
            answer.early_finish[link.from],
            answer.remaining_start[link.to],
        );
        text += &rest_days(&network.calendars[to.calendar], bound, start);
    }
    text
}

fn lag_words(network: &Network, link: &Link) -> String {
    if link.lag == 0 {
        return String::new();
    }
    let word = if link.lag > 0 { "再过" } else { "提前" };
    let minutes = link.lag.saturating_abs();
    let size = match link.lag_calendar {
        LagCalendar::Elapsed => format!("{}个自然日", tenths(minutes, 24 * 60)),
        LagCalendar::Predecessor => span(
            minutes,
            &network.calendars[network.activities[link.from].calendar],
        ),
        LagCalendar::Of(index) => span(minutes, &network.calendars[index]),
        LagCalendar::Successor => span(
            minutes,
            &network.calendars[network.activities[link.to].calendar],
        ),
    };
    format!("{word} {size}")
}

/// Working minutes as working days: `3 个工作日`, `2.5 个工作日`; below half a day as hours.
fn span(minutes: i64, timeline: &Timeline) -> String {
    let per_day = timeline.minutes_per_day().max(1);
    if minutes * 2 >= per_day {
        format!("{}个工作日", tenths(minutes, per_day))
    } else if minutes >= 60 {
        format!("{}个工作小时", tenths(minutes, 60))
    } else {
        format!("{minutes}个工作分钟")
    }
}

/// `minutes / unit`, one decimal cut off, none when exact.
fn tenths(minutes: i64, unit: i64) -> String {
    let (whole, rest) = (minutes / unit, minutes % unit * 10 / unit);
    if rest == 0 {
        format!("{whole} ")
    } else {
        format!("{whole}.{rest} ")
    }
}
