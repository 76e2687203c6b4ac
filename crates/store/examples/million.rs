//! Measures the store on SQLite: loading, list pages over many records, durable creates.
//!
//! `cargo run --release -p store --example million -- [ROWS] [FOLDER]`; without a folder the data
//! go to a temporary one. PostgreSQL: give `postgres://…` as the folder, with an empty schema.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use ground::{Amount, Bound, Date, District, Fen, OrgPath, RecordId};
use register::{Definition, Fields, Value};
use store::{DatabaseUrl, Filter, Meta, NewRecord, Op, Query, Store, StoreError};

const REGISTER: &str = "project";
const TODAY: Date = Date::constant(2023, 3, 10);
const AT: &str = "2023-03-10T00:30:00Z";

/// The 14 data fields of the serving benchmark.
const TOML: &str = r#"
[register]
id = "project"
version = "1.0.0"
title = { "zh-CN" = "项目库" }
name_field = "name"
list = ["name", "stage", "unit", "street", "plan", "done", "start_due", "finish_due", "progress"]
[choices]
stage = [{ code = "signed", "zh-CN" = "签约" }, { code = "started", "zh-CN" = "开工" }, { code = "commissioned", "zh-CN" = "投产" }]
light = [{ code = "green", "zh-CN" = "绿" }, { code = "yellow", "zh-CN" = "黄" }, { code = "red", "zh-CN" = "红" }]
batch = [{ code = "b0", "zh-CN" = "第一期" }, { code = "b1", "zh-CN" = "第二期" }]
[[field]]
id = "code"
type = "text"
unique = true
label = { "zh-CN" = "编码" }
[[field]]
id = "name"
type = "text"
search = true
label = { "zh-CN" = "名称" }
[[field]]
id = "batch"
type = "code"
list = "batch"
label = { "zh-CN" = "批次" }
[[field]]
id = "stage"
type = "code"
list = "stage"
label = { "zh-CN" = "阶段" }
[[field]]
id = "street"
type = "org"
label = { "zh-CN" = "属地" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "责任单位" }
[[field]]
id = "plan"
type = "money"
label = { "zh-CN" = "计划" }
[[field]]
id = "done"
type = "money"
label = { "zh-CN" = "完成" }
[[field]]
id = "start_due"
type = "date"
label = { "zh-CN" = "应开工" }
[[field]]
id = "finish_due"
type = "date"
label = { "zh-CN" = "应完工" }
[[field]]
id = "light"
type = "code"
list = "light"
label = { "zh-CN" = "灯" }
[[field]]
id = "progress"
type = "percent"
label = { "zh-CN" = "进度" }
[[field]]
id = "note"
type = "long_text"
label = { "zh-CN" = "备注" }
"#;

fn main() -> Result<(), StoreError> {
    let mut arguments = std::env::args().skip(1);
    let rows: i64 = arguments
        .next()
        .map_or(1_000_000, |n| n.parse().expect("ROWS is a number"));
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let url: DatabaseUrl = match arguments.next() {
        Some(place) => place.parse().expect("any text is a place"),
        None => temporary.path().into(),
    };
    let store = Store::open(&url)?;
    store.define(&[definition()])?;
    let district = District::new("410102").expect("six digits");
    let there = store.read(&district, |r| r.count(REGISTER, &Query::default()))? as i64;
    load(&store, &district, there, rows)?;
    for (name, query) in queries() {
        measure(&store, &district, name, &query)?;
    }
    creates(&store, &district, 16, Duration::from_secs(5));
    creates(&store, &district, 1, Duration::from_secs(3));
    Ok(())
}

fn definition() -> Definition {
    let (definition, findings) = register::parse("project/definition.toml", TOML);
    definition.unwrap_or_else(|| panic!("{findings:#?}"))
}

