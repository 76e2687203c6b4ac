//! 前置工作 as people write it in a cell: `1`, `1SS+10`, `2FS-10天；4、6`, `3完成-完成+2周`.
//!
//! Reads and prints the text of one cell; `predecessors` turns a whole column into links.

use ground::Finding;

use crate::network::LinkKind;

/// One predecessor as written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PredecessorRef {
    /// 编号 of the predecessor, half width unless it stood in quotes.
    pub code: String,
    /// FS when nothing is written.
    pub kind: LinkKind,
    /// 间隔 in `unit`; negative = overlap.
    pub lag: i64,
    /// Day when nothing is written.
    pub unit: LagUnit,
}

/// Unit of a lag. Elapsed units (自然日) pass on every day of the year, 24 hours a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LagUnit {
    /// 分钟.
    Minute,
    /// 小时.
    Hour,
    /// 天, a working day.
    Day,
    /// 周, a working week.
    Week,
    /// 个月, a working month.
    Month,
    /// 自然分钟.
    ElapsedMinute,
    /// 自然小时.
    ElapsedHour,
    /// 自然日.
    ElapsedDay,
    /// 自然周.
    ElapsedWeek,
    /// 自然月: 30 days of 24 hours, as in Microsoft Project.
    ElapsedMonth,
    /// Percent of the predecessor's duration.
    Percent,
    /// Percent of the predecessor's duration, passing by the clock: half of two working days (16 hours) are 8 hours of
    /// any day. Written `e%`, as in Microsoft Project.
    ElapsedPercent,
}

impl LagUnit {
    /// How the unit is printed after a number; every one is read back.
    pub fn label(self) -> &'static str {
        match self {
            LagUnit::Minute => "分钟",
            LagUnit::Hour => "小时",
            LagUnit::Day => "天",
            LagUnit::Week => "周",
            LagUnit::Month => "个月",
            LagUnit::ElapsedMinute => "自然分钟",
            LagUnit::ElapsedHour => "自然小时",
            LagUnit::ElapsedDay => "自然日",
            LagUnit::ElapsedWeek => "自然周",
            LagUnit::ElapsedMonth => "自然月",
            LagUnit::Percent => "%",
            LagUnit::ElapsedPercent => "e%",
        }
    }

    /// True for units that ignore calendars.
    pub fn is_elapsed(self) -> bool {
        matches!(
            self,
            LagUnit::ElapsedMinute
                | LagUnit::ElapsedHour
                | LagUnit::ElapsedDay
                | LagUnit::ElapsedWeek
                | LagUnit::ElapsedMonth
                | LagUnit::ElapsedPercent
        )
    }

    /// True for parts of the predecessor's duration.
    pub fn is_percent(self) -> bool {
        matches!(self, LagUnit::Percent | LagUnit::ElapsedPercent)
    }
}

