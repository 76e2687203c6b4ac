//! 由台账表格起草定义. From a sheet of an existing ledger to the text of a definition: title, fields with types, code
//! lists from drop-downs and repeated words, a sub-table where rows go on below a record, an import map that reads the
//! same workbook again. A proposal: people read it before it comes into force.

mod kind;
mod terms;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ground::Finding;

pub use kind::ColumnKind;

use crate::sheet::{CellValue, Dropdown, Sheet, column_letters, parse_area};
use crate::table::{Column, RowKind, Table, read_table};
use crate::words::label;
use crate::workbook::Workbook;
use kind::Evidence;

/// Rows looked at to judge a column.
const SAMPLE: usize = 2_000;
/// Longest list taken from a drop-down; longer ones are directories of their own.
const OPTIONS_MAX: usize = 200;

/// 一列的建议.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnProposal {
    /// Column of the sheet, from 0.
    pub column: u16,
    /// Head as written: `投资/总投资(亿元)`.
    pub head: String,
    /// Field id, `table.column` inside a sub-table.
    pub field: String,
    /// Type.
    pub kind: ColumnKind,
    /// Always filled in the sample.
    pub required: bool,
    /// Why this type, in Chinese.
    pub why: String,
}

/// 定义建议.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// Register id.
    pub register: String,
    /// Title.
    pub title: String,
    /// Text of `definition.toml`; it parses.
    pub toml: String,
    /// What each column became.
    pub columns: Vec<ColumnProposal>,
    /// What needs a look.
    pub findings: Vec<Finding>,
}

/// Proposes a definition for a sheet of a workbook. `id` is the register id wanted.
///
/// # Errors
/// The findings of the table when no head with rows was found.
pub fn propose(workbook: &Workbook, sheet: &Sheet, id: &str) -> Result<Proposal, Vec<Finding>> {
    let table = read_table(sheet);
    if table.columns.is_empty() {
        return Err(table.findings);
    }
    let title = table
        .facts
        .title
        .as_ref()
        .map_or_else(|| sheet.name.clone(), |title| plain_title(&title.value));
    let mut findings: Vec<Finding> = table.findings.clone();
    let columns = propose_columns(workbook, sheet, &table, &mut findings);
    let toml = write_toml(id, &title, &table, &columns);
    Ok(Proposal {
        register: id.to_owned(),
        title,
        toml,
        columns,
        findings,
    })
}

/// `东风区2023年安全隐患台账(3月)` names a register 安全隐患台账: the district, years, months and rounds change.
fn plain_title(title: &str) -> String {
    let text = label(title);
    let text = text.split(['(', '（', '〔', '[']).next().unwrap_or(&text);
    let named = without_district(text);
    let named = without_spans(named);
    let out = without_rounds(&named);
    match out.trim() {
        "" => text.to_owned(),
        out => out.to_owned(),
    }
}

/// Words that end like the name of a district but are no such name.
const NO_DISTRICT: [&str; 22] = [
    "社区", "园区", "小区", "辖区", "校区", "景区", "片区", "街区", "厂区", "库区", "山区", "地区",
    "市区", "城区", "学区", "灌区", "矿区", "林区", "郊区", "全区", "全县", "全市",
];

/// Cuts a city's and a district's name off the start: 郑州市中原区, 某区.
fn without_district(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..2 {
        let mut signs = rest.char_indices().take(6);
        let end = signs.find(|(_, c)| matches!(c, '区' | '县' | '市' | '旗'));
        let Some((at, sign)) = end else { return rest };
        let (name, after) = rest.split_at(at + sign.len_utf8());
        let is_word = NO_DISTRICT.iter().any(|word| name.ends_with(word)) || at == 0;
        if is_word || after.chars().count() < 2 {
            return rest;
        }
        rest = after;
    }
    rest
}

