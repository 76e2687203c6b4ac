//! A whole district from its activities to lights and the wall chart: 300 projects × 200 activities.

use std::collections::BTreeMap;

use ground::{ActivityId, Date, HolidayTable, OrgPath, ProjectId, RecordId};
use plan::{LightRule, Rag};
use portfolio::{
    Activity, Bar, BarState, Calendars, Names, PlanRules, ProgressReport, Project, ProjectInput,
    Standing, Target, Verdict, standing,
};
use report::svg;
use report::wall_chart::{self as chart, Group, LayoutOptions, Row, Tone, WallChart, layout};

use crate::figure;
use crate::random::Random;

const PROJECTS: usize = 300;
const ACTIVITIES: usize = 200;
const RUNS: usize = 15;
const TODAY: Date = Date::constant(2023, 6, 15);

/// Everything known about one invented project.
struct Plan {
    project: Project,
    activities: Vec<Activity>,
    reports: Vec<ProgressReport>,
}

/// Prints the figures.
pub fn run() {
    let plans: Vec<Plan> = (0..PROJECTS).map(plan).collect();
    let calendars = Calendars::standard(HolidayTable::shipped());
    let (standings_cost, standings) = figure::best(RUNS, || standings(&plans, &calendars));
    let remark = format!(
        "networks, dates, lights of 300 × 200; {}",
        lights(&standings)
    );
    figure::line("district: standings", &standings_cost, &remark);
    let (drawing_cost, bytes) = figure::best(RUNS, || draw(&standings));
    let bars: usize = standings.iter().map(|s| s.bars.len()).sum();
    let remark = format!("300 rows, {bars} bars, {} KB of SVG", bytes / 1024);
    figure::line("district: wall chart as SVG", &drawing_cost, &remark);
    let (whole, _) = figure::best(RUNS, || draw(&self::standings(&plans, &calendars)));
    figure::line(
        "district: whole, records to SVG",
        &whole,
        "budget 0.100 s CPU",
    );
}

fn standings(plans: &[Plan], calendars: &Calendars) -> Vec<Standing> {
    let (rule, names) = (LightRule::default(), Names::default());
    let of = |plan: &Plan| {
        let input = ProjectInput {
            project: &plan.project,
            activities: &plan.activities,
            reports: &plan.reports,
            matters: &[],
            names: &names,
            rules: PlanRules::default(),
        };
        standing(&input, &rule, calendars, TODAY)
    };
    plans.iter().map(of).collect()
}

fn lights(standings: &[Standing]) -> String {
    let count = |rag: Rag| standings.iter().filter(|s| s.light.rag == rag).count();
    let all = [Rag::Green, Rag::Yellow, Rag::Red, Rag::Done, Rag::Grey];
    let shown = all.map(|rag| format!("{} {}", count(rag), rag.code()));
    shown.join(", ")
}

fn draw(standings: &[Standing]) -> usize {
    let chart = wall_chart(standings);
    let scene = layout(&chart, &LayoutOptions::default());
    let panes = svg::panes(&scene);
    let heads = panes.left_head.len() + panes.plot_head.len() + panes.right_head.len();
    heads + panes.left_body.len() + panes.plot_body.len() + panes.right_body.len()
}

fn wall_chart(standings: &[Standing]) -> WallChart {
    let group = |(place, part): (usize, &[Standing])| Group {
        label: format!("第{}组", place + 1),
        note: format!("{} 个项目", part.len()),
        rows: part.iter().map(row).collect(),
    };
    WallChart {
        title: "全区重点项目挂图".to_owned(),
        facts: vec![format!("{} 个项目", standings.len())],
        today: TODAY,
        as_of: "2023年6月15日".to_owned(),
        note: "计时用数据".to_owned(),
        filler: "工作专班".to_owned(),
        groups: standings.chunks(100).enumerate().map(group).collect(),
        links: Vec::new(),
        days_off: BTreeMap::new(),
    }
}

fn row(standing: &Standing) -> Row {
    let tone = |verdict: Verdict| match verdict {
        Verdict::Early(_) => Tone::Good,
        Verdict::OnTime => Tone::Plain,
        Verdict::Late(1..=10) => Tone::Warning,
        Verdict::Late(_) => Tone::Bad,
    };
    Row {
        project_id: standing.project.to_string(),
        light: light(standing.light.rag),
        name: standing.name.clone(),
        unit: "区住建局".to_owned(),
        bars: standing.bars.iter().map(bar).collect(),
        target: standing.target.as_ref().map(|target| chart::Target {
            kind: target.kind.clone(),
            date: target.date,
        }),
        verdict: standing.verdict.map(|verdict| chart::Verdict {
            text: verdict.text(),
            tone: tone(verdict),
        }),
        ..Row::default()
    }
}

