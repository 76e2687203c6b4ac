//! 资源平衡: whatever the plan, no link, calendar or capacity is broken; small plans have their known answers.

use ground::{
    Date, HolidayTable, Minute, Timeline, WorkCalendar, date_of_finish, date_of_start, minute_of,
};
use plan::level::{Levelled, Leveller, Need, Per, Resource, ResourceKind, Rules, Step};
use plan::rcpsp::{Problem, solve};
use plan::{
    Activity, Constraint, ConstraintKind, LagCalendar, Link, LinkKind, Network, Options, Progress,
    schedule,
};
use proptest::prelude::*;

const DAY: i64 = 480;

fn day(text: &str) -> Minute {
    minute_of(text.parse::<Date>().unwrap(), 0, 0)
}

fn options() -> Options {
    Options::from_start(day("2023-03-06"))
}

fn calendars() -> Vec<Timeline> {
    let table = HolidayTable::shipped();
    let calendars = [
        WorkCalendar::official(table),
        WorkCalendar::six_day(table),
        WorkCalendar::seven_day(),
    ];
    calendars.iter().map(WorkCalendar::timeline).collect()
}

fn network(days: &[i64], links: &[(usize, usize)]) -> Network {
    let task = |(i, &days): (usize, &i64)| {
        Activity::task(
            format!("{}", i + 1),
            format!("工作{}", i + 1),
            0,
            days * DAY,
        )
    };
    Network {
        calendars: calendars(),
        activities: days.iter().enumerate().map(task).collect(),
        links: links
            .iter()
            .map(|&(from, to)| Link::finish_start(from, to))
            .collect(),
    }
}

fn need(activity: usize, resource: usize, units: i64) -> Need {
    Need {
        activity,
        resource,
        units,
    }
}

fn dates(answer: &Levelled) -> Vec<String> {
    let pair = |(start, finish): (&Minute, &Minute)| {
        format!("{} {}", date_of_start(*start), date_of_finish(*finish))
    };
    answer.start.iter().zip(&answer.finish).map(pair).collect()
}

/// The engine itself, told not to begin before the levelled starts, must answer with the levelled dates: then every link,
/// calendar and constraint holds.
fn check_dates(
    network: &Network,
    options: &Options,
    answer: &Levelled,
) -> Result<(), TestCaseError> {
    let mut held = network.clone();
    for (activity, &at) in held.activities.iter_mut().zip(&answer.start) {
        if activity.progress == Progress::NotStarted {
            activity.constraints.push(Constraint {
                kind: ConstraintKind::StartNoEarlier,
                at,
            });
        }
    }
    let again = schedule(&held, options).unwrap();
    prop_assert_eq!(&again.remaining_start, &answer.start);
    prop_assert_eq!(&again.early_finish, &answer.finish);
    prop_assert_eq!(again.finish, answer.end);
    Ok(())
}

/// Units in use at every instant at which use can change.
fn check_capacity(
    network: &Network,
    resources: &[Resource],
    needs: &[Need],
    answer: &Levelled,
) -> Result<(), TestCaseError> {
    let hours = |at: &Minute| at.div_euclid(1440) * 1440;
    let begin = answer.start.iter().map(hours).min().unwrap_or(0);
    let mut instants: Vec<Minute> = (begin / 60..=answer.end / 60)
        .map(|hour| hour * 60)
        .collect();
    instants.extend(&answer.start);
    instants.extend(
        resources
            .iter()
            .flat_map(|resource| resource.capacity.iter().map(|step| step.from)),
    );
    for (at, resource) in resources.iter().enumerate() {
        let own: Vec<&Need> = needs.iter().filter(|need| need.resource == at).collect();
        for &instant in &instants {
            let works = |need: &&&Need| {
                let i = need.activity;
                let timeline = &network.calendars[network.activities[i].calendar];
                answer.start[i] <= instant
                    && instant < answer.finish[i]
                    && timeline.between(instant, instant + 1) == 1
            };
            let used: i64 = own.iter().filter(works).map(|need| need.units).sum();
            let capacity = resource.capacity_at(instant);
            prop_assert!(
                used <= capacity,
                "{} of {} {} at {}",
                used,
                capacity,
                resource.name,
                instant
            );
        }
    }
    Ok(())
}

