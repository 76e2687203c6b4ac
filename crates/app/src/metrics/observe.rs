//! Figures of registers for the figure engine: each becomes a record of the register of observations, one for each
//! figure, unit and period; writing them again changes what changed and nothing else.

use super::View;
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::metric::Written;
use ground::{OrgPath, Period, RecordId};
use register::expr::Val;
use register::law::{Metric, MetricBody, MetricTime};
use register::metric::{Figure, Observation};
use register::{Fields, Value};
use store::{Filter, Meta, NewRecord, Query, Writer};

/// Register of the figure engine.
const OBSERVATIONS: &str = "observation";
/// Digits of its values.
const DIGITS: u8 = 4;

/// Writes the figures of a register for a period: the whole for the district, groups by organisation for their units.
///
/// # Errors
/// `Forbidden` for people who do not write for the whole district.
pub fn observe(
    app: &App,
    actor: &Actor,
    register: &str,
    period: &str,
) -> Result<Written, AppError> {
    actor.need_write_at(app.root())?;
    let view = View::new(app, actor, register, Some(period), None)?;
    let rows = app.look(|reader| {
        let root = crate::world::org_at(reader, app.root())?;
        let mut rows = Vec::new();
        for metric in &view.definition.metrics {
            let (observations, _) = view.observe(reader, metric)?;
            let figures = observations
                .iter()
                .filter_map(|one| unit_of(one, root).zip(Some(one)));
            rows.extend(figures.filter_map(|(unit, one)| row(&view, metric, unit, one)));
        }
        Ok(rows)
    })?;
    let meta = app.meta(view.actor, "台账指标汇总");
    let root = app.root().clone();
    app.write(move |writer| write(writer, rows, &root, &meta))
}

/// The whole is the district's; a group by an organisation is that organisation's.
fn unit_of(observation: &Observation, root: Option<RecordId>) -> Option<RecordId> {
    match observation.by.as_slice() {
        [] => root,
        [key] => match &key.value {
            Val::Ref { register, id } if register.as_ref() == "organisation" => Some(*id),
            _ => None,
        },
        _ => None,
    }
}

fn row(view: &View<'_>, metric: &Metric, unit: RecordId, one: &Observation) -> Option<Fields> {
    let text = |text: &str| Value::Text(text.to_owned());
    let basis = match metric.time {
        MetricTime::Flow => "flow",
        MetricTime::Stock => "stock",
    };
    let mut fields = Fields::from([
        (
            "indicator".to_owned(),
            text(&format!("{}.{}", view.definition.id, metric.id)),
        ),
        ("organisation".to_owned(), Value::Ref(unit)),
        ("period".to_owned(), text(&code(view.period))),
        ("basis".to_owned(), text(basis)),
        ("scenario".to_owned(), text("actual")),
        ("value".to_owned(), scaled(metric, one.value.as_ref()?)?),
        ("source".to_owned(), text(&view.definition.title.zh)),
    ]);
    if !metric.unit.is_empty() {
        fields.insert("unit".to_owned(), text(&metric.unit));
    }
    Some(fields)
}

fn code(period: Period) -> String {
    period.code()
}

/// The value with the digits of the figure engine, a rate in percent.
fn scaled(metric: &Metric, figure: &Figure) -> Option<Value> {
    let percent = matches!(metric.body, MetricBody::Rate { percent: true, .. });
    let factor = if percent { 100 } else { 1 };
    let shown = Figure {
        ratio: ground::Ratio::new(
            figure.ratio.numerator.checked_mul(factor)?,
            figure.ratio.denominator,
        ),
        ..*figure
    };
    let rounded = shown.rounded(u32::from(DIGITS))?;
    let mut rounded = rounded;
    rounded.rescale(u32::from(DIGITS));
    Some(Value::Decimal {
        scaled: i64::try_from(rounded.mantissa()).ok()?,
        digits: DIGITS,
    })
}

fn write(
    writer: &mut Writer<'_>,
    rows: Vec<Fields>,
    root: &OrgPath,
    meta: &Meta,
) -> Result<Written, AppError> {
    let mut written = Written::default();
    for fields in rows {
        let mut query = Query::default();
        for id in ["indicator", "organisation", "period", "basis", "scenario"] {
            let value = fields.get(id).cloned();
            query = query.filter(value.map_or_else(|| Filter::missing(id), |v| Filter::eq(id, v)));
        }
        let known = writer.reader().list(OBSERVATIONS, &query.limited(1))?;
        match known.records.first() {
            None => {
                let unit = fields.get("organisation").and_then(Value::as_ref_id);
                let path = match unit {
                    Some(unit) => crate::directory::org_path(&mut writer.reader(), unit)?,
                    None => None,
                };
                let org = path.unwrap_or_else(|| root.clone());
                writer.create(OBSERVATIONS, NewRecord::new(org, fields), meta)?;
                written.created += 1;
            }
            Some(known) if same(&known.record.fields, &fields) => written.unchanged += 1,
            Some(known) => {
                let (id, version) = (known.record.id, known.record.version);
                let changes = fields.into_iter().map(|(id, value)| (id, Some(value)));
                writer.update(OBSERVATIONS, id, version, changes.collect(), meta)?;
                written.updated += 1;
            }
        }
    }
    Ok(written)
}

fn same(before: &Fields, after: &Fields) -> bool {
    after
        .iter()
        .all(|(id, value)| before.get(id) == Some(value))
}