/// Words of the units. Longer ones stand before their beginnings (`个工作日` before `个月`). A lone `m` is none of them:
/// Project reads it as a minute, people here as a month.
const UNITS: [(&str, LagUnit); 56] = [
    ("自然小时", LagUnit::ElapsedHour),
    ("自然分钟", LagUnit::ElapsedMinute),
    ("个自然月", LagUnit::ElapsedMonth),
    ("自然月", LagUnit::ElapsedMonth),
    ("个自然日", LagUnit::ElapsedDay),
    ("个日历天", LagUnit::ElapsedDay),
    ("个日历日", LagUnit::ElapsedDay),
    ("自然日", LagUnit::ElapsedDay),
    ("日历天", LagUnit::ElapsedDay),
    ("日历日", LagUnit::ElapsedDay),
    ("自然周", LagUnit::ElapsedWeek),
    ("个工作日", LagUnit::Day),
    ("工作日", LagUnit::Day),
    ("工作天", LagUnit::Day),
    ("个小时", LagUnit::Hour),
    ("个星期", LagUnit::Week),
    ("小时", LagUnit::Hour),
    ("分钟", LagUnit::Minute),
    ("星期", LagUnit::Week),
    ("个月", LagUnit::Month),
    ("天", LagUnit::Day),
    ("日", LagUnit::Day),
    ("周", LagUnit::Week),
    ("月", LagUnit::Month),
    ("时", LagUnit::Hour),
    ("分", LagUnit::Minute),
    ("EDAYS", LagUnit::ElapsedDay),
    ("EDAY", LagUnit::ElapsedDay),
    ("EHRS", LagUnit::ElapsedHour),
    ("EHR", LagUnit::ElapsedHour),
    ("EWKS", LagUnit::ElapsedWeek),
    ("EWK", LagUnit::ElapsedWeek),
    ("EMONS", LagUnit::ElapsedMonth),
    ("EMON", LagUnit::ElapsedMonth),
    ("EMOS", LagUnit::ElapsedMonth),
    ("EMO", LagUnit::ElapsedMonth),
    ("EMINS", LagUnit::ElapsedMinute),
    ("EMIN", LagUnit::ElapsedMinute),
    ("ED", LagUnit::ElapsedDay),
    ("EH", LagUnit::ElapsedHour),
    ("EW", LagUnit::ElapsedWeek),
    ("MINS", LagUnit::Minute),
    ("MIN", LagUnit::Minute),
    ("MONS", LagUnit::Month),
    ("MON", LagUnit::Month),
    ("MO", LagUnit::Month),
    ("DAYS", LagUnit::Day),
    ("DAY", LagUnit::Day),
    ("HRS", LagUnit::Hour),
    ("WKS", LagUnit::Week),
    ("D", LagUnit::Day),
    ("H", LagUnit::Hour),
    ("W", LagUnit::Week),
    ("%", LagUnit::Percent),
    ("E%", LagUnit::ElapsedPercent),
    ("%自然时间", LagUnit::ElapsedPercent),
];

/// Words of the link kinds, upper case, dashes as `-`.
const KINDS: [(&str, LinkKind); 20] = [
    ("完成-开始", LinkKind::FS),
    ("开始-开始", LinkKind::SS),
    ("完成-完成", LinkKind::FF),
    ("开始-完成", LinkKind::SF),
    ("完成到开始", LinkKind::FS),
    ("开始到开始", LinkKind::SS),
    ("完成到完成", LinkKind::FF),
    ("开始到完成", LinkKind::SF),
    ("完成开始", LinkKind::FS),
    ("开始开始", LinkKind::SS),
    ("完成完成", LinkKind::FF),
    ("开始完成", LinkKind::SF),
    ("FS", LinkKind::FS),
    ("SS", LinkKind::SS),
    ("FF", LinkKind::FF),
    ("SF", LinkKind::SF),
    ("F-S", LinkKind::FS),
    ("S-S", LinkKind::SS),
    ("F-F", LinkKind::FF),
    ("S-F", LinkKind::SF),
];

/// A lag beyond this is a slip of the pen, whatever its unit.
const LAG_MAX: i64 = 1_000_000;

/// Cells that say in words that there is no predecessor.
const NOTHING: [&str; 6] = ["", "无", "-", "--", "/", "没有"];

/// Reads a predecessor cell. Separators are commas, semicolons, 、, line breaks and spaces, in
/// either width; letters in either case. A code that does not fit the notation stands in
/// double quotes (`"1SS"FF`). Parts of a unit become whole smaller ones: `0.5天` and `半天` are four hours.
///
/// Good references are returned beside the findings about bad ones (`plan.predecessor`).
///
/// ```
/// let (refs, findings) = plan::parse_predecessors("1ss+10、2FS-10天", "计划!F3");
/// assert!(findings.is_empty());
/// assert_eq!(plan::print_predecessors(&refs), "1SS+10天,2FS-10天");
/// ```
pub fn parse_predecessors(text: &str, place: &str) -> (Vec<PredecessorRef>, Vec<Finding>) {
    match plain_codes(text) {
        Some(codes) => (codes.map(finish_start).collect(), Vec::new()),
        None => read_references(text, place),
    }
}