fn plans() -> impl Strategy<Value = (Network, Vec<Need>)> {
    let task = (
        1..40i64,
        0..3usize,
        prop_oneof![4 => Just(None), 1 => (0..30i64).prop_map(Some)],
    );
    let link = (0..14usize, 0..14usize, 0..4usize, -2..4i64, 0..3usize);
    let need = (0..14usize, 0..2usize, 1..4i64);
    (
        prop::collection::vec(task, 2..14),
        prop::collection::vec(link, 0..16),
        prop::collection::vec(need, 0..14),
    )
        .prop_map(|(tasks, links, needs)| {
            let count = tasks.len();
            let mut plan = network(&[], &[]);
            for (i, (quarters, calendar, wait)) in tasks.into_iter().enumerate() {
                let mut activity = Activity::task(
                    format!("{i}"),
                    format!("工作{i}"),
                    calendar,
                    quarters * DAY / 4,
                );
                let at = |days: i64| options().start + days * 1440 + 600;
                let kind = ConstraintKind::StartNoEarlier;
                activity
                    .constraints
                    .extend(wait.map(|days| Constraint { kind, at: at(days) }));
                plan.activities.push(activity);
            }
            for (a, b, kind, lag, lag_calendar) in links {
                let (from, to) = (a.min(b), a.max(b));
                if from < to && to < count {
                    let kind = [LinkKind::FS, LinkKind::SS, LinkKind::FF, LinkKind::SF][kind];
                    let calendars = [
                        LagCalendar::Predecessor,
                        LagCalendar::Successor,
                        LagCalendar::Elapsed,
                    ];
                    plan.links.push(Link {
                        from,
                        to,
                        kind,
                        lag: lag * 300,
                        lag_calendar: calendars[lag_calendar],
                    });
                }
            }
            let needs = needs.into_iter().filter(|need| need.0 < count);
            let mut needs: Vec<Need> = needs
                .map(|(a, r, units)| Need {
                    activity: a,
                    resource: r,
                    units,
                })
                .collect();
            needs.sort_by_key(|need| (need.activity, need.resource));
            needs.dedup_by_key(|need| (need.activity, need.resource));
            (plan, needs)
        })
}

/// Three of each; the second resource is away for two weeks, and one short for a morning.
fn resources() -> Vec<Resource> {
    let mut crane = Resource::constant("DJ", "吊车", 3);
    let mut step = |at: Minute, units| crane.capacity.push(Step { from: at, units });
    step(day("2023-03-14"), 0);
    step(day("2023-03-28"), 3);
    step(day("2023-04-03") + 500, 2);
    step(day("2023-04-03") + 700, 3);
    vec![Resource::constant("ZJ", "桩机", 3), crane]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn no_link_calendar_constraint_or_capacity_is_broken((plan, needs) in plans()) {
        let (options, resources) = (options(), resources());
        let leveller = Leveller::new(&plan, &options, &resources, &needs, Rules::default()).unwrap();
        prop_assert!(leveller.findings().is_empty());
        let first = leveller.first();
        check_dates(&plan, &options, &first)?;
        check_capacity(&plan, &resources, &needs, &first)?;
        let mut asked = 0;
        let better = leveller.improve(1, |_| { asked += 1; asked < 40 });
        check_dates(&plan, &options, &better)?;
        check_capacity(&plan, &resources, &needs, &better)?;
        prop_assert!((better.late, better.end, better.delay) <= (first.late, first.end, first.delay));
        let mut asked = 0;
        let further = leveller.improve_from(&better.start, 2, |_| { asked += 1; asked < 20 });
        check_dates(&plan, &options, &further)?;
        prop_assert!((further.late, further.end, further.delay) <= (better.late, better.end, better.delay));
        let over = leveller.load(&better.start, &better.finish);
        prop_assert!(over.iter().flatten().all(|day| !day.is_over()));
    }

    #[test]
    fn plenty_of_everything_leaves_the_early_dates((plan, needs) in plans()) {
        let options = options();
        let plenty = [Resource::constant("ZJ", "桩机", 99), Resource::constant("DJ", "吊车", 99)];
        let leveller = Leveller::new(&plan, &options, &plenty, &needs, Rules::default()).unwrap();
        let free = schedule(&plan, &options).unwrap();
        let answer = leveller.improve(1, |_| true);
        prop_assert_eq!(answer.finish, free.early_finish);
        prop_assert!(answer.waits.is_empty());
    }

    #[test]
    fn a_budget_is_never_overdrawn(amounts in prop::collection::vec(0..600i64, 1..8), days in prop::collection::vec(1..60i64, 8)) {
        let plan = network(&days[..amounts.len()], &[]);
        let money = Resource { kind: ResourceKind::Consumed(Per::Month), ..Resource::constant("ZJ", "资金", 400) };
        let needs: Vec<Need> = amounts.iter().enumerate().map(|(i, &units)| need(i, 0, units)).collect();
        let (options, money) = (options(), [money]);
        let leveller = Leveller::new(&plan, &options, &money, &needs, Rules::default()).unwrap();
        let answer = leveller.first();
        check_dates(&plan, &options, &answer)?;
        let months = &leveller.load(&answer.start, &answer.finish)[0];
        // An activity whose amount no position of its span can bear stays where its links put it.
        let bearable = amounts.iter().zip(&days).all(|(&amount, _)| amount <= 400);
        prop_assert!(!bearable || months.iter().all(|month| !month.is_over()), "{:?}", months);
        prop_assert_eq!(months.iter().map(|month| month.load).sum::<i64>(), amounts.iter().sum::<i64>());
    }
}

