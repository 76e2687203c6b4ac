//! 计划资源 PlanResource: what a plan may not use more of than there is, and from which day on there is how much.

use ground::{Date, Finding, ProjectId, RecordId};
use register::{Record, Value};

use crate::reading::{Reader, hundredths, read_all};

/// 资源.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanResource {
    /// Record id.
    pub id: RecordId,
    /// 代号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// 单位.
    pub unit: String,
    /// 专用项目; none = for the whole district.
    pub project: Option<ProjectId>,
    /// 可用量 in hundredths, by the day from which it holds, earliest first; none = from ever.
    pub capacity: Vec<(Option<Date>, i64)>,
}

impl PlanResource {
    /// Reads a record of the resource register.
    pub fn from_record(record: &Record) -> (Option<PlanResource>, Vec<Finding>) {
        let mut reader = Reader::new(record, "计划资源");
        let resource = read_resource(&mut reader, record);
        reader.finish(resource)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<PlanResource>, Vec<Finding>) {
        read_all(records, PlanResource::from_record)
    }

    /// 可用量 on a day, hundredths: the newest statement up to it, 0 before the first one.
    pub fn capacity_on(&self, day: Date) -> i64 {
        let begun = |(since, _): &&(Option<Date>, i64)| since.is_none_or(|since| since <= day);
        let newest = self.capacity.iter().rev().find(begun);
        newest.map_or(0, |(_, units)| *units)
    }
}

fn read_resource(reader: &mut Reader<'_>, record: &Record) -> Option<PlanResource> {
    let name = reader.text("name");
    let name = reader.need("name", "名称", name)?;
    let mut capacity = reader.rows("capacity", |row| {
        let since = row.get("since").and_then(Value::as_date);
        Some((since, hundredths(row.get("units"))?.max(0)))
    });
    capacity.sort_by_key(|(since, _)| *since);
    Some(PlanResource {
        id: record.id,
        code: reader.text("code").unwrap_or_default(),
        name,
        unit: reader.text("unit").unwrap_or_default(),
        project: reader.reference("project").map(ProjectId),
        capacity,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{day, record, text};
    use register::Fields;

    #[test]
    fn capacity_holds_from_its_day_on() {
        let row = |since: Option<&str>, units: i64| {
            let mut row = Fields::from([(
                "units".to_owned(),
                Value::Decimal {
                    scaled: units,
                    digits: 2,
                },
            )]);
            if let Some(since) = since {
                row.insert("since".to_owned(), Value::Date(day(since)));
            }
            row
        };
        let rows = vec![row(Some("2023-04-01"), 300), row(None, 200)];
        let fields = [("name", text("桩机")), ("capacity", Value::Rows(rows))];
        let (resource, _) = PlanResource::from_record(&record(1, &fields));
        let resource = resource.expect("a resource");
        let on = |d: &str| resource.capacity_on(day(d));
        assert_eq!(
            [on("2020-01-01"), on("2023-03-31"), on("2023-04-01")],
            [200, 200, 300]
        );
    }
}
