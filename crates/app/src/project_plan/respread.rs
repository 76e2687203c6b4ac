//! 补欠 A shortfall made good inside the week, else the dekad, the month, the quarter: what each level owes, and for each
//! late work the days ahead, whether there is enough of what it needs, and the change that takes it on. Nothing is written
//! here; the changes go the way of all changes.

use super::change::Change;
use super::sheet::Beside;
use super::{PlanBook, day_text, load, measure};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::project_plan::{PlanRespread, RespreadDay, RespreadRow, RungView, WaitingRow};
use ground::{Date, Finding, PeriodKind, Ratio, WorkCalendar, date_of_start};
use plan::{CatchUpBands, Driver, Progress, Rung, Schedule};
use portfolio::{
    Bar, BarState, MadeGood, OWN_WHOLE, PlanResource, QuantityFacts, ReportsByActivity, Scheduled,
    made_good,
};
use serde_json::{Map, json};

/// A day takes at most so much of a normal one, percent, when nobody says otherwise: a sixth working day a week.
const FACTOR: i64 = 120;
/// Days of one proposal shown.
const SHOWN: usize = 92;

/// 补欠 of a project. `factor` is the most a day may take, percent of the normal day, 100 to 300.
///
/// # Errors
/// As for the sheet.
pub fn respread(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
    factor: Option<i64>,
) -> Result<PlanRespread, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let beside = Beside::read(app, &book, Some("none"))?;
    let scheduled = book.scheduled(app, book.activities());
    let factor_percent = factor.unwrap_or(FACTOR).clamp(100, 300);
    let schedule = scheduled.schedule.as_ref();
    let Some(schedule) = schedule.filter(|s| !s.early_start.is_empty()) else {
        return Ok(empty(&scheduled, factor_percent));
    };
    let desk = Desk {
        book: &book,
        scheduled: &scheduled,
        schedule,
        beside: &beside,
        facts: QuantityFacts {
            built: &scheduled.built,
            schedule,
            reports: ReportsByActivity::of(book.reports()),
            report_days: app.light_rule().report_days,
            calendars: &book.state.calendars,
        },
        factor_max: Ratio::new(i128::from(factor_percent), 100),
    };
    Ok(desk.page(factor_percent))
}

fn empty(scheduled: &Scheduled<'_>, factor_percent: i64) -> PlanRespread {
    PlanRespread {
        as_of: scheduled.standing.data_date,
        basis: "按工期",
        factor_percent,
        text: "计划里还没有能推算的工作。".to_owned(),
        rungs: Vec::new(),
        rows: Vec::new(),
        waiting: Vec::new(),
        findings: scheduled.standing.findings.clone(),
    }
}

/// Everything one page is worked out from.
struct Desk<'a> {
    book: &'a PlanBook,
    scheduled: &'a Scheduled<'a>,
    schedule: &'a Schedule,
    beside: &'a Beside,
    facts: QuantityFacts<'a>,
    factor_max: Ratio,
}

