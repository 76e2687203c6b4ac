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
use ground::{Date, Finding, PeriodKind, Ratio, RecordId, WorkCalendar, date_of_start};
use plan::{CatchUpBands, Driver, Progress, Rung, Schedule};
use portfolio::{
    Bar, BarState, MadeGood, OWN_WHOLE, PlanResource, QuantityFacts, ReportsByActivity, Scheduled,
    made_good,
};
use serde_json::{Map, json};
use std::collections::{BTreeMap, BTreeSet};

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
        loads: loads(&scheduled, schedule, &beside),
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

/// Units by day.
type Load = BTreeMap<Date, i64>;

/// What the plan as it stands asks of each resource that something needs.
fn loads(
    scheduled: &Scheduled<'_>,
    schedule: &Schedule,
    beside: &Beside,
) -> BTreeMap<RecordId, Load> {
    let activities = scheduled.built.activities.iter();
    let needs = activities.flat_map(|one| one.resources.iter().map(|(id, _)| *id));
    let needed: BTreeSet<RecordId> = needs.collect();
    let known = beside.resources.iter().map(|(resource, _)| resource);
    let known = known.filter(|resource| needed.contains(&resource.id));
    known
        .map(|resource| (resource.id, load::used(scheduled, schedule, resource)))
        .collect()
}

/// Everything one page is worked out from.
struct Desk<'a> {
    book: &'a PlanBook,
    scheduled: &'a Scheduled<'a>,
    schedule: &'a Schedule,
    beside: &'a Beside,
    facts: QuantityFacts<'a>,
    factor_max: Ratio,
    loads: BTreeMap<RecordId, Load>,
}

/// What the works above in the list take of each resource beyond the plan, when all of them are taken on.
#[derive(Default)]
struct Taken(BTreeMap<RecordId, Load>);

impl Taken {
    fn on(&self, resource: RecordId, day: Date) -> i64 {
        let load = self.0.get(&resource).and_then(|load| load.get(&day));
        load.copied().unwrap_or(0)
    }

    fn take(&mut self, asked: &Asked<'_>) {
        let load = self.0.entry(asked.resource.id).or_default();
        for (day, more) in &asked.more {
            *load.entry(*day).or_default() += more;
        }
    }
}

