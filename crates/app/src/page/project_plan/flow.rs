//! 流水页 The repeated part of a plan as a line of balance.

use ground::Finding;

/// The room of the line of balance.
#[derive(Clone, Debug)]
pub struct FlowPage {
    /// 楼栋、标段, in order.
    pub units: Vec<String>,
    /// All trades found, in working order.
    pub trades: Vec<FlowTrade>,
    /// Crews of each trade, if a number was given.
    pub crews: Option<i64>,
    /// In words.
    pub text: String,
    /// The rhythm the trades could have and the one the target asks for, in words.
    pub rhythm: Vec<String>,
    /// The plan's lines.
    pub svg: Option<String>,
    /// The proposed ones.
    pub proposed_svg: Option<String>,
    /// Why nothing is drawn.
    pub findings: Vec<Finding>,
}

/// One trade.
#[derive(Clone, Debug)]
pub struct FlowTrade {
    /// From 1, as in the drawing.
    pub number: usize,
    /// 名称.
    pub name: String,
    /// Units it visits.
    pub units: usize,
    /// Days on one unit.
    pub days_text: String,
    /// 同时几处: crews the plan needs.
    pub crews: i64,
    /// Days on which the whole trade waits.
    pub idle_text: String,
    /// Units on which crews clash.
    pub clashes: Vec<String>,
    /// 主导工序.
    pub controlling: bool,
    /// Whether it is drawn.
    pub shown: bool,
}
