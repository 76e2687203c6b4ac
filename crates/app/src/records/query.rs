//! A list as a person asks for it: words, `field:op:value` conditions, order, page.

use super::select::moves;
use crate::App;
use crate::district;
use crate::error::AppError;
use ground::{Date, Finding, RecordId};
use plan::Rag;
use register::law::View;
use register::{Definition, Field, FieldKind, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use store::{Filter, Op, Operand, Query, Sort, Withdrawn};

/// 编号. The column of the record's number in lists, files and views; no field of the form.
pub(crate) const NUMBER: &str = "number";

/// Most rows of a page.
const LIMIT: u32 = 500;

/// What a list page asks for.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Words to find in the search fields.
    pub words: Option<String>,
    /// Conditions as written: field, operator, value.
    pub conditions: Vec<(String, String, String)>,
    /// Field and direction.
    pub sort: Option<(String, bool)>,
    /// Rows.
    pub limit: u32,
    /// Cursor.
    pub after: Option<String>,
    /// Rows passed over before the page.
    pub at: u64,
    /// Fields to add up.
    pub sums: Vec<String>,
    /// Conditions as expressions.
    pub expressions: Vec<String>,
    /// A view of the definition whose conditions and order apply too.
    pub view: Option<String>,
    /// Columns asked for, for files; empty = the register's own.
    pub columns: Vec<String>,
    /// 已撤销: the records that were taken out of use, and only those.
    pub withdrawn: bool,
}

impl ListQuery {
    /// Reads the pairs of an address.
    ///
    /// # Errors
    /// A finding that names the pair that cannot be read.
    pub fn from_pairs(pairs: &[(String, String)]) -> Result<Self, Finding> {
        let mut query = Self {
            limit: 50,
            ..Self::default()
        };
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "q" => query.words = Some(value.clone()),
                "filter" => match value.strip_prefix("expr:") {
                    Some(text) => query.expressions.push(text.to_owned()),
                    None => query.conditions.push(condition(value)?),
                },
                "view" => query.view = Some(value.clone()),
                "withdrawn" => query.withdrawn = value == "only",
                "columns" => query.columns = value.split(',').map(str::to_owned).collect(),
                "sort" => {
                    query.sort = Some(
                        value
                            .strip_prefix('-')
                            .map_or((value.clone(), false), |field| (field.to_owned(), true)),
                    )
                }
                "limit" => query.limit = limit(value)?,
                "after" => query.after = Some(value.clone()),
                "at" => query.at = place(value)?,
                "sums" => query.sums = value.split(',').map(str::to_owned).collect(),
                _ => {}
            }
        }
        Ok(query)
    }

    /// Conditions alone, as the command line gives them.
    ///
    /// # Errors
    /// A finding that names the condition that cannot be read.
    pub fn from_filters(filters: &[String]) -> Result<Self, Finding> {
        let conditions = filters
            .iter()
            .map(|text| condition(text))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            conditions,
            limit: LIMIT,
            ..Self::default()
        })
    }

    /// The query for the store: typed values, conditions on computed things as sets of ids. The definition is the one
    /// that the person sees; who asks narrows the query by their rights.
    pub fn to_store(
        &self,
        app: &App,
        definition: &Definition,
        day: Option<Date>,
    ) -> Result<Query, AppError> {
        let mut query = Query {
            search: self.words.clone(),
            limit: self.limit.clamp(1, LIMIT),
            after: self.after.clone(),
            at: self.at,
            withdrawn: match self.withdrawn {
                true => Withdrawn::Only,
                false => Withdrawn::Without,
            },
            sort: self
                .order(definition)?
                .map(|(field, descending)| Sort { field, descending }),
            ..Query::default()
        };
        let mut findings: Vec<Finding> = self
            .named()
            .filter(|id| !COLUMNS.contains(id) && !moves(definition, id))
            .filter_map(|id| known(definition, id).err())
            .collect();
        let plain = self.conditions.iter();
        for (field, op, value) in plain.filter(|(field, _, _)| !moves(definition, field)) {
            match computed(app, definition, (field, op, value), day)? {
                Some(filter) => query.filters.push(filter),
                None => match typed(definition, field, op, value) {
                    Ok(filter) => query.filters.push(filter),
                    Err(finding) => findings.push(finding),
                },
            }
        }
        if findings.is_empty() {
            Ok(query)
        } else {
            Err(AppError::Invalid(findings))
        }
    }

    /// The view of the definition that is asked for.
    ///
    /// # Errors
    /// `NotFound` when the definition has no such view.
    pub fn view_of<'d>(&self, definition: &'d Definition) -> Result<Option<&'d View>, AppError> {
        let Some(id) = &self.view else {
            return Ok(None);
        };
        let known = definition.views.iter().find(|view| view.id == *id);
        let problem = || AppError::NotFound(format!("视图“{id}”"));
        known.map(Some).ok_or_else(problem)
    }

    /// The order asked for, else that of the view.
    pub fn order(&self, definition: &Definition) -> Result<Option<(String, bool)>, AppError> {
        if self.sort.is_some() {
            return Ok(self.sort.clone());
        }
        let view = self.view_of(definition)?;
        Ok(view.and_then(|view| view.sort.first().cloned()))
    }

    /// Columns of a file: those asked for, else those of the view, `number` among them; names that are no fields of the
    /// register (the light, fields of other registers) are left out. Empty leaves the choice to the writer.
    pub fn columns_of(&self, definition: &Definition) -> Result<Vec<String>, AppError> {
        let view = self.view_of(definition)?;
        let named = match (self.columns.is_empty(), view) {
            (true, Some(view)) => &view.columns,
            _ => &self.columns,
        };
        let numbered = definition.number.is_some();
        let known = |id: &&String| definition.field(id).is_some() || numbered && *id == NUMBER;
        Ok(named.iter().filter(known).cloned().collect())
    }

    /// Fields that order and sums name.
    fn named(&self) -> impl Iterator<Item = &str> {
        self.sort
            .iter()
            .map(|(field, _)| field.as_str())
            .chain(self.sums.iter().map(String::as_str))
    }
}

