//! JSON of the line of balance.

use super::{FindingView, each};
use app::page::project_plan as page;
use serde::Serialize;
use utoipa::ToSchema;

/// 流水 The repeated part of a plan.
#[derive(Serialize, ToSchema)]
pub struct PlanFlow {
    pub units: Vec<String>,
    pub trades: Vec<PlanFlowTrade>,
    /// Crews of each trade, if a number was given.
    pub crews: Option<i64>,
    pub text: String,
    /// What rhythm the trades could have, and what the target asks for.
    pub rhythm: Vec<String>,
    /// The plan's lines as SVG; absent where nothing repeats.
    pub svg: Option<String>,
    /// The proposed lines as SVG.
    pub proposed_svg: Option<String>,
    pub findings: Vec<FindingView>,
}

/// One trade of the flow.
#[derive(Serialize, ToSchema)]
pub struct PlanFlowTrade {
    /// From 1, as in the drawing.
    pub number: usize,
    pub name: String,
    pub units: usize,
    pub days_text: String,
    /// Crews that the plan's dates need.
    pub crews: i64,
    pub idle_text: String,
    /// Units on which crews clash.
    pub clashes: Vec<String>,
    /// 主导工序.
    pub controlling: bool,
    pub shown: bool,
}

impl From<&page::FlowPage> for PlanFlow {
    fn from(page: &page::FlowPage) -> Self {
        Self {
            units: page.units.clone(),
            trades: each(&page.trades),
            crews: page.crews,
            text: page.text.clone(),
            rhythm: page.rhythm.clone(),
            svg: page.svg.clone(),
            proposed_svg: page.proposed_svg.clone(),
            findings: each(&page.findings),
        }
    }
}

impl From<&page::FlowTrade> for PlanFlowTrade {
    fn from(trade: &page::FlowTrade) -> Self {
        Self {
            number: trade.number,
            name: trade.name.clone(),
            units: trade.units,
            days_text: trade.days_text.clone(),
            crews: trade.crews,
            idle_text: trade.idle_text.clone(),
            clashes: trade.clashes.clone(),
            controlling: trade.controlling,
            shown: trade.shown,
        }
    }
}
