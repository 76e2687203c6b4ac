//! 交办事项 Matter as far as projects need it: who must do what by when, and the funnel 交办→整改→核验→销号→
//! 回头看. The state machine itself belongs to the register's workflow.

use ground::{Date, Finding, MatterId, ProjectId, RecordId};
use register::Record;
use serde::Serialize;

use crate::calendars::days_between;
use crate::reading::{Reader, read_all};

/// State of a matter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatterState {
    /// 已交办, not yet claimed.
    Open,
    /// 整改中.
    InProgress,
    /// 待核验.
    Verify,
    /// 已销号.
    Closed,
    /// 回头看 after closing.
    Recheck,
}

impl MatterState {
    /// `open`, `in_progress`, `verify`, `closed`, `recheck`.
    pub fn from_code(code: &str) -> Option<MatterState> {
        match code {
            // 退回 waits to be given again: nobody works on it yet.
            "open" | "returned" => Some(MatterState::Open),
            "in_progress" => Some(MatterState::InProgress),
            "verify" => Some(MatterState::Verify),
            "closed" => Some(MatterState::Closed),
            "recheck" => Some(MatterState::Recheck),
            _ => None,
        }
    }

    /// 已交办, 整改中, 待核验, 已销号, 回头看.
    pub fn label(self) -> &'static str {
        match self {
            MatterState::Open => "已交办",
            MatterState::InProgress => "整改中",
            MatterState::Verify => "待核验",
            MatterState::Closed => "已销号",
            MatterState::Recheck => "回头看",
        }
    }

    /// 已销号, with or without a later look.
    pub fn is_closed(self) -> bool {
        matches!(self, MatterState::Closed | MatterState::Recheck)
    }
}

/// 交办事项.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matter {
    /// Record id.
    pub id: MatterId,
    /// 事项.
    pub title: String,
    /// Project, if it concerns one.
    pub project: Option<ProjectId>,
    /// 牵头单位.
    pub lead_unit: Option<RecordId>,
    /// 交办日.
    pub asked_on: Option<Date>,
    /// 时限.
    pub due_on: Option<Date>,
    /// State.
    pub state: MatterState,
    /// 销号日.
    pub closed_on: Option<Date>,
}

/// 临期 from this many days before the due day [proposed; the pages give no number].
const SOON_DAYS: i64 = 5;

/// 拟交办、作废: given to nobody, so no matter of a project and in no funnel.
const NOT_GIVEN: [&str; 2] = ["draft", "void"];

/// How a matter stands against its due day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatterPace {
    /// 已销号.
    Closed,
    /// 逾期 n 天.
    Overdue(i64),
    /// 临期, n days left.
    Soon(i64),
    /// 在办, n days left.
    Ahead(i64),
    /// No due day.
    NoDueDay,
}

impl Matter {
    /// Reads a record of the matter register.
    pub fn from_record(record: &Record) -> (Option<Matter>, Vec<Finding>) {
        let mut reader = Reader::new(record, "交办");
        let matter = read_matter(&mut reader, record.id);
        reader.finish(matter)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<Matter>, Vec<Finding>) {
        read_all(records, Matter::from_record)
    }

    /// Against the due day, on `today`.
    pub fn pace(&self, today: Date) -> MatterPace {
        if self.state.is_closed() {
            return MatterPace::Closed;
        }
        let Some(due) = self.due_on else {
            return MatterPace::NoDueDay;
        };
        match days_between(today, due) {
            left if left < 0 => MatterPace::Overdue(-left),
            left if left <= SOON_DAYS => MatterPace::Soon(left),
            left => MatterPace::Ahead(left),
        }
    }
}