/// Columns of every register beside its fields, as the store names them.
const COLUMNS: [&str; 6] = [
    "record_id",
    "number",
    "version",
    "org_path",
    "created_at",
    "updated_at",
];

fn known<'a>(definition: &'a Definition, id: &str) -> Result<&'a Field, Finding> {
    definition
        .field(id)
        .ok_or_else(|| refuse(id, format!("{}没有字段“{id}”。", definition.title.zh)))
}

pub(super) fn refuse(place: &str, problem: String) -> Finding {
    Finding::error(
        "list.condition",
        place,
        problem,
        "条件写作 字段:算符:值，算符有 eq ne lt le gt ge in contains missing。",
    )
}

fn condition(text: &str) -> Result<(String, String, String), Finding> {
    let mut parts = text.splitn(3, ':');
    let (field, op, value) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    if field.is_empty() || op.is_empty() {
        return Err(refuse(text, format!("条件“{text}”不完整。")));
    }
    Ok((field.to_owned(), op.to_owned(), value.to_owned()))
}

fn limit(text: &str) -> Result<u32, Finding> {
    let number = text
        .parse::<u32>()
        .ok()
        .filter(|number| (1..=LIMIT).contains(number));
    number.ok_or_else(|| {
        Finding::error(
            "list.limit",
            "limit",
            format!("每页条数“{text}”不对。"),
            format!("请填 1 到 {LIMIT} 的整数。"),
        )
    })
}

fn place(text: &str) -> Result<u64, Finding> {
    text.parse().map_err(|_| {
        Finding::error(
            "list.at",
            "at",
            format!("起始行“{text}”不对。"),
            "请填从 0 数起的行号。",
        )
    })
}

