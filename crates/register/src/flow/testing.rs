//! For tests: definitions with a workflow, people, organisations, and a record that goes through them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{Finding, HolidayTable, OrgPath, RecordId, WorkCalendar};

use super::moment::{civil_day, instant_of, utc_text};
use super::{Act, Changes, ClockStand, Offered, Outcome, begin, clock, offered, perform};
use crate::definition::{Definition, Field, FieldKind, Text};
use crate::expr::{Expr, Known, Moment, Scope, User, World};
use crate::law::*;
use crate::record::{Fields, Record, Value};

pub(crate) fn expr(text: &str) -> Expr {
    Expr::parse(text).expect("an expression")
}

pub(crate) fn span(text: &str) -> Span {
    Span::parse(text).expect("a span")
}

pub(crate) fn after(text: &str) -> Option<Clock> {
    clock_of(
        ClockLimit::After {
            span: span(text),
            from: ClockStart::Entered,
        },
        &[],
    )
}

pub(crate) fn clock_of(limit: ClockLimit, pause_in: &[&str]) -> Option<Clock> {
    Some(Clock {
        limit,
        pause_in: pause_in.iter().map(|s| (*s).to_owned()).collect(),
    })
}

pub(crate) fn state(id: &str, clock: Option<Clock>) -> State {
    State {
        id: id.to_owned(),
        label: Text::zh(id),
        initial: false,
        is_final: false,
        done: false,
        clock,
        editable: None,
        hand_over: false,
        recall: false,
        synonyms: Vec::new(),
    }
}

