//! What the plan of a project says on the stage's day: days, floats, the verdict.

use app::page::project_plan::{PlanRow, PlanSheet};
use ground::Date;
use register::Value;

use super::stage::{Doubt, Stage, told};

/// The plan that a project or a piece of work belongs to, and the row of that work.
fn sheet(stage: &mut Stage, alias: &str) -> Result<(PlanSheet, Option<PlanRow>), Doubt> {
    let place = stage.place(Some(alias))?;
    let view = stage.view(&place)?;
    let own = view.record.fields.get("project").and_then(Value::as_ref_id);
    let project = own.unwrap_or(view.record.id).to_string();
    let actor = app::account::local_actor(&stage.app);
    let query = app::project_plan::SheetQuery {
        baseline: Some("none".to_owned()),
        ..Default::default()
    };
    let sheet = app::project_plan::sheet(&stage.app, &actor, &project, None, &query);
    let sheet = sheet.map_err(|error| told(&error))?;
    let id = view.record.id.to_string();
    let row = sheet.activities.iter().find(|row| row.id == id).cloned();
    Ok((sheet, row))
}

fn row(stage: &mut Stage, alias: &str) -> Result<PlanRow, Doubt> {
    let (_, row) = sheet(stage, alias)?;
    row.ok_or_else(|| format!("“{alias}”不是计划里的工作"))
}

/// First and last day, the earliest or the latest ones; of begun work the first day is the real one.
pub fn days(stage: &mut Stage, alias: &str, late: bool) -> Result<String, Doubt> {
    let row = row(stage, alias)?;
    let (first, last) = if late {
        row.dates.late
    } else {
        row.dates.early
    };
    let day = |day: Option<Date>| day.map_or_else(|| "无".to_owned(), |day| day.to_string());
    Ok(format!("{} 至 {}", day(first), day(last)))
}

/// Working days of total float, a minus as people type it.
pub fn float(stage: &mut Stage, alias: &str) -> Result<String, Doubt> {
    let tenths = row(stage, alias)?.total_float;
    let tenths = tenths.ok_or_else(|| format!("“{alias}”没有时差"))?;
    Ok(match tenths % 10 {
        0 => (tenths / 10).to_string(),
        _ => format!("{:.1}", tenths as f64 / 10.0),
    })
}

/// 完工 or 结论 of a project.
pub fn finish(stage: &mut Stage, alias: &str, what: &str) -> Result<String, Doubt> {
    let (sheet, _) = sheet(stage, alias)?;
    let finish = sheet.summary.forecast_finish;
    Ok(match what {
        "完工" => finish.map_or_else(|| "无".to_owned(), |day| day.to_string()),
        _ => sheet.summary.verdict,
    })
}
