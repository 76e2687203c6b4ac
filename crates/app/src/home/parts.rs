//! The parts of the home page that come from projects, rounds, matters, tours and returns.

use crate::district::DistrictState;
use crate::figure::Figure;
use crate::page::home::{
    Loop, PipelineCell, PipelineRow, ProgrammeRow, Programmes, RoundHead, StatedRates, Stop, Tile,
    Tiles, Tour,
};
use crate::page::{Item, LightCount};
use ground::{Date, Fen, Period, PeriodKind, ProjectId, Ratio, RecordId};
use plan::Rag;
use portfolio::matter::MatterPace;
use portfolio::{Batch, Matter, Round};
use register::{Record, Value};
use std::collections::BTreeMap;

/// Lists on the home page show this many lines.
const WATCH_LINES: usize = 7;
const LOOP_LINES: usize = 4;
const PROGRAMME_LINES: usize = 6;
/// Rounds shown side by side.
const PIPELINE_ROUNDS: usize = 2;
/// A return below this share is yellow, below the next red. The same bands as for money against plan.
const RETURN_YELLOW_PERMILLE: i64 = 900;
const RETURN_RED_PERMILLE: i64 = 700;

/// The newest round's total, count and lights.
pub fn round_head(state: &DistrictState) -> Option<RoundHead> {
    let round = state.newest_round()?;
    let summary = portfolio::summarise(round, &state.memberships, state.today);
    let members: Vec<ProjectId> = summary
        .computed_total
        .as_ref()
        .map(|part| part.projects.clone())
        .unwrap_or_default();
    let filter = format!("round:eq:{}", round.id);
    let demo = state
        .memberships
        .iter()
        .filter(|member| member.round == round.id)
        .filter_map(|member| member.id)
        .any(|id| state.is_demo(id));
    let basis = format!(
        "{}成员公布投资额之和，调出的不计；一个项目在本期只算一次",
        round.name
    );
    let amount = summary.amount()?;
    let count = usize::try_from(summary.count()?).unwrap_or_default();
    let total = Figure::money(amount, basis, state.today)
        .from_records("round_membership", &filter, members.len())
        .marked(demo);
    let project_count = Figure::count(
        count,
        "个",
        format!("{}成员中不同项目的个数", round.name),
        state.today,
    );
    Some(RoundHead {
        no: round.no,
        label: round.name.clone(),
        total,
        project_count: project_count.from_records("round_membership", filter, members.len()),
        lights: light_counts(members.iter().map(|id| state.rag(*id))),
    })
}

/// Counts of green, yellow and red, and of done and grey where there are any.
pub fn light_counts(lights: impl Iterator<Item = Rag>) -> Vec<LightCount> {
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    for rag in lights {
        *counts.entry(rag.weight()).or_default() += 1;
    }
    let order = [
        (Rag::Green, true),
        (Rag::Yellow, true),
        (Rag::Red, true),
        (Rag::Done, false),
        (Rag::Grey, false),
    ];
    let line = |(rag, always): (Rag, bool)| {
        let count = counts.get(&rag.weight()).copied().unwrap_or(0);
        (always || count > 0).then(|| LightCount {
            rag,
            label: rag.label().to_owned(),
            rule: String::new(),
            count,
        })
    };
    order.into_iter().filter_map(line).collect()
}

/// The newest rounds with their batches; bars share one scale.
pub fn pipeline(state: &DistrictState) -> Vec<PipelineRow> {
    let newest = state.newest_round().map_or(i64::MAX, |round| round.no);
    let rounds: Vec<&Round> = state
        .rounds
        .iter()
        .rev()
        .filter(|round| !round.is_combined() && round.no <= newest)
        .take(PIPELINE_ROUNDS)
        .collect();
    let mut rows: Vec<PipelineRow> = rounds
        .iter()
        .map(|round| pipeline_row(state, round))
        .collect();
    let amount = |cell: &PipelineCell| {
        cell.amount
            .value
            .as_deref()
            .and_then(Fen::from_yuan)
            .map_or(0, |fen| fen.0)
    };
    let longest = rows
        .iter()
        .flat_map(|row| &row.batches)
        .map(amount)
        .max()
        .unwrap_or(0);
    for cell in rows.iter_mut().flat_map(|row| &mut row.batches) {
        let scaled = i128::from(amount(cell)) * 1000 / i128::from(longest.max(1));
        cell.bar_permille = i64::try_from(scaled).unwrap_or(1000);
    }
    rows
}

