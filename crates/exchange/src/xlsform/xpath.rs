//! XPath 1.0 as XLSForm uses it → the expressions of definitions. What has no counterpart is reported by name, so that
//! the expression can be kept as a comment and finished by hand. This file reads; `coerce` and `function` write.

use super::coerce::{self, Parsed, Part};

/// What kind of value a name or an expression has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Free text; what is not known more closely too.
    Text,
    /// One of these codes.
    Code(Vec<String>),
    /// Several of these codes.
    Many(Vec<String>),
    /// Whole or decimal number.
    Number,
    /// Yes or no.
    Bool,
    /// Date.
    Date,
    /// Date and time.
    Instant,
    /// The rows of a repeat.
    Rows,
    /// The answers to a question in all rows of a repeat.
    Cells(Box<Kind>),
    /// Photos, places: there or not.
    Other,
}

/// What a name in a form means here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meaning {
    /// How our language says it.
    pub text: String,
    /// Its kind.
    pub kind: Kind,
}

/// What the place of an expression asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Yes or no.
    Truth,
    /// Any value.
    Value,
}

/// An expression carried over, or why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Translation {
    /// The expression in our language.
    Done {
        /// Its text.
        text: String,
        /// Kind of its value.
        kind: Kind,
    },
    /// What has no counterpart, in Chinese.
    Kept(String),
}

#[derive(Clone, PartialEq, Debug)]
enum Token {
    Number(String),
    Text(String),
    /// `${name}` or `../name`.
    Answer(String),
    /// `.`.
    Own,
    Name(String),
    Mark(&'static str),
}

/// Translates an expression. `own` is the field that `.` stands for, `meaning` what a name means; a bare name is asked
/// for as `bare` (a column of the choices in a choice filter).
pub fn translate(
    text: &str,
    wanted: Wanted,
    own: &Meaning,
    meaning: &dyn Fn(&str) -> Option<Meaning>,
    bare: &dyn Fn(&str) -> Option<String>,
) -> Translation {
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(problem) => return Translation::Kept(problem),
    };
    let mut parser = Parser {
        tokens,
        at: 0,
        own,
        meaning,
        bare,
        depth: 0,
    };
    let done = match parser.or() {
        Ok(_) if parser.at < parser.tokens.len() => Err("算式后面还有多余的内容".into()),
        Ok(done) if wanted == Wanted::Truth => coerce::truth(done),
        other => other,
    };
    match done {
        Ok(Part { text, kind, .. }) => Translation::Done { text, kind },
        Err(problem) => Translation::Kept(problem),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let (token, used) = next_token(rest, c, out.last())?;
        out.push(token);
        rest = rest[used..].trim_start();
    }
    Ok(out)
}

/// Quotes and what ends them; word processors make the curly ones, which the reference converter takes too.
const QUOTES: [(char, &[char]); 4] = [
    ('\'', &['\'']),
    ('"', &['"']),
    ('‘', &['’', '‘']),
    ('“', &['”', '“']),
];

fn next_token(rest: &str, c: char, before: Option<&Token>) -> Result<(Token, usize), String> {
    if let Some(inner) = rest.strip_prefix("${") {
        let end = inner.find('}').ok_or("“${”没有配对的“}”")?;
        return Ok((Token::Answer(inner[..end].trim().to_owned()), end + 3));
    }
    if let Some(inner) = rest.strip_prefix("../") {
        let length = name_length(inner);
        return Ok((Token::Answer(inner[..length].to_owned()), length + 3));
    }
    if let Some((_, closing)) = QUOTES.iter().find(|(open, _)| *open == c) {
        let inner = &rest[c.len_utf8()..];
        let end = inner.find(*closing).ok_or("引号没有配对")?;
        let used = c.len_utf8() + end + inner[end..].chars().next().map_or(0, char::len_utf8);
        return Ok((Token::Text(inner[..end].to_owned()), used));
    }
    let digit = |s: &str| s.chars().next().is_some_and(|d| d.is_ascii_digit());
    if c.is_ascii_digit() || c == '.' && digit(&rest[1..]) {
        let length = rest
            .find(|d: char| !d.is_ascii_digit() && d != '.')
            .unwrap_or(rest.len());
        return Ok((Token::Number(rest[..length].to_owned()), length));
    }
    for mark in [
        "<=", ">=", "!=", "(", ")", ",", "=", "<", ">", "+", "*", "|",
    ] {
        if rest.starts_with(mark) {
            return Ok((Token::Mark(mark), mark.len()));
        }
    }
    if c == '.' {
        return Ok((Token::Own, 1));
    }
    if c == '-' {
        let _ = before;
        return Ok((Token::Mark("-"), 1));
    }
    let length = name_length(rest);
    if length == 0 {
        return Err(format!("不认识符号“{c}”"));
    }
    Ok((Token::Name(rest[..length].to_owned()), length))
}

