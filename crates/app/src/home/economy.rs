//! 经济运行 Indicators of the quarter against its pace: actual, 预计 and light, from observations of the district.

use crate::district::DistrictState;
use crate::figure::Figure;
use crate::home::parts::period_name;
use crate::page::home::{Economy, EconomyRow};
use crate::page::{CauseView, LightView};
use ground::{Period, PeriodKind, Ratio, RecordId, WorkCalendar};
use indicator::{
    Direction, IndicatorLight, IndicatorRow, LightFacts, LightRule, Pace, PaceBasis, RowInput,
    Scenario, Verdict, indicator_row, light, pace,
};
use plan::Rag;
use register::Record;
use std::collections::BTreeMap;

/// Rows shown on the home page.
const ROWS: usize = 6;

/// A promise (上报预计) is taken with this margin upwards, in hundredths of a percent of the target: units that report
/// a little below the target are warned, not called late. A parameter of ours; no document fixes it.
const PROMISE_MARGIN: i128 = 500;

/// The panel, or nothing when the quarter has no targets.
pub fn economy(state: &DistrictState) -> Option<Economy> {
    let quarter = PeriodKind::Quarter.containing(state.today);
    let root = state
        .organisations
        .values()
        .find(|one| one.kind == "district")?
        .id;
    let rows = rows_of(state, quarter, root);
    if rows.is_empty() {
        return None;
    }
    let elapsed = pace(
        quarter,
        state.today,
        PaceBasis::CalendarDays,
        &WorkCalendar::official(&state.holidays),
    );
    let share = elapsed.share();
    let name = period_name(quarter);
    Some(Economy {
        title: format!("{name}经济运行"),
        note: "占季度目标".to_owned(),
        pace: Figure::rate(
            share,
            format!("{name}已过天数占全季天数：{}", elapsed.text()),
            state.today,
        ),
        pace_permille: permille(share),
        rows: rows
            .into_iter()
            .take(ROWS)
            .map(|(name, values)| row(state, &name, values, elapsed))
            .collect(),
    })
}

fn permille(ratio: Ratio) -> i64 {
    ratio.basis_points().map_or(0, |points| points / 10)
}

/// Values of one indicator by scenario, with the record they stand on.
type Values = BTreeMap<&'static str, (i64, RecordId)>;

/// Indicators of the district that have a target for the quarter, in the order they were registered.
fn rows_of(state: &DistrictState, quarter: Period, root: RecordId) -> Vec<(String, Values)> {
    let records = state
        .plain
        .get("observation")
        .map(Vec::as_slice)
        .unwrap_or_default();
    let own = |record: &&Record| {
        let period = record
            .text("period")
            .and_then(|text| text.parse::<Period>().ok());
        record.reference("organisation") == Some(root) && period == Some(quarter)
    };
    let mut order: Vec<String> = Vec::new();
    let mut values: BTreeMap<String, Values> = BTreeMap::new();
    for record in records.iter().filter(own) {
        let Some((name, code, value)) = read(record) else {
            continue;
        };
        if !order.contains(&name) {
            order.push(name.clone());
        }
        // The later record of one scenario is the newer figure.
        values
            .entry(name)
            .or_default()
            .insert(code, (value, record.id));
    }
    let with_target = |name: String| {
        Some((
            values
                .get(&name)
                .filter(|one| one.contains_key("target"))?
                .clone(),
            name,
        ))
    };
    order
        .into_iter()
        .filter_map(with_target)
        .map(|(values, name)| (name, values))
        .collect()
}

fn read(record: &Record) -> Option<(String, &'static str, i64)> {
    let scenario = Scenario::from_code(record.text("scenario")?)?;
    let (scaled, _) = record.fields.get("value")?.as_decimal()?;
    Some((
        record.text("indicator")?.to_owned(),
        scenario.code(),
        scaled,
    ))
}

fn row(state: &DistrictState, name: &str, values: Values, pace: Pace) -> EconomyRow {
    let value = |code: &str| values.get(code).map(|(value, _)| *value);
    let input = RowInput {
        indicator: name.to_owned(),
        actual: value("actual"),
        target: value("target"),
        forecast: value("forecast"),
        direction: Direction::Higher,
    };
    let row = indicator_row(&input, pace, &LightRule::default());
    let verdict = verdict(&row, input.direction);
    let rag = rag(verdict.light);
    let demo = values.values().any(|(_, id)| state.is_demo(*id));
    let basis = format!(
        "季度累计完成 ÷ 季度目标；{}{}",
        verdict.reason,
        if demo { "（演示数据）" } else { "" }
    );
    // Whole percents; below the target never rounded up to it.
    let rounded = |points: i64| {
        if points < 10_000 {
            ((points + 50) / 100).min(99)
        } else {
            (points + 50) / 100
        }
    };
    let whole = |ratio: Ratio| {
        ratio
            .basis_points()
            .map_or("—".to_owned(), |points| format!("{}%", rounded(points)))
    };
    EconomyRow {
        indicator: name.to_owned(),
        actual_permille: permille(row.completion),
        forecast_permille: row
            .forecast_ratio
            .is_defined()
            .then(|| permille(row.forecast_ratio)),
        actual_text: row
            .completion
            .percent_text()
            .trim_end_matches('%')
            .to_owned(),
        forecast_text: whole(row.forecast_ratio),
        light: LightView {
            rag,
            label: rag.label().to_owned(),
            causes: vec![CauseView {
                kind: "pace".to_owned(),
                rag,
                text: verdict.reason,
            }],
        },
        basis,
    }
}

/// The light with the margin of a promise.
fn verdict(row: &IndicatorRow, direction: Direction) -> Verdict {
    let lower = row.forecast_ratio;
    let upper = Ratio::new(
        lower.numerator * 10_000 + lower.denominator * PROMISE_MARGIN,
        lower.denominator * 10_000,
    );
    let forecast = lower.is_defined().then_some((lower, upper));
    light(
        &LightRule::default(),
        &LightFacts {
            completion: row.completion,
            pace: row.pace,
            forecast,
            direction,
        },
    )
}

fn rag(light: IndicatorLight) -> Rag {
    match light.code() {
        "green" => Rag::Green,
        "yellow" => Rag::Yellow,
        "red" => Rag::Red,
        _ => Rag::Grey,
    }
}
