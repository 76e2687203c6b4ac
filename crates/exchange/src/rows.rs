//! What each row under the head is: data, group, subtotal, total, note, continuation and the rest.

use std::collections::BTreeMap;

use crate::header::Header;
use crate::sheet::Sheet;
use crate::words::{self, label};

/// 行的性质.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// A record, or the first row of one.
    Data,
    /// A further row of the record above (序号 and name merged over both, or left empty).
    Continuation,
    /// `签约一批(2个)`: gives its name to the rows below.
    Group,
    /// 小计.
    Subtotal,
    /// 合计, 总计, 全区.
    Total,
    /// 注:…
    Note,
    /// 填报人: 审核人:
    Signature,
    /// The head again, or a part of it, on a new page.
    RepeatedHeader,
    /// The title again.
    Title,
    /// 1, 2, 3 or 甲, 乙, 1, 2 under the head.
    ColumnNumbers,
    /// Nothing in the table's columns.
    Blank,
}

/// A row under the head.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// Row of the sheet, from 0.
    pub index: u32,
    /// What it is.
    pub kind: RowKind,
    /// The group it stands in (or opens), as a position in `Table::groups`.
    pub group: Option<u32>,
}

/// 分组行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Its row, from 0.
    pub row: u32,
    /// As written: `一、签约一批(2个)`.
    pub text: String,
    /// Without numbering and count: `签约一批`.
    pub name: String,
    /// The count it states.
    pub count: Option<u32>,
    /// Groups inside groups: 一、 is 1, (一) is 2.
    pub level: u8,
}

/// The columns by which rows are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) serial: Option<u16>,
    pub(crate) name: Option<u16>,
    pub(crate) first: u16,
    pub(crate) last: u16,
}

/// What the classifier found.
#[derive(Default, Debug)]
pub(crate) struct Body {
    pub(crate) rows: Vec<Row>,
    pub(crate) groups: Vec<Group>,
    /// A row that starts another table under this one.
    pub(crate) other_table: Option<u32>,
}

/// Finds the 序号 and the name column by their heads.
pub(crate) fn keys(header: &Header) -> Keys {
    const NAMES: [&str; 16] = [
        "项目名称",
        "工程名称",
        "企业名称",
        "单位名称",
        "任务名称",
        "工作内容",
        "名称",
        "项目",
        "单位",
        "企业",
        "街道",
        "事项",
        "任务",
        "指标",
        "姓名",
        "问题",
    ];
    let bare =
        |c: &crate::header::Column| words::parts(c.path.first().map_or("", String::as_str)).bare;
    let columns = &header.columns;
    let serial = columns
        .iter()
        .find(|c| is_serial_head(c.leaf()))
        .map(|c| c.index);
    let others = || columns.iter().filter(|c| Some(c.index) != serial);
    let exact = NAMES.iter().find_map(|n| others().find(|c| bare(c) == *n));
    let named = exact
        .or_else(|| others().find(|c| bare(c).ends_with("名称")))
        .or_else(|| others().next());
    Keys {
        serial,
        name: named.map(|c| c.index),
        first: columns.first().map_or(0, |c| c.index),
        last: columns.last().map_or(0, |c| c.index),
    }
}

pub(crate) fn is_serial_head(text: &str) -> bool {
    let text = words::parts(text).bare.to_ascii_lowercase();
    matches!(
        text.as_str(),
        "序号" | "编号" | "序" | "no" | "no." | "项次" | "行号" | "号"
    )
}

/// Classifies all rows under the head.
pub(crate) fn classify(sheet: &Sheet, header: &Header, title: Option<&str>) -> Body {
    let keys = keys(header);
    let arabic = sheet.rows().filter(|r| *r > header.bottom).any(|r| {
        keys.serial
            .is_some_and(|c| label(&sheet.text(r, c)).parse::<u32>().is_ok())
    });
    let mut walk = Walk {
        sheet,
        header,
        keys,
        title: title.map(label),
        head_labels: (header.top..=header.bottom)
            .map(|row| sheet.row_texts(row).map(|(c, t)| (c, label(&t))).collect())
            .collect(),
        arabic,
        previous: RowKind::Blank,
        stack: Vec::new(),
        body: Body::default(),
    };
    for row in sheet.rows().filter(|r| *r > header.bottom) {
        if walk.starts_other_table(row) {
            walk.body.other_table = Some(row);
            break;
        }
        walk.step(row);
    }
    walk.body
}

