//! The cases of the CEL specification (google/cel-spec, `tests/simple/testdata`) against our evaluator. Where we differ
//! on purpose the reason is printed beside the case.

use std::path::Path;

use ground::{Date, HolidayTable, WorkCalendar};
use register::expr::{Expr, Moment, Scope, Val, eval};
use register::{Definition, Fields};

use super::textproto::{Message, Node, read};

/// The files about what we have; the others are about protocol messages and extensions.
const FILES: [&str; 14] = [
    "basic",
    "comparisons",
    "conversions",
    "fields",
    "fp_math",
    "integer_math",
    "lists",
    "logic",
    "macros",
    "namespace",
    "parse",
    "plumbing",
    "string",
    "timestamps",
];

/// How a case went.
enum Verdict {
    Equal,
    /// We differ on purpose.
    Declared(&'static str, String),
    /// We do not have what it is about.
    Absent(&'static str),
    Different(String),
}

/// Prints the numbers; gives equal and different cases.
pub fn run(folder: &Path) -> Result<(usize, usize), String> {
    let (definition, findings) = register::parse("cel/definition.toml", REGISTER);
    let definition = definition.ok_or_else(|| format!("{findings:?}"))?;
    let mut all = [0; 4];
    for file in FILES {
        let path = folder.join(format!("tests/simple/testdata/{file}.textproto"));
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let counts = run_file(&definition, file, &read(&text)?);
        for (sum, n) in all.iter_mut().zip(counts) {
            *sum += n;
        }
    }
    println!("CEL: {}", line(all));
    Ok((all[0], all[3]))
}

const REGISTER: &str = "[register]\nid = \"cel\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"例\" }\n[[field]]\nid = \"field_of_ours\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"例\" }\n";

fn line([equal, declared, absent, different]: [usize; 4]) -> String {
    format!(
        "{equal} of {} equal, {declared} differ as declared, {absent} not supported, {different} different",
        equal + declared + absent + different
    )
}

fn run_file(definition: &Definition, file: &str, content: &Message) -> [usize; 4] {
    let mut counts = [0; 4];
    let mut absent: Vec<(&str, usize)> = Vec::new();
    for section in content.messages("section") {
        for case in section.messages("test") {
            let name = format!("{file}/{}/{}", section.text("name"), case.text("name"));
            let source = case.text("expr").replace('\n', "\\n");
            let at = match judge(definition, case) {
                Verdict::Equal => 0,
                Verdict::Declared(reason, how) => {
                    println!("  declared ({reason})  {name}: {source}: {how}");
                    1
                }
                Verdict::Absent(reason) => {
                    match absent.iter_mut().find(|(known, _)| *known == reason) {
                        Some((_, n)) => *n += 1,
                        None => absent.push((reason, 1)),
                    }
                    2
                }
                Verdict::Different(how) => {
                    println!("  differs  {name}: {source}: {how}");
                    3
                }
            };
            counts[at] += 1;
        }
    }
    println!("{file}: {}", line(counts));
    for (reason, n) in absent {
        println!("  not supported: {n} with {reason}");
    }
    counts
}

fn judge(definition: &Definition, case: &Message) -> Verdict {
    let source = case.text("expr");
    let (theirs, ours) = match (expected(case), ours(definition, case, &source)) {
        (Some(theirs), Some(ours)) => (theirs, ours),
        _ => return Verdict::Absent("messages, enums and type values"),
    };
    let same = match (&theirs, &ours) {
        (Some(theirs), Ok(ours)) => same(theirs, ours),
        (None, Err(_)) => true,
        _ => false,
    };
    if same {
        return Verdict::Equal;
    }
    let how = format!(
        "ours {ours:?}, theirs {}",
        theirs.map_or("an error".to_owned(), |v| format!("{v:?}"))
    );
    if let Some(reason) = absent(&source) {
        return Verdict::Absent(reason);
    }
    match declared(&source, &how, case) {
        Some(reason) => Verdict::Declared(reason, how),
        None => Verdict::Different(how),
    }
}

/// What an expression needs that we do not have.
fn absent(source: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 17] = [
        ("TestAllTypes", "messages, enums and type values"),
        ("NestedTestAllTypes", "messages, enums and type values"),
        ("google.protobuf", "messages, enums and type values"),
        ("GlobalEnum", "messages, enums and type values"),
        ("proto", "messages, enums and type values"),
        ("type(", "messages, enums and type values"),
        ("America/", "zones by name"),
        ("Australia/", "zones by name"),
        ("Asia/", "zones by name"),
        ("US/", "zones by name"),
        ("Europe/", "zones by name"),
        ("getMilliseconds", "parts of a second"),
        ("999999999", "parts of a second"),
        (".123", "parts of a second"),
        (".000000001", "parts of a second"),
        ("ns'", "parts of a second"),
        ("ms'", "parts of a second"),
    ];
    let time = source.contains("timestamp(") || source.contains("duration(");
    let second = |reason: &str| reason == "parts of a second";
    let found = WORDS
        .iter()
        .find(|(word, reason)| source.contains(word) && (time || !second(reason)));
    found.map(|(_, reason)| *reason)
}

/// Where we differ on purpose.
fn declared(source: &str, how: &str, case: &Message) -> Option<&'static str> {
    let null = source.contains("null") || how.contains("ours Ok(None)");
    let exact = how.contains("Double") || how.contains("位数太多") || has_point(source);
    let error = how.contains("theirs an error");
    let names = !case.text("container").is_empty()
        || source.contains(" .")
        || case
            .messages("bindings")
            .any(|b| b.text("key").contains('.'));
    if null {
        Some("none: a missing value is an empty one, and unknown in an order")
    } else if error && exact && source.contains('%') {
        Some("decimals have a remainder")
    } else if exact {
        Some("exact decimals instead of binary doubles")
    } else if names {
        Some("names have no containers")
    } else if error && source.starts_with("timestamp") {
        Some("spans reach as far as the years of moments, not to 292 years")
    } else {
        None
    }
}

