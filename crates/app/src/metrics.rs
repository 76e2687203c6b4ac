//! 指标 Figures of a register, as of any day, with the way down to their records, and what the figure engine gets of
//! them. The database narrows the records by what it can decide; the figure itself is exact arithmetic over them.

mod observe;

pub use observe::observe;

use crate::App;
use crate::account::Actor;
use crate::directory::{NamesOf, names_in};
use crate::error::AppError;
use crate::page::metric::{MetricGroup, MetricPage};
use crate::page::record::RecordPage;
use crate::permit::Access;
use crate::records::condition::either;
use crate::records::look::Look;
use crate::world::{Setting, StoreWorld};
use ground::{Date, Finding, Period, PeriodKind, RecordId};
use register::expr::{Expr, Known, Registers, Scope, Val, field_at};
use register::law::{Ability, Metric, MetricBody, MetricTime};
use register::metric::{Figure, Key, Observation, Question, basis_text};
use register::{Definition, Fields};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Query, Reader};

/// Records of a page behind a figure, at most and when nothing is said.
const PAGE_MAX: usize = 500;
const PAGE: usize = 50;

/// The figures of a register for a period, the quarter of the day when none is named.
///
/// # Errors
/// `Invalid` for a period that cannot be read.
pub fn metrics(
    app: &App,
    actor: &Actor,
    register: &str,
    period: Option<&str>,
    day: Option<Date>,
) -> Result<Vec<MetricPage>, AppError> {
    View::new(app, actor, register, period, day)?.pages(|_| true)
}

/// Some figures of a register for a period, for reports.
pub(crate) fn figures(
    app: &App,
    actor: &Actor,
    register: &str,
    (period, day): (Period, Option<Date>),
    wanted: &[String],
) -> Result<Vec<MetricPage>, AppError> {
    let view = View::new(app, actor, register, Some(&period.code()), day)?;
    view.pages(|metric| wanted.contains(&metric.id))
}

/// A condition of a report with its period, the day and computed fields written out, as a list takes it.
pub(crate) fn condition_of(
    app: &App,
    actor: &Actor,
    register: &str,
    (period, day): (Period, Option<Date>),
    filter: &Expr,
) -> Result<Expr, AppError> {
    let view = View::new(app, actor, register, Some(&period.code()), day)?;
    app.look(|reader| view.bound(reader, &view.setting, filter))
}

/// The records behind a figure, or behind one of its groups: those above the line of a rate.
///
/// # Errors
/// `NotFound` for a figure or a group that is not there.
pub fn records(
    app: &App,
    actor: &Actor,
    register: &str,
    asked: &RecordsAsked,
    day: Option<Date>,
) -> Result<RecordPage, AppError> {
    let view = View::new(app, actor, register, asked.period.as_deref(), day)?;
    let metric = view.metric(&asked.metric)?;
    app.look(|reader| {
        let (observations, _) = view.observe(reader, metric)?;
        let group = asked.group.as_deref().unwrap_or_default();
        let found = observations
            .into_iter()
            .find(|one| key_text(&one.by) == group);
        let found = found.ok_or_else(|| AppError::NotFound(format!("分组“{group}”")))?;
        view.behind(reader, metric, &found.records, asked)
    })
}

/// Which records behind a figure are asked for.
#[derive(Clone, Debug, Default)]
pub struct RecordsAsked {
    /// Figure.
    pub metric: String,
    /// Period code.
    pub period: Option<String>,
    /// Group, as [`MetricGroup::key`] names it; none for the whole.
    pub group: Option<String>,
    /// Records of a page.
    pub limit: Option<usize>,
    /// Cursor.
    pub after: Option<String>,
}

/// A register looked at for a period by one person.
struct View<'a> {
    app: &'a App,
    actor: &'a Actor,
    access: Access,
    definition: Arc<Definition>,
    period: Period,
    /// As of the day asked for; a figure at the end of a past period is as of that end.
    setting: Setting,
    end: Setting,
}

