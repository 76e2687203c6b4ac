//! From standings to the plain rows that `report` draws.

use super::{passes, percent_text};
use crate::App;
use crate::district::DistrictState;
use crate::home;
use crate::page::wall::WallQuery;
use ground::{Date, Fen, MoneyUnit, OrgPath, ProjectId, WorkCalendar};
use plan::Rag;
use portfolio::{Bar, BarState, Batch, Round, Standing};
use report::wall_chart::{self as chart, Group, Light, Row, SubRow, Tone, WallChart};
use std::collections::BTreeMap;

/// Standings of the projects of a round (of all projects without one), in the order of memberships.
pub fn project_standings<'a>(state: &'a DistrictState, round: Option<&Round>) -> Vec<&'a Standing> {
    let of = |id: ProjectId| state.standings.get(&id);
    match round {
        Some(round) => Batch::ALL
            .into_iter()
            .flat_map(|batch| state.members(round, batch))
            .filter_map(|member| of(member.project))
            .collect(),
        None => state
            .projects
            .iter()
            .filter_map(|project| of(project.id))
            .collect(),
    }
}

/// Count and sum of a batch, listed or stated.
pub fn batch_total(batch: &portfolio::BatchSummary) -> (i64, Option<Fen>) {
    match &batch.computed {
        Some(part) => (i64::try_from(part.count()).unwrap_or(0), Some(part.amount)),
        None => (
            batch.stated.count.unwrap_or(0),
            batch.stated.amount.map(|amount| amount.fen),
        ),
    }
}

/// The chart of a round, or of all projects where no round exists.
pub fn chart(
    app: &App,
    state: &DistrictState,
    round: Option<&Round>,
    query: &WallQuery,
) -> WallChart {
    let title = match round {
        Some(round) => format!(
            "{}{}“三个一批”重点项目挂图",
            app.district_name(),
            round.name
        ),
        None => format!("{}重点项目挂图", app.district_name()),
    };
    let mut order = 0;
    let groups = match round {
        Some(round) => Batch::ALL
            .into_iter()
            .map(|batch| batch_group(state, round, batch, query, &mut order))
            .collect(),
        None => vec![all_group(state, query, &mut order)],
    };
    let facts = super::facts(state, round)
        .into_iter()
        .map(|line| fact_text(&line.label, &line.text))
        .collect();
    WallChart {
        title,
        facts,
        today: state.today,
        as_of: format!(
            "{}年{}月{}日",
            state.today.year(),
            state.today.month(),
            state.today.day()
        ),
        note: home::data_note(state),
        filler: app.district_name().to_owned(),
        links: Vec::new(),
        days_off: days_off(state, &groups),
        groups,
    }
}

fn fact_text(label: &str, text: &str) -> String {
    if text.contains(label) {
        text.to_owned()
    } else {
        format!("{label} {text}")
    }
}

fn batch_group(
    state: &DistrictState,
    round: &Round,
    batch: Batch,
    query: &WallQuery,
    order: &mut usize,
) -> Group {
    let summary = portfolio::summarise(round, &state.memberships, state.today);
    let total = summary
        .batches
        .iter()
        .find(|one| one.batch == batch)
        .map(batch_total);
    let (count, fen) = total.unwrap_or((0, None));
    let money = fen
        .map(|fen| format!(" · {} 亿元", fen.show(MoneyUnit::YiYuan)))
        .unwrap_or_default();
    let standings = state
        .members(round, batch)
        .into_iter()
        .filter_map(|member| state.standings.get(&member.project));
    Group {
        label: batch.label().to_owned(),
        note: format!("{count} 个项目{money}"),
        rows: rows(state, standings, query, order),
    }
}

fn all_group(state: &DistrictState, query: &WallQuery, order: &mut usize) -> Group {
    let standings = state
        .projects
        .iter()
        .filter_map(|project| state.standings.get(&project.id));
    Group {
        label: "全部项目".to_owned(),
        note: format!("{} 个项目", state.projects.len()),
        rows: rows(state, standings, query, order),
    }
}