fn has_point(source: &str) -> bool {
    let bytes = source.as_bytes();
    bytes
        .windows(3)
        .any(|w| w[0].is_ascii_digit() && w[1] == b'.' && w[2].is_ascii_digit())
}

/// The value asked for; the inner none is an error; none when it is of a kind that we do not have.
fn expected(case: &Message) -> Option<Option<Val>> {
    if case.messages("eval_error").next().is_some() {
        return Some(None);
    }
    match case.messages("value").next() {
        Some(value) => val(value).map(Some),
        // Without a result the case expects true.
        None if case.messages("typed_result").next().is_none() => Some(Some(Val::Bool(true))),
        None => None,
    }
}

type Outcome = Result<Val, String>;

fn ours(definition: &Definition, case: &Message, source: &str) -> Option<Outcome> {
    let mut names = Vec::new();
    for binding in case.messages("bindings") {
        let value = binding.messages("value").next()?.messages("value").next()?;
        names.push((binding.text("key"), val(value)?));
    }
    let expr = match Expr::parse(source) {
        Ok(expr) => expr,
        Err(error) => return Some(Err(error.problem)),
    };
    let names: Vec<(&str, Val)> = names.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
    let (fields, calendar) = (
        Fields::new(),
        WorkCalendar::official(HolidayTable::shipped()),
    );
    let moment = Moment {
        today: Date::constant(2025, 5, 12),
        now: "2025-05-12T01:30:00Z",
        calendar: &calendar,
    };
    let scope = Scope {
        names: &names,
        ..Scope::new(definition, &fields, moment)
    };
    Some(eval(&expr, &scope).map_err(|error| format!("{error:?}")))
}

/// A value of the specification as one of ours.
fn val(message: &Message) -> Option<Val> {
    let (name, node) = message.first()?;
    Some(match (name, node) {
        ("null_value", _) => Val::None,
        ("bool_value", Node::Word(word)) => Val::Bool(word == "true"),
        ("int64_value", Node::Word(word)) => Val::Int(word.parse().ok()?),
        ("uint64_value", Node::Word(word)) => Val::Uint(word.parse().ok()?),
        ("double_value", Node::Word(word)) => Val::Double(word.parse().ok()?),
        ("string_value", Node::Bytes(bytes)) => {
            Val::Text(String::from_utf8(bytes.clone()).ok()?.into())
        }
        ("bytes_value", Node::Bytes(bytes)) => Val::Bytes(bytes.clone().into()),
        ("list_value", Node::Message(list)) => {
            Val::List(list.messages("values").map(val).collect::<Option<_>>()?)
        }
        ("map_value", Node::Message(map)) => {
            let entry = |entry: &Message| {
                let key = val(entry.messages("key").next()?)?;
                Some((key_text(&key)?, val(entry.messages("value").next()?)?))
            };
            Val::Map(map.messages("entries").map(entry).collect::<Option<_>>()?)
        }
        ("object_value", Node::Message(object)) => moment(object)?,
        _ => return None,
    })
}

fn key_text(key: &Val) -> Option<String> {
    Some(match key {
        Val::Text(text) => text.to_string(),
        Val::Bool(yes) => yes.to_string(),
        Val::Int(n) => n.to_string(),
        Val::Uint(n) => n.to_string(),
        _ => return None,
    })
}

fn moment(object: &Message) -> Option<Val> {
    let (name, Node::Message(parts)) = object.first()? else {
        return None;
    };
    let number = |name: &str| match parts.word(name) {
        Some(word) => word.parse::<i64>().ok(),
        None => Some(0),
    };
    let (seconds, nanos) = (number("seconds")?, number("nanos")?);
    match name.rsplit('/').next()?.trim_end_matches(']') {
        "google.protobuf.Timestamp" if nanos == 0 => Some(Val::Instant(seconds)),
        "google.protobuf.Duration" if nanos == 0 => Some(Val::Duration(seconds)),
        _ => None,
    }
}

fn same(theirs: &Val, ours: &Val) -> bool {
    match (theirs, ours) {
        (Val::Double(a), Val::Double(b)) => a == b || (a.is_nan() && b.is_nan()),
        // The same figure, exactly kept.
        (Val::Double(a), Val::Decimal(b)) => b.to_string().parse() == Ok(*a),
        (Val::List(a), Val::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Val::Map(a), Val::Map(b)) => {
            let pairs = || a.iter().zip(b);
            a.len() == b.len() && pairs().all(|((k, a), (l, b))| k == l && same(a, b))
        }
        (a, b) => a == b,
    }
}
