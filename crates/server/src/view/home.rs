//! JSON of the home page.

use super::{FigureView, Item, LightCount, LightView, RagView, each};
use app::page::home as page;
use serde::Serialize;
use utoipa::ToSchema;

/// 驾驶舱 The home page of a district on one day.
#[derive(Serialize, ToSchema)]
pub struct Home {
    pub title: String,
    pub today: String,
    pub weekday: String,
    pub subtitle: String,
    pub round: Option<HomeRound>,
    pub pipeline: Vec<PipelineRow>,
    pub stated_rates: Option<StatedRates>,
    pub watch: Watch,
    pub tiles: Tiles,
    pub economy: Option<Economy>,
    pub tour: Option<Tour>,
    #[serde(rename = "loop")]
    #[schema(rename = "loop")]
    pub matters: MatterLoop,
    pub programmes: Option<Programmes>,
    pub data_note: String,
    /// No project yet: the page shows how to begin.
    pub empty: bool,
    /// This person has projects in sight; who has none gets their tasks and registers in place of them.
    pub projects: bool,
}

/// The newest round in figures.
#[derive(Serialize, ToSchema)]
pub struct HomeRound {
    pub no: i64,
    pub label: String,
    pub total: FigureView,
    pub project_count: FigureView,
    pub lights: Vec<LightCount>,
}

/// One round's batches.
#[derive(Serialize, ToSchema)]
pub struct PipelineRow {
    pub round_no: i64,
    pub label: String,
    pub project_count: usize,
    pub batches: Vec<PipelineCell>,
}

/// One batch of one round.
#[derive(Serialize, ToSchema)]
pub struct PipelineCell {
    pub batch: String,
    pub label: String,
    pub next_label: String,
    pub amount: FigureView,
    pub count: usize,
    pub bar_permille: i64,
    pub note: String,
}

/// Rates stated by earlier reports.
#[derive(Serialize, ToSchema)]
pub struct StatedRates {
    pub title: String,
    pub rates: Vec<LabelledFigure>,
    pub note: String,
}

/// A figure with its name.
#[derive(Serialize, ToSchema)]
pub struct LabelledFigure {
    pub label: String,
    pub figure: FigureView,
}

impl From<&(String, app::figure::Figure)> for LabelledFigure {
    fn from((label, figure): &(String, app::figure::Figure)) -> Self {
        Self {
            label: label.clone(),
            figure: figure.into(),
        }
    }
}

/// 今天盯这几件.
#[derive(Serialize, ToSchema)]
pub struct Watch {
    pub count: usize,
    pub items: Vec<Item>,
}

/// 街道一张图.
#[derive(Serialize, ToSchema)]
pub struct Tiles {
    pub note: String,
    pub count: usize,
    pub cells: Vec<Tile>,
    pub lights: Vec<LightCount>,
}

/// One sub-district.
#[derive(Serialize, ToSchema)]
pub struct Tile {
    pub organisation_path: String,
    pub name: String,
    pub row: i64,
    pub column: i64,
    pub project_count: usize,
    pub rag: RagView,
}

/// 经济运行.
#[derive(Serialize, ToSchema)]
pub struct Economy {
    pub title: String,
    pub note: String,
    pub pace: FigureView,
    pub pace_permille: i64,
    pub rows: Vec<EconomyRow>,
}

/// One indicator.
#[derive(Serialize, ToSchema)]
pub struct EconomyRow {
    pub indicator: String,
    pub actual_permille: i64,
    pub forecast_permille: Option<i64>,
    pub actual_text: String,
    pub forecast_text: String,
    pub light: LightView,
    pub basis: String,
}

/// 调研观摩.
#[derive(Serialize, ToSchema)]
pub struct Tour {
    pub title: String,
    pub note: String,
    pub stops: Vec<Stop>,
}

/// One stop of a tour.
#[derive(Serialize, ToSchema)]
pub struct Stop {
    pub order: i64,
    pub name: String,
    pub done: bool,
    pub note: String,
}

/// 交办闭环.
#[derive(Serialize, ToSchema)]
pub struct MatterLoop {
    pub note: String,
    pub stages: Vec<LoopStage>,
    pub items: Vec<Item>,
    pub overdue: usize,
}

/// One stage of the loop.
#[derive(Serialize, ToSchema)]
pub struct LoopStage {
    pub label: String,
    pub count: usize,
    pub warn: bool,
}

/// 专项台账.
#[derive(Serialize, ToSchema)]
pub struct Programmes {
    pub note: String,
    pub total: usize,
    pub rows: Vec<ProgrammeRow>,
}

/// One programme.
#[derive(Serialize, ToSchema)]
pub struct ProgrammeRow {
    pub name: String,
    pub permille: i64,
    pub text: String,
    pub rag: RagView,
}

