//! What stands in place of a template's words: figures with their groups, records as the asker sees them, the facts of
//! the report itself. What has no value is printed as 「—」, never as nothing and never as 0.

use super::Making;
use crate::directory::{self, NamesOf};
use crate::error::AppError;
use crate::metrics;
use crate::page::metric::{MetricGroup, MetricPage};
use crate::page::record::RecordView;
use crate::records::condition::both;
use crate::records::look::Look;
use crate::records::select::{Asker, Selection};
use crate::records::{ListQuery, asked_for};
use crate::world::{Setting, StoreWorld};
use exchange::fill::{At, Loop, Number, Piece, Source};
use ground::{Finding, RecordId};
use register::expr::{Expr, Scope, World, field_at, value_of};
use register::law::Ability;
use register::metric::{Key, keys_at};
use register::report::{Part, Whole, Word};
use register::{Field, FieldKind, Fields, Record, Value};
use std::collections::{BTreeMap, BTreeSet};
use store::{Query, Reader, Stored};

/// What is printed where there is no value.
const NOTHING: &str = "—";
/// Records of one report: paper with more is an export.
const RECORDS: usize = 2_000;

/// The figures of a report: of its period, of the one before, of the same a year earlier.
pub(super) struct Figures {
    pub now: Vec<MetricPage>,
    pub before: Vec<MetricPage>,
    pub year_before: Vec<MetricPage>,
}

/// A group: its key and its name.
pub(super) struct Group {
    pub key: String,
    pub name: String,
}

/// A record as it is printed.
#[derive(Default)]
pub(super) struct Listed {
    pub number: Option<String>,
    pub light: String,
    pub cells: BTreeMap<String, Piece>,
    /// The groups it is in, with their names.
    pub groups: Vec<(String, String)>,
}

/// Everything a template can ask for.
pub(super) struct Gathered {
    pub whole: BTreeMap<&'static str, String>,
    pub figures: Figures,
    pub groups: Vec<Group>,
    /// How many records there are.
    pub count: usize,
    pub records: Vec<Listed>,
    /// Places of the records of each group.
    pub members: Vec<Vec<usize>>,
    pub words: BTreeMap<String, Word>,
}

/// Where a fact of the whole report is kept.
pub(super) fn key(whole: Whole) -> &'static str {
    match whole {
        Whole::Title => "title",
        Whole::Register => "register",
        Whole::Unit => "unit",
        Whole::Period => "period",
        Whole::First => "first",
        Whole::Last => "last",
        Whole::AsOf => "as_of",
        Whole::MadeOn => "made_on",
        Whole::MadeBy => "made_by",
        Whole::Basis => "basis",
        Whole::Records => "records",
    }
}

impl Source for Gathered {
    fn count(&self, of: Loop, at: At) -> usize {
        match of {
            Loop::Groups => self.groups.len(),
            Loop::Records => self.count_of(at),
        }
    }

    fn value(&self, word: &str, at: At) -> Piece {
        let Some(word) = self.words.get(word) else {
            return text(NOTHING);
        };
        match word {
            Word::Whole(Whole::Records) => count(self.count),
            Word::Whole(whole) => text(self.whole.get(key(*whole)).map_or(NOTHING, String::as_str)),
            Word::Metric {
                of_group,
                metric,
                part,
            } => self.figure(metric, *part, at.group.filter(|_| *of_group)),
            Word::GroupName => text(self.group(at).map_or(NOTHING, |group| &group.name)),
            Word::GroupNumber => at.group.map_or_else(|| text(NOTHING), |at| count(at + 1)),
            Word::GroupRecords => count(self.count_of(at)),
            Word::RecordNumber => at.record.map_or_else(|| text(NOTHING), |at| count(at + 1)),
            Word::RecordCode => self.of_record(at, |one| one.number.as_deref().map(text)),
            Word::RecordLight => self.of_record(at, |one| Some(text(&one.light))),
            Word::Field(path) => self.of_record(at, |one| one.cells.get(path).cloned()),
        }
    }
}

fn text(text: &str) -> Piece {
    let shown = if text.trim().is_empty() {
        NOTHING
    } else {
        text
    };
    Piece {
        text: shown.to_owned(),
        number: None,
    }
}

fn count(number: usize) -> Piece {
    decimal(number.to_string())
}

