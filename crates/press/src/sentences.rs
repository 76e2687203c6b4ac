//! A page as sentences, each with its place in the page.

use serde::{Deserialize, Serialize};

/// Byte offsets in the page, end exclusive; always at character boundaries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The text of the span; empty when the page is another one.
    pub fn of(self, page: &str) -> &str {
        page.get(self.start..self.end).unwrap_or("")
    }
}

/// One sentence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sentence {
    /// Number in the page, from 1.
    pub number: usize,
    /// Where it stands, blanks at both ends left out.
    pub span: Span,
    /// Its text.
    pub text: String,
}

impl Sentence {
    /// Place for a finding: `第4句:…`.
    pub fn place(&self) -> String {
        format!("第{}句:{}", self.number, self.text)
    }
}

/// Splits at 。！？ and at line ends. An end mark inside 《》 or “” does not split unless the quote
/// closes right behind it; an unclosed quote ends with its line. Blank sentences are left out.
///
/// ```
/// let sentences = press::split_sentences("签约2个。开工6个！");
/// assert_eq!(sentences[1].text, "开工6个！");
/// assert_eq!(sentences[1].span.start, "签约2个。".len());
/// ```
pub fn split_sentences(page: &str) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut chars = page.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '“' | '《' => depth += 1,
            '”' | '》' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let line_end = c == '\n' || c == '\r';
        if line_end {
            depth = 0;
        }
        let closed = depth == 0 && !next.is_some_and(|next| is_end(next) || next == '”');
        let ends = (is_end(c) || (c == '”' && ended_before(&page[..at]))) && closed;
        if ends || line_end {
            push(&mut sentences, page, start, at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    push(&mut sentences, page, start, page.len());
    sentences
}

fn is_end(c: char) -> bool {
    matches!(c, '。' | '！' | '？')
}

fn ended_before(text: &str) -> bool {
    text.ends_with(is_end)
}

fn push(sentences: &mut Vec<Sentence>, page: &str, start: usize, end: usize) {
    let raw = &page[start..end];
    let text = raw.trim();
    if text.is_empty() {
        return;
    }
    let start = start + (raw.len() - raw.trim_start().len());
    let span = Span {
        start,
        end: start + text.len(),
    };
    sentences.push(Sentence {
        number: sentences.len() + 1,
        span,
        text: text.to_owned(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(page: &str, expect: &[&str]) {
        let texts: Vec<String> = split_sentences(page).into_iter().map(|s| s.text).collect();
        assert_eq!(texts, expect);
    }

    #[test]
    fn marks_and_lines_end_a_sentence() {
        check("甲。乙！丙？丁", &["甲。", "乙！", "丙？", "丁"]);
        check(
            "标题 总投资2亿元\n\n  正文。\r\n下一行",
            &["标题 总投资2亿元", "正文。", "下一行"],
        );
        check("真的？！是。", &["真的？！", "是。"]);
        check("", &[]);
        check("。", &["。"]);
    }

    #[test]
    fn quotes_and_titles_are_not_torn() {
        check(
            "他说：“好。很好。”大家笑了。",
            &["他说：“好。很好。”", "大家笑了。"],
        );
        check("读《怎么办？》一书。", &["读《怎么办？》一书。"]);
        check(
            "“未闭合的引号。\n下一段。",
            &["“未闭合的引号。", "下一段。"],
        );
    }

    proptest! {
        #[test]
        fn every_sentence_is_the_text_at_its_offsets(page in "[甲乙 。！？“”《》\n1]{0,40}") {
            let sentences = split_sentences(&page);
            for sentence in &sentences {
                prop_assert_eq!(sentence.span.of(&page), sentence.text.as_str());
            }
            let kept: usize = sentences.iter().map(|s| s.text.chars().filter(|c| !c.is_whitespace()).count()).sum();
            prop_assert_eq!(kept, page.chars().filter(|c| !c.is_whitespace()).count());
        }
    }
}
