//! 红黄绿灯 for projects and tasks. A light is the worst of its causes, and every cause says its
//! numbers in a sentence. Which facts feed it is the business of `portfolio`.

use serde::{Deserialize, Serialize};

use ground::{Date, Fen, MoneyUnit, WorkCalendar};

/// 灯.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rag {
    /// 正常.
    Green,
    /// 预警.
    Yellow,
    /// 滞后.
    Red,
    /// 完成.
    Done,
    /// 未到, or not enough known to judge.
    Grey,
}

impl Rag {
    /// `green`, `yellow`, `red`, `done`, `grey`.
    pub fn code(self) -> &'static str {
        match self {
            Rag::Green => "green",
            Rag::Yellow => "yellow",
            Rag::Red => "red",
            Rag::Done => "done",
            Rag::Grey => "grey",
        }
    }

    /// 正常, 预警, 滞后, 完成, 未到.
    pub fn label(self) -> &'static str {
        match self {
            Rag::Green => "正常",
            Rag::Yellow => "预警",
            Rag::Red => "滞后",
            Rag::Done => "完成",
            Rag::Grey => "未到",
        }
    }

    /// How much it needs attention: red, yellow, green, grey, done.
    pub fn weight(self) -> u8 {
        match self {
            Rag::Done => 0,
            Rag::Grey => 1,
            Rag::Green => 2,
            Rag::Yellow => 3,
            Rag::Red => 4,
        }
    }

    /// The one of the two that needs more attention.
    pub fn worse(self, other: Rag) -> Rag {
        if other.weight() > self.weight() {
            other
        } else {
            self
        }
    }
}

/// Parameters of the lights. Every field has a default, so a rule file states only what differs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LightRule {
    /// 项目: slip against the target of 1 to this many calendar days is yellow, more is red.
    /// Default 10, the legend of the wall chart (预警 ≤10天, 滞后 >10天).
    pub slip_days_yellow_max: i64,
    /// 报告周期 in calendar days. More than one period without a report is red. Default 10, a
    /// dekad (domain rules 2.5).
    pub report_days: i64,
    /// 任务: slip of 1 to this many working days is yellow in any case. Default 3 (2.5).
    pub task_slip_workdays: i64,
    /// 任务: slip up to this percent of the duration is yellow as well. Default 10 (2.5).
    pub task_slip_percent: i64,
    /// A milestone past its planned finish is red at once. Default true (2.5).
    pub milestone_overdue_red: bool,
    /// 投资: actual / plan to date from this percent up is green. Default 100 (2.5).
    pub money_percent_green: i64,
    /// 投资: from this percent up yellow, below red. Default 90 (2.5).
    pub money_percent_yellow: i64,
}

impl Default for LightRule {
    fn default() -> Self {
        LightRule {
            slip_days_yellow_max: 10,
            report_days: 10,
            task_slip_workdays: 3,
            task_slip_percent: 10,
            milestone_overdue_red: true,
            money_percent_green: 100,
            money_percent_yellow: 90,
        }
    }
}

/// What a project light is made from. `None` = not known; nothing is taken for zero.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LightFacts {
    /// The day to judge.
    pub today: Date,
    /// 计划开始.
    pub planned_start: Option<Date>,
    /// 实际开始.
    pub actual_start: Option<Date>,
    /// 目标日期.
    pub target: Option<Date>,
    /// 预计完成, from the schedule.
    pub forecast: Option<Date>,
    /// 实际完成.
    pub actual_finish: Option<Date>,
    /// 最近一次进展报告.
    pub last_report: Option<Date>,
    /// 累计完成投资.
    pub money_actual: Option<Fen>,
    /// 序时计划: what should be done by `today`.
    pub money_plan_to_date: Option<Fen>,
}

impl LightFacts {
    /// Nothing known but the day.
    pub fn on(today: Date) -> Self {
        LightFacts {
            today,
            planned_start: None,
            actual_start: None,
            target: None,
            forecast: None,
            actual_finish: None,
            last_report: None,
            money_actual: None,
            money_plan_to_date: None,
        }
    }

