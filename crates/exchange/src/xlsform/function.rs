//! The functions of XLSForms by name: what each becomes here, or why it has no counterpart.

use super::coerce::{Parsed, Part, compared, day, figure, truth, words};
use super::xpath::Kind;

/// A function with its arguments.
pub(super) fn call(name: &str, parts: Vec<Part>) -> Parsed {
    let ours = |text: String, kind: Kind| Ok(Part::tight(text, kind));
    match (name, parts.as_slice()) {
        ("true" | "false", []) => ours(name.to_owned(), Kind::Bool),
        ("today", []) => ours("today()".into(), Kind::Date),
        ("now", []) => ours("now()".into(), Kind::Instant),
        ("not", [x]) => ours(format!("!({})", truth(x.clone())?.text), Kind::Bool),
        ("boolean", [x]) => truth(x.clone()),
        ("if", [test, yes, no]) => choice(test.clone(), yes.clone(), no.clone()),
        ("selected", [of, option]) => selected(of.clone(), option.clone()),
        ("count-selected", [of]) => counted(of),
        ("count", [of]) => rows(of),
        ("string-length", [x]) => ours(format!("size({})", words(x.clone())?.text), Kind::Number),
        ("regex", [of, pattern]) => regex(of.clone(), pattern),
        ("starts-with" | "contains" | "ends-with", [of, part]) => {
            held(name, of.clone(), part.clone())
        }
        ("coalesce", [one, two]) => first(one.clone(), two.clone()),
        ("max" | "min" | "sum", [of]) if matches!(of.kind, Kind::Cells(_)) => {
            ours(format!("{name}({})", of.text), Kind::Number)
        }
        ("max" | "min" | "round" | "abs" | "floor" | "ceiling", [_, ..]) => rounded(name, parts),
        ("int", [x]) => truncated(x.clone()),
        ("number", [x]) => figure(x.clone()),
        ("string", [x]) => words(x.clone()),
        ("date" | "date-time", [x]) => date(x.clone()),
        ("decimal-date-time", [x]) => figure(date(x.clone())?),
        ("format-date" | "format-date-time", [of, format]) => formatted(of, format),
        ("concat", [_, ..]) => strung(parts),
        _ => Err(why_not(name)),
    }
}

/// Why a function has no counterpart.
fn why_not(name: &str) -> String {
    let reason = match name {
        "sqrt" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "atan2" | "exp" | "exp10"
        | "log" | "log10" | "pow" | "pi" => "这里只作精确计算，它的结果不精确",
        "pulldata" | "instance" => "它取表单之外的文件，请建成一个台账再引用",
        "random" | "uuid" | "once" | "digest" => "它每次结果不同或不能重算",
        "jr:choice-name" => "选项的文字由页面按语言显示，算式里只有代码",
        "jr:itext" => "译文由页面显示",
        "position" | "indexed-repeat" => "算式不按行号取子表的行",
        "area" | "distance" | "geofence" => "地图上的量算在地图里做",
        _ => return format!("函数“{name}”在这里没有对应"),
    };
    format!("函数“{name}”在这里没有对应：{reason}")
}

fn blank(part: &Part) -> bool {
    part.literal() == Some("")
}

/// Two values of which one is taken, made the same kind.
fn alike(one: Part, two: Part) -> Result<(Part, Part, Kind), String> {
    let none = || Part::tight("none", Kind::Other);
    if blank(&one) && !matches!(two.kind, Kind::Text | Kind::Code(_)) {
        let kind = two.kind.clone();
        return Ok((none(), two, kind));
    }
    if blank(&two) && !matches!(one.kind, Kind::Text | Kind::Code(_)) {
        let kind = one.kind.clone();
        return Ok((one, none(), kind));
    }
    if std::mem::discriminant(&one.kind) == std::mem::discriminant(&two.kind) {
        let kind = match (&one.kind, &two.kind) {
            (a, b) if a == b => a.clone(),
            (Kind::Code(_), _) => Kind::Text,
            (Kind::Many(_), _) => Kind::Many(Vec::new()),
            (kind, _) => kind.clone(),
        };
        return Ok((one, two, kind));
    }
    Ok((words(one)?, words(two)?, Kind::Text))
}

fn choice(test: Part, yes: Part, no: Part) -> Parsed {
    let test = truth(test)?;
    let (yes, no, kind) = alike(yes, no)?;
    let text = format!("{} ? {} : {}", test.inside(), yes.inside(), no.inside());
    Ok(Part::loose(text, kind))
}

fn first(one: Part, two: Part) -> Parsed {
    let (one, two, kind) = alike(one, two)?;
    Ok(Part::tight(
        format!("coalesce({}, {})", one.text, two.text),
        kind,
    ))
}