struct Walk<'a> {
    sheet: &'a Sheet,
    header: &'a Header,
    keys: Keys,
    title: Option<String>,
    /// Labels of each row of the head by column.
    head_labels: Vec<BTreeMap<u16, String>>,
    /// Rows are numbered 1, 2, 3: then 一, 二 number groups.
    arabic: bool,
    previous: RowKind,
    /// Open groups, outermost first.
    stack: Vec<u32>,
    body: Body,
}

/// The first filled cells of a row, enough to tell what it is.
struct Front {
    cells: Vec<(u16, String)>,
    /// Filled cells in the table's columns, at most [`FRONT`] counted.
    count: usize,
}

/// Cells looked at to tell what a row is.
const FRONT: usize = 4;

impl Walk<'_> {
    fn step(&mut self, row: u32) {
        let front = self.front(row);
        let mut kind = self.kind(row, &front);
        if kind == RowKind::Continuation
            && !matches!(self.previous, RowKind::Data | RowKind::Continuation)
        {
            kind = RowKind::Data;
        }
        if kind == RowKind::Group {
            self.open_group(row, &front);
        }
        let group = if kind == RowKind::Total {
            None
        } else {
            self.stack.last().copied()
        };
        self.body.rows.push(Row {
            index: row,
            kind,
            group,
        });
        if kind == RowKind::Subtotal {
            self.close_group(&front);
        }
        if !matches!(
            kind,
            RowKind::Blank | RowKind::RepeatedHeader | RowKind::Title | RowKind::ColumnNumbers
        ) {
            self.previous = kind;
        }
    }

    fn front(&self, row: u32) -> Front {
        let inside = |c: &u16| (self.keys.first..=self.keys.last).contains(c);
        let mut cells = Vec::new();
        for column in self.sheet.columns_in(row).filter(inside) {
            if cells.len() >= FRONT {
                break;
            }
            let text = label(&self.sheet.text(row, column));
            if !text.is_empty() {
                cells.push((column, text));
            }
        }
        let count = self.sheet.columns_in(row).filter(inside).count();
        Front { cells, count }
    }

    fn kind(&self, row: u32, front: &Front) -> RowKind {
        let Some((first_column, first)) = front.cells.first() else {
            return RowKind::Blank;
        };
        if is_note(first) {
            return RowKind::Note;
        }
        if is_signature(first) {
            return RowKind::Signature;
        }
        if let Some(kind) = self.sum_kind(front) {
            return kind;
        }
        if self.repeats_header(row, front) {
            return RowKind::RepeatedHeader;
        }
        if front.count == 1 {
            return self.single(row, *first_column, first);
        }
        if self.is_column_numbers(row) {
            return RowKind::ColumnNumbers;
        }
        if self.is_group_with_sums(row, front) {
            return RowKind::Group;
        }
        if self.continues_record(row) {
            RowKind::Continuation
        } else {
            RowKind::Data
        }
    }

    /// 小计 and 合计 stand in the first cell, in the serial cell or in the name cell.
    fn sum_kind(&self, front: &Front) -> Option<RowKind> {
        let keyed =
            |c: &(u16, String)| Some(c.0) == self.keys.serial || Some(c.0) == self.keys.name;
        front
            .cells
            .iter()
            .enumerate()
            .filter(|(i, c)| *i == 0 || keyed(c))
            .find_map(|(_, (_, text))| sum_word(text))
    }

    /// A row with one cell: group, title, note or further line, by where the cell stands.
    fn single(&self, row: u32, column: u16, text: &str) -> RowKind {
        if self.title.as_deref() == Some(text) {
            return RowKind::Title;
        }
        let area = self.sheet.merge_at(row, column);
        let wide = area.is_some_and(|a| {
            a.left < a.right && a.right - a.left >= (self.keys.last - self.keys.first) / 3
        });
        if text.chars().count() > 60 || text.contains('。') {
            return RowKind::Note;
        }
        let leading = column == self.keys.first || Some(column) == self.keys.serial;
        let named = Some(column) == self.keys.name;
        if wide
            || (leading
                && !words::is_numeric(text)
                && !(named && self.keys.serial.is_none() && self.numbers_missing_is_usual()))
        {
            return RowKind::Group;
        }
        if named {
            return if is_group_text(text) {
                RowKind::Group
            } else {
                RowKind::Data
            };
        }
        if self.continues_record(row) {
            RowKind::Continuation
        } else {
            RowKind::Data
        }
    }

    /// In a table of one or two columns a lone first cell is a record, not a group.
    fn numbers_missing_is_usual(&self) -> bool {
        self.header.columns.len() <= 2
    }

    /// `一 | 签约一批 | … | 2.0` among rows numbered 1, 2, 3.
    fn is_group_with_sums(&self, row: u32, front: &Front) -> bool {
        let serial = self
            .keys
            .serial
            .map(|c| label(&self.sheet.text(row, c)))
            .unwrap_or_default();
        let chinese = self.arabic && words::is_chinese_ordinal(&serial);
        let only_name_and_figures = || {
            let words = front
                .cells
                .iter()
                .filter(|(_, t)| !words::is_numeric(t))
                .count();
            words <= 3
        };
        chinese && only_name_and_figures()
    }

    /// 序号 and name come from above by a merge, or both are empty and something else is written.
    fn continues_record(&self, row: u32) -> bool {
        let above = |c: u16| {
            self.sheet
                .merge_at(row, c)
                .is_some_and(|a| a.top < row && a.top > self.header.bottom)
        };
        let filled = |c: u16| self.sheet.is_filled(row, c);
        let Some(name) = self.keys.name else {
            return false;
        };
        let serial_free = self.keys.serial.is_none_or(|c| !filled(c));
        serial_free
            && !filled(name)
            && (above(name) || self.keys.serial.is_none_or(|c| above(c) || !filled(c)))
    }

    /// Three in five cells say what the head says above them. The first cells are looked at before all others: most
    /// rows are told by them.
    fn repeats_header(&self, row: u32, front: &Front) -> bool {
        let equal = |c: u16, text: &str| {
            self.head_labels
                .iter()
                .any(|h| h.get(&c).is_some_and(|l| l == text))
        };
        if front.count < 2 || !front.cells.iter().any(|(c, t)| equal(*c, t)) {
            return false;
        }
        let cells: Vec<(u16, String)> = self
            .sheet
            .row_texts(row)
            .map(|(c, t)| (c, label(&t)))
            .collect();
        self.head_labels.iter().any(|head| {
            let same = cells.iter().filter(|(c, text)| head.get(c) == Some(text));
            same.count() * 5 >= cells.len() * 3
        })
    }

    fn is_column_numbers(&self, row: u32) -> bool {
        if self.previous != RowKind::Blank || self.body.rows.iter().any(|r| r.kind == RowKind::Data)
        {
            return false;
        }
        let texts: Vec<String> = self.sheet.row_texts(row).map(|(_, t)| label(&t)).collect();
        let numbers: Vec<u32> = texts
            .iter()
            .filter_map(|t| t.trim_matches(['(', ')', '栏']).parse().ok())
            .collect();
        let stems = texts
            .iter()
            .filter(|t| matches!(t.as_str(), "甲" | "乙" | "丙" | "丁" | "栏次"))
            .count();
        let consecutive =
            numbers.first() == Some(&1) && numbers.windows(2).all(|w| w[1] == w[0] + 1);
        consecutive
            && numbers.len() >= 3
            && numbers.len() + stems == texts.len()
            && texts.len() * 5 >= self.header.columns.len() * 4
    }

    fn open_group(&mut self, row: u32, front: &Front) {
        let texts: Vec<&str> = front
            .cells
            .iter()
            .map(|(_, t)| t.as_str())
            .filter(|t| !words::is_numeric(t))
            .collect();
        let text = match texts.split_first() {
            Some((ordinal, rest)) if words::is_chinese_ordinal(ordinal) && !rest.is_empty() => {
                format!("{}、{}", ordinal.trim_end_matches('、'), rest.join(""))
            }
            _ => texts.join(""),
        };
        let level = if text.starts_with('(')
            && words::is_chinese_ordinal(
                &text.chars().take_while(|c| *c != ')').collect::<String>(),
            ) {
            2
        } else {
            1
        };
        let named = texts
            .iter()
            .find(|t| !words::is_chinese_ordinal(t))
            .copied()
            .unwrap_or(&text);
        let group = Group {
            row,
            name: words::group_name(named),
            count: words::count_in(&text),
            level,
            text: text.clone(),
        };
        self.stack
            .retain(|g| self.body.groups[*g as usize].level < level);
        self.stack.push(self.body.groups.len() as u32);
        self.body.groups.push(group);
    }

    /// A subtotal ends its group: the one it names, or the innermost.
    fn close_group(&mut self, front: &Front) {
        let text = front.cells.first().map_or("", |(_, t)| t.as_str());
        let named = self
            .stack
            .iter()
            .position(|g| text.contains(self.body.groups[*g as usize].name.as_str()));
        // Rows behind a subtotal without a new group row belong to no group.
        self.stack
            .truncate(named.unwrap_or(self.stack.len().saturating_sub(1)));
    }

    /// Another head with other labels: several words of heads, no number, and not ours.
    fn starts_other_table(&self, row: u32) -> bool {
        if !matches!(
            self.previous,
            RowKind::Total
                | RowKind::Note
                | RowKind::Signature
                | RowKind::Group
                | RowKind::Subtotal
        ) {
            return false;
        }
        let texts: Vec<String> = self.sheet.row_texts(row).map(|(_, t)| label(&t)).collect();
        let heads = texts
            .iter()
            .filter(|t| crate::header::is_head_word(t) && t.chars().count() <= 10)
            .count();
        let serial = texts.first().is_some_and(|t| is_serial_head(t));
        let all_words = texts.iter().all(|t| !words::is_numeric(t));
        let front = self.front(row);
        texts.len() >= 3
            && all_words
            && (serial || heads * 5 >= texts.len() * 4)
            && !self.repeats_header(row, &front)
    }
}

