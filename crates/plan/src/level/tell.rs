//! Reasons, loads and what is lacking, in words and in days.

use ground::{Date, Finding, Minute, date_of_finish, date_of_start, timeline::date_of_day};

use super::stock::{Stock, day_of};
use super::{Levelled, Leveller, Need, Resource, ResourceKind, Wait};
use crate::graph::Role;
use crate::network::{Activity, Network};

/// 日负荷. Use of a resource on a day, or of a budget in the period that begins on that day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayLoad {
    /// The day, or the first day of the period.
    pub date: Date,
    /// 可用量: units at the moment of the day at which most is lacking, or the period's amount.
    pub capacity: i64,
    /// 需用量 at that moment, or in the period.
    pub load: i64,
}

impl DayLoad {
    /// 超配.
    pub fn is_over(&self) -> bool {
        self.load > self.capacity
    }
}

/// 增加多少才够. One more way to meet a target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Relief {
    /// What to add: resource and units (a month's amount of a budget).
    pub more: Vec<(usize, i64)>,
    /// The finish with it.
    pub end: Minute,
}

impl Leveller<'_> {
    /// Who waits for what and why, as one sentence.
    pub fn explain(&self, wait: &Wait) -> String {
        let name = |at: usize| label(&self.placing.network.activities[at]);
        let because = match wait.holders.as_slice() {
            [] => "在此之前可用量不足".to_owned(),
            holders => {
                let names: Vec<String> = holders.iter().take(3).map(|&at| name(at)).collect();
                let more = match holders.len() {
                    0..=3 => String::new(),
                    count => format!("等 {count} 项"),
                };
                format!("之前由 {}{more}占用", names.join("、"))
            }
        };
        format!(
            "{}按前后关系 {} 可以开工，要等{}到 {}：{because}。",
            name(wait.activity),
            date_of_start(wait.from),
            self.resources[wait.resource].name,
            date_of_start(wait.to)
        )
    }

    /// 负荷 of each resource over the span of the dates (by activity): the remaining work of all unfinished activities.
    pub fn load(&self, start: &[Minute], finish: &[Minute]) -> Vec<Vec<DayLoad>> {
        let mut stocks = self.placing.full_stocks(self.resources);
        for (position, needs) in self.placing.needs.iter().enumerate() {
            if self.placing.graph().role(position) == Role::Work {
                let index = self.placing.index[position];
                let span = self.placing.span(position, start[index], finish[index]);
                needs
                    .iter()
                    .for_each(|&(resource, units)| stocks[resource].take(span, units));
            }
        }
        let end = finish
            .iter()
            .copied()
            .max()
            .unwrap_or(self.placing.free.frame);
        let span = (
            self.placing.free.frame,
            end.max(self.placing.free.frame + 1),
        );
        let loads = self.resources.iter().zip(&stocks);
        loads
            .map(|(resource, stock)| days(resource, stock, span))
            .collect()
    }

    /// 按目标还差多少. Empty when the target is met. Each entry alone meets the target with three priority rules (one resource
    /// more, or all scarce ones together); none can when links and durations alone lie behind it.
    pub fn relief(&self, answer: &Levelled, target: Minute) -> Vec<Relief> {
        if answer.end <= target || self.placing.free.finish > target {
            return Vec::new();
        }
        let lacking = self.lacking();
        let single = lacking.iter().filter_map(|&(resource, most)| {
            let (mut low, mut high) = (1, most);
            self.with(&[(resource, high)], target)?;
            while low < high {
                let middle = low + (high - low) / 2;
                match self.with(&[(resource, middle)], target) {
                    Some(_) => high = middle,
                    None => low = middle + 1,
                }
            }
            self.with(&[(resource, high)], target)
        });
        let mut all: Vec<Relief> = single.collect();
        if all.is_empty() {
            all.extend(self.with(&lacking, target));
        }
        all
    }

    /// `level.target`: the earliest finish found, and what would be needed to meet the target.
    pub fn target_finding(&self, answer: &Levelled, target: Minute) -> Option<Finding> {
        if answer.end <= target {
            return None;
        }
        let days = day_of(answer.end - 1) - day_of(target - 1);
        let problem = format!(
            "资源不超配时最早 {} 完成，比目标 {} 晚 {days} 天。",
            date_of_finish(answer.end),
            date_of_finish(target)
        );
        let remedy = match self.relief(answer, target).as_slice() {
            [] if self.placing.free.finish > target => format!(
                "资源不受限制也要到 {} 完成，请先压缩关键线路或调整目标。",
                date_of_finish(self.placing.free.finish)
            ),
            [] => "请增加资源、压缩工期或调整目标。".to_owned(),
            ways => {
                let ways: Vec<String> = ways.iter().map(|way| self.way(way)).collect();
                format!("以下任一办法可按期完成：{}。", ways.join("；"))
            }
        };
        Some(Finding::warning(
            "level.target",
            "资源平衡",
            problem,
            remedy,
        ))
    }

    fn way(&self, way: &Relief) -> String {
        let add = |&(resource, units): &(usize, i64)| {
            let resource = &self.resources[resource];
            let each = match resource.kind {
                ResourceKind::Renewable => "",
                ResourceKind::Consumed(_) => "每期",
            };
            format!("{}{each}增加 {units} {}", resource.name, resource.unit)
        };
        let parts: Vec<String> = way.more.iter().map(add).collect();
        format!(
            "{}（{} 完成）",
            parts.join("并且").replace(" 并且", "并且").trim_end(),
            date_of_finish(way.end)
        )
    }

    /// Resources that the plan without limits overloads, and by how much at most.
    fn lacking(&self) -> Vec<(usize, i64)> {
        let free = &self.placing.free;
        let loads = self.load(&free.remaining_start, &free.early_finish);
        let most = |days: &Vec<DayLoad>| {
            days.iter()
                .map(|day| day.load - day.capacity)
                .max()
                .unwrap_or(0)
        };
        let most = loads.iter().map(most).enumerate();
        most.filter(|&(_, units)| units > 0).collect()
    }

    /// The finish with more of some resources, if it meets the target.
    fn with(&self, more: &[(usize, i64)], target: Minute) -> Option<Relief> {
        let mut resources = self.resources.to_vec();
        for &(resource, units) in more {
            resources[resource]
                .capacity
                .iter_mut()
                .for_each(|step| step.units += units);
        }
        let stocks = self.placing.full_stocks(&resources);
        let keys = self.placing.rule_keys();
        let ends = keys
            .iter()
            .map(|keys| self.placing.build_from(stocks.clone(), keys).end);
        let end = ends.min()?;
        (end <= target).then(|| Relief {
            more: more.to_vec(),
            end,
        })
    }
}