fn pipeline_row(state: &DistrictState, round: &Round) -> PipelineRow {
    let summary = portfolio::summarise(round, &state.memberships, state.today);
    let cells = summary.batches.iter().map(|batch| {
        let computed = batch.computed.as_ref();
        let listed = computed.map(portfolio::Part::count);
        let stated = batch
            .stated
            .count
            .and_then(|count| usize::try_from(count).ok());
        let (basis, fen) = match computed {
            Some(part) => (
                format!("{}{}成员公布投资额之和", round.name, batch.batch.label()),
                Some(part.amount),
            ),
            None => (
                format!(
                    "{}{}，报道给出的合计，没有项目名单",
                    round.name,
                    batch.batch.label()
                ),
                batch.stated.amount.map(|amount| amount.fen),
            ),
        };
        let filter = format!(
            "round:eq:{}&filter=batch:eq:{}",
            round.id,
            batch.batch.code()
        );
        let amount = fen.map_or_else(
            || Figure::stated("—", &basis, state.today),
            |fen| Figure::money(fen, &basis, state.today),
        );
        let count = listed.or(stated).unwrap_or(0);
        PipelineCell {
            batch: batch.batch.code().to_owned(),
            label: batch.batch.label().to_owned(),
            next_label: batch.batch.moving_to().to_owned(),
            amount: if computed.is_some() {
                amount.from_records("round_membership", filter, count)
            } else {
                amount
            },
            count,
            bar_permille: 0,
            note: batch_note(state, round, batch.batch),
        }
    });
    let count = usize::try_from(summary.count().unwrap_or(0)).unwrap_or_default();
    PipelineRow {
        round_no: round.no,
        label: round.name.clone(),
        project_count: count,
        batches: cells.collect(),
    }
}

/// 已全部开工, 预计达效 100%, or what the members' own dates say.
fn batch_note(state: &DistrictState, round: &Round, batch: Batch) -> String {
    use portfolio::RateKind;
    if round.all_started.contains(&batch) {
        return "已全部开工".to_owned();
    }
    let kind = match batch {
        Batch::Signed => RateKind::Start,
        Batch::Started => RateKind::Commission,
        Batch::Commissioned => RateKind::Benefit,
    };
    let verb = batch.moving_to().trim_start_matches('转');
    let percent =
        |rate: &portfolio::StatedRate| Ratio::new(rate.percent.into(), 10_000).percent_text();
    if let Some(stated) = round.stated_rate(kind, false) {
        return format!("{verb}{}", percent(stated));
    }
    if let Some(stated) = round.stated_rate(kind, true) {
        return format!("预计{verb} {}", percent(stated));
    }
    let request = portfolio::RateRequest::of(kind, round.id, state.today);
    let rate = portfolio::rate(&request, &state.memberships, &state.projects);
    match (rate.actual.projects.len(), rate.denominator.len()) {
        (_, 0) => String::new(),
        (0, _) => "在推进".to_owned(),
        (done, all) if done == all => format!("已全部{verb}"),
        (done, all) => format!("已{verb} {done}/{all}"),
    }
}

/// Rates that a combined round states (前五期).
pub fn stated_rates(state: &DistrictState) -> Option<StatedRates> {
    let round = state
        .rounds
        .iter()
        .rev()
        .find(|round| round.is_combined() && !round.stated_rates.is_empty())?;
    let actual = round.stated_rates.iter().filter(|rate| !rate.forecast);
    let basis = format!("{}合并口径，报道给出，不是本系统计算", round.name);
    let figure = |rate: &portfolio::StatedRate| {
        let text = Ratio::new(rate.percent.into(), 10_000).percent_text();
        (
            rate.kind.label().to_owned(),
            Figure::stated(text, &basis, state.today),
        )
    };
    let rates: Vec<(String, Figure)> = actual.map(figure).collect();
    let all_full = rates.iter().all(|(_, figure)| figure.text == "100%");
    let note = if all_full {
        format!("{}项目均已转化到位", round.name.trim_start_matches('前'))
    } else {
        String::new()
    };
    Some(StatedRates {
        title: format!("{}滚动转化", round.name),
        rates,
        note,
    })
}

