//! What holds for every network: links are kept, floats fit, backward undoes forward, delays only
//! delay. Random networks of up to 14 activities on three calendars with every link kind.

mod sheet;

use ground::Minute;
use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagCalendar, Link, LinkKind, Network,
    Options, Schedule, backward_plan, schedule,
};
use proptest::prelude::*;
use sheet::{DAY, morning, timelines};

fn kind() -> impl Strategy<Value = LinkKind> {
    prop_oneof![
        4 => Just(LinkKind::FS),
        2 => Just(LinkKind::SS),
        2 => Just(LinkKind::FF),
        1 => Just(LinkKind::SF),
    ]
}

fn lag_calendar() -> impl Strategy<Value = LagCalendar> {
    prop_oneof![
        Just(LagCalendar::Predecessor),
        Just(LagCalendar::Successor),
        Just(LagCalendar::Elapsed),
    ]
}

fn activity(calendars: usize) -> impl Strategy<Value = Activity> {
    let kind = prop_oneof![
        6 => Just(ActivityKind::Task),
        1 => Just(ActivityKind::StartMilestone),
        1 => Just(ActivityKind::FinishMilestone),
    ];
    (0..calendars, 1i64..12 * 8, kind).prop_map(|(calendar, hours, kind)| {
        let mut activity = Activity::task("", "", calendar, hours * 60);
        activity.kind = kind;
        activity
    })
}

/// Links run from lower to higher positions, then positions are shuffled.
fn network(calendars: usize) -> impl Strategy<Value = Network> {
    let activities = prop::collection::vec(activity(calendars), 1..14);
    let link = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        kind(),
        -40i64..60,
    );
    let links = prop::collection::vec((link, any::<bool>(), lag_calendar()), 0..24);
    let shuffled = activities.prop_flat_map(|activities| {
        let order: Vec<usize> = (0..activities.len()).collect();
        (Just(activities), Just(order).prop_shuffle())
    });
    (shuffled, links).prop_map(move |((activities, order), links)| {
        let count = activities.len();
        let mut network = Network {
            calendars: timelines(),
            activities,
            links: Vec::new(),
        };
        for (i, activity) in network.activities.iter_mut().enumerate() {
            activity.code = i.to_string();
        }
        for ((a, b, kind, hours), lagged, lag_calendar) in links {
            let (a, b) = (a.index(count), b.index(count));
            if a != b {
                let (from, to) = (order[a.min(b)], order[a.max(b)]);
                let lag = if lagged { hours * 60 } else { 0 };
                network.links.push(Link {
                    from,
                    to,
                    kind,
                    lag,
                    lag_calendar,
                });
            }
        }
        network
    })
}

/// Elapsed lags end in the night; in working time that is a start of the next day or an end of
/// this one, and the two differ on the clock.
fn without_elapsed(mut network: Network) -> Network {
    for link in &mut network.links {
        if link.lag_calendar == LagCalendar::Elapsed {
            link.lag_calendar = LagCalendar::Predecessor;
        }
    }
    network
}

/// Late starts that fall on a rest day of their own calendar count as the next morning there,
/// which is later on the clock; late finishes have no such doubt.
fn without_late_starts(mut network: Network) -> Network {
    let kept = |link: &Link| matches!(link.kind, LinkKind::FS | LinkKind::FF);
    network.links.retain(kept);
    without_start_milestones(network)
}

/// A start milestone may be reached as late as the evening before its next morning; told to start
/// on that evening it waits for the morning.
fn without_start_milestones(mut network: Network) -> Network {
    for activity in &mut network.activities {
        if activity.kind == ActivityKind::StartMilestone {
            activity.kind = ActivityKind::FinishMilestone;
        }
    }
    network
}

fn run(network: &Network, target: Option<Minute>) -> Schedule {
    let start = morning("2023-04-24");
    schedule(
        network,
        &Options {
            target,
            ..Options::from_start(start)
        },
    )
    .expect("no loop")
}