fn rows<'a>(
    state: &DistrictState,
    standings: impl Iterator<Item = &'a Standing>,
    query: &WallQuery,
    order: &mut usize,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for standing in standings {
        // The number of a project does not change with the filter.
        *order += 1;
        if shown(state, standing, query) {
            rows.push(row(state, standing, query, *order));
        }
    }
    rows
}

fn shown(state: &DistrictState, standing: &Standing, query: &WallQuery) -> bool {
    let Some(project) = state.project(standing.project) else {
        return false;
    };
    let units = [
        project.lead_unit,
        project.responsible_unit,
        project.subdistrict,
    ];
    let paths = || {
        units
            .into_iter()
            .flatten()
            .filter_map(|id| state.organisations.get(&id))
            .filter_map(|one| one.path.as_ref())
    };
    let of_unit = match query.unit.as_deref().map(OrgPath::new) {
        None => true,
        Some(Ok(unit)) => paths().any(|path| path.is_within(&unit)),
        Some(Err(_)) => false,
    };
    let of_text = query.text.as_deref().is_none_or(|text| {
        standing.name.contains(text) || state.unit_name(project.answering_unit()).contains(text)
    });
    of_unit && of_text && passes(query, standing.light.rag)
}

fn row(state: &DistrictState, standing: &Standing, query: &WallQuery, order: usize) -> Row {
    let unit = state
        .project(standing.project)
        .and_then(portfolio::Project::answering_unit);
    let id = standing.project.to_string();
    let open = query.open.contains(&id);
    Row {
        order_no: order.to_string(),
        light: light(standing.light.rag),
        light_word: None,
        name: standing.name.clone(),
        unit: state.unit_name(unit),
        bars: standing
            .bars
            .iter()
            .filter_map(|one| bar(one, standing.light.rag))
            .collect(),
        target: standing.target.as_ref().map(|target| chart::Target {
            kind: target.kind.clone(),
            date: target.date,
        }),
        verdict: verdict(standing),
        selected: open || standing.light.rag == Rag::Red,
        sub_rows: if open {
            sub_rows(state, standing)
        } else {
            Vec::new()
        },
        project_id: id,
    }
}

fn sub_rows(state: &DistrictState, standing: &Standing) -> Vec<SubRow> {
    let activities = state
        .activities
        .get(&standing.project)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let unit = |one: &Bar| {
        activities
            .iter()
            .find(|activity| activity.id == one.activity)
            .and_then(|activity| activity.unit)
    };
    let line = |one: &Bar| {
        Some(SubRow {
            order_no: one.code.clone(),
            unit: state.unit_name(unit(one)),
            depth: u8::try_from(one.level).unwrap_or(u8::MAX),
            bar: bar(one, one.rag)?,
            verdict: None,
        })
    };
    standing.activities.iter().filter_map(line).collect()
}

/// A bar stands where it is planned; without planned dates where the engine puts it. A running bar carries the light of
/// its row, as the whole row is read as one.
fn bar(one: &Bar, rag: Rag) -> Option<chart::Bar> {
    let first = one
        .actual_start
        .or(one.planned_start)
        .unwrap_or(one.forecast_start);
    let last = one
        .actual_finish
        .or(one.planned_finish)
        .unwrap_or(one.forecast_finish);
    let late = one.forecast_finish > last && one.state == BarState::Running;
    Some(chart::Bar {
        activity_id: one.activity.to_string(),
        name: one.name.clone(),
        first,
        last,
        state: match one.state {
            BarState::Done => chart::BarState::Done,
            BarState::Running => chart::BarState::Running,
            BarState::NotStarted => chart::BarState::Ahead,
        },
        percent_hundredths: one.percent,
        light: light(if one.state == BarState::Running {
            rag
        } else {
            Rag::Grey
        }),
        critical: one.critical,
        forecast_last: late.then_some(one.forecast_finish),
        ghost: None,
    })
}