impl<'a> View<'a> {
    fn new(
        app: &'a App,
        actor: &'a Actor,
        register: &str,
        period: Option<&str>,
        day: Option<Date>,
    ) -> Result<Self, AppError> {
        let definition = app.definition(register)?;
        let access = Access::new(app, actor, &definition)?;
        access.need(Ability::Read)?;
        let setting = Setting::new(app, day);
        let period = match period {
            Some(text) => read_period(text)?,
            None => PeriodKind::Quarter.containing(setting.today),
        };
        let end = period.last().min(setting.today);
        let end = (end < setting.today).then_some(end).or(day);
        Ok(Self {
            definition: access.seen_definition(),
            end: Setting::new(app, end),
            app,
            actor,
            access,
            period,
            setting,
        })
    }

    /// The figures that are wanted, in the order of the definition.
    fn pages(&self, wanted: impl Fn(&Metric) -> bool) -> Result<Vec<MetricPage>, AppError> {
        self.app.look(|reader| {
            let metrics = self.definition.metrics.iter();
            let metrics = metrics.filter(|metric| wanted(metric));
            metrics
                .map(|metric| {
                    let (observations, findings) = self.observe(reader, metric)?;
                    self.page(reader, metric, &observations, findings)
                })
                .collect()
        })
    }

    fn metric(&self, id: &str) -> Result<&Metric, AppError> {
        let found = self
            .definition
            .metrics
            .iter()
            .find(|metric| metric.id == id);
        found.ok_or_else(|| AppError::NotFound(format!("指标“{id}”")))
    }

    /// A stock is what stood at the end of its period, as it was known then.
    fn setting_of(&self, metric: &Metric) -> &Setting {
        match metric.time {
            MetricTime::Stock => &self.end,
            MetricTime::Flow => &self.setting,
        }
    }

    fn observe(
        &self,
        reader: &mut Reader<'_>,
        metric: &Metric,
    ) -> Result<(Vec<Observation>, Vec<Finding>), AppError> {
        let setting = self.setting_of(metric);
        let query = Query::default().when(self.narrowing(reader, metric)?);
        let query = self.access.narrow(query);
        let register = &self.definition.id;
        let all = match &setting.past {
            Some(instant) => reader.all_as_of(register, &query, instant)?,
            None => reader.all(register, &query)?,
        };
        let known = |stored: store::Stored| Known {
            definition: self.definition.clone(),
            record: Arc::new(stored.record),
        };
        let known: Vec<Known> = all.into_iter().map(known).collect();
        let world = StoreWorld::new(reader, setting);
        let question = Question {
            definition: &self.definition,
            metric,
            period: self.period,
            moment: setting.moment(&self.definition),
            world: &world,
        };
        let observed = register::metric::observe(&question, &known);
        world.finish()?;
        Ok(observed)
    }

    /// What the database can decide of the filters: records that neither side of the figure counts stay there.
    fn narrowing(
        &self,
        reader: &mut Reader<'_>,
        metric: &Metric,
    ) -> Result<Option<Expr>, AppError> {
        let setting = self.setting_of(metric);
        if setting.past.is_some() {
            return Ok(None);
        }
        let sides = match &metric.body {
            MetricBody::Plain(one) => vec![one],
            MetricBody::Rate {
                numerator,
                denominator,
                ..
            } => vec![numerator, denominator],
        };
        let mut whole: Option<Expr> = None;
        for side in sides {
            let own = side
                .register
                .as_deref()
                .is_none_or(|id| id == self.definition.id);
            // A side without a filter, or over another register, leaves nothing out.
            let (Some(filter), true) = (&side.filter, own) else {
                return Ok(None);
            };
            let bound = self.bound(reader, setting, filter)?;
            let (able, _) = self.app.store().split(&self.definition.id, &bound);
            let Some(able) = able else { return Ok(None) };
            whole = Some(match whole {
                None => able,
                Some(before) => either(before, able),
            });
        }
        Ok(whole.filter(|whole| self.app.store().sql_able(&self.definition.id, whole)))
    }