/// 合计, 总计(15个), 全区 are totals; 小计, 签约一批小计 are subtotals.
fn sum_word(text: &str) -> Option<RowKind> {
    let bare = words::parts(text).bare;
    let bare = bare.trim_matches([':', ',', '、']);
    let bare = bare
        .split(['共', ' '])
        .next()
        .filter(|b| !b.is_empty())
        .unwrap_or(bare);
    match bare {
        "合计" | "总计" | "共计" | "总合计" | "全区" | "全市" | "全县" | "全省" | "全区合计"
        | "全区总计" | "全市合计" | "全县合计" | "累计" | "总数" | "合计数" => {
            Some(RowKind::Total)
        }
        "小计" | "分计" | "本页小计" | "本页合计" | "分类小计" => {
            Some(RowKind::Subtotal)
        }
        _ if text.starts_with("合计") || text.starts_with("总计") => Some(RowKind::Total),
        _ if bare.chars().count() <= 14 && (bare.ends_with("小计") || bare.ends_with("合计")) => {
            Some(RowKind::Subtotal)
        }
        _ => None,
    }
}

fn is_note(text: &str) -> bool {
    [
        "注:",
        "备注:",
        "说明:",
        "填表说明",
        "附注",
        "※",
        "数据来源",
        "注1",
        "注2",
        "填报说明",
        "注释",
    ]
    .iter()
    .any(|n| text.starts_with(n))
        || text == "注"
}

