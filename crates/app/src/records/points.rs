//! 上图 Records as points of a map.

use super::look::Look;
use super::select::{Asker, Selection};
use super::{ListQuery, add_lights};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::LightView;
use crate::page::record::RecordView;
use crate::permit::Access;
use crate::world::Setting;
use ground::{Date, Finding};
use register::law::Ability;
use register::{Definition, FieldKind, Value};
use std::sync::Arc;

/// Points drawn at most.
const POINTS: usize = 5_000;
/// Colour by the record's light.
const LIGHT: &str = "light";

/// Points of a list.
#[derive(Clone, Debug, Default)]
pub struct Points {
    /// Records with a position.
    pub points: Vec<Point>,
    /// Records of the list that are not drawn: without a position, or beyond the limit.
    pub left_out: usize,
}

/// One record on the map.
#[derive(Clone, Debug)]
pub struct Point {
    /// Record.
    pub id: String,
    /// Name, else number.
    pub title: String,
    /// Longitude in degrees, CGCS2000, as written: six digits after the point.
    pub longitude: String,
    /// Latitude in degrees.
    pub latitude: String,
    /// Light of the record.
    pub light: Option<LightView>,
    /// State in words, or the value of the field that gives the colour.
    pub label: String,
    /// Code of the field that gives the colour.
    pub colour: Option<String>,
    /// Path of the organisation whose record it is: points of one street lie together.
    pub org: String,
}

/// The records of a list as points.
///
/// # Errors
/// `Invalid` when `geo` is no position field or `colour` no field.
pub fn points(
    app: &App,
    actor: &Actor,
    register: &str,
    (geo, colour): (&str, Option<&str>),
    asked: &ListQuery,
    day: Option<Date>,
) -> Result<Points, AppError> {
    let definition = app.definition(register)?;
    let access = Access::new(app, actor, &definition)?;
    access.need(Ability::Read)?;
    let seen = access.seen_definition();
    let colour = colour.filter(|colour| *colour != LIGHT);
    check_fields(&seen, geo, colour)?;
    let query = access.narrow(super::asked_for(app, &access, &definition, asked, day)?);
    let setting = Setting::new(app, day);
    let (mut views, left_out) = app.look(|reader| {
        let asker = Asker {
            app,
            access: &access,
            definition: &seen,
            setting: &setting,
            user: access.user(),
        };
        let all = Selection::of(&asker, asked, query, reader)?.all(&asker, reader)?;
        let count = all.len();
        let placed = |one: &store::Stored| one.record.fields.contains_key(geo);
        let drawn: Vec<store::Stored> = all.into_iter().filter(placed).take(POINTS).collect();
        let look = Look {
            setting: &setting,
            access: &access,
            definition: &seen,
            user: None,
        };
        let left_out = count - drawn.len();
        Ok((look.views(reader, drawn)?, left_out))
    })?;
    add_lights(app, register, &mut views, day)?;
    let drawn = views.len();
    let points: Vec<Point> = views
        .into_iter()
        .filter_map(|view| point(&seen, geo, colour, view))
        .collect();
    Ok(Points {
        left_out: left_out + drawn - points.len(),
        points,
    })
}

fn check_fields(
    definition: &Arc<Definition>,
    geo: &str,
    colour: Option<&str>,
) -> Result<(), AppError> {
    let refuse = |place: &str, id: &str, remedy: &str| {
        let problem = format!("{}没有这样的字段“{id}”。", definition.title.zh);
        Err(AppError::invalid(Finding::error(
            "points.field",
            place,
            problem,
            remedy,
        )))
    };
    let is_point = |id: &str| {
        let field = definition.field(id);
        field.is_some_and(|field| field.kind == FieldKind::GeoPoint)
    };
    if !is_point(geo) {
        return refuse("geo", geo, "请在 geo 里写一个位置字段。");
    }
    match colour {
        Some(id) if definition.field(id).is_none() => {
            refuse("colour", id, "请写 light 或一个选项字段。")
        }
        _ => Ok(()),
    }
}

fn point(
    definition: &Definition,
    geo: &str,
    colour: Option<&str>,
    view: RecordView,
) -> Option<Point> {
    let place = view.record.fields.get(geo).and_then(Value::as_text)?;
    let (longitude, latitude) = place.split_once(',')?;
    let name = view.record.name(definition).map(str::to_owned);
    let state = view.flow.as_ref().map(|flow| flow.label.clone());
    let shown = colour.and_then(|id| view.shown.get(id).cloned());
    Some(Point {
        id: view.record.id.to_string(),
        title: name.or(view.record.number.clone()).unwrap_or_default(),
        longitude: longitude.trim().to_owned(),
        latitude: latitude.trim().to_owned(),
        label: shown.or(state).unwrap_or_default(),
        colour: colour.and_then(|id| view.record.text(id).map(str::to_owned)),
        org: view.record.org.to_string(),
        light: view.light,
    })
}