fn selected(of: Part, option: Part) -> Parsed {
    let Kind::Many(codes) = &of.kind else {
        return compared("==", of, words(option)?);
    };
    if let Some(code) = option.literal()
        && !codes.is_empty()
        && codes.iter().all(|known| known != code)
    {
        return Err(format!("“{}”的选项里没有“{code}”", of.text));
    }
    let option = words(option)?;
    Ok(Part::loose(
        format!("{} in {}", option.inside(), of.text),
        Kind::Bool,
    ))
}

fn counted(of: &Part) -> Parsed {
    match &of.kind {
        Kind::Many(_) => Ok(Part::tight(format!("size({})", of.text), Kind::Number)),
        Kind::Code(_) => {
            let text = format!("{} != none ? 1 : 0", of.inside());
            Ok(Part::loose(text, Kind::Number))
        }
        _ => Err(format!("“{}”不是选择题", of.text)),
    }
}

/// Rows of a repeat, or the rows in which a question is answered.
fn rows(of: &Part) -> Parsed {
    match &of.kind {
        Kind::Rows | Kind::Cells(_) => Ok(Part::tight(format!("size({})", of.text), Kind::Number)),
        _ => Err(format!("“{}”不是重复组", of.text)),
    }
}

/// The whole answer must fit the pattern.
fn regex(of: Part, pattern: &Part) -> Parsed {
    let Some(pattern) = pattern.literal() else {
        return Err("正则表达式不是写定的文字".into());
    };
    let whole = format!("^(?:{pattern})$");
    if let Some(problem) = register::expr::pattern_problem(&whole) {
        return Err(problem);
    }
    let (of, pattern) = (words(of)?, Part::words(whole));
    let text = format!("{}.matches({})", of.inside(), pattern.text);
    Ok(Part::tight(text, Kind::Bool))
}

fn held(name: &str, of: Part, part: Part) -> Parsed {
    let ours = match name {
        "starts-with" => "startsWith",
        "ends-with" => "endsWith",
        _ => "contains",
    };
    let (of, part) = (words(of)?, words(part)?);
    Ok(Part::tight(
        format!("{}.{ours}({})", of.inside(), part.text),
        Kind::Bool,
    ))
}

fn rounded(name: &str, parts: Vec<Part>) -> Parsed {
    let name = if name == "ceiling" { "ceil" } else { name };
    let all = parts
        .into_iter()
        .map(|part| figure(part).map(|part| part.text))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Part::tight(
        format!("{name}({})", all.join(", ")),
        Kind::Number,
    ))
}

/// Towards zero.
fn truncated(part: Part) -> Parsed {
    let part = figure(part)?;
    Ok(Part::tight(format!("int({})", part.text), Kind::Number))
}

fn date(part: Part) -> Parsed {
    match &part.kind {
        Kind::Date => Ok(part),
        Kind::Instant => Ok(Part::tight(format!("date({})", part.text), Kind::Date)),
        Kind::Text if part.literal().is_some() => day(&part),
        Kind::Text => Ok(Part::tight(format!("date({})", part.text), Kind::Date)),
        _ => Err(format!("“{}”不是日期", part.text)),
    }
}

/// `format-date(d, '%Y-%m-%d')`.
fn formatted(of: &Part, format: &Part) -> Parsed {
    let Some(format) = format.literal() else {
        return Err("日期的格式不是写定的文字".into());
    };
    let day = date(of.clone())?.text;
    let padded = |what: &str| format!("({what}({day}) < 10 ? '0' : '') + text({what}({day}))");
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        if sign != '%' {
            plain.push(sign);
            continue;
        }
        let piece = match signs.next() {
            Some('Y') => format!("text(year({day}))"),
            Some('m') => padded("month"),
            Some('n') => format!("text(month({day}))"),
            Some('d') => padded("day"),
            Some('e') => format!("text(day({day}))"),
            other => {
                let sign = other.map_or(String::new(), String::from);
                return Err(format!("日期格式“%{sign}”在这里没有对应"));
            }
        };
        if !plain.is_empty() {
            pieces.push(Part::words(std::mem::take(&mut plain)).text);
        }
        pieces.push(piece);
    }
    if !plain.is_empty() {
        pieces.push(Part::words(plain).text);
    }
    Ok(Part::loose(pieces.join(" + "), Kind::Text))
}

/// A missing answer is an empty text.
fn strung(parts: Vec<Part>) -> Parsed {
    let all = parts
        .into_iter()
        .map(|part| {
            if part.literal().is_some() {
                return Ok(part.text);
            }
            let asked = part.inside();
            let text = words(part)?.inside();
            Ok(format!("({asked} == none ? '' : {text})"))
        })
        .collect::<Result<Vec<String>, String>>()?;
    Ok(Part::loose(all.join(" + "), Kind::Text))
}