    fn bound(
        &self,
        reader: &mut Reader<'_>,
        setting: &Setting,
        filter: &Expr,
    ) -> Result<Expr, AppError> {
        let world = StoreWorld::new(reader, setting);
        let none = Fields::new();
        let own = self.definition.field("period").is_some();
        let names = [(
            "period",
            register::metric::period_val(self.period, setting.today),
        )];
        let scope = Scope {
            world: &world,
            names: if own { &[] } else { &names },
            ..Scope::new(&self.definition, &none, setting.moment(&self.definition))
        };
        let bound = register::expr::bind(&self.definition.expand(filter), &scope);
        world.finish()?;
        Ok(bound)
    }

    fn page(
        &self,
        reader: &mut Reader<'_>,
        metric: &Metric,
        observations: &[Observation],
        findings: Vec<Finding>,
    ) -> Result<MetricPage, AppError> {
        let names = self.names(reader, observations)?;
        let whole = observations.iter().find(|one| one.by.is_empty());
        let exact = |figure: &Option<Figure>| {
            figure
                .as_ref()
                .and_then(Figure::exact)
                .map(|exact| exact.to_string())
        };
        let single = observations.iter().filter(|one| one.by.len() == 1);
        let mut groups = Vec::new();
        for one in single {
            groups.push(MetricGroup {
                heading: self.heading(metric, &one.by[0]),
                by: self.label(&one.by[0], &names),
                path: one.by[0].path.clone(),
                text: text(metric, &one.value),
                value: value(metric, &one.value),
                numerator: exact(&one.numerator),
                denominator: exact(&one.denominator),
                key: key_text(&one.by),
                link: self.link(reader, metric, &one.by[0])?,
            });
        }
        Ok(MetricPage {
            id: metric.id.clone(),
            title: metric.title.zh.clone(),
            unit: metric.unit.clone(),
            text: whole.map_or_else(|| "—".to_owned(), |one| text(metric, &one.value)),
            value: whole.and_then(|one| value(metric, &one.value)),
            numerator: whole.and_then(|one| exact(&one.numerator)),
            denominator: whole.and_then(|one| exact(&one.denominator)),
            basis: basis_text(
                &self.definition,
                metric,
                Some(self.setting.definitions.as_ref()),
            ),
            groups,
            findings,
        })
    }

    /// Names of the records that groups are made by.
    fn names(
        &self,
        reader: &mut Reader<'_>,
        observations: &[Observation],
    ) -> Result<NamesOf, AppError> {
        let mut wanted: BTreeMap<String, BTreeSet<RecordId>> = BTreeMap::new();
        for key in observations.iter().flat_map(|one| &one.by) {
            if let Val::Ref { register, id } = &key.value {
                wanted.entry(register.to_string()).or_default().insert(*id);
            }
        }
        Ok(names_in(reader, &self.setting.definitions, wanted)?)
    }

    /// The field that made the group, where the figure is broken down by several.
    fn heading(&self, metric: &Metric, key: &Key) -> Option<String> {
        let all: &dyn Registers = self.setting.definitions.as_ref();
        let field = field_at(&self.definition, &key.path, all)?;
        (metric.by.len() > 1).then(|| field.label.zh.clone())
    }

    /// The group in words.
    fn label(&self, key: &Key, names: &NamesOf) -> String {
        let all: &dyn Registers = self.setting.definitions.as_ref();
        let field = field_at(&self.definition, &key.path, all);
        let lookup = |register: &str, id: RecordId| names.get(register, id);
        match (key.stored(), field) {
            (Some(value), Some(field)) => value.show_with(field, &lookup),
            _ => "未填".to_owned(),
        }
    }

