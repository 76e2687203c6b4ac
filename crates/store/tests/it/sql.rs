//! The rules of shared SQL, over every statement that the store really prepares.

use std::collections::BTreeSet;

use register::Value;
use store::{Account, Event, Filter, JournalQuery, NewBatch, Op, Query, StoreError};

use crate::records::{create, update};
use crate::sample::*;
use crate::world::World;

/// Statements that need not name a district, with the reason; all others must.
const WITHOUT_DISTRICT: [&str; 7] = [
    // The list of districts itself.
    "SELECT district_code FROM journal_head ORDER BY district_code",
    // The meaning of columns belongs to the database.
    "SELECT column_name, meaning FROM schema_column WHERE table_name = $1 ORDER BY column_name",
    "INSERT INTO schema_column (table_name, column_name, meaning) VALUES ($1, $2, $3) \
     ON CONFLICT (table_name, column_name) DO NOTHING",
    // What fields were in earlier definitions, likewise.
    "SELECT field, shape, now_field, archived, until_seq FROM schema_past \
     WHERE register = $1 ORDER BY field, until_seq",
    "INSERT INTO schema_past (register, field, until_seq, shape, now_field, archived) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (register, field, until_seq) \
     DO UPDATE SET now_field = excluded.now_field, archived = excluded.archived",
    "UPDATE schema_past SET now_field = $3 WHERE register = $1 AND now_field = $2",
    "DELETE FROM schema_column WHERE table_name = $1",
];

fn walk(world: &World) {
    let store = world.open();
    let made = create(
        &store,
        new([("name", text("甲")), ("stage", text("signed"))]),
        meta(0),
    )
    .unwrap();
    let made = update(&store, &made, set([("jobs", Value::Int(1))]), meta(1)).unwrap();
    store
        .write::<_, StoreError>(&district(), move |w| {
            let batch = NewBatch {
                register: REGISTER.into(),
                file_name: "a".into(),
                file_digest: None,
                rows: 1,
                summary: None,
            };
            let id = w.begin_batch(&batch, &meta(2))?;
            let m = store::Meta {
                batch: Some(id),
                ..meta(2)
            };
            w.update(REGISTER, made.id, 2, set([("stage", text("started"))]), &m)?;
            w.undo_batch(id, &meta(3))?;
            w.note(
                Event {
                    action: "export".into(),
                    ..Event::default()
                },
                &meta(3),
            )?;
            w.put_account(&Account::new("a", "甲", org("410102"), vec![], &meta(0).at))?;
            w.use_login_link("x", &meta(0).at)?;
            w.end_sessions("a", None, &meta(0).at)?;
            w.sweep_sessions(&meta(0).at)?;
            w.answer_of("a", "k", "d")?;
            w.set("a", "b", &meta(0))
        })
        .unwrap();
    store
        .read::<_, StoreError>(&district(), |r| {
            let query = Query {
                scope: Some(org("410102.s013")),
                search: Some("甲".into()),
                ..Query::default()
            };
            let query = query
                .filter(Filter::eq("stage", text("signed")))
                .filter(Filter::new("name", Op::Contains, text("甲")))
                .sorted("name", true);
            r.list(REGISTER, &query)?;
            r.list_as_of(REGISTER, &query, &meta(9).at)?;
            let rule =
                "parent.stage == 'signed' && problems.all(p, p.amount > 1.5) && !('甲' in aliases)";
            let rule = register::expr::Expr::parse(rule).expect("an expression");
            r.list(REGISTER, &query.clone().when(Some(rule)))?;
            r.count(REGISTER, &query)?;
            r.group(REGISTER, &query, "stage", Some("investment_total"))?;
            r.known(REGISTER)?;
            let id = made_id(r)?;
            r.history(REGISTER, id)?;
            r.journal(&JournalQuery {
                limit: 1,
                ..JournalQuery::default()
            })?;
            r.verify_journal().map(|_| ())
        })
        .unwrap();
    store.districts().unwrap();
    crate::redefine::carry_over(&store);
}

fn made_id(r: &mut store::Reader<'_>) -> Result<ground::RecordId, StoreError> {
    Ok(r.all(REGISTER, &Query::default())?[0].record.id)
}

#[test]
fn every_statement_names_its_district_and_runs_on_every_engine() {
    walk(&World::sqlite());
    walk(&World::postgres());
    let seen = store::statements_seen();
    assert!(
        seen.len() > 40,
        "the walk leaves a trace: {} statements",
        seen.len()
    );
    let mut without = BTreeSet::new();
    for sql in &seen {
        assert_eq!(store::check_sql(sql), Ok(()), "{sql}");
        let inserted = sql.contains("(district_code, ") || sql.contains("(\"district_code\", ");
        if !inserted && !sql.contains("district_code = $1") {
            without.insert(sql.as_str());
        }
    }
    assert_eq!(without, BTreeSet::from(WITHOUT_DISTRICT));
}