/// The whole notation.
fn read_references(text: &str, place: &str) -> (Vec<PredecessorRef>, Vec<Finding>) {
    let mut reader = Reader::new(text);
    let mut refs = Vec::new();
    let mut findings = Vec::new();
    if NOTHING.contains(&reader.rest.iter().collect::<String>().trim()) {
        return (refs, findings);
    }
    loop {
        reader.skip(|c| is_separator(c) || c.is_whitespace());
        if reader.peek().is_none() {
            return (refs, findings);
        }
        let from = reader.at;
        match reader.reference() {
            Ok(reference) => refs.push(reference),
            Err(problem) => {
                reader.skip(|c| !is_separator(c));
                let piece: String = reader.rest[from..reader.at].iter().collect();
                findings.push(bad_reference(place, piece.trim(), problem));
            }
        }
    }
}

fn finish_start(code: &str) -> PredecessorRef {
    PredecessorRef {
        code: code.to_owned(),
        kind: LinkKind::FS,
        lag: 0,
        unit: LagUnit::Day,
    }
}

/// The codes of a cell that holds nothing but plain ones (`12`, `4,6`, `A-101; 2.3`), each a finish-start
/// predecessor without lag. Nearly every cell is of this kind, and needs no reader and no memory.
///
/// `None` whenever the notation could say more: signs of a lag, quotes, other scripts, and an `F` or `S`
/// where a link kind may begin (after a digit or a space).
pub(crate) fn plain_codes(text: &str) -> Option<impl Iterator<Item = &str>> {
    let mut before = b',';
    for &c in text.as_bytes() {
        let opens = !is_code_byte(before);
        let plain = match c {
            b',' | b';' | b'\n' | b'\r' | b' ' => true,
            b'F' | b'f' | b'S' | b's' => !before.is_ascii_digit() && before != b' ',
            b'.' | b'_' | b'-' | b'/' | b'#' => !opens,
            _ => c.is_ascii_alphanumeric(),
        };
        if !plain {
            return None;
        }
        before = c;
    }
    let pieces = text.split(|c: char| is_separator(c) || c == ' ');
    Some(pieces.filter(|piece| !piece.is_empty()))
}

fn is_code_byte(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-' | b'/' | b'#')
}

/// How references are written.
pub(crate) const REMEDY: &str = "请写成 编号、编号SS+10天 或 编号FS-2天，多个之间用逗号隔开，间隔前要有加减号；编号里有空格、逗号、加号，或结尾像关系（如 1SS）时，把编号放在英文引号里：\"1SS\"FS-2天。";

fn bad_reference(place: &str, piece: &str, problem: &str) -> Finding {
    Finding::error(
        "plan.predecessor",
        place,
        format!("前置工作「{piece}」看不懂：{problem}。"),
        REMEDY,
    )
}

/// Prints references so that `parse_predecessors` reads the same ones again.
pub fn print_predecessors(refs: &[PredecessorRef]) -> String {
    refs.iter().map(print_one).collect::<Vec<_>>().join(",")
}

fn print_one(reference: &PredecessorRef) -> String {
    let bare = format!("{}{}", reference.code, print_tail(reference));
    let (read, findings) = parse_predecessors(&bare, "");
    if findings.is_empty() && read.as_slice() == std::slice::from_ref(reference) {
        return bare;
    }
    format!(
        "\"{}\"{}",
        reference.code.replace('"', "\"\""),
        print_tail(reference)
    )
}

fn print_tail(reference: &PredecessorRef) -> String {
    let kind = reference.kind.code();
    match (reference.kind, reference.lag, reference.unit) {
        (LinkKind::FS, 0, LagUnit::Day) => String::new(),
        (_, 0, LagUnit::Day) => kind.to_owned(),
        (_, lag, unit) => format!("{kind}{lag:+}{}", unit.label()),
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | ';' | '、' | '\n' | '\r')
}

/// Full-width letters, digits and signs to half width; dashes of every kind to `-`.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '—' | '–' | '−' | '‐' | '－' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

struct Reader {
    /// The text as written, for what stands in quotes.
    written: Vec<char>,
    /// The same, half width.
    rest: Vec<char>,
    at: usize,
}

