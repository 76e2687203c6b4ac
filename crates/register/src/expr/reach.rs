//! Which values of other records the stored computed fields of a register rest on: when those change, these follow.

use super::check::Registers;
use crate::definition::{Definition, FieldKind};

/// A value of a record pointed at, on which a stored computed field rests.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reach {
    /// Fields that lead there, from reference to reference.
    pub by: Vec<String>,
    /// Register of the record at their end.
    pub register: String,
    /// Field of that record.
    pub field: String,
}

impl Definition {
    /// What the stored computed fields rest on beyond the own record: `institution.licence_until` rests on
    /// `licence_until` of the institution, and on which institution it is only by the own field.
    pub fn reaches(&self, set: &dyn Registers) -> Vec<Reach> {
        let stored = self.fields.iter().filter(|field| !field.live);
        let rules = stored.filter_map(|field| field.compute.as_ref());
        let mut reaches = Vec::new();
        for path in rules.flat_map(|rule| self.expand(rule).paths()) {
            along(self, &path, set, &mut reaches);
        }
        reaches.sort();
        reaches.dedup();
        reaches
    }
}

fn along(definition: &Definition, path: &[String], set: &dyn Registers, found: &mut Vec<Reach>) {
    let mut target = points_to(definition, &path[0]);
    for (at, field) in path.iter().enumerate().skip(1) {
        let Some(register) = target.take() else {
            return;
        };
        found.push(Reach {
            by: path[..at].to_vec(),
            register: register.clone(),
            field: field.clone(),
        });
        target = set
            .register(&register)
            .and_then(|there| points_to(there, field));
    }
}

fn points_to(definition: &Definition, field: &str) -> Option<String> {
    let kind = &definition.field(field)?.kind;
    match kind {
        FieldKind::Org => Some("organisation".to_owned()),
        kind => kind.target().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn define(id: &str, fields: &str) -> Definition {
        let toml = format!(
            "[register]\nid = \"{id}\"\nversion = \"1.0.0\"\ntitle = {{ \"zh-CN\" = \"{id}\" }}\n{fields}"
        );
        let (definition, findings) = crate::parse("definition.toml", &toml);
        definition.unwrap_or_else(|| panic!("{findings:?}"))
    }

    fn field(id: &str, more: &str) -> String {
        format!("[[field]]\nid = \"{id}\"\nlabel = {{ \"zh-CN\" = \"{id}\" }}\n{more}\n")
    }

    #[test]
    fn a_stored_value_rests_on_each_record_on_its_way() {
        let firm = define(
            "firm",
            &[
                field("name", "type = \"text\""),
                field("mother", "type = \"ref\"\nto = \"firm\""),
            ]
            .concat(),
        );
        let device = define(
            "device",
            &[
                field("owner", "type = \"ref\"\nto = \"firm\""),
                field("group", "type = \"text\"\ncompute = \"owner.mother.name\""),
                field("shown", "type = \"text\"\ncompute = \"group + '!'\""),
                field(
                    "late",
                    "type = \"text\"\ncompute = \"today() > date('2023-01-01') ? owner.name : ''\"",
                ),
            ]
            .concat(),
        );
        let set = vec![firm, device];
        let told: Vec<String> = set[1]
            .reaches(&set)
            .iter()
            .map(|one| format!("{} -> {}.{}", one.by.join("."), one.register, one.field))
            .collect();
        assert_eq!(
            told,
            ["owner -> firm.mother", "owner.mother -> firm.name"],
            "what follows the day is not stored"
        );
        assert_eq!(set[0].reaches(&set), []);
    }
}