    /// 滞后天数: calendar days by which the finish (actual, forecast, or today when the target has
    /// passed) lies after the target; negative = ahead. `None` without a target or a finish.
    pub fn slip_days(&self) -> Option<i64> {
        let target = self.target?;
        let passed = Some(self.today).filter(|&today| today > target);
        let finish = match self.actual_finish {
            Some(finish) => finish,
            None => self.forecast.into_iter().chain(passed).max()?,
        };
        Some(days_between(target, finish))
    }

    /// Since when work is under way, if it is.
    fn under_way_since(&self) -> Option<Date> {
        let begun = [self.actual_start, self.planned_start]
            .into_iter()
            .flatten();
        begun.filter(|&date| date <= self.today).min()
    }
}

/// What a task light is made from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskFacts {
    /// The day to judge.
    pub today: Date,
    /// 计划开始.
    pub planned_start: Option<Date>,
    /// 计划完成.
    pub planned_finish: Option<Date>,
    /// 预计完成.
    pub forecast: Option<Date>,
    /// 实际开始.
    pub actual_start: Option<Date>,
    /// 实际完成.
    pub actual_finish: Option<Date>,
    /// 工期, working days.
    pub duration_workdays: i64,
    /// 硬节点.
    pub milestone: bool,
    /// 最近一次进展报告; `None` also when reports are made for the project as a whole.
    pub last_report: Option<Date>,
    /// Whether this task is reported on its own.
    pub reported_alone: bool,
}

/// Why a light is what it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LightCause {
    /// Which rule.
    pub cause: CauseKind,
    /// What this rule alone would show.
    pub rag: Rag,
    /// The rule with its numbers, in Chinese.
    pub text: String,
}

/// The rules.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// 完成.
    Finished,
    /// Finish against target or plan.
    Slip,
    /// 硬节点逾期.
    MilestoneOverdue,
    /// 没有进展报告.
    NoReport,
    /// 投资进度.
    Money,
    /// 未到开始时间.
    NotDue,
    /// 没有目标日期 or no dates at all.
    NoTarget,
}

/// A light with its causes, worst first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Light {
    /// The worst of `causes`.
    pub rag: Rag,
    /// Never empty.
    pub causes: Vec<LightCause>,
}

impl Light {
    fn of(mut causes: Vec<LightCause>) -> Light {
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.rag.weight()));
        Light {
            rag: causes.first().map_or(Rag::Grey, |cause| cause.rag),
            causes,
        }
    }
}

fn cause(cause: CauseKind, rag: Rag, text: String) -> LightCause {
    LightCause { cause, rag, text }
}

fn days_between(from: Date, to: Date) -> i64 {
    let day = ground::timeline::day_number;
    day(to) - day(from)
}

/// 项目灯: slip against the target, reports, money pace.
///
/// Before the planned start only yellow and red causes count; otherwise the light is grey (未到).
///
/// ```
/// use plan::{LightFacts, LightRule, Rag, project_light};
///
/// let mut facts = LightFacts::on("2023-03-10".parse().unwrap());
/// facts.target = Some("2023-06-30".parse().unwrap());
/// facts.forecast = Some("2023-07-05".parse().unwrap());
/// let light = project_light(&LightRule::default(), &facts);
/// assert_eq!(light.rag, Rag::Yellow);
/// assert_eq!(light.causes[0].text, "预计 2023-07-05 完成,比目标 2023-06-30 晚 5 天,不超过 10 天。");
/// ```
pub fn project_light(rule: &LightRule, facts: &LightFacts) -> Light {
    if let Some(finish) = facts.actual_finish.filter(|&finish| finish <= facts.today) {
        let words = finished_words(finish, facts.target);
        return Light::of(vec![cause(CauseKind::Finished, Rag::Done, words)]);
    }
    let mut causes = vec![slip_cause(rule, facts)];
    causes.extend(report_cause(rule, facts));
    causes.extend(money_cause(rule, facts));
    if let Some(start) = not_due(facts.today, facts.planned_start, facts.actual_start) {
        causes.retain(|cause| matches!(cause.rag, Rag::Yellow | Rag::Red));
        let text = format!("计划 {start} 开始,还没到时间。");
        causes.push(cause(CauseKind::NotDue, Rag::Grey, text));
    }
    Light::of(causes)
}

