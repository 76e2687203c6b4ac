//! 交办闭环 The matters of the district as the 督查室 works with them: the league of units, the three lists, the order on
//! paper.

mod league;
mod lists;
mod slip;

pub use league::{League, LeagueLine, league, percent, tenths};
pub use lists::{ListKind, list};
pub use slip::{SlipKind, slip};

/// The register of matters.
const MATTER: &str = "matter";

use crate::App;
use crate::account::Actor;
use crate::directory::{self, NamesOf};
use crate::error::AppError;
use crate::permit::Access;
use crate::records::look::Look;
use crate::world::Setting;
use ground::Date;
use register::law::Ability;
use register::{Definition, Record};
use std::sync::Arc;
use store::Query;

/// All matters in sight with the names they refer to, hidden fields gone.
struct Matters {
    setting: Setting,
    definition: Arc<Definition>,
    records: Vec<Record>,
    names: NamesOf,
}

impl Matters {
    fn read(
        app: &App,
        actor: &Actor,
        day: Option<Date>,
        ability: Ability,
    ) -> Result<Self, AppError> {
        let definition = app.definition(MATTER)?;
        let access = Access::new(app, actor, &definition)?;
        access.need(Ability::Read)?;
        access.need(ability)?;
        let seen = access.seen_definition();
        let setting = Setting::new(app, day);
        let query = access.narrow_for(access.narrow(Query::default()), ability);
        let (records, names) = app.look(|reader| {
            let all = match &setting.past {
                Some(instant) => reader.all_as_of(MATTER, &query, instant)?,
                None => reader.all(MATTER, &query)?,
            };
            let look = Look {
                setting: &setting,
                access: &access,
                definition: &seen,
                user: None,
            };
            let records = look.fields(reader, all)?;
            let fields = records.iter().map(|record| &record.fields);
            let names = directory::names_of(reader, &setting.definitions, &seen, fields)?;
            Ok((records, names))
        })?;
        Ok(Self {
            setting,
            definition: seen,
            records,
            names,
        })
    }
}
