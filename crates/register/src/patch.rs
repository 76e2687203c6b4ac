//! What changed between two versions of a record: for the journal, for history, for undo.

use std::collections::{BTreeMap, BTreeSet};

use ground::Finding;
use serde_json::{Map, Value as Json};

use crate::definition::Definition;
use crate::json::{from_json, to_json};
use crate::record::{Fields, Value};

/// One field's change; an absent side is an absent value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Before the write.
    pub before: Option<Value>,
    /// After the write.
    pub after: Option<Value>,
}

/// Changed fields by id. Empty when nothing changed.
pub type Patch = BTreeMap<String, Change>;

/// The changes that lead from `before` to `after`.
pub fn diff(before: &Fields, after: &Fields) -> Patch {
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = ids
        .into_iter()
        .filter(|id| before.get(*id) != after.get(*id));
    let changes = changed.map(|id| {
        let change = Change {
            before: before.get(id).cloned(),
            after: after.get(id).cloned(),
        };
        (id.clone(), change)
    });
    changes.collect()
}

/// Carries a patch out. Values before the patch are not compared: that the record is the one the
/// patch was made from is the record version's business.
pub fn apply(patch: &Patch, fields: &Fields) -> Fields {
    let mut result = fields.clone();
    for (id, change) in patch {
        match &change.after {
            Some(value) => result.insert(id.clone(), value.clone()),
            None => result.remove(id),
        };
    }
    result
}

/// The patch that leads back.
pub fn inverse(patch: &Patch) -> Patch {
    let turned = patch.iter().map(|(id, change)| {
        let back = Change {
            before: change.after.clone(),
            after: change.before.clone(),
        };
        (id.clone(), back)
    });
    turned.collect()
}

/// `{"before": {…}, "after": {…}}`, each side in the record's own JSON.
pub fn patch_to_json(definition: &Definition, patch: &Patch) -> Json {
    let side = |pick: fn(&Change) -> &Option<Value>| -> Map<String, Json> {
        let values = patch
            .iter()
            .filter_map(|(id, c)| Some((id.clone(), pick(c).clone()?)));
        to_json(definition, &values.collect())
    };
    let mut sides = Map::new();
    sides.insert("before".into(), Json::Object(side(|c| &c.before)));
    sides.insert("after".into(), Json::Object(side(|c| &c.after)));
    Json::Object(sides)
}

/// Reads what [`patch_to_json`] wrote.
pub fn patch_from_json(definition: &Definition, json: &Json) -> (Patch, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut side = |key: &str| match json.get(key).and_then(Json::as_object) {
        Some(map) => {
            let (fields, found) = from_json(definition, map);
            findings.extend(found);
            fields
        }
        None => Fields::new(),
    };
    let (before, after) = (side("before"), side("after"));
    (diff(&before, &after), findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{definition, fields};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn applying_a_difference_gives_the_other_version(a in fields(), b in fields()) {
            let patch = diff(&a, &b);
            prop_assert_eq!(apply(&patch, &a), b.clone());
            prop_assert_eq!(apply(&inverse(&patch), &b), a);
        }

        #[test]
        fn a_patch_survives_its_json(a in fields(), b in fields()) {
            let patch = diff(&a, &b);
            let (read, findings) = patch_from_json(&definition(), &patch_to_json(&definition(), &patch));
            prop_assert_eq!(findings, vec![]);
            prop_assert_eq!(read, patch);
        }
    }

    #[test]
    fn only_changed_fields_are_in_a_patch() {
        let before = Fields::from([
            ("name".into(), Value::Text("甲".into())),
            ("count".into(), Value::Int(1)),
        ]);
        let after = Fields::from([
            ("name".into(), Value::Text("甲".into())),
            ("done".into(), Value::Bool(true)),
        ]);
        let patch = diff(&before, &after);
        assert_eq!(patch.keys().collect::<Vec<_>>(), ["count", "done"]);
        assert_eq!(
            patch["count"],
            Change {
                before: Some(Value::Int(1)),
                after: None
            }
        );
        assert!(diff(&after, &after).is_empty());
    }
}
