//! JSON of rounds (三个一批).

use super::{CheckView, FigureView, day, each};
use app::page::round as page;
use serde::Serialize;
use utoipa::ToSchema;

/// All rounds, newest first.
#[derive(Serialize, ToSchema)]
pub struct RoundList {
    pub rounds: Vec<RoundLine>,
}

/// One round in the list.
#[derive(Serialize, ToSchema)]
pub struct RoundLine {
    pub no: i64,
    pub label: String,
    pub project_count: usize,
    pub held_on: Option<String>,
}

impl From<&page::RoundLine> for RoundLine {
    fn from(round: &page::RoundLine) -> Self {
        Self {
            no: round.no,
            label: round.label.clone(),
            project_count: round.project_count,
            held_on: day(round.held_on),
        }
    }
}

/// One round: batches, checks, rates, transfer, stuck lists.
#[derive(Serialize, ToSchema)]
pub struct RoundPage {
    pub no: i64,
    pub label: String,
    pub batches: Vec<RoundBatch>,
    pub checks: Vec<CheckView>,
    pub rates: Vec<RateLine>,
    pub transfer: Transfer,
    pub stuck: Vec<StuckList>,
}

/// One batch.
#[derive(Serialize, ToSchema)]
pub struct RoundBatch {
    pub batch: String,
    pub label: String,
    pub count: usize,
    pub amount: FigureView,
}

/// One rate; actual and 预计 apart, by count and by money.
#[derive(Serialize, ToSchema)]
pub struct RateLine {
    pub name: String,
    pub actual: FigureView,
    pub forecast: Option<FigureView>,
    pub weighted: FigureView,
    pub basis: String,
    pub numerator: Vec<String>,
    pub denominator: usize,
    pub adjusted_out: usize,
}

/// Transfer matrix to the next round.
#[derive(Serialize, ToSchema)]
pub struct Transfer {
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    pub cells: Vec<Vec<usize>>,
}

/// Projects that do not move on.
#[derive(Serialize, ToSchema)]
pub struct StuckList {
    pub kind: String,
    pub label: String,
    pub items: Vec<StuckItem>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
pub struct StuckItem {
    pub project_id: String,
    pub name: String,
    pub days: i64,
}

impl From<&page::RoundPage> for RoundPage {
    fn from(round: &page::RoundPage) -> Self {
        let (rows, columns, cells) = round.transfer.clone();
        Self {
            no: round.no,
            label: round.label.clone(),
            batches: each(&round.batches),
            checks: each(&round.checks),
            rates: each(&round.rates),
            transfer: Transfer {
                rows,
                columns,
                cells,
            },
            stuck: each(&round.stuck),
        }
    }
}

impl From<&page::RoundBatch> for RoundBatch {
    fn from(batch: &page::RoundBatch) -> Self {
        Self {
            batch: batch.batch.clone(),
            label: batch.label.clone(),
            count: batch.count,
            amount: (&batch.amount).into(),
        }
    }
}

impl From<&page::RateLine> for RateLine {
    fn from(rate: &page::RateLine) -> Self {
        Self {
            name: rate.name.clone(),
            actual: (&rate.actual).into(),
            forecast: rate.forecast.as_ref().map(FigureView::from),
            weighted: (&rate.weighted).into(),
            basis: rate.basis.clone(),
            numerator: rate.numerator.clone(),
            denominator: rate.denominator,
            adjusted_out: rate.adjusted_out,
        }
    }
}

impl From<&page::StuckList> for StuckList {
    fn from(list: &page::StuckList) -> Self {
        let item = |(project_id, name, days): &(String, String, i64)| StuckItem {
            project_id: project_id.clone(),
            name: name.clone(),
            days: *days,
        };
        Self {
            kind: list.kind.clone(),
            label: list.label.clone(),
            items: list.items.iter().map(item).collect(),
        }
    }
}