fn finished_words(finish: Date, target: Option<Date>) -> String {
    let slip = target.map(|target| days_between(target, finish));
    match (slip, target) {
        (Some(slip @ 1..), Some(target)) => {
            format!("已于 {finish} 完成,比目标 {target} 晚 {slip} 天。")
        }
        (Some(_), Some(target)) => format!("已于 {finish} 完成,没有超过目标 {target}。"),
        _ => format!("已于 {finish} 完成。"),
    }
}

fn not_due(today: Date, planned: Option<Date>, actual: Option<Date>) -> Option<Date> {
    let begun = actual.is_some_and(|date| date <= today);
    planned.filter(|&date| date > today && !begun)
}

fn slip_cause(rule: &LightRule, facts: &LightFacts) -> LightCause {
    let Some(target) = facts.target else {
        let text = "没有填目标日期,不能判断快慢。".to_owned();
        return cause(CauseKind::NoTarget, Rag::Grey, text);
    };
    let Some(slip) = facts.slip_days() else {
        let text = format!("目标 {target},没有预计完成日期,不能判断快慢。");
        return cause(CauseKind::NoTarget, Rag::Grey, text);
    };
    let finish = match facts.forecast {
        Some(forecast) if days_between(target, forecast) == slip => format!("预计 {forecast} 完成"),
        _ => format!("到 {} 还没有完成", facts.today),
    };
    let limit = rule.slip_days_yellow_max;
    let (rag, words) = match slip {
        ..=-1 => (Rag::Green, format!("比目标 {target} 早 {} 天", -slip)),
        0 => (Rag::Green, format!("与目标 {target} 相同")),
        _ if slip <= limit => (
            Rag::Yellow,
            format!("比目标 {target} 晚 {slip} 天,不超过 {limit} 天"),
        ),
        _ => (
            Rag::Red,
            format!("比目标 {target} 晚 {slip} 天,超过 {limit} 天"),
        ),
    };
    cause(CauseKind::Slip, rag, format!("{finish},{words}。"))
}

fn report_cause(rule: &LightRule, facts: &LightFacts) -> Option<LightCause> {
    let since = facts.under_way_since()?;
    silence(rule, facts.today, since, facts.last_report)
}

/// Silence counts from the last report, or from the start when the report is older than that.
fn silence(
    rule: &LightRule,
    today: Date,
    since: Date,
    last_report: Option<Date>,
) -> Option<LightCause> {
    let report = last_report.filter(|&date| date >= since && date <= today);
    let days = days_between(report.unwrap_or(since), today);
    if days <= rule.report_days {
        return None;
    }
    let limit = rule.report_days;
    let text = match report {
        Some(date) => {
            format!("最近一次进展报告是 {date},已 {days} 天没有报告,超过一个报告周期({limit} 天)。")
        }
        None => format!("{since} 起应有进展,已 {days} 天没有报告,超过一个报告周期({limit} 天)。"),
    };
    Some(cause(CauseKind::NoReport, Rag::Red, text))
}

fn money_cause(rule: &LightRule, facts: &LightFacts) -> Option<LightCause> {
    let actual = facts.money_actual?;
    let plan = facts.money_plan_to_date.filter(|plan| plan.0 > 0)?;
    let reaches =
        |percent: i64| i128::from(actual.0) * 100 >= i128::from(plan.0) * i128::from(percent);
    let (green, yellow) = (rule.money_percent_green, rule.money_percent_yellow);
    let (rag, words) = if reaches(green) {
        (Rag::Green, format!("达到 {green}%"))
    } else if reaches(yellow) {
        (Rag::Yellow, format!("低于 {green}%"))
    } else {
        (Rag::Red, format!("低于 {yellow}%"))
    };
    let share = percent_down(actual, plan);
    let wan = |fen: Fen| format!("{}万元", fen.show(MoneyUnit::WanYuan));
    let text = format!(
        "累计完成投资 {},序时计划 {},完成 {share},{words}。",
        wan(actual),
        wan(plan)
    );
    Some(cause(CauseKind::Money, rag, text))
}

/// One decimal, cut off and not rounded: what is below a limit must not be printed as the limit.
fn percent_down(part: Fen, whole: Fen) -> String {
    let tenths = (i128::from(part.0) * 1_000).div_euclid(i128::from(whole.0));
    format!("{}.{}%", tenths.div_euclid(10), tenths.rem_euclid(10))
}

