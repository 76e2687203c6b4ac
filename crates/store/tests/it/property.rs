//! Random operations: both engines answer alike, and the replayed journal is the current state.

use ground::{Date, RecordId};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use register::{Fields, Value};
use store::{Filter, Meta, NewBatch, Op, Query, Sort, Store, StoreError, Stored, Withdrawn};

use crate::sample::*;
use crate::world::World;

#[derive(Clone, Debug)]
enum Step {
    Create {
        org: usize,
        fields: Fields,
    },
    Update {
        record: usize,
        stale: bool,
        changes: Vec<(String, Option<Value>)>,
    },
    Withdraw(usize),
    Restore(usize),
    Import(Vec<Fields>),
    Undo(usize),
    Clock(u32),
}

fn value() -> impl Strategy<Value = (String, Value)> {
    let named = |id: &'static str, value: Value| (id.to_owned(), value);
    prop_oneof![
        "[甲乙aB%_ ]{1,4}".prop_map(move |t| named("name", Value::Text(t))),
        (0i64..6).prop_map(move |n| named("project_code", Value::Text(format!("C{n}")))),
        prop::sample::select(vec!["signed", "started", "commissioned"])
            .prop_map(move |s| named("stage", Value::Text(s.to_owned()))),
        (1i64..4).prop_map(move |n| named("unit", Value::Ref(RecordId(n)))),
        prop::collection::vec((1i64..9).prop_map(RecordId), 1..3)
            .prop_map(move |ids| named("related", Value::Refs(ids))),
        (-3i64..3).prop_map(move |n| named("investment_total", money(n))),
        (-3i64..3).prop_map(move |n| named(
            "area",
            Value::Decimal {
                scaled: n,
                digits: 3
            }
        )),
        any::<bool>().prop_map(move |yes| named("on_wall", Value::Bool(yes))),
        (1i8..5).prop_map(move |d| named("start_planned", Value::Date(Date::constant(2023, 1, d)))),
        prop::collection::vec("[甲a\"\\\\]{0,3}", 1..3)
            .prop_map(move |texts| named("aliases", Value::TextList(texts))),
        prop::collection::vec(
            (-2i64..2).prop_map(|n| fields([("amount", money(n))])),
            1..3
        )
        .prop_map(move |rows| named("problems", Value::Rows(rows))),
    ]
}

fn values() -> impl Strategy<Value = Fields> {
    prop::collection::vec(value(), 0..7).prop_map(|all| all.into_iter().collect())
}