impl Reader {
    fn new(text: &str) -> Self {
        let written: Vec<char> = text.chars().collect();
        let rest = written.iter().copied().map(half_width).collect();
        Reader {
            written,
            rest,
            at: 0,
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn skip(&mut self, what: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&what) {
            self.at += 1;
        }
    }

    fn skip_spaces(&mut self) {
        self.skip(|c| c.is_whitespace() && !is_separator(c));
    }

    /// True where a piece may end: end of text, separator or space.
    fn at_end_of_word(&self) -> bool {
        self.peek()
            .is_none_or(|c| is_separator(c) || c.is_whitespace())
    }

    fn reference(&mut self) -> Result<PredecessorRef, &'static str> {
        let code = if self.peek() == Some('"') {
            self.quoted()?
        } else {
            self.bare_code()?
        };
        let after_code = self.at;
        self.skip_spaces();
        let kind = self.kind();
        let after_kind = self.at;
        self.skip_spaces();
        if let Some(sign @ ('+' | '-')) = self.peek() {
            let (lag, unit) = self.lag(sign)?;
            return Ok(PredecessorRef {
                code,
                kind: kind.unwrap_or(LinkKind::FS),
                lag,
                unit,
            });
        }
        self.at = if kind.is_some() {
            after_kind
        } else {
            after_code
        };
        if !self.at_end_of_word() {
            return Err("编号或关系后面有多余的字");
        }
        let kind = kind.unwrap_or(LinkKind::FS);
        Ok(PredecessorRef {
            code,
            kind,
            lag: 0,
            unit: LagUnit::Day,
        })
    }

    /// Up to the next mark of the kind that opened; a doubled mark stands for one.
    fn quoted(&mut self) -> Result<String, &'static str> {
        let mark = self.written[self.at];
        let mut code = String::new();
        self.at += 1;
        loop {
            let c = *self.written.get(self.at).ok_or("少一个引号")?;
            self.at += 1;
            if c != mark {
                code.push(c);
            } else if self.written.get(self.at) == Some(&mark) {
                self.at += 1;
                code.push(mark);
            } else if code.is_empty() {
                return Err("引号里没有编号");
            } else {
                return Ok(code);
            }
        }
    }

    /// A run of letters, digits and `. _ - / #`, cut where a link kind begins after a digit.
    fn bare_code(&mut self) -> Result<String, &'static str> {
        let mut code = String::new();
        while let Some(c) = self.peek() {
            if self.kind_after(&code) {
                break;
            }
            if !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '#')) {
                break;
            }
            code.push(c);
            self.at += 1;
        }
        if code.chars().any(char::is_alphanumeric) {
            Ok(code)
        } else {
            Err("没有编号")
        }
    }

    /// A kind in Latin letters needs a digit or a Chinese character before it, or `PASS` would be
    /// cut in two.
    fn kind_after(&self, code: &str) -> bool {
        let Some(last) = code.chars().last() else {
            return false;
        };
        let chinese = self.peek().is_some_and(|c| !c.is_ascii());
        (chinese || !last.is_ascii() || last.is_ascii_digit()) && self.kind_here().is_some()
    }

    fn kind(&mut self) -> Option<LinkKind> {
        let (kind, length) = self.kind_here()?;
        self.at += length;
        Some(kind)
    }

    /// The link kind that starts here, if a lag or the end of the word follows it.
    fn kind_here(&self) -> Option<(LinkKind, usize)> {
        if !matches!(self.peek()?, 'F' | 'f' | 'S' | 's' | '完' | '开') {
            return None;
        }
        KINDS.iter().find_map(|&(word, kind)| {
            let length = self.matches(word)?;
            let next = self.rest.get(self.at + length).copied();
            let ends =
                next.is_none_or(|c| is_separator(c) || c.is_whitespace() || matches!(c, '+' | '-'));
            ends.then_some((kind, length))
        })
    }

    fn matches(&self, word: &str) -> Option<usize> {
        let mut length = 0;
        for expected in word.chars() {
            let found = self.rest.get(self.at + length)?.to_ascii_uppercase();
            if found != expected {
                return None;
            }
            length += 1;
        }
        Some(length)
    }

    fn lag(&mut self, sign: char) -> Result<(i64, LagUnit), &'static str> {
        self.at += 1;
        self.skip_spaces();
        let thousandths = self.thousandths()?;
        let after_number = self.at;
        self.skip_spaces();
        let (size, unit) = match self.unit() {
            Some(unit) => (thousandths, unit),
            None => {
                self.at = after_number;
                if !self.at_end_of_word() {
                    return Err("间隔的单位不认识");
                }
                (thousandths, LagUnit::Day)
            }
        };
        let (size, unit) = whole(size, unit).ok_or("间隔不是整分钟")?;
        Ok((signed(sign, size), unit))
    }

    /// A number with up to three decimals, or 半, in thousandths.
    fn thousandths(&mut self) -> Result<i64, &'static str> {
        if self.peek() == Some('半') {
            self.at += 1;
            return Ok(500);
        }
        let digits = self.digits();
        let mut decimals = String::new();
        if self.peek() == Some('.') {
            self.at += 1;
            decimals = self.digits();
            if digits.is_empty() || decimals.is_empty() || decimals.len() > 3 {
                return Err("小数要写成 0.5 这样，最多三位");
            }
        }
        if digits.is_empty() {
            return Err("加减号后面没有数字");
        }
        let size = digits.parse::<i64>().ok().filter(|&size| size <= LAG_MAX);
        let size = size.ok_or("间隔太大")?;
        Ok(size * 1000 + format!("{decimals:0<3}").parse::<i64>().unwrap_or(0))
    }

    fn digits(&mut self) -> String {
        let from = self.at;
        self.skip(|c| c.is_ascii_digit());
        self.rest[from..self.at].iter().collect()
    }

    fn unit(&mut self) -> Option<LagUnit> {
        for (word, unit) in UNITS {
            if let Some(length) = self.matches(word) {
                let from = self.at;
                self.at += length;
                if self.at_end_of_word() {
                    return Some(unit);
                }
                self.at = from;
            }
        }
        None
    }
}

