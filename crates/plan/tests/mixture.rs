//! 尽早 and 尽晚 in one plan: worked out by hand, and what holds for every mixture. bryntum #7605 and #13285, taskjuggler
//! #252 and #285: nobody can tell why a task became late, and the answer changes with the order of the rows.

mod sheet;

use std::collections::BTreeMap;

use ground::Minute;
use plan::{
    Activity, LagCalendar, Link, LinkKind, Network, Options, Timing, plan_to_target, schedule,
};
use proptest::prelude::*;
use sheet::{DAY, evening, morning, timelines};

use Timing::{AsSoonAsPossible, LateInFreeFloat, LateInTotalFloat};

/// Rows of (code, days, timing), links by position, on the office calendar from Monday 6 March 2023.
fn network(rows: &[(&str, i64, Timing)], links: &[(usize, usize)]) -> Network {
    let task = |&(code, days, timing): &(&str, i64, Timing)| Activity {
        timing,
        ..Activity::task(code, code, 0, days * DAY)
    };
    Network {
        calendars: timelines(),
        activities: rows.iter().map(task).collect(),
        links: links
            .iter()
            .map(|&(from, to)| Link::finish_start(from, to))
            .collect(),
    }
}

fn options(target: &str) -> Options {
    Options {
        target: Some(evening(target)),
        ..Options::from_start(morning("2023-03-06"))
    }
}

/// Planned start and finish in working days from Monday 6 March, first day = 1.
fn planned(network: &Network, target: &str) -> Vec<(i64, i64)> {
    let plan = plan_to_target(network, &options(target)).expect("no loop");
    let day = |at: Minute| network.calendars[0].between(morning("2023-03-06"), at) / DAY;
    let spans = plan
        .answer
        .planned_start
        .iter()
        .zip(&plan.answer.planned_finish);
    spans
        .map(|(&start, &finish)| (day(start) + 1, day(finish)))
        .collect()
}

#[test]
fn late_work_stands_on_its_late_dates_and_early_work_follows_it() {
    let rows = [
        ("基础", 5, AsSoonAsPossible),
        ("绿化", 3, LateInTotalFloat),
        ("保洁", 2, AsSoonAsPossible),
        ("勘察", 4, AsSoonAsPossible),
    ];
    let plan = network(&rows, &[(0, 1), (1, 2)]);
    // Ten days needed, twenty given: 绿化 16–18 so that 保洁 may end on day 20; 勘察 is nobody's business.
    assert_eq!(
        planned(&plan, "2023-03-31"),
        [(1, 5), (16, 18), (19, 20), (1, 4)]
    );
}

#[test]
fn late_in_its_free_float_moves_nobody() {
    let rows = [
        ("主体", 10, AsSoonAsPossible),
        ("设备订货", 3, LateInFreeFloat),
        ("设备到货", 2, LateInFreeFloat),
        ("安装", 4, AsSoonAsPossible),
    ];
    let plan = network(&rows, &[(0, 3), (1, 2), (2, 3)]);
    // 安装 starts on day 11 whatever the target; the two before it move up to it as one chain.
    assert_eq!(
        planned(&plan, "2023-03-31"),
        [(1, 10), (6, 8), (9, 10), (11, 14)]
    );
}

#[test]
fn what_cannot_be_met_is_planned_as_early_as_possible() {
    let rows = [
        ("桩基", 10, LateInTotalFloat),
        ("主体", 10, AsSoonAsPossible),
    ];
    let plan = network(&rows, &[(0, 1)]);
    assert_eq!(planned(&plan, "2023-03-24"), [(1, 10), (11, 20)]);
    let told = plan_to_target(&plan, &options("2023-03-24")).expect("no loop");
    let shortfall = &told.shortfalls[0];
    assert_eq!(
        (shortfall.minutes, shortfall.chain.as_slice()),
        (5 * DAY, &[0, 1][..])
    );
}

fn timing() -> impl Strategy<Value = Timing> {
    prop_oneof![
        2 => Just(AsSoonAsPossible),
        1 => Just(LateInFreeFloat),
        1 => Just(LateInTotalFloat),
    ]
}