impl Desk<'_> {
    fn page(&self, factor_percent: i64) -> PlanRespread {
        let standing = &self.scheduled.standing;
        let (weights, basis) = measure::weights(self.scheduled);
        let whole = self.facts.whole(&weights);
        let rungs = plan::rungs(
            &whole.plan,
            &whole.done,
            standing.data_date,
            self.factor_max,
            &CatchUpBands::default(),
            &WorkCalendar::seven_day(),
        );
        let (mut rows, mut waiting) = (Vec::new(), Vec::new());
        for (i, bar) in standing.activities.iter().enumerate() {
            if bar.state == BarState::Done || !bar.is_work() {
                continue;
            }
            let Some(made) = made_good(&self.facts, i, self.factor_max) else {
                continue;
            };
            match self.holds(i) {
                Some(text) => waiting.push(waits(bar, &made, text)),
                None => rows.push(self.row(i, bar, &made)),
            }
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.owed));
        PlanRespread {
            as_of: standing.data_date,
            basis,
            factor_percent,
            text: told(&rungs),
            rungs: rungs.iter().map(rung_view).collect(),
            rows,
            waiting,
            findings: self.doubts(),
        }
    }

    fn doubts(&self) -> Vec<Finding> {
        let built = &self.scheduled.built;
        let open = built.activities.iter().filter(|activity| {
            let spans = portfolio::network::spans(activity.kind);
            !spans && (activity.planned_start.is_none() || activity.planned_finish.is_none())
        });
        let mut findings = self.scheduled.standing.findings.clone();
        match open.count() {
            0 => {}
            count => findings.push(Finding::info(
                "plan.no_planned_days",
                "计划",
                format!("{count} 项工作没有计划起止日期，按推算的最早日期计算，看不出欠账。"),
                "在计划表“倒排”列组里用“计划取最早日期”填上，或套用基准。",
            )),
        }
        findings
    }

    /// What a work that has not begun waits for; none when it may go on tomorrow.
    fn holds(&self, i: usize) -> Option<String> {
        let network = &self.scheduled.built.network;
        if network.activities[i].progress != Progress::NotStarted {
            return None;
        }
        let Driver::Link(link) = self.schedule.driver[i] else {
            return None;
        };
        let from = &network.activities[network.links[link].from];
        let start = date_of_start(self.schedule.early_start[i]);
        let start = day_text(start, self.book.state.today);
        Some(format!("等“{}”，最早 {start} 开始", from.name))
    }

    fn row(&self, i: usize, bar: &Bar, made: &MadeGood) -> RespreadRow {
        let (enough, enough_text) = self.enough(i, made);
        let finish = made.spread.finish;
        RespreadRow {
            activity_id: bar.activity.to_string(),
            code: bar.code.clone(),
            name: bar.name.clone(),
            should: own_percent(made.debt.should),
            done: own_percent(made.debt.done),
            owed: own_percent(made.debt.shortfall),
            kept_in: made.kept_in().map(kind_code),
            kept_text: self.kept_text(made),
            factor: made
                .spread
                .factor
                .basis_points()
                .filter(|_| !made.spread.daily.is_empty()),
            finish,
            planned_finish: bar.planned_finish,
            forecast_finish: bar.forecast_finish,
            days: days(made),
            enough,
            enough_text,
            change: finish.and_then(|finish| self.change(i, bar, finish)),
        }
    }

    fn kept_text(&self, made: &MadeGood) -> String {
        let today = self.book.state.today;
        match (made.kept_in(), made.spread.finish) {
            (Some(kind), _) => format!("{}内补上，不影响计划完成", period_word(kind)),
            (None, Some(finish)) if made.spread.daily.is_empty() => {
                format!("计划的日子已经用完，最快 {} 完成", day_text(finish, today))
            }
            (None, Some(finish)) => {
                format!("本季内补不上，最快 {} 完成", day_text(finish, today))
            }
            (None, None) => "本季内补不上".to_owned(),
        }
    }

    /// Whether each resource the work needs is there in the quantity that its new pace asks for.
    fn enough(&self, i: usize, made: &MadeGood) -> (Option<bool>, String) {
        let activity = self.scheduled.built.activities[i];
        if activity.resources.is_empty() {
            return (None, "没有填资源，不能核对".to_owned());
        }
        let mut short = Vec::new();
        for (id, units) in &activity.resources {
            let known = self.beside.resources.iter().map(|(resource, _)| resource);
            let Some(resource) = known.into_iter().find(|one| one.id == *id) else {
                continue;
            };
            short.extend(self.lacks(resource, *units, made));
        }
        match short.is_empty() {
            true => (Some(true), "资源够用".to_owned()),
            false => (Some(false), short.join("；")),
        }
    }

    /// The first day on which there is too little of a resource.
    fn lacks(&self, resource: &PlanResource, units: i64, made: &MadeGood) -> Option<String> {
        let load = load::used(self.scheduled, self.schedule, resource);
        let extra = |day: Date| {
            let pace = made.pace(day);
            // What the pace asks beyond the normal day comes on top of what the plan uses already.
            let more = (pace.numerator - pace.denominator).max(0) * i128::from(units);
            i64::try_from((more + pace.denominator - 1) / pace.denominator.max(1)).unwrap_or(0)
        };
        let asked = |day: Date| load.get(&day).copied().unwrap_or(units) + extra(day);
        let mut days = made.spread.daily.keys().copied();
        let day = days.find(|day| asked(*day) > resource.capacity_on(*day))?;
        let show = |hundredths: i64| match hundredths % 100 {
            0 => (hundredths / 100).to_string(),
            rest => format!("{}.{rest:02}", hundredths / 100),
        };
        Some(format!(
            "{}不够：{}要 {}{unit}，只有 {}{unit}",
            resource.name,
            day_text(day, self.book.state.today),
            show(asked(day)),
            show(resource.capacity_on(day)),
            unit = resource.unit,
        ))
    }

    /// What runs gets its expected finish, what has not begun its duration.
    fn change(&self, i: usize, bar: &Bar, finish: Date) -> Option<Change> {
        if bar.forecast_finish <= finish {
            return None;
        }
        let mut values = Map::new();
        if bar.state == BarState::Running && !bar.assumed {
            values.insert("expected_finish".to_owned(), json!(finish.to_string()));
        } else {
            let start = bar.forecast_start;
            let days = self
                .facts
                .calendar(i)
                .workdays_within(start, finish.max(start));
            values.insert("duration_days".to_owned(), json!(days.max(1)));
        }
        Some(Change::Update {
            id: bar.activity.to_string(),
            version: self.book.state.version(bar.activity.0),
            values,
        })
    }
}