/// 今天盯这几件: late milestones, matters overdue or due soon, returns not complete. Worst first.
pub fn watch(state: &DistrictState) -> Vec<Item> {
    let mut items: Vec<(u8, i64, Item)> = Vec::new();
    let standings: Vec<_> = state.standings.values().cloned().collect();
    for node in portfolio::due_nodes(&standings, state.today)
        .into_iter()
        .filter(|node| node.overdue_days > 0)
    {
        let text = format!("{} {}", node.project_name, node.name);
        items.push((
            node.rag.weight(),
            -node.overdue_days,
            item(
                node.rag,
                node.rag.label(),
                "",
                text,
                node.text(),
                project_link(node.project),
            ),
        ));
    }
    for matter in &state.matters {
        let Some((rag, word, left)) = urgency(matter, state.today) else {
            continue;
        };
        items.push((rag.weight(), left, matter_item(state, matter, rag, word)));
    }
    items.extend(
        missing_returns(state)
            .into_iter()
            .map(|one| (one.rag.weight(), 0, one)),
    );
    items.sort_by_key(|(weight, left, _)| (std::cmp::Reverse(*weight), *left));
    items
        .into_iter()
        .map(|(_, _, item)| item)
        .take(WATCH_LINES)
        .collect()
}

fn item(rag: Rag, word: &str, unit: &str, text: String, due_text: String, link: String) -> Item {
    Item {
        rag,
        word: word.to_owned(),
        unit: unit.to_owned(),
        text,
        due_text,
        link,
    }
}

/// Page of a project.
pub fn project_link(id: ProjectId) -> String {
    format!("/projects/{id}")
}

/// Light, word and days left of a matter that needs attention now.
fn urgency(matter: &Matter, today: Date) -> Option<(Rag, &'static str, i64)> {
    match matter.pace(today) {
        MatterPace::Overdue(days) => Some((Rag::Red, "逾期", -days)),
        MatterPace::Soon(left) => Some((Rag::Yellow, "临期", left)),
        _ => None,
    }
}

/// A matter as a line: 逾期 2 天, 剩 3 天.
pub fn matter_item(state: &DistrictState, matter: &Matter, rag: Rag, word: &str) -> Item {
    let due = match matter.pace(state.today) {
        MatterPace::Overdue(days) => format!("逾期 {days} 天"),
        MatterPace::Soon(0) => "今天到期".to_owned(),
        MatterPace::Soon(left) | MatterPace::Ahead(left) => format!("剩 {left} 天"),
        MatterPace::Closed => "已销号".to_owned(),
        MatterPace::NoDueDay => "未定期限".to_owned(),
    };
    let link = format!("/registers/matter/{}", matter.id);
    item(
        rag,
        word,
        &state.unit_name(matter.lead_unit),
        matter.title.clone(),
        due,
        link,
    )
}

fn missing_returns(state: &DistrictState) -> Vec<Item> {
    let rows = newest_returns(state);
    let one = |(id, name, received, expected): (RecordId, String, i64, i64)| {
        let missing = expected - received;
        let link = format!("/registers/programme_return/{id}");
        (missing > 0).then(|| {
            item(
                Rag::Grey,
                "待办",
                "",
                format!("{name}：{missing} 家未报"),
                "本周".to_owned(),
                link,
            )
        })
    };
    rows.into_iter().filter_map(one).collect()
}