/// What one work asks of a resource at its new pace, day by day.
struct Asked<'a> {
    resource: &'a PlanResource,
    /// Beyond what the plan uses.
    more: Load,
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
        let (mut late, mut waiting) = (Vec::new(), Vec::new());
        for (i, bar) in standing.activities.iter().enumerate() {
            if bar.state == BarState::Done || !bar.is_work() {
                continue;
            }
            let Some(made) = made_good(&self.facts, i, self.factor_max) else {
                continue;
            };
            match self.holds(i) {
                Some(text) => waiting.push(waits(bar, &made, text)),
                None => late.push((i, bar, made)),
            }
        }
        late.sort_by_key(|(_, _, made)| std::cmp::Reverse(own_percent(made.debt.shortfall)));
        let rows = self.rows(&late);
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
        let Driver::Link(link) = self.schedule.placed_by(i) else {
            return None;
        };
        let from = &network.activities[network.links[link].from];
        let start = date_of_start(self.schedule.planned_start[i]);
        let start = day_text(start, self.book.state.today);
        Some(format!("等“{}”，最早 {start} 开始", from.name))
    }

    /// The late works, what is owed most first. Each is judged beside those above it, for the page takes on all that
    /// fit: two works may each fit on one crane, and not both.
    fn rows(&self, late: &[(usize, &Bar, MadeGood)]) -> Vec<RespreadRow> {
        let mut taken = Taken::default();
        let mut rows = Vec::with_capacity(late.len());
        for (i, bar, made) in late {
            let asked = self.asked(*i, made);
            let row = self.row(*i, bar, made, self.enough(*i, &asked, &taken));
            if row.change.is_some() && row.enough == Some(true) {
                asked.iter().for_each(|asked| taken.take(asked));
            }
            rows.push(row);
        }
        rows
    }

    fn row(
        &self,
        i: usize,
        bar: &Bar,
        made: &MadeGood,
        (enough, enough_text): (Option<bool>, String),
    ) -> RespreadRow {
        let finish = made.spread.finish;
        RespreadRow {
            activity_id: bar.activity.to_string(),
            code: bar.code.clone(),
            name: bar.name.clone(),
            should: own_percent(made.debt.should),
            done: own_percent(made.debt.done),
            owed: own_percent(made.debt.shortfall),
            kept_in: made.kept_in().map(kind_code),
            kept_text: self.kept_text(bar, made),
            factor: made
                .spread
                .factor
                .basis_points()
                .filter(|_| !made.spread.daily.is_empty()),
            finish: finish.map(|finish| finish.min(bar.forecast_finish)),
            planned_finish: bar.planned_finish,
            forecast_finish: bar.forecast_finish,
            days: days(made),
            enough,
            enough_text,
            change: finish.and_then(|finish| self.change(i, bar, finish)),
        }
    }

    fn kept_text(&self, bar: &Bar, made: &MadeGood) -> String {
        let day = |day: Date| day_text(day, self.book.state.today);
        match (made.kept_in(), made.spread.finish) {
            (Some(kind), _) => format!("{}内补上，不影响计划完成", period_word(kind)),
            // Whoever reports the rest says that it goes faster than the pace of the plan does.
            (None, Some(finish)) if bar.forecast_finish < finish => format!(
                "按报的剩余工期 {} 完成；按计划的速度赶，最快也要 {}，请核对剩余工期",
                day(bar.forecast_finish),
                day(finish)
            ),
            (None, Some(finish)) if made.spread.daily.is_empty() => {
                format!("计划的日子已经用完，最快 {} 完成", day(finish))
            }
            (None, Some(finish)) => format!("本季内补不上，最快 {} 完成", day(finish)),
            (None, None) => "本季内补不上".to_owned(),
        }
    }

    /// What the work asks of each resource that it needs, on the days that its shortfall is laid on.
    fn asked(&self, i: usize, made: &MadeGood) -> Vec<Asked<'_>> {
        let needs = self.scheduled.built.activities[i].resources.iter();
        let known = needs.filter_map(|(id, units)| {
            let mut all = self.beside.resources.iter().map(|(resource, _)| resource);
            Some((all.find(|one| one.id == *id)?, *units))
        });
        let more = |resource: &PlanResource, units: i64, day: Date| {
            // A day on which the plan uses none of it is a new one for this work.
            let new = if self.load(resource, day).is_some() {
                0
            } else {
                units
            };
            new + extra(made, units, day)
        };
        known
            .map(|(resource, units)| Asked {
                resource,
                more: (made.spread.daily.keys())
                    .map(|day| (*day, more(resource, units, *day)))
                    .collect(),
            })
            .collect()
    }

    /// What the plan uses of a resource on a day.
    fn load(&self, resource: &PlanResource, day: Date) -> Option<i64> {
        self.loads.get(&resource.id)?.get(&day).copied()
    }

    /// Whether each resource the work needs is there in the quantity that its new pace asks for.
    fn enough(&self, i: usize, asked: &[Asked<'_>], taken: &Taken) -> (Option<bool>, String) {
        if self.scheduled.built.activities[i].resources.is_empty() {
            return (None, "没有填资源，不能核对".to_owned());
        }
        let short = asked.iter().filter_map(|asked| self.lacks(asked, taken));
        let short: Vec<String> = short.collect();
        match short.is_empty() {
            true => (Some(true), "资源够用".to_owned()),
            false => (Some(false), short.join("；")),
        }
    }

    /// The first day on which there is too little of a resource.
    fn lacks(&self, asked: &Asked<'_>, taken: &Taken) -> Option<String> {
        let resource = asked.resource;
        let whole = |day: Date, more: i64| {
            self.load(resource, day).unwrap_or(0) + taken.on(resource.id, day) + more
        };
        let mut days = asked
            .more
            .iter()
            .map(|(day, more)| (*day, whole(*day, *more)));
        let (day, whole) = days.find(|(day, whole)| *whole > resource.capacity_on(*day))?;
        let beside = match taken.on(resource.id, day) {
            0 => "",
            _ => "连同上面各项",
        };
        Some(format!(
            "{}不够：{}{beside}要 {}{unit}，只有 {}{unit}",
            resource.name,
            day_text(day, self.book.state.today),
            units_text(whole),
            units_text(resource.capacity_on(day)),
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

/// What the pace of a day asks beyond the normal day; it comes on top of what the plan uses already.
fn extra(made: &MadeGood, units: i64, day: Date) -> i64 {
    let pace = made.pace(day);
    let more = (pace.numerator - pace.denominator).max(0) * i128::from(units);
    i64::try_from((more + pace.denominator - 1) / pace.denominator.max(1)).unwrap_or(0)
}

/// 2, 0.50: hundredths as people write them.
fn units_text(hundredths: i64) -> String {
    match hundredths % 100 {
        0 => (hundredths / 100).to_string(),
        rest => format!("{}.{rest:02}", hundredths / 100),
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

/// What was carried in is shown as what makes the line add up: each figure by itself is rounded.
fn rung_view(rung: &Rung) -> RungView {
    let part = measure::percent;
    let (should, done, shortfall) = (part(rung.should), part(rung.done), part(rung.shortfall));
    RungView {
        period: rung.period,
        label: period_word(rung.period.kind()).to_owned(),
        planned: part(rung.planned),
        carried: shortfall + done - should,
        should,
        done,
        shortfall,
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
