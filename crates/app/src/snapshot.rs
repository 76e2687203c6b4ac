//! 快照 Kept charts. A kept chart is a day and a journal position with its lights; it is drawn again from the journal,
//! so it cannot differ from what the records said.

use crate::App;
use crate::account::{self, Actor};
use crate::error::AppError;
use crate::page::LightCount;
use crate::page::wall::{WallPage, WallQuery};
use crate::records::parse_id;
use crate::wall;
use ground::Date;
use plan::Rag;
use serde::{Deserialize, Serialize};
use store::ChartSnapshot;

/// Name under which wall charts are kept.
const NAME: &str = "wall_chart";
/// Newest charts in the list.
const LISTED: u32 = 60;

/// A kept chart in the list.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Id.
    pub id: String,
    /// Instant it was kept.
    pub taken_at: String,
    /// The day it shows.
    pub as_of: Date,
    /// Title of the chart.
    pub title: String,
    /// Words of the person who kept it.
    pub note: String,
    /// Name of that person.
    pub actor_name: String,
    /// Lights it showed.
    pub lights: Vec<LightCount>,
}

#[derive(Serialize, Deserialize)]
struct Content {
    round: Option<i64>,
    title: String,
    note: String,
    lights: Vec<(Rag, String, usize)>,
}

/// Keeps today's chart.
pub fn keep(app: &App, actor: &Actor, round: Option<i64>, note: &str) -> Result<Kept, AppError> {
    actor.need_write()?;
    let query = WallQuery {
        round,
        ..WallQuery::default()
    };
    let page = wall::wall_chart(app, actor, &query, None)?;
    let lights = page
        .lights
        .iter()
        .map(|light| (light.rag, light.rule.clone(), light.count))
        .collect();
    let content = Content {
        round: page.round_no,
        title: page.title,
        note: note.trim().chars().take(200).collect(),
        lights,
    };
    let text = serde_json::to_string(&content).unwrap_or_default();
    let (meta, day) = (app.meta(actor, note), app.today().to_string());
    let id = app.write(move |writer| Ok(writer.keep_chart(NAME, &day, &text, &meta)?))?;
    let kept = list(app, actor)?
        .into_iter()
        .find(|kept| kept.id == id.to_string());
    kept.ok_or_else(|| AppError::NotFound("这张快照".to_owned()))
}

/// Kept charts, newest first.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<Kept>, AppError> {
    actor.need_read()?;
    let found = app.read(|reader| reader.charts(NAME, LISTED))?;
    let people = account::names(app)?;
    let kept = |chart: &ChartSnapshot| {
        let content: Content = serde_json::from_str(&chart.content).ok()?;
        let light = |(rag, rule, count): (Rag, String, usize)| LightCount {
            rag,
            label: rag.label().to_owned(),
            rule,
            count,
        };
        Some(Kept {
            id: chart.id.to_string(),
            taken_at: chart.at.clone(),
            as_of: chart.as_of.parse().ok()?,
            title: content.title,
            note: content.note,
            actor_name: people
                .get(&chart.actor)
                .cloned()
                .unwrap_or_else(|| chart.actor.clone()),
            lights: content.lights.into_iter().map(light).collect(),
        })
    };
    Ok(found.iter().filter_map(kept).collect())
}

/// A kept chart, drawn from the records of its day.
pub fn open(app: &App, actor: &Actor, id: &str) -> Result<WallPage, AppError> {
    actor.need_read()?;
    let id = parse_id(id)?;
    let missing = || AppError::NotFound("这张快照".to_owned());
    let charts = app.read(|reader| reader.charts(NAME, LISTED))?;
    let chart = charts
        .into_iter()
        .find(|chart| chart.id == id)
        .ok_or_else(missing)?;
    let content: Content = serde_json::from_str(&chart.content).map_err(|_| missing())?;
    let day: Date = chart.as_of.parse().map_err(|_| missing())?;
    wall::wall_chart_at(
        app,
        actor,
        &WallQuery {
            round: content.round,
            ..WallQuery::default()
        },
        day,
        chart.journal_seq,
    )
}
