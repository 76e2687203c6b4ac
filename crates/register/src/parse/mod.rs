//! From `definition.toml` to a [`Definition`]. Every finding names file and line, what is wrong and
//! what to write instead; reading goes on after a fault so that all of them come out at once.

mod across;
mod duty;
mod field;
mod figure;
mod flow;
pub(crate) mod language;
mod open_clock;
mod rights;
mod rules;
mod system;
mod template;
mod toml_view;

use std::collections::{BTreeMap, BTreeSet};

use ground::Finding;
use toml::de::{DeTable, DeValue};

use crate::definition::{Choice, Definition, Field, FieldKind, Text};
use crate::number::NumberPattern;
use crate::suggest::did_you_mean;
use language::{CALENDARS, CHOICE, FAMILIES, FILE, NUMBER, REGISTER, SENSITIVITIES};
pub(crate) use rights::begins;
use toml_view::{At, Source, View};

/// Longest id: table and column names stay readable, below the 63 bytes PostgreSQL allows even
/// with a prefix and a suffix.
const ID_MAX: usize = 40;

/// Column names that every register table has of its own.
const RESERVED: &[&str] = &[
    "id",
    "version",
    "district",
    "district_code",
    "org",
    "org_path",
    "number",
    "withdrawn",
    "seq",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "def_version",
    "parent_id",
    "row_no",
    "search_text",
    "record_id",
];

/// Reads a definition. `file_name` stands in every finding's place as `file:line`. A definition is
/// given only when no finding is an error.
///
/// ```
/// let toml = r#"
/// [register]
/// id = "bench"
/// version = "1.0.0"
/// title = { "zh-CN" = "长椅台账" }
/// [[field]]
/// id = "name"
/// type = "text"
/// label = { "zh-CN" = "名称" }
/// requierd = true
/// "#;
/// let (definition, findings) = register::parse("bench/definition.toml", toml);
/// assert!(definition.is_none());
/// assert_eq!(findings[0].place, "bench/definition.toml:10");
/// assert_eq!(findings[0].remedy, "是不是想写“required”？");
/// ```
pub fn parse(file_name: &str, toml: &str) -> (Option<Definition>, Vec<Finding>) {
    let source = Source::new(file_name, toml);
    let (document, errors) = DeTable::parse_recoverable(toml);
    for error in &errors {
        let offset = error.span().map_or(0, |span| span.start);
        source.error(
            "bad_toml",
            offset,
            format!("这一行不是正确的 TOML:{}。", error.message()),
            "请检查引号、括号和等号；同一节里一个名称只能写一次。",
        );
    }
    let definition = if errors.is_empty() {
        let view = View::new(&source, document.get_ref(), document.span());
        read(&view).filter(|_| !source.has_errors())
    } else {
        None
    };
    (definition, source.into_findings())
}

fn read(view: &View) -> Option<Definition> {
    view.allow(&FILE);
    let head = head(view);
    let mut choices = choices(view);
    let states = flow::state_choices(view);
    if let Some(states) = &states {
        state_list(view, states, &mut choices);
    }
    let mut fields = fields(view, &choices);
    across::inline_lists(&mut choices, &fields);
    across::snapshots(view, &mut fields);
    let mut definition = Definition {
        choices,
        fields,
        ..head?
    };
    if let Some(states) = &states {
        system::add(view, states, &mut definition);
    }
    if let Some(register) = view.table("register") {
        named_fields(&register, &mut definition);
    }
    across_fields(view, &definition);
    laws(view, &mut definition);
    across::live_fields(view, &mut definition);
    template::as_synonyms(&mut definition);
    across::expressions(view, &definition);
    Some(definition)
}

