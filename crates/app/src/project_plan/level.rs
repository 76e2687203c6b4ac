//! 资源平衡 Dates at which no resource is asked for more than there is. They are handed over as changes; whoever wants
//! them makes them like any others.

use super::change::Change;
use super::load::resource_load;
use super::sheet::Beside;
use super::{PlanBook, day_text, diff};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::project_plan::{LoadDay, PlanLevelled, ResourceLoad};
use ground::{Date, Finding, Minute, date_of_finish, date_of_start, minute_of};
use plan::level::{DayLoad, Levelled, Leveller, Need, Resource, ResourceKind, Rules, Step};
use portfolio::{Activity, PlanResource, Scheduled, days_between};
use serde_json::{Map, json};
use std::time::{Duration, Instant};

mod bound;

/// The longest search for a better order.
const LONGEST: Duration = Duration::from_secs(5);
/// The usual one.
const USUAL: u64 = 1_000;

/// How to level.
#[derive(Clone, Debug, Default)]
pub struct LevelQuery {
    /// Only as far as floats allow.
    pub within_float: bool,
    /// How long to look for something better.
    pub milliseconds: Option<u64>,
    /// Where chance begins: each round of a longer search asks with another one. 1 when absent.
    pub seed: Option<u64>,
    /// Resources to look at; all when empty.
    pub resources: Vec<String>,
    /// The changes of an answer that is known: the search goes on from its order. Empty: it begins anew.
    pub known: Vec<Change>,
}

/// Needs of a plan with the resources they are of, in the units of the register (hundredths).
struct Asked {
    /// Resources that something needs, in the order shown.
    known: Vec<PlanResource>,
    resources: Vec<Resource>,
    needs: Vec<Need>,
}

impl Asked {
    fn of(scheduled: &Scheduled<'_>, beside: &Beside, only: &[String]) -> Self {
        let wanted = |id: ground::RecordId| only.is_empty() || only.contains(&id.to_string());
        let activities = &scheduled.built.activities;
        let needed = |id| {
            activities
                .iter()
                .any(|a| a.resources.iter().any(|(r, _)| *r == id))
        };
        let known: Vec<PlanResource> = beside
            .resources
            .iter()
            .map(|(resource, _)| resource)
            .filter(|resource| wanted(resource.id) && needed(resource.id))
            .cloned()
            .collect();
        let mut needs = Vec::new();
        for (activity, one) in activities.iter().enumerate() {
            for (id, units) in &one.resources {
                if let Some(resource) = known.iter().position(|known| known.id == *id) {
                    needs.push(Need {
                        activity,
                        resource,
                        units: *units,
                    });
                }
            }
        }
        Self {
            resources: known.iter().map(engine_resource).collect(),
            known,
            needs,
        }
    }

    /// One entry per resource, each with its days.
    fn pages(&self, loads: Vec<Vec<DayLoad>>) -> Vec<ResourceLoad> {
        let pairs = self.known.iter().zip(loads);
        pairs
            .map(|(resource, days)| resource_load(resource, load_days(&days)))
            .collect()
    }
}

fn engine_resource(resource: &PlanResource) -> Resource {
    let step = |(since, units): &(Option<Date>, i64)| Step {
        from: since.map_or(Minute::MIN, |day| minute_of(day, 0, 0)),
        units: *units,
    };
    Resource {
        code: resource.code.clone(),
        name: resource.name.clone(),
        unit: resource.unit.clone(),
        kind: ResourceKind::Renewable,
        capacity: resource.capacity.iter().map(step).collect(),
    }
}

/// The days on which a resource is there or asked for.
fn load_days(days: &[DayLoad]) -> Vec<LoadDay> {
    let known = days.iter().filter(|day| day.load > 0 || day.capacity > 0);
    known
        .map(|day| LoadDay {
            date: day.date,
            capacity: day.capacity,
            load: day.load,
        })
        .collect()
}

fn leveller<'a>(
    scheduled: &'a Scheduled<'_>,
    network: &'a plan::Network,
    asked: &'a Asked,
    rules: Rules,
) -> Result<Leveller<'a>, Vec<Finding>> {
    let options = &scheduled.options;
    Leveller::new(network, options, &asked.resources, &asked.needs, rules)
}

