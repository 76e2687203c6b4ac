//! JSON of reports: what can be made, for which periods.

use super::each;
use app::reports as page;
use serde::Serialize;
use utoipa::ToSchema;

/// The reports of a register.
#[derive(Serialize, ToSchema)]
pub struct ReportList {
    pub reports: Vec<ReportLine>,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub struct ReportLine {
    pub id: String,
    pub title: String,
    /// docx or xlsx.
    pub format: String,
    /// 周, 季.
    pub cycle: String,
    /// Newest first; the one that still runs stands at the top.
    pub periods: Vec<ReportPeriod>,
    /// Code of the last closed period.
    pub period: String,
    /// There is no template to make it from.
    pub missing: bool,
}

/// A period that a report can be made for.
#[derive(Serialize, ToSchema)]
pub struct ReportPeriod {
    pub code: String,
    pub label: String,
    /// It still runs.
    pub open: bool,
}

impl From<&Vec<page::ReportLine>> for ReportList {
    fn from(lines: &Vec<page::ReportLine>) -> Self {
        Self {
            reports: each(lines),
        }
    }
}

impl From<&page::ReportLine> for ReportLine {
    fn from(line: &page::ReportLine) -> Self {
        Self {
            id: line.id.clone(),
            title: line.title.clone(),
            format: line.format.clone(),
            cycle: line.cycle.clone(),
            periods: each(&line.periods),
            period: line.period.clone(),
            missing: line.missing,
        }
    }
}

impl From<&page::PeriodChoice> for ReportPeriod {
    fn from(choice: &page::PeriodChoice) -> Self {
        Self {
            code: choice.code.clone(),
            label: choice.label.clone(),
            open: choice.open,
        }
    }
}