/// 街道一张图: each sub-district with the worst light of its projects.
pub fn tiles(state: &DistrictState) -> Tiles {
    let streets: Vec<_> = state
        .organisations
        .values()
        .filter(|one| one.kind == "subdistrict")
        .collect();
    let cells: Vec<Tile> = streets
        .iter()
        .enumerate()
        .map(|(index, street)| {
            let projects: Vec<ProjectId> = state
                .projects
                .iter()
                .filter(|project| project.subdistrict == Some(street.id))
                .map(|project| project.id)
                .collect();
            let worst = projects
                .iter()
                .map(|id| state.rag(*id))
                .fold(Rag::Done, Rag::worse);
            let (row, column) = street.tile.unwrap_or_else(|| unplaced(index));
            Tile {
                organisation_path: street
                    .path
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                name: street.name.trim_end_matches("街道").to_owned(),
                row,
                column,
                project_count: projects.len(),
                rag: if projects.is_empty() {
                    Rag::Grey
                } else {
                    worst
                },
            }
        })
        .collect();
    let lights = light_counts(cells.iter().map(|tile| tile.rag));
    Tiles {
        note: format!("{} 个街道，示意位置", cells.len()),
        cells,
        lights,
    }
}

/// Streets the district has not placed stand in rows of five.
fn unplaced(index: usize) -> (i64, i64) {
    let index = i64::try_from(index).unwrap_or_default();
    (index / 5 + 1, index % 5 + 1)
}

/// 调研观摩: the tour of the day, else the last one before it.
pub fn tour(state: &DistrictState) -> Option<Tour> {
    let tours = state.plain.get("site_tour")?;
    let held = |record: &&Record| record.date("held_on").is_some_and(|day| day <= state.today);
    let newest = tours
        .iter()
        .filter(held)
        .max_by_key(|record| record.date("held_on"))?;
    let day = newest.date("held_on")?;
    let stops: Vec<Stop> = newest
        .rows("stops")
        .iter()
        .enumerate()
        .map(|(index, stop)| stop_line(state, day, index, stop))
        .collect();
    let note = format!("{}月{}日，{} 个点位", day.month(), day.day(), stops.len());
    Some(Tour {
        title: "调研观摩".to_owned(),
        note,
        stops,
    })
}

fn stop_line(state: &DistrictState, day: Date, index: usize, stop: &register::Fields) -> Stop {
    let done = stop
        .get("done")
        .and_then(Value::as_bool)
        .unwrap_or(day < state.today);
    let project = stop
        .get("project")
        .and_then(Value::as_ref_id)
        .map(ProjectId);
    let asked = state
        .matters
        .iter()
        .filter(|matter| {
            matter.project.is_some() && matter.project == project && matter.asked_on == Some(day)
        })
        .count();
    let arrive = stop
        .get("arrive")
        .and_then(Value::as_text)
        .unwrap_or_default();
    let part = match stop.get("part").and_then(Value::as_text) {
        Some("morning") => "上午",
        Some("afternoon") => "下午",
        Some("evening") => "晚上",
        _ => "",
    };
    let note = match (done, asked) {
        (true, 0) => "无问题".to_owned(),
        (true, count) => format!("交办 {count} 件"),
        (false, _) if arrive.is_empty() => part.to_owned(),
        (false, _) => arrive.to_owned(),
    };
    Stop {
        order: i64::try_from(index + 1).unwrap_or_default(),
        name: stop
            .get("name")
            .and_then(Value::as_text)
            .unwrap_or_default()
            .to_owned(),
        done,
        note,
    }
}

/// 交办闭环: matters asked for in the quarter by state, and the open ones nearest their day.
pub fn matters(state: &DistrictState) -> Loop {
    let quarter = PeriodKind::Quarter.containing(state.today);
    let asked = |matter: &&Matter| {
        matter
            .asked_on
            .is_some_and(|day| quarter.contains(day) && day <= state.today)
    };
    let own: Vec<Matter> = state.matters.iter().filter(asked).cloned().collect();
    let given = portfolio::funnel(&own);
    let now = portfolio::funnel(&state.matters);
    let mut open: Vec<&Matter> = state
        .matters
        .iter()
        .filter(|matter| !matter.state.is_closed())
        .collect();
    open.sort_by_key(|matter| (matter.due_on.is_none(), matter.due_on, matter.id));
    let overdue = open
        .iter()
        .filter(|matter| matches!(matter.pace(state.today), MatterPace::Overdue(_)))
        .count();
    let line = |matter: &&Matter| {
        let (rag, word) = urgency(matter, state.today)
            .map_or((Rag::Grey, "在办"), |(rag, word, _)| (rag, word));
        matter_item(state, matter, rag, word)
    };
    Loop {
        note: format!("{}累计 {} 件", period_name(quarter), own.len()),
        // What was given and closed in the quarter, and what stands where today: the league names the latter alike.
        stages: vec![
            ("本季交办".to_owned(), given.issued, false),
            ("在办".to_owned(), now.in_progress, now.in_progress > 0),
            ("待核验".to_owned(), now.verify, false),
            ("本季销号".to_owned(), given.closed, false),
            ("回头看".to_owned(), now.recheck, false),
        ],
        items: open.iter().take(LOOP_LINES).map(line).collect(),
        overdue,
    }
}

