//! 量度 What a plan is worth by each day (香蕉曲线, 挣得进度) and whether it is well made (DCMA 14).

use super::PlanBook;
use super::sheet::Beside;
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::project_plan::{
    CatchUpView, CurveNow, CurvePointView, HealthCheck, PlanCurve, PlanHealth,
};
use ground::{Date, Finding, Minute, PeriodKind, Ratio, date_of_finish, minute_of};
use plan::{Banana, CatchUpBands, HealthRule, Patient, Schedule, ValueCurve};
use portfolio::{Scheduled, network::spans};

/// Units in which the whole plan is counted: a ten-thousandth of a percent is below what anybody reads.
const WHOLE: i64 = 1_000_000;
/// Days whose pace catching up is measured against: four weeks.
const WINDOW: i64 = 28;
const DAY: i64 = 1440;

/// The curves of a project by period. `step` is day, week, dekad or month.
pub fn curve(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
    (step, baseline): (Option<&str>, Option<&str>),
) -> Result<PlanCurve, AppError> {
    let kind = period_kind(step)?;
    let book = PlanBook::open(app, actor, project, day)?;
    let beside = Beside::read(app, &book, baseline)?;
    let scheduled = book.scheduled(app, book.activities());
    let Some(schedule) = scheduled
        .schedule
        .as_ref()
        .filter(|s| !s.early_start.is_empty())
    else {
        return Ok(empty(&scheduled, step));
    };
    let worth = Worth::of(&scheduled, schedule, &beside);
    Ok(worth.curve(kind, step.unwrap_or("week")))
}

fn period_kind(step: Option<&str>) -> Result<PeriodKind, AppError> {
    Ok(match step.unwrap_or("week") {
        "day" => PeriodKind::Day,
        "week" => PeriodKind::Week,
        "dekad" => PeriodKind::Dekad,
        "month" => PeriodKind::Month,
        other => {
            let problem = format!("没有“{other}”这种步长。");
            let remedy = "请选 day、week、dekad、month。";
            return Err(AppError::invalid(Finding::error(
                "plan.step",
                "step",
                problem,
                remedy,
            )));
        }
    })
}

fn empty(scheduled: &Scheduled<'_>, step: Option<&str>) -> PlanCurve {
    PlanCurve {
        as_of: scheduled.standing.data_date,
        step: step.unwrap_or("week").to_owned(),
        basis: "计划里还没有能推算的工作".to_owned(),
        target: scheduled.standing.target.as_ref().map(|target| target.date),
        points: Vec::new(),
        now: None,
        catch_up: None,
        findings: scheduled.standing.findings.clone(),
    }
}

/// The curves of one scheduled plan.
struct Worth<'a> {
    scheduled: &'a Scheduled<'a>,
    early: ValueCurve,
    late: ValueCurve,
    planned: ValueCurve,
    earned: ValueCurve,
    forecast: ValueCurve,
    now: Minute,
    basis: &'static str,
}

impl<'a> Worth<'a> {
    fn of(scheduled: &'a Scheduled<'a>, schedule: &Schedule, beside: &Beside) -> Self {
        let network = &scheduled.built.network;
        let (weights, basis) = weights(scheduled);
        let percents: Vec<Option<i64>> = scheduled.built.status.iter().map(|s| s.percent).collect();
        let (start, finish) = agreed(scheduled, schedule, beside);
        let now = scheduled
            .options
            .data_date
            .unwrap_or(scheduled.options.start);
        Self {
            early: ValueCurve::early(network, &weights, schedule),
            late: ValueCurve::late(network, &weights, schedule),
            planned: ValueCurve::planned(network, &weights, &start, &finish),
            earned: ValueCurve::earned(network, &weights, &percents, now),
            forecast: ValueCurve::forecast(network, &weights, &percents, schedule),
            scheduled,
            now,
            basis,
        }
    }