#[test]
fn two_sections_share_one_rig() {
    let plan = network(&[5, 10, 3], &[(0, 2)]);
    let (options, rigs) = (options(), [Resource::constant("ZJ", "桩机", 1)]);
    let leveller = Leveller::new(
        &plan,
        &options,
        &rigs,
        &[need(0, 0, 1), need(1, 0, 1)],
        Rules::default(),
    )
    .unwrap();
    let answer = leveller.first();
    // The section that more work waits for goes first.
    assert_eq!(
        dates(&answer),
        [
            "2023-03-06 2023-03-10",
            "2023-03-13 2023-03-24",
            "2023-03-13 2023-03-15"
        ]
    );
    assert_eq!(
        leveller.explain(&answer.waits[0]),
        "2“工作2”按前后关系 2023-03-06 可以开工，要等桩机到 2023-03-13：之前由 1“工作1”占用。"
    );
}

/// Twelve invented jobs on a crew of five and three machines.
fn twelve() -> (Network, Vec<Need>) {
    let links = [
        (0, 3),
        (0, 4),
        (1, 5),
        (2, 6),
        (3, 7),
        (4, 8),
        (5, 8),
        (6, 9),
        (7, 10),
        (8, 10),
        (9, 11),
    ];
    let plan = network(&[4, 3, 6, 2, 5, 4, 3, 7, 2, 5, 3, 4], &links);
    let crew = [3, 2, 2, 4, 3, 2, 3, 2, 5, 3, 4, 2];
    let machines = [1, 2, 0, 1, 1, 2, 0, 1, 1, 2, 3, 1];
    let needs = (0..12).flat_map(|i| [need(i, 0, crew[i]), need(i, 1, machines[i])]);
    (plan, needs.collect())
}

#[test]
fn improving_reaches_what_the_period_core_reaches() {
    let (mut plan, needs) = twelve();
    for activity in &mut plan.activities {
        // Eight hours on every day of the week, so that days of work are days of the calendar.
        activity.calendar = 2;
    }
    let mut problem = Problem {
        capacities: vec![5, 3],
        ..Problem::default()
    };
    problem.durations = plan
        .activities
        .iter()
        .map(|activity| (activity.duration / DAY) as u32)
        .collect();
    problem.needs = needs.iter().map(|need| need.units as u32).collect();
    plan.links
        .iter()
        .for_each(|link| problem.follow(link.from as u32, link.to as u32));
    let core = solve(&problem, 1, |best| best.schedules < 20_000).unwrap();
    let (options, resources) = (
        options(),
        [
            Resource::constant("DW", "队伍", 5),
            Resource::constant("JX", "机械", 3),
        ],
    );
    let leveller = Leveller::new(&plan, &options, &resources, &needs, Rules::default()).unwrap();
    let mut questions = 0;
    let answer = leveller.improve(1, |_| {
        questions += 1;
        questions < 200
    });
    let last = date_of_finish(answer.end)
        .duration_since("2023-03-06".parse().unwrap())
        .as_hours()
        / 24
        + 1;
    assert_eq!(last, i64::from(core.makespan));
    assert!(
        answer.end < leveller.first().end,
        "the rules alone do not find it"
    );
    let known = leveller.improve_from(&answer.start, 9, |_| false);
    assert_eq!(known.end, answer.end, "what is known is not lost");
    let mut again = 0;
    assert_eq!(
        leveller.improve(1, |_| {
            again += 1;
            again < 200
        }),
        answer
    );
}

