//! 项目页 One project: its record, plan, money, matters, reports and files.

use crate::App;
use crate::account::Actor;
use crate::district::{self, DistrictState};
use crate::error::AppError;
use crate::figure::Figure;
use crate::page::Line;
use crate::page::project::{
    Investment, InvestmentReport, PlanActivity, ProjectPage, ProjectPlan, ProjectRound,
};
use crate::page::record::RecordView;
use crate::page::wall::WallQuery;
use crate::permit::Access;
use crate::project_plan::{self, day_text};
use crate::records::look::Look;
use crate::world::Setting;
use crate::{attachment, light, records, wall};
use ground::{Date, MoneyUnit, ProjectId};
use portfolio::{Activity, Membership, Project, Standing};
use register::law::Ability;
use register::{Record, Value};
use store::Stored;

/// The page of a project on a day (`None` = today).
pub fn page(
    app: &App,
    actor: &Actor,
    id: &str,
    day: Option<Date>,
) -> Result<ProjectPage, AppError> {
    let record = records::get(app, actor, "project", id, day)?;
    let state = district::state_for(app, actor, day)?;
    let id = ProjectId(record.record.id);
    let missing = || AppError::NotFound("这个项目".to_owned());
    let project = state.project(id).ok_or_else(missing)?;
    let standing = state.standings.get(&id).ok_or_else(missing)?;
    Ok(ProjectPage {
        light: light::view(&standing.light),
        verdict: standing
            .verdict
            .map(portfolio::Verdict::text)
            .unwrap_or_default(),
        why: standing
            .why
            .iter()
            .map(|(label, text)| Line::new(label, text))
            .collect(),
        target_text: wall::target_text(standing),
        rounds: state
            .memberships
            .iter()
            .filter(|member| member.project == id)
            .filter_map(|member| membership(&state, member))
            .collect(),
        plan: plan(app, actor, &state, project, standing)?,
        investment: investment(&state, project),
        matters: related(app, actor, &state, "matter", id)?,
        reports: related(app, actor, &state, "progress_report", id)?,
        attachments: attachment::of_record(app, actor, "project", &record.record.id.to_string())?,
        record,
    })
}

fn membership(state: &DistrictState, member: &Membership) -> Option<ProjectRound> {
    let round = state.rounds.iter().find(|round| round.id == member.round)?;
    let amount = member.amount_announced.map(|amount| {
        format!(
            "{}{} 亿元",
            amount.bound.label(),
            amount.fen.show(MoneyUnit::YiYuan)
        )
    });
    Some(ProjectRound {
        no: round.no,
        label: round.name.clone(),
        batch_label: member.batch.label().to_owned(),
        amount_text: amount.unwrap_or_default(),
    })
}

fn plan(
    app: &App,
    actor: &Actor,
    state: &DistrictState,
    project: &Project,
    standing: &Standing,
) -> Result<ProjectPlan, AppError> {
    let activities = state
        .activities
        .get(&project.id)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let editable = actor.may_write() && actor.may_see(&project.org);
    let why = state.why_dates(project.id, app.light_rule());
    let line = |bar: &portfolio::Bar| {
        let activity = activities
            .iter()
            .find(|activity| activity.id == bar.activity)?;
        Some(PlanActivity {
            id: bar.activity.to_string(),
            code: bar.code.clone(),
            name: bar.name.clone(),
            unit: state.unit_name(activity.unit),
            duration_text: duration_text(state, activity),
            predecessors: activity.predecessors.clone().unwrap_or_default(),
            wall: wall::activity(
                state,
                &project.id.to_string(),
                bar,
                why.get(&bar.activity),
                editable,
            ),
            rag: bar.rag,
        })
    };
    let drawing = (!standing.activities.is_empty()).then(|| {
        let query = WallQuery::default();
        wall::draw(&wall::project_chart(state, standing), &query, None, "plan")
    });
    let definition = app.definition(project_plan::ACTIVITY)?;
    Ok(ProjectPlan {
        activities: standing.activities.iter().filter_map(line).collect(),
        target_date: standing.target.as_ref().map(|target| target.date),
        forecast_finish: standing.forecast_finish,
        float_text: float_text(standing),
        findings: project_plan::told(state, &definition, &standing.findings),
        drawing,
    })
}

fn duration_text(state: &DistrictState, activity: &Activity) -> String {
    let calendar = state.calendars.calendar(state.calendars.of(activity));
    activity
        .duration_days
        .map(|days| format!("{days} 天（{}）", calendar.name()))
        .unwrap_or_default()
}

/// Whether some work of the plan has begun or is over.
fn begun(standing: &Standing) -> bool {
    let mut bars = standing.activities.iter();
    bars.any(|bar| bar.state != portfolio::BarState::NotStarted)
}

