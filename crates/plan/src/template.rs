//! 工程模板: works of one kind as a parametric network, and what becomes of it for given parameters.
//!
//! A template is data (`templates/*.toml`): activities with formulas for their durations, each with
//! its source, predecessors as people write them, parts that may be left out, and parts repeated
//! for each of several similar buildings. Who stores the activities is the business of others.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Finding, HolidayTable};

use crate::network::{Activity, ActivityKind, LinkKind, Network};
use crate::notation::{LagUnit, PredecessorRef, print_predecessors};
use crate::predecessors::{LagFactors, PredecessorRow, link_rows};
use crate::template_calendar::TemplateCalendar;
use crate::template_formula::{Condition, Formula, Parameter, ParameterValues};

/// 工程模板.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// Stable id: `road`, `school`.
    pub id: String,
    /// 名称.
    pub name: String,
    /// 类别, for lists.
    pub category: String,
    /// Version of the file.
    pub version: String,
    /// One sentence for the list.
    pub summary: String,
    /// Documents the durations come from.
    pub sources: Vec<String>,
    /// What to know before use.
    pub notes: Vec<String>,
    /// 参数.
    pub parameters: Vec<Parameter>,
    /// 日历.
    pub calendars: Vec<TemplateCalendar>,
    /// 工作, in the order in which they are shown.
    pub steps: Vec<TemplateStep>,
}

/// Where a duration comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DurationBasis {
    /// 法定时限: a limit set by law or regulation.
    Law,
    /// 规范要求: what a technical standard asks for; it cannot be shortened.
    Norm,
    /// 经验值: our estimate, to be put right by whoever knows the place.
    Experience,
}

impl DurationBasis {
    /// 法定时限, 规范要求, 经验值.
    pub fn label(self) -> &'static str {
        match self {
            DurationBasis::Law => "法定时限",
            DurationBasis::Norm => "规范要求",
            DurationBasis::Experience => "经验值",
        }
    }
}

/// One activity of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateStep {
    /// 编号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// 阶段.
    pub stage: String,
    /// Index into `Template::calendars`.
    pub calendar: usize,
    /// Task or milestone.
    pub kind: ActivityKind,
    /// 工期.
    pub duration: Formula,
    /// 紧前工作.
    pub predecessors: Vec<PredecessorRef>,
    /// All must hold, else the activity is left out and its successors wait for its predecessors.
    pub when: Vec<Condition>,
    /// Parameter that says how many copies there are (楼栋数); `None` = one.
    pub repeat: Option<String>,
    /// Parameter that says how many copies are worked on at the same time.
    pub crews: Option<String>,
    /// Kind of source.
    pub basis: DurationBasis,
    /// 依据 in words.
    pub source: String,
    /// 说明: weather, season, what to prepare.
    pub note: String,
    /// 权重 for value curves, shared out among the activities present; 0 = none.
    pub weight: i64,
    /// Line of the file, for messages.
    pub line: usize,
}

/// One activity made from a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorkItem {
    /// 编号; copies have `.1`, `.2` … behind it.
    pub code: String,
    /// 名称; copies say which one they are.
    pub name: String,
    /// 阶段.
    pub stage: String,
    /// Index into [`Works::calendars`].
    pub calendar: usize,
    /// Task or milestone.
    pub kind: ActivityKind,
    /// 工期 in whole days of the calendar; 0 for milestones.
    pub days: i64,
    /// 紧前工作, as people write it.
    pub predecessors: String,
    /// Kind of source.
    pub basis: DurationBasis,
    /// 依据.
    pub source: String,
    /// 说明.
    pub note: String,
    /// 权重 in thousandths of the step's; copies share it.
    pub weight: i64,
}

/// What a template becomes for given parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Works {
    /// Calendars, by index.
    pub calendars: Vec<TemplateCalendar>,
    /// Activities in the order in which they are shown.
    pub items: Vec<WorkItem>,
}

/// More copies than this are a mistake of typing.
const ITEMS_MAX: usize = 5_000;