fn load(store: &Store, district: &District, from: i64, to: i64) -> Result<(), StoreError> {
    const PART: i64 = 20_000;
    let start = Instant::now();
    let mut at = from;
    while at < to {
        let end = (at + PART).min(to);
        store.write::<_, StoreError>(district, move |w| {
            let new = (at..end).map(|n| row(&format!("P{n}"), n)).collect();
            w.create_many(REGISTER, new, &Meta::new("load", AT, TODAY))
                .map(|_| ())
        })?;
        at = end;
    }
    let seconds = start.elapsed().as_secs_f64();
    if to > from {
        println!(
            "load: {} records in {seconds:.1} s, {:.0}/s",
            to - from,
            (to - from) as f64 / seconds
        );
        let start = Instant::now();
        store.analyse()?;
        println!("analyse: {:.1} s", start.elapsed().as_secs_f64());
    }
    Ok(())
}

fn row(code: &str, n: i64) -> NewRecord {
    let text = |t: &str| Value::Text(t.to_owned());
    let money = |fen| {
        Value::Money(Amount {
            fen: Fen(fen),
            bound: Bound::Exact,
        })
    };
    let day = |n: i64| {
        Value::Date(Date::constant(
            2020 + (n % 5) as i16,
            1 + (n % 12) as i8,
            1 + (n % 28) as i8,
        ))
    };
    let stages = ["signed", "started", "commissioned"];
    let lights = ["green", "yellow", "red"];
    // A multiplier without common factors scatters what the row generator of the peers correlates.
    let mixed = n.wrapping_mul(2_654_435_761).rem_euclid(1 << 31);
    let fields: [(&str, Value); 13] = [
        ("code", text(code)),
        (
            "name",
            Value::Text(format!("{}号产业园项目{n}", mixed % 100_000)),
        ),
        ("batch", text(["b0", "b1"][(mixed % 2) as usize])),
        ("stage", text(stages[(mixed / 7 % 3) as usize])),
        ("street", Value::Ref(RecordId(1 + mixed / 11 % 12))),
        ("unit", Value::Ref(RecordId(100 + mixed / 13 % 40))),
        ("plan", money(100_000 + 700 * n % 9_000_000)),
        ("done", money(1300 * n % 9_000_000)),
        ("start_due", day(mixed / 3)),
        ("finish_due", day(mixed / 5)),
        ("light", text(lights[(mixed / 17 % 3) as usize])),
        ("progress", Value::Percent(mixed / 19 % 100 * 100)),
        (
            "note",
            text(
                "建设厂房十二万平方米,配套研发中心和人才公寓,已完成土地平整和围挡,正在办理施工许可",
            ),
        ),
    ];
    let fields: Fields = fields
        .into_iter()
        .map(|(id, v)| (id.to_owned(), v))
        .collect();
    let org = OrgPath::new(&format!("410102.s{:03}", mixed / 11 % 12)).expect("a path");
    NewRecord::new(org, fields)
}

/// Builds a query from a number that varies its values.
type Vary = fn(i64) -> Query;

fn queries() -> Vec<(&'static str, Vary)> {
    vec![
        ("stage = ?, by plan descending", |n| {
            Query::default()
                .filter(Filter::eq("stage", stage_value(n)))
                .sorted("plan", true)
        }),
        ("stage = ?, unit = ?, by name", |n| {
            Query::default()
                .filter(Filter::eq("stage", stage_value(n)))
                .filter(Filter::eq("unit", Value::Ref(RecordId(100 + n % 40))))
                .sorted("name", false)
        }),
        (
            "stage, unit and street = ?, light = ?, by start_due descending",
            |n| {
                Query::default()
                    .filter(Filter::eq("stage", stage_value(n)))
                    .filter(Filter::eq("unit", Value::Ref(RecordId(100 + n % 40))))
                    .filter(Filter::eq("street", Value::Ref(RecordId(1 + n % 12))))
                    .filter(Filter::eq("light", Value::Text("red".to_owned())))
                    .sorted("start_due", true)
            },
        ),
        ("one street's scope, by done", |n| Query {
            scope: OrgPath::new(&format!("410102.s{:03}", n % 12)).ok(),
            ..Query::default().sorted("done", false)
        }),
        ("plan between, by name", |n| {
            let money = |fen| {
                Value::Money(Amount {
                    fen: Fen(fen),
                    bound: Bound::Exact,
                })
            };
            let from = n % 90 * 100_000;
            Query::default()
                .filter(Filter::new("plan", Op::Ge, money(from)))
                .filter(Filter::new("plan", Op::Lt, money(from + 100_000)))
                .sorted("name", false)
        }),
        ("newest first", |n| {
            Query::default()
                .filter(Filter::eq("stage", stage_value(n)))
                .sorted("record_id", true)
        }),
        ("search for a frequent word, by plan", |_| Query {
            search: Some("产业".to_owned()),
            ..Query::default().sorted("plan", false)
        }),
        ("search for one record", |n| Query {
            search: Some(format!("项目{}", 1000 + n)),
            ..Query::default()
        }),
    ]
}

