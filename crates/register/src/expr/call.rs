//! What the functions compute.

use ground::{Date, Fen};
use rust_decimal::Decimal;

use super::arithmetic::{arithmetic, fen_of, shifted};
use super::convert;
use super::eval::{EvalError, Result, Run, decimal, equal, order};
use super::history;
use super::moment::civil_day;
use super::number;
use super::tree::BinaryOp;
use super::view::View;

const DAY: i64 = 86_400;

/// A function or method by name.
pub(super) fn call<'v>(run: &Run<'v>, name: &str, args: &[View<'v>]) -> Result<View<'v>> {
    match (name, args) {
        ("today", []) => Ok(View::Date(run.scope.moment.today)),
        ("now", []) => {
            let now = super::moment::instant_of(run.scope.moment.now);
            now.map(View::Instant)
                .ok_or_else(|| EvalError::Range("现在的时间读不出来".to_owned()))
        }
        ("size" | "count" | "sum" | "avg", [list]) => total(run, name, list),
        ("max" | "min" | "max_or_none" | "min_or_none", args) if !args.is_empty() => {
            extreme(run, name, args)
        }
        ("actor", [id]) => history::actor(run, id),
        ("left" | "entered", [state]) => history::moved(run, name == "left", state),
        ("obligation", [id]) => history::obligation(run, id),
        // What is not known stays not known, except in the functions above.
        (_, args) if args.iter().any(|a| matches!(a, View::None)) && known(name, args.len()) => {
            Ok(View::None)
        }
        (_, [one]) => of_one(run, name, one),
        (_, [one, two]) => of_two(run, name, one, two),
        _ => Err(unknown(name)),
    }
}

fn known(name: &str, args: usize) -> bool {
    super::function::function(name).is_some_and(|f| (f.least..=f.most).contains(&args))
}

fn unknown(name: &str) -> EvalError {
    EvalError::UnknownFunction(name.to_owned())
}

fn unfit(name: &str, value: &View) -> EvalError {
    EvalError::Clash(format!("{name}(…) 不能用在{}上", value.kind()))
}

fn range(name: &str) -> EvalError {
    EvalError::Range(format!("{name}(…) 的结果超出范围"))
}

fn of_one<'v>(run: &Run<'v>, name: &str, one: &View<'v>) -> Result<View<'v>> {
    match name {
        "date" => {
            match one {
                View::Text(text) => text.trim().parse().map(View::Date).map_err(|_| {
                    EvalError::Clash(format!("“{}”不是日期，应写成 2025-05-12", &**text))
                }),
                _ => day(name, one).map(View::Date),
            }
        }
        "days" => match one {
            View::Duration(seconds) => Ok(View::Int(seconds.div_euclid(DAY))),
            _ => {
                let seconds = whole(name, one)?.checked_mul(DAY);
                seconds.map(View::Duration).ok_or_else(|| range(name))
            }
        },
        "year" => Ok(View::Int(day(name, one)?.year().into())),
        "month" => Ok(View::Int(day(name, one)?.month().into())),
        "day" => Ok(View::Int(day(name, one)?.day().into())),
        "weekday" => Ok(View::Int(
            day(name, one)?.weekday().to_monday_one_offset().into(),
        )),
        "is_workday" => Ok(View::Bool(
            run.scope.moment.calendar.is_working(day(name, one)?),
        )),
        "before_holiday" => {
            let from = in_calendar(name, day(name, one)?)?;
            let eve = run.scope.moment.calendar.before_holiday(from);
            Ok(eve.map_or(View::None, View::Date))
        }
        "abs" | "round" | "floor" | "ceil" => rounded(name, one, 0),
        "lower" | "upper" | "lowerAscii" | "upperAscii" => cased(name, one),
        "yuan" => amount(name, one, Decimal::ONE),
        "wan" => amount(name, one, Decimal::from(10_000)),
        "percent" => {
            let ratio = decimal(one).ok_or_else(|| unfit(name, one))?;
            let percent = number::mul(ratio, Decimal::ONE_HUNDRED);
            percent.map(View::Decimal).ok_or_else(|| range(name))
        }
        _ => convert::convert(name, one),
    }
}

fn of_two<'v>(run: &Run<'v>, name: &str, one: &View<'v>, two: &View<'v>) -> Result<View<'v>> {
    match name {
        "add_workdays" => {
            let (from, n) = (day(name, one)?, whole(name, two)?);
            let n = i32::try_from(n).map_err(|_| range(name))?;
            in_calendar(name, run.scope.moment.calendar.add_workdays(from, n)).map(View::Date)
        }
        "workdays" => {
            let (from, to) = (day(name, one)?, day(name, two)?);
            let (from, to) = (in_calendar(name, from)?, in_calendar(name, to)?);
            let days = run.scope.moment.calendar.workdays_between(from, to);
            Ok(View::Int(days.into()))
        }
        "add_days" => {
            let seconds = whole(name, two)?.checked_mul(DAY);
            let date = seconds.and_then(|s| shifted(day(name, one).ok()?, s));
            day(name, one)?;
            date.map(View::Date).ok_or_else(|| range(name))
        }
        "add_months" => {
            let (from, n) = (day(name, one)?, whole(name, two)?);
            let span = i32::try_from(n)
                .ok()
                .and_then(|n| jiff::Span::new().try_months(n).ok());
            let date = span.and_then(|span| from.checked_add(span).ok());
            date.map(View::Date).ok_or_else(|| range(name))
        }
        "round" => {
            let digits = whole(name, two)?;
            let digits = u32::try_from(digits).ok().filter(|d| *d <= 28);
            rounded(name, one, digits.ok_or_else(|| range(name))?)
        }
        "percent" => share(name, one, two),
        "contains" | "startsWith" | "endsWith" => text_test(run, name, one, two),
        "matches" => matches(run, one, two),
        "record" => match (one, two) {
            (View::Text(register), View::Int(id)) => {
                Ok(View::Ref(register.clone(), ground::RecordId(*id)))
            }
            _ => Err(unfit(name, two)),
        },
        _ => convert::of_zone(name, one, two),
    }
}

