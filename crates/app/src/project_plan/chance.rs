//! 把握 The chance of meeting a day, from three-point durations drawn many times (Monte Carlo).

use super::{PlanBook, day_text};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::project_plan::{ChancePoint, ChanceShare, PlanChance};
use ground::{Date, Finding, Minute, date_of_finish, minute_of};
use plan::Progress;
use plan::risk::{Estimate, Simulation, simulate};
use portfolio::Scheduled;

/// Runs at most: more does not change what anybody reads.
const RUNS: usize = 10_000;
/// Points of the curve.
const POINTS: usize = 60;
/// Activities listed by how often they are critical.
const LISTED: usize = 12;

/// What to ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChanceQuery {
    /// The day to meet; the project's target when absent.
    pub target: Option<Date>,
    /// How often to draw.
    pub runs: Option<usize>,
    /// Start of the draws: one seed, one answer.
    pub seed: Option<u64>,
}

/// The chance of a project's finish.
pub fn chance(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
    query: ChanceQuery,
) -> Result<PlanChance, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let scheduled = book.scheduled(app, book.activities());
    let runs = query.runs.unwrap_or(RUNS).clamp(1, RUNS);
    let seed = query.seed.unwrap_or(1);
    let own = scheduled.standing.target.as_ref().map(|target| target.date);
    let target = query.target.or(own);
    let mut page = PlanChance {
        runs,
        seed,
        target,
        estimated: 0,
        activities: scheduled.built.activities.len(),
        chance: None,
        plan_finish: None,
        p50: None,
        p80: None,
        text: String::new(),
        curve: Vec::new(),
        criticality: Vec::new(),
        findings: scheduled.standing.findings.clone(),
    };
    if scheduled.schedule.is_none() || page.activities == 0 {
        page.text = "计划里有循环或没有工作，不能推演。".to_owned();
        return Ok(page);
    }
    let estimates = estimates(&scheduled);
    let open = |one: &&Estimate| one.optimistic < one.pessimistic;
    page.estimated = estimates.iter().flatten().filter(open).count();
    if page.estimated == 0 {
        let problem = "没有一项工作填了最短、最长工期，推演的结果只有一个日子。";
        let remedy = "请给关键线路上没完的工作填三点估计。";
        page.findings.push(Finding::warning(
            "plan.no_estimate",
            "计划",
            problem,
            remedy,
        ));
    }
    let network = &scheduled.built.network;
    match simulate(network, &scheduled.options, &estimates, runs, seed) {
        Ok(answer) => tell(&mut page, &scheduled, &answer, book.state.today),
        Err(findings) => page.findings.extend(findings),
    }
    Ok(page)
}

/// Estimates of the work that remains: of begun work in proportion to what is left of it.
fn estimates(scheduled: &Scheduled<'_>) -> Vec<Option<Estimate>> {
    let built = &scheduled.built;
    let each = built.activities.iter().zip(&built.network.activities);
    each.map(|(activity, node)| {
        let points = activity.estimate?;
        if matches!(node.progress, Progress::Finished { .. }) || activity.milestone {
            return None;
        }
        let per_day = built.network.calendars[node.calendar].minutes_per_day();
        let (left, whole) = (
            i128::from(node.remaining()),
            i128::from(node.duration.max(1)),
        );
        let share = |days: i64| {
            let minutes = i128::from(days) * i128::from(per_day);
            let minutes = match node.progress {
                Progress::NotStarted => minutes,
                _ => minutes * left / whole,
            };
            i64::try_from(minutes).unwrap_or(i64::MAX)
        };
        let points = [points.optimistic, points.likely, points.pessimistic].map(share);
        Some(Estimate::pert(points[0], points[1], points[2]))
    })
    .collect()
}

/// Hundredths of a percent.
fn share(share: f64) -> i64 {
    (share * 10_000.0).round() as i64
}

fn end_of(day: Date) -> Minute {
    minute_of(day, 24, 0)
}

fn tell(page: &mut PlanChance, scheduled: &Scheduled<'_>, answer: &Simulation, today: Date) {
    let (p50, p80) = (date_of_finish(answer.p50()), date_of_finish(answer.p80()));
    page.plan_finish = Some(date_of_finish(answer.planned_finish));
    (page.p50, page.p80) = (Some(p50), Some(p80));
    page.chance = page.target.map(|day| share(answer.chance_by(end_of(day))));
    page.curve = curve(answer);
    let built = &scheduled.built;
    let mut listed: Vec<ChanceShare> = built
        .activities
        .iter()
        .zip(&answer.activities)
        .filter(|(_, exposure)| exposure.criticality > 0.0)
        .map(|(activity, exposure)| ChanceShare {
            activity_id: activity.id.to_string(),
            code: activity.code.clone(),
            name: activity.name.clone(),
            share: share(exposure.criticality),
        })
        .collect();
    listed.sort_by_key(|one| std::cmp::Reverse(one.share));
    listed.truncate(LISTED);
    page.criticality = listed;
    page.findings.extend(answer.findings.iter().cloned());
    let ends = format!(
        "一半可能在 {}前，八成可能在 {}前。",
        day_text(p50, today),
        day_text(p80, today)
    );
    if page.estimated == 0 {
        let finish = day_text(p50, today);
        page.text = format!("没有三点估计，只推得出一个日子：{finish}完成，谈不上把握。");
        return;
    }
    let met = match (page.target, page.chance) {
        (Some(day), Some(chance)) => format!(
            "{}前完成的可能性约 {}%；",
            day_text(day, today),
            (chance + 50) / 100
        ),
        _ => String::new(),
    };
    page.text = format!("按三点估计推演 {} 次：{met}{ends}", page.runs);
}

/// One point a day: several finishes of a day are one.
fn curve(answer: &Simulation) -> Vec<ChancePoint> {
    let mut points: Vec<ChancePoint> = Vec::new();
    for (at, _) in answer.curve(POINTS) {
        let date = date_of_finish(at);
        if points.last().is_some_and(|last| last.date == date) {
            continue;
        }
        points.push(ChancePoint {
            date,
            chance: share(answer.chance_by(end_of(date))),
        });
    }
    points
}