/// The instant a link asks for, worked out without the engine's arrays.
fn asked(network: &Network, answer: &Schedule, link: &Link) -> Minute {
    let base = match link.kind {
        LinkKind::FS | LinkKind::FF => answer.early_finish[link.from],
        LinkKind::SS | LinkKind::SF => answer.early_start[link.from],
    };
    let calendar = match link.lag_calendar {
        LagCalendar::Elapsed => return base + link.lag,
        LagCalendar::Predecessor => network.activities[link.from].calendar,
        LagCalendar::Successor => network.activities[link.to].calendar,
        LagCalendar::Of(index) => index,
    };
    let timeline = &network.calendars[calendar];
    match link.lag {
        0 => base,
        1.. => timeline.advance(base, link.lag),
        _ => timeline.previous_finish(timeline.retreat(base, -link.lag)),
    }
}

fn at_late_starts(network: &Network, answer: &Schedule) -> Network {
    let mut late = network.clone();
    for (i, activity) in late.activities.iter_mut().enumerate() {
        let bound = Constraint {
            kind: ConstraintKind::StartNoEarlier,
            at: answer.late_start[i],
        };
        activity.constraints.push(bound);
    }
    late
}

fn work(activity: &Activity) -> i64 {
    if activity.kind == ActivityKind::Task {
        activity.duration
    } else {
        0
    }
}

