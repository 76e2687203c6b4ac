//! Many callers at once: no update is lost, no number given twice, readers see whole states.

use std::sync::atomic::{AtomicI64, Ordering};

use register::Value;
use store::{Query, Store, StoreError};

use crate::records::{create, get, update};
use crate::sample::*;
use crate::world::on_both;

#[test]
fn i1_no_increment_is_lost_among_sixteen_clients() {
    on_both(|world| {
        let store = world.open();
        let zero = || new([("jobs", Value::Int(0))]);
        let rows: Vec<_> = (0..10)
            .map(|_| create(&store, zero(), meta(0)).unwrap().id)
            .collect();
        let (done, refused) = (AtomicI64::new(0), AtomicI64::new(0));
        std::thread::scope(|scope| {
            for client in 0..16usize {
                let (store, rows, done, refused) = (&store, &rows, &done, &refused);
                scope.spawn(move || {
                    for turn in 0..25 {
                        let record = get(store, rows[(client * 3 + turn * 7) % 10]).unwrap();
                        let next = record.int("jobs").unwrap() + 1;
                        match update(store, &record, set([("jobs", Value::Int(next))]), meta(1)) {
                            Ok(_) => done.fetch_add(1, Ordering::Relaxed),
                            Err(StoreError::Stale { .. }) => {
                                refused.fetch_add(1, Ordering::Relaxed)
                            }
                            Err(other) => panic!("{other:?}"),
                        };
                    }
                });
            }
        });
        let total: i64 = rows
            .iter()
            .map(|id| get(&store, *id).unwrap().int("jobs").unwrap())
            .sum();
        assert_eq!(total, done.load(Ordering::Relaxed));
        assert_eq!(total + refused.load(Ordering::Relaxed), 16 * 25);
        assert!(total > 0);
    });
}

#[test]
fn i2_a_total_is_constant_for_every_reader_while_money_moves() {
    on_both(|world| {
        let store = world.open();
        let rows: Vec<_> = (0..5)
            .map(|_| {
                create(&store, new([("investment_total", money(1000))]), meta(0))
                    .unwrap()
                    .id
            })
            .collect();
        let stop = AtomicI64::new(0);
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| {
                let mut seen = 0;
                while stop.load(Ordering::Relaxed) == 0 {
                    let records = |r: &mut store::Reader<'_>| r.get_many(REGISTER, &rows[..2]);
                    let rest = |r: &mut store::Reader<'_>| r.get_many(REGISTER, &rows[2..]);
                    // Two statements, one snapshot.
                    let both = |r: &mut store::Reader<'_>| Ok([records(r)?, rest(r)?].concat());
                    let all = store.read::<_, StoreError>(&district(), both).unwrap();
                    let fen = |s: &store::Stored| s.record.money("investment_total").unwrap().fen.0;
                    assert_eq!(all.iter().map(fen).sum::<i64>(), 5000);
                    seen += 1;
                }
                seen
            });
            for turn in 0..150usize {
                transfer(&store, rows[turn % 5], rows[(turn * 3 + 1) % 5]);
            }
            stop.store(1, Ordering::Relaxed);
            assert!(reading.join().unwrap() > 0);
        });
    });
}

fn transfer(store: &Store, from: ground::RecordId, to: ground::RecordId) {
    store
        .write::<_, StoreError>(&district(), move |w| {
            for (id, change) in [(from, -10), (to, 10)] {
                let record = w.reader().get(REGISTER, id)?.record;
                let fen = record.money("investment_total").unwrap().fen.0 + change;
                let changes = set([("investment_total", money(fen))]);
                w.update(REGISTER, id, record.version, changes, &meta(1))?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn two_processes_on_one_database_share_ids_numbers_and_journal() {
    on_both(|world| {
        // Two stores stand for two processes: each has its own writer and its own counters.
        let stores = [world.open(), world.open()];
        let numbers: Vec<(i64, String)> = std::thread::scope(|scope| {
            let write = |store: &Store| {
                let store = store.clone();
                scope.spawn(move || {
                    let one = |n: i64| {
                        let made = create(&store, new([("jobs", Value::Int(n))]), meta(0)).unwrap();
                        (made.id.0, made.number.unwrap())
                    };
                    (0..60).map(one).collect::<Vec<_>>()
                })
            };
            let running: Vec<_> = [&stores[0], &stores[1], &stores[0], &stores[1]]
                .into_iter()
                .map(write)
                .collect();
            running
                .into_iter()
                .flat_map(|t| t.join().unwrap())
                .collect()
        });
        let (mut ids, mut given): (Vec<i64>, Vec<String>) = numbers.into_iter().unzip();
        ids.sort_unstable();
        ids.dedup();
        given.sort();
        given.dedup();
        assert_eq!((ids.len(), given.len()), (240, 240));
        assert_eq!(given.last().map(String::as_str), Some("XM20230240"));
        let whole = stores[1]
            .read::<_, StoreError>(&district(), |r| r.verify_journal())
            .unwrap();
        assert_eq!((whole.entries, whole.broken), (240, None));
    });
}

#[test]
fn the_last_store_finishes_what_is_queued() {
    on_both(|world| {
        let store = world.open();
        let writing: Vec<_> = (0..20)
            .map(|n| {
                let store = store.clone();
                std::thread::spawn(move || {
                    create(&store, new([("jobs", Value::Int(n))]), meta(0)).is_ok()
                })
            })
            .collect();
        drop(store);
        let done = writing
            .into_iter()
            .map(|t| t.join().unwrap())
            .filter(|d| *d);
        assert_eq!(done.count(), 20);
        let all = |r: &mut store::Reader<'_>| r.count(REGISTER, &Query::default());
        assert_eq!(
            world
                .open()
                .read::<_, StoreError>(&district(), all)
                .unwrap(),
            20
        );
    });
}

#[test]
fn a_write_inside_a_write_is_a_bug_that_shows_at_once() {
    on_both(|world| {
        let store = world.open();
        let again = store.clone();
        let nested = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.write::<_, StoreError>(&district(), move |_| {
                create(&again, new([("jobs", Value::Int(1))]), meta(0))
            })
        }));
        assert!(nested.is_err());
        assert!(create(&store, new([("jobs", Value::Int(1))]), meta(0)).is_ok());
    });
}