fn read_matter(reader: &mut Reader<'_>, id: RecordId) -> Option<Matter> {
    let title = reader.text("title");
    let title = reader.need("title", "事项", title)?;
    let code = reader.text("state").unwrap_or_else(|| "open".to_owned());
    if NOT_GIVEN.contains(&code.as_str()) {
        return None;
    }
    let state = MatterState::from_code(&code);
    if state.is_none() {
        let problem = format!("“{title}”的状态“{code}”不认识,按已交办处理。");
        reader.note("matter_state", "state", problem, "请在台账里改选状态。");
    }
    Some(Matter {
        id: MatterId(id),
        title,
        project: reader.reference("project").map(ProjectId),
        lead_unit: reader.reference("lead_unit"),
        asked_on: reader.date("asked_on"),
        due_on: reader.date("due_on"),
        state: state.unwrap_or(MatterState::Open),
        closed_on: reader.date("closed_on"),
    })
}

/// 交办闭环: how many matters are where. `in_progress + verify + closed = issued`; `recheck` is part of `closed`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Funnel {
    /// 已交办, all of them.
    pub issued: usize,
    /// 整改中, claimed or not.
    pub in_progress: usize,
    /// 待核验.
    pub verify: usize,
    /// 已销号.
    pub closed: usize,
    /// 回头看, out of the closed ones.
    pub recheck: usize,
}

/// Counts matters by state.
///
/// ```
/// assert_eq!(portfolio::funnel(&[]), portfolio::Funnel::default());
/// ```
pub fn funnel(matters: &[Matter]) -> Funnel {
    let mut funnel = Funnel {
        issued: matters.len(),
        ..Funnel::default()
    };
    for matter in matters {
        match matter.state {
            MatterState::Open | MatterState::InProgress => funnel.in_progress += 1,
            MatterState::Verify => funnel.verify += 1,
            MatterState::Closed => funnel.closed += 1,
            MatterState::Recheck => {
                funnel.closed += 1;
                funnel.recheck += 1;
            }
        }
    }
    funnel
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{day, record, text};
    use register::Value;

    fn matter(state: &str, due: &str) -> Matter {
        let fields = [
            ("title", text("园区北侧道路断头")),
            ("state", text(state)),
            ("due_on", Value::Date(day(due))),
        ];
        Matter::from_record(&record(1, &fields)).0.expect("matter")
    }

    #[test]
    fn a_matter_is_overdue_soon_or_ahead_by_calendar_days() {
        let today = day("2023-03-10");
        assert_eq!(
            matter("in_progress", "2023-03-08").pace(today),
            MatterPace::Overdue(2)
        );
        assert_eq!(
            matter("open", "2023-03-10").pace(today),
            MatterPace::Soon(0)
        );
        assert_eq!(
            matter("verify", "2023-03-16").pace(today),
            MatterPace::Ahead(6)
        );
        assert_eq!(
            matter("closed", "2023-03-01").pace(today),
            MatterPace::Closed
        );
    }

    #[test]
    fn the_funnel_parts_make_the_whole() {
        let states = [
            "open",
            "in_progress",
            "verify",
            "closed",
            "recheck",
            "recheck",
        ];
        let all: Vec<Matter> = states.iter().map(|s| matter(s, "2023-03-10")).collect();
        let funnel = funnel(&all);
        assert_eq!(
            funnel.in_progress + funnel.verify + funnel.closed,
            funnel.issued
        );
        assert_eq!((funnel.closed, funnel.recheck), (3, 2));
    }

    #[test]
    fn a_draft_is_no_matter_yet_and_a_returned_one_is_open_again() {
        let draft = record(1, &[("title", text("甲")), ("state", text("draft"))]);
        let (read, findings) = Matter::from_record(&draft);
        assert_eq!((read, findings.len()), (None, 0));
        assert_eq!(matter("returned", "2023-03-10").state, MatterState::Open);
    }

    #[test]
    fn an_unknown_state_is_told_and_counts_as_open() {
        let bad = record(1, &[("title", text("甲")), ("state", text("挂起"))]);
        let (read, findings) = Matter::from_record(&bad);
        assert_eq!(read.map(|m| m.state), Some(MatterState::Open));
        assert_eq!(findings[0].code, "matter_state");
    }
}
