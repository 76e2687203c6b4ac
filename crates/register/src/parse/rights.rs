//! Who may do what, and how older records become new ones: `[[permit]]`, `[[migrate]]`.

use std::collections::{BTreeMap, BTreeSet};

use super::language::{ABILITY, MIGRATE, PERMIT};
use super::toml_view::{At, Name, Names, View};
use super::{known_field, unknown};
use crate::definition::Definition;
use crate::law::{Ability, Migration, Permit, PermitScope};

/// Scopes without a field.
const SCOPES: &[&str] = &["own", "org", "subtree", "parent", "all"];

/// 角色 in Chinese, for messages and pages.
pub(super) fn roles(view: &View) -> BTreeMap<String, String> {
    let named = view.text_map("roles").into_iter();
    named.map(|(id, label)| (id.value, label.value)).collect()
}

pub(super) fn permits(view: &View, definition: &Definition) -> Vec<Permit> {
    let rows = view.tables("permit");
    rows.iter()
        .filter_map(|row| permit(row, definition))
        .collect()
}

fn permit(row: &View, definition: &Definition) -> Option<Permit> {
    row.allow(&PERMIT);
    let role = row.needed("role", "\"street_clerk\"");
    let scope = row.needed("scope", "\"subtree\"");
    let scope = scope.and_then(|at| self::scope(row, definition, &at));
    if row.get("can").is_none() {
        row.missing("can", "[\"read\"]");
    }
    let can = abilities(row);
    let fields = |key: &str| -> Vec<String> {
        let texts = row.texts(key).into_iter();
        let known = texts.filter(|at| known_field(row.source, definition, at).is_some());
        known.map(|at| at.value).collect()
    };
    let states = known_states(row, definition, "states");
    Some(Permit {
        states,
        hide: fields("hide"),
        mask: fields("mask"),
        filter: row.condition("filter", &Names::none()),
        can,
        role: role?.value,
        scope: scope?,
    })
}

fn abilities(row: &View) -> BTreeSet<Ability> {
    let texts = row.texts("can");
    if texts.iter().any(|at| at.value == "*") {
        return ABILITY.iter().map(|(_, ability)| *ability).collect();
    }
    row.choose_all("can", ABILITY).into_iter().collect()
}

fn scope(row: &View, definition: &Definition, at: &At<String>) -> Option<PermitScope> {
    if let Some(id) = at.value.strip_prefix("ref:") {
        let field = At {
            value: id.to_owned(),
            offset: at.offset,
        };
        let found = known_field(row.source, definition, &field)?;
        if found.kind.target().is_none() {
            row.source.error(
                "wrong_field",
                at.offset,
                format!("“{id}”不指向单位或别的台账。"),
                "ref: 后面请写一个引用(ref)或单位(org)字段。",
            );
            return None;
        }
        return Some(PermitScope::Ref(id.to_owned()));
    }
    Some(match at.value.as_str() {
        "own" => PermitScope::Own,
        "org" => PermitScope::Org,
        "subtree" => PermitScope::Subtree,
        "parent" => PermitScope::Parent,
        "all" => PermitScope::All,
        other => {
            let remedy = crate::suggest::did_you_mean(other, SCOPES.iter().copied());
            row.source.error(
                "unknown_word",
                at.offset,
                format!("scope 里不能写“{other}”。"),
                remedy.unwrap_or_else(|| {
                    "可以写：own（本人）、org（本单位）、subtree（本单位及下级）、parent（上级单位）、all（全区）、ref:字段。"
                        .into()
                }),
            );
            return None;
        }
    })
}

fn known_states(row: &View, definition: &Definition, key: &str) -> Vec<String> {
    let ids: Vec<&str> = definition.states().iter().map(|s| s.id.as_str()).collect();
    let texts = row.texts(key).into_iter();
    let known = texts.filter(|at| {
        let known = ids.contains(&at.value.as_str());
        if !known {
            unknown(row.source, at, "状态", "[[state]]", ids.iter().copied());
        }
        known
    });
    known.map(|at| at.value).collect()
}

