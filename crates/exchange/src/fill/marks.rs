//! The places that a template leaves open, as an official types them: `{{指标.整改率}}`, `{{#记录}}`, `{{/记录}}`.
//! An input method writes braces and points in full width as often as not: both are read.

/// Longest word between braces, in characters; what is longer is a text in braces.
const WORD_CHARS: usize = 80;

/// What a mark does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MarkKind {
    /// Stands for a value.
    Word,
    /// Begins what is repeated.
    Open,
    /// Ends it.
    Close,
}

/// A mark in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    /// Bytes that it takes.
    pub from: usize,
    /// Byte behind it.
    pub to: usize,
    /// What it does.
    pub kind: MarkKind,
    /// Its word, points in half width, without blanks.
    pub word: String,
}

/// All marks of a text in order, and the words behind braces that nothing closes.
pub(crate) fn marks(text: &str) -> (Vec<Mark>, Vec<String>) {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let pair = |at: usize, set: [char; 2]| {
        let is = |at: usize| chars.get(at).is_some_and(|(_, c)| set.contains(c));
        is(at) && is(at + 1)
    };
    let (mut found, mut torn, mut at) = (Vec::new(), Vec::new(), 0);
    while at < chars.len() {
        if !pair(at, ['{', '｛']) {
            at += 1;
            continue;
        }
        let mut end = at + 2;
        while end < chars.len()
            && end - at < WORD_CHARS
            && !pair(end, ['}', '｝'])
            && !pair(end, ['{', '｛'])
        {
            end += 1;
        }
        let inside: String = chars[at + 2..end.min(chars.len())]
            .iter()
            .map(|(_, c)| c)
            .collect();
        if !pair(end, ['}', '｝']) {
            torn.push(inside.trim().chars().take(12).collect());
            at = end.max(at + 2);
            continue;
        }
        let to = chars.get(end + 2).map_or(text.len(), |(byte, _)| *byte);
        let (kind, word) = read(&inside);
        found.push(Mark {
            from: chars[at].0,
            to,
            kind,
            word,
        });
        at = end + 2;
    }
    (found, torn)
}

fn read(inside: &str) -> (MarkKind, String) {
    let point = |c: char| {
        if matches!(c, '．' | '。' | '·' | '・') {
            '.'
        } else {
            c
        }
    };
    let word: String = inside
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(point)
        .collect();
    let (kind, rest) = match word.chars().next() {
        Some('#' | '＃') => (MarkKind::Open, word.chars().skip(1).collect()),
        Some('/' | '／') => (MarkKind::Close, word.chars().skip(1).collect()),
        _ => (MarkKind::Word, word),
    };
    (kind, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(MarkKind, &str)]) {
        let (found, _) = marks(text);
        let found: Vec<(MarkKind, &str)> =
            found.iter().map(|m| (m.kind, m.word.as_str())).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn marks_are_read_in_half_and_full_width() {
        check("共{{指标.排查数}}处", &[(MarkKind::Word, "指标.排查数")]);
        check("｛｛ 指标。排查数 ｝｝", &[(MarkKind::Word, "指标.排查数")]);
        check(
            "{{＃记录}}{{记录．问题}}{{/记录}}",
            &[
                (MarkKind::Open, "记录"),
                (MarkKind::Word, "记录.问题"),
                (MarkKind::Close, "记录"),
            ],
        );
        check("{单括号} { {分开} }", &[]);
    }

    #[test]
    fn the_bytes_of_a_mark_are_its_braces_and_all_between() {
        let text = "共{{甲}}处";
        let (found, torn) = marks(text);
        assert_eq!(&text[found[0].from..found[0].to], "{{甲}}");
        assert!(torn.is_empty());
    }

    #[test]
    fn braces_that_nothing_closes_are_told() {
        assert_eq!(marks("{{指标.整改率 {{期间}}").1, ["指标.整改率"]);
        assert_eq!(marks("{{期间").1, ["期间"]);
        check("{{指标.整改率 {{期间}}", &[(MarkKind::Word, "期间")]);
    }
}