/// The drawing's light.
pub fn light(rag: Rag) -> Light {
    match rag {
        Rag::Green => Light::Green,
        Rag::Yellow => Light::Yellow,
        Rag::Red => Light::Red,
        Rag::Done => Light::Done,
        Rag::Grey => Light::Grey,
    }
}

fn verdict(standing: &Standing) -> Option<chart::Verdict> {
    let verdict = standing.verdict?;
    let tone = match (verdict, standing.light.rag) {
        (portfolio::Verdict::Early(_), _) => Tone::Good,
        (portfolio::Verdict::OnTime, _) => Tone::Plain,
        (portfolio::Verdict::Late(_), Rag::Red) => Tone::Bad,
        (portfolio::Verdict::Late(_), _) => Tone::Warning,
    };
    Some(chart::Verdict {
        text: verdict.text(),
        tone,
    })
}

/// 交付 8/20.
pub fn target_text(standing: &Standing) -> String {
    let Some(target) = &standing.target else {
        return String::new();
    };
    format!(
        "{} {}/{}",
        target.kind,
        target.date.month(),
        target.date.day()
    )
}

/// One axis for both charts: the year of today, widened to whatever the charts hold.
pub fn common_range(
    state: &DistrictState,
    other: Option<&DistrictState>,
    round: Option<&Round>,
    query: &WallQuery,
) -> Option<(Date, Date)> {
    let year = state.today.year();
    let (mut first, mut last) = (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?);
    for state in std::iter::once(state).chain(other) {
        let all = project_standings(
            state,
            round.and_then(|round| {
                state
                    .rounds
                    .iter()
                    .find(|one| one.no == round.no && !one.is_combined())
            }),
        );
        for bar in all.iter().flat_map(|standing| {
            if query.open.is_empty() {
                &standing.bars
            } else {
                &standing.activities
            }
        }) {
            first = first
                .min(bar.planned_start.unwrap_or(bar.forecast_start))
                .min(bar.forecast_start);
            last = last
                .max(bar.planned_finish.unwrap_or(bar.forecast_finish))
                .max(bar.forecast_finish);
        }
        last = all
            .iter()
            .filter_map(|standing| standing.target.as_ref())
            .fold(last, |last, target| last.max(target.date));
    }
    let whole = |date: Date| {
        (
            Date::new(date.year(), 1, 1).unwrap_or(date),
            Date::new(date.year(), 12, 31).unwrap_or(date),
        )
    };
    Some((whole(first).0, whole(last).1))
}

/// Rest days of the official calendar inside the chart's years, with the holiday's name.
fn days_off(state: &DistrictState, groups: &[Group]) -> BTreeMap<Date, String> {
    let calendar = WorkCalendar::official(&state.holidays);
    let bars = groups
        .iter()
        .flat_map(|group| &group.rows)
        .flat_map(|row| &row.bars);
    let (low, high) = bars.fold(
        (state.today.year(), state.today.year()),
        |(low, high), bar| (low.min(bar.first.year()), high.max(bar.last.year())),
    );
    let mut off = BTreeMap::new();
    let Some(mut day) = Date::new(low, 1, 1).ok() else {
        return off;
    };
    while day.year() <= high {
        if !calendar.is_working(day) {
            let name = match calendar.kind(day) {
                ground::DayKind::Holiday(name) => name,
                _ => String::new(),
            };
            off.insert(day, name);
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    off
}

/// The chart of one project alone, one activity a line.
pub fn project_chart(state: &DistrictState, standing: &Standing) -> WallChart {
    let mut order = 0;
    let query = WallQuery {
        open: vec![standing.project.to_string()],
        ..WallQuery::default()
    };
    let groups = vec![Group {
        label: standing.name.clone(),
        note: String::new(),
        rows: rows(state, std::iter::once(standing), &query, &mut order),
    }];
    WallChart {
        title: standing.name.clone(),
        facts: vec![target_text(standing), percent_text(0)]
            .into_iter()
            .take(1)
            .collect(),
        today: state.today,
        as_of: String::new(),
        note: String::new(),
        filler: String::new(),
        links: Vec::new(),
        days_off: days_off(state, &groups),
        groups,
    }
}
