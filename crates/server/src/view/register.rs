//! JSON of a register's law: what may be done in it, its workflow, views, figures, duties.

use app::page::register::{RegisterCan as Can, RegisterPage};
use app::register::law::{Flow, TransitionTo, View, ViewKind};
use app::register::{Definition, Mask};
use serde::Serialize;
use utoipa::ToSchema;

/// The law of a register beside its fields.
#[derive(Serialize, ToSchema)]
pub struct RegisterLaw {
    /// public, internal, sensitive, restricted.
    pub sensitivity: String,
    /// What this person may do; null where nobody asks (the check of a definition).
    pub can: Option<RegisterCan>,
    /// Records have a number: the column `number`.
    pub numbered: bool,
    /// Workflow; null when records are only edited.
    pub flow: Option<RegisterFlow>,
    /// Views of the definition, by `view=`.
    pub views: Vec<RegisterListView>,
    /// Fill cycle.
    pub cycle: Option<RegisterCycle>,
    pub metrics: Vec<RegisterMetric>,
    pub obligations: Vec<Titled>,
    pub campaigns: Vec<Titled>,
}

/// What a person may do in a register.
#[derive(Serialize, ToSchema)]
pub struct RegisterCan {
    pub create: bool,
    pub read: bool,
    pub update: bool,
    pub withdraw: bool,
    pub export: bool,
    pub import: bool,
    /// Do a first act on a new record: 交办, 上报. The page offers making one only then.
    pub begin: bool,
    pub edit_definition: bool,
}

/// States and the ways between them.
#[derive(Serialize, ToSchema)]
pub struct RegisterFlow {
    pub states: Vec<RegisterState>,
    pub transitions: Vec<RegisterTransition>,
}

/// One state.
#[derive(Serialize, ToSchema)]
pub struct RegisterState {
    pub id: String,
    pub label: String,
    pub initial: bool,
    /// Nothing follows.
    #[serde(rename = "final")]
    #[schema(rename = "final")]
    pub is_final: bool,
    /// Counts as done.
    pub done: bool,
    /// Has a deadline.
    pub clock: bool,
    /// Fields that may be changed in it; null where all may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub editable: Option<Vec<String>>,
}

/// One way between states.
#[derive(Serialize, ToSchema)]
pub struct RegisterTransition {
    pub id: String,
    pub label: String,
    /// Empty = from every state that is not final.
    pub from: Vec<String>,
    /// A state; `visited` for one that the record has been in, `same` for none.
    pub to: String,
    /// The roles of who asks allow it on some record.
    pub mine: bool,
}

/// A view of the definition.
#[derive(Serialize, ToSchema)]
pub struct RegisterListView {
    pub id: String,
    pub title: String,
    /// list, kanban, calendar, map, matrix.
    pub kind: String,
    pub columns: Vec<String>,
    pub sums: Vec<String>,
    /// Fields the drawing goes by: `by`; `date`, `until`; `geo`, `colour`; `rows`, `across`, `metric`.
    pub fields: std::collections::BTreeMap<String, String>,
}

/// Fill cycle of a register.
#[derive(Serialize, ToSchema)]
pub struct RegisterCycle {
    /// day, week, dekad, month, quarter, half, year.
    pub period_kind: String,
    pub unit_field: String,
    pub period_field: String,
    pub zero_report: bool,
}

/// A figure of a register.
#[derive(Serialize, ToSchema)]
pub struct RegisterMetric {
    pub id: String,
    pub title: String,
    pub unit: String,
    /// 口径.
    pub basis: String,
}

/// Something with a title.
#[derive(Serialize, ToSchema)]
pub struct Titled {
    pub id: String,
    pub title: String,
}

impl RegisterLaw {
    /// The law as the definition says it, before it is known who asks.
    pub fn of(definition: &Definition) -> Self {
        let metric = |metric: &app::register::law::Metric| RegisterMetric {
            id: metric.id.clone(),
            title: metric.title.zh.clone(),
            unit: metric.unit.clone(),
            basis: String::new(),
        };
        let titled = |id: &str, title: &str| Titled {
            id: id.to_owned(),
            title: title.to_owned(),
        };
        let obligations = definition.obligations.iter();
        let campaigns = definition.campaigns.iter();
        Self {
            sensitivity: definition.sensitivity.clone(),
            can: None,
            numbered: definition.number.is_some(),
            flow: definition.flow.as_ref().map(RegisterFlow::from),
            views: definition
                .views
                .iter()
                .map(RegisterListView::from)
                .collect(),
            cycle: definition.cycle.as_ref().map(|cycle| RegisterCycle {
                period_kind: period_word(cycle.period).to_owned(),
                unit_field: cycle.unit_field.clone(),
                period_field: cycle.period_field.clone(),
                zero_report: cycle.zero_field.is_some(),
            }),
            metrics: definition.metrics.iter().map(metric).collect(),
            obligations: obligations
                .map(|one| titled(&one.id, &one.title.zh))
                .collect(),
            campaigns: campaigns
                .map(|one| titled(&one.id, &one.title.zh))
                .collect(),
        }
    }

