//! What can only be put together when the whole file is read: links, assignments, the calendars tasks work on, splits.

use plan::{ActivityKind, Crew, Link, Progress};
use rustc_hash::FxHashMap;

use super::Reader;
use super::tasks::Lag;
use crate::schedule_file::calendar::{NamedCalendar, deciding, joined};
use crate::schedule_file::xml::Scanner;
use crate::schedule_file::{LagShown, ResourceKind};

/// Calendars that may be made for tasks whose resources work at different times; each takes half a megabyte.
const JOINED: usize = 500;

impl Reader<'_> {
    pub(super) fn join_links(&mut self, scanner: &Scanner) {
        for link in std::mem::take(&mut self.links) {
            let from = self.tasks.get(&link.from).copied();
            if from == Some(link.to) {
                self.remarks.error(
                    "mspdi.own_link",
                    || {
                        let name = &self.file.network.activities[link.to].name;
                        format!("第{}行的任务“{name}”", scanner.line(link.at))
                    },
                    || "前置任务就是任务自己，这条链接没有采用".to_owned(),
                    "请在 Project 中改正前置任务",
                );
                continue;
            }
            let Some(from) = from else {
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
            self.file.lags_shown.push(LagShown {
                format: link.format,
                percent: match link.lag {
                    Lag::Percent(percent, _) => Some(percent),
                    Lag::Minutes(..) => None,
                },
            });
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
        let mut made = Made::default();
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
            let by_clock = wanted.elapsed && activity.kind != ActivityKind::Summary;
            let calendar = match resources {
                _ if by_clock => *elapsed
                    .get_or_insert_with(|| add(&mut self.file.calendars, NamedCalendar::elapsed())),
                Some(resources)
                    if resources.as_slice() != [deciding(&self.file.calendars, plain)] =>
                {
                    made.join(&mut self.file.calendars, resources, own)
                        .unwrap_or(plain)
                }
                _ => plain,
            };
            let parted = resources.is_some_and(|calendars| calendars.len() > 1) && !by_clock;
            let crews = match parted {
                true => self.crews(index, own, &mut made),
                false => Vec::new(),
            };
            let activity = &mut self.file.network.activities[index];
            activity.calendar = calendar;
            activity.crews = crews;
            // Slack is counted on the task's own calendar, whoever works on it (`OzBuild 16 Orig.mpp`).
            activity.float_calendar = (calendar != plain && !by_clock).then_some(plain);
            self.file.details[index].own_calendar = own;
        }
    }

    /// What each resource of activity `index` does, where all work at an even rate; else nothing, and the duration counts.
    fn crews(&mut self, index: usize, own: Option<usize>, made: &mut Made) -> Vec<Crew> {
        let uid = self.file.ids[index].parse().unwrap_or(0);
        if self.contoured.contains(&uid) {
            return Vec::new();
        }
        let all = std::mem::take(&mut self.file.assignments);
        let working = all.iter().filter(|a| a.activity == index && a.units > 0.0);
        let crews = working.filter_map(|assignment| {
            let resource = &self.file.resources[assignment.resource];
            let works = matches!(
                resource.kind,
                ResourceKind::Labour | ResourceKind::Equipment
            );
            let calendar = resource.calendar.filter(|_| works)?;
            let decides = deciding(&self.file.calendars, calendar);
            let minutes = |work: i64| (work as f64 / assignment.units).round() as i64;
            let work = minutes(assignment.work - assignment.overtime);
            Some(Crew {
                calendar: made.join(&mut self.file.calendars, &[decides], own)?,
                work,
                remaining: minutes(assignment.remaining_work).min(work),
            })
        });
        let crews = crews.filter(|crew| crew.work > 0).collect();
        self.file.assignments = all;
        crews
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

    /// A task whose stored dates hold more working time than its duration was split by the program. Where the parts lie is
    /// only told in its time-phased work, how long it rests in all follows from its dates.
    pub(super) fn keep_pauses(&mut self) {
        for index in 0..self.file.ids.len() {
            let pause = self.pause(index);
            if pause <= 0 {
                continue;
            }
            let activity = &mut self.file.network.activities[index];
            activity.pause = pause;
            self.remarks.info(
                "mspdi.split",
                || format!("任务 {}", self.file.ids[index]),
                || {
                    let (pause, duration) = (pause as f64 / 60.0, activity.duration as f64 / 60.0);
                    format!("工期{duration:.1}小时，起止之间另有{pause:.1}小时工作时间：任务拆分过，中断照文件保留")
                },
                "收进项目计划时按连续施工；需要中断时请把任务分成两项",
            );
        }
    }

    /// Working minutes between start and finish of a task beyond its duration.
    fn pause(&self, index: usize) -> i64 {
        let activity = &self.file.network.activities[index];
        let stored = &self.file.stored[index];
        let (Some(start), Some(finish)) = (stored.start, stored.finish) else {
            return 0;
        };
        let done = matches!(activity.progress, Progress::Finished { .. });
        let calculated = activity.fixed.is_none() && activity.crews.is_empty() && !done;
        if !calculated || activity.kind != ActivityKind::Task || activity.duration == 0 {
            return 0;
        }
        let worked = self.file.network.calendars[activity.calendar].between(start, finish);
        worked - activity.duration
    }
}

fn add(calendars: &mut Vec<NamedCalendar>, calendar: NamedCalendar) -> usize {
    calendars.push(calendar);
    calendars.len() - 1
}

/// Calendars made for tasks, by the calendars of their resources and their own.
#[derive(Default)]
struct Made(FxHashMap<(Vec<usize>, Option<usize>), usize>);

impl Made {
    /// The calendar of what any of `resources` does on a task with calendar `own`; none when too many were made. One
    /// calendar alone is taken as it is.
    fn join(
        &mut self,
        calendars: &mut Vec<NamedCalendar>,
        resources: &[usize],
        own: Option<usize>,
    ) -> Option<usize> {
        if let (&[only], None) = (resources, own) {
            return Some(only);
        }
        let key = (resources.to_vec(), own);
        if let Some(&calendar) = self.0.get(&key) {
            return Some(calendar);
        }
        if self.0.len() >= JOINED {
            return None;
        }
        let calendar = joined(calendars, resources, own);
        let calendar = add(calendars, calendar);
        self.0.insert(key, calendar);
        Some(calendar)
    }
}