pub(super) fn migrations(view: &View, definition: &Definition) -> Vec<Migration> {
    let rows = view.tables("migrate");
    rows.iter()
        .filter_map(|row| migration(row, definition))
        .collect()
}

fn migration(row: &View, definition: &Definition) -> Option<Migration> {
    row.allow(&MIGRATE);
    let from = row.needed("from", "\"1\"");
    let to = row.needed("to", "\"2\"");
    let old = Names::none().with("old", Name::Any);
    let set = row.exprs("set", &old).into_iter();
    let set = set.filter(|(at, _)| known_field(row.source, definition, at).is_some());
    let set = set.map(|(at, expr)| (at.value, expr)).collect();
    let state_map = state_map(row, definition);
    let option_map = option_map(row, definition);
    let archive = row.texts("archive").into_iter();
    let archive = archive.filter(|at| {
        let still = definition.field(&at.value).is_some();
        if still {
            row.source.error(
                "still_there",
                at.offset,
                format!("字段“{}”还在定义里，不能停用。", at.value),
                "请先删去这个 [[field]]，或从 archive 里去掉它。",
            );
        }
        !still
    });
    let archive = archive.map(|at| at.value).collect();
    for at in [&from, &to].into_iter().flatten() {
        check_version(row, at);
    }
    let (from, to) = (from?, to?);
    if !begins(&definition.version, &to.value) && !later(&definition.version, &to.value) {
        row.source.error(
            "bad_version",
            to.offset,
            format!(
                "to = \"{}\" 比本定义的版本 {} 还新。",
                to.value, definition.version
            ),
            "请改成本版本，或把 [register] 的 version 改高。",
        );
    }
    Some(Migration {
        from: from.value,
        to: to.value,
        set,
        state_map,
        option_map,
        archive,
    })
}

fn check_version(row: &View, at: &At<String>) {
    let parts: Vec<&str> = at.value.split('.').collect();
    if parts.len() > 3 || parts.iter().any(|p| p.parse::<u32>().is_err()) {
        row.source.error(
            "bad_version",
            at.offset,
            format!("版本号“{}”不对。", at.value),
            "请写 \"1\"、“1.2” 或 \"1.2.0\" 这样的数字。",
        );
    }
}

/// Whether `version` is one of those that `beginning` names: `1.2.0` begins with `1` and `1.2`.
pub(crate) fn begins(version: &str, beginning: &str) -> bool {
    let mut parts = version.split('.');
    beginning.split('.').all(|part| parts.next() == Some(part))
}

fn later(version: &str, other: &str) -> bool {
    let numbers =
        |text: &str| -> Vec<u32> { text.split('.').filter_map(|p| p.parse().ok()).collect() };
    numbers(version) > numbers(other)
}

fn state_map(row: &View, definition: &Definition) -> BTreeMap<String, String> {
    let ids: Vec<&str> = definition.states().iter().map(|s| s.id.as_str()).collect();
    let pairs = row.text_map("state_map").into_iter();
    let known = pairs.filter(|(_, to)| {
        let known = ids.contains(&to.value.as_str());
        if !known {
            unknown(row.source, to, "状态", "[[state]]", ids.iter().copied());
        }
        known
    });
    known.map(|(from, to)| (from.value, to.value)).collect()
}

fn option_map(row: &View, definition: &Definition) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut maps = BTreeMap::new();
    for (list, pairs) in row.text_maps("option_map") {
        let Some(choices) = definition.choices.get(&list.value) else {
            let lists = definition.choices.keys().map(String::as_str);
            unknown(row.source, &list, "选项表", "[choices]", lists);
            continue;
        };
        let codes: Vec<&str> = choices.iter().map(|c| c.code.as_str()).collect();
        let known = pairs.into_iter().filter(|(_, to)| {
            let known = codes.contains(&to.value.as_str());
            if !known {
                unknown(row.source, to, "选项", "[choices]", codes.iter().copied());
            }
            known
        });
        let known = known.map(|(from, to)| (from.value, to.value)).collect();
        maps.insert(list.value, known);
    }
    maps
}