impl Template {
    /// Reads the answers by parameter id; what is not answered takes its default.
    ///
    /// # Errors
    /// `template.parameter` for each answer that is not allowed, and for names the template does
    /// not have.
    pub fn values(
        &self,
        answers: &BTreeMap<String, String>,
    ) -> Result<ParameterValues, Vec<Finding>> {
        let known: BTreeSet<&str> = self.parameters.iter().map(|p| p.id.as_str()).collect();
        let mut findings: Vec<Finding> = answers
            .keys()
            .filter(|id| !known.contains(id.as_str()))
            .map(|id| {
                let problem = format!("模板“{}”没有参数“{id}”", self.name);
                Finding::error("template.parameter", id.clone(), problem, "请删去这个参数")
            })
            .collect();
        let mut values = ParameterValues::new();
        for parameter in &self.parameters {
            let answer = answers.get(&parameter.id).map_or("", String::as_str);
            match parameter.read(answer) {
                Ok(value) => {
                    values.insert(parameter.id.clone(), value);
                }
                Err(finding) => findings.push(finding),
            }
        }
        match findings.is_empty() {
            true => Ok(values),
            false => Err(findings),
        }
    }

    /// Default values of all parameters.
    pub fn defaults(&self) -> ParameterValues {
        self.parameters
            .iter()
            .map(|p| (p.id.clone(), p.default))
            .collect()
    }

    /// 套用. The activities for these values.
    ///
    /// A step that does not apply is taken for a milestone of no duration: its successors wait for
    /// its predecessors, with the lags of both links added up. A copy waits for its own copy of a
    /// repeated predecessor, anything else for all copies; copy n of a step with c crews waits for
    /// copy n − c of the same step.
    ///
    /// # Errors
    /// `template.size` when the numbers make thousands of activities.
    pub fn works(&self, values: &ParameterValues) -> Result<Works, Finding> {
        let plan = Expansion::new(self, values);
        let count: usize = plan.copies.iter().sum();
        if count > ITEMS_MAX {
            let problem = format!("按这些参数要生成 {count} 项工作，太多了");
            let remedy = "请核对数量参数，或分成几个项目";
            return Err(Finding::error(
                "template.size",
                self.name.clone(),
                problem,
                remedy,
            ));
        }
        let steps = (0..self.steps.len()).filter(|&i| plan.copies[i] > 0);
        Ok(Works {
            calendars: self.calendars.clone(),
            items: steps.flat_map(|i| plan.items(i)).collect(),
        })
    }
}

/// How many copies of each step there are, and where each code is.
struct Expansion<'a> {
    template: &'a Template,
    values: &'a ParameterValues,
    copies: Vec<usize>,
    index: BTreeMap<&'a str, usize>,
}

/// A predecessor of a step with absent steps passed over.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Wait {
    step: usize,
    kind: LinkKind,
    lag: i64,
    unit: LagUnit,
}

impl<'a> Expansion<'a> {
    fn new(template: &'a Template, values: &'a ParameterValues) -> Self {
        let copies = |step: &TemplateStep| {
            let present = step.when.iter().all(|condition| condition.holds(values));
            match &step.repeat {
                _ if !present => 0,
                None => 1,
                Some(id) => count_of(values, id),
            }
        };
        let steps = template.steps.iter();
        Expansion {
            template,
            values,
            copies: steps.clone().map(copies).collect(),
            index: steps
                .enumerate()
                .map(|(i, step)| (step.code.as_str(), i))
                .collect(),
        }
    }

    /// Predecessors of `step`, passing over absent ones; a reader has made sure there is no loop,
    /// and `depth` makes sure of an end in any case.
    fn waits(&self, step: usize, depth: usize) -> Vec<Wait> {
        let mut all = Vec::new();
        for reference in &self.template.steps[step].predecessors {
            let Some(&from) = self.index.get(reference.code.as_str()) else {
                continue;
            };
            let own = Wait {
                step: from,
                kind: reference.kind,
                lag: reference.lag,
                unit: reference.unit,
            };
            if self.copies[from] > 0 {
                all.push(own);
            } else if depth > 0 {
                let further = self.waits(from, depth - 1).into_iter();
                all.extend(further.map(|wait| through(wait, &own)));
            }
        }
        all.sort();
        all.dedup();
        all
    }

    fn items(&self, i: usize) -> Vec<WorkItem> {
        let step = &self.template.steps[i];
        let waits = self.waits(i, self.template.steps.len());
        let days = match step.kind {
            ActivityKind::Task => step.duration.evaluate(self.values),
            _ => 0,
        };
        let item = |copy: usize| WorkItem {
            code: self.code(i, copy),
            name: match step.repeat {
                Some(_) if self.copies[i] > 1 => format!("{}（{copy}号）", step.name),
                _ => step.name.clone(),
            },
            stage: step.stage.clone(),
            calendar: step.calendar,
            kind: step.kind,
            days,
            predecessors: print_predecessors(&self.references(i, copy, &waits)),
            basis: step.basis,
            source: step.source.clone(),
            note: step.note.clone(),
            weight: step.weight * 1_000 / self.copies[i].max(1) as i64,
        };
        (1..=self.copies[i]).map(item).collect()
    }