/// Everything beyond the fields, in an order in which each may point at those before it.
fn laws(view: &View, definition: &mut Definition) {
    definition.roles = rights::roles(view);
    definition.flow = flow::flow(view, definition);
    definition.number = number(view, definition);
    definition.number_at = number_at(view, definition);
    definition.checks = duty::checks(view);
    definition.obligations = duty::obligations(view, definition);
    definition.campaigns = duty::campaigns(view);
    definition.cycle = duty::cycle(view, definition);
    definition.duplicates = rules::duplicates(view, definition);
    definition.import = rules::import(view, definition);
    definition.metrics = figure::metrics(view, definition);
    definition.views = figure::views(view, definition);
    definition.reports = figure::reports(view, definition);
    definition.permits = rights::permits(view, definition);
    definition.migrations = rights::migrations(view, definition);
    open_clock::warn(view, definition);
}

/// The list `state` comes from the states.
fn state_list(view: &View, states: &[Choice], choices: &mut BTreeMap<String, Vec<Choice>>) {
    if choices
        .insert(system::STATE.to_owned(), states.to_vec())
        .is_some()
    {
        let offset = view.table("choices").map_or(0, |t| t.place(system::STATE));
        view.source.error(
            "list_taken",
            offset,
            "选项表“state”由 [[state]] 给出，不能再写一遍。",
            "请删去 [choices] 里的 state；其他写法写在 [[state]] 的 synonyms 里。",
        );
    }
}

fn head(view: &View) -> Option<Definition> {
    let Some(table) = view.table("register") else {
        view.source.error(
            "missing_key",
            0,
            "缺少 [register] 一节。",
            "请在文件开头写 [register],并给出 id、version 和 title。",
        );
        return None;
    };
    table.allow(&REGISTER);
    let id = table.needed("id", "\"project\"");
    if let Some(id) = &id {
        check_id(view.source, id);
    }
    let version = table.needed("version", "\"1.0.0\"");
    if let Some(version) = &version {
        check_version(view.source, version);
    }
    let title = table.needed_words("title");
    let calendar = table.word("calendar", CALENDARS);
    let sensitivity = table.word("sensitivity", SENSITIVITIES);
    let mut head = Definition::empty(id?.value, version?.value, title?);
    head.core = table.flag("core").unwrap_or(false);
    let owner = table.text("owner");
    head.owner = owner.map(|t| t.value.trim_start_matches("org:").to_owned());
    head.family = table.word("family", FAMILIES);
    if let Some(calendar) = calendar.filter(|c| c != "cn") {
        head.calendar = calendar;
    }
    if let Some(sensitivity) = sensitivity {
        head.sensitivity = sensitivity;
    }
    Some(head)
}

fn check_version(source: &Source, version: &At<String>) {
    if crate::Version::parse(&version.value).is_none() {
        source.error(
            "bad_version",
            version.offset,
            format!("版本号“{}”不对。", version.value),
            "请写三段数字，例如 \"1.0.0\"。",
        );
    }
}

/// name_field, alias_field and the list columns, which point at fields.
fn named_fields(register: &View, definition: &mut Definition) {
    let source = register.source;
    let pointing = |key: &str, wanted: fn(&FieldKind) -> bool, what: &str| {
        let at = register.text(key)?;
        let field = known_field(source, definition, &at)?;
        if !wanted(&field.kind) {
            source.error(
                "wrong_field",
                at.offset,
                format!("{key} 指向的“{}”不是{what}。", at.value),
                format!("请指向一个{what}字段。"),
            );
        }
        Some(at.value)
    };
    let name = pointing("name_field", |k| *k == FieldKind::Text, "单行文字(text)");
    let alias = pointing(
        "alias_field",
        |k| *k == FieldKind::TextList,
        "文字列表(text_list)",
    );
    let known = |key: &str| -> Vec<String> {
        let texts = register.texts(key);
        let fields = texts
            .iter()
            .filter_map(|at| known_field(source, definition, at));
        fields.map(|f| f.id.clone()).collect()
    };
    let (list, also_named) = (known("list"), known("also_named"));
    for at in register.texts("list") {
        if definition.field(&at.value).is_some_and(|f| f.import_only) {
            source.error(
                "wrong_field",
                at.offset,
                format!("“{}”只在导入时出现，不能放进列表。", at.value),
                "请从 list 里去掉它。",
            );
        }
    }
    definition.name_field = name;
    definition.alias_field = alias;
    definition.also_named = also_named;
    definition.list = list;
}