fn label(activity: &Activity) -> String {
    format!("{}“{}”", activity.code, activity.name)
}

fn days(resource: &Resource, stock: &Stock, (first, end): (Minute, Minute)) -> Vec<DayLoad> {
    let inside = stock
        .spans()
        .filter(|&(from, to, _)| from < end && first < to);
    let used = inside.map(|(from, to, left)| (from, to, resource.capacity_at(from), left));
    if let Stock::Consumed(_) = stock {
        let load = |(from, _, capacity, left): (Minute, Minute, i64, i64)| DayLoad {
            date: date_of_start(from),
            capacity,
            load: capacity - left,
        };
        return used.map(load).collect();
    }
    let (first_day, last_day) = (day_of(first), day_of(end - 1));
    let mut days: Vec<Option<(i64, i64)>> = vec![None; (last_day - first_day + 1) as usize];
    for (from, to, capacity, left) in used {
        for day in day_of(from.max(first))..=day_of(to.min(end) - 1) {
            // The moment of the day at which most is lacking; among such, the busiest.
            let seen = &mut days[(day - first_day) as usize];
            if seen.is_none_or(|(c, l)| (-left, capacity - left) > (l - c, l)) {
                *seen = Some((capacity, capacity - left));
            }
        }
    }
    let days = days.into_iter().enumerate();
    days.filter_map(|(at, seen)| {
        let (capacity, load) = seen?;
        let date = date_of_day(first_day + at as i64);
        Some(DayLoad {
            date,
            capacity,
            load,
        })
    })
    .collect()
}

/// The needs that can be levelled, and findings about the others.
pub(super) fn sound_needs(
    network: &Network,
    resources: &[Resource],
    needs: &[Need],
) -> (Vec<Need>, Vec<Finding>) {
    let (mut sound, mut findings) = (Vec::new(), Vec::new());
    for (at, need) in needs.iter().enumerate() {
        let known = network
            .activities
            .get(need.activity)
            .zip(resources.get(need.resource));
        match known {
            None => {
                let problem = format!("第 {} 条资源需求指向不存在的工作或资源。", at + 1);
                let place = format!("需求 {}", at + 1);
                let remedy = "请核对工作编号和资源编号，或删去这一条。";
                findings.push(Finding::warning("level.index", place, problem, remedy));
            }
            Some((activity, resource)) => match unsound(activity, resource, need.units) {
                Some(finding) => findings.push(finding),
                None => sound.push(*need),
            },
        }
    }
    (sound, findings)
}

fn unsound(activity: &Activity, resource: &Resource, units: i64) -> Option<Finding> {
    let place = format!("工作 {}", activity.code);
    if units < 0 {
        let problem = format!("{}需要的{}是负数。", label(activity), resource.name);
        let remedy = "请填 0 或正数；本次不计这一条。";
        return Some(Finding::warning("level.units", place, problem, remedy));
    }
    let most = resource.capacity_max();
    if resource.kind == ResourceKind::Renewable && units > most {
        let problem = format!(
            "{}同时需要{} {units}{}，最多时只有 {most}{}。",
            label(activity),
            resource.name,
            resource.unit,
            resource.unit
        );
        let remedy = format!("请把可用量加到 {units}，或减少这项工作的需求；本次不计这一条。");
        return Some(Finding::warning("level.capacity", place, problem, remedy));
    }
    None
}