fn stage_value(n: i64) -> Value {
    Value::Text(["signed", "started", "commissioned"][(n % 3) as usize].to_owned())
}

/// First pages and pages further on, 50 rows each: wall time, and processor time, which a busy
/// machine does not stretch.
fn measure(store: &Store, district: &District, name: &str, query: &Vary) -> Result<(), StoreError> {
    let (mut wall, mut work) = (Vec::new(), Vec::new());
    let begin = Instant::now();
    for n in 0..400 {
        let mut query = query(n);
        for _ in 0..3 {
            let (start, used) = (Instant::now(), processor_ms());
            let page = store.read(district, |r| r.list(REGISTER, &query))?;
            wall.push(start.elapsed().as_secs_f64() * 1e3);
            work.push(processor_ms() - used);
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        if begin.elapsed() > Duration::from_secs(20) {
            break;
        }
    }
    let pages = wall.len();
    println!(
        "list {name}: {pages} pages; wall ms {}; processor ms {}",
        shares(wall),
        shares(work)
    );
    Ok(())
}

fn shares(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("p50 {:.2} p99 {:.2} max {:.2}", at(50), at(99), at(100))
}

/// Processor time of this thread in milliseconds; 0 where the system does not tell (not Linux).
fn processor_ms() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told
        .split_whitespace()
        .next()
        .and_then(|n| n.parse::<f64>().ok());
    nanoseconds.unwrap_or(0.0) / 1e6
}

/// Processor time of all threads that live, in milliseconds.
fn process_ms() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let times = threads.flatten().map(|thread| {
        let told = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        let first = told.split_whitespace().next().map(str::parse::<f64>);
        first.and_then(Result::ok).unwrap_or(0.0)
    });
    times.sum::<f64>() / 1e6
}

/// Durable single creates from so many threads.
fn creates(store: &Store, district: &District, threads: i64, time: Duration) {
    let (start, used) = (Instant::now(), process_ms());
    let clients = Mutex::new(0.0);
    let salt = store
        .read::<_, StoreError>(district, |r| r.position())
        .unwrap_or_default();
    let counts: Vec<u64> = std::thread::scope(|scope| {
        let create = |thread: i64| {
            let code = move |n: i64| format!("L{salt}-{thread}-{n}");
            let one = move |n: i64| {
                store.write::<_, StoreError>(district, move |w| {
                    w.create(REGISTER, row(&code(n), n), &Meta::new("load", AT, TODAY))
                        .map(|_| ())
                })
            };
            let clients = &clients;
            scope.spawn(move || {
                let done = (0..).take_while(|n| start.elapsed() < time && one(*n).is_ok());
                let done = done.count() as u64;
                *clients.lock().expect("no panic") += processor_ms();
                done
            })
        };
        let running: Vec<_> = (0..threads).map(create).collect();
        running
            .into_iter()
            .map(|t| t.join().expect("no panic"))
            .collect()
    });
    let total: u64 = counts.iter().sum();
    // The writer lives on; the clients have told what they used before they ended.
    let used = process_ms() - used + clients.into_inner().expect("no panic");
    println!(
        "durable creates, {threads} threads: {:.0}/s, processor µs each {:.0}",
        total as f64 / start.elapsed().as_secs_f64(),
        used * 1e3 / total as f64
    );
}