/// 时差 −3 个工作日，最迟应在 3月7日前开始; of a project that has begun: what is left should have gone on from that day.
pub(crate) fn float_text(standing: &Standing) -> String {
    let Some(float) = standing.float_workdays else {
        return String::new();
    };
    let by = standing.start_by.filter(|_| float < 0).map(|day| {
        let by = day_text(day, standing.today);
        match begun(standing) {
            true => format!("，剩余工作最迟应从 {by}做起"),
            false => format!("，最迟应在 {by}前开始"),
        }
    });
    match float {
        0 => "没有时差".to_owned(),
        _ => format!(
            "时差 {} 个工作日{}",
            float.to_string().replace('-', "−"),
            by.unwrap_or_default()
        ),
    }
}

fn investment(state: &DistrictState, project: &Project) -> Investment {
    let demo = state.is_demo(project.id.0);
    let source = format!("record_id:eq:{}", project.id);
    let figure = |label: &str, amount: Option<ground::Amount>, basis: &str| {
        let figure = match amount {
            Some(amount) => Figure::money(amount.fen, basis, state.today),
            None => Figure {
                value: None,
                ..Figure::stated("—", basis, state.today)
            },
        };
        (
            label.to_owned(),
            figure
                .from_records("project", source.clone(), 1)
                .marked(demo),
        )
    };
    let mut figures = vec![
        figure("总投资", project.investment_total, "项目库填报的总投资"),
        figure(
            "年度计划",
            project.investment_year_plan,
            "项目库填报的年度计划投资",
        ),
        figure(
            "累计完成",
            project.investment_actual,
            "项目库填报的累计完成投资",
        ),
    ];
    if let Some((done, plan)) = project.investment_actual.zip(project.investment_total) {
        let ratio = ground::Ratio::new(done.fen.0.into(), plan.fen.0.into());
        figures.push((
            "完成率".to_owned(),
            Figure::rate(ratio, "累计完成 ÷ 总投资", state.today).marked(demo),
        ));
    }
    let mut reports: Vec<&Record> = of_project(state, "progress_report", project.id)
        .map(|stored| &stored.record)
        .filter(|record| {
            record.money("investment_period").is_some()
                || record.money("investment_year_to_date").is_some()
        })
        .collect();
    reports.sort_by_key(|record| std::cmp::Reverse(record.date("reported_on")));
    Investment {
        figures,
        reports: reports.into_iter().map(report_line).collect(),
    }
}

fn report_line(record: &Record) -> InvestmentReport {
    let money = |field: &str| {
        record
            .money(field)
            .map(|amount| {
                format!(
                    "{}{} 万元",
                    amount.bound.label(),
                    amount.fen.show(MoneyUnit::WanYuan)
                )
            })
            .unwrap_or_else(|| "—".to_owned())
    };
    let period = record
        .text("period")
        .and_then(|code| code.parse::<ground::Period>().ok());
    InvestmentReport {
        period: period.map(|period| period.label()).unwrap_or_default(),
        amount_text: money("investment_period"),
        cumulative_text: money("investment_year_to_date"),
        reported_on: record.date("reported_on"),
    }
}

/// Records of another register that name the project, newest first. The register is told by which records the state
/// holds: matters and reports keep their project in `project`.
fn of_project<'a>(
    state: &'a DistrictState,
    register: &'static str,
    id: ProjectId,
) -> impl Iterator<Item = &'a Stored> {
    let key = if register == "matter" {
        "title"
    } else {
        "reported_on"
    };
    state.records.values().filter(move |stored| {
        stored.record.reference("project") == Some(id.0)
            && stored.record.fields.contains_key(key)
            && !stored.record.withdrawn
    })
}

fn related(
    app: &App,
    actor: &Actor,
    state: &DistrictState,
    register: &'static str,
    id: ProjectId,
) -> Result<Vec<RecordView>, AppError> {
    let definition = &app.definition(register)?;
    let mut found: Vec<&Stored> = of_project(state, register, id).collect();
    let date = |stored: &Stored| {
        stored
            .record
            .fields
            .get("reported_on")
            .or(stored.record.fields.get("asked_on"))
            .and_then(Value::as_date)
    };
    found.sort_by_key(|stored| std::cmp::Reverse((date(stored), stored.record.id)));
    let access = Access::new(app, actor, definition)?;
    if !access.may(Ability::Read) {
        return Ok(Vec::new());
    }
    let seen = access.seen_definition();
    let look = Look {
        setting: &Setting::new(app, Some(state.today)),
        access: &access,
        definition: &seen,
        user: None,
    };
    let found: Vec<Stored> = found.into_iter().cloned().collect();
    app.look(|reader| look.views(reader, found))
}