/// Conditions on what no field holds: `record_id` of any register, for projects also `rag`, `round` and `batch`.
fn computed(
    app: &App,
    definition: &Definition,
    (field, op, value): (&str, &str, &str),
    day: Option<Date>,
) -> Result<Option<Filter>, AppError> {
    let of_projects = definition.id == "project" && ["rag", "round", "batch"].contains(&field);
    if field != "record_id" && !of_projects {
        return Ok(None);
    }
    let refuse = |problem: String| AppError::invalid(refuse(field, problem));
    if op != "eq" {
        return Err(refuse(format!("条件“{field}”只能用 eq，不能用“{op}”。")));
    }
    if field == "record_id" {
        let id = value
            .parse()
            .ok()
            .and_then(RecordId::new)
            .ok_or_else(|| refuse(format!("编号“{value}”不对。")))?;
        return Ok(Some(among(std::iter::once(id))));
    }
    let state = district::state(app, day)?;
    let ids: BTreeSet<RecordId> = match field {
        "rag" => {
            let known = [Rag::Green, Rag::Yellow, Rag::Red, Rag::Done, Rag::Grey]
                .into_iter()
                .find(|rag| rag.code() == value);
            let rag = known.ok_or_else(|| refuse(format!("没有灯色“{value}”。")))?;
            state
                .standings
                .values()
                .filter(|standing| standing.light.rag == rag)
                .map(|standing| standing.project.0)
                .collect()
        }
        "round" => {
            let no: i64 = value
                .parse()
                .map_err(|_| refuse(format!("期次“{value}”不是数字。")))?;
            let round = state
                .rounds
                .iter()
                .find(|round| round.no == no && !round.is_combined());
            let members = state.memberships.iter().filter(|member| {
                Some(member.round) == round.map(|round| round.id) && !member.is_out_on(state.today)
            });
            members.map(|member| member.project.0).collect()
        }
        _ => state
            .memberships
            .iter()
            .filter(|member| member.batch.code() == value && !member.is_out_on(state.today))
            .map(|member| member.project.0)
            .collect(),
    };
    Ok(Some(among(ids.into_iter())))
}

/// Only the records of these ids.
fn among(ids: impl Iterator<Item = RecordId>) -> Filter {
    Filter {
        field: "record_id".to_owned(),
        op: Op::In,
        value: Operand::Many(ids.map(Value::Ref).collect()),
    }
}

fn operator(op: &str) -> Option<Op> {
    Some(match op {
        "eq" => Op::Eq,
        "ne" => Op::Ne,
        "lt" => Op::Lt,
        "le" => Op::Le,
        "gt" => Op::Gt,
        "ge" => Op::Ge,
        "in" => Op::In,
        "contains" => Op::Contains,
        "missing" => Op::IsMissing,
        _ => return None,
    })
}

fn typed(definition: &Definition, id: &str, op: &str, value: &str) -> Result<Filter, Finding> {
    let Some(op) = operator(op) else {
        return Err(refuse(id, format!("没有算符“{op}”。")));
    };
    if id == NUMBER {
        return Ok(numbered(op, value));
    }
    let field = known(definition, id)?;
    let value = match op {
        Op::IsMissing => Operand::None,
        Op::Contains => Operand::One(Value::Text(value.to_owned())),
        Op::In => Operand::Many(
            value
                .split(',')
                .map(|one| read(definition, field, one))
                .collect::<Result<_, _>>()?,
        ),
        _ => Operand::One(read(definition, field, value)?),
    };
    Ok(Filter {
        field: id.to_owned(),
        op,
        value,
    })
}

/// A condition on the number, which is a text of every register.
fn numbered(op: Op, value: &str) -> Filter {
    let text = |one: &str| Value::Text(one.to_owned());
    Filter {
        field: NUMBER.to_owned(),
        value: match op {
            Op::IsMissing => Operand::None,
            Op::In => Operand::Many(value.split(',').map(text).collect()),
            _ => Operand::One(text(value)),
        },
        op,
    }
}

/// A value as the API writes it, of the field's type.
pub(super) fn read(definition: &Definition, field: &Field, text: &str) -> Result<Value, Finding> {
    let json = match field.kind {
        FieldKind::Int => text
            .parse::<i64>()
            .map(Json::from)
            .unwrap_or_else(|_| Json::from(text)),
        FieldKind::Bool => Json::from(text == "true"),
        _ => Json::from(text),
    };
    let (mut fields, findings) =
        register::from_json(definition, &Map::from_iter([(field.id.clone(), json)]));
    match (fields.remove(&field.id), findings.into_iter().next()) {
        (Some(value), _) => Ok(value),
        (None, Some(finding)) => Err(finding),
        (None, None) => Err(refuse(
            &field.id,
            format!("“{}”的值是空的。", field.label.zh),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_query_and_bad_parts_are_named() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let query = ListQuery::from_pairs(&[
            pair("q", "莲湖"),
            pair("filter", "stage:eq:started"),
            pair("sort", "-investment_total"),
            pair("limit", "20"),
        ])
        .expect("query");
        assert_eq!(query.sort, Some(("investment_total".to_owned(), true)));
        assert_eq!(query.conditions[0].2, "started");
        assert!(ListQuery::from_pairs(&[pair("limit", "0")]).is_err());
        assert!(ListQuery::from_pairs(&[pair("filter", "stage")]).is_err());
    }
}
