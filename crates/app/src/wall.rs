//! 挂图 The wall chart: which rows, drawn once by `report`, with lights, reasons and the panels under it.

mod build;
pub(crate) use build::{project_chart, target_text};
mod panels;

use crate::App;
use crate::account::Actor;
use crate::district::{self, DistrictState};
use crate::error::AppError;
use crate::page::wall::{
    Comparison, Density, Drawing, WallActivity, WallPage, WallQuery, WallRow, Zoom,
};
use crate::page::{LightCount, Line};
use crate::{home, light};
use ground::{Date, MoneyUnit};
use plan::Rag;
use portfolio::{Bar, Batch, Round, Standing};
use report::scene::Scene;
use report::wall_chart::{self, LayoutOptions, WallChart};
use std::collections::BTreeMap;

pub use report::pdf::Paper;

/// The chart of a round on a day (`None` = today).
pub fn wall_chart(
    app: &App,
    actor: &Actor,
    query: &WallQuery,
    day: Option<Date>,
) -> Result<WallPage, AppError> {
    actor.need_read()?;
    let state = district::state_for(app, actor, day)?;
    page(app, actor, &state, query)
}

/// A kept chart: the district as it was right after a journal entry.
pub(crate) fn wall_chart_at(
    app: &App,
    actor: &Actor,
    query: &WallQuery,
    day: Date,
    seq: i64,
) -> Result<WallPage, AppError> {
    actor.need_read()?;
    let state = district::state_at(app, actor, day, seq)?;
    page(app, actor, &state, query)
}

fn page(
    app: &App,
    actor: &Actor,
    state: &DistrictState,
    query: &WallQuery,
) -> Result<WallPage, AppError> {
    let round = chosen_round(state, query)?;
    let other = query
        .compare
        .map(|day| district::state_for(app, actor, Some(day)))
        .transpose()?;
    let range = build::common_range(state, other.as_deref(), round, query);
    let chart = build::chart(app, state, round, query);
    let drawing = draw(&chart, query, range, "now");
    let all = build::project_standings(state, round);
    let compare = other.map(|other| {
        let old_round = round.and_then(|round| {
            other
                .rounds
                .iter()
                .find(|one| one.no == round.no && !one.is_combined())
        });
        let chart = build::chart(app, &other, old_round, query);
        let lights = lights(&other, old_round, app);
        Box::new(Comparison {
            as_of: other.today,
            drawing: draw(&chart, query, range, "then"),
            lights,
        })
    });
    Ok(WallPage {
        title: chart.title.clone(),
        facts: facts(state, round),
        round_no: round.map(|round| round.no),
        lights: lights(state, round, app),
        rows: rows(state, &chart, query),
        drawing,
        activities: activities(app, actor, state, &all),
        units: units(state, &all),
        cascade: panels::cascade(state, &all),
        cascade_note: "节点完成 / 应完成".to_owned(),
        orders: panels::orders(state),
        orders_open: panels::orders_open(state),
        due: panels::due(state, &all),
        due_note: panels::due_note(state, &all),
        data_note: home::data_note(state),
        compare,
        findings: findings(app, state, &all)?,
    })
}

fn findings(
    app: &App,
    state: &DistrictState,
    all: &[&Standing],
) -> Result<Vec<ground::Finding>, AppError> {
    let definition = app.definition(crate::project_plan::ACTIVITY)?;
    let told =
        |standing: &&Standing| crate::project_plan::told(state, &definition, &standing.findings);
    Ok(all.iter().flat_map(told).collect())
}

fn chosen_round<'a>(
    state: &'a DistrictState,
    query: &WallQuery,
) -> Result<Option<&'a Round>, AppError> {
    match query.round {
        Some(no) => crate::rounds::find(state, no).map(Some),
        None => Ok(state.newest_round()),
    }
}

fn lights(state: &DistrictState, round: Option<&Round>, app: &App) -> Vec<LightCount> {
    let all = build::project_standings(state, round);
    light::with_rule(
        home::light_counts(all.iter().map(|standing| standing.light.rag)),
        app.light_rule(),
    )
}

