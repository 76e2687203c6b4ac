//! `[[duplicate]]` and `[import]`: rules that point at fields.

use super::field::scaled;
use super::known_field;
use super::toml_view::{At, View};
use crate::definition::{Definition, DuplicateAction, DuplicateRule, FieldKind, NearRule};
use crate::import::{ConstantRule, ImportLayout, ImportRule, LevelRule};
use crate::suggest::did_you_mean;

pub(super) fn duplicates(view: &View, definition: &Definition) -> Vec<DuplicateRule> {
    view.tables("duplicate")
        .iter()
        .filter_map(|row| duplicate(row, definition))
        .collect()
}

fn duplicate(row: &View, definition: &Definition) -> Option<DuplicateRule> {
    row.allow(&["keys", "near", "action"], &[]);
    let keys = row
        .texts("keys")
        .into_iter()
        .filter_map(|at| key_field(row, definition, at));
    let keys: Vec<String> = keys.collect();
    let near: Vec<NearRule> = row
        .tables("near")
        .iter()
        .filter_map(|n| near_rule(n, definition))
        .collect();
    if row.get("keys").is_none() && row.get("near").is_none() {
        row.source.error(
            "empty_rule",
            row.offset(),
            "查重规则没有 keys,也没有 near。",
            "例如:keys = [\"project_code\"],或 near = [ { field = \"name\", similarity = 0.85 } ]。",
        );
    }
    Some(DuplicateRule {
        keys,
        near,
        action: action(row)?,
    })
}

fn key_field(row: &View, definition: &Definition, at: At<String>) -> Option<String> {
    let field = known_field(row.source, definition, &at)?;
    let table = matches!(field.kind, FieldKind::Table { .. } | FieldKind::Attachment);
    if table {
        row.source.error(
            "wrong_field",
            at.offset,
            format!("\"{}\"是表格或附件,不能用来查重。", at.value),
            "请用文字、日期、编码或引用字段。",
        );
    }
    Some(at.value)
}

fn near_rule(row: &View, definition: &Definition) -> Option<NearRule> {
    row.allow(&["field", "similarity"], &["metres", "days"]);
    let at = row.needed("field", "\"name\"")?;
    known_field(row.source, definition, &at)?;
    if definition.name_field.as_deref() != Some(at.value.as_str()) {
        row.source.error(
            "not_yet",
            at.offset,
            format!("按\"{}\"的相近程度查重这一版还不支持。", at.value),
            "目前只能比较 name_field 指定的名称字段。",
        );
        return None;
    }
    let level = similarity(row)?;
    Some(NearRule {
        field: at.value,
        level,
    })
}

/// `similarity = 0.85` as 85.
fn similarity(row: &View) -> Option<u8> {
    let Some(at) = row.number("similarity") else {
        return Some(NEAR_DEFAULT);
    };
    match scaled(&at.value, 2).and_then(|n| u8::try_from(n).ok()) {
        Some(level @ 50..=100) => Some(level),
        _ => {
            row.source.error(
                "out_of_range",
                at.offset,
                format!("similarity = {} 不对。", at.value),
                "请写 0.5 到 1 之间、最多两位小数的数,例如 0.85。",
            );
            None
        }
    }
}

/// From here on two names are worth a question.
const NEAR_DEFAULT: u8 = ground::naming::ASK_LEVEL;

fn action(row: &View) -> Option<DuplicateAction> {
    let Some(at) = row.text("action") else {
        return Some(DuplicateAction::Warn);
    };
    match at.value.as_str() {
        "warn" => Some(DuplicateAction::Warn),
        "block" => Some(DuplicateAction::Block),
        other => {
            let remedy = did_you_mean(other, ["warn", "block"])
                .unwrap_or_else(|| "可以写 \"warn\"(提醒)或 \"block\"(拦截)。".into());
            row.source.error(
                "unknown_action",
                at.offset,
                format!("不认识\"{other}\"。"),
                remedy,
            );
            None
        }
    }
}

pub(super) fn import(view: &View, definition: &Definition) -> ImportRule {
    let Some(table) = view.table("import") else {
        return ImportRule::default();
    };
    table.allow(
        &[
            "layout", "match", "groups", "constant", "row", "levels", "measures", "ignore",
        ],
        &[
            "id",
            "sheet",
            "header_row",
            "on_match",
            "columns",
            "values",
            "unknown_column",
        ],
    );
    let ids = |key: &str| -> Vec<String> {
        let found = table.texts(key).into_iter();
        found
            .filter(|at| known_field(view.source, definition, at).is_some())
            .map(|at| at.value)
            .collect()
    };
    let row = table.text("row");
    let rule = ImportRule {
        layout: layout(&table),
        match_on: ids("match"),
        groups: ids("groups"),
        constants: constants(&table, definition),
        row: row
            .filter(|at| known_field(view.source, definition, at).is_some())
            .map(|at| at.value),
        levels: levels(&table, definition),
        measures: ids("measures"),
        ignore: table.texts("ignore").into_iter().map(|t| t.value).collect(),
    };
    cross_is_whole(&table, &rule);
    rule
}

fn layout(table: &View) -> ImportLayout {
    let Some(at) = table.text("layout") else {
        return ImportLayout::Rows;
    };
    match at.value.as_str() {
        "rows" => ImportLayout::Rows,
        "cross" => ImportLayout::Cross,
        other => {
            let remedy = did_you_mean(other, ["rows", "cross"])
                .unwrap_or_else(|| "可以写 \"rows\"(一行一条)或 \"cross\"(交叉表)。".into());
            table.source.error(
                "unknown_layout",
                at.offset,
                format!("不认识\"{other}\"。"),
                remedy,
            );
            ImportLayout::Rows
        }
    }
}

fn cross_is_whole(table: &View, rule: &ImportRule) {
    let cross = rule.layout == ImportLayout::Cross;
    if cross && (rule.row.is_none() || rule.levels.is_empty() || rule.measures.is_empty()) {
        table.source.error(
            "half_cross",
            table.offset(),
            "交叉表缺少 row、levels 或 measures。",
            "row 写首列对应的字段,levels 写各层表头对应的字段,measures 写数值字段。",
        );
    }
}

fn constants(table: &View, definition: &Definition) -> Vec<ConstantRule> {
    let rows = table.tables("constant");
    let read = rows.iter().filter_map(|row| {
        row.allow(&["pattern"], &[]);
        let at = row.needed("pattern", "\"第{round_no}期\"")?;
        let rule = ConstantRule::parse(&at.value);
        if rule.fields().next().is_none() {
            row.source.error(
                "bad_pattern",
                at.offset,
                format!("标题样式\"{}\"里没有字段。", at.value),
                "请用花括号写字段 id,例如 \"第{round_no}期\"。",
            );
        }
        for id in rule.fields() {
            known_field(
                row.source,
                definition,
                &At {
                    value: id.into(),
                    offset: at.offset,
                },
            );
        }
        Some(rule)
    });
    read.collect()
}

fn levels(table: &View, definition: &Definition) -> Vec<LevelRule> {
    let rows = table.tables("levels");
    let read = rows.iter().map(|row| {
        row.allow(&["fields"], &[]);
        let fields = row.texts("fields").into_iter();
        let known = fields.filter(|at| known_field(row.source, definition, at).is_some());
        LevelRule {
            fields: known.map(|at| at.value).collect(),
        }
    });
    read.collect()
}