fn waits(bar: &Bar, made: &MadeGood, text: String) -> WaitingRow {
    WaitingRow {
        activity_id: bar.activity.to_string(),
        code: bar.code.clone(),
        name: bar.name.clone(),
        owed: own_percent(made.debt.shortfall),
        text,
    }
}

fn days(made: &MadeGood) -> Vec<RespreadDay> {
    let plan = &made.plan.daily;
    let day = |(date, after): (&Date, &i64)| RespreadDay {
        date: *date,
        before: own_percent(plan.get(date).copied().unwrap_or(0)),
        after: own_percent(*after),
    };
    made.spread.daily.iter().take(SHOWN).map(day).collect()
}

/// Hundredths of a percent of one work.
fn own_percent(units: i64) -> i64 {
    units * 10_000 / OWN_WHOLE
}

fn rung_view(rung: &Rung) -> RungView {
    let part = measure::percent;
    RungView {
        period: rung.period,
        label: period_word(rung.period.kind()).to_owned(),
        planned: part(rung.planned),
        carried: part(rung.carried),
        should: part(rung.should),
        done: part(rung.done),
        shortfall: part(rung.shortfall),
        needed: part(rung.needed),
        possible: part(rung.possible),
        days_left: rung.days_left,
        factor: rung.factor.basis_points(),
        kept: rung.kept,
        rag: rung.rag,
        text: rung_text(rung),
    }
}

fn rung_text(rung: &Rung) -> String {
    match (rung.shortfall, rung.kept, rung.days_left) {
        (..=0, ..) => "不欠账".to_owned(),
        (_, true, _) => "保得住".to_owned(),
        (_, false, 0) => "没有剩余的计划日，转入上一级".to_owned(),
        (_, false, _) => "保不住，转入上一级".to_owned(),
    }
}

/// 欠 3.2%，本旬内补得上.
fn told(rungs: &[Rung]) -> String {
    let Some(owed) = rungs.first().map(|rung| rung.shortfall) else {
        return String::new();
    };
    if owed <= 0 {
        return "到数据截至日不欠账。".to_owned();
    }
    let hundredths = measure::percent(owed);
    let owed = match hundredths {
        0 => "不到 0.01".to_owned(),
        _ => format!("{}.{:02}", hundredths / 100, hundredths % 100),
    };
    let asked = rungs
        .iter()
        .filter(|rung| rung.period.kind() != PeriodKind::Day);
    match asked.into_iter().find(|rung| rung.kept) {
        Some(rung) => {
            let word = period_word(rung.period.kind());
            format!("合计欠全部工作的 {owed}%，{word}内补得上。")
        }
        None => format!("合计欠全部工作的 {owed}%，到年底也补不上，请调整计划或目标。"),
    }
}

fn period_word(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Day => "当日",
        PeriodKind::Week => "本周",
        PeriodKind::Dekad => "本旬",
        PeriodKind::Month => "本月",
        PeriodKind::Quarter => "本季",
        PeriodKind::Half => "本半年",
        _ => "本年",
    }
}

fn kind_code(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Day => "day",
        PeriodKind::Week => "week",
        PeriodKind::Dekad => "dekad",
        PeriodKind::Month => "month",
        _ => "quarter",
    }
}