/// 15 个项目 · 总投资 62.4 亿元 · 签约 2 个 2 亿 …
fn facts(state: &DistrictState, round: Option<&Round>) -> Vec<Line> {
    let Some(round) = round else {
        return vec![Line::new("项目", format!("{} 个", state.projects.len()))];
    };
    let summary = portfolio::summarise(round, &state.memberships, state.today);
    let mut lines = vec![Line::new(
        "项目",
        format!("{} 个项目", summary.count().unwrap_or(0)),
    )];
    if let Some(amount) = summary.amount() {
        lines.push(Line::new(
            "总投资",
            format!("{} 亿元", amount.show(MoneyUnit::YiYuan)),
        ));
    }
    for batch in &summary.batches {
        let (count, fen) = build::batch_total(batch);
        let money = fen
            .filter(|_| count > 0)
            .map(|fen| format!(" {} 亿", fen.show(MoneyUnit::YiYuan)))
            .unwrap_or_default();
        lines.push(Line::new(
            batch_short(batch.batch),
            format!("{} 个{money}", count),
        ));
    }
    lines
}

fn batch_short(batch: Batch) -> &'static str {
    match batch {
        Batch::Signed => "签约",
        Batch::Started => "开工",
        Batch::Commissioned => "投产",
    }
}

/// Layout options of a query.
fn options(query: &WallQuery, range: Option<(Date, Date)>, id: &str) -> LayoutOptions {
    LayoutOptions {
        zoom: match query.zoom {
            Zoom::Year => wall_chart::Zoom::Year,
            Zoom::Quarter => wall_chart::Zoom::Quarter,
            Zoom::Month => wall_chart::Zoom::Month,
            Zoom::Week => wall_chart::Zoom::Week,
        },
        density: match query.density {
            Density::Compact => wall_chart::Density::Compact,
            Density::Standard => wall_chart::Density::Standard,
            Density::Loose => wall_chart::Density::Loose,
        },
        range,
        width: query
            .width
            .filter(|_| query.zoom == Zoom::Year)
            .map(|width| width as f32),
        id: id.to_owned(),
        ..LayoutOptions::default()
    }
}

pub(crate) fn draw(
    chart: &WallChart,
    query: &WallQuery,
    range: Option<(Date, Date)>,
    id: &str,
) -> Drawing {
    let scene = wall_chart::layout(chart, &options(query, range, id));
    drawing_of(&scene)
}

fn drawing_of(scene: &Scene<'_>) -> Drawing {
    use report::scene::Side;
    let width = |side| f64::from(scene.pane(side).width);
    Drawing {
        panes: report::svg::panes(scene),
        first: scene.scale.first,
        last: scene.scale.last,
        px_per_day: f64::from(scene.scale.px_per_day),
        width: [width(Side::Left), width(Side::Plot), width(Side::Right)],
        height: [f64::from(scene.head_height), f64::from(scene.body_height)],
    }
}

fn rows(state: &DistrictState, chart: &WallChart, query: &WallQuery) -> Vec<WallRow> {
    let scene = wall_chart::layout(chart, &options(query, None, "rows"));
    let spots = scene.rows.iter().filter(|spot| spot.activity_id.is_none());
    let row = |spot: &report::scene::RowSpot<'_>| {
        let id = spot.project_id?;
        let standing = state
            .standings
            .values()
            .find(|standing| standing.project.to_string() == id)?;
        Some(WallRow {
            project_id: id.to_owned(),
            name: standing.name.clone(),
            y: f64::from(spot.y),
            height: f64::from(spot.height),
            light: light::view(&standing.light),
            why: standing
                .why
                .iter()
                .map(|(label, text)| Line::new(label, text))
                .collect(),
            target_text: build::target_text(standing),
            verdict: standing
                .verdict
                .map(portfolio::Verdict::text)
                .unwrap_or_default(),
            version: state.version(standing.project.0),
        })
    };
    spots.filter_map(row).collect()
}

