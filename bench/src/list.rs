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
        let (cost, done) = figure::once(|| enter(&store, &district));
        figure::line(
            "list: enter into the search",
            &cost,
            &format!("{} records", done?),
        );
    }
    measure(&store, &district, &KINDS[..1])?;
    measure(&store, &district, &KINDS)
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

/// What a server does in the background after so large an import.
fn enter(store: &Store, district: &District) -> Result<usize, StoreError> {
    let mut all = 0;
    loop {
        match store.enter_search(district)? {
            0 => return Ok(all),
            done => all += done,
        }
    }
}

/// A name and a query with random values.
type Kind = (&'static str, fn(&mut Random) -> Query);

/// What people ask of a list; the first is what the peer is asked.
const KINDS: [Kind; 7] = [
    ("stage = ?, by amount", |r| by_stage(r).sorted("plan", true)),
    ("stage, unit = ?, by name", |r| {
        by_stage(r).filter(unit(r)).sorted("name", false)
    }),
    ("stage, unit, street, light = ?, by date", |r| {
        let street = Value::Ref(RecordId(1 + r.below(12) as i64));
        let query = by_stage(r)
            .filter(unit(r))
            .filter(Filter::eq("street", street));
        let red = Filter::eq("light", text("red"));
        query.filter(red).sorted("start_due", true)
    }),
    ("scope of one street, by amount done", |r| Query {
        scope: OrgPath::new(&format!("410102.s{:03}", r.below(12))).ok(),
        ..Query::default().sorted("done", false)
    }),
    ("amount between, by name", |r| {
        let from = r.below(90) as i64 * 100_000;
        let low = Filter::new("plan", Op::Ge, money(from));
        let high = Filter::new("plan", Op::Lt, money(from + 100_000));
        Query::default()
            .filter(low)
            .filter(high)
            .sorted("name", false)
    }),
    ("stage = ?, newest first", |r| {
        by_stage(r).sorted("record_id", true)
    }),
    ("search for a part of a name", |r| Query {
        search: Some(format!("项目{}", 1000 + r.below(900_000))),
        ..Query::default()
    }),
];

/// 500 first pages of kinds chosen at random, after 20 that warm up; then each kind alone.
fn measure(store: &Store, district: &District, kinds: &[Kind]) -> Result<(), StoreError> {
    let mut random = Random::new(5);
    let mut times = vec![Vec::new(); kinds.len()];
    let mut page = |times: &mut Vec<Vec<f64>>| -> Result<(), StoreError> {
        let kind = random.below(kinds.len() as u64) as usize;
        let query = (kinds[kind].1)(&mut random);
        let start = Instant::now();
        store.read::<_, StoreError>(district, |r| r.list(REGISTER, &query))?;
        times[kind].push(start.elapsed().as_secs_f64() * 1e3);
        Ok(())
    };
    (0..20).try_for_each(|_| page(&mut times))?;
    times.iter_mut().for_each(Vec::clear);
    let (cost, done) = figure::once(|| (0..QUERIES).try_for_each(|_| page(&mut times)));
    done?;
    let remark = format!(
        "{:.2} ms CPU each, {} MB",
        cost.cpu * 1e3 / QUERIES as f64,
        cost.peak
    );
    let name = match kinds {
        [(only, _)] => format!("list: {only}"),
        _ => "list: all kinds together".to_owned(),
    };
    figure::spread(&name, &mut times.concat(), &remark);
    if kinds.len() > 1 {
        for ((name, _), times) in kinds.iter().zip(&mut times) {
            figure::spread(&format!("list:   {name}"), times, "");
        }
    }
    Ok(())
}

fn by_stage(random: &mut Random) -> Query {
    Query::default().filter(stage(random))
}

fn unit(random: &mut Random) -> Filter {
    Filter::eq("unit", Value::Ref(RecordId(100 + random.below(40) as i64)))
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
