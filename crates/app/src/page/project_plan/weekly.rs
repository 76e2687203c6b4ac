//! 周承诺页 What may be promised for a week, what was promised, and how promises were kept over the weeks.

use ground::{Date, Finding, Period, Ratio};

/// The room of weekly commitments.
#[derive(Clone, Debug)]
pub struct CommitmentPage {
    /// The week shown.
    pub week: Period,
    /// The day that counts as today.
    pub today: Date,
    /// Whether this person may promise and judge.
    pub editable: bool,
    /// Whether promises for this week can still be given.
    pub open_to_promise: bool,
    /// Whether promises of this week can be judged.
    pub open_to_judge: bool,
    /// What the plan wants done in the week, by unit; empty for a week gone by.
    pub proposals: Vec<ProposalView>,
    /// What was promised for the week, by unit.
    pub promises: Vec<PromiseView>,
    /// PPC of the weeks that have promises, oldest first.
    pub weeks: Vec<WeekView>,
    /// 未兑现原因 of those weeks, commonest first.
    pub reasons: Vec<ReasonView>,
    /// Reasons that can be chosen: word and label.
    pub reason_choices: Vec<(&'static str, &'static str)>,
    /// In words.
    pub text: String,
    /// What was just written, for taking it back.
    pub batch_id: Option<String>,
    /// Promises that cannot be read, loops of the plan.
    pub findings: Vec<Finding>,
}

/// 可承诺.
#[derive(Clone, Debug)]
pub struct ProposalView {
    /// Activity.
    pub activity_id: String,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// 责任单位, else 实施单位.
    pub unit: String,
    /// First day of its work in the week.
    pub first: Date,
    /// Last day of its work in the week.
    pub last: Date,
    /// Reported now, hundredths of a percent.
    pub percent_now: i64,
    /// To be reached at the end of the week.
    pub percent: i64,
    /// The promise as it would be written.
    pub content: String,
    /// 不能再晚.
    pub urgent: bool,
    /// Latest start of the backward plan.
    pub latest: Date,
    /// Promised already.
    pub promised: bool,
}

/// 承诺.
#[derive(Clone, Debug)]
pub struct PromiseView {
    /// Record.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// Activity.
    pub activity_id: String,
    /// 编号 and 工作内容 as they are now.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// 承诺单位.
    pub unit: String,
    /// 承诺内容.
    pub content: String,
    /// 承诺做到.
    pub percent: Option<i64>,
    /// Reported now.
    pub percent_now: Option<i64>,
    /// What became of it: open, kept, missed.
    pub outcome: &'static str,
    /// Why it was missed: word and label.
    pub reason: Option<(&'static str, &'static str)>,
    /// 说明.
    pub note: String,
}

/// One week's PPC.
#[derive(Clone, Copy, Debug)]
pub struct WeekView {
    /// The week.
    pub week: Period,
    /// Judged.
    pub made: usize,
    /// Kept.
    pub kept: usize,
    /// Not judged yet.
    pub open: usize,
    /// PPC.
    pub percent: Ratio,
}

/// One bar of the reasons.
#[derive(Clone, Copy, Debug)]
pub struct ReasonView {
    /// The word records keep; empty = 未填原因.
    pub code: &'static str,
    /// 征地拆迁 …
    pub label: &'static str,
    /// Misses.
    pub count: usize,
    /// Share of all misses.
    pub share: Ratio,
    /// With all larger ones.
    pub cumulative: Ratio,
}