/// 资源平衡. Dates that never ask for more than there is, as changes of the plan; nothing is written.
///
/// # Errors
/// Rights as for a change; `Invalid` for a plan with a loop.
pub fn level(
    app: &App,
    actor: &Actor,
    project: &str,
    query: &LevelQuery,
) -> Result<PlanLevelled, AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    let beside = Beside::read(app, &book, Some("none"))?;
    let scheduled = book.scheduled(app, book.activities());
    let asked = Asked::of(&scheduled, &beside, &query.resources);
    let Some(schedule) = &scheduled.schedule else {
        return Err(AppError::Invalid(scheduled.standing.findings.clone()));
    };
    let rules = Rules {
        within_float: query.within_float,
    };
    let network = &scheduled.built.network;
    let leveller = leveller(&scheduled, network, &asked, rules).map_err(AppError::Invalid)?;
    let until = Duration::from_millis(query.milliseconds.unwrap_or(USUAL)).min(LONGEST);
    let begun = Instant::now();
    let known = known_starts(app, &book, &query.known)?;
    let seed = query.seed.unwrap_or(1);
    let answer = leveller.improve_from(&known, seed, |_| begun.elapsed() < until);
    let changes = changes(&book, &scheduled, &answer);
    let before = asked.pages(leveller.load(&schedule.remaining_start, &schedule.early_finish));
    let after = asked.pages(leveller.load(&answer.start, &answer.finish));
    let activities = changed(app, &book, &changes)?;
    let then = book.scheduled(app, &activities);
    let over = |pages: &[ResourceLoad]| pages.iter().map(|one| one.over_days).sum();
    let ends = (date_of_finish(schedule.finish), date_of_finish(answer.end));
    let earliest = match query.within_float {
        true => schedule.finish,
        false => bound::earliest_finish(&scheduled, schedule, &asked.resources, &asked.needs),
    };
    let bound = date_of_finish(earliest.min(answer.end));
    Ok(PlanLevelled {
        before_finish: ends.0,
        after_finish: ends.1,
        bound_finish: bound,
        gap_days: days_between(bound, ends.1),
        score: [answer.late, answer.end, answer.delay],
        text: told(ends, over(&after), book.state.today),
        over_days_before: over(&before),
        over_days_after: over(&after),
        resources: after,
        moved: diff::between(app, &scheduled, &then).moved,
        waits: answer
            .waits
            .iter()
            .map(|wait| leveller.explain(wait))
            .collect(),
        changes,
        findings: leveller.findings().to_vec(),
    })
}

/// The plan with these changes.
fn changed(app: &App, book: &PlanBook, changes: &[Change]) -> Result<Vec<Activity>, AppError> {
    let mut draft = super::edit::Draft::new(app, book);
    draft.apply(changes)?;
    Ok(draft.activities().0)
}

/// Where the work of a known answer starts, one for each activity of the network; empty where nothing is known.
fn known_starts(app: &App, book: &PlanBook, known: &[Change]) -> Result<Vec<Minute>, AppError> {
    if known.is_empty() {
        return Ok(Vec::new());
    }
    if known
        .iter()
        .any(|one| !matches!(one, Change::Update { .. }))
    {
        let problem = "接着改进只认上一次调整给出的日期，不能带新增或删除的工作。";
        let remedy = "请重新做一次资源平衡。";
        return Err(AppError::Invalid(vec![Finding::error(
            "plan.level_known",
            "资源平衡",
            problem,
            remedy,
        )]));
    }
    let activities = changed(app, book, known)?;
    let then = book.scheduled(app, &activities);
    let schedule = then.schedule.as_ref();
    Ok(schedule.map_or_else(Vec::new, |schedule| schedule.remaining_start.clone()))
}

/// What waits for a resource is held by a constraint at its levelled start.
fn changes(book: &PlanBook, scheduled: &Scheduled<'_>, answer: &Levelled) -> Vec<Change> {
    let held = answer.waits.iter().map(|wait| wait.activity);
    let one = |i: usize| {
        let activity = scheduled.built.activities[i];
        let start = date_of_start(answer.start[i]);
        let mut values = Map::new();
        values.insert("constraint_kind".to_owned(), json!("start_no_earlier"));
        values.insert("constraint_date".to_owned(), json!(start.to_string()));
        Change::Update {
            id: activity.id.to_string(),
            version: book.state.version(activity.id.0),
            values,
        }
    };
    held.map(one).collect()
}

fn told((before, after): (Date, Date), over: usize, today: Date) -> String {
    let left = match over {
        0 => "资源不超配时".to_owned(),
        over => format!("调整后仍有 {over} 天超配，"),
    };
    let moved = match days_between(before, after) {
        0 => "和现在一样".to_owned(),
        late if late > 0 => format!("晚 {late} 天"),
        early => format!("早 {} 天", -early),
    };
    format!("{left}完工 {}，{moved}。", day_text(after, today))
}
