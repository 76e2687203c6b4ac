//! `[[import]]`: workbooks that come again and again in the same form.

use std::collections::{BTreeMap, BTreeSet};

use super::language::{ON_MATCH, TEMPLATE, UNKNOWN_COLUMN};
use super::toml_view::{At, Pair, View};
use super::{known_field, unknown};
use crate::definition::{Definition, Field, FieldKind};
use crate::import::{ImportRule, ImportTemplate};

/// Templates, with the first one's keys as those of every import.
pub(super) fn templates(view: &View, definition: &Definition) -> ImportRule {
    let mut seen = BTreeSet::new();
    let rows = view.tables("import");
    let templates: Vec<ImportTemplate> = rows
        .iter()
        .filter_map(|row| template(row, definition, &mut seen))
        .collect();
    let match_on = templates.first().map_or(&[][..], |t| &t.match_on);
    ImportRule {
        match_on: match_on
            .iter()
            .filter(|id| *id != "number")
            .cloned()
            .collect(),
        templates,
        ..ImportRule::default()
    }
}

fn template(
    row: &View,
    definition: &Definition,
    seen: &mut BTreeSet<String>,
) -> Option<ImportTemplate> {
    row.allow(&TEMPLATE);
    let id = row.id("导入模板", "\"patrol_xlsx\"", seen);
    let match_on = row.text_or_texts("match").into_iter();
    let match_on = match_on
        .filter(|at| at.value == "number" || known_field(row.source, definition, at).is_some());
    let columns = row.text_map("columns").into_iter();
    let columns = columns.filter(|(_, field)| known_field(row.source, definition, field).is_some());
    let values = row.text_maps("values").into_iter();
    let values = values.filter_map(|(field, texts)| value_map(row, definition, field, texts));
    Some(ImportTemplate {
        title: row.words("title"),
        sheet: row.text("sheet").map(|t| t.value),
        header_row: row.count("header_row", 1, 1000).map(|n| n as u32),
        match_on: match_on.map(|at| at.value).collect(),
        on_match: row.choose("on_match", ON_MATCH).unwrap_or_default(),
        columns: columns
            .map(|(head, field)| (head.value, field.value))
            .collect(),
        values: values.collect(),
        unknown_column: row
            .choose("unknown_column", UNKNOWN_COLUMN)
            .unwrap_or_default(),
        id: id?,
    })
}

fn value_map(
    row: &View,
    definition: &Definition,
    at: At<String>,
    texts: Vec<Pair>,
) -> Option<(String, BTreeMap<String, String>)> {
    let field = known_field(row.source, definition, &at)?;
    if field.kind.list().is_none() {
        row.source.error(
            "wrong_field",
            at.offset,
            format!("“{}”不是选项字段，没有写法可对应。", at.value),
            "values 里只写 code 或 multi_code 字段。",
        );
        return None;
    }
    let known = texts
        .into_iter()
        .filter(|(_, code)| knows_code(row, field, code));
    let known = known.map(|(text, code)| (text.value, code.value));
    Some((at.value, known.collect()))
}

fn knows_code(row: &View, field: &Field, code: &At<String>) -> bool {
    let known = field.choice(&code.value).is_some();
    if !known {
        let codes = field.choices.iter().map(|c| c.code.as_str());
        unknown(row.source, code, "选项", "[choices]", codes);
    }
    known
}

/// Headers and values of the templates as synonyms of fields and options: a workbook is recognised wherever it comes
/// from.
pub(super) fn as_synonyms(definition: &mut Definition) {
    for template in definition.import.templates.clone() {
        for (head, path) in &template.columns {
            if let Some(field) = field_mut(&mut definition.fields, path) {
                add(&mut field.synonyms, &field.label.zh, head);
            }
        }
        for (path, texts) in &template.values {
            let Some(field) = field_mut(&mut definition.fields, path) else {
                continue;
            };
            for (text, code) in texts {
                let choice = field.choices.iter_mut().find(|c| c.code == *code);
                if let Some(choice) = choice {
                    add(&mut choice.synonyms, &choice.label.zh, text);
                }
            }
        }
    }
}

fn add(synonyms: &mut Vec<String>, label: &str, word: &str) {
    if word != label && !synonyms.iter().any(|s| s == word) {
        synonyms.push(word.to_owned());
    }
}

fn field_mut<'d>(fields: &'d mut [Field], path: &str) -> Option<&'d mut Field> {
    let (id, column) = match path.split_once('.') {
        Some((id, column)) => (id, Some(column)),
        None => (path, None),
    };
    let field = fields.iter_mut().find(|f| f.id == id)?;
    let Some(column) = column else {
        return Some(field);
    };
    match &mut field.kind {
        FieldKind::Table { columns } => columns.iter_mut().find(|c| c.id == column),
        _ => None,
    }
}