/// 一季度, without the year.
pub fn period_name(period: Period) -> String {
    match period {
        Period::Quarter { quarter, .. } => format!(
            "{}季度",
            ["一", "二", "三", "四"][usize::try_from(quarter - 1).unwrap_or_default() % 4]
        ),
        other => other.label(),
    }
}

/// 专项台账: the newest period's returns.
pub fn programmes(state: &DistrictState) -> Option<Programmes> {
    let rows = newest_returns(state);
    if rows.is_empty() {
        return None;
    }
    let total = rows.len();
    let row = |(_, name, received, expected): (RecordId, String, i64, i64)| {
        let ratio = Ratio::new(received.into(), expected.into());
        let permille = if expected > 0 {
            received * 1000 / expected
        } else {
            0
        };
        ProgrammeRow {
            name,
            permille,
            text: whole_percent(received, expected).unwrap_or_else(|| ratio.percent_text()),
            rag: return_light(permille),
        }
    };
    Some(Programmes {
        note: "本周填报".to_owned(),
        total,
        rows: rows.into_iter().map(row).take(PROGRAMME_LINES).collect(),
    })
}

/// Whole percents are enough for returns; 100% only when every one is in.
fn whole_percent(received: i64, expected: i64) -> Option<String> {
    (expected > 0).then(|| {
        format!(
            "{}%",
            if received == expected {
                100
            } else {
                ((received * 1000 / expected + 5) / 10).min(99)
            }
        )
    })
}

fn return_light(permille: i64) -> Rag {
    match permille {
        RETURN_YELLOW_PERMILLE.. => Rag::Green,
        RETURN_RED_PERMILLE.. => Rag::Yellow,
        _ => Rag::Red,
    }
}

/// Id, programme, received and expected of the newest period that has returns.
fn newest_returns(state: &DistrictState) -> Vec<(RecordId, String, i64, i64)> {
    let records = state
        .plain
        .get("programme_return")
        .map(Vec::as_slice)
        .unwrap_or_default();
    let period_of = |record: &Record| {
        record
            .text("period")
            .and_then(|text| text.parse::<Period>().ok())
    };
    let begun =
        |record: &&Record| period_of(record).is_some_and(|period| period.first() <= state.today);
    let newest = records
        .iter()
        .filter(begun)
        .filter_map(period_of)
        .max_by_key(|period| period.first());
    let row = |record: &Record| {
        Some((
            record.id,
            record.text("programme")?.to_owned(),
            record.int("returned_count")?,
            record.int("should_count")?,
        ))
    };
    records
        .iter()
        .filter(|record| period_of(record) == newest && newest.is_some())
        .filter_map(row)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_is_whole_only_when_every_one_is_in() {
        assert_eq!(whole_percent(999, 1000).as_deref(), Some("99%"));
        assert_eq!(whole_percent(14, 14).as_deref(), Some("100%"));
        assert_eq!(whole_percent(12, 14).as_deref(), Some("86%"));
        assert_eq!(whole_percent(0, 0), None);
    }

    #[test]
    fn lights_are_counted_and_the_three_stand_always() {
        let counts = light_counts([Rag::Green, Rag::Red, Rag::Green].into_iter());
        let told: Vec<(Rag, usize)> = counts.iter().map(|one| (one.rag, one.count)).collect();
        assert_eq!(told, [(Rag::Green, 2), (Rag::Yellow, 0), (Rag::Red, 1)]);
    }
}
