//! One change after another gives what a full calculation gives, whatever the network and whatever the changes.

mod sheet;

use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, Dialect, FloatRule, LagCalendar, Link,
    LinkKind, Live, Network, Options, Progress, compressions, float_bands, link_floats, schedule,
};
use proptest::prelude::*;
use sheet::{DAY, evening, morning, sheet, timelines};

/// What may happen to a plan, in numbers that any network can read.
#[derive(Clone, Debug)]
enum Change {
    Duration(usize, i64),
    Started(usize, i64),
    Finished(usize),
    Held(usize, i64),
    Link(usize, usize, LinkKind, i64),
    Unlink(usize),
    Relink(usize, LinkKind, i64),
    Calendar(usize, usize),
    Milestone(usize),
}

fn kind() -> impl Strategy<Value = LinkKind> {
    prop_oneof![
        4 => Just(LinkKind::FS),
        1 => Just(LinkKind::SS),
        1 => Just(LinkKind::FF),
        1 => Just(LinkKind::SF),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0usize..99, 0i64..90).prop_map(|(i, h)| Change::Duration(i, h * 60)),
        (0usize..99, 0i64..50).prop_map(|(i, h)| Change::Started(i, h * 60)),
        (0usize..99).prop_map(Change::Finished),
        (0usize..99, 0i64..40).prop_map(|(i, d)| Change::Held(i, d)),
        (0usize..99, 0usize..99, kind(), -20i64..30).prop_map(|(a, b, k, h)| Change::Link(
            a,
            b,
            k,
            h * 60
        )),
        (0usize..99).prop_map(Change::Unlink),
        (0usize..99, kind(), -20i64..30).prop_map(|(i, k, h)| Change::Relink(i, k, h * 60)),
        (0usize..99, 0usize..3).prop_map(|(i, c)| Change::Calendar(i, c)),
        (0usize..99).prop_map(Change::Milestone),
    ]
}

fn network() -> impl Strategy<Value = Network> {
    let hours = prop::collection::vec(1i64..90, 1..16);
    let links = prop::collection::vec((0usize..99, 0usize..99, kind(), -20i64..30), 0..30);
    (hours, links).prop_map(|(hours, links)| {
        let count = hours.len();
        let activities = hours.iter().enumerate();
        let mut network = Network {
            calendars: timelines(),
            activities: activities
                .map(|(i, h)| Activity::task(i.to_string(), "", i % 3, h * 60))
                .collect(),
            links: Vec::new(),
        };
        for (a, b, kind, lag) in links {
            let (a, b) = (a % count, b % count);
            if a != b {
                network.links.push(link(a.min(b), a.max(b), kind, lag * 60));
            }
        }
        network
    })
}

fn link(from: usize, to: usize, kind: LinkKind, lag: i64) -> Link {
    Link {
        kind,
        lag,
        lag_calendar: [LagCalendar::Predecessor, LagCalendar::Successor][from % 2],
        ..Link::finish_start(from, to)
    }
}

/// Does the change both ways; true when the network accepted it.
fn apply(live: &mut Live, shadow: &mut Network, change: &Change) -> bool {
    let count = shadow.activities.len();
    let edit = |shadow: &mut Network, i: usize, edit: &dyn Fn(&mut Activity)| {
        edit(&mut shadow.activities[i % count]);
        (i % count, shadow.activities[i % count].clone())
    };
    let actual_start = morning("2023-04-20");
    let (i, activity) = match *change {
        Change::Duration(i, work) => edit(shadow, i, &|a| a.duration = work),
        Change::Started(i, remaining) => edit(shadow, i, &|a| {
            a.progress = Progress::Started {
                actual_start,
                remaining,
            }
        }),
        Change::Finished(i) => edit(shadow, i, &|a| {
            a.progress = Progress::Finished {
                actual_start,
                actual_finish: evening("2023-04-21"),
            }
        }),
        Change::Held(i, days) => edit(shadow, i, &|a| {
            a.constraints = vec![Constraint {
                kind: ConstraintKind::StartNoEarlier,
                at: morning("2023-04-24") + days * 24 * 60,
            }]
        }),
        Change::Calendar(i, calendar) => edit(shadow, i, &|a| a.calendar = calendar),
        Change::Milestone(i) => edit(shadow, i, &|a| a.kind = ActivityKind::FinishMilestone),
        Change::Link(a, b, kind, lag) => {
            let link = link(a % count, b % count, kind, lag);
            let accepted = live.add_link(link).is_ok();
            if accepted {
                shadow.links.push(link);
            }
            return accepted;
        }
        Change::Relink(i, kind, lag) => {
            let Some(old) = shadow.links.get(i % shadow.links.len().max(1)).copied() else {
                return live.change_link(i, Link::finish_start(0, 0)).is_ok();
            };
            let index = i % shadow.links.len();
            shadow.links[index] = Link { kind, lag, ..old };
            return live.change_link(index, shadow.links[index]).is_ok();
        }
        Change::Unlink(i) => {
            if shadow.links.is_empty() {
                return live.remove_link(i).is_ok();
            }
            let index = i % shadow.links.len();
            shadow.links.swap_remove(index);
            return live.remove_link(index).is_ok();
        }
    };
    live.change(i, activity).is_ok()
}