/// 任务灯: forecast against plan in working days of `calendar`, overdue milestones, reports.
pub fn task_light(rule: &LightRule, facts: &TaskFacts, calendar: &WorkCalendar) -> Light {
    let mut causes = Vec::new();
    judge_task(rule, facts, calendar, &mut |kind, rag, text| {
        causes.push(cause(kind, rag, text()));
    });
    Light::of(causes)
}

/// The colour of [`task_light`] without its sentences: a district asks for it 60,000 times.
pub fn task_rag(rule: &LightRule, facts: &TaskFacts, calendar: &WorkCalendar) -> Rag {
    let mut worst: Option<Rag> = None;
    judge_task(rule, facts, calendar, &mut |_, rag, _| {
        worst = Some(worst.map_or(rag, |known| known.worse(rag)));
    });
    worst.unwrap_or(Rag::Grey)
}

/// Takes one cause of a light: which rule, what it shows, and its sentence when asked for.
type Tell<'t> = &'t mut dyn FnMut(CauseKind, Rag, &dyn Fn() -> String);

/// Tells every cause of a task's light.
fn judge_task(rule: &LightRule, facts: &TaskFacts, calendar: &WorkCalendar, tell: Tell<'_>) {
    if let Some(finish) = facts.actual_finish.filter(|&finish| finish <= facts.today) {
        let words = || finished_words(finish, facts.planned_finish);
        return tell(CauseKind::Finished, Rag::Done, &words);
    }
    let waits = not_due(facts.today, facts.planned_start, facts.actual_start);
    let mut due = |kind: CauseKind, rag: Rag, text: &dyn Fn() -> String| {
        if waits.is_none() || matches!(rag, Rag::Yellow | Rag::Red) {
            tell(kind, rag, text);
        }
    };
    task_slip(rule, facts, calendar, &mut due);
    milestone_overdue(rule, facts, &mut due);
    let begun = [facts.actual_start, facts.planned_start]
        .into_iter()
        .flatten();
    let since = begun.filter(|&date| date <= facts.today).min();
    if let Some(since) = since.filter(|_| facts.reported_alone)
        && let Some(silent) = silence(rule, facts.today, since, facts.last_report)
    {
        due(silent.cause, silent.rag, &|| silent.text.clone());
    }
    if let Some(start) = waits {
        let words = || format!("计划 {start} 开始,还没到时间。");
        tell(CauseKind::NotDue, Rag::Grey, &words);
    }
}

fn task_slip(rule: &LightRule, facts: &TaskFacts, calendar: &WorkCalendar, tell: Tell<'_>) {
    let Some(plan) = facts.planned_finish else {
        let words = || "没有填计划完成日期,不能判断快慢。".to_owned();
        return tell(CauseKind::NoTarget, Rag::Grey, &words);
    };
    let passed = Some(facts.today).filter(|&today| today > plan);
    let Some(finish) = facts.forecast.into_iter().chain(passed).max() else {
        let words = || format!("计划 {plan} 完成,没有预计完成日期,不能判断快慢。");
        return tell(CauseKind::NoTarget, Rag::Grey, &words);
    };
    // A finish on a rest day after the plan is late although no working day has passed.
    let counted = i64::from(calendar.workdays_between(plan, finish));
    let slip = if finish > plan {
        counted.max(1)
    } else {
        counted
    };
    // The larger of the two limits, in hundredths of a working day, so that nothing is rounded.
    let limit =
        (rule.task_slip_workdays * 100).max(rule.task_slip_percent * facts.duration_workdays);
    let (rag, verb) = match slip {
        ..=0 => {
            let words = || format!("预计 {finish} 完成,没有超过计划 {plan}。");
            return tell(CauseKind::Slip, Rag::Green, &words);
        }
        _ if slip * 100 <= limit => (Rag::Yellow, "不超过"),
        _ => (Rag::Red, "超过"),
    };
    tell(CauseKind::Slip, rag, &|| {
        let limit = hundredths(limit);
        format!("预计 {finish} 完成,比计划 {plan} 晚 {slip} 个工作日,{verb} {limit} 个工作日。")
    });
}