fn decimal(decimal: String) -> Piece {
    Piece {
        text: decimal.clone(),
        number: Some(Number {
            decimal,
            percent: false,
            digits: 0,
        }),
    }
}

impl Gathered {
    fn group(&self, at: At) -> Option<&Group> {
        self.groups.get(at.group?)
    }

    /// Places of the group's records; none outside of groups, where all of them are meant.
    fn members_at(&self, at: At) -> Option<&[usize]> {
        self.members.get(at.group?).map(Vec::as_slice)
    }

    fn count_of(&self, at: At) -> usize {
        self.members_at(at)
            .map_or(self.records.len(), <[usize]>::len)
    }

    fn record(&self, at: At) -> Option<&Listed> {
        let index = at.record?;
        match self.members_at(at) {
            Some(members) => self.records.get(*members.get(index)?),
            None => self.records.get(index),
        }
    }

    fn of_record(&self, at: At, part: impl Fn(&Listed) -> Option<Piece>) -> Piece {
        let one = self.record(at).and_then(part);
        one.unwrap_or_else(|| text(NOTHING))
    }

    fn figure(&self, metric: &str, part: Part, group: Option<usize>) -> Piece {
        let pages = match part {
            Part::Before => &self.figures.before,
            Part::YearBefore => &self.figures.year_before,
            _ => &self.figures.now,
        };
        let Some(page) = pages.iter().find(|page| page.id == metric) else {
            return text(NOTHING);
        };
        let key = group
            .and_then(|at| self.groups.get(at))
            .map(|group| group.key.as_str());
        let of_group = match (group, key) {
            (None, _) => None,
            (Some(_), key) => Some(page.groups.iter().find(|one| Some(one.key.as_str()) == key)),
        };
        match part {
            Part::Unit => text(&page.unit),
            Part::Basis => text(&page.basis),
            Part::Numerator | Part::Denominator => side(page, part, of_group),
            _ => figure(page, of_group),
        }
    }

    /// Lines at the end of the file: what the figures count, of which day they are, and what stands in their way. What
    /// the template says itself is not said again.
    pub(super) fn notes(&self, making: &Making<'_>) -> Vec<String> {
        let asks = |whole: Whole| self.words.values().any(|word| *word == Word::Whole(whole));
        let said = |whole: Whole| self.whole.get(key(whole)).cloned().unwrap_or_default();
        let mut notes = Vec::new();
        if !asks(Whole::AsOf) {
            notes.push(format!("数据截至：{}。", said(Whole::AsOf)));
        }
        if making.period.last() >= making.today {
            notes.push(format!(
                "{}尚未结束，以上是到数据截至日的数。",
                making.period.label()
            ));
        }
        if !asks(Whole::Basis) && !self.figures.now.is_empty() {
            notes.push(format!("口径：{}。", said(Whole::Basis)));
        }
        let left_out: usize = self
            .figures
            .now
            .iter()
            .map(|page| page.findings.len())
            .sum();
        if left_out > 0 {
            notes.push(format!(
                "有 {left_out} 处记录的数据有误，没有计入指标，详见台账的“指标”页。"
            ));
        }
        notes.extend(self.unseen(making));
        notes
    }

    /// Fields that the template prints and this person does not see.
    fn unseen(&self, making: &Making<'_>) -> Option<String> {
        let hidden = making.access.hidden();
        let mut labels = BTreeSet::new();
        for word in self.words.values() {
            let Word::Field(path) = word else { continue };
            let own = path.split('.').next().unwrap_or_default();
            if let (true, Some(field)) = (hidden.contains(own), making.definition.field(own)) {
                labels.insert(field.label.zh.as_str());
            }
        }
        let labels: Vec<&str> = labels.into_iter().collect();
        (!labels.is_empty()).then(|| format!("制表人无权查看“{}”，表中未列出。", labels.join("”“")))
    }
}

/// A figure, whole or of a group; a group that nothing was counted in has a count of none and no rate.
fn figure(page: &MetricPage, of_group: Option<Option<&MetricGroup>>) -> Piece {
    let (shown, value) = match of_group {
        None => (page.text.as_str(), &page.value),
        Some(Some(group)) => (group.text.as_str(), &group.value),
        Some(None) => (NOTHING, &None),
    };
    let number = value.clone().map(|decimal| Number {
        percent: page.unit == "%",
        digits: decimal
            .split_once('.')
            .map_or(0, |(_, digits)| u8::try_from(digits.len()).unwrap_or(0)),
        decimal,
    });
    Piece {
        number,
        ..text(shown)
    }
}