fn words(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

/// `way("fix", "assigned", "fixed", "holder")`; states and roles parted by blanks.
pub(crate) fn way(id: &str, from: &str, to: &str, roles: &str) -> Transition {
    Transition {
        id: id.to_owned(),
        label: Text::zh(id),
        from: words(from),
        to: match to {
            "visited" => TransitionTo::Visited,
            "same" => TransitionTo::Same,
            to => TransitionTo::State(to.to_owned()),
        },
        roles: words(roles),
        guard: None,
        guard_message: None,
        ask: Vec::new(),
        offer: Vec::new(),
        set: BTreeMap::new(),
        approve: None,
        opens: Vec::new(),
        auto: None,
        negative: false,
    }
}

impl Transition {
    pub(crate) fn asks(mut self, fields: &str) -> Transition {
        self.ask = words(fields);
        self
    }

    pub(crate) fn guarded(mut self, guard: &str) -> Transition {
        self.guard = Some(expr(guard));
        self
    }

    pub(crate) fn sets(mut self, pairs: &[(&str, &str)]) -> Transition {
        self.set = pairs
            .iter()
            .map(|(id, text)| ((*id).to_owned(), expr(text)))
            .collect();
        self
    }

    pub(crate) fn signed(mut self, quorum: Quorum, roles: &str) -> Transition {
        self.approve = Some(Approve {
            when: None,
            quorum,
            roles: words(roles),
            add_signer: true,
        });
        self
    }
}

fn system(id: &str, kind: FieldKind) -> Field {
    let mut field = Field::new(id, id, kind);
    field.system = true;
    field
}

/// A register with these fields and this workflow.
pub(crate) fn definition(fields: &[(&str, FieldKind)], flow: Flow) -> Definition {
    let toml = "[register]\nid = \"matter\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"事项\" }\n[[field]]\nid = \"title\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"标题\" }\n";
    let (definition, findings) = crate::parse("matter/definition.toml", toml);
    assert_eq!(findings, []);
    let mut definition = definition.expect("no findings");
    let own = fields
        .iter()
        .map(|(id, kind)| Field::new(*id, *id, kind.clone()));
    definition.fields.extend(own);
    definition.fields.push(system("state", FieldKind::Text));
    definition.fields.push(system("holder", FieldKind::Org));
    definition
        .fields
        .push(system("state_at", FieldKind::DateTime));
    definition
        .fields
        .push(system("clock_due", FieldKind::DateTime));
    definition.owner = Some("org:应急管理局".into());
    definition.flow = Some(flow);
    definition
}

/// 隐患整改 of the language's specification, with recall, hand-over and extension.
pub(crate) fn hazard() -> Definition {
    let until = clock_of(ClockLimit::Until(expr("due_on")), &["suspended"]);
    let mut states = vec![
        state("draft", None),
        state("reported", after("1wd")),
        state("assigned", until),
        state("suspended", after("10wd")),
        state("fixed", after("3wd")),
        state("closed", None),
        state("void", None),
    ];
    states[0].initial = true;
    states[1].recall = true;
    states[2].hand_over = true;
    states[4].recall = true;
    states[5].done = true;
    states[6].is_final = true;
    let flow = Flow {
        states,
        transitions: hazard_ways(),
        escalations: vec![Escalation {
            states: words("reported assigned fixed"),
            steps: vec![
                step("-1wd", None, "holder"),
                step("+0wd", Some(Lamp::Yellow), "holder holder.manager"),
                step("+1wd", Some(Lamp::Red), ""),
                step("+3wd", None, "org.parent:leader"),
            ],
        }],
        extension: Some(ExtensionRule {
            field: Some("due_on".into()),
            states: words("assigned"),
            roles: words("admin"),
            times: 2,
            span_max: Some(span("15cd")),
            when_late: false,
        }),
    };
    definition(
        &[
            ("level", FieldKind::Text),
            ("duty_org", FieldKind::Org),
            ("assigned_at", FieldKind::DateTime),
            ("due_on", FieldKind::Date),
            ("fixed_on", FieldKind::Date),
            ("photos", FieldKind::TextList),
        ],
        flow,
    )
}

pub(crate) fn step(at: &str, light: Option<Lamp>, notify: &str) -> EscalationStep {
    EscalationStep {
        at: span(at),
        light,
        notify: words(notify),
        open: None,
    }
}

fn hazard_ways() -> Vec<Transition> {
    let assigned = [
        ("assigned_at", "now()"),
        ("due_on", "add_workdays(today(), 5)"),
        ("holder", "duty_org"),
    ];
    let mut close = way("close", "fixed", "closed", "inspector")
        .guarded("user.id != actor('fix')")
        .signed(Quorum::All, "inspector admin");
    if let Some(approve) = &mut close.approve {
        approve.when = Some(expr("level == 'major'"));
    }
    vec![
        way("report", "draft", "reported", "creator"),
        way("assign", "reported", "assigned", "admin")
            .asks("duty_org")
            .sets(&assigned),
        way("suspend", "assigned", "suspended", "admin").asks("reason"),
        way("resume", "suspended", "assigned", "admin"),
        way("fix", "assigned", "fixed", "holder")
            .guarded("size(photos) > 0")
            .sets(&[("fixed_on", "today()")]),
        way("reject", "fixed", "assigned", "inspector").asks("reason"),
        close,
        way("reopen", "closed", "assigned", "inspector").asks("reason"),
        way("send_back", "assigned fixed", "visited", "admin").asks("reason"),
        way("note", "", "same", "anyone").asks("reason"),
        way("cancel", "draft reported", "void", "admin").asks("reason"),
    ]
}

/// Organisations by number: 1 district, 11 须水, 12 莲湖, 20 应急管理局, 111 a community of 须水.
pub(crate) struct District {
    pub known: BTreeMap<String, Vec<Known>>,
}

impl World for District {
    fn record(&self, register: &str, id: RecordId) -> Option<Known> {
        let all = self.known.get(register)?;
        all.iter().find(|known| known.record.id == id).cloned()
    }

    fn records(&self, register: &str) -> Vec<Known> {
        self.known.get(register).cloned().unwrap_or_default()
    }
}

pub(crate) fn record(id: i64, org: &str, fields: Fields) -> Record {
    Record {
        id: RecordId(id),
        version: 1,
        org: OrgPath::new(org).expect("a path"),
        number: None,
        fields,
        withdrawn: false,
    }
}

pub(crate) const ORGANISATIONS: [(i64, &str, &str, i64); 5] = [
    (1, "410102", "中原区", 0),
    (11, "410102.s012", "须水街道", 1),
    (12, "410102.s013", "莲湖街道", 1),
    (20, "410102.yj", "应急管理局", 1),
    (111, "410102.s012.c01", "须水社区", 11),
];

pub(crate) fn district() -> District {
    let organisation = Arc::new(definition(&[], Flow::default()));
    let known = ORGANISATIONS.iter().map(|(id, path, name, parent)| {
        let mut fields = Fields::from([
            ("name".to_owned(), Value::Text((*name).to_owned())),
            ("path".to_owned(), Value::Text((*path).to_owned())),
        ]);
        if *parent > 0 {
            fields.insert("parent".into(), Value::Ref(RecordId(*parent)));
        }
        Known {
            definition: organisation.clone(),
            record: Arc::new(record(*id, path, fields)),
        }
    });
    District {
        known: BTreeMap::from([("organisation".to_owned(), known.collect())]),
    }
}

/// A person: `person("liu", 20, "inspector")`.
pub(crate) fn person(login: &str, org: i64, roles: &str) -> User {
    let found = ORGANISATIONS.iter().find(|(id, ..)| *id == org);
    User {
        id: login.to_owned(),
        name: format!("{login}同志"),
        org: Some(RecordId(org)),
        org_path: found.map_or("", |(_, path, ..)| path).to_owned(),
        above: Vec::new(),
        roles: words(roles),
    }
}

/// A record that goes through its workflow.
pub(crate) struct Case {
    pub definition: Definition,
    pub fields: Fields,
    pub now: i64,
    pub calendar: WorkCalendar,
    pub district: District,
}

impl Case {
    pub fn new(definition: Definition, now: &str) -> Case {
        Case {
            definition,
            fields: Fields::new(),
            now: instant_of(now).expect("a moment"),
            calendar: WorkCalendar::official(HolidayTable::shipped()),
            district: district(),
        }
    }

    pub fn at(&mut self, now: &str) -> &mut Case {
        self.now = instant_of(now).expect("a moment");
        self
    }

    pub fn with<T>(&self, user: Option<&User>, look: impl FnOnce(&Scope) -> T) -> T {
        let now = utc_text(self.now);
        let moment = Moment {
            today: civil_day(self.now),
            now: &now,
            calendar: &self.calendar,
        };
        look(&Scope {
            user,
            world: &self.district,
            ..Scope::new(&self.definition, &self.fields, moment)
        })
    }

    pub fn apply(&mut self, changes: &Changes) {
        for (id, value) in changes {
            super::desk::put(&mut self.fields, id, value.clone());
        }
    }

    pub fn begin(&mut self, user: &User) -> &mut Case {
        let changes = self.with(Some(user), begin);
        self.apply(&changes);
        self
    }

    pub fn try_act(&mut self, user: Option<&User>, act: &Act) -> Result<Outcome, Vec<Finding>> {
        let outcome = self.with(user, |scope| perform(scope, act))?;
        self.apply(&outcome.changes);
        Ok(outcome)
    }

    pub fn act(&mut self, user: &User, act: Act) -> Outcome {
        let done = self.try_act(Some(user), &act);
        done.unwrap_or_else(|findings| panic!("{} by {}: {findings:?}", act.id, user.id))
    }

    /// Codes of what stands in the way.
    pub fn refused(&mut self, user: &User, act: Act) -> Vec<String> {
        let findings = self.try_act(Some(user), &act).expect_err("a refusal");
        findings.into_iter().map(|f| f.code).collect()
    }

    pub fn offered(&self, user: &User) -> Vec<Offered> {
        self.with(Some(user), offered)
    }

    /// Ids of what is offered; those refused with a `!`.
    pub fn buttons(&self, user: &User) -> Vec<String> {
        let offered = self.offered(user).into_iter();
        offered
            .map(|o| {
                if o.refused.is_some() {
                    format!("{}!", o.id)
                } else {
                    o.id
                }
            })
            .collect()
    }

    pub fn clock(&self) -> Option<ClockStand> {
        self.with(None, clock)
    }

    pub fn state(&self) -> &str {
        self.fields
            .get("state")
            .and_then(Value::as_text)
            .unwrap_or("")
    }

    pub fn due(&self) -> &str {
        self.fields
            .get("clock_due")
            .and_then(Value::as_text)
            .unwrap_or("")
    }

    pub fn holder(&self) -> i64 {
        let holder = self.fields.get("holder").and_then(Value::as_ref_id);
        holder.map_or(0, RecordId::get)
    }

    pub fn rows(&self, table: &str) -> &[Fields] {
        self.fields.get(table).map_or(&[], Value::as_rows)
    }
}