/// The field a text points at, or a finding.
fn known_field<'d>(
    source: &Source,
    definition: &'d Definition,
    at: &At<String>,
) -> Option<&'d Field> {
    let found = definition.field(&at.value);
    if found.is_none() {
        let ids = definition.fields.iter().map(|f| f.id.as_str());
        source.error(
            "unknown_field",
            at.offset,
            format!("没有字段“{}”。", at.value),
            did_you_mean(&at.value, ids)
                .unwrap_or_else(|| "请先用 [[field]] 定义它，或改正名称。".into()),
        );
    }
    found
}

/// Tells that a name points at nothing.
fn unknown<'k>(
    source: &Source,
    at: &At<String>,
    what: &str,
    block: &str,
    known: impl IntoIterator<Item = &'k str>,
) {
    source.error(
        "unknown_name",
        at.offset,
        format!("没有{what}“{}”。", at.value),
        did_you_mean(&at.value, known)
            .unwrap_or_else(|| format!("请先用 {block} 定义它，或改正名称。")),
    );
}

/// What one field says about another: `else_to`, and the column that money keeps its bound in.
fn across_fields(view: &View, definition: &Definition) {
    for row in view.tables("field") {
        if let Some(at) = row.text("else_to").or_else(|| row.text("other"))
            && let Some(field) = known_field(view.source, definition, &at)
            && field.kind != FieldKind::Text
        {
            view.source.error(
                "wrong_field",
                at.offset,
                format!("“{}”不是单行文字，不能记名录或选项以外的名称。", at.value),
                "请指向一个 text 字段，名录里没有的名称按原文记在那里。",
            );
        }
        let Some(at) = row.text("id") else { continue };
        let money = at
            .value
            .strip_suffix("_bound")
            .and_then(|id| definition.field(id));
        if money.is_some_and(|f| f.kind == FieldKind::Money) {
            view.source.error(
                "reserved_id",
                at.offset,
                format!("“{}”要用来存金额的“约、余、近”。", at.value),
                "请换一个名称。",
            );
        }
    }
}

fn number(view: &View, definition: &Definition) -> Option<NumberPattern> {
    let table = view.table("number")?;
    table.allow(&NUMBER);
    let at = table.needed("pattern", "\"XM{yyyy}{seq:4}\"")?;
    let scope = table.texts("scope");
    let words: Vec<&str> = scope.iter().map(|s| s.value.as_str()).collect();
    match NumberPattern::parse(&at.value, &words) {
        Ok(pattern) => {
            for id in pattern.fields() {
                known_field(
                    view.source,
                    definition,
                    &At {
                        value: id.into(),
                        offset: at.offset,
                    },
                );
            }
            Some(pattern)
        }
        Err(problem) => {
            view.source.error(
                "bad_number",
                at.offset,
                problem,
                "例如：pattern = \"XM{yyyy}{seq:4}\",scope = [\"yyyy\"]。",
            );
            None
        }
    }
}

/// The transition at which a number is given; none = when the record is made.
fn number_at(view: &View, definition: &Definition) -> Option<String> {
    let table = view.table("number")?;
    let at = table.text("assign").filter(|at| at.value != "create")?;
    if definition.transition(&at.value).is_none() {
        let flow = definition.flow.iter();
        let ids = flow.flat_map(|f| f.transitions.iter().map(|t| t.id.as_str()));
        unknown(view.source, &at, "动作", "[[transition]]", ids);
    }
    Some(at.value)
}

fn choices(view: &View) -> BTreeMap<String, Vec<Choice>> {
    let Some(table) = view.table("choices") else {
        return BTreeMap::new();
    };
    let mut lists = BTreeMap::new();
    for (id, value) in table.entries() {
        check_id_shape(
            view.source,
            &At {
                value: id.into(),
                offset: value.span().start,
            },
        );
        lists.insert(id.to_owned(), choice_list(&table, id));
    }
    lists
}

