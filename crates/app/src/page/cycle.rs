//! 填报 Who has sent a form for a period and who has not; drives and how far they are.

use ground::{Date, Period};
use plan::Rag;

/// The board of a form for one period.
#[derive(Clone, Debug)]
pub struct CycleBoard {
    /// Period.
    pub period: Period,
    /// First day on which it can be filled.
    pub open_on: Date,
    /// Last day in time.
    pub due_on: Date,
    /// Last day on which it can be sent; none = stays open.
    pub lock_on: Option<Date>,
    /// Units that fill it, in the order of the directory.
    pub units: Vec<CycleUnit>,
    /// Units by status.
    pub counts: Vec<(&'static str, usize)>,
    /// Words to remind with.
    pub reminder: String,
}

/// One unit on the board.
#[derive(Clone, Debug)]
pub struct CycleUnit {
    /// Organisation.
    pub id: String,
    /// Name.
    pub name: String,
    /// sent, zero, late, open, missing, locked.
    pub status: &'static str,
    /// Its report.
    pub record: Option<String>,
    /// When it was sent, UTC.
    pub at: Option<String>,
    /// A request to unlock that waits for an answer: id and reason.
    pub unlock: Option<(String, String)>,
}

/// 专项行动. How far a drive is.
#[derive(Clone, Debug)]
pub struct CampaignLine {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// First day.
    pub start: Date,
    /// Last day.
    pub due: Option<Date>,
    /// Records to be covered.
    pub of: usize,
    /// Those that are done.
    pub done: usize,
    /// `91.11`; none when there is nothing to cover.
    pub percent: Option<String>,
    /// In words.
    pub text: String,
    /// Light.
    pub rag: Rag,
    /// Register whose records are covered.
    pub register: String,
    /// Records still open: id and name.
    pub open: Vec<(String, String)>,
}