    /// Puts in what hangs on the person and on the other registers.
    pub fn fill(&mut self, page: &RegisterPage) {
        self.can = Some(RegisterCan::from(page.can));
        for one in self.flow.iter_mut().flat_map(|flow| &mut flow.transitions) {
            one.mine = page.acts.contains(&one.id);
        }
        for metric in &mut self.metrics {
            let basis = page.bases.iter().find(|(id, _)| *id == metric.id);
            metric.basis = basis.map(|(_, text)| text.clone()).unwrap_or_default();
        }
    }
}

impl From<Can> for RegisterCan {
    fn from(can: Can) -> Self {
        Self {
            create: can.create,
            read: can.read,
            update: can.update,
            withdraw: can.withdraw,
            export: can.export,
            import: can.import,
            begin: can.begin,
            edit_definition: can.edit_definition,
        }
    }
}

impl From<&Flow> for RegisterFlow {
    fn from(flow: &Flow) -> Self {
        let state = |state: &app::register::law::State| RegisterState {
            id: state.id.clone(),
            label: state.label.zh.clone(),
            initial: state.initial,
            is_final: state.is_final,
            done: state.done,
            clock: state.clock.is_some(),
            editable: state
                .editable
                .as_ref()
                .map(|ids| ids.iter().cloned().collect()),
        };
        let transition = |one: &app::register::law::Transition| RegisterTransition {
            id: one.id.clone(),
            label: one.label.zh.clone(),
            from: one.from.clone(),
            to: match &one.to {
                TransitionTo::State(state) => state.clone(),
                TransitionTo::Visited => "visited".to_owned(),
                TransitionTo::Same => "same".to_owned(),
            },
            mine: false,
        };
        Self {
            states: flow.states.iter().map(state).collect(),
            transitions: flow.transitions.iter().map(transition).collect(),
        }
    }
}

impl From<&View> for RegisterListView {
    fn from(view: &View) -> Self {
        let (kind, fields): (&str, Vec<(&str, Option<&String>)>) = match &view.kind {
            ViewKind::List => ("list", Vec::new()),
            ViewKind::Kanban { by } => ("kanban", vec![("by", Some(by))]),
            ViewKind::Calendar { date, until } => (
                "calendar",
                vec![("date", Some(date)), ("until", until.as_ref())],
            ),
            ViewKind::Map { geo, colour } => {
                ("map", vec![("geo", Some(geo)), ("colour", colour.as_ref())])
            }
            ViewKind::Matrix {
                rows,
                across,
                metric,
            } => (
                "matrix",
                vec![
                    ("rows", Some(rows)),
                    ("across", Some(across)),
                    ("metric", metric.as_ref()),
                ],
            ),
        };
        let named =
            |(name, field): (&str, Option<&String>)| Some((name.to_owned(), field?.clone()));
        Self {
            id: view.id.clone(),
            title: view.title.zh.clone(),
            kind: kind.to_owned(),
            columns: view.columns.clone(),
            sums: view.sums.clone(),
            fields: fields.into_iter().filter_map(named).collect(),
        }
    }
}

/// The word for a mask, as definitions write it.
pub fn mask_word(mask: Mask) -> &'static str {
    match mask {
        Mask::Middle4 => "middle4",
        Mask::CitizenId => "citizen_id",
        Mask::Name => "name",
        Mask::All => "all",
    }
}

/// The word for a kind of period, as definitions write it.
fn period_word(kind: ground::PeriodKind) -> &'static str {
    use ground::PeriodKind as Kind;
    match kind {
        Kind::Day => "day",
        Kind::Week => "week",
        Kind::Dekad => "dekad",
        Kind::Month => "month",
        Kind::Months => "months",
        Kind::Quarter => "quarter",
        Kind::Half => "half",
        Kind::Year => "year",
        Kind::YearToDate => "year_to_date",
    }
}