/// A network, its tasks in some other written order, and its links in some other written order.
fn shuffled() -> impl Strategy<Value = (Network, Network)> {
    let tasks = prop::collection::vec((1i64..90, timing()), 1..10);
    let link = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0usize..3,
        0i64..20,
    );
    (tasks, prop::collection::vec(link, 0..16)).prop_flat_map(|(tasks, links)| {
        let count = tasks.len();
        let plain = build(&tasks, &links);
        let order: Vec<usize> = (0..count).collect();
        let first = plain.clone();
        let written = Just(plain.links.clone()).prop_shuffle();
        (Just(order).prop_shuffle(), written).prop_map(move |(order, links)| {
            let mut place = vec![0; count];
            for (new, &old) in order.iter().enumerate() {
                place[old] = new;
            }
            let moved = |link: Link| Link {
                from: place[link.from],
                to: place[link.to],
                ..link
            };
            let second = Network {
                calendars: first.calendars.clone(),
                activities: order
                    .iter()
                    .map(|&old| first.activities[old].clone())
                    .collect(),
                links: links.into_iter().map(moved).collect(),
            };
            (first.clone(), second)
        })
    })
}

fn build(
    tasks: &[(i64, Timing)],
    links: &[(prop::sample::Index, prop::sample::Index, usize, i64)],
) -> Network {
    let kinds = [LinkKind::FS, LinkKind::SS, LinkKind::FF];
    let task = |(i, &(hours, timing)): (usize, &(i64, Timing))| Activity {
        timing,
        ..Activity::task(format!("{i}"), "", 0, hours * 60)
    };
    let link = |&(a, b, kind, hours): &(prop::sample::Index, prop::sample::Index, usize, i64)| {
        let (a, b) = (a.index(tasks.len()), b.index(tasks.len()));
        (a != b).then(|| Link {
            from: a.min(b),
            to: a.max(b),
            kind: kinds[kind],
            lag: hours * 60,
            lag_calendar: LagCalendar::Predecessor,
        })
    };
    Network {
        calendars: timelines(),
        activities: tasks.iter().enumerate().map(task).collect(),
        links: links.iter().filter_map(link).collect(),
    }
}

/// All dates of all activities by code.
fn dates(network: &Network, spare: i64) -> BTreeMap<String, [Minute; 6]> {
    let mut options = Options::from_start(morning("2023-03-06"));
    let free = schedule(network, &options).expect("no loop");
    options.target = Some(free.finish + spare);
    let answer = schedule(network, &options).expect("no loop");
    let row = |i: usize| {
        [
            answer.early_start[i],
            answer.early_finish[i],
            answer.planned_start[i],
            answer.planned_finish[i],
            answer.late_start[i],
            answer.late_finish[i],
        ]
    };
    let codes = network.activities.iter().enumerate();
    codes
        .map(|(i, activity)| (activity.code.clone(), row(i)))
        .collect()
}

proptest! {
    #[test]
    fn the_written_order_never_changes_a_date((first, second) in shuffled(), spare in 0i64..20_000) {
        prop_assert_eq!(dates(&first, spare), dates(&second, spare));
    }

    #[test]
    fn planned_dates_lie_between_possible_and_required((network, _) in shuffled(), spare in 0i64..20_000) {
        for (code, [early_start, early_finish, start, finish, late_start, late_finish]) in dates(&network, spare) {
            let time = &network.calendars[0];
            prop_assert!(time.between(early_start, start) >= 0 && time.between(start, late_start) >= 0, "{}", code);
            prop_assert!(time.between(early_finish, finish) >= 0 && time.between(finish, late_finish) >= 0, "{}", code);
        }
    }

    #[test]
    fn planned_dates_keep_every_link((network, _) in shuffled(), spare in 0i64..20_000) {
        let all = dates(&network, spare);
        let time = &network.calendars[0];
        for link in &network.links {
            let [from, to] = [link.from, link.to].map(|i| all[&network.activities[i].code]);
            let (before, after) = match link.kind {
                LinkKind::FS => (from[3], to[2]),
                LinkKind::SS => (from[2], to[2]),
                _ => (from[3], to[3]),
            };
            prop_assert!(time.between(before, after) >= link.lag, "{:?}", link);
        }
    }
}
