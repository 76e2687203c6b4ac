//! What group rows give to the rows below them: 签约一批 is a batch, 产业类 a category.

use std::collections::BTreeSet;

use ground::Finding;
use register::{Definition, Hints, Value};

use crate::notes::Notes;
use crate::table::{Group, Row, Table};

/// A field and its value, for each group of a table.
pub(crate) type GroupFields = Vec<Option<(String, Value)>>;

/// Reads all group rows. All groups of one level are one field: the one that reads most of them (产业类 and 民生类
/// are categories, though 民生 is a project type too).
pub(crate) fn read(
    table: &Table,
    definition: &Definition,
    hints: &Hints,
    notes: &mut Notes,
) -> GroupFields {
    let groups = &table.groups;
    let mut found: GroupFields = vec![None; groups.len()];
    let levels: BTreeSet<u8> = groups.iter().map(|g| g.level).collect();
    for level in levels {
        let of_level = || (0..groups.len()).filter(|at| groups[*at].level == level);
        let read_by = |id: &String| -> Vec<(usize, Value)> {
            let mut one = definition.clone();
            one.import.groups = vec![id.clone()];
            of_level()
                .filter_map(|at| Some((at, read_one(&one, &groups[at], hints)?)))
                .collect()
        };
        // Of equals the first in the definition stands.
        let readings = definition
            .import
            .groups
            .iter()
            .rev()
            .map(|id| (id, read_by(id)));
        let Some((id, values)) = readings.max_by_key(|(_, values)| values.len()) else {
            continue;
        };
        for (at, value) in values {
            found[at] = Some((id.clone(), value));
        }
    }
    tell_unread(table, definition, &found, notes);
    found
}

fn read_one(definition: &Definition, group: &Group, hints: &Hints) -> Option<Value> {
    let plain = group.name.trim_end_matches(['类', '项', '目']);
    let texts = [group.text.as_str(), group.name.as_str(), plain];
    let found = texts
        .into_iter()
        .find_map(|text| register::read_group(definition, text, hints));
    found.map(|g| g.value)
}

fn tell_unread(table: &Table, definition: &Definition, found: &GroupFields, notes: &mut Notes) {
    if definition.import.groups.is_empty() {
        return;
    }
    let unread = table
        .groups
        .iter()
        .zip(found)
        .filter(|(_, value)| value.is_none());
    for (group, _) in unread {
        notes.push(Finding::info(
            "row.group_unread",
            table.place(group.row, table.keys.first),
            format!(
                "分组行“{}”在台账里没有对应的分类,只作为分组名保留",
                group.text
            ),
            "无误则不必处理",
        ));
    }
}

/// The row's group and the groups around it, innermost first.
pub(crate) fn chain(table: &Table, row: &Row) -> Vec<u32> {
    let Some(inner) = row.group else {
        return Vec::new();
    };
    let mut level = table.groups[inner as usize].level;
    let mut chain = vec![inner];
    for at in (0..inner).rev() {
        let outer = &table.groups[at as usize];
        if outer.level < level {
            level = outer.level;
            chain.push(at);
        }
    }
    chain
}