    fn code(&self, i: usize, copy: usize) -> String {
        let step = &self.template.steps[i];
        match step.repeat {
            Some(_) => format!("{}.{copy}", step.code),
            None => step.code.clone(),
        }
    }

    fn references(&self, i: usize, copy: usize, waits: &[Wait]) -> Vec<PredecessorRef> {
        let own = self.template.steps[i].repeat.as_ref();
        let mut references = Vec::new();
        for wait in waits {
            let same = own.is_some() && self.template.steps[wait.step].repeat.as_ref() == own;
            let copies = match same {
                true => copy..=copy,
                false => 1..=self.copies[wait.step],
            };
            references.extend(copies.map(|from| PredecessorRef {
                code: self.code(wait.step, from),
                kind: wait.kind,
                lag: wait.lag,
                unit: wait.unit,
            }));
        }
        references.extend(self.crew_before(i, copy));
        references
    }

    /// The copy whose crew comes over to this one.
    fn crew_before(&self, i: usize, copy: usize) -> Option<PredecessorRef> {
        let crews = self.template.steps[i].crews.as_ref()?;
        let before = copy.checked_sub(count_of(self.values, crews).max(1))?;
        (before >= 1).then(|| PredecessorRef {
            code: self.code(i, before),
            kind: LinkKind::FS,
            lag: 0,
            unit: LagUnit::Day,
        })
    }
}

fn count_of(values: &ParameterValues, id: &str) -> usize {
    let value = values.get(id).copied().unwrap_or(0) / 1_000;
    usize::try_from(value).unwrap_or(0)
}

/// The link into an absent step and the one out of it as one link.
fn through(into: Wait, out: &Wait) -> Wait {
    let kind = match (into.kind.leaves_start(), out.kind.enters_start()) {
        (false, true) => LinkKind::FS,
        (true, true) => LinkKind::SS,
        (false, false) => LinkKind::FF,
        (true, false) => LinkKind::SF,
    };
    // An absent step has no duration a percentage could be taken of.
    let outer = match out.unit.is_percent() {
        true => 0,
        false => out.lag,
    };
    let (lag, unit) = match (into.lag, outer) {
        (_, 0) => (into.lag, into.unit),
        (0, _) => (outer, out.unit),
        _ if into.unit == out.unit => (into.lag + outer, into.unit),
        // Lags of two units cannot be added; the longer wait is usually the one in the larger unit,
        // and a template that needs this says so by a milestone instead.
        _ => (outer, out.unit),
    };
    Wait {
        kind,
        lag,
        unit,
        ..into
    }
}

impl Works {
    /// The works as a network, with the calendars of the years from `first` to `last`. Days are
    /// days of each calendar. Findings are those of [`link_rows`]; a template read without errors
    /// has none.
    pub fn network(
        &self,
        holidays: &HolidayTable,
        first: i16,
        last: i16,
    ) -> (Network, Vec<Finding>) {
        let calendars = self.calendars.iter();
        let calendars: Vec<_> = calendars
            .map(|calendar| calendar.calendar(holidays, first, last).timeline())
            .collect();
        let activity = |item: &WorkItem| {
            let minutes = item
                .days
                .saturating_mul(calendars[item.calendar].minutes_per_day());
            let task = Activity::task(&item.code, &item.name, item.calendar, minutes);
            Activity {
                kind: item.kind,
                ..task
            }
        };
        let activities: Vec<Activity> = self.items.iter().map(activity).collect();
        let rows = self
            .items
            .iter()
            .zip(&activities)
            .map(|(item, activity)| PredecessorRow {
                code: &item.code,
                predecessors: &item.predecessors,
                duration: activity.duration,
                place: &item.code,
            });
        let rows: Vec<PredecessorRow> = rows.collect();
        let (links, findings) = link_rows(&rows, &LagFactors::default());
        let network = Network {
            calendars,
            links,
            activities: activities.clone(),
        };
        (network, findings)
    }

    /// Weights by activity; all equal to the durations where the template states none.
    pub fn weights(&self, total: i64) -> Vec<i64> {
        let stated = self.items.iter().any(|item| item.weight > 0);
        let size = |item: &WorkItem| if stated { item.weight } else { item.days };
        let sizes: Vec<i64> = self.items.iter().map(size).collect();
        crate::value::weights_of(total, &sizes)
    }
}
