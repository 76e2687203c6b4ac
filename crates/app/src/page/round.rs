//! 三个一批 One round: batches, checks, rates, transfer, stuck lists.

use crate::figure::Figure;
use exchange::Check;
use ground::Date;

/// A round in the list of rounds.
#[derive(Clone, Debug)]
pub struct RoundLine {
    /// Number.
    pub no: i64,
    /// 第七期.
    pub label: String,
    /// Projects.
    pub project_count: usize,
    /// Ceremony.
    pub held_on: Option<Date>,
}

/// Labels of rows and columns, and the counts between them.
pub type TransferTable = (Vec<String>, Vec<String>, Vec<Vec<usize>>);

/// A round's page.
#[derive(Clone, Debug)]
pub struct RoundPage {
    /// Number.
    pub no: i64,
    /// Label.
    pub label: String,
    /// The three batches.
    pub batches: Vec<RoundBatch>,
    /// Parts and wholes.
    pub checks: Vec<Check>,
    /// Rates with their basis.
    pub rates: Vec<RateLine>,
    /// Transfer to the next round: row and column labels, counts.
    pub transfer: TransferTable,
    /// Stuck lists.
    pub stuck: Vec<StuckList>,
}

/// One batch.
#[derive(Clone, Debug)]
pub struct RoundBatch {
    /// Code.
    pub batch: String,
    /// Label.
    pub label: String,
    /// Members.
    pub count: usize,
    /// Sum as announced.
    pub amount: Figure,
}

/// One rate: actual and forecast apart, by count and by money.
#[derive(Clone, Debug)]
pub struct RateLine {
    /// 开工率.
    pub name: String,
    /// By count, what has happened.
    pub actual: Figure,
    /// By count, with 预计.
    pub forecast: Option<Figure>,
    /// By money.
    pub weighted: Figure,
    /// 口径.
    pub basis: String,
    /// Projects of the numerator.
    pub numerator: Vec<String>,
    /// Frozen denominator.
    pub denominator: usize,
    /// 调出 with approval.
    pub adjusted_out: usize,
}

/// 签约未开工 and its like.
#[derive(Clone, Debug)]
pub struct StuckList {
    /// Kind.
    pub kind: String,
    /// Label.
    pub label: String,
    /// Project id, name, days.
    pub items: Vec<(String, String, i64)>,
}
