//! `[[duplicate]]` and `[import]`: rules that point at fields.

use super::field::scaled;
use super::known_field;
use super::language::{ACTION, CONSTANT, DUPLICATE, IMPORT, LAYOUT, LEVEL, NEAR};
use super::toml_view::{At, View};
use crate::definition::{
    Definition, DuplicateAction, DuplicateRule, FieldKind, NearRule, Nearness,
};
use crate::import::{ConstantRule, ImportLayout, ImportRule, LevelRule};

pub(super) fn duplicates(view: &View, definition: &Definition) -> Vec<DuplicateRule> {
    view.tables("duplicate")
        .iter()
        .filter_map(|row| duplicate(row, definition))
        .collect()
}

fn duplicate(row: &View, definition: &Definition) -> Option<DuplicateRule> {
    row.allow(&DUPLICATE);
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
            "例如：keys = [\"project_code\"],或 near = [ { field = \"name\", similarity = 0.85 } ]。",
        );
    }
    Some(DuplicateRule {
        keys,
        near,
        action: row
            .choose("action", ACTION)
            .unwrap_or(DuplicateAction::Warn),
    })
}

fn key_field(row: &View, definition: &Definition, at: At<String>) -> Option<String> {
    let field = known_field(row.source, definition, &at)?;
    let table = matches!(field.kind, FieldKind::Table { .. } | FieldKind::Attachment);
    if table {
        row.source.error(
            "wrong_field",
            at.offset,
            format!("“{}”是表格或附件，不能用来查重。", at.value),
            "请用文字、日期、编码或引用字段。",
        );
    }
    Some(at.value)
}

fn near_rule(row: &View, definition: &Definition) -> Option<NearRule> {
    row.allow(&NEAR);
    let at = row.needed("field", "\"name\"")?;
    let field = known_field(row.source, definition, &at)?;
    let ways = ["similarity", "metres", "days"];
    let written: Vec<&str> = ways.into_iter().filter(|w| row.get(w).is_some()).collect();
    let (by, fits, what) = match written[..] {
        [] | ["similarity"] => (
            Nearness::Similarity(similarity(row)?),
            matches!(
                field.kind,
                FieldKind::Text | FieldKind::LongText | FieldKind::Person
            ),
            "文字",
        ),
        ["metres"] => (
            Nearness::Metres(row.count("metres", 1, 100_000)? as u32),
            field.kind == FieldKind::GeoPoint,
            "位置(geo_point)",
        ),
        ["days"] => (
            Nearness::Days(row.count("days", 0, 3_660)? as u32),
            matches!(field.kind, FieldKind::Date | FieldKind::DateTime),
            "日期",
        ),
        _ => {
            row.source.error(
                "bad_near",
                row.offset(),
                "一个字段只能用一种相近标准。",
                "请在 similarity（文字）、metres（位置）、days（日期）里留一个。",
            );
            return None;
        }
    };
    if !fits {
        row.source.error(
            "wrong_field",
            at.offset,
            format!("“{}”不是{what}字段。", at.value),
            "文字用 similarity，位置用 metres，日期用 days。",
        );
    }
    Some(NearRule {
        field: at.value,
        by,
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
                "请写 0.5 到 1 之间、最多两位小数的数，例如 0.85。",
            );
            None
        }
    }
}

/// From here on two names are worth a question.
const NEAR_DEFAULT: u8 = ground::naming::ASK_LEVEL;

pub(super) fn import(view: &View, definition: &Definition) -> ImportRule {
    if view.is_list("import") {
        return super::template::templates(view, definition);
    }
    let Some(table) = view.table("import") else {
        return ImportRule::default();
    };
    table.allow(&IMPORT);
    let ids = |key: &str| -> Vec<String> {
        let found = table.text_or_texts(key).into_iter();
        found
            .filter(|at| known_field(view.source, definition, at).is_some())
            .map(|at| at.value)
            .collect()
    };
    let row = table.text("row");
    let rule = ImportRule {
        layout: table.choose("layout", LAYOUT).unwrap_or_default(),
        match_on: ids("match"),
        groups: ids("groups"),
        constants: constants(&table, definition),
        row: row
            .filter(|at| known_field(view.source, definition, at).is_some())
            .map(|at| at.value),
        levels: levels(&table, definition),
        measures: ids("measures"),
        ignore: table.texts("ignore").into_iter().map(|t| t.value).collect(),
        templates: Vec::new(),
    };
    cross_is_whole(&table, &rule);
    rule
}

fn cross_is_whole(table: &View, rule: &ImportRule) {
    let cross = rule.layout == ImportLayout::Cross;
    if cross && (rule.row.is_none() || rule.levels.is_empty() || rule.measures.is_empty()) {
        table.source.error(
            "half_cross",
            table.offset(),
            "交叉表缺少 row、levels 或 measures。",
            "row 写首列对应的字段，levels 写各层表头对应的字段，measures 写数值字段。",
        );
    }
}

fn constants(table: &View, definition: &Definition) -> Vec<ConstantRule> {
    let rows = table.tables("constant");
    let read = rows.iter().filter_map(|row| {
        row.allow(&CONSTANT);
        let at = row.needed("pattern", "\"第{round_no}期\"")?;
        let rule = ConstantRule::parse(&at.value);
        if rule.fields().next().is_none() {
            row.source.error(
                "bad_pattern",
                at.offset,
                format!("标题样式“{}”里没有字段。", at.value),
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
        row.allow(&LEVEL);
        let fields = row.texts("fields").into_iter();
        let known = fields.filter(|at| known_field(row.source, definition, at).is_some());
        LevelRule {
            fields: known.map(|at| at.value).collect(),
        }
    });
    read.collect()
}