    fn curve(&self, kind: PeriodKind, step: &str) -> PlanCurve {
        let banana = Banana {
            early: &self.early,
            late: &self.late,
            planned: &self.planned,
            earned: &self.earned,
            forecast: &self.forecast,
            data_date: self.now,
        };
        let point = |point: plan::CurvePoint| {
            let last = point.period.last();
            CurvePointView {
                date: last,
                label: format!("{}/{}", last.month(), last.day()),
                early: percent(point.early),
                late: percent(point.late),
                planned: percent(point.planned),
                earned: point.earned.map(percent),
                forecast: point.forecast.map(percent),
            }
        };
        let standing = &self.scheduled.standing;
        PlanCurve {
            as_of: standing.data_date,
            step: step.to_owned(),
            basis: self.basis.to_owned(),
            target: standing.target.as_ref().map(|target| target.date),
            points: banana.points(kind).into_iter().map(point).collect(),
            now: Some(self.performance()),
            catch_up: self.catch_up(),
            findings: standing.findings.clone(),
        }
    }

    fn performance(&self) -> CurveNow {
        let time = ground::WorkCalendar::seven_day().timeline();
        let earned = self.earned.at(self.now);
        let told = plan::performance(&self.planned, earned, self.now, &time);
        let schedule = told.schedule.as_ref();
        let on = schedule.map(|es| date_of_finish(es.at));
        let per_day = time.minutes_per_day().max(1);
        let behind = schedule.map(|es| -es.variance / per_day);
        CurveNow {
            planned: percent(told.planned),
            earned: percent(told.earned),
            variance: percent(told.variance),
            spi: told.index.basis_points(),
            earned_schedule_on: on,
            spi_time: schedule.and_then(|es| es.index.basis_points()),
            text: performance_text(told.planned, told.earned, behind),
        }
    }

    /// Pace needed to the target against that of the last weeks.
    fn catch_up(&self) -> Option<CatchUpView> {
        let standing = &self.scheduled.standing;
        let target = standing.target.as_ref()?.date;
        let left_days = portfolio::days_between(standing.data_date, target);
        let earned = self.earned.at(self.now);
        let remaining = (self.planned.total() - earned).max(0);
        if remaining == 0 {
            return None;
        }
        let before = self.now - WINDOW * DAY;
        let recent = earned - self.earned.at(before);
        let factor = Ratio::new(
            i128::from(remaining) * i128::from(WINDOW),
            i128::from(left_days.max(0)) * i128::from(recent.max(0)),
        );
        let rag = CatchUpBands::default().rag(factor);
        let text = match (factor.basis_points(), left_days) {
            (_, ..=0) => "目标日期已到，还没有完成。".to_owned(),
            (Some(points), _) => format!(
                "今后每天要完成近四周日均的 {} 倍，才能按目标完成。",
                two_digits(points)
            ),
            (None, _) => "近四周没有进展，说不出追赶系数。".to_owned(),
        };
        Some(CatchUpView {
            factor: factor.basis_points(),
            rag,
            text,
        })
    }
}

/// Hundredths of a percent of the whole, rounded.
pub(super) fn percent(value: i64) -> i64 {
    (value * 10_000 + WHOLE / 2).div_euclid(WHOLE)
}

