//! RSRC, RSRCRATE and TASKRSRC: resources, how much of each there is, and who works on what.

use rustc_hash::FxHashMap;

use super::table::{Row, Table};
use super::{Reader, columns};
use crate::schedule_file::{Assignment, Resource, ResourceKind};

columns!(ResourceColumns: rsrc_id, rsrc_short_name, rsrc_name, rsrc_type, clndr_id);

columns!(RateColumns: rsrc_id, max_qty_per_hr);

columns!(
    AssignmentColumns: task_id, rsrc_id, target_qty, remain_qty, target_qty_per_hr, remain_qty_per_hr, target_cost,
);

impl<'a> Reader<'a, '_> {
    pub(super) fn read_resources(&mut self, table: &Table<'a>) {
        let c = ResourceColumns::of(table);
        table.each(|row| {
            let id = row.raw(c.rsrc_id);
            if id.is_empty() || self.resources.contains_key(id) {
                return self.broken(row, "没有 rsrc_id，或与前面的资源重复");
            }
            self.resources.insert(id, self.file.resources.len());
            self.file.resources.push(Resource {
                id: row.text(c.rsrc_id),
                code: row.text(c.rsrc_short_name),
                name: row.text(c.rsrc_name),
                kind: match row.raw(c.rsrc_type) {
                    b"RT_Equip" => ResourceKind::Equipment,
                    b"RT_Mat" => ResourceKind::Material,
                    _ => ResourceKind::Labour,
                },
                calendar: self.calendars.get(row.raw(c.clndr_id)).copied(),
                max_units: None,
            });
        });
    }

    /// The first rate of a resource tells how much of it there is.
    pub(super) fn read_capacities(&mut self, table: &Table<'a>) {
        let c = RateColumns::of(table);
        table.each(|row| {
            if let Some(&resource) = self.resources.get(row.raw(c.rsrc_id)) {
                let units = row.number(c.max_qty_per_hr, self.remarks);
                let resource = &mut self.file.resources[resource];
                resource.max_units = resource.max_units.or(units);
            }
        });
    }

    pub(super) fn read_assignments(&mut self, table: &Table<'a>) {
        let c = AssignmentColumns::of(table);
        table.each(|row| {
            let activity = self.tasks.get(row.raw(c.task_id)).copied();
            let resource = self.resources.get(row.raw(c.rsrc_id)).copied();
            if let (Some(activity), Some(resource)) = (activity, resource) {
                let assignment = self.assignment(row, &c, activity, resource);
                self.file.assignments.push(assignment);
            }
        });
    }

    fn assignment(
        &mut self,
        row: &Row,
        c: &AssignmentColumns,
        activity: usize,
        resource: usize,
    ) -> Assignment {
        let cost = row.number(c.target_cost, self.remarks);
        self.remarks.cost(cost.is_some_and(|cost| cost != 0.0));
        let planned = row.number(c.target_qty_per_hr, self.remarks);
        let remaining = row.number(c.remain_qty_per_hr, self.remarks);
        Assignment {
            activity,
            resource,
            units: remaining
                .filter(|units| *units > 0.0)
                .or(planned)
                .unwrap_or(0.0),
            work: row.minutes(c.target_qty, self.remarks).unwrap_or(0),
            remaining_work: row.minutes(c.remain_qty, self.remarks).unwrap_or(0),
            overtime: 0,
        }
    }

    /// A "resource dependent" activity is worked when its resources work: with one calendar among them, on that one.
    pub(super) fn follow_resource_calendars(&mut self) {
        let mut of_activity: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for index in &self.dependent {
            of_activity.insert(*index, Vec::new());
        }
        for assignment in &self.file.assignments {
            let resource = &self.file.resources[assignment.resource];
            let calendars = of_activity.get_mut(&assignment.activity);
            if let (Some(calendars), Some(calendar)) = (calendars, resource.calendar)
                && resource.kind != ResourceKind::Material
                && !calendars.contains(&calendar)
            {
                calendars.push(calendar);
            }
        }
        for index in std::mem::take(&mut self.dependent) {
            match of_activity.get(&index).map(Vec::as_slice) {
                Some(&[calendar]) => self.file.network.activities[index].calendar = calendar,
                Some([_, _, ..]) => self.remarks.info(
                    "xer.resource_calendars",
                    || self.file.ids[index].clone(),
                    || "作业按资源的日历计算，而各资源的日历不同，改用作业日历".to_owned(),
                    "请给作业指定合适的日历",
                ),
                _ => {}
            }
        }
    }
}
