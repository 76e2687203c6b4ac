//! The definitions in force as one snapshot: what began with it ends with it, while a newer one comes into force beside.

use register::{Definition, expr};
use std::collections::BTreeMap;
use std::sync::Arc;

/// 台账定义. Definitions by id, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    all: BTreeMap<String, Arc<Definition>>,
}

impl Definitions {
    /// A set of definitions; of two with one id the later stays.
    pub fn new(all: impl IntoIterator<Item = Definition>) -> Self {
        let pair = |one: Definition| (one.id.clone(), Arc::new(one));
        Self {
            all: all.into_iter().map(pair).collect(),
        }
    }

    /// The definition of a register.
    pub fn get(&self, register: &str) -> Option<&Arc<Definition>> {
        self.all.get(register)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Definition>> {
        self.all.values()
    }

    /// This set with one more definition, or a newer one.
    pub fn with(&self, definition: Definition) -> Self {
        let mut set = self.clone();
        set.all.insert(definition.id.clone(), Arc::new(definition));
        set
    }

    /// Copies, for rooms below that look at all definitions together.
    pub fn to_vec(&self) -> Vec<Definition> {
        self.iter().map(|one| one.as_ref().clone()).collect()
    }

    /// A stored record with the definition it is read by.
    pub fn known(&self, register: &str, record: Arc<register::Record>) -> Option<expr::Known> {
        let definition = self.get(register)?.clone();
        Some(expr::Known { definition, record })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(id: &str, version: &str) -> Definition {
        let toml = format!(
            "[register]\nid = \"{id}\"\nversion = \"{version}\"\ntitle = {{ \"zh-CN\" = \"台账\" }}\nname_field = \"name\"\n[[field]]\nid = \"name\"\ntype = \"text\"\nlabel = {{ \"zh-CN\" = \"名称\" }}\n"
        );
        let (definition, findings) = register::parse("definition.toml", &toml);
        definition.unwrap_or_else(|| panic!("{findings:?}"))
    }

    #[test]
    fn a_newer_definition_leaves_the_older_snapshot_as_it_was() {
        let before =
            Definitions::new([definition("bench", "1.0.0"), definition("arbour", "1.0.0")]);
        let after = before.with(definition("bench", "1.1.0"));
        let version = |set: &Definitions| set.get("bench").map(|one| one.version.clone());
        assert_eq!(version(&before).as_deref(), Some("1.0.0"));
        assert_eq!(version(&after).as_deref(), Some("1.1.0"));
        let ids: Vec<&str> = after.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["arbour", "bench"]);
    }
}