fn side(page: &MetricPage, part: Part, of_group: Option<Option<&MetricGroup>>) -> Piece {
    let (above, below) = match of_group {
        None => (page.numerator.clone(), page.denominator.clone()),
        Some(Some(group)) => (group.numerator.clone(), group.denominator.clone()),
        Some(None) => (None, None),
    };
    let side = if part == Part::Numerator {
        above
    } else {
        below
    };
    side.map_or_else(|| text(NOTHING), decimal)
}

/// The groups of the figures in their order, then those that only records are in.
pub(super) fn groups(by: Option<&str>, figures: &Figures, records: &[Listed]) -> Vec<Group> {
    let Some(by) = by else { return Vec::new() };
    let counted = figures
        .now
        .iter()
        .flat_map(|page| &page.groups)
        .filter(|group| group.path == by);
    let counted = counted.map(|group| (group.key.clone(), group.by.clone()));
    let listed = records.iter().flat_map(|one| one.groups.iter().cloned());
    let mut seen = BTreeSet::new();
    let all = counted
        .chain(listed)
        .filter(|(key, _)| seen.insert(key.clone()));
    let (unsaid, mut all): (Vec<_>, Vec<_>) = all
        .map(|(key, name)| Group { key, name })
        .partition(|group| group.key.ends_with("=none"));
    // What stands nowhere stands last.
    all.extend(unsaid);
    all
}

/// Which of the records are in each group, in their order.
pub(super) fn members(groups: &[Group], records: &[Listed]) -> Vec<Vec<usize>> {
    let keys = groups.iter().enumerate();
    let at: BTreeMap<&str, usize> = keys.map(|(at, group)| (group.key.as_str(), at)).collect();
    let mut members = vec![Vec::new(); groups.len()];
    for (index, one) in records.iter().enumerate() {
        let own = one.groups.iter();
        let own: BTreeSet<usize> = own
            .filter_map(|(key, _)| at.get(key.as_str()).copied())
            .collect();
        own.into_iter().for_each(|at| members[at].push(index));
    }
    members
}

/// The records of a report.
#[derive(Default)]
pub(super) struct Records {
    /// How many there are.
    pub count: usize,
    /// Those that are listed; where they are only counted by group, no more of them than their groups.
    pub listed: Vec<Listed>,
}

/// The records that the report lists, in the order of its view, as the asker sees them.
pub(super) fn records(
    making: &Making<'_>,
    by: Option<&str>,
    wanted: &BTreeSet<String>,
) -> Result<Records, AppError> {
    with_asker(making, |asker| {
        let meant = Meant::of(making, asker, Ability::Export)?;
        making.app.look(|reader| {
            let selection = meant.selection(asker, reader)?;
            // Where the database knows how many they are, too many are refused before they are read.
            if let Some(count) = meant.count(asker, &selection, reader)? {
                need_few(making, count)?;
            }
            let all = meant.all(asker, &selection, reader)?;
            need_few(making, all.len())?;
            let look = Look {
                setting: asker.setting,
                access: asker.access,
                definition: &making.access.seen_definition(),
                user: None,
            };
            let views = look.views(reader, all.clone())?;
            let listed = Lister::new(asker, by, wanted).list(reader, &views, &all)?;
            let count = listed.len();
            Ok(Records { count, listed })
        })
    })
}

/// The records that the report counts and does not list: all that the asker may read, for a count takes none away. With
/// `by`, also which groups they are in.
pub(super) fn counted(making: &Making<'_>, by: Option<&str>) -> Result<Records, AppError> {
    with_asker(making, |asker| {
        let meant = Meant::of(making, asker, Ability::Read)?;
        making.app.look(|reader| {
            let selection = meant.selection(asker, reader)?;
            let known = meant.count(asker, &selection, reader)?;
            if let (Some(count), None) = (known, by) {
                let listed = Vec::new();
                return Ok(Records { count, listed });
            }
            let all = meant.all(asker, &selection, reader)?;
            let none = BTreeSet::new();
            let listed = Lister::new(asker, by, &none).grouped(reader, &all)?;
            let count = all.len();
            Ok(Records { count, listed })
        })
    })
}

