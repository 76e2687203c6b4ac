//! 项目 Project as the typed law reads it: names, units, money, the dates of its stages and its target. Fields
//! that no rule here needs stay in the record.

use ground::{Amount, Date, Finding, OrgPath, ProjectId, RecordId};
use register::Record;
use serde::Serialize;

use crate::reading::{Reader, read_all};

/// Dates of the stages 履约 → 开工 → 投产 → 达效, each as claimed, as verified, and as forecast.
///
/// A ceremony is no proof: a page may list a project as 投产 that is still being built weeks later, so claimed
/// and verified are two dates.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StageDates {
    /// 履约: company registered, filing or approval got, or money arrived.
    pub fulfilled_on: Option<Date>,
    /// 开工 as claimed.
    pub started_on: Option<Date>,
    /// 开工 verified on site.
    pub started_verified_on: Option<Date>,
    /// 计划开工.
    pub start_planned: Option<Date>,
    /// 预计开工, as told last; goes before the plan in forecasts.
    pub started_forecast_on: Option<Date>,
    /// 投产 as claimed.
    pub commissioned_on: Option<Date>,
    /// 投产 verified.
    pub commissioned_verified_on: Option<Date>,
    /// 计划竣工(投产).
    pub completion_planned: Option<Date>,
    /// 预计投产, as told last; goes before the plan in forecasts.
    pub commissioned_forecast_on: Option<Date>,
    /// 达效.
    pub benefits_on: Option<Date>,
    /// 预计达效.
    pub benefits_forecast_on: Option<Date>,
}

/// 目标. The day the plan is made backwards from, and what is to happen then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Target {
    /// 开工, 投产, 完工, 交付, 启用, 达效 …
    pub kind: String,
    /// Target day.
    pub date: Date,
}

/// 项目.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Project {
    /// Record id.
    pub id: ProjectId,
    /// Owner of the record.
    pub org: OrgPath,
    /// 项目名称.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// One of the six categories.
    pub category: Option<String>,
    /// 打捆: one line, several sites.
    pub bundle: bool,
    /// 责任单位.
    pub responsible_unit: Option<RecordId>,
    /// 牵头单位.
    pub lead_unit: Option<RecordId>,
    /// 属地.
    pub subdistrict: Option<RecordId>,
    /// 总投资.
    pub investment_total: Option<Amount>,
    /// 年度计划投资.
    pub investment_year_plan: Option<Amount>,
    /// 累计完成投资.
    pub investment_actual: Option<Amount>,
    /// Stage as filled in.
    pub stage: Option<String>,
    /// Stage dates.
    pub dates: StageDates,
    /// Target, when set.
    pub target: Option<Target>,
}

impl Project {
    /// Reads a record of the project register.
    pub fn from_record(record: &Record) -> (Option<Project>, Vec<Finding>) {
        let mut reader = Reader::new(record, "项目库");
        let project = read_project(&mut reader, record);
        reader.finish(project)
    }

    /// Reads many records; withdrawn ones are left out. Order as given.
    pub fn from_records(records: &[Record]) -> (Vec<Project>, Vec<Finding>) {
        read_all(records, Project::from_record)
    }

    /// 牵头单位, else 责任单位: the unit named on the wall chart.
    pub fn answering_unit(&self) -> Option<RecordId> {
        self.lead_unit.or(self.responsible_unit)
    }
}

fn read_project(reader: &mut Reader<'_>, record: &Record) -> Option<Project> {
    let name = reader.text("name");
    let name = reader.need("name", "项目名称", name)?;
    Some(Project {
        id: ProjectId(record.id),
        org: record.org.clone(),
        name,
        aliases: reader.texts("aliases"),
        category: reader.text("category"),
        bundle: reader.bool("bundle").unwrap_or(false),
        responsible_unit: reader.reference("responsible_unit"),
        lead_unit: reader.reference("lead_unit"),
        subdistrict: reader.reference("subdistrict"),
        investment_total: reader.money("investment_total"),
        investment_year_plan: reader.money("investment_year_plan"),
        investment_actual: reader.money("investment_actual"),
        stage: reader.text("stage"),
        dates: read_dates(reader),
        target: read_target(reader),
    })
}

fn read_dates(reader: &mut Reader<'_>) -> StageDates {
    StageDates {
        fulfilled_on: reader.date("fulfilled_on"),
        started_on: reader.date("started_on"),
        started_verified_on: reader.date("started_verified_on"),
        start_planned: reader.date("start_planned"),
        started_forecast_on: reader.date("started_forecast_on"),
        commissioned_on: reader.date("commissioned_on"),
        commissioned_verified_on: reader.date("commissioned_verified_on"),
        completion_planned: reader.date("completion_planned"),
        commissioned_forecast_on: reader.date("commissioned_forecast_on"),
        benefits_on: reader.date("benefits_on"),
        benefits_forecast_on: reader.date("benefits_forecast_on"),
    }
}

/// A target needs its day; a day without a word gets 完成.
fn read_target(reader: &mut Reader<'_>) -> Option<Target> {
    let kind = reader.text("target_kind");
    let date = reader.date("target_date")?;
    Some(Target {
        kind: kind.unwrap_or_else(|| "完成".to_owned()),
        date,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{day, record, text};
    use register::Value;

    #[test]
    fn a_project_without_a_name_is_told_and_left_out() {
        let records = [record(1, &[("name", text("泛锐云智项目"))]), record(2, &[])];
        let (projects, findings) = Project::from_records(&records);
        assert_eq!(projects.len(), 1);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "项目库 编号2 name");
    }

    #[test]
    fn a_target_day_without_a_word_is_still_a_target() {
        let one = record(
            1,
            &[
                ("name", text("莲湖校区")),
                ("target_date", Value::Date(day("2023-08-20"))),
            ],
        );
        let target = Project::from_record(&one).0.and_then(|p| p.target);
        assert_eq!(
            target,
            Some(Target {
                kind: "完成".into(),
                date: day("2023-08-20")
            })
        );
    }

    #[test]
    fn a_withdrawn_project_is_not_read() {
        let mut gone = record(1, &[("name", text("已撤销项目"))]);
        gone.withdrawn = true;
        assert_eq!(Project::from_records(&[gone]).0, vec![]);
    }
}
