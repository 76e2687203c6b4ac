//! 计划体检 on small plans worked out by hand: each check fails where it should and names what it found.
//! All durations are in days of a calendar without rest days, from Monday 6 March 2023.

use ground::{Minute, WorkCalendar, minute_of};
use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, Health, HealthPoint, HealthRule, Link,
    LinkKind, Network, Options, Patient, Progress, Verdict, health, schedule,
};

const DAY: i64 = 480;

fn at(day: i8, hour: i8) -> Minute {
    let date = ground::Date::new(2023, 3, day).expect("a date");
    minute_of(date, hour, 0)
}

/// Twenty activities of two days in one chain between a start and a finish milestone: healthy.
fn chain() -> Network {
    let milestone = |code: &str, kind| Activity::milestone(code, code, 0, kind);
    let mut activities = vec![milestone("开工", ActivityKind::StartMilestone)];
    activities
        .extend((1..=18).map(|i| Activity::task(i.to_string(), format!("第{i}段"), 0, 2 * DAY)));
    activities.push(milestone("竣工", ActivityKind::FinishMilestone));
    let links = (1..activities.len())
        .map(|i| Link::finish_start(i - 1, i))
        .collect();
    Network {
        calendars: vec![WorkCalendar::seven_day().timeline()],
        activities,
        links,
    }
}

#[derive(Default)]
struct More {
    data_date: Option<Minute>,
    target: Option<Minute>,
    baseline: Vec<Option<(Minute, Minute)>>,
    resourced: Vec<bool>,
}

fn examine(network: &Network, more: &More) -> Health {
    let options = Options {
        data_date: more.data_date,
        target: more.target,
        ..Options::from_start(at(6, 0))
    };
    let answer = schedule(network, &options).expect("no loop");
    let patient = Patient {
        network,
        options: &options,
        answer: &answer,
        baseline: &more.baseline,
        resourced: &more.resourced,
    };
    health(patient, &HealthRule::default())
}

fn point(network: &Network, more: &More, number: usize) -> HealthPoint {
    examine(network, more).points.swap_remove(number - 1)
}

fn shape(point: &HealthPoint) -> (Verdict, &str, &[usize]) {
    (point.verdict, &point.value_text, &point.activities)
}

fn finished(from: i8, to: i8) -> Progress {
    Progress::Finished {
        actual_start: at(from, 8),
        actual_finish: at(to, 17),
    }
}

#[test]
fn a_sound_chain_passes_everything_that_applies() {
    let answer = examine(&chain(), &More::default());
    assert_eq!(answer.words(), "14 项中 9 项合格、5 项不适用");
    let numbers: Vec<u8> = answer.points.iter().map(|point| point.number).collect();
    assert_eq!(numbers, (1..=14).collect::<Vec<u8>>());
    assert_eq!(answer.points[0].limit_text, "≤5%");
}

#[test]
fn an_open_end_is_named_and_the_two_ends_of_the_whole_are_excused() {
    let mut network = chain();
    // 5 → 6 is cut: 5 has no successor, 6 no predecessor.
    network.links.retain(|link| link.to != 6);
    let logic = point(&network, &More::default(), 1);
    assert_eq!(shape(&logic), (Verdict::Fail, "10.0%（2/20）", &[5, 6][..]));
    assert_eq!(logic.remedy, "请给“第5段”、“第6段”补上紧前或紧后工作。");
}

#[test]
fn a_start_tied_only_at_its_finish_is_open() {
    let mut network = chain();
    network.links[5].kind = LinkKind::FF;
    let logic = point(&network, &More::default(), 1);
    assert_eq!(shape(&logic), (Verdict::Pass, "5.0%（1/20）", &[6][..]));
}

#[test]
fn one_lead_is_one_too_many_and_lags_may_be_a_twentieth() {
    let mut network = chain();
    network.links[4].lag = -DAY;
    let leads = point(&network, &More::default(), 2);
    assert_eq!(shape(&leads), (Verdict::Fail, "5.3%（1/19）", &[5][..]));
    assert_eq!(leads.links, [4]);
    network.links[4].lag = DAY;
    assert_eq!(point(&network, &More::default(), 3).verdict, Verdict::Fail);
    let lags = point(&chain(), &More::default(), 3);
    assert_eq!(shape(&lags), (Verdict::Pass, "0.0%（0/19）", &[][..]));
}

#[test]
fn nine_of_ten_links_run_from_finish_to_start() {
    let mut network = chain();
    network.links[4].kind = LinkKind::SS;
    let one = point(&network, &More::default(), 4);
    assert_eq!(shape(&one), (Verdict::Pass, "94.7%（18/19）", &[5][..]));
    network.links[7].kind = LinkKind::SS;
    let two = point(&network, &More::default(), 4);
    assert_eq!(shape(&two), (Verdict::Fail, "89.5%（17/19）", &[5, 8][..]));
}

#[test]
fn a_date_nailed_down_is_hard_and_no_earlier_is_not() {
    let mut network = chain();
    let nailed = |kind| {
        vec![Constraint {
            kind,
            at: at(20, 8),
        }]
    };
    network.activities[3].constraints = nailed(ConstraintKind::StartNoEarlier);
    network.activities[7].constraints = nailed(ConstraintKind::StartOn);
    network.activities[8].constraints = nailed(ConstraintKind::FinishNoLater);
    let hard = point(&network, &More::default(), 5);
    assert_eq!(shape(&hard), (Verdict::Fail, "10.0%（2/20）", &[7, 8][..]));
}