#[test]
fn work_under_way_keeps_its_rig_and_past_use_does_not_count() {
    let mut plan = network(&[5, 10, 5], &[]);
    let actual_start = day("2023-03-06") + 480;
    plan.activities[0].progress = Progress::Finished {
        actual_start,
        actual_finish: day("2023-03-07") + 1020,
    };
    plan.activities[1].progress = Progress::Started {
        actual_start,
        remaining: 4 * DAY,
    };
    let options = Options {
        data_date: Some(day("2023-03-08")),
        ..options()
    };
    let rigs = [Resource::constant("ZJ", "桩机", 1)];
    let needs = [need(0, 0, 1), need(1, 0, 1), need(2, 0, 1)];
    let leveller = Leveller::new(&plan, &options, &rigs, &needs, Rules::default()).unwrap();
    let answer = leveller.first();
    assert_eq!(
        dates(&answer)[1..],
        ["2023-03-08 2023-03-13", "2023-03-14 2023-03-20"]
    );
    assert_eq!(answer.waits[0].holders, [1]);
}

#[test]
fn a_monthly_budget_moves_work_into_the_next_month() {
    // Ten days of 100 each month; the second activity finds only what the first leaves of March.
    let plan = network(&[10, 10], &[]);
    let money = Resource {
        kind: ResourceKind::Consumed(Per::Month),
        ..Resource::constant("ZJ", "资金", 100)
    };
    let (options, money) = (options(), [money]);
    let leveller = Leveller::new(
        &plan,
        &options,
        &money,
        &[need(0, 0, 70), need(1, 0, 60)],
        Rules::default(),
    )
    .unwrap();
    let answer = leveller.first();
    // 30 of 60 are left for March: five of the ten days, 27 to 31 March.
    assert_eq!(
        dates(&answer),
        ["2023-03-06 2023-03-17", "2023-03-27 2023-04-10"]
    );
    let months: Vec<i64> = leveller.load(&answer.start, &answer.finish)[0]
        .iter()
        .map(|month| month.load)
        .collect();
    assert_eq!(months, [100, 30]);
}

#[test]
fn within_the_float_nothing_finishes_later_and_the_overload_stays() {
    let plan = network(&[5, 5, 10], &[]);
    let (options, rigs) = (options(), [Resource::constant("ZJ", "桩机", 1)]);
    let needs = [need(0, 0, 1), need(1, 0, 1), need(2, 0, 1)];
    let leveller =
        Leveller::new(&plan, &options, &rigs, &needs, Rules { within_float: true }).unwrap();
    let answer = leveller.first();
    assert_eq!(date_of_finish(answer.end).to_string(), "2023-03-17");
    assert!(
        leveller.load(&answer.start, &answer.finish)[0]
            .iter()
            .any(|day| day.is_over())
    );
}

#[test]
fn a_missed_target_tells_the_earliest_finish_and_what_would_do() {
    let plan = network(&[10, 10], &[]);
    let options = options();
    let rigs = [Resource {
        unit: "台".to_owned(),
        ..Resource::constant("ZJ", "桩机", 2)
    }];
    let leveller = Leveller::new(
        &plan,
        &options,
        &rigs,
        &[need(0, 0, 2), need(1, 0, 2)],
        Rules::default(),
    )
    .unwrap();
    let answer = leveller.first();
    let finding = leveller.target_finding(&answer, day("2023-03-18")).unwrap();
    assert_eq!(
        finding.to_string(),
        "资源平衡:资源不超配时最早 2023-03-31 完成，比目标 2023-03-17 晚 14 天。以下任一办法可按期完成：桩机增加 2 台（2023-03-17 完成）。"
    );
    let sooner = leveller.target_finding(&answer, day("2023-03-10")).unwrap();
    assert_eq!(
        sooner.remedy,
        "资源不受限制也要到 2023-03-17 完成，请先压缩关键线路或调整目标。"
    );
    assert_eq!(leveller.target_finding(&answer, day("2023-04-01")), None);
}

#[test]
fn needs_that_cannot_be_met_are_told_and_left_out() {
    let plan = network(&[5], &[]);
    let (options, rigs) = (options(), [Resource::constant("ZJ", "桩机", 2)]);
    let needs = [need(0, 0, 3), need(0, 1, 1), need(0, 0, -1)];
    let leveller = Leveller::new(&plan, &options, &rigs, &needs, Rules::default()).unwrap();
    let codes: Vec<&str> = leveller
        .findings()
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(codes, ["level.capacity", "level.index", "level.units"]);
    assert_eq!(dates(&leveller.first()), ["2023-03-06 2023-03-10"]);
}