fn with_asker<T>(
    making: &Making<'_>,
    work: impl FnOnce(&Asker<'_>) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let (app, access) = (making.app, making.access);
    work(&Asker {
        app,
        access,
        definition: &access.seen_definition(),
        setting: &Setting::new(app, making.day),
        user: access.user(),
    })
}

/// Which records a report is about.
struct Meant {
    asked: ListQuery,
    query: Query,
    filter: Option<Expr>,
    /// The database decides all of the filter.
    decided: bool,
}

impl Meant {
    /// Those on which the asker may do this.
    fn of(making: &Making<'_>, asker: &Asker<'_>, ability: Ability) -> Result<Self, AppError> {
        let Making {
            app, actor, access, ..
        } = *making;
        let register = &asker.definition.id;
        let asked = ListQuery {
            limit: 50,
            view: making.report.view.clone(),
            ..ListQuery::default()
        };
        let mut query = access.narrow(asked_for(
            app,
            access,
            asker.definition,
            &asked,
            making.day,
        )?);
        if ability != Ability::Read {
            query = access.narrow_for(query, ability);
        }
        let period = (making.period, making.day);
        let filter = making.report.filter.as_ref();
        let filter =
            filter.map(|filter| metrics::condition_of(app, actor, register, period, filter));
        let filter = filter.transpose()?;
        let (query, decided) = narrowed(making, register, query, filter.as_ref(), asker.setting);
        Ok(Self {
            asked,
            query,
            filter,
            decided,
        })
    }

    fn selection(&self, asker: &Asker<'_>, reader: &mut Reader<'_>) -> Result<Selection, AppError> {
        Selection::of(asker, &self.asked, self.query.clone(), reader)
    }

    /// How many they are, where the database knows it without their being read.
    fn count(
        &self,
        asker: &Asker<'_>,
        selection: &Selection,
        reader: &mut Reader<'_>,
    ) -> Result<Option<usize>, AppError> {
        let query = selection.in_database(asker).filter(|_| self.decided);
        let count = query.map(|query| reader.count(&asker.definition.id, query));
        let count = count.transpose()?;
        Ok(count.map(|count| usize::try_from(count).unwrap_or(usize::MAX)))
    }

    fn all(
        &self,
        asker: &Asker<'_>,
        selection: &Selection,
        reader: &mut Reader<'_>,
    ) -> Result<Vec<Stored>, AppError> {
        let mut all = selection.all(asker, reader)?;
        if let Some(filter) = &self.filter {
            let world = StoreWorld::new(reader, asker.setting);
            all.retain(|stored| {
                let scope = asker.scope(&stored.record.fields, &world);
                let record = Some(&stored.record);
                register::expr::holds(filter, &Scope { record, ..scope })
            });
            world.finish()?;
        }
        Ok(all)
    }
}

/// What the database can decide of the filter: the others of a long register stay there. Also whether that is all of it.
fn narrowed(
    making: &Making<'_>,
    register: &str,
    mut query: Query,
    filter: Option<&Expr>,
    setting: &Setting,
) -> (Query, bool) {
    let store = making.app.store();
    let Some(filter) = filter else {
        return (query, true);
    };
    if setting.past.is_some() {
        return (query, false);
    }
    let (able, rest) = store.split(register, filter);
    let able = able.filter(|able| store.sql_able(register, able));
    let decided = able.is_some() && rest.is_none();
    if let Some(able) = able {
        query.condition = Some(match query.condition.take() {
            Some(own) => both(own, able),
            None => able,
        });
    }
    (query, decided)
}

fn need_few(making: &Making<'_>, count: usize) -> Result<(), AppError> {
    match count > RECORDS {
        true => Err(AppError::invalid(too_many(making, count))),
        false => Ok(()),
    }
}

fn too_many(making: &Making<'_>, count: usize) -> Finding {
    Finding::error(
        "report.records",
        making.report.title.zh.clone(),
        format!("这一期要列 {count} 条记录，一份报表最多列 {RECORDS} 条。"),
        "请在定义里用 filter 缩小范围，明细用“导出”。",
    )
}

/// Turns records into what is printed of them.
struct Lister<'l, 'a> {
    asker: &'l Asker<'a>,
    by: Option<&'l str>,
    /// The field that records are grouped by.
    grouped: Option<Field>,
    /// Fields of the record that are printed.
    own: Vec<&'l str>,
    /// Paths of references that are printed; what this person may not read has no rule.
    far: Vec<(&'l str, Option<(Expr, Field)>)>,
}

/// What stands at the end of a record's references, before it is put into words.
struct Found {
    values: Vec<Option<Value>>,
    keys: Vec<Key>,
}

impl<'l, 'a> Lister<'l, 'a> {
    fn new(asker: &'l Asker<'a>, by: Option<&'l str>, wanted: &'l BTreeSet<String>) -> Self {
        let definitions = asker.setting.definitions.as_ref();
        let paths = wanted.iter().map(String::as_str);
        let (far, own): (Vec<&str>, Vec<&str>) = paths.partition(|path| path.contains('.'));
        let far = far.into_iter();
        Self {
            asker,
            by,
            grouped: by.and_then(|by| field_at(asker.definition, by, definitions).cloned()),
            own,
            far: far
                .map(|path| (path, asker.path(path, "report").ok()))
                .collect(),
        }
    }

    /// All of them: through one door to the district, and the names that they mention in one go.
    fn list(
        &self,
        reader: &mut Reader<'_>,
        views: &[RecordView],
        all: &[Stored],
    ) -> Result<Vec<Listed>, AppError> {
        let stored = all.iter().map(|one| (one.record.id, &one.record));
        let stored: BTreeMap<RecordId, &Record> = stored.collect();
        let world = StoreWorld::new(reader, self.asker.setting);
        let found: Vec<Found> = views
            .iter()
            .map(|view| Found {
                values: self.far_values(&view.record, &world),
                keys: stored
                    .get(&view.record.id)
                    .map_or_else(Vec::new, |stored| self.keys(stored, &world)),
            })
            .collect();
        world.finish()?;
        let names = self.names(reader, &found)?;
        let pairs = views.iter().zip(&found);
        Ok(pairs
            .map(|(view, found)| self.listed(view, found, &names))
            .collect())
    }

    /// Only which groups they are in.
    fn grouped(&self, reader: &mut Reader<'_>, all: &[Stored]) -> Result<Vec<Listed>, AppError> {
        let world = StoreWorld::new(reader, self.asker.setting);
        let found = all.iter().map(|stored| Found {
            values: Vec::new(),
            keys: self.keys(&stored.record, &world),
        });
        let found: Vec<Found> = found.collect();
        world.finish()?;
        let names = self.names(reader, &found)?;
        let groups = |found: &Found| {
            let keys = found.keys.iter();
            keys.map(|key| self.group(key, &names)).collect()
        };
        let listed = found.iter().map(|found| Listed {
            groups: groups(found),
            ..Listed::default()
        });
        Ok(listed.collect())
    }

    fn far_values(&self, record: &Record, world: &dyn World) -> Vec<Option<Value>> {
        let scope = self.asker.scope(&record.fields, world);
        let scope = Scope {
            record: Some(record),
            ..scope
        };
        let value = |(_, rule): &(&str, Option<(Expr, Field)>)| {
            let (expr, field) = rule.as_ref()?;
            value_of(expr, &scope, field).ok().flatten()
        };
        self.far.iter().map(value).collect()
    }

    /// The groups of a record as figures make them.
    fn keys(&self, record: &Record, world: &dyn World) -> Vec<Key> {
        let scope = self.asker.scope(&record.fields, world);
        let record = Some(record);
        self.by
            .map_or_else(Vec::new, |by| keys_at(by, &Scope { record, ..scope }))
    }

    /// Names of all that the values and groups point at.
    fn names(&self, reader: &mut Reader<'_>, found: &[Found]) -> Result<NamesOf, AppError> {
        let mut wanted = BTreeMap::new();
        let mut point = |field: &Field, value: Value| {
            let fields = Fields::from([(field.id.clone(), value)]);
            directory::collect(std::slice::from_ref(field), &fields, &mut wanted);
        };
        for one in found {
            for ((_, rule), value) in self.far.iter().zip(&one.values) {
                if let (Some((_, field)), Some(value)) = (rule, value) {
                    point(field, value.clone());
                }
            }
            let keys = one.keys.iter().filter_map(Key::stored);
            if let Some(field) = &self.grouped {
                keys.for_each(|value| point(field, value));
            }
        }
        Ok(directory::names_in(
            reader,
            &self.asker.setting.definitions,
            wanted,
        )?)
    }

    fn listed(&self, view: &RecordView, found: &Found, names: &NamesOf) -> Listed {
        let own = self.own.iter().map(|path| self.own(path, view));
        let own = self.own.iter().zip(own);
        let far = self.far.iter().zip(&found.values);
        let far = far.map(|((path, rule), value)| (path, far_piece(rule.as_ref(), value, names)));
        let light = view.light.as_ref();
        let keys = found.keys.iter();
        Listed {
            number: view.record.number.clone(),
            light: light.map_or_else(String::new, |light| light.label.clone()),
            cells: own
                .chain(far)
                .map(|(path, piece)| ((*path).to_owned(), piece))
                .collect(),
            groups: keys.map(|key| self.group(key, names)).collect(),
        }
    }

    fn group(&self, key: &Key, names: &NamesOf) -> (String, String) {
        let name = match (key.stored(), &self.grouped) {
            (Some(value), Some(field)) => shown(field, &value, names),
            _ => "未填".to_owned(),
        };
        (metrics::key_text(std::slice::from_ref(key)), name)
    }

    fn own(&self, id: &str, view: &RecordView) -> Piece {
        let shown = view.shown.get(id).map_or(NOTHING, String::as_str);
        let field = self.asker.definition.field(id);
        let number = field
            .zip(view.record.fields.get(id))
            .and_then(|(field, value)| number(field, value));
        Piece {
            number,
            ..text(shown)
        }
    }
}

/// A value at the end of references.
fn far_piece(rule: Option<&(Expr, Field)>, value: &Option<Value>, names: &NamesOf) -> Piece {
    let Some(((_, field), value)) = rule.zip(value.as_ref()) else {
        return text(NOTHING);
    };
    Piece {
        number: number(field, value),
        ..text(&shown(field, value, names))
    }
}

fn shown(field: &Field, value: &Value, names: &NamesOf) -> String {
    let lookup = |register: &str, id: RecordId| names.get(register, id);
    value.show_with(field, &lookup)
}

/// The number behind a value, for a cell of its own: money in the field's unit, which the head of the column names.
fn number(field: &Field, value: &Value) -> Option<Number> {
    let decimal = match value {
        Value::Int(number) => number.to_string(),
        Value::Decimal { scaled, digits } => ground_decimal(*scaled, *digits),
        Value::Percent(hundredths) => ground_decimal(*hundredths, 2),
        Value::Money(amount) if amount.bound == ground::Bound::Exact => amount
            .fen
            .show(field.unit.unwrap_or(ground::MoneyUnit::Yuan)),
        _ => return None,
    };
    Some(Number {
        decimal,
        percent: field.kind == FieldKind::Percent,
        digits: 2,
    })
}

/// A scaled whole number as a decimal.
fn ground_decimal(scaled: i64, digits: u8) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let size = scaled.unsigned_abs();
    let per = 10u64.pow(u32::from(digits.min(18)));
    match digits {
        0 => format!("{sign}{size}"),
        _ => format!(
            "{sign}{}.{:0width$}",
            size / per,
            size % per,
            width = usize::from(digits)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_value_is_printed_as_a_dash_and_a_zero_as_zero() {
        assert_eq!(text(" ").text, "—");
        assert_eq!(count(0).text, "0");
        assert_eq!(ground_decimal(-5, 2), "-0.05");
    }

    #[test]
    fn a_record_of_two_groups_stands_in_each_once() {
        let group = |key: &str| Group {
            key: key.to_owned(),
            name: String::new(),
        };
        let listed = |keys: &[&str]| Listed {
            groups: keys
                .iter()
                .map(|key| ((*key).to_owned(), String::new()))
                .collect(),
            ..Listed::default()
        };
        let records = [listed(&["a", "b", "a"]), listed(&[]), listed(&["b"])];
        let members = members(&[group("b"), group("c"), group("a")], &records);
        assert_eq!(members, [vec![0, 2], vec![], vec![0]]);
    }

    #[test]
    fn a_group_in_which_nothing_was_counted_has_no_value() {
        let page = MetricPage {
            unit: "%".to_owned(),
            text: "50.0%".to_owned(),
            value: Some("50.0".to_owned()),
            ..MetricPage::default()
        };
        let whole = figure(&page, None);
        let number = whole.number.expect("a number");
        assert_eq!(
            (number.decimal.as_str(), number.percent, number.digits),
            ("50.0", true, 1)
        );
        assert_eq!(figure(&page, Some(None)).text, "—");
        assert_eq!(figure(&page, Some(None)).number, None);
    }
}
