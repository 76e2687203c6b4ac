//! 检索 Records found by words: of all registers for the search box, of one for its list.

use super::ListQuery;
use crate::App;
use crate::account::Actor;
use crate::directory::{self, NamesOf};
use crate::error::AppError;
use crate::page::record::Hit;
use crate::permit::Access;
use ground::Date;
use register::law::Ability;
use register::{Definition, Value};
use store::{Query, Stored};

/// Hits of the search box, in all and for one register.
const SEARCH_HITS: usize = 20;
const SEARCH_PER_REGISTER: u32 = 6;

/// Records of all registers by words.
pub fn search(app: &App, actor: &Actor, words: &str) -> Result<Vec<Hit>, AppError> {
    if words.trim().is_empty() {
        return Ok(Vec::new());
    }
    let first = ["project", "enterprise", "matter", "organisation"];
    let all = app.definitions();
    let rest = all
        .iter()
        .map(|one| one.id.as_str())
        .filter(|id| !first.contains(id));
    let order: Vec<&str> = first.into_iter().chain(rest).collect();
    let mut hits = Vec::new();
    let person = Access::new(app, actor, &app.definition(first[0])?)?;
    for register in order {
        let definition = app.definition(register)?;
        let access = person.in_register(&definition);
        if !access.may(Ability::Read) {
            continue;
        }
        let seen = access.seen_definition();
        let query = access.narrow(Query {
            limit: SEARCH_PER_REGISTER,
            ..searching(words, &definition, &access)
        });
        let definition = &seen;
        let (page, names) = app.read(|reader| {
            let page = reader.list(register, &query)?;
            let names = directory::names_of(
                reader,
                &app.definitions(),
                definition,
                page.records.iter().map(|stored| &stored.record.fields),
            )?;
            Ok((page, names))
        })?;
        hits.extend(
            page.records
                .iter()
                .map(|stored| hit(definition, stored, &names)),
        );
        if hits.len() >= SEARCH_HITS {
            break;
        }
    }
    hits.truncate(SEARCH_HITS);
    Ok(hits)
}

/// The query of a list with its conditions on what this person may ask about.
pub(crate) fn asked_for(
    app: &App,
    access: &Access,
    definition: &Definition,
    asked: &ListQuery,
    day: Option<Date>,
) -> Result<Query, AppError> {
    let mut query = asked.to_store(app, &access.asked_definition(), day)?;
    if let Some(words) = &asked.words {
        let by_words = searching(words, definition, access);
        query.search = by_words.search;
        query.filters.extend(by_words.filters);
    }
    Ok(query)
}

/// A query by words. Where a field that is searched is hidden or masked from this person, only the name is looked at:
/// else a lucky guess would tell what the field says.
fn searching(words: &str, definition: &Definition, access: &Access) -> Query {
    let secret = access.secret();
    let tells = |field: &&register::Field| field.search && secret.contains(&field.id);
    let words = words.trim().to_owned();
    let name = definition.name_field.clone();
    match (definition.fields.iter().find(tells), name) {
        (Some(_), Some(name)) if !secret.contains(&name) => Query::default().filter(
            store::Filter::new(name, store::Op::Contains, Value::Text(words)),
        ),
        (Some(_), _) => Query::default().filter(store::Filter::one_of("record_id", Vec::new())),
        (None, _) => Query {
            search: Some(words),
            ..Query::default()
        },
    }
}

fn hit(definition: &Definition, stored: &Stored, names: &NamesOf) -> Hit {
    let shown = names.shown(definition, &stored.record.fields);
    let name = stored
        .record
        .name(definition)
        .unwrap_or_default()
        .to_owned();
    let beside = definition
        .list_columns()
        .into_iter()
        .filter(|id| Some(*id) != definition.name_field.as_deref());
    let text: Vec<String> = beside
        .filter_map(|id| shown.get(id).cloned())
        .filter(|text| !text.is_empty())
        .take(3)
        .collect();
    Hit {
        register: definition.id.clone(),
        register_title: definition.title.zh.clone(),
        id: stored.record.id.to_string(),
        title: if name.is_empty() {
            text.first().cloned().unwrap_or_default()
        } else {
            name
        },
        text: text.join(" · "),
    }
}