/// 1.27 of 12700 basis points.
fn two_digits(points: i64) -> String {
    let hundredths = (points + 50) / 100;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn performance_text(planned: i64, earned: i64, behind: Option<i64>) -> String {
    let show = |value: i64| {
        let tenths = (value.abs() * 1_000 + WHOLE / 2) / WHOLE;
        // What is not whole never reads as whole (see 数据口径).
        let tenths = match value.abs() < WHOLE {
            true => tenths.min(999),
            false => tenths,
        };
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let gap = match earned - planned {
        0 => "正好按计划".to_owned(),
        less if less < 0 => format!("差 {} 个百分点", show(less)),
        more => format!("超前 {} 个百分点", show(more)),
    };
    let days = match behind {
        Some(days) if days > 0 => format!("，相当于落后 {days} 天"),
        Some(days) if days < 0 => format!("，相当于提前 {} 天", -days),
        _ => String::new(),
    };
    format!(
        "计划 {}%，完成 {}%，{gap}{days}。",
        show(planned),
        show(earned)
    )
}

/// Weights as filled in where any are, else durations; spans that follow from others have none.
pub(super) fn weights(scheduled: &Scheduled<'_>) -> (Vec<i64>, &'static str) {
    let built = &scheduled.built;
    let stated = built.activities.iter().any(|a| a.weight.is_some());
    let sizes = built.activities.iter().zip(&built.network.activities);
    let sizes: Vec<i64> = sizes
        .map(|(activity, node)| match (spans(activity.kind), stated) {
            (true, _) => 0,
            (false, true) => activity.weight.unwrap_or(0),
            (false, false) => node.duration,
        })
        .collect();
    // A plan of nodes alone counts its nodes.
    if sizes.iter().all(|size| *size == 0) {
        let ones: Vec<i64> = built
            .activities
            .iter()
            .map(|a| i64::from(!spans(a.kind)))
            .collect();
        return (plan::weights_of(WHOLE, &ones), "按工作项数");
    }
    let basis = if stated { "按权重" } else { "按工期" };
    (plan::weights_of(WHOLE, &sizes), basis)
}

/// The agreed dates: the chosen baseline's, else the planned ones, else where the engine plans it.
fn agreed(
    scheduled: &Scheduled<'_>,
    schedule: &Schedule,
    beside: &Beside,
) -> (Vec<Minute>, Vec<Minute>) {
    let days = beside.chosen_rows();
    let one = |(i, activity): (usize, &&portfolio::Activity)| {
        let planned = activity.planned_start.zip(activity.planned_finish);
        match days.get(&activity.id).copied().or(planned) {
            Some((start, finish)) => (minute_of(start, 0, 0), minute_of(finish, 24, 0)),
            None => (schedule.planned_start[i], schedule.planned_finish[i]),
        }
    };
    scheduled
        .built
        .activities
        .iter()
        .enumerate()
        .map(one)
        .unzip()
}

/// 计划体检. The fourteen checks of DCMA.
pub fn health(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
) -> Result<PlanHealth, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let beside = Beside::read(app, &book, None)?;
    let scheduled = book.scheduled(app, book.activities());
    let as_of = scheduled.standing.data_date;
    let Some(schedule) = scheduled
        .schedule
        .as_ref()
        .filter(|s| !s.early_start.is_empty())
    else {
        return Ok(PlanHealth {
            as_of,
            verdict: "计划里有循环或没有工作，不能体检".to_owned(),
            counts: [0, 0, 0],
            checks: Vec::new(),
            findings: scheduled.standing.findings.clone(),
        });
    };
    let built = &scheduled.built;
    let rows = beside.chosen_rows();
    let baseline: Vec<Option<(Minute, Minute)>> = match beside.chosen() {
        None => Vec::new(),
        Some(_) => built
            .activities
            .iter()
            .map(|activity| rows.get(&activity.id))
            .map(|row| {
                row.map(|(start, finish)| (minute_of(*start, 0, 0), minute_of(*finish, 24, 0)))
            })
            .collect(),
    };
    let needs = built.activities.iter().any(|a| !a.resources.is_empty());
    let resourced: Vec<bool> = match needs {
        true => built
            .activities
            .iter()
            .map(|a| !a.resources.is_empty())
            .collect(),
        false => Vec::new(),
    };
    let patient = Patient {
        network: &built.network,
        options: &scheduled.options,
        answer: schedule,
        baseline: &baseline,
        resourced: &resourced,
    };
    let health = plan::health(patient, &HealthRule::default());
    let work = built.activities.iter().filter(|a| !spans(a.kind)).count();
    Ok(health_page(&health, as_of, work, |i| {
        built.activities[i].id.to_string()
    }))
}

fn health_page(
    health: &plan::Health,
    as_of: Date,
    of: usize,
    id: impl Fn(usize) -> String,
) -> PlanHealth {
    use plan::Verdict;
    let check = |point: &plan::HealthPoint| HealthCheck {
        no: point.number,
        id: point.id,
        label: point.label,
        value_text: point.value_text.clone(),
        limit_text: point.limit_text.clone(),
        verdict: point.verdict.code(),
        of,
        activity_ids: point.activities.iter().map(|i| id(*i)).collect(),
        meaning: point.meaning,
        remedy: point.remedy.clone(),
    };
    PlanHealth {
        as_of,
        verdict: health.words(),
        counts: [Verdict::Pass, Verdict::Fail, Verdict::NotApplicable].map(|v| health.count(v)),
        checks: health.points.iter().map(check).collect(),
        findings: Vec::new(),
    }
}