impl From<&page::Home> for Home {
    fn from(home: &page::Home) -> Self {
        Self {
            title: home.title.clone(),
            today: home.today.to_string(),
            weekday: home.weekday.clone(),
            subtitle: home.subtitle.clone(),
            round: home.round.as_ref().map(HomeRound::from),
            pipeline: each(&home.pipeline),
            stated_rates: home.stated_rates.as_ref().map(StatedRates::from),
            watch: Watch {
                count: home.watch.len(),
                items: each(&home.watch),
            },
            tiles: Tiles::from(&home.tiles),
            economy: home.economy.as_ref().map(Economy::from),
            tour: home.tour.as_ref().map(Tour::from),
            matters: MatterLoop::from(&home.matters),
            programmes: home.programmes.as_ref().map(Programmes::from),
            data_note: home.data_note.clone(),
            empty: home.empty,
            projects: home.projects,
        }
    }
}

impl From<&page::RoundHead> for HomeRound {
    fn from(round: &page::RoundHead) -> Self {
        Self {
            no: round.no,
            label: round.label.clone(),
            total: (&round.total).into(),
            project_count: (&round.project_count).into(),
            lights: each(&round.lights),
        }
    }
}

impl From<&page::PipelineRow> for PipelineRow {
    fn from(row: &page::PipelineRow) -> Self {
        Self {
            round_no: row.round_no,
            label: row.label.clone(),
            project_count: row.project_count,
            batches: each(&row.batches),
        }
    }
}

impl From<&page::PipelineCell> for PipelineCell {
    fn from(cell: &page::PipelineCell) -> Self {
        Self {
            batch: cell.batch.clone(),
            label: cell.label.clone(),
            next_label: cell.next_label.clone(),
            amount: (&cell.amount).into(),
            count: cell.count,
            bar_permille: cell.bar_permille,
            note: cell.note.clone(),
        }
    }
}

impl From<&page::StatedRates> for StatedRates {
    fn from(rates: &page::StatedRates) -> Self {
        Self {
            title: rates.title.clone(),
            rates: each(&rates.rates),
            note: rates.note.clone(),
        }
    }
}

impl From<&page::Tiles> for Tiles {
    fn from(tiles: &page::Tiles) -> Self {
        Self {
            note: tiles.note.clone(),
            count: tiles.cells.len(),
            cells: each(&tiles.cells),
            lights: each(&tiles.lights),
        }
    }
}

impl From<&page::Tile> for Tile {
    fn from(tile: &page::Tile) -> Self {
        Self {
            organisation_path: tile.organisation_path.clone(),
            name: tile.name.clone(),
            row: tile.row,
            column: tile.column,
            project_count: tile.project_count,
            rag: tile.rag.into(),
        }
    }
}

impl From<&page::Economy> for Economy {
    fn from(economy: &page::Economy) -> Self {
        Self {
            title: economy.title.clone(),
            note: economy.note.clone(),
            pace: (&economy.pace).into(),
            pace_permille: economy.pace_permille,
            rows: each(&economy.rows),
        }
    }
}

impl From<&page::EconomyRow> for EconomyRow {
    fn from(row: &page::EconomyRow) -> Self {
        Self {
            indicator: row.indicator.clone(),
            actual_permille: row.actual_permille,
            forecast_permille: row.forecast_permille,
            actual_text: row.actual_text.clone(),
            forecast_text: row.forecast_text.clone(),
            light: (&row.light).into(),
            basis: row.basis.clone(),
        }
    }
}

impl From<&page::Tour> for Tour {
    fn from(tour: &page::Tour) -> Self {
        Self {
            title: tour.title.clone(),
            note: tour.note.clone(),
            stops: each(&tour.stops),
        }
    }
}

impl From<&page::Stop> for Stop {
    fn from(stop: &page::Stop) -> Self {
        Self {
            order: stop.order,
            name: stop.name.clone(),
            done: stop.done,
            note: stop.note.clone(),
        }
    }
}

impl From<&page::Loop> for MatterLoop {
    fn from(matters: &page::Loop) -> Self {
        let stage = |(label, count, warn): &(String, usize, bool)| LoopStage {
            label: label.clone(),
            count: *count,
            warn: *warn,
        };
        Self {
            note: matters.note.clone(),
            stages: matters.stages.iter().map(stage).collect(),
            items: each(&matters.items),
            overdue: matters.overdue,
        }
    }
}

impl From<&page::Programmes> for Programmes {
    fn from(programmes: &page::Programmes) -> Self {
        Self {
            note: programmes.note.clone(),
            total: programmes.total,
            rows: each(&programmes.rows),
        }
    }
}

impl From<&page::ProgrammeRow> for ProgrammeRow {
    fn from(row: &page::ProgrammeRow) -> Self {
        Self {
            name: row.name.clone(),
            permille: row.permille,
            text: row.text.clone(),
            rag: row.rag.into(),
        }
    }
}
