//! `matches(text, pattern)`: the regular expressions of RE2, which the CEL specification asks for. They are searched
//! anywhere in the text and take time linear in it. The engine beneath has a few signs of its own and takes `\d`,
//! `\w`, `\s`, `\b` for all scripts; here a pattern is rewritten so that it means what RE2 says, or is refused.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

/// Longest pattern in characters; those in forms of people stay below 200.
const PATTERN_MAX: usize = 1_000;
/// Bytes of a compiled pattern: `[一-龥]{1,1000}` fits, a tower of repetitions does not.
const COMPILED_MAX: usize = 1 << 20;
/// Highest count of a repetition, as RE2 has it.
const REPEAT_MAX: u32 = 1_000;
/// Compiled patterns kept per thread; a district's definitions have a few dozen.
const KEPT_MAX: usize = 64;

thread_local! {
    static KEPT: RefCell<HashMap<String, Regex>> = RefCell::new(HashMap::new());
}

/// Whether the pattern is found in the text.
///
/// # Errors
/// What is wrong with the pattern, in Chinese.
pub(super) fn found(text: &str, pattern: &str) -> Result<bool, String> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(regex) = kept.get(pattern) {
            return Ok(regex.is_match(text));
        }
        let regex = compile(pattern)?;
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        let is_match = regex.is_match(text);
        kept.insert(pattern.to_owned(), regex);
        Ok(is_match)
    })
}

/// What is wrong with a pattern, in Chinese; none when it can be used.
pub fn problem(pattern: &str) -> Option<String> {
    compile(pattern).err()
}

fn compile(pattern: &str) -> Result<Regex, String> {
    if pattern.chars().count() > PATTERN_MAX {
        return Err(format!("正则表达式超过 {PATTERN_MAX} 个字"));
    }
    let ours = Rewriter::new(pattern).run()?;
    let built = RegexBuilder::new(&ours)
        .size_limit(COMPILED_MAX)
        .dfa_size_limit(COMPILED_MAX)
        .nest_limit(100)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "正则表达式展开后太大，请减少重复次数".to_owned(),
        _ => format!("“{pattern}”不是正确的正则表达式"),
    })
}

/// Walks a pattern once and writes it in the signs of the engine.
struct Rewriter<'p> {
    rest: &'p str,
    out: String,
    /// Inside `[…]`.
    class: bool,
    /// The class has no member yet: a `]` here is a member.
    fresh: bool,
    /// What came last is a repetition: another must not follow, but `?` once.
    repeated: Repeated,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeated {
    No,
    Greedy,
    Lazy,
}

type Step = Result<(), String>;