fn options(dialect: Dialect, target: Option<i64>) -> Options {
    Options {
        data_date: Some(morning("2023-04-24")),
        target: target.map(|days| evening("2023-05-10") + days * 24 * 60),
        dialect,
        ..Options::from_start(morning("2023-04-20"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_plan_is_the_plan_calculated_anew(
        network in network(),
        changes in prop::collection::vec(change(), 1..12),
        p6 in any::<bool>(),
        target in prop::option::of(-20i64..40),
    ) {
        let dialect = if p6 { Dialect::P6 } else { Dialect::Guatu };
        let options = options(dialect, target);
        let mut live = Live::new(network.clone(), options).expect("no loop");
        let mut shadow = network;
        for change in &changes {
            let before = live.schedule();
            let accepted = apply(&mut live, &mut shadow, change);
            let whole = schedule(&shadow, &options);
            if !accepted && matches!(change, Change::Link(..)) {
                prop_assert_eq!(live.schedule(), before);
            }
            prop_assert_eq!(live.schedule(), whole.expect("the shadow took what was accepted"));
        }
    }

    /// Bare links on one calendar are followed by numbers of working minutes alone, until a change puts something else
    /// among them.
    #[test]
    fn a_plan_of_bare_links_is_followed_through_every_change(
        hours in prop::collection::vec(1i64..90, 6..40),
        links in prop::collection::vec((0usize..99, 1usize..6), 5..80),
        changes in prop::collection::vec(change(), 1..14),
        calendar in 0usize..3,
        dated in any::<bool>(),
        float in prop_oneof![Just(FloatRule::Finish), Just(FloatRule::Start), Just(FloatRule::Smaller)],
    ) {
        let count = hours.len();
        let tasks = hours.iter().enumerate();
        let mut shadow = Network {
            calendars: timelines(),
            activities: tasks.map(|(i, h)| Activity::task(i.to_string(), "", calendar, h * 60)).collect(),
            links: Vec::new(),
        };
        for (a, step) in links {
            let (a, b) = (a % count, a % count + step);
            if b < count {
                shadow.links.push(Link::finish_start(a, b));
            }
        }
        let start = Options::from_start(morning("2023-04-20"));
        let options = if dated { options(Dialect::Guatu, None) } else { start };
        let options = Options { float, ..options };
        let mut live = Live::new(shadow.clone(), options).expect("no loop");
        for change in &changes {
            apply(&mut live, &mut shadow, change);
            prop_assert_eq!(live.schedule(), schedule(&shadow, &options).expect("what was accepted"));
        }
    }

    /// Long loose plans without a target: a change at one end moves the finish, and most late dates only shift.
    #[test]
    fn a_moved_finish_shifts_what_hangs_on_it(
        hours in prop::collection::vec(1i64..90, 30..60),
        links in prop::collection::vec((0usize..99, 1usize..6, kind(), 0i64..9), 20..80),
        changes in prop::collection::vec((0usize..99, 1i64..400), 1..6),
        float in prop_oneof![Just(FloatRule::Finish), Just(FloatRule::Start), Just(FloatRule::Smaller)],
    ) {
        let count = hours.len();
        let tasks = hours.iter().enumerate();
        let mut shadow = Network {
            calendars: timelines(),
            activities: tasks.map(|(i, h)| Activity::task(i.to_string(), "", i / 20, h * 60)).collect(),
            links: Vec::new(),
        };
        for (a, step, kind, lag) in links {
            let (a, b) = (a % count, a % count + step);
            if b < count {
                shadow.links.push(link(a, b, kind, (lag - 6).max(0) * 60));
            }
        }
        let options = Options { float, ..Options::from_start(morning("2023-04-20")) };
        let mut live = Live::new(shadow.clone(), options).expect("no loop");
        for (i, hours) in changes {
            let before = live.schedule();
            let activity = &mut shadow.activities[i % count];
            activity.duration = hours * 60;
            let moved = live.change(i % count, activity.clone()).expect("a duration");
            let after = schedule(&shadow, &options).expect("no loop");
            prop_assert_eq!(live.schedule(), after.clone());
            let line = |s: &plan::Schedule, i: usize| [
                s.early_start[i], s.early_finish[i], s.late_start[i], s.late_finish[i],
                s.total_float[i], s.free_float[i],
            ];
            for i in (0..count).filter(|&i| line(&before, i) != line(&after, i)) {
                prop_assert!(moved.contains(&i), "{} moved untold", i);
            }
        }
    }

    /// Work with nothing but links and a calendar is placed by a shorter way; a deadline far away takes it the long way.
    #[test]
    fn a_deadline_that_asks_nothing_changes_nothing(
        network in network(),
        target in prop::option::of(-20i64..40),
        float in prop_oneof![Just(FloatRule::Finish), Just(FloatRule::Start), Just(FloatRule::Smaller)],
        dialect in prop_oneof![Just(Dialect::Guatu), Just(Dialect::P6), Just(Dialect::MicrosoftProject)],
        one_calendar in any::<bool>(),
        bare in any::<bool>(),
    ) {
        let options = Options { float, ..options(dialect, target) };
        let mut network = network;
        for activity in network.activities.iter_mut().filter(|_| one_calendar) {
            activity.calendar = 0;
        }
        for link in network.links.iter_mut().filter(|_| bare) {
            *link = Link::finish_start(link.from, link.to);
        }
        let mut held = network.clone();
        for activity in &mut held.activities {
            activity.deadline = Some(evening("2080-01-05"));
        }
        let (short, long) = (schedule(&network, &options), schedule(&held, &options));
        prop_assert_eq!(short.expect("no loop"), long.expect("no loop"));
    }

    #[test]
    fn a_plan_that_is_followed_is_the_plan_calculated_anew(
        network in network(),
        changes in prop::collection::vec(prop::collection::vec(change(), 0..4), 1..6),
        targets in prop::collection::vec(prop::option::of(-20i64..40), 6),
        summary in any::<bool>(),
    ) {
        let mut shadow = network;
        if summary {
            // What lies under a summary is calculated whole, and must follow all the same.
            let last = shadow.activities.len();
            shadow.activities.push(Activity { kind: ActivityKind::Summary, ..Activity::task("S", "", 0, 0) });
            shadow.activities[0].parent = Some(last);
        }
        let mut live = Live::new(shadow.clone(), options(Dialect::Guatu, None)).expect("no loop");
        let mut mirror = Live::new(shadow.clone(), options(Dialect::Guatu, None)).expect("no loop");
        for (step, target) in changes.iter().zip(targets) {
            let options = options(Dialect::Guatu, target);
            for change in step {
                let kept = shadow.clone();
                if !apply(&mut mirror, &mut shadow, change) {
                    shadow = kept;
                }
            }
            live.follow_to(&shadow, &options).expect("a sound plan");
            prop_assert_eq!(live.schedule(), schedule(&shadow, &options).expect("a sound plan"));
        }
    }

    #[test]
    fn what_is_told_as_moved_is_what_moved(network in network(), change in change()) {
        let options = options(Dialect::Guatu, Some(5));
        let mut live = Live::new(network.clone(), options).expect("no loop");
        let before = live.schedule();
        let mut shadow = network;
        let Change::Duration(i, work) = change else { return Ok(()) };
        let i = i % shadow.activities.len();
        shadow.activities[i].duration = work;
        let moved = live.change(i, shadow.activities[i].clone()).expect("a duration");
        let after = live.schedule();
        let line = |s: &plan::Schedule, i: usize| {
            (s.early_start[i], s.early_finish[i], s.late_start[i], s.late_finish[i], s.total_float[i])
        };
        for i in 0..shadow.activities.len() {
            if line(&before, i) != line(&after, i) {
                prop_assert!(moved.contains(&i), "{} moved untold", i);
            }
        }
    }

    #[test]
    fn a_driving_link_has_no_float_and_no_link_is_broken(network in network()) {
        let answer = schedule(&network, &options(Dialect::Guatu, None)).expect("no loop");
        let floats = link_floats(&network, &answer);
        for (i, driver) in answer.driver.iter().enumerate() {
            if let plan::Driver::Link(link) = *driver {
                prop_assert_eq!(floats[link], Some(0), "driver of {}", i);
            }
        }
        prop_assert!(floats.iter().flatten().all(|&float| float >= 0));
    }
}

/// A plan of which the last change is not sound tells the two ways apart: followed singly, those before it are kept.
#[test]
fn more_than_eight_changes_are_calculated_whole() {
    for (changes, kept) in [(8, 7), (9, 0)] {
        let codes: Vec<String> = (0..200).map(|i| format!("A{i}")).collect();
        let rows: Vec<(&str, i64, &str)> =
            codes.iter().map(|code| (code.as_str(), 3, "")).collect();
        let plan = sheet("2023-03-06", &rows);
        let mut live = Live::new(plan.network.clone(), plan.options).expect("no loop");
        let mut target = plan.network.clone();
        for activity in &mut target.activities[..changes] {
            activity.duration += DAY;
        }
        target.activities[changes - 1].calendar = usize::MAX;
        live.follow_to(&target, &plan.options)
            .expect_err("no such calendar");
        let pairs = live
            .network()
            .activities
            .iter()
            .zip(&plan.network.activities);
        assert_eq!(pairs.filter(|(now, old)| now != old).count(), kept);
    }
}

#[test]
fn a_loop_is_refused_and_changes_nothing() {
    let plan = sheet("2023-03-06", &[("A", 3, ""), ("B", 2, "A"), ("C", 1, "B")]);
    let mut live = Live::new(plan.network, plan.options).expect("a chain");
    let before = live.schedule();
    let findings = live.add_link(Link::finish_start(2, 0)).expect_err("a loop");
    assert_eq!(findings[0].code, "plan.loop");
    assert_eq!(live.schedule(), before);
    assert_eq!(live.network().links.len(), 2);
}

#[test]
fn the_cheapest_days_are_taken_from_the_longest_work_of_the_driving_chain() {
    // A 10 days, B 20, C 3; D 8 days beside. 33 days, the target takes 5.
    let rows = [("A", 10, ""), ("B", 20, "A"), ("C", 3, "B"), ("D", 8, "")];
    let plan = sheet("2023-03-06", &rows).run();
    let target = plan.sheet.network.calendars[0].retreat(plan.answer.finish, 5 * DAY);
    let target = plan.sheet.network.calendars[0].previous_finish(target);
    let plan = sheet("2023-03-06", &rows).target(target).run();
    assert_eq!(plan.floats("C").0, -5 * DAY);
    let list = compressions(
        &plan.sheet.network,
        &plan.answer,
        &plan.sheet.options,
        &[],
        0,
    );
    let list = list.expect("no loop");
    assert_eq!(list.len(), 1);
    assert_eq!(
        (list[0].parts.as_slice(), list[0].gain_days),
        (&[(1, 5)][..], 5)
    );
}

#[test]
fn work_that_is_short_is_not_squeezed_beyond_a_third() {
    let rows = [("A", 6, ""), ("B", 3, "A")];
    let plan = sheet("2023-03-06", &rows)
        .target(evening("2023-03-08"))
        .run();
    // Nine days from Mon 6 to Thu 16; the target leaves three. A may give two, B one.
    let list = compressions(
        &plan.sheet.network,
        &plan.answer,
        &plan.sheet.options,
        &[],
        0,
    );
    let days: Vec<_> = list
        .expect("no loop")
        .iter()
        .map(|c| c.parts.clone())
        .collect();
    assert_eq!(days, [[(0, 2)], [(1, 1)]]);
}

#[test]
fn what_hardens_in_its_own_time_is_not_asked_for_a_day() {
    // Thirty days, the target takes five; twenty of them are curing, of which eighteen are the least.
    let rows = [("A", 10, ""), ("B", 20, "A")];
    let plan = sheet("2023-03-06", &rows).run();
    let target = plan.sheet.network.calendars[0].retreat(plan.answer.finish, 5 * DAY);
    let target = plan.sheet.network.calendars[0].previous_finish(target);
    let plan = sheet("2023-03-06", &rows).target(target).run();
    let asked = |least: &[i64]| {
        let list = compressions(
            &plan.sheet.network,
            &plan.answer,
            &plan.sheet.options,
            least,
            0,
        );
        let list = list.expect("no loop");
        list.iter()
            .flat_map(|one| one.parts.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&[]), [(1, 5)]);
    assert_eq!(asked(&[0, 18 * DAY]), [(1, 2), (0, 3)]);
    assert_eq!(asked(&[0, 20 * DAY]), [(0, 3)]);
}

/// Three equal buildings of nine long pieces of work each, with one short piece before and one behind them all.
fn three_buildings() -> Vec<(String, i64, String)> {
    let mut rows = vec![("P".to_owned(), 12, String::new())];
    for building in 1..=3 {
        for step in 1..=9 {
            let before = match step {
                1 => "P".to_owned(),
                _ => format!("B{building}-{}", step - 1),
            };
            rows.push((format!("B{building}-{step}"), 20 + step, before));
        }
    }
    rows.push(("Z".to_owned(), 6, "B1-9,B2-9,B3-9".to_owned()));
    rows
}

#[test]
fn what_all_chains_share_is_asked_first_and_then_parallel_work_together() {
    let rows = three_buildings();
    let rows: Vec<(&str, i64, &str)> = rows
        .iter()
        .map(|(code, days, before)| (code.as_str(), *days, before.as_str()))
        .collect();
    let plan = sheet("2023-03-06", &rows).run();
    let calendar = &plan.sheet.network.calendars[0];
    let target = calendar.previous_finish(calendar.retreat(plan.answer.finish, 10 * DAY));
    let plan = sheet("2023-03-06", &rows).target(target).run();
    let list = compressions(
        &plan.sheet.network,
        &plan.answer,
        &plan.sheet.options,
        &[],
        0,
    );
    let told: Vec<_> = list
        .expect("no loop")
        .iter()
        .map(|c| (c.parts.clone(), c.gain_days))
        .collect();
    // P may give four days and Z two; the four that are left come from the longest work of each building at once.
    assert_eq!(
        told,
        [
            (vec![(0, 4)], 4),
            (vec![(28, 2)], 2),
            (vec![(9, 4), (18, 4), (27, 4)], 4)
        ]
    );
}

#[test]
fn work_behind_a_link_into_its_summary_can_be_asked() {
    let rows = [("A", 4, ""), ("S", 1, "A"), ("B", 60, "")];
    let first = sheet("2023-03-06", &rows).run();
    let (mut network, options) = (first.sheet.network.clone(), first.sheet.options);
    network.activities[1].kind = plan::ActivityKind::Summary;
    network.activities[2].parent = Some(1);
    let answer = plan::schedule(&network, &options).expect("no loop");
    let calendar = &network.calendars[0];
    let options = plan::Options {
        target: Some(calendar.previous_finish(calendar.retreat(answer.finish, 10 * DAY))),
        ..options
    };
    let answer = plan::schedule(&network, &options).expect("no loop");
    let list = compressions(&network, &answer, &options, &[], 0).expect("no loop");
    let told: Vec<_> = list
        .iter()
        .map(|c| (c.parts.clone(), c.gain_days))
        .collect();
    assert_eq!(told, [(vec![(2, 10)], 10)]);
}

#[test]
fn a_branch_that_cannot_be_shortened_leaves_no_way_out() {
    // Two chains side by side; B is too short for a whole day out of a third.
    let rows = [
        ("A", 30, ""),
        ("B1", 2, ""),
        ("B2", 2, "B1FS+26"),
        ("C", 2, "A,B2"),
    ];
    let plan = sheet("2023-03-06", &rows).run();
    let calendar = &plan.sheet.network.calendars[0];
    let target = calendar.previous_finish(calendar.retreat(plan.answer.finish, 10 * DAY));
    let plan = sheet("2023-03-06", &rows).target(target).run();
    let list = compressions(
        &plan.sheet.network,
        &plan.answer,
        &plan.sheet.options,
        &[],
        0,
    );
    assert_eq!(list.expect("no loop"), []);
}

#[test]
fn bands_tell_negative_critical_near_and_loose() {
    let rows = [("A", 10, ""), ("B", 9, ""), ("C", 2, "")];
    let plan = sheet("2023-03-06", &rows).run();
    let bands = float_bands(&plan.sheet.network, &plan.answer, 3);
    use plan::FloatBand::{Critical, Loose, Near};
    assert_eq!(bands, [Some(Critical), Some(Near), Some(Loose)]);
}