/// Cuts spans of months out: 1—2月份, 1-3月.
fn without_spans(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let digits = |from: usize| {
        signs[from..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count()
    };
    let (mut out, mut at) = (String::new(), 0);
    while at < signs.len() {
        let first = digits(at);
        let dash = at + first;
        let joined = first > 0 && signs.get(dash).is_some_and(|c| "-—–~～至".contains(*c));
        let end = dash + 1 + if joined { digits(dash + 1) } else { 0 };
        if joined && end > dash + 1 && signs.get(end) == Some(&'月') {
            at = end + 1 + usize::from(signs.get(end + 1) == Some(&'份'));
            continue;
        }
        // Numerals go together: the 3 of 2023 begins no span of its own.
        let taken = first.max(1);
        out.extend(&signs[at..at + taken]);
        at += taken;
    }
    out
}

/// Cuts years, months and rounds out, in figures or Chinese numerals: 2023年, 第七期, 3月.
fn without_rounds(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_numeral) {
        let end = rest[at..].find(|c| !is_numeral(c));
        let end = end.map_or(rest.len(), |n| at + n);
        let (before, after) = (&rest[..at], &rest[end..]);
        let units = [
            "年度", "年", "月份", "月", "日", "季度", "期", "批次", "批", "号",
        ];
        let unit = units.iter().find(|unit| after.starts_with(**unit));
        let figures = rest[at..end].starts_with(|c: char| c.is_ascii_digit());
        match unit {
            // “三年行动”, “十月革命” are names: numerals in words count only after 第.
            Some(unit) if figures || before.ends_with('第') => {
                out.push_str(before.strip_suffix('第').unwrap_or(before));
                rest = &after[unit.len()..];
            }
            _ => {
                out.push_str(&rest[..end]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "〇零一二三四五六七八九十百".contains(c)
}

/// Columns whose cells go on in rows below a record: they make a sub-table.
fn repeated(table: &Table) -> BTreeSet<u16> {
    let further: Vec<u32> = table
        .rows
        .iter()
        .filter(|r| r.kind == RowKind::Continuation)
        .map(|r| r.index)
        .collect();
    let filled = |column: &&Column| {
        further.iter().any(|row| {
            let own = table.source(*row, column.index) == (*row, column.index);
            own && !table.text(*row, column.index).is_empty()
        })
    };
    table
        .columns
        .iter()
        .filter(filled)
        .map(|c| c.index)
        .collect()
}

fn propose_columns(
    workbook: &Workbook,
    sheet: &Sheet,
    table: &Table,
    findings: &mut Vec<Finding>,
) -> Vec<ColumnProposal> {
    let repeated = repeated(table);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut proposals = Vec::new();
    for column in &table.columns {
        if crate::rows::is_serial_head(column.leaf()) {
            continue;
        }
        let inside = repeated.contains(&column.index);
        let (kind, why, filled, total) = judge_column(workbook, sheet, table, column, inside);
        let field = unused(&field_id(column, &table.columns), &mut taken);
        if filled == 0 {
            findings.push(Finding::info(
                "propose.empty_column",
                table.place(
                    table.header_rows.map_or(0, |(_, bottom)| bottom),
                    column.index,
                ),
                format!("“{}”一列没有内容，类型只按表头猜。", column.path_text()),
                "请核对这一项的类型。",
            ));
        }
        proposals.push(ColumnProposal {
            column: column.index,
            head: column.path_text(),
            field: if inside {
                format!("details.{field}")
            } else {
                field
            },
            kind,
            required: total > 0 && filled == total,
            why,
        });
    }
    proposals
}

fn judge_column(
    workbook: &Workbook,
    sheet: &Sheet,
    table: &Table,
    column: &Column,
    inside: bool,
) -> (ColumnKind, String, usize, usize) {
    let wanted = |kind: RowKind| kind == RowKind::Data || inside && kind == RowKind::Continuation;
    let rows: Vec<u32> = table
        .rows
        .iter()
        .filter(|r| wanted(r.kind))
        .take(SAMPLE)
        .map(|r| r.index)
        .collect();
    let (mut texts, mut dated, mut percents) = (Vec::new(), 0, 0);
    for row in &rows {
        let text = table.text(*row, column.index);
        if text.trim().is_empty() {
            continue;
        }
        match sheet.value(*row, column.index) {
            Some(CellValue::Date(_)) => dated += 1,
            Some(CellValue::Percent(_)) => percents += 1,
            _ => {}
        }
        texts.push(text);
    }
    let evidence = Evidence {
        label: &column.path_text(),
        unit: column.unit.or_else(|| unit_of_sheet(table, column)),
        percent: column.percent || is_share(table, column),
        texts: &texts,
        dated,
        percents,
        options: options_of(workbook, sheet, &rows, column.index),
    };
    let (kind, why) = kind::judge(&evidence);
    (kind, why, texts.len(), rows.len())
}

/// Words in the head of a column of money: the unit row of the sheet is meant for it.
const MONEY: [&str; 14] = [
    "投资",
    "资金",
    "金额",
    "产值",
    "收入",
    "支出",
    "税",
    "增加值",
    "零售额",
    "零售总额",
    "费用",
    "造价",
    "累计完成",
    "年度计划",
];
/// Words of a column that is none, whatever stands above it.
const NO_MONEY: [&str; 11] = [
    "增长", "增速", "率", "占比", "比重", "排名", "位次", "个数", "家数", "时间", "日期",
];

/// `单位：亿元` above the table, for a column that speaks of money.
fn unit_of_sheet(table: &Table, column: &Column) -> Option<ground::MoneyUnit> {
    let unit = table.facts.unit.as_ref()?.value;
    let (head, leaf) = (column.path.concat(), column.leaf());
    let money = MONEY.iter().any(|word| head.contains(word));
    let other = NO_MONEY.iter().any(|word| leaf.contains(word));
    (money && !other).then_some(unit)
}

/// `单位：万元、%` above the table, for a column that speaks of a growth or a share.
fn is_share(table: &Table, column: &Column) -> bool {
    let told = table.facts.unit_words.iter().any(|word| word == "%");
    let share = ["增长", "增速", "率", "占比", "比重"];
    told && share.iter().any(|word| column.leaf().contains(word))
}

/// Options of the drop-down list that most rows of a column carry.
fn options_of(
    workbook: &Workbook,
    sheet: &Sheet,
    rows: &[u32],
    column: u16,
) -> Option<Vec<String>> {
    let on = |list: &&Dropdown| {
        let held = rows
            .iter()
            .filter(|row| list.areas.iter().any(|a| a.contains(**row, column)))
            .count();
        held * 2 > rows.len()
    };
    let list = sheet.dropdowns.iter().find(on)?;
    let options = resolve(workbook, sheet, &list.source)?;
    (options.len() <= OPTIONS_MAX).then_some(options)
}

/// `"一般,重大"`, `选项!$A$2:$A$9` or a defined name for such an area; a formula is not followed.
fn resolve(workbook: &Workbook, sheet: &Sheet, source: &str) -> Option<Vec<String>> {
    let source = source.trim();
    let named = workbook.names.iter().find(|(name, _)| name == source);
    let source = named.map_or(source, |(_, area)| area.trim());
    let texts: Vec<String> = if let Some(listed) = source.strip_prefix('"') {
        let listed = listed.strip_suffix('"').unwrap_or(listed);
        listed
            .split([',', '，'])
            .map(|t| t.trim().to_owned())
            .collect()
    } else {
        let (name, cells) = source.rsplit_once('!').unwrap_or(("", source));
        let name = name.trim_matches('\'').replace("''", "'");
        let from = if name.is_empty() {
            sheet
        } else {
            workbook.sheets.iter().find(|s| s.name == name)?
        };
        let area = parse_area(&cells.replace('$', ""))?;
        let rows = from.rows().filter(|r| (area.top..=area.bottom).contains(r));
        rows.flat_map(|row| (area.left..=area.right).map(move |c| (row, c)))
            .map(|(row, column)| from.text(row, column).trim().to_owned())
            .collect()
    };
    let mut seen = BTreeSet::new();
    let texts = texts
        .into_iter()
        .filter(|t| !t.is_empty() && seen.insert(t.clone()));
    Some(texts.collect())
}

/// Longest id that a definition takes.
const ID_MAX: usize = 40;

/// The id of a column: the term of its head; where other columns share the leaf, the terms from the top of the head.
fn field_id(column: &Column, all: &[Column]) -> String {
    let whole = column.path.concat();
    if is_shared(column, all) {
        let terms = column.path.iter().filter_map(|part| terms::english(part));
        let mut words: Vec<&str> = terms.collect();
        words.dedup();
        let id = words.join("_");
        if words.len() > 1 && id.len() <= ID_MAX {
            return id;
        }
    }
    let word = terms::english(column.leaf()).or_else(|| terms::english(&whole));
    word.map_or_else(
        || format!("column_{}", column_letters(column.index).to_lowercase()),
        str::to_owned,
    )
}

/// Whether the leaf stands under other heads too.
fn is_shared(column: &Column, all: &[Column]) -> bool {
    let own = bare(column.leaf());
    let mut others = all.iter().filter(|one| one.index != column.index);
    others.any(|one| bare(one.leaf()) == own)
}

fn unused(id: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = id.to_owned();
    let mut n = 2;
    while !taken.insert(name.clone()) {
        name = format!("{id}_{n}");
        n += 1;
    }
    name
}

/// A label without its unit: 总投资(亿元) is 总投资. A leaf that other columns share is told by its whole head:
/// 规模以上工业增加值·1—2月累计·绝对值.
fn field_label(column: &Column, all: &[Column]) -> String {
    if !is_shared(column, all) {
        return bare(column.leaf());
    }
    let mut parts: Vec<String> = column.path.iter().map(|part| bare(part)).collect();
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    parts.join("·")
}

fn bare(text: &str) -> String {
    let text = text.split(['(', '（']).next().unwrap_or(text).trim();
    text.trim_end_matches(['：', ':']).to_owned()
}

fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn write_toml(id: &str, title: &str, table: &Table, columns: &[ColumnProposal]) -> String {
    let head: BTreeMap<u16, &Column> = table.columns.iter().map(|c| (c.index, c)).collect();
    let mut out = String::new();
    let top: Vec<&ColumnProposal> = columns.iter().filter(|c| !c.field.contains('.')).collect();
    let _ = writeln!(
        out,
        "# 由工作表“{}”起草，请逐项核对后启用。\n",
        table.sheet_name()
    );
    let _ = writeln!(out, "[register]\nid = {}\nversion = \"1.0.0\"", quote(id));
    let _ = writeln!(out, "title = {{ \"zh-CN\" = {} }}", quote(title));
    if let Some(name) = name_column(&top) {
        let _ = writeln!(out, "name_field = {}", quote(&name.field));
    }
    let listed: Vec<String> = top
        .iter()
        .filter(|c| c.kind != ColumnKind::LongText)
        .take(8)
        .map(|c| quote(&c.field))
        .collect();
    let _ = writeln!(out, "list = [{}]\n", listed.join(", "));
    write_choices(&mut out, columns);
    for column in &top {
        write_field(&mut out, column, head[&column.column], &table.columns);
    }
    write_details(&mut out, columns, &head, &table.columns);
    write_import(&mut out, &top, table);
    out
}

/// The column that names a record.
fn name_column<'a>(top: &[&'a ColumnProposal]) -> Option<&'a ColumnProposal> {
    const NAMING: [&str; 8] = [
        "指标", "项目", "事项", "企业", "问题", "街道", "单位", "姓名",
    ];
    let ordering = |c: &&&ColumnProposal| {
        ["排名", "位次", "名次"]
            .iter()
            .any(|word| c.head.contains(word))
    };
    let texts = || {
        let texts = top.iter().filter(|c| c.kind == ColumnKind::Text);
        texts.filter(move |c| !ordering(c))
    };
    let naming = |c: &&&ColumnProposal| NAMING.iter().any(|word| c.head.ends_with(word));
    texts()
        .find(|c| c.head.contains("名称"))
        .or_else(|| texts().find(naming))
        .or_else(|| texts().find(|c| c.required))
        .or_else(|| texts().next())
        .copied()
}

fn write_choices(out: &mut String, columns: &[ColumnProposal]) {
    let lists: Vec<_> = columns
        .iter()
        .filter_map(|c| match &c.kind {
            ColumnKind::Code(options) => Some((list_id(&c.field), options)),
            _ => None,
        })
        .collect();
    if lists.is_empty() {
        return;
    }
    out.push_str("[choices]\n");
    for (list, options) in lists {
        let _ = writeln!(out, "{list} = [");
        for (n, option) in options.iter().enumerate() {
            let _ = writeln!(
                out,
                "  {{ code = \"o{}\", \"zh-CN\" = {} }},",
                n + 1,
                quote(option)
            );
        }
        out.push_str("]\n");
    }
    out.push('\n');
}

fn list_id(field: &str) -> String {
    field.replace('.', "_")
}

fn type_lines(column: &ColumnProposal) -> Vec<String> {
    let of = |keyword: &str| vec![format!("type = \"{keyword}\"")];
    let with = |keyword: &str, line: String| vec![format!("type = \"{keyword}\""), line];
    match &column.kind {
        ColumnKind::Text => of("text"),
        ColumnKind::LongText => of("long_text"),
        ColumnKind::Int => of("int"),
        ColumnKind::Decimal(n) => with("decimal", format!("digits = {n}")),
        ColumnKind::Money(unit) => with("money", format!("show = \"{}\"", unit.label())),
        ColumnKind::Percent => of("percent"),
        ColumnKind::Bool => of("bool"),
        ColumnKind::Date => of("date"),
        ColumnKind::Code(_) => with("code", format!("list = \"{}\"", list_id(&column.field))),
        ColumnKind::Phone => with("phone", "mask = \"middle4\"".into()),
        ColumnKind::IdCard => with("id_card", "mask = \"id_card\"".into()),
        ColumnKind::Uscc => of("uscc"),
        ColumnKind::Org => of("org"),
        ColumnKind::Person => of("person"),
    }
}

fn write_field(out: &mut String, column: &ColumnProposal, head: &Column, all: &[Column]) {
    let _ = writeln!(
        out,
        "# {}列“{}”：{}",
        column_letters(head.index),
        column.head,
        column.why
    );
    let _ = writeln!(out, "[[field]]\nid = {}", quote(&column.field));
    for line in type_lines(column) {
        let _ = writeln!(out, "{line}");
    }
    let shown = field_label(head, all);
    let _ = writeln!(out, "label = {{ \"zh-CN\" = {} }}", quote(&shown));
    if column.required {
        out.push_str("required = true\n");
    }
    let written = bare(head.leaf());
    if is_shared(head, all) {
        // The leaf alone would name several fields; the whole head names one.
        let whole: Vec<String> = head.path.iter().map(|part| bare(part)).collect();
        let _ = writeln!(out, "synonyms = [{}]", quote(&whole.concat()));
    } else if written != shown {
        let _ = writeln!(out, "synonyms = [{}]", quote(&written));
    }
    out.push('\n');
}

fn write_details(
    out: &mut String,
    columns: &[ColumnProposal],
    head: &BTreeMap<u16, &Column>,
    all: &[Column],
) {
    let rows: Vec<&ColumnProposal> = columns.iter().filter(|c| c.field.contains('.')).collect();
    if rows.is_empty() {
        return;
    }
    out.push_str(
        "# 一条记录占几行的列，合成一张子表\n[[field]]\nid = \"details\"\ntype = \"table\"\n",
    );
    out.push_str("label = { \"zh-CN\" = \"明细\" }\ncolumns = [\n");
    for column in rows {
        let id = column.field.trim_start_matches("details.");
        let shown = field_label(head[&column.column], all);
        let _ = writeln!(
            out,
            "  {{ id = {}, {}, label = {{ \"zh-CN\" = {} }} }},",
            quote(id),
            type_lines(column).join(", "),
            quote(&shown),
        );
    }
    out.push_str("]\n\n");
}

fn write_import(out: &mut String, top: &[&ColumnProposal], table: &Table) {
    let Some(name) = name_column(top) else { return };
    let _ = writeln!(out, "[import]\nmatch = [{}]", quote(&name.field));
    let serial = table
        .columns
        .iter()
        .find(|c| crate::rows::is_serial_head(c.leaf()));
    if let Some(serial) = serial {
        let _ = writeln!(out, "ignore = [{}]", quote(&bare(serial.leaf())));
    }
}