fn activities(
    app: &App,
    actor: &Actor,
    state: &DistrictState,
    all: &[&Standing],
) -> BTreeMap<String, WallActivity> {
    let of = |standing: &&Standing| {
        let project = standing.project;
        let editable = actor.may_write()
            && state
                .project(project)
                .is_some_and(|one| actor.may_see(&one.org));
        let why = state.why_dates(project, app.light_rule());
        let id = project.to_string();
        let one = |bar: &Bar| {
            (
                bar.activity.to_string(),
                activity(state, &id, bar, why.get(&bar.activity), editable),
            )
        };
        standing.activities.iter().map(one).collect::<Vec<_>>()
    };
    all.iter().flat_map(of).collect()
}

/// One activity's dates, float and reason.
pub(crate) fn activity(
    state: &DistrictState,
    project: &str,
    bar: &Bar,
    why: Option<&String>,
    editable: bool,
) -> WallActivity {
    WallActivity {
        project_id: project.to_owned(),
        name: bar.name.clone(),
        planned_start: bar.planned_start,
        planned_finish: bar.planned_finish,
        early_start: Some(bar.forecast_start),
        early_finish: Some(bar.forecast_finish),
        late_start: Some(bar.late_start),
        late_finish: Some(bar.late_finish),
        float_text: bar.float_workdays.to_string(),
        critical: bar.critical,
        percent_text: percent_text(bar.percent),
        why_date: why.cloned().unwrap_or_default(),
        version: state.version(bar.activity.0),
        editable: editable && bar.state != portfolio::BarState::Done,
    }
}

/// 62%, 62.5%.
pub(crate) fn percent_text(hundredths: i64) -> String {
    match hundredths % 100 {
        0 => format!("{}%", hundredths / 100),
        part => format!("{}.{part:02}%", hundredths / 100).replace("0%", "%"),
    }
}

/// Units that answer for a project on the chart, to filter by.
fn units(state: &DistrictState, all: &[&Standing]) -> Vec<(String, String)> {
    let projects = all
        .iter()
        .filter_map(|standing| state.project(standing.project));
    let ids = projects
        .flat_map(|project| {
            [
                project.lead_unit,
                project.responsible_unit,
                project.subdistrict,
            ]
        })
        .flatten();
    let mut units: Vec<(String, String)> = ids
        .filter_map(|id| state.organisations.get(&id))
        .filter_map(|one| Some((one.path.as_ref()?.to_string(), one.name.clone())))
        .collect();
    units.sort();
    units.dedup();
    units
}

/// The chart as one SVG document.
pub fn wall_svg(
    app: &App,
    actor: &Actor,
    query: &WallQuery,
    day: Option<Date>,
) -> Result<String, AppError> {
    actor.need_read()?;
    let state = district::state_for(app, actor, day)?;
    let round = chosen_round(&state, query)?;
    let chart = build::chart(app, &state, round, query);
    let range = build::common_range(&state, None, round, query);
    Ok(report::svg::document(&wall_chart::layout(
        &chart,
        &options(query, range, "chart"),
    )))
}

/// The chart for the wall.
pub fn wall_pdf(
    app: &App,
    actor: &Actor,
    query: &WallQuery,
    paper: Paper,
    day: Option<Date>,
) -> Result<Vec<u8>, AppError> {
    actor.need_read()?;
    let state = district::state_for(app, actor, day)?;
    let round = chosen_round(&state, query)?;
    let chart = build::chart(app, &state, round, query);
    let range = build::common_range(&state, None, round, query);
    let options = LayoutOptions {
        range,
        id: "print".to_owned(),
        ..report::pdf::options_for(&chart, paper)
    };
    let scene = wall_chart::layout(&chart, &options);
    let fonts = crate::fonts::fonts();
    report::pdf::document(&scene, paper, fonts)
        .map_err(|error| AppError::File(std::io::Error::other(error.to_string())))
}

/// Whether a light passes the query's filter.
fn passes(query: &WallQuery, rag: Rag) -> bool {
    query.rag.is_none_or(|wanted| wanted == rag)
}
