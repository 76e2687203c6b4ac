//! 编号. Record numbers by pattern: `XM{yyyy}{seq:4}` gives XM20230001. Counting is the store's:
//! it keeps one counter per scope key, in the same transaction as the record.

use ground::{Date, OrgPath};

use crate::record::{Fields, Value};

/// What a number is made from.
#[derive(Clone, Copy, Debug)]
pub struct NumberContext<'a> {
    /// Day on which the number is given.
    pub date: Date,
    /// Organisation of the record.
    pub org: &'a OrgPath,
    /// Short name of that organisation for `{org.abbr}`.
    pub org_abbr: &'a str,
    /// Values of the record, for `{field_id}`.
    pub fields: &'a Fields,
}

/// A parsed number pattern with its counting scope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NumberPattern {
    pattern: String,
    pieces: Vec<Piece>,
    scope: Vec<Token>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Literal(String),
    Token(Token, usize),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Year4,
    Year2,
    Month,
    OrgAbbr,
    Org,
    Seq,
    Field(String),
}

/// Widest sequence: more than any district counts in one scope, and still a u64.
const SEQ_WIDTH_MAX: usize = 12;

impl NumberPattern {
    /// Reads a pattern and the list of its scope words.
    ///
    /// # Errors
    /// What is wrong, in one Chinese sentence, without place.
    pub fn parse(pattern: &str, scope: &[&str]) -> Result<NumberPattern, String> {
        let pieces = pieces(pattern)?;
        let counts = pieces
            .iter()
            .filter(|p| matches!(p, Piece::Token(Token::Seq, _)))
            .count();
        if counts != 1 {
            return Err(format!(
                "编号样式“{pattern}”里要有且只有一个 {{seq:位数}}。"
            ));
        }
        let scope: Vec<Token> = scope.iter().map(|s| token(s)).collect::<Result<_, _>>()?;
        if scope.contains(&Token::Seq) {
            return Err("编号范围 scope 里不能写 seq。".into());
        }
        Ok(NumberPattern {
            pattern: pattern.into(),
            pieces,
            scope,
        })
    }

    /// The pattern as written.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Record fields that the pattern or its scope uses.
    pub fn fields(&self) -> Vec<&str> {
        let tokens = self.pieces.iter().filter_map(|p| match p {
            Piece::Token(token, _) => Some(token),
            Piece::Literal(_) => None,
        });
        let names = tokens.chain(&self.scope).filter_map(|t| match t {
            Token::Field(id) => Some(id.as_str()),
            _ => None,
        });
        names.collect()
    }

    /// Whether the short name of the record's organisation is asked for.
    pub fn names_org(&self) -> bool {
        let piece = |piece: &Piece| matches!(piece, Piece::Token(Token::OrgAbbr, _));
        self.pieces.iter().any(piece) || self.scope.contains(&Token::OrgAbbr)
    }

    /// The counter that this record's number is drawn from, `2023` or `410102.s013/2023`.
    pub fn scope_key(&self, context: &NumberContext) -> String {
        let parts = self
            .scope
            .iter()
            .map(|t| value(t, context).unwrap_or_else(|| "-".into()));
        parts.collect::<Vec<_>>().join("/")
    }

    /// The number with sequence `seq`; none when a field that it names has no value yet.
    pub fn render(&self, context: &NumberContext, seq: u64) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Token(Token::Seq, width) => text.push_str(&format!("{seq:0width$}")),
                Piece::Token(token, width) => {
                    let part = value(token, context)?;
                    text.push_str(&format!("{part:0>width$}"));
                }
            }
        }
        Some(text)
    }

    /// The sequence inside a number made with this context; none when the number is of another
    /// form or of another scope. Used to set counters after an import of numbered records.
    pub fn sequence(&self, context: &NumberContext, number: &str) -> Option<u64> {
        let marker = self.render(context, 0)?;
        let width = self.seq_width();
        let before = self.text_before_seq(context)?;
        let after = &marker[before.len() + width..];
        let digits = number.strip_prefix(&before)?.strip_suffix(after)?;
        let plain = digits.len() >= width && digits.bytes().all(|b| b.is_ascii_digit());
        let padded = digits.len() > width && digits.starts_with('0');
        if plain && !padded {
            digits.parse().ok()
        } else {
            None
        }
    }

    fn seq_width(&self) -> usize {
        let widths = self.pieces.iter().find_map(|p| match p {
            Piece::Token(Token::Seq, width) => Some(*width),
            _ => None,
        });
        widths.unwrap_or(1)
    }

    fn text_before_seq(&self, context: &NumberContext) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Token(Token::Seq, _) => break,
                Piece::Token(token, width) => {
                    let part = value(token, context)?;
                    text.push_str(&format!("{part:0>width$}"));
                }
            }
        }
        Some(text)
    }
}