fn bar(bar: &Bar) -> chart::Bar {
    chart::Bar {
        activity_id: bar.activity.to_string(),
        name: bar.name.clone(),
        first: bar.planned_start.unwrap_or(bar.forecast_start),
        last: bar.planned_finish.unwrap_or(bar.forecast_finish),
        state: match bar.state {
            BarState::Done => chart::BarState::Done,
            BarState::Running => chart::BarState::Running,
            BarState::NotStarted => chart::BarState::Ahead,
        },
        percent_hundredths: bar.percent,
        light: light(bar.rag),
        critical: bar.critical,
        forecast_last: Some(bar.forecast_finish),
        ghost: None,
    }
}

fn light(rag: Rag) -> chart::Light {
    match rag {
        Rag::Green => chart::Light::Green,
        Rag::Yellow => chart::Light::Yellow,
        Rag::Red => chart::Light::Red,
        Rag::Done => chart::Light::Done,
        Rag::Grey => chart::Light::Grey,
    }
}

/// Activities follow one or two of the dozen before them, as text; every tenth link has a kind and a lag, every tenth
/// code a chapter. What was planned before the day is reported, the last of it half done.
fn plan(number: usize) -> Plan {
    let mut random = Random::new(number as u64 + 1);
    let base = (number as i64 + 1) * 1000;
    let mut day = 0;
    let mut plan = Plan {
        project: project(number, base),
        activities: Vec::with_capacity(ACTIVITIES),
        reports: Vec::new(),
    };
    for i in 0..ACTIVITIES {
        let days = 1 + random.below(10) as i64;
        let start = later(Date::constant(2023, 1, 3), day);
        day += random.below(4) as i64;
        let activity = Activity {
            predecessors: (i > 0).then(|| predecessors(&mut random, i)),
            planned_start: Some(start),
            planned_finish: Some(later(start, days)),
            calendar: Some(["site7", "site6", "cn5"][i % 3].to_owned()),
            duration_days: Some(days),
            ..activity(i, base)
        };
        plan.reports.extend(report(&activity, base));
        plan.activities.push(activity);
    }
    plan
}

fn project(number: usize, base: i64) -> Project {
    let id = RecordId(base);
    let fields = BTreeMap::from([(
        "name".to_owned(),
        register::Value::Text(format!("第{}号重点项目基础设施建设工程", number + 1)),
    )]);
    let record = register::Record {
        id,
        version: 1,
        org: OrgPath::new("410102.s001").expect("a path"),
        number: None,
        fields,
        withdrawn: false,
    };
    let (project, _) = Project::from_record(&record);
    Project {
        target: Some(Target {
            kind: "交付".to_owned(),
            date: later(Date::constant(2023, 11, 1), number as i64 % 120),
        }),
        ..project.expect("a project with a name")
    }
}

fn activity(i: usize, base: i64) -> Activity {
    Activity {
        id: ActivityId(RecordId(base + 1 + i as i64)),
        project: ProjectId(RecordId(base)),
        code: code(i),
        name: format!("第{}段主体施工", i + 1),
        unit: None,
        calendar: None,
        duration_days: None,
        predecessors: None,
        planned_start: None,
        planned_finish: None,
        actual_start: None,
        actual_finish: None,
        on_wall: i.is_multiple_of(33),
        milestone: false,
        kind: plan::ActivityKind::Task,
        parent: None,
        position: None,
        work_calendar: None,
        timing: plan::Timing::AsSoonAsPossible,
        constraints: Vec::new(),
        deadline: None,
        manual: false,
        expected_finish: None,
        remaining_days: None,
        estimate: None,
        weight: None,
        resources: Vec::new(),
    }
}

fn code(i: usize) -> String {
    match i % 10 {
        9 => format!("{}.{}", i / 10 + 1, i % 10),
        _ => (i + 1).to_string(),
    }
}

fn predecessors(random: &mut Random, i: usize) -> String {
    let mut one = || code(i - 1 - random.below(i.min(12) as u64) as usize);
    let (first, second) = (one(), one());
    match i % 10 {
        3 => format!("{first}SS+2天"),
        7 => first,
        _ if first == second => first,
        _ => format!("{first},{second}"),
    }
}

fn report(activity: &Activity, base: i64) -> Option<ProgressReport> {
    let word = later(TODAY, -3);
    activity.planned_start.filter(|start| *start < word)?;
    let done = activity.planned_finish.is_some_and(|finish| finish < word);
    Some(ProgressReport {
        id: RecordId(activity.id.0.0 + 500),
        project: ProjectId(RecordId(base)),
        activity: Some(activity.id),
        reported_on: activity.planned_finish.filter(|_| done).unwrap_or(word),
        percent: Some(if done { 10_000 } else { 5_000 }),
        remaining_days: None,
        text: None,
    })
}

fn later(day: Date, days: i64) -> Date {
    ground::timeline::date_of_day(ground::timeline::day_number(day) + days)
}