/// Thousandths of a unit as a whole number of the largest unit that allows it: half a day is four hours of eight. `None`
/// for parts of a minute and of a percent.
fn whole(thousandths: i64, unit: LagUnit) -> Option<(i64, LagUnit)> {
    let smaller = match unit {
        _ if thousandths % 1000 == 0 => return Some((thousandths / 1000, unit)),
        LagUnit::Month => (20, LagUnit::Day),
        LagUnit::Week => (5, LagUnit::Day),
        LagUnit::Day => (8, LagUnit::Hour),
        LagUnit::Hour => (60, LagUnit::Minute),
        LagUnit::ElapsedMonth => (30, LagUnit::ElapsedDay),
        LagUnit::ElapsedWeek => (7, LagUnit::ElapsedDay),
        LagUnit::ElapsedDay => (24, LagUnit::ElapsedHour),
        LagUnit::ElapsedHour => (60, LagUnit::ElapsedMinute),
        LagUnit::Minute | LagUnit::ElapsedMinute | LagUnit::Percent | LagUnit::ElapsedPercent => {
            return None;
        }
    };
    whole(thousandths * smaller.0, smaller.1)
}

fn signed(sign: char, size: i64) -> i64 {
    if sign == '-' { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<PredecessorRef> {
        let (refs, findings) = parse_predecessors(text, "计划!F3");
        assert!(findings.is_empty(), "{text}: {findings:?}");
        refs
    }

    fn one(code: &str, kind: LinkKind, lag: i64, unit: LagUnit) -> PredecessorRef {
        PredecessorRef {
            code: code.to_owned(),
            kind,
            lag,
            unit,
        }
    }

    fn check(text: &str, expect: &[(&str, LinkKind, i64, LagUnit)]) {
        let expect: Vec<_> = expect.iter().map(|&(c, k, l, u)| one(c, k, l, u)).collect();
        assert_eq!(read(text), expect, "{text}");
    }

    fn refused(text: &str, word: &str) {
        let (refs, findings) = parse_predecessors(text, "计划!F3");
        assert!(refs.is_empty(), "{text}: {refs:?}");
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        assert_eq!(
            (findings[0].code.as_str(), findings[0].place.as_str()),
            ("plan.predecessor", "计划!F3")
        );
        assert!(
            findings[0].problem.contains(word),
            "{}",
            findings[0].problem
        );
    }

    use LagUnit::{Day, ElapsedDay, Hour, Month, Percent, Week};
    use LinkKind::{FF, FS, SF, SS};

    #[test]
    fn plain_codes_take_the_short_way() {
        let short = |text: &str| plain_codes(text).map(|codes| codes.map(str::to_owned).collect());
        let expect = |codes: &[&str]| Some(codes.iter().map(|&c| c.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            short("4, 6;A-101\n2.3"),
            expect(&["4", "6", "A-101", "2.3"])
        );
        assert_eq!(short(""), expect(&[]));
        for longer in ["1SS", "1 SS", "1+2", "4、6", "-", "\"1\"", "１"] {
            assert_eq!(short(longer), None, "{longer}");
        }
    }

    #[test]
    fn the_usual_writings_are_read() {
        check("1", &[("1", FS, 0, Day)]);
        check("1SS+10", &[("1", SS, 10, Day)]);
        check("2FS-10", &[("2", FS, -10, Day)]);
        check("4,6", &[("4", FS, 0, Day), ("6", FS, 0, Day)]);
        check(
            "7、8；3",
            &[("7", FS, 0, Day), ("8", FS, 0, Day), ("3", FS, 0, Day)],
        );
        check("2FS-10,3SS+5天", &[("2", FS, -10, Day), ("3", SS, 5, Day)]);
        check("3FF+2周", &[("3", FF, 2, Week)]);
        check("5FS+50%", &[("5", FS, 50, Percent)]);
        check("12SF", &[("12", SF, 0, Day)]);
    }

    #[test]
    fn width_case_and_spaces_do_not_matter() {
        check("１ｓｓ＋１０", &[("1", SS, 10, Day)]);
        check(" 1 ss + 10 天 ", &[("1", SS, 10, Day)]);
        check("1ff-2D，2fs+1 w", &[("1", FF, -2, Day), ("2", FS, 1, Week)]);
        check(
            "4 6\n8",
            &[("4", FS, 0, Day), ("6", FS, 0, Day), ("8", FS, 0, Day)],
        );
        check("1SS+5 4", &[("1", SS, 5, Day), ("4", FS, 0, Day)]);
        check("2FS－3工作日", &[("2", FS, -3, Day)]);
    }

    #[test]
    fn chinese_kinds_and_units_are_read() {
        check("3完成-完成+2周", &[("3", FF, 2, Week)]);
        check("3完成—开始", &[("3", FS, 0, Day)]);
        check("A1 开始到开始+4小时", &[("A1", SS, 4, Hour)]);
        check("浇筑FS+7个自然日", &[("浇筑", FS, 7, ElapsedDay)]);
        check("2+5天", &[("2", FS, 5, Day)]);
        check("2FS+1个月", &[("2", FS, 1, Month)]);
        check("2FS+7ed", &[("2", FS, 7, ElapsedDay)]);
    }

    #[test]
    fn parts_of_a_unit_are_whole_smaller_ones() {
        check("1FS+0.5天", &[("1", FS, 4, Hour)]);
        check("1FS-半天", &[("1", FS, -4, Hour)]);
        check("1SS+1.5周", &[("1", SS, 60, Hour)]);
        check("1FS+半小时", &[("1", FS, 30, LagUnit::Minute)]);
        check("1FS+1.0天", &[("1", FS, 1, Day)]);
        check("1FS+1.5自然日", &[("1", FS, 36, LagUnit::ElapsedHour)]);
        check("1FS+1.5自然月", &[("1", FS, 45, ElapsedDay)]);
        check("1FS+0.5eh", &[("1", FS, 30, LagUnit::ElapsedMinute)]);
    }

    #[test]
    fn what_project_writes_is_read() {
        use LagUnit::{ElapsedMinute, ElapsedMonth, ElapsedPercent, ElapsedWeek, Minute};
        check(
            "1FS+50e%,2SS+25%",
            &[("1", FS, 50, ElapsedPercent), ("2", SS, 25, Percent)],
        );
        check("1FS+50%自然时间", &[("1", FS, 50, ElapsedPercent)]);
        check(
            "1FS+1emo,2FS-2 emons,3FS+1自然月",
            &[
                ("1", FS, 1, ElapsedMonth),
                ("2", FS, -2, ElapsedMonth),
                ("3", FS, 1, ElapsedMonth),
            ],
        );
        check(
            "1FF+30min,2FF+30 mins,3FF+45 emins",
            &[
                ("1", FF, 30, Minute),
                ("2", FF, 30, Minute),
                ("3", FF, 45, ElapsedMinute),
            ],
        );
        check("1FS+2ewks", &[("1", FS, 2, ElapsedWeek)]);
        assert_eq!(print_predecessors(&read("1SS-50 E%")), "1SS-50e%");
    }

    #[test]
    fn codes_may_hold_letters_dots_and_dashes() {
        check("A-01.2FS+3", &[("A-01.2", FS, 3, Day)]);
        check("3-2", &[("3-2", FS, 0, Day)]);
        check("PASS", &[("PASS", FS, 0, Day)]);
        check("PASS SS+2", &[("PASS", SS, 2, Day)]);
        check("\"1SS\"FF", &[("1SS", FF, 0, Day)]);
        check("\"a \"\"b\"\"\"+1天", &[("a \"b\"", FS, 1, Day)]);
    }

    #[test]
    fn an_empty_cell_and_its_substitutes_have_no_predecessor() {
        for text in ["", "  ", "无", "—", "/", "，"] {
            check(text, &[]);
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        refused("1SS+0.001天", "不是整分钟");
        refused("1SS+0.5%", "不是整分钟");
        refused("1SS+0.5e%", "不是整分钟");
        refused("1SS+1m", "单位不认识");
        refused("1SS+0.5自然分钟", "不是整分钟");
        refused("1SS+.5天", "小数要写成");
        refused("1SS+0.0001天", "最多三位");
        refused("1SS+", "没有数字");
        refused("1SS+3光年", "单位不认识");
        refused("1SS+99999999999999999999", "间隔太大");
        refused("?", "没有编号");
        refused("\"1", "少一个引号");
    }

    #[test]
    fn a_bad_reference_leaves_the_good_ones() {
        let (refs, findings) = parse_predecessors("1,2SS+x,3", "A1");
        let codes: Vec<&str> = refs
            .iter()
            .map(|reference| reference.code.as_str())
            .collect();
        assert_eq!((codes, findings.len()), (vec!["1", "3"], 1));
        assert!(findings[0].problem.contains("2SS+x"));
    }

    fn reference() -> impl Strategy<Value = PredecessorRef> {
        let code = prop_oneof![
            "[0-9]{1,4}",
            "[A-Za-z0-9.\\-]{1,6}",
            "\\PC{1,6}",
            "[0-9](SS|FF|FS)[+]?"
        ];
        let kind = prop_oneof![Just(FS), Just(SS), Just(FF), Just(SF)];
        let unit = prop::sample::select(UNITS.map(|(_, unit)| unit).to_vec());
        let lag = prop_oneof![Just(0), -LAG_MAX..=LAG_MAX];
        (code, kind, lag, unit).prop_map(|(code, kind, lag, unit)| PredecessorRef {
            code,
            kind,
            lag,
            unit,
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(refs in prop::collection::vec(reference(), 0..6)) {
            let text = print_predecessors(&refs);
            let (read, findings) = parse_predecessors(&text, "");
            prop_assert_eq!(findings, vec![]);
            prop_assert_eq!(read, refs, "{}", text);
        }

        #[test]
        fn the_short_way_reads_what_the_whole_notation_reads(text in "[0-9AaSFsf+.,; _#/\\-\n]{0,12}") {
            let short = plain_codes(&text).map(|codes| codes.map(finish_start).collect::<Vec<_>>());
            if let Some(short) = short {
                prop_assert_eq!((short, vec![]), read_references(&text, "A1"), "{}", text);
            }
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC*", tail in "[0-9SFsf+\\-,;、 \"%天周完成开始.]{0,30}") {
            for text in [&text, &tail, &format!("{tail}{text}")] {
                let (refs, _) = parse_predecessors(text, "A1");
                let printed = print_predecessors(&refs);
                prop_assert_eq!(parse_predecessors(&printed, "A1"), (refs, vec![]));
            }
        }
    }
}