fn pieces(pattern: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            pieces.push(Piece::Literal(rest[..open].into()));
        }
        let close = rest[open..]
            .find('}')
            .ok_or(format!("编号样式“{pattern}”缺少右括号 }}。"))?;
        pieces.push(placeholder(&rest[open + 1..open + close])?);
        rest = &rest[open + close + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.into()));
    }
    Ok(pieces)
}

fn placeholder(inside: &str) -> Result<Piece, String> {
    let (name, width) = match inside.split_once(':') {
        Some((name, width)) => (name, width.parse().ok()),
        None => (inside, Some(1)),
    };
    match width {
        Some(width) if (1..=SEQ_WIDTH_MAX).contains(&width) => {
            Ok(Piece::Token(token(name)?, width))
        }
        _ => Err(format!(
            "编号样式里的 {{{inside}}} 位数要写 1 到 {SEQ_WIDTH_MAX}。"
        )),
    }
}

fn token(name: &str) -> Result<Token, String> {
    match name {
        "yyyy" => Ok(Token::Year4),
        "yy" => Ok(Token::Year2),
        "mm" => Ok(Token::Month),
        "org.abbr" => Ok(Token::OrgAbbr),
        "org" => Ok(Token::Org),
        "seq" => Ok(Token::Seq),
        field if crate::parse::is_id(field) => Ok(Token::Field(field.into())),
        other => Err(format!(
            "编号里的 {{{other}}} 不认识；可以写 yyyy、yy、mm、org.abbr、org、seq 或字段 id。"
        )),
    }
}

fn value(token: &Token, context: &NumberContext) -> Option<String> {
    Some(match token {
        Token::Year4 => format!("{:04}", context.date.year()),
        Token::Year2 => format!("{:02}", context.date.year() % 100),
        Token::Month => format!("{:02}", context.date.month()),
        Token::OrgAbbr => context.org_abbr.to_owned(),
        Token::Org => context.org.to_string(),
        Token::Seq => return None,
        Token::Field(id) => match context.fields.get(id)? {
            Value::Text(text) => text.clone(),
            Value::Int(n) => n.to_string(),
            Value::Ref(id) => id.to_string(),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn org() -> OrgPath {
        "410102.s013".parse().expect("fixed path")
    }

    fn context<'a>(org: &'a OrgPath, fields: &'a Fields) -> NumberContext<'a> {
        NumberContext {
            date: ground::Date::constant(2023, 3, 10),
            org,
            org_abbr: "莲湖",
            fields,
        }
    }

    #[test]
    fn a_pattern_gives_number_and_scope() {
        let (org, fields) = (org(), Fields::from([("round_no".into(), Value::Int(7))]));
        let pattern = NumberPattern::parse("AQ{org.abbr}{yyyy}{seq:5}", &["org", "yyyy"]).unwrap();
        assert_eq!(
            pattern.render(&context(&org, &fields), 17).unwrap(),
            "AQ莲湖202300017"
        );
        assert_eq!(
            pattern.scope_key(&context(&org, &fields)),
            "410102.s013/2023"
        );
        assert!(pattern.names_org());
        let round = NumberPattern::parse("QC{round_no:2}-{seq:3}", &["round_no"]).unwrap();
        assert_eq!(
            round.render(&context(&org, &fields), 4).unwrap(),
            "QC07-004"
        );
        assert!(!round.names_org());
        assert_eq!(round.scope_key(&context(&org, &fields)), "7");
        assert_eq!(round.render(&context(&org, &Fields::new()), 4), None);
    }

    #[test]
    fn wrong_patterns_are_refused_with_a_reason() {
        for bad in [
            "XM{yyyy}",
            "{seq:4}{seq:4}",
            "XM{seq:40}",
            "XM{seq:4",
            "{Jahr}{seq:4}",
        ] {
            assert!(NumberPattern::parse(bad, &[]).is_err(), "{bad}");
        }
        assert!(NumberPattern::parse("{seq:4}", &["seq"]).is_err());
    }

    proptest! {
        #[test]
        fn the_sequence_is_read_back_from_the_number(seq in 0u64..10_000_000_000, width in 1usize..9) {
            let (org, fields) = (org(), Fields::new());
            let pattern = NumberPattern::parse(&format!("XM{{yyyy}}{{seq:{width}}}号"), &["yyyy"]).unwrap();
            let number = pattern.render(&context(&org, &fields), seq).unwrap();
            prop_assert_eq!(pattern.sequence(&context(&org, &fields), &number), Some(seq));
        }

        #[test]
        fn two_sequences_never_give_one_number(a in 0u64..1_000_000, b in 0u64..1_000_000) {
            let (org, fields) = (org(), Fields::new());
            let pattern = NumberPattern::parse("XM{yyyy}{seq:4}", &["yyyy"]).unwrap();
            let number = |seq| pattern.render(&context(&org, &fields), seq).unwrap();
            prop_assert_eq!(number(a) == number(b), a == b);
        }
    }
}