/// 70, 70.5, 70.25: hundredths without idle zeros.
pub fn hundredths(value: i64) -> String {
    match (value / 100, value % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

fn milestone_overdue(rule: &LightRule, facts: &TaskFacts, tell: Tell<'_>) {
    let Some(plan) = facts.planned_finish.filter(|&plan| plan < facts.today) else {
        return;
    };
    if facts.milestone && rule.milestone_overdue_red {
        let days = days_between(plan, facts.today);
        let words = || format!("硬节点应于 {plan} 完成,已过 {days} 天。");
        tell(CauseKind::MilestoneOverdue, Rag::Red, &words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::HolidayTable;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    /// A project due on 30 June 2023, looked at on 10 March, reported on 6 March.
    fn facts(forecast: &str) -> LightFacts {
        LightFacts {
            planned_start: Some(day("2023-01-03")),
            actual_start: Some(day("2023-01-03")),
            target: Some(day("2023-06-30")),
            forecast: Some(day(forecast)),
            last_report: Some(day("2023-03-06")),
            ..LightFacts::on(day("2023-03-10"))
        }
    }

    fn check(facts: &LightFacts, rag: Rag, text: &str) {
        let light = project_light(&LightRule::default(), facts);
        assert_eq!(
            (light.rag, light.causes[0].text.as_str()),
            (rag, text),
            "{light:?}"
        );
    }

    #[test]
    fn ten_days_late_is_yellow_and_eleven_is_red() {
        check(
            &facts("2023-06-30"),
            Rag::Green,
            "预计 2023-06-30 完成,与目标 2023-06-30 相同。",
        );
        check(
            &facts("2023-06-28"),
            Rag::Green,
            "预计 2023-06-28 完成,比目标 2023-06-30 早 2 天。",
        );
        let text = "预计 2023-07-10 完成,比目标 2023-06-30 晚 10 天,不超过 10 天。";
        check(&facts("2023-07-10"), Rag::Yellow, text);
        let text = "预计 2023-07-11 完成,比目标 2023-06-30 晚 11 天,超过 10 天。";
        check(&facts("2023-07-11"), Rag::Red, text);
    }

    #[test]
    fn a_target_that_has_passed_is_late_whatever_the_forecast_says() {
        let mut late = facts("2023-03-01");
        late.target = Some(day("2023-03-05"));
        check(
            &late,
            Rag::Yellow,
            "到 2023-03-10 还没有完成,比目标 2023-03-05 晚 5 天,不超过 10 天。",
        );
    }

    #[test]
    fn silence_of_more_than_one_period_is_red() {
        let mut silent = facts("2023-06-30");
        silent.last_report = Some(day("2023-02-28"));
        assert_eq!(
            project_light(&LightRule::default(), &silent).rag,
            Rag::Green
        );
        silent.last_report = Some(day("2023-02-27"));
        let text = "最近一次进展报告是 2023-02-27,已 11 天没有报告,超过一个报告周期(10 天)。";
        check(&silent, Rag::Red, text);
        silent.last_report = None;
        silent.actual_start = None;
        silent.planned_start = Some(day("2023-02-20"));
        let text = "2023-02-20 起应有进展,已 18 天没有报告,超过一个报告周期(10 天)。";
        check(&silent, Rag::Red, text);
    }

    #[test]
    fn nobody_reports_before_work_is_due() {
        let mut early = facts("2023-06-30");
        early.actual_start = None;
        early.planned_start = Some(day("2023-04-01"));
        early.last_report = None;
        check(&early, Rag::Grey, "计划 2023-04-01 开始,还没到时间。");
        // A late forecast is told even then.
        early.forecast = Some(day("2023-08-01"));
        assert_eq!(project_light(&LightRule::default(), &early).rag, Rag::Red);
    }

    #[test]
    fn money_behind_plan_turns_the_light_and_missing_money_does_not() {
        let wan = |wan: i64| Some(Fen(wan * 1_000_000));
        let mut money = facts("2023-06-30");
        money.money_plan_to_date = wan(6_000);
        assert_eq!(project_light(&LightRule::default(), &money).rag, Rag::Green);
        money.money_actual = wan(5_400);
        assert_eq!(
            project_light(&LightRule::default(), &money).rag,
            Rag::Yellow
        );
        money.money_actual = wan(5_399);
        let light = project_light(&LightRule::default(), &money);
        assert_eq!(
            (light.rag, light.causes[0].cause),
            (Rag::Red, CauseKind::Money)
        );
        assert!(
            light.causes[0].text.contains("89.9%,低于 90%"),
            "{}",
            light.causes[0].text
        );
        assert_eq!(light.causes[1].rag, Rag::Green);
        money.money_plan_to_date = wan(0);
        assert_eq!(project_light(&LightRule::default(), &money).causes.len(), 1);
    }

    #[test]
    fn a_finished_project_is_done_and_says_how_late_it_was() {
        let mut done = facts("2023-06-30");
        done.today = day("2023-08-01");
        done.actual_finish = Some(day("2023-07-15"));
        check(
            &done,
            Rag::Done,
            "已于 2023-07-15 完成,比目标 2023-06-30 晚 15 天。",
        );
    }

    #[test]
    fn without_a_target_there_is_no_green() {
        let mut blank = facts("2023-06-30");
        blank.target = None;
        check(&blank, Rag::Grey, "没有填目标日期,不能判断快慢。");
        check(
            &LightFacts::on(day("2023-03-10")),
            Rag::Grey,
            "没有填目标日期,不能判断快慢。",
        );
    }

    fn task(forecast: &str, duration_workdays: i64) -> TaskFacts {
        TaskFacts {
            today: day("2023-04-20"),
            planned_start: Some(day("2023-04-10")),
            planned_finish: Some(day("2023-04-28")),
            forecast: Some(day(forecast)),
            actual_start: Some(day("2023-04-10")),
            actual_finish: None,
            duration_workdays,
            milestone: false,
            last_report: None,
            reported_alone: false,
        }
    }

    fn task_rag(facts: &TaskFacts) -> Rag {
        let calendar = WorkCalendar::official(HolidayTable::shipped());
        let rag = task_light(&LightRule::default(), facts, &calendar).rag;
        let alone = super::task_rag(&LightRule::default(), facts, &calendar);
        assert_eq!(alone, rag, "colour with and without sentences");
        rag
    }

    #[test]
    fn a_task_slips_in_working_days_of_its_calendar() {
        // 29 April – 3 May are off; Saturday 6 May is worked.
        assert_eq!(task_rag(&task("2023-04-28", 15)), Rag::Green);
        assert_eq!(task_rag(&task("2023-05-06", 15)), Rag::Yellow);
        assert_eq!(task_rag(&task("2023-05-08", 15)), Rag::Red);
        // 10 % of 40 days allow four.
        assert_eq!(task_rag(&task("2023-05-08", 40)), Rag::Yellow);
        assert_eq!(task_rag(&task("2023-05-09", 40)), Rag::Red);
    }

    #[test]
    fn a_finish_on_a_rest_day_after_the_plan_is_not_green() {
        assert_eq!(task_rag(&task("2023-04-30", 15)), Rag::Yellow);
    }

    #[test]
    fn a_hard_milestone_is_red_the_day_after() {
        let mut node = task("2023-04-28", 0);
        node.milestone = true;
        node.today = day("2023-04-28");
        assert_eq!(task_rag(&node), Rag::Green);
        node.today = day("2023-04-29");
        assert_eq!(task_rag(&node), Rag::Red);
    }

    #[test]
    fn a_rule_file_states_only_what_differs() {
        let rule: LightRule =
            serde_json::from_str(r#"{"slip_days_yellow_max":5}"#).expect("a rule");
        assert_eq!(
            rule,
            LightRule {
                slip_days_yellow_max: 5,
                ..LightRule::default()
            }
        );
        assert!(serde_json::from_str::<LightRule>(r#"{"slip_days":5}"#).is_err());
    }

    proptest! {
        #[test]
        fn the_light_is_its_worst_cause_and_a_later_forecast_never_helps(
            later in 0i16..60, more in 0i16..60, silent in 0i16..30,
        ) {
            let after = |text: &str, days: i16| {
                ground::timeline::date_of_day(ground::timeline::day_number(day(text)) + i64::from(days))
            };
            let mut facts = facts("2023-06-01");
            facts.last_report = Some(after("2023-02-10", silent));
            facts.forecast = Some(after("2023-06-01", later));
            let light = project_light(&LightRule::default(), &facts);
            prop_assert!(light.causes.iter().all(|cause| cause.rag.weight() <= light.rag.weight()));
            facts.forecast = Some(after("2023-06-01", later + more));
            let worse = project_light(&LightRule::default(), &facts);
            prop_assert!(worse.rag.weight() >= light.rag.weight());
        }
    }
}