fn is_signature(text: &str) -> bool {
    [
        "填报人:",
        "填表人:",
        "制表人:",
        "制表:",
        "审核人:",
        "审核:",
        "负责人:",
        "单位负责人",
        "分管领导:",
        "联系人:",
        "联系电话:",
        "填报日期:",
        "填报单位:",
        "报送单位:",
        "主要领导:",
        "签字:",
        "填报时间:",
        "复核:",
        "报出日期",
    ]
    .iter()
    .any(|s| text.starts_with(s))
}

/// A lone name that opens a group: numbered in Chinese, counted, or a class.
fn is_group_text(text: &str) -> bool {
    let numbered = text
        .split(['、', '.'])
        .next()
        .is_some_and(words::is_chinese_ordinal)
        && text.contains('、');
    numbered
        || words::count_in(text).is_some()
        || text.ends_with(['类', '批', ':'])
        || (text.starts_with('(')
            && text
                .chars()
                .nth(1)
                .is_some_and(|c| "一二三四五六七八九十".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_told_by_their_words() {
        for (text, kind) in [
            ("小计", Some(RowKind::Subtotal)),
            ("合计(15个)", Some(RowKind::Total)),
            ("全区", Some(RowKind::Total)),
            ("签约一批小计", Some(RowKind::Subtotal)),
            ("总计", Some(RowKind::Total)),
            ("全区老旧小区改造项目", None),
            ("合计15个项目", Some(RowKind::Total)),
            ("会计学校", None),
        ] {
            assert_eq!(sum_word(text), kind, "{text}");
        }
    }

    #[test]
    fn notes_and_signatures_are_told_by_their_opening() {
        assert!(is_note("注:1.累计完成截至1月底"));
        assert!(!is_note("注塑机改造项目"));
        assert!(is_signature("填报人:张三"));
        assert!(!is_signature("审核制度"));
    }
}
