//! XPath 1.0 as XLSForm uses it → the expressions of definitions. What has no counterpart is reported by name, so that
//! the expression can be kept as a comment and finished by hand.

/// What a name in a form means here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// A field holding one value.
    Field(String),
    /// A field holding a list of codes.
    Many(String),
}

/// An expression carried over, or why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Translation {
    /// The expression in our language.
    Done(String),
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
    match parser.or() {
        Ok(done) if parser.at == parser.tokens.len() => Translation::Done(done.text),
        Ok(_) => Translation::Kept("算式后面还有多余的内容".into()),
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

fn next_token(rest: &str, c: char, before: Option<&Token>) -> Result<(Token, usize), String> {
    if let Some(inner) = rest.strip_prefix("${") {
        let end = inner.find('}').ok_or("“${”没有配对的“}”")?;
        return Ok((Token::Answer(inner[..end].trim().to_owned()), end + 3));
    }
    if let Some(inner) = rest.strip_prefix("../") {
        let length = name_length(inner);
        return Ok((Token::Answer(inner[..length].to_owned()), length + 3));
    }
    if c == '\'' || c == '"' {
        let end = rest[1..].find(c).ok_or("引号没有配对")?;
        return Ok((Token::Text(rest[1..=end].to_owned()), end + 2));
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

/// A translated part with what is known of it.
struct Part {
    text: String,
    many: bool,
    /// Binds weaker than a comparison: needs brackets inside one.
    loose: bool,
}

impl Part {
    fn tight(text: String) -> Part {
        Part {
            text,
            many: false,
            loose: false,
        }
    }

    fn loose(text: String) -> Part {
        Part {
            text,
            many: false,
            loose: true,
        }
    }

    fn inside(self) -> String {
        if self.loose {
            format!("({})", self.text)
        } else {
            self.text
        }
    }
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

type Parsed = Result<Part, String>;

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
            left = Part::loose(format!("{} || {}", left.inside(), right.inside()));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.comparison()?;
        while self.word("and") {
            let right = self.comparison()?;
            left = Part::loose(format!("{} && {}", left.inside(), right.inside()));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed {
        let mut left = self.sum()?;
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
                left = Part::loose(format!("{} {ours} {}", left.inside(), right.inside()));
                break;
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
            let right = self.product()?;
            left = Part::loose(format!("{} {op} {}", left.text, right.inside()));
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
            let right = self.unary()?;
            left = Part::loose(format!("{} {op} {}", left.inside(), right.inside()));
        }
    }

    fn unary(&mut self) -> Parsed {
        if self.mark("-") {
            let inner = self.unary()?;
            return Ok(Part::tight(format!("-{}", inner.inside())));
        }
        self.primary()
    }

    fn primary(&mut self) -> Parsed {
        let token = self.tokens.get(self.at).cloned().ok_or("算式没有写完")?;
        self.at += 1;
        match token {
            Token::Number(number) => Ok(Part::tight(number)),
            Token::Text(text) => Ok(Part::tight(quoted(&text))),
            Token::Own => Ok(named(self.own)),
            Token::Answer(name) => {
                let meaning = (self.meaning)(&name).ok_or(format!("没有名为“{name}”的题"))?;
                Ok(named(&meaning))
            }
            Token::Mark("(") => {
                let inner = self.or()?;
                self.close()?;
                Ok(Part::tight(format!("({})", inner.text)))
            }
            Token::Name(name) if self.mark("(") => self.call(&name),
            Token::Name(name) => match (self.bare)(&name) {
                Some(text) => Ok(Part::tight(text)),
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

    fn call(&mut self, name: &str) -> Parsed {
        let mut parts = self.arguments()?;
        let count = parts.len();
        let mut take = || parts.remove(0);
        let text = match (name, count) {
            ("not", 1) => format!("!({})", take().text),
            ("true", 0) => "true".to_owned(),
            ("false", 0) => "false".to_owned(),
            ("today", 0) => "today()".to_owned(),
            ("now", 0) => "now()".to_owned(),
            ("if", 3) => {
                let (test, yes, no) = (take(), take(), take());
                return Ok(Part::loose(format!(
                    "{} ? {} : {}",
                    test.inside(),
                    yes.inside(),
                    no.inside()
                )));
            }
            ("selected", 2) => {
                let (of, option) = (take(), take());
                return Ok(Part::loose(if of.many {
                    format!("{} in {}", option.inside(), of.text)
                } else {
                    format!("{} == {}", of.inside(), option.inside())
                }));
            }
            ("count-selected", 1) | ("count", 1) | ("string-length", 1) => {
                format!("size({})", take().text)
            }
            ("regex", 2) => {
                let (of, pattern) = (take(), take());
                format!("{}.matches({})", of.inside(), pattern.text)
            }
            ("starts-with", 2) | ("contains", 2) | ("ends-with", 2) => {
                let (of, part) = (take(), take());
                let ours = match name {
                    "starts-with" => "startsWith",
                    "ends-with" => "endsWith",
                    _ => "contains",
                };
                format!("{}.{ours}({})", of.inside(), part.text)
            }
            ("coalesce" | "round" | "max" | "min" | "sum" | "abs" | "floor", 1..) => {
                let all: Vec<String> = parts.into_iter().map(|p| p.text).collect();
                format!("{name}({})", all.join(", "))
            }
            ("ceiling", 1) => format!("ceil({})", take().text),
            ("int", 1) => format!("int({})", take().text),
            ("number", 1) => format!("decimal({})", take().text),
            ("string", 1) => format!("text({})", take().text),
            ("date", 1) => format!("date({})", take().text),
            ("concat", 1..) => {
                let all: Vec<String> = parts
                    .into_iter()
                    .map(|p| format!("text({})", p.text))
                    .collect();
                return Ok(Part::loose(all.join(" + ")));
            }
            _ => return Err(format!("函数“{name}”在这里没有对应")),
        };
        Ok(Part::tight(text))
    }
}

fn named(meaning: &Meaning) -> Part {
    match meaning {
        Meaning::Field(id) => Part::tight(id.clone()),
        Meaning::Many(id) => Part {
            text: id.clone(),
            many: true,
            loose: false,
        },
    }
}

/// A text literal of our language: single quotes, as the definitions write them.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(xpath: &str, expected: &str) {
        let meaning = |name: &str| match name {
            "colours" => Some(Meaning::Many("colours".into())),
            "missing" => None,
            other => Some(Meaning::Field(other.to_lowercase())),
        };
        let bare = |name: &str| (name == "region").then(|| "option.region".to_owned());
        let own = Meaning::Field("self_id".into());
        let got = match translate(xpath, &own, &meaning, &bare) {
            Translation::Done(text) | Translation::Kept(text) => text,
        };
        assert_eq!(got, expected, "{xpath}");
    }

    #[test]
    fn answers_operators_and_functions_are_carried_over() {
        check("${age} >= 18", "age >= 18");
        check(
            "${Sex}='female' and ${age}>=15",
            "(sex == 'female') && (age >= 15)",
        );
        check(
            ". > 10.51 and . < 18.39",
            "(self_id > 10.51) && (self_id < 18.39)",
        );
        check(
            "not(selected(., 'c') and selected(., 'd'))",
            "!((self_id == 'c') && (self_id == 'd'))",
        );
        check("selected(${colours}, 'red')", "'red' in colours");
        check("selected(../fav, 'other')", "fav == 'other'");
        check("if(${a} > ${b}, 15, 6)", "(a > b) ? 15 : 6");
        check("region=${district}", "option.region == district");
        check("regex(${m}, '[A-Z]+')", "m.matches('[A-Z]+')");
        check("${a} - 1 div 2", "a - (1 / 2)");
        check("-(${a} + 1)", "-(a + 1)");
    }

    #[test]
    fn what_has_no_counterpart_is_named() {
        check(
            "pulldata('f', 'n', 'n', 'm')",
            "函数“pulldata”在这里没有对应",
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