fn name_length(text: &str) -> usize {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.');
    let length = text.find(|c: char| !inside(c)).unwrap_or(text.len());
    text[..length].trim_end_matches(['-', '.']).len()
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    own: &'a Meaning,
    meaning: &'a dyn Fn(&str) -> Option<Meaning>,
    bare: &'a dyn Fn(&str) -> Option<String>,
    depth: usize,
}

/// Deepest nesting followed; forms of people stay below ten.
const DEPTH_MAX: usize = 60;

impl Parser<'_> {
    fn mark(&mut self, mark: &str) -> bool {
        let there = matches!(self.tokens.get(self.at), Some(Token::Mark(m)) if *m == mark);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str) -> bool {
        let there = matches!(self.tokens.get(self.at), Some(Token::Name(n)) if n == word);
        self.at += usize::from(there);
        there
    }

    fn or(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("括号套得太深".into());
        }
        let mut left = self.and()?;
        while self.word("or") {
            let right = self.and()?;
            left = coerce::joined("||", left, right)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.comparison()?;
        while self.word("and") {
            let right = self.comparison()?;
            left = coerce::joined("&&", left, right)?;
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed {
        let left = self.sum()?;
        for (theirs, ours) in [
            ("<=", "<="),
            (">=", ">="),
            ("!=", "!="),
            ("=", "=="),
            ("<", "<"),
            (">", ">"),
        ] {
            if self.mark(theirs) {
                let right = self.sum()?;
                return coerce::compared(ours, left, right);
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let op = match self.tokens.get(self.at) {
                Some(Token::Mark("+")) => "+",
                Some(Token::Mark("-")) => "-",
                _ => return Ok(left),
            };
            self.at += 1;
            left = coerce::summed(op, left, self.product()?)?;
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.unary()?;
        loop {
            let op = match self.tokens.get(self.at) {
                Some(Token::Mark("*")) => "*",
                Some(Token::Name(n)) if n == "div" => "/",
                Some(Token::Name(n)) if n == "mod" => "%",
                _ => return Ok(left),
            };
            self.at += 1;
            left = coerce::multiplied(op, left, self.unary()?)?;
        }
    }

    fn unary(&mut self) -> Parsed {
        if self.mark("-") {
            let inner = coerce::figure(self.unary()?)?;
            return Ok(Part::tight(format!("-{}", inner.inside()), Kind::Number));
        }
        self.primary()
    }

    fn primary(&mut self) -> Parsed {
        let token = self.tokens.get(self.at).cloned().ok_or("算式没有写完")?;
        self.at += 1;
        match token {
            Token::Number(number) => Ok(Part::number(number)),
            Token::Text(text) => Ok(Part::words(text)),
            Token::Own => Ok(Part::named(self.own)),
            Token::Answer(name) => {
                let meaning = (self.meaning)(&name).ok_or(format!("没有名为“{name}”的题"))?;
                Ok(Part::named(&meaning))
            }
            Token::Mark("(") => {
                let inner = self.or()?;
                self.close()?;
                Ok(Part::tight(format!("({})", inner.text), inner.kind))
            }
            Token::Name(name) if self.mark("(") => {
                let parts = self.arguments()?;
                super::function::call(&name, parts)
            }
            Token::Name(name) => match (self.bare)(&name) {
                Some(text) => Ok(Part::tight(text, Kind::Text)),
                None => Err(format!("不认识“{name}”")),
            },
            Token::Mark(mark) => Err(format!("“{mark}”不该在这里")),
        }
    }

    fn close(&mut self) -> Result<(), String> {
        self.mark(")")
            .then_some(())
            .ok_or_else(|| "括号没有配对".to_owned())
    }

    fn arguments(&mut self) -> Result<Vec<Part>, String> {
        let mut parts = Vec::new();
        if self.mark(")") {
            return Ok(parts);
        }
        loop {
            parts.push(self.or()?);
            if !self.mark(",") {
                break;
            }
        }
        self.close()?;
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning_of(name: &str) -> Option<Meaning> {
        let codes = || ["c", "d", "red", "other"].map(str::to_owned).to_vec();
        let kind = match name {
            "missing" => return None,
            "colours" => Kind::Many(codes()),
            "fav" => Kind::Code(codes()),
            "rank" => Kind::Code(["1", "2"].map(str::to_owned).to_vec()),
            "age" | "a" | "b" | "slope" => Kind::Number,
            "born" | "seen" => Kind::Date,
            "agreed" => Kind::Bool,
            "trees" => Kind::Rows,
            "heights" => Kind::Cells(Box::new(Kind::Number)),
            _ => Kind::Text,
        };
        let text = match name {
            "heights" => "trees.map(r, r.height)".to_owned(),
            other => other.to_lowercase(),
        };
        Some(Meaning { text, kind })
    }

    fn translated(xpath: &str, wanted: Wanted) -> String {
        let bare = |name: &str| (name == "region").then(|| "option.region".to_owned());
        let own = Meaning {
            text: "self_id".into(),
            kind: Kind::Number,
        };
        match translate(xpath, wanted, &own, &meaning_of, &bare) {
            Translation::Done { text, .. } | Translation::Kept(text) => text,
        }
    }

    #[track_caller]
    fn check(xpath: &str, expected: &str) {
        assert_eq!(translated(xpath, Wanted::Value), expected, "{xpath}");
    }

    #[test]
    fn answers_operators_and_functions_are_carried_over() {
        check("${age} >= 18", "age >= 18");
        check(
            "${Sex}=‘female’ and ${age}>=15",
            "(sex == 'female') && (age >= 15)",
        );
        check(
            ". > 10.51 and . < 18.39",
            "(self_id > 10.51) && (self_id < 18.39)",
        );
        check(
            "not(selected(${fav}, 'c') and selected(${fav}, 'd'))",
            "!((fav == 'c') && (fav == 'd'))",
        );
        check("selected(${colours}, 'red')", "'red' in colours");
        check("selected(../fav, 'other')", "fav == 'other'");
        check("if(${a} > ${b}, 15, 6)", "(a > b) ? 15 : 6");
        check("region=${district}", "option.region == district");
        check("regex(${m}, '[A-Z]+')", "m.matches('^(?:[A-Z]+)$')");
        check("${a} - 1 div 2", "a - (decimal(1) / 2)");
        check("-(${a} + 1)", "-(a + 1)");
        check("count(${trees})", "size(trees)");
        check("sum(${heights})", "sum(trees.map(r, r.height))");
        check("count-selected(${colours}) <= 2", "size(colours) <= 2");
        check("coalesce(${a}, 0)", "coalesce(a, 0)");
        check(
            "concat(${m}, ' ', ${age})",
            "(m == none ? '' : m) + ' ' + (age == none ? '' : text(age))",
        );
    }

    #[test]
    fn kinds_meet_as_xpath_converts_them() {
        check("${rank} = 1", "rank == '1'");
        check("2 != ${rank}", "rank != '2'");
        check("${rank} > 1", "decimal(rank) > 1");
        check("${age} = '18'", "age == 18");
        check("${age} != ''", "age != none");
        check("${born} > '2020-02-01'", "born > date('2020-02-01')");
        check("today() - ${born}", "days(today() - born)");
        check("date(${born} + 7)", "add_days(born, 7)");
        check(
            "int((today() - ${born}) div 365.25)",
            "int(decimal((days(today() - born))) / 365.25)",
        );
        check("${agreed} = 'OK'", "agreed == true");
        check(
            "if(${age} > 5, 'old', ${age})",
            "(age > 5) ? 'old' : text(age)",
        );
        check("if(${age} > 5, ${age}, '')", "(age > 5) ? age : none");
        check(
            "format-date(${born}, '%Y年%n月')",
            "text(year(born)) + '年' + text(month(born)) + '月'",
        );
    }

    #[test]
    fn a_condition_of_another_kind_is_asked_whether_it_is_there() {
        let truth = |xpath: &str| translated(xpath, Wanted::Truth);
        assert_eq!(truth("${age}"), "coalesce(age, 0) != 0");
        assert_eq!(truth("2"), "true");
        assert_eq!(truth("0.0"), "false");
        assert_eq!(truth("${colours}"), "size(colours) > 0");
        assert_eq!(truth("${m} and ${age} > 1"), "(m != none) && (age > 1)");
        assert_eq!(truth("not(${agreed})"), "!(agreed)");
    }

    #[test]
    fn what_would_be_no_number_is_refused() {
        check("${m} > 5", "文字“m”不一定是数，请把题型改成整数或小数");
        check("${fav} > 5", "单选题“fav”的代码不都是数，不能当数用");
        check("${fav} = 'blue'", "“fav”的选项里没有“blue”");
        check(
            "selected(${colours}, 'blue')",
            "“colours”的选项里没有“blue”",
        );
        check(
            "${heights} > 1",
            "“trees.map(r, r.height)”在子表里有多行，不是一个值",
        );
        check("regex(., '(?=a)')", "不支持前后查找和“(?…)”的这种写法");
    }

    #[test]
    fn what_has_no_counterpart_is_named() {
        check(
            "pulldata('f', 'n', 'n', 'm')",
            "函数“pulldata”在这里没有对应：它取表单之外的文件，请建成一个台账再引用",
        );
        check("${missing} = 1", "没有名为“missing”的题");
        check("because x", "不认识“because”");
        check("${a", "“${”没有配对的“}”");
        check("(1", "括号没有配对");
        check("", "算式没有写完");
    }

    #[test]
    fn brackets_without_end_do_not_overflow_the_stack() {
        let deep = "(".repeat(100_000);
        check(&deep, "括号套得太深");
    }
}