/// A date, or the civil day of a moment.
pub(super) fn day(name: &str, value: &View) -> Result<Date> {
    match value {
        View::Date(date) => Ok(*date),
        View::Instant(at) => Ok(civil_day(*at)),
        other => Err(unfit(name, other)),
    }
}

/// The working calendar reaches from 1985 to 2085 and stands still beyond.
fn in_calendar(name: &str, date: Date) -> Result<Date> {
    if (1985..2085).contains(&date.year()) {
        Ok(date)
    } else {
        Err(range(name))
    }
}

fn whole(name: &str, value: &View) -> Result<i64> {
    match value {
        View::Int(n) => Ok(*n),
        View::Uint(n) => i64::try_from(*n).map_err(|_| range(name)),
        View::Decimal(d) => number::whole(*d).ok_or_else(|| unfit(name, value)),
        other => Err(unfit(name, other)),
    }
}

/// Half up. Money becomes 元 with so many digits.
fn rounded<'v>(name: &str, value: &View<'v>, digits: u32) -> Result<View<'v>> {
    let d = match value {
        View::Int(n) if name == "abs" => {
            return n.checked_abs().map(View::Int).ok_or_else(|| range(name));
        }
        View::Money(fen) if name == "abs" => {
            let fen = fen.0.checked_abs().ok_or_else(|| range(name))?;
            return Ok(View::Money(Fen(fen)));
        }
        View::Double(d) if name == "abs" => return Ok(View::Double(d.abs())),
        View::Int(_) | View::Uint(_) => return Ok(value.clone()),
        other => decimal(other).ok_or_else(|| unfit(name, value))?,
    };
    let result = match name {
        "abs" => return Ok(View::Decimal(d.abs())),
        "floor" => d.floor(),
        "ceil" => d.ceil(),
        _ => number::round(d, digits),
    };
    match number::whole(result) {
        Some(n) if digits == 0 => Ok(View::Int(n)),
        _ => Ok(View::Decimal(result)),
    }
}

fn cased<'v>(name: &str, value: &View<'v>) -> Result<View<'v>> {
    let View::Text(text) = value else {
        return Err(unfit(name, value));
    };
    Ok(View::text(match name {
        "lower" => text.to_lowercase(),
        "upper" => text.to_uppercase(),
        "lowerAscii" => text.to_ascii_lowercase(),
        _ => text.to_ascii_uppercase(),
    }))
}

/// `wan(500)` is an amount of 500 万元, `wan(cost)` the figure of an amount in 万元.
fn amount<'v>(name: &str, value: &View<'v>, unit: Decimal) -> Result<View<'v>> {
    if let View::Money(fen) = value {
        let yuan = Decimal::new(fen.0, 2);
        return number::div(yuan, unit)
            .map(View::Decimal)
            .ok_or_else(|| range(name));
    }
    let figure = decimal(value).ok_or_else(|| unfit(name, value))?;
    let fen = number::mul(figure, unit).and_then(fen_of);
    fen.map(View::Money).ok_or_else(|| range(name))
}

