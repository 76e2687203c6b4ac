//! What can only be put together when the whole file is read: links, assignments, the calendars tasks work on, splits.

use plan::{ActivityKind, Link, Progress};
use rustc_hash::FxHashMap;

use super::Reader;
use super::tasks::Lag;
use crate::schedule_file::ResourceKind;
use crate::schedule_file::calendar::{NamedCalendar, deciding, joined};
use crate::schedule_file::xml::Scanner;

/// Calendars that may be made for tasks whose resources work at different times; each takes half a megabyte.
const JOINED: usize = 500;

impl Reader<'_> {
    pub(super) fn join_links(&mut self, scanner: &Scanner) {
        for link in std::mem::take(&mut self.links) {
            let Some(from) = self
                .tasks
                .get(&link.from)
                .copied()
                .filter(|from| *from != link.to)
            else {
                self.remarks.info(
                    "mspdi.link",
                    || {
                        format!(
                            "第{}行的任务 {}",
                            scanner.line(link.at),
                            self.file.ids[link.to]
                        )
                    },
                    || {
                        format!(
                            "前置任务 {} 不在文件里或不参加计算，这条链接没有采用",
                            link.from
                        )
                    },
                    "跨项目链接请把两个项目放在一个文件里再导出",
                );
                continue;
            };
            let duration = self.file.network.activities[from].duration;
            let (lag, lag_calendar) = match link.lag {
                Lag::Minutes(minutes, calendar) => (minutes, calendar),
                Lag::Percent(percent, calendar) => {
                    ((duration as f64 * percent / 100.0).round() as i64, calendar)
                }
            };
            self.file.network.links.push(Link {
                from,
                to: link.to,
                kind: link.kind,
                lag,
                lag_calendar,
            });
        }
    }

    pub(super) fn join_assignments(&mut self) {
        for (resource, key) in self.file.resources.iter_mut().zip(&self.resource_calendars) {
            resource.calendar = self.calendars.get(key).copied();
        }
        for (task, resource, mut assignment) in std::mem::take(&mut self.assignments) {
            let found = (self.tasks.get(&task), self.resources.get(&resource));
            if let (Some(&activity), Some(&resource)) = found {
                (assignment.activity, assignment.resource) = (activity, resource);
                self.file.assignments.push(assignment);
            }
        }
    }

    /// Gives every task the calendar it is worked on: elapsed time, its own, its resources' (whenever one of them
    /// works, and its own calendar too), or the project's.
    pub(super) fn follow_resource_calendars(&mut self) {
        let default = self
            .calendars
            .get(&self.head.calendar)
            .copied()
            .unwrap_or(0);
        let of_resources = self.calendars_of_resources();
        let mut made: FxHashMap<(Vec<usize>, Option<usize>), usize> = FxHashMap::default();
        let mut elapsed = None;
        for index in 0..self.file.ids.len() {
            let own = self.calendars.get(&self.task_calendars[index].key).copied();
            let wanted = &self.task_calendars[index];
            let activity = &self.file.network.activities[index];
            let free = activity.kind == ActivityKind::Summary || activity.fixed.is_some();
            let resources = of_resources
                .get(&index)
                .filter(|_| !free && !self.file.details[index].ignores_resources);
            let plain = own.unwrap_or(default);
            let calendar = match resources {
                _ if wanted.elapsed && activity.kind != ActivityKind::Summary => *elapsed
                    .get_or_insert_with(|| add(&mut self.file.calendars, NamedCalendar::elapsed())),
                Some(resources)
                    if resources.as_slice() != [deciding(&self.file.calendars, plain)] =>
                {
                    let key = (resources.clone(), own);
                    match made.get(&key) {
                        Some(&calendar) => calendar,
                        None if made.len() >= JOINED => plain,
                        None => {
                            let calendar = join(&mut self.file.calendars, resources, own);
                            made.insert(key, calendar);
                            calendar
                        }
                    }
                }
                _ => plain,
            };
            self.file.network.activities[index].calendar = calendar;
            self.file.details[index].own_calendar = own;
        }
    }

    /// Per activity the calendars of the people and machines assigned to it, each once, in order.
    fn calendars_of_resources(&self) -> FxHashMap<usize, Vec<usize>> {
        let mut all: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for assignment in &self.file.assignments {
            let resource = &self.file.resources[assignment.resource];
            let works = matches!(
                resource.kind,
                ResourceKind::Labour | ResourceKind::Equipment
            );
            if let Some(calendar) = resource.calendar.filter(|_| works) {
                let calendar = deciding(&self.file.calendars, calendar);
                all.entry(assignment.activity).or_default().push(calendar);
            }
        }
        for calendars in all.values_mut() {
            calendars.sort_unstable();
            calendars.dedup();
        }
        all
    }

    /// A task whose stored dates hold more working time than its duration was split by the program.
    pub(super) fn tell_splits(&mut self) {
        let file = &self.file;
        for (index, activity) in file.network.activities.iter().enumerate() {
            let stored = &file.stored[index];
            let (Some(start), Some(finish)) = (stored.start, stored.finish) else {
                continue;
            };
            let open = activity.progress == Progress::NotStarted && activity.fixed.is_none();
            if !open || activity.kind != ActivityKind::Task {
                continue;
            }
            let worked = file.network.calendars[activity.calendar].between(start, finish);
            if worked > activity.duration {
                self.remarks.info(
                    "mspdi.split",
                    || format!("任务 {}", file.ids[index]),
                    || {
                        let (worked, duration) = (worked / 60, activity.duration / 60);
                        format!("起止之间有{worked}小时工作时间，工期只有{duration}小时：任务可能拆分过，计算按连续施工")
                    },
                    "需要中断时请把任务分成两项",
                );
            }
        }
    }
}

fn add(calendars: &mut Vec<NamedCalendar>, calendar: NamedCalendar) -> usize {
    calendars.push(calendar);
    calendars.len() - 1
}

/// One calendar alone is taken as it is.
fn join(calendars: &mut Vec<NamedCalendar>, resources: &[usize], own: Option<usize>) -> usize {
    match (resources, own) {
        (&[only], None) => only,
        _ => {
            let calendar = joined(calendars, resources, own);
            add(calendars, calendar)
        }
    }
}