fn choice_list(table: &View, id: &str) -> Vec<Choice> {
    let mut codes = BTreeSet::new();
    let rows = table.tables(id);
    if rows.is_empty() {
        let offset = table.get(id).map_or(table.offset(), |v| v.span().start);
        table.source.error(
            "empty_list",
            offset,
            format!("选项表“{id}”没有选项。"),
            "请至少写一项，例如 { code = \"signed\", \"zh-CN\" = \"签约一批\" }。",
        );
    }
    rows.iter()
        .filter_map(|row| choice(row, &mut codes))
        .collect()
}

fn choice(row: &View, codes: &mut BTreeSet<String>) -> Option<Choice> {
    row.allow(&CHOICE);
    let code = row.needed("code", "\"signed\"");
    let zh = row.needed("zh-CN", "\"签约一批\"");
    let code = code?;
    check_code_shape(row.source, &code);
    if !codes.insert(code.value.clone()) {
        row.source.error(
            "duplicate_id",
            code.offset,
            format!("选项代码“{}”重复。", code.value),
            "同一选项表里每个代码只能出现一次。",
        );
    }
    Some(Choice {
        code: code.value,
        label: Text {
            zh: zh?.value,
            en: row.text("en").map(|t| t.value),
        },
        synonyms: row.texts("synonyms").into_iter().map(|s| s.value).collect(),
        attributes: row.table("with").map_or_else(BTreeMap::new, |with| {
            let names: Vec<String> = with.entries().map(|(name, _)| name.to_owned()).collect();
            let pair = |name: String| Some((name.clone(), with.text(&name)?.value));
            names.into_iter().filter_map(pair).collect()
        }),
    })
}

/// Longest code of an option.
const CODE_MAX: usize = 60;

/// National code lists write `01` and `A-2`, ledgers write words: only blanks and marks with a meaning are kept out.
fn check_code_shape(source: &Source, at: &At<String>) {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let long = at.value.chars().count() > CODE_MAX;
    if at.value.is_empty() || long || !at.value.chars().all(fits) {
        source.error(
            "bad_code",
            at.offset,
            format!("选项代码“{}”不合规则。", at.value),
            format!("请用文字、数字和 _ - . /，不超过 {CODE_MAX} 个字。"),
        );
    }
}

fn fields(view: &View, choices: &BTreeMap<String, Vec<Choice>>) -> Vec<Field> {
    let rows = view.tables("field");
    if rows.is_empty() {
        view.source
            .error("missing_key", 0, "没有字段。", "请至少写一个 [[field]]。");
    }
    let mut seen = BTreeSet::new();
    rows.iter()
        .filter_map(|row| field::read(row, choices, &mut seen, None))
        .collect()
}

/// Whether a word may be an id: snake_case, ASCII, a letter first, at most 40 characters.
pub(crate) fn is_id(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && word.len() <= ID_MAX
        && !word.ends_with('_')
        && !word.contains("__")
}

fn check_id(source: &Source, at: &At<String>) {
    check_id_shape(source, at);
    if RESERVED.contains(&at.value.as_str()) {
        source.error(
            "reserved_id",
            at.offset,
            format!("“{}”是系统自用的名称。", at.value),
            "请换一个名称，例如在前面加上含义：contract_number。",
        );
    }
}

fn check_id_shape(source: &Source, at: &At<String>) {
    if !is_id(&at.value) {
        source.error(
            "bad_id",
            at.offset,
            format!("名称“{}”不合规则。", at.value),
            format!("请用英文小写字母、数字和下划线，字母开头，不超过 {ID_MAX} 个字符，例如 investment_total。"),
        );
    }
}

/// Whether a value is a table, used where a key may be either.
fn is_table(value: &DeValue) -> bool {
    matches!(value, DeValue::Table(_))
}

#[cfg(test)]
mod tests;