/// `percent(part, whole)`; no value when there is nothing to compare with.
fn share<'v>(name: &str, part: &View<'v>, whole: &View<'v>) -> Result<View<'v>> {
    let part = decimal(part).ok_or_else(|| unfit(name, part))?;
    let whole = decimal(whole).ok_or_else(|| unfit(name, whole))?;
    if whole.is_zero() {
        return Ok(View::None);
    }
    let hundred = number::mul(part, Decimal::ONE_HUNDRED);
    let percent = hundred.and_then(|h| number::div(h, whole));
    percent.map(View::Decimal).ok_or_else(|| range(name))
}

fn text_test<'v>(run: &Run<'v>, name: &str, one: &View<'v>, two: &View<'v>) -> Result<View<'v>> {
    if one.is_list() && name == "contains" {
        run.spend(one.len().unwrap_or(0))?;
        return Ok(View::Bool(one.items().any(|item| equal(&item, two))));
    }
    let (View::Text(text), View::Text(part)) = (one, two) else {
        return Err(unfit(name, one));
    };
    run.spend(text.len() / 64)?;
    Ok(View::Bool(match name {
        "contains" => text.contains(&**part),
        "startsWith" => text.starts_with(&**part),
        _ => text.ends_with(&**part),
    }))
}

/// Linear in the text: a step per 16 bytes of it, and what compiling a pattern takes.
fn matches<'v>(run: &Run<'v>, one: &View<'v>, two: &View<'v>) -> Result<View<'v>> {
    let (View::Text(text), View::Text(pattern)) = (one, two) else {
        return Err(unfit("matches", one));
    };
    run.spend(8 + pattern.len() + text.len() / 16)?;
    super::pattern::found(text, pattern)
        .map(View::Bool)
        .map_err(EvalError::Clash)
}

/// `size`, `count` (of what is there), `sum`, `avg` (missing left out).
fn total<'v>(run: &Run<'v>, name: &str, list: &View<'v>) -> Result<View<'v>> {
    if name == "size" {
        let size = match list {
            View::Text(text) => text.chars().count(),
            View::Bytes(bytes) => bytes.len(),
            list => list.len().ok_or_else(|| unfit(name, list))?,
        };
        return Ok(View::Int(size as i64));
    }
    if !list.is_list() && !matches!(list, View::None) {
        return Err(unfit(name, list));
    }
    run.spend(list.len().unwrap_or(0))?;
    let there = list.items().filter(|item| !item.is_none());
    if name == "count" {
        return Ok(View::Int(there.count() as i64));
    }
    let mut sum = None;
    let mut count = 0;
    for item in there {
        count += 1;
        sum = Some(match sum {
            None => checked_number(name, item)?,
            Some(sum) => arithmetic(run, BinaryOp::Add, &sum, &item)?,
        });
    }
    match (name, sum) {
        ("sum", sum) => Ok(sum.unwrap_or(View::Int(0))),
        (_, None) => Ok(View::None),
        (_, Some(sum)) => {
            let sum = decimal(&sum).ok_or_else(|| unfit(name, &sum))?;
            let mean = number::div(sum, Decimal::from(count));
            mean.map(View::Decimal).ok_or_else(|| range(name))
        }
    }
}

fn checked_number<'v>(name: &str, item: View<'v>) -> Result<View<'v>> {
    match item {
        View::Int(_) | View::Uint(_) | View::Decimal(_) | View::Money(_) => Ok(item),
        View::Double(_) | View::Duration(_) => Ok(item),
        other => Err(unfit(name, &other)),
    }
}

/// `max(a, b, …)` or `max(list)`. With a value missing the greatest is not known; `max_or_none` leaves missing ones
/// out and gives none when nothing is left. Of records of one register the greatest is the one made last.
fn extreme<'v>(run: &Run<'v>, name: &str, args: &[View<'v>]) -> Result<View<'v>> {
    let items: Vec<View<'v>> = match args {
        [View::None] => return Ok(View::None),
        [list] if list.is_list() => list.items().collect(),
        all => all.to_vec(),
    };
    run.spend(items.len())?;
    let lenient = name.ends_with("_or_none");
    let mut best: Option<View<'v>> = None;
    for item in items {
        if item.is_none() {
            if lenient {
                continue;
            }
            return Ok(View::None);
        }
        let better = match &best {
            None => true,
            Some(best) => {
                let order = match (&item, best) {
                    (View::Ref(a, item), View::Ref(b, best)) if **a == **b => Some(item.cmp(best)),
                    _ => order(&item, best)?,
                };
                order.is_some_and(|o| {
                    if name.starts_with("max") {
                        o.is_gt()
                    } else {
                        o.is_lt()
                    }
                })
            }
        };
        if better {
            best = Some(item);
        }
    }
    Ok(best.unwrap_or(View::None))
}

/// A value in a message.
pub(super) fn shown(value: &View) -> String {
    convert::text_of(value).unwrap_or_else(|| value.kind().to_owned())
}