fn step() -> impl Strategy<Value = Step> {
    let change = (value(), prop::bool::weighted(0.2));
    let changes = prop::collection::vec(change, 1..4).prop_map(|all| {
        all.into_iter()
            .map(|((id, v), clear)| (id, (!clear).then_some(v)))
            .collect()
    });
    prop_oneof![
        4 => (0usize..4, values()).prop_map(|(org, fields)| Step::Create { org, fields }),
        6 => (0usize..30, prop::bool::weighted(0.1), changes)
            .prop_map(|(record, stale, changes)| Step::Update { record, stale, changes }),
        1 => (0usize..30).prop_map(Step::Withdraw),
        1 => (0usize..30).prop_map(Step::Restore),
        1 => prop::collection::vec(values(), 1..4).prop_map(Step::Import),
        1 => (0usize..5).prop_map(Step::Undo),
        1 => (0u32..9).prop_map(Step::Clock),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let ops = vec![Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];
    let filter = (value(), prop::sample::select(ops))
        .prop_filter_map("no tables", |((id, v), op)| {
            (id != "problems").then(|| Filter::new(id, op, v))
        });
    let missing = prop::sample::select(vec!["investment_total", "unit", "aliases"]);
    let filter = prop_oneof![
        5 => filter,
        1 => missing.prop_map(Filter::missing),
        1 => "[甲aB%_]{1,2}".prop_map(|t| Filter::new("name", Op::Contains, Value::Text(t))),
    ];
    let sorts = vec![
        "record_id",
        "name",
        "investment_total",
        "stage",
        "area",
        "updated_at",
        "number",
    ];
    let sort = (prop::sample::select(sorts), any::<bool>()).prop_map(|(field, descending)| Sort {
        field: field.to_owned(),
        descending,
    });
    let scope = prop::option::of(prop::sample::select(ORGS.to_vec()));
    let search = prop::option::of("[甲b%_]{1,2}");
    (
        prop::collection::vec(filter, 0..3),
        sort,
        scope,
        search,
        prop::sample::select(vec![Withdrawn::Without, Withdrawn::With, Withdrawn::Only]),
        1u32..5,
    )
        .prop_map(|(filters, sort, scope, search, withdrawn, limit)| Query {
            scope: scope.map(org),
            filters,
            search,
            sort: Some(sort),
            limit,
            after: None,
            withdrawn,
            ..Query::default()
        })
}

const ORGS: [&str; 4] = ["410102", "410102.s01", "410102.s01.d1", "410102.s011"];

/// What a step told its caller; equal on both engines.
type Told = Result<Vec<RecordId>, StoreError>;

struct Actor {
    store: Store,
    records: Vec<RecordId>,
    batches: Vec<RecordId>,
    minute: u32,
}

impl Actor {
    fn new(world: &World) -> Self {
        Self {
            store: world.open(),
            records: Vec::new(),
            batches: Vec::new(),
            minute: 0,
        }
    }

    fn at<T: Copy>(list: &[T], n: usize) -> Option<T> {
        (!list.is_empty()).then(|| list[n % list.len()])
    }

    fn version(&self, id: RecordId) -> i64 {
        let get = |r: &mut store::Reader<'_>| r.get(REGISTER, id);
        self.store
            .read::<_, StoreError>(&district(), get)
            .unwrap()
            .record
            .version
    }

    fn write(
        &self,
        work: impl FnOnce(&mut store::Writer<'_>, Meta) -> Result<Vec<RecordId>, StoreError>
        + Send
        + 'static,
    ) -> Told {
        let meta = meta(self.minute);
        self.store.write(&district(), move |w| work(w, meta))
    }

    fn take(&mut self, step: Step) -> Told {
        match step {
            Step::Clock(minutes) => {
                self.minute += minutes;
                Ok(vec![])
            }
            Step::Create { org: at, fields } => {
                let new = store::NewRecord::new(org(ORGS[at]), fields);
                let told = self.write(move |w, meta| Ok(vec![w.create(REGISTER, new, &meta)?.id]));
                self.records.extend(told.iter().flatten());
                told
            }
            Step::Update {
                record,
                stale,
                changes,
            } => self.on(record, move |w, id, version, meta| {
                let version = if stale { version - 1 } else { version };
                w.update(REGISTER, id, version, changes.into_iter().collect(), &meta)
                    .map(|r| r.id)
            }),
            Step::Withdraw(record) => self.on(record, |w, id, version, meta| {
                w.withdraw(REGISTER, id, version, &meta).map(|r| r.id)
            }),
            Step::Restore(record) => self.on(record, |w, id, version, meta| {
                w.restore(REGISTER, id, version, &meta).map(|r| r.id)
            }),
            Step::Import(rows) => self.import(rows),
            Step::Undo(batch) => {
                let Some(batch) = Self::at(&self.batches, batch) else {
                    return Ok(vec![]);
                };
                self.write(move |w, meta| {
                    Ok(w.undo_batch(batch, &meta)?
                        .into_iter()
                        .map(|(_, id)| id)
                        .collect())
                })
            }
        }
    }

    fn on(
        &self,
        record: usize,
        work: impl FnOnce(&mut store::Writer<'_>, RecordId, i64, Meta) -> Result<RecordId, StoreError>
        + Send
        + 'static,
    ) -> Told {
        let Some(id) = Self::at(&self.records, record) else {
            return Ok(vec![]);
        };
        let version = self.version(id);
        self.write(move |w, meta| Ok(vec![work(w, id, version, meta)?]))
    }

    fn import(&mut self, rows: Vec<Fields>) -> Told {
        let told = self.write(move |w, meta| {
            let batch = NewBatch {
                register: REGISTER.into(),
                file_name: "f".into(),
                file_digest: None,
                rows: rows.len() as u64,
                summary: None,
            };
            let id = w.begin_batch(&batch, &meta)?;
            let meta = Meta {
                batch: Some(id),
                ..meta
            };
            let rows = rows
                .into_iter()
                .map(|f| store::NewRecord::new(org("410102"), f))
                .collect();
            let made = w.create_many(REGISTER, rows, &meta)?;
            Ok(std::iter::once(id)
                .chain(made.into_iter().map(|r| r.id))
                .collect())
        });
        if let Ok(ids) = &told {
            self.batches.push(ids[0]);
            self.records.extend(&ids[1..]);
        }
        told
    }

    /// The list read page by page, its count, and the same list replayed from the journal.
    fn ask(&self, query: &Query) -> (Vec<Stored>, u64) {
        let (now, count, then) = self
            .store
            .read::<_, StoreError>(&district(), |r| {
                let mut now = Vec::new();
                let mut part = query.clone();
                loop {
                    let page = r.list(REGISTER, &part)?;
                    now.extend(page.records);
                    part.after = page.next;
                    if part.after.is_none() {
                        break;
                    }
                }
                let then = r.all_as_of(REGISTER, query, "2099-01-01T00:00:00Z")?;
                Ok((now, r.count(REGISTER, query)?, then))
            })
            .unwrap();
        assert_eq!(now, then, "replayed journal and current state: {query:?}");
        (now, count)
    }
}

#[test]
fn both_engines_and_the_replayed_journal_agree_on_random_work() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let plan = (
        prop::collection::vec(step(), 5..60),
        prop::collection::vec(query(), 12),
    );
    runner
        .run(&plan, |(steps, queries)| {
            let worlds = [World::sqlite(), World::postgres()];
            let [mut lite, mut post] = [Actor::new(&worlds[0]), Actor::new(&worlds[1])];
            for step in steps {
                let told = lite.take(step.clone());
                prop_assert_eq!(&told, &post.take(step));
                let expected = matches!(
                    told,
                    Ok(_)
                        | Err(StoreError::Stale { .. }
                            | StoreError::Duplicate { .. }
                            | StoreError::ChangedSince { .. }
                            | StoreError::AlreadyUndone)
                );
                prop_assert!(expected, "{:?}", told);
            }
            for query in &queries {
                let (rows, count) = lite.ask(query);
                prop_assert_eq!(rows.len() as u64, count);
                prop_assert_eq!((rows, count), post.ask(query));
            }
            for actor in [&lite, &post] {
                let verify = |r: &mut store::Reader<'_>| r.verify_journal();
                let whole = actor
                    .store
                    .read::<_, StoreError>(&district(), verify)
                    .unwrap();
                prop_assert_eq!(whole.broken, None);
            }
            Ok(())
        })
        .unwrap();
}