#[test]
fn float_is_high_above_forty_four_days_and_long_work_likewise() {
    let mut network = chain();
    network.activities[9].duration = 44 * DAY;
    // 第3段 has only the finish as successor: it may wait for everything after it.
    network.links.retain(|link| link.to != 4);
    network.links.push(Link::finish_start(2, 4));
    network.links.push(Link::finish_start(3, 19));
    let none = point(&network, &More::default(), 8);
    assert_eq!(shape(&none), (Verdict::Pass, "0.0%（0/18）", &[][..]));
    let float = point(&network, &More::default(), 6);
    assert_eq!(shape(&float), (Verdict::Pass, "5.0%（1/20）", &[3][..]));
    network.activities[9].duration = 44 * DAY + 1;
    let long = point(&network, &More::default(), 8);
    assert_eq!(shape(&long), (Verdict::Fail, "5.6%（1/18）", &[9][..]));
}

#[test]
fn a_target_one_day_too_early_is_negative_float_on_the_whole_chain() {
    // 36 days from 6 March end on 10 April.
    let target = |day: i8| {
        let date = ground::Date::new(2023, 4, day).expect("a date");
        More {
            target: Some(minute_of(date, 17, 0)),
            ..More::default()
        }
    };
    let kept = examine(&chain(), &target(10));
    assert_eq!(kept.points[6].verdict, Verdict::Pass);
    assert_eq!(shape(&kept.points[12]), (Verdict::Pass, "1.00", &[][..]));
    let missed = examine(&chain(), &target(9));
    assert_eq!(missed.points[6].value_text, "100%（20/20）");
    // (36 − 1) ÷ 36 = 0.97 is still above 0.95; two days less is not.
    assert_eq!(shape(&missed.points[12]), (Verdict::Pass, "0.97", &[][..]));
    assert_eq!(
        shape(&examine(&chain(), &target(8)).points[12]),
        (Verdict::Fail, "0.94", &[19][..])
    );
}

#[test]
fn a_finish_reported_for_tomorrow_is_no_date() {
    let mut network = chain();
    network.activities[1].progress = finished(6, 7);
    network.activities[2].progress = finished(8, 11);
    let more = More {
        data_date: Some(at(10, 17)),
        ..More::default()
    };
    let dates = point(&network, &more, 9);
    assert_eq!(shape(&dates), (Verdict::Fail, "5.0%（1/20）", &[2][..]));
    assert_eq!(
        point(&network, &More::default(), 9).verdict,
        Verdict::NotApplicable
    );
}

#[test]
fn resources_count_only_where_the_plan_has_some() {
    let mut more = More {
        resourced: vec![false; 20],
        ..More::default()
    };
    assert_eq!(point(&chain(), &more, 10).verdict, Verdict::NotApplicable);
    more.resourced = vec![true; 20];
    more.resourced[4] = false;
    let one = point(&chain(), &more, 10);
    assert_eq!(shape(&one), (Verdict::Fail, "5.6%（1/18）", &[4][..]));
}

/// Baseline: two days each from 6 March. On the evening of the 13th four are due; three are done,
/// the second a day late.
fn behind() -> (Network, More) {
    let mut network = chain();
    let answer = schedule(&network, &Options::from_start(at(6, 0))).expect("no loop");
    let baseline = answer.early_start.iter().zip(&answer.early_finish);
    let baseline = baseline
        .map(|(&start, &finish)| Some((start, finish)))
        .collect();
    network.activities[0].progress = finished(6, 6);
    network.activities[1].progress = finished(6, 7);
    network.activities[2].progress = finished(8, 10);
    network.activities[3].progress = finished(11, 11);
    let more = More {
        data_date: Some(at(13, 17)),
        baseline,
        ..More::default()
    };
    (network, more)
}

#[test]
fn what_was_due_and_is_late_or_open_is_missed() {
    let (network, more) = behind();
    let missed = point(&network, &more, 11);
    assert_eq!(shape(&missed), (Verdict::Fail, "50.0%（2/4）", &[2, 4][..]));
    let execution = point(&network, &more, 14);
    assert_eq!(shape(&execution), (Verdict::Fail, "0.75", &[4][..]));
}

#[test]
fn without_a_baseline_nothing_is_missed_or_executed() {
    for number in [11, 14] {
        let told = point(&chain(), &More::default(), number);
        assert_eq!(shape(&told), (Verdict::NotApplicable, "—", &[][..]));
        assert!(told.remedy.contains("没有基准计划"), "{}", told.remedy);
    }
}

#[test]
fn a_delay_on_the_longest_path_reaches_the_finish_or_the_path_is_broken() {
    let whole = point(&chain(), &More::default(), 12);
    assert_eq!(shape(&whole), (Verdict::Pass, "100%", &[][..]));
    let mut network = chain();
    // The second half no longer waits for the first; a late start nailed to a day makes it last.
    network.links.retain(|link| link.to != 10);
    network.activities[10].constraints = vec![Constraint {
        kind: ConstraintKind::StartNoEarlier,
        at: minute_of(ground::Date::new(2026, 3, 6).expect("a date"), 8, 0),
    }];
    // 第10段 begins the longest path now: it still carries its delay to the end.
    assert_eq!(point(&network, &More::default(), 12).verdict, Verdict::Pass);
}

#[test]
fn a_date_nailed_down_in_the_middle_breaks_the_path() {
    // 第9段 ends on 23 March. 第10段 on the morning after: what comes before cannot move it any more.
    let broken = |day: i8| {
        let mut network = chain();
        network.activities[10].constraints = vec![Constraint {
            kind: ConstraintKind::MandatoryStart,
            at: at(day, 8),
        }];
        point(&network, &More::default(), 12)
    };
    assert_eq!(shape(&broken(24)), (Verdict::Fail, "0.0%", &[1][..]));
    // A week later it stands alone at the head of the path.
    assert_eq!(shape(&broken(31)), (Verdict::Fail, "100%", &[10][..]));
}