fn successors(network: &Network, from: usize) -> Vec<bool> {
    let mut reached = vec![false; network.activities.len()];
    reached[from] = true;
    for _ in 0..reached.len() {
        for link in &network.links {
            if reached[link.from] {
                reached[link.to] = true;
            }
        }
    }
    reached
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_link_is_kept_to_the_minute(network in network(3)) {
        let answer = run(&network, None);
        for link in &network.links {
            let bound = asked(&network, &answer, link);
            let date = match link.kind {
                LinkKind::FS | LinkKind::SS => answer.early_start[link.to],
                LinkKind::FF | LinkKind::SF => answer.early_finish[link.to],
            };
            prop_assert!(date >= bound, "{link:?}: {date} < {bound}");
        }
    }

    #[test]
    fn work_starts_on_working_minutes_and_takes_its_duration(network in network(3)) {
        let answer = run(&network, None);
        for (i, activity) in network.activities.iter().enumerate() {
            let timeline = &network.calendars[activity.calendar];
            let (start, finish) = (answer.early_start[i], answer.early_finish[i]);
            prop_assert_eq!(timeline.between(start, finish), work(activity));
            if activity.kind != ActivityKind::FinishMilestone {
                prop_assert_eq!(timeline.next_start(start), start);
            }
            prop_assert!(start >= morning("2023-04-24"));
        }
    }

    #[test]
    fn every_early_date_has_its_driver(network in network(3)) {
        let answer = run(&network, None);
        for (i, driver) in answer.driver.iter().enumerate() {
            let first = network.calendars[network.activities[i].calendar].next_start(answer.frame);
            match *driver {
                plan::Driver::Link(link) => {
                    let link = &network.links[link];
                    prop_assert_eq!(link.to, i);
                    // Without that link and its equals the activity could be earlier.
                    let timeline = &network.calendars[network.activities[i].calendar];
                    let bound = asked(&network, &answer, link);
                    let gap = match link.kind {
                        LinkKind::FS | LinkKind::SS => timeline.between(bound, answer.early_start[i]),
                        LinkKind::FF | LinkKind::SF => timeline.between(bound, answer.early_finish[i]),
                    };
                    prop_assert_eq!(gap, 0);
                }
                plan::Driver::ProjectStart => prop_assert_eq!(answer.early_start[i], first),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn without_a_target_no_float_is_negative(network in network(3)) {
        let answer = run(&network, None);
        for i in 0..network.activities.len() {
            prop_assert!(answer.total_float[i] >= 0, "total float of {i}");
            prop_assert!(answer.free_float[i] >= 0, "free float of {i}");
            // A milestone reached on Monday morning may be due on Friday evening: the same working
            // instant.
            if network.activities[i].kind != ActivityKind::FinishMilestone {
                prop_assert!(answer.late_finish[i] >= answer.early_finish[i], "dates of {i}");
            }
        }
        let last = (0..network.activities.len()).find(|&i| answer.early_finish[i] == answer.finish);
        prop_assert_eq!(answer.total_float[last.expect("a last activity")], 0);
    }

    #[test]
    fn an_earlier_target_takes_the_same_from_every_float(
        network in network(1), days in 1i64..30,
    ) {
        let network = without_elapsed(network);
        let answer = run(&network, None);
        let timeline = &network.calendars[0];
        let earlier = timeline.previous_finish(timeline.retreat(answer.finish, days * DAY));
        let short = run(&network, Some(earlier));
        for i in 0..network.activities.len() {
            prop_assert_eq!(short.early_start[i], answer.early_start[i]);
            prop_assert_eq!(short.total_float[i], answer.total_float[i] - days * DAY);
        }
    }

    #[test]
    fn planning_back_from_the_forward_finish_gives_the_late_dates(network in network(3)) {
        let answer = run(&network, None);
        let back = backward_plan(&network, answer.finish).expect("no loop");
        for (i, activity) in network.activities.iter().enumerate() {
            let timeline = &network.calendars[activity.calendar];
            prop_assert_eq!(timeline.between(answer.late_start[i], back.start[i]), 0);
            prop_assert_eq!(timeline.between(answer.late_finish[i], back.finish[i]), 0);
        }
    }

    #[test]
    fn starting_everything_as_late_as_allowed_still_meets_the_target(network in network(3)) {
        let network = without_late_starts(network);
        let answer = run(&network, None);
        prop_assert!(run(&at_late_starts(&network, &answer), None).finish <= answer.finish);
    }

    #[test]
    fn on_one_calendar_that_holds_for_every_link_kind(network in network(1)) {
        let network = without_start_milestones(without_elapsed(network));
        let answer = run(&network, None);
        prop_assert!(run(&at_late_starts(&network, &answer), None).finish <= answer.finish);
    }

    #[test]
    fn a_late_start_never_pulls_a_date_earlier_and_moves_successors_only(
        network in network(3), which in any::<prop::sample::Index>(), hours in 1i64..200,
    ) {
        let before = run(&network, None);
        let i = which.index(network.activities.len());
        let mut slipped = network.clone();
        let timeline = &network.calendars[network.activities[i].calendar];
        let at = timeline.next_start(timeline.advance(before.early_start[i], hours * 60));
        let bound = Constraint { kind: ConstraintKind::StartNoEarlier, at };
        slipped.activities[i].constraints.push(bound);
        let after = run(&slipped, None);
        let reached = successors(&network, i);
        for (k, &is_reached) in reached.iter().enumerate() {
            prop_assert!(after.early_start[k] >= before.early_start[k]);
            prop_assert!(after.early_finish[k] >= before.early_finish[k]);
            if !is_reached {
                prop_assert_eq!(after.early_start[k], before.early_start[k]);
            }
        }
        prop_assert!(after.finish >= before.finish);
    }

    #[test]
    fn free_float_may_be_used_up_without_moving_anybody(network in network(3)) {
        let network = without_late_starts(network);
        let before = run(&network, None);
        for i in 0..network.activities.len() {
            let free = before.free_float[i];
            if free == 0 || network.activities[i].kind != ActivityKind::Task {
                continue;
            }
            let timeline = &network.calendars[network.activities[i].calendar];
            let at = timeline.next_start(timeline.advance(before.early_start[i], free));
            let mut slipped = network.clone();
            let bound = Constraint { kind: ConstraintKind::StartNoEarlier, at };
            slipped.activities[i].constraints.push(bound);
            let after = run(&slipped, None);
            for k in (0..network.activities.len()).filter(|&k| k != i) {
                prop_assert_eq!(after.early_start[k], before.early_start[k]);
            }
            prop_assert_eq!(after.finish, before.finish);
        }
    }

    #[test]
    fn the_longest_path_leads_from_the_start_to_the_finish(network in network(3)) {
        let answer = run(&network, None);
        for i in (0..network.activities.len()).filter(|&i| answer.longest_path[i]) {
            let chain = plan::driving_chain(&network, &answer, i);
            prop_assert!(chain.iter().all(|&k| answer.longest_path[k]));
        }
        prop_assert!(answer.longest_path.iter().any(|&on| on));
    }

    #[test]
    fn every_reason_can_be_told(network in network(3), days in -20i64..20) {
        let target = run(&network, None).finish + days * 24 * 60;
        let answer = run(&network, Some(target));
        for i in 0..network.activities.len() {
            prop_assert!(plan::why(&network, &answer, i).ends_with('。'));
            let chain = plan::late_chain(&network, &answer, i);
            prop_assert!(!matches!(answer.late_driver[chain[chain.len() - 1]], plan::Driver::Link(_)));
        }
    }
}
