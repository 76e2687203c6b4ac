//! One page of a long list: filter + sort + 50 rows out of 1,000,000 records in SQLite, values chosen at random.
//!
//! The store alone: no HTTP, no rights. The records are those of the store's own example, so a folder filled by
//! either serves both.

use std::path::Path;
use std::time::Instant;

use ground::{Amount, Bound, Date, District, Fen, OrgPath, RecordId};
use register::{Fields, Value};
use store::{Filter, Meta, NewRecord, Op, Query, Store, StoreError};

use crate::figure;
use crate::random::Random;

const REGISTER: &str = "project";
const AT: &str = "2023-03-10T00:30:00Z";
const TODAY: Date = Date::constant(2023, 3, 10);
const QUERIES: usize = 500;
const PART: i64 = 20_000;

/// Prints the figures; the records are kept in `folder` when one is given.
///
/// # Errors
/// What the store says.
pub fn run(rows: i64, folder: Option<&Path>) -> Result<(), StoreError> {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.unwrap_or(temporary.path()).into())?;
    let (definition, findings) = register::parse("list.toml", include_str!("../data/list.toml"));
    store.define(&[definition.unwrap_or_else(|| panic!("{findings:#?}"))])?;
    let district = District::new("410102").expect("six digits");
    let there = store.read::<_, StoreError>(&district, |r| r.count(REGISTER, &Query::default()))?;
    if (there as i64) < rows {
        let (cost, done) = figure::once(|| load(&store, &district, there as i64, rows));
        done?;
        let remark = format!("{} records, journal and all", rows - there as i64);
        figure::line("list: load", &cost, &remark);
    }
    measure(&store, &district, "list: stage = ?, by amount", |random| {
        Query::default().filter(stage(random)).sorted("plan", true)
    })?;
    measure(
        &store,
        &district,
        "list: seven kinds of filter and sort",
        any_query,
    )
}

fn load(store: &Store, district: &District, from: i64, to: i64) -> Result<(), StoreError> {
    for at in (from..to).step_by(PART as usize) {
        let end = (at + PART).min(to);
        store.write::<_, StoreError>(district, move |w| {
            let new = (at..end).map(record).collect();
            let meta = Meta::new("load", AT, TODAY);
            w.create_many(REGISTER, new, &meta).map(|_| ())
        })?;
    }
    store.analyse()
}

/// 500 first pages after 20 that warm up.
fn measure(
    store: &Store,
    district: &District,
    name: &str,
    query: fn(&mut Random) -> Query,
) -> Result<(), StoreError> {
    let mut random = Random::new(5);
    let mut page = || -> Result<(f64, usize), StoreError> {
        let query = query(&mut random);
        let start = Instant::now();
        let page = store.read::<_, StoreError>(district, |r| r.list(REGISTER, &query))?;
        Ok((start.elapsed().as_secs_f64() * 1e3, page.records.len()))
    };
    for _ in 0..20 {
        page()?;
    }
    let (cost, pages) =
        figure::once(|| (0..QUERIES).map(|_| page()).collect::<Result<Vec<_>, _>>());
    let (mut times, rows): (Vec<f64>, Vec<usize>) = pages?.into_iter().unzip();
    let full = rows.iter().filter(|&&rows| rows == 50).count();
    let remark = format!("{full} of {QUERIES} pages full, {} MB", cost.peak);
    figure::spread(name, &cost, &mut times, &remark);
    Ok(())
}

fn any_query(random: &mut Random) -> Query {
    let unit = |random: &mut Random| {
        Filter::eq("unit", Value::Ref(RecordId(100 + random.below(40) as i64)))
    };
    let by_stage = Query::default().filter(stage(random));
    match random.below(7) {
        0 => by_stage.sorted("plan", true),
        1 => by_stage.filter(unit(random)).sorted("name", false),
        2 => {
            let street = Value::Ref(RecordId(1 + random.below(12) as i64));
            let red = Filter::eq("light", Value::Text("red".to_owned()));
            let narrow = by_stage
                .filter(unit(random))
                .filter(Filter::eq("street", street));
            narrow.filter(red).sorted("start_due", true)
        }
        3 => Query {
            scope: OrgPath::new(&format!("410102.s{:03}", random.below(12))).ok(),
            ..Query::default().sorted("done", false)
        },
        4 => {
            let from = random.below(90) as i64 * 100_000;
            let low = Filter::new("plan", Op::Ge, money(from));
            let high = Filter::new("plan", Op::Lt, money(from + 100_000));
            Query::default()
                .filter(low)
                .filter(high)
                .sorted("name", false)
        }
        5 => by_stage.sorted("record_id", true),
        _ => Query {
            search: Some(format!("项目{}", 1000 + random.below(900_000))),
            ..Query::default()
        },
    }
}

fn stage(random: &mut Random) -> Filter {
    let stages = ["signed", "started", "commissioned"];
    Filter::eq("stage", text(stages[random.below(3) as usize]))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn money(fen: i64) -> Value {
    Value::Money(Amount {
        fen: Fen(fen),
        bound: Bound::Exact,
    })
}

fn record(n: i64) -> NewRecord {
    let day = |n: i64| {
        Value::Date(Date::constant(
            2020 + (n % 5) as i16,
            1 + (n % 12) as i8,
            1 + (n % 28) as i8,
        ))
    };
    // A multiplier without common factors scatters what neighbours would share.
    let mixed = n.wrapping_mul(2_654_435_761).rem_euclid(1 << 31);
    let pick = |by: i64, of: &[&str]| text(of[(mixed / by % of.len() as i64) as usize]);
    let note = "建设厂房十二万平方米,配套研发中心和人才公寓,已完成土地平整和围挡,正在办理施工许可";
    let fields = [
        ("code", text(&format!("P{n}"))),
        ("name", text(&format!("{}号产业园项目{n}", mixed % 100_000))),
        ("batch", pick(1, &["b0", "b1"])),
        ("stage", pick(7, &["signed", "started", "commissioned"])),
        ("street", Value::Ref(RecordId(1 + mixed / 11 % 12))),
        ("unit", Value::Ref(RecordId(100 + mixed / 13 % 40))),
        ("plan", money(100_000 + 700 * n % 9_000_000)),
        ("done", money(1300 * n % 9_000_000)),
        ("start_due", day(mixed / 3)),
        ("finish_due", day(mixed / 5)),
        ("light", pick(17, &["green", "yellow", "red"])),
        ("progress", Value::Percent(mixed / 19 % 100 * 100)),
        ("note", text(note)),
    ];
    let fields: Fields = fields
        .into_iter()
        .map(|(id, value)| (id.to_owned(), value))
        .collect();
    let org = OrgPath::new(&format!("410102.s{:03}", mixed / 11 % 12)).expect("a path");
    NewRecord::new(org, fields)
}