impl<'p> Rewriter<'p> {
    fn new(pattern: &'p str) -> Rewriter<'p> {
        Rewriter {
            rest: pattern,
            out: String::with_capacity(pattern.len() + 16),
            class: false,
            fresh: false,
            repeated: Repeated::No,
        }
    }

    fn run(mut self) -> Result<String, String> {
        while let Some(c) = self.rest.chars().next() {
            let before = std::mem::replace(&mut self.repeated, Repeated::No);
            match c {
                '\\' => self.escape()?,
                _ if self.class => self.member(c)?,
                '[' => self.open(),
                '(' => self.group()?,
                '{' if self.counts().is_some() => self.count(before)?,
                '{' => self.put(1, "\\{"),
                '*' | '+' | '?' => self.repeat(c, before)?,
                _ => self.take(c.len_utf8()),
            }
        }
        Ok(self.out)
    }

    /// Copies so many bytes.
    fn take(&mut self, bytes: usize) {
        let (head, rest) = self.rest.split_at(bytes);
        self.out.push_str(head);
        self.rest = rest;
    }

    /// Writes something else for so many bytes.
    fn put(&mut self, bytes: usize, ours: &str) {
        self.out.push_str(ours);
        self.rest = &self.rest[bytes..];
    }

    fn open(&mut self) {
        self.take(1);
        if self.rest.starts_with('^') {
            self.take(1);
        }
        (self.class, self.fresh) = (true, true);
    }

    /// A member of a class. Classes in classes, `&&`, `--` and `~~` are signs of the engine alone.
    fn member(&mut self, c: char) -> Step {
        let fresh = std::mem::take(&mut self.fresh);
        match c {
            ']' if fresh => self.put(1, "\\]"),
            ']' => {
                self.class = false;
                self.take(1);
            }
            '[' if self.rest.starts_with("[:") => {
                let end = self.rest.find(":]").ok_or("“[:”没有配对的“:]”")?;
                self.take(end + 2);
            }
            '[' => self.put(1, "\\["),
            '&' => self.put(1, "\\&"),
            '~' => self.put(1, "\\~"),
            '-' if self.rest.starts_with("--") => {
                return Err("方括号里的“--”请写成“\\-”".to_owned());
            }
            _ => self.take(c.len_utf8()),
        }
        Ok(())
    }

    /// Classes of letters are those of ASCII in RE2.
    fn escape(&mut self) -> Step {
        self.fresh = false;
        let c = self.rest.chars().nth(1).ok_or("正则表达式以“\\”结束")?;
        let ours = match (c, self.class) {
            ('d', true) => "0-9",
            ('w', true) => "0-9A-Za-z_",
            ('s', true) => "\\t\\n\\x0C\\r ",
            ('d', false) => "[0-9]",
            ('w', false) => "[0-9A-Za-z_]",
            ('s', false) => "[\\t\\n\\x0C\\r ]",
            ('D', _) => "[^0-9]",
            ('W', _) => "[^0-9A-Za-z_]",
            ('S', _) => "[^\\t\\n\\x0C\\r ]",
            ('b', false) => "(?-u:\\b)",
            ('B', false) => "(?-u:\\B)",
            ('Q', _) => return self.quoted(),
            ('p' | 'P' | 'x', _) if self.rest[2..].starts_with('{') => {
                let end = self.rest.find('}').ok_or("“{”没有配对的“}”")?;
                self.take(end + 1);
                return Ok(());
            }
            ('<' | '>' | 'u' | 'U' | 'C' | 'b' | 'B', _) => {
                return Err(format!("不认识“\\{c}”"));
            }
            _ => {
                self.take(1 + c.len_utf8());
                return Ok(());
            }
        };
        self.put(2, ours);
        Ok(())
    }

    /// `\Q…\E`: nothing between has a meaning of its own.
    fn quoted(&mut self) -> Step {
        let inner = &self.rest[2..];
        let (words, used) = match inner.find("\\E") {
            Some(end) => (&inner[..end], 2 + end + 2),
            None => (inner, self.rest.len()),
        };
        let words = regex::escape(words);
        self.put(used, &words);
        Ok(())
    }

    /// `(`, `(?:`, `(?P<name>`, `(?i)`; the engine has flags that RE2 lacks.
    fn group(&mut self) -> Step {
        let Some(flags) = self.rest.strip_prefix("(?") else {
            self.take(1);
            return Ok(());
        };
        if flags.starts_with("P<") || flags.starts_with('<') && !flags.starts_with("<=") {
            self.take(2);
            return Ok(());
        }
        let end = flags.find([':', ')']).unwrap_or(flags.len());
        if flags[..end].chars().all(|c| "imsU-".contains(c)) {
            self.take(2 + end);
            return Ok(());
        }
        Err("不支持前后查找和“(?…)”的这种写法".to_owned())
    }

    /// `*`, `+`, `?`; RE2 takes none after another, but `?` once for the shortest.
    fn repeat(&mut self, c: char, before: Repeated) -> Step {
        self.repeated = match (before, c) {
            (Repeated::No, _) => Repeated::Greedy,
            (Repeated::Greedy, '?') => Repeated::Lazy,
            _ => return Err(format!("“{c}”前面已经有重复次数")),
        };
        self.take(1);
        Ok(())
    }

    /// The inside of `{n}`, `{n,}`, `{n,m}`; any other `{` is a sign like others.
    fn counts(&self) -> Option<&'p str> {
        let inner = &self.rest[1..];
        let counts = &inner[..inner.find('}')?];
        is_count(counts).then_some(counts)
    }

    fn count(&mut self, before: Repeated) -> Step {
        let counts = self.counts().unwrap_or("");
        let high = counts
            .split(',')
            .filter(|n| !n.is_empty())
            .any(|n| n.parse().map_or(true, |n: u32| n > REPEAT_MAX));
        if high {
            return Err(format!("重复次数最多写 {REPEAT_MAX}"));
        }
        self.repeat('{', before)?;
        self.take(counts.len() + 1);
        Ok(())
    }
}

/// `3`, `3,` or `3,5`.
fn is_count(counts: &str) -> bool {
    let mut parts = counts.split(',');
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let first = parts.next().is_some_and(|n| !n.is_empty() && digits(n));
    first && parts.next().is_none_or(digits) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(found(text, pattern), Ok(expected), "{pattern} in {text}");
    }

    #[test]
    fn a_pattern_is_searched_anywhere() {
        check("ubb", "hubba", true);
        check("^ubb", "hubba", false);
        check("^.{4}$", "中原区政", true);
        check("", "", true);
    }

    #[test]
    fn classes_are_those_of_ascii_and_unicode_has_names() {
        check("^\\d+$", "３", false);
        check("^\\w+$", "é", false);
        check("^\\W$", "é", true);
        check("^[\\d\\-x]+$", "1-x", true);
        check("^[^\\D]$", "7", true);
        check("\\bdoc\\b", "a doc.", true);
        check("^\\p{Han}{2,4}$", "王小明", true);
        check("(?i)ÄB", "äb", true);
    }

    #[test]
    fn signs_of_the_engine_alone_stand_for_themselves() {
        check("^[[a&&b]+$", "[&a", true);
        check("^[a~~b]+$", "~", true);
        check("^[]a]$", "]", true);
        check("^[[:digit:]x]+$", "1x", true);
        check("a{,2}", "a{,2}", true);
        check("a{x}", "a{x}", true);
        check("^\\Qa.b\\E$", "a.b", true);
        check("^\\Qa.b\\E$", "axb", false);
    }

    #[test]
    fn what_re2_has_not_is_refused() {
        for pattern in [
            "(?=a)", "(?<!a)", "(?x)a b", "a{1001}", "[+--]", "(", "a**", "\\1", "\\", "[a", "(?",
        ] {
            assert!(problem(pattern).is_some(), "{pattern}");
        }
        let tower = "(((a{100}){100}){100})";
        assert_eq!(
            problem(tower).as_deref(),
            Some("正则表达式展开后太大，请减少重复次数")
        );
        assert!(problem(&"a".repeat(1_001)).is_some());
    }
}