    /// The list of a group's records, where the list's conditions can say it.
    fn link(
        &self,
        reader: &mut Reader<'_>,
        metric: &Metric,
        key: &Key,
    ) -> Result<Option<String>, AppError> {
        let MetricBody::Plain(side) = &metric.body else {
            return Ok(None);
        };
        let foreign = side
            .register
            .as_deref()
            .is_some_and(|id| id != self.definition.id);
        if foreign || self.setting_of(metric).past.is_some() {
            return Ok(None);
        }
        let value = match &key.value {
            Val::Text(code) => format!("'{}'", code.replace('\\', "\\\\").replace('\'', "\\'")),
            Val::None => "none".to_owned(),
            _ => return Ok(None),
        };
        let mut parts = vec![format!("{} == {value}", key.path)];
        if let Some(filter) = &side.filter {
            let bound = self.bound(reader, &self.setting, filter)?;
            parts.push(format!("({})", bound.text()));
        }
        if let Some(date) = &metric.date {
            let first = self.period.first();
            let last = register::metric::until(self.period, self.setting.today);
            if metric.time == MetricTime::Flow {
                parts.push(format!("date({}) >= date('{first}')", date.text()));
            }
            parts.push(format!("date({}) <= date('{last}')", date.text()));
        }
        let condition = percent_encoded(&format!("expr:{}", parts.join(" && ")));
        Ok(Some(format!(
            "/registers/{}?filter={condition}",
            self.definition.id
        )))
    }

    fn behind(
        &self,
        reader: &mut Reader<'_>,
        metric: &Metric,
        ids: &[RecordId],
        asked: &RecordsAsked,
    ) -> Result<RecordPage, AppError> {
        let offset = match asked.after.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => text
                .parse()
                .map_err(|_| bad("after", "翻页位置读不出来。"))?,
            None => 0usize,
        };
        let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
        let end = offset.saturating_add(limit).min(ids.len());
        let setting = self.setting_of(metric);
        let mut stored = Vec::new();
        for id in &ids[offset.min(end)..end] {
            stored.push(match &setting.past {
                Some(instant) => reader.get_as_of(&self.definition.id, *id, instant)?,
                None => reader.get(&self.definition.id, *id)?,
            });
        }
        let look = Look {
            setting,
            access: &self.access,
            definition: &self.definition,
            user: None,
        };
        Ok(RecordPage {
            items: look.views(reader, stored)?,
            next: (end < ids.len()).then(|| end.to_string()),
            total: (offset == 0).then_some(ids.len()),
            sums: BTreeMap::new(),
        })
    }
}

/// A period as the API writes it.
pub(crate) fn read_period(text: &str) -> Result<Period, AppError> {
    text.parse().map_err(|_| {
        AppError::invalid(Finding::error(
            "period.unreadable",
            "period",
            format!("时段“{text}”读不出来。"),
            "请写 2023、2023H1、2023Q1、2023M03、2023M03T1、2023W12 或 2023-03-10。",
        ))
    })
}

fn bad(place: &str, problem: &str) -> AppError {
    AppError::invalid(Finding::error(
        "list.after",
        place,
        problem,
        "请用上一页给出的 next。",
    ))
}

fn text(metric: &Metric, figure: &Option<Figure>) -> String {
    figure
        .as_ref()
        .map_or_else(|| "—".to_owned(), |figure| figure.text(metric))
}

/// The figure as a number: as printed, without its percent sign.
fn value(metric: &Metric, figure: &Option<Figure>) -> Option<String> {
    let shown = figure.as_ref()?.text(metric);
    let number = shown.trim_end_matches('%');
    (number != "—").then(|| number.to_owned())
}

/// Names a group: `path=value`, several joined by `&`.
pub(crate) fn key_text(by: &[Key]) -> String {
    let one = |key: &Key| format!("{}={}", key.path, register::expr::print_val(&key.value));
    by.iter().map(one).collect::<Vec<_>>().join("&")
}

/// Text as it stands in an address.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
