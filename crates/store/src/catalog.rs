//! The registers in force, as tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use register::Definition;

use crate::error::StoreError;
use crate::schema::RegisterTable;

/// Registers by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalog {
    tables: BTreeMap<String, Arc<RegisterTable>>,
}

impl Catalog {
    /// The table of a register.
    pub fn table(&self, register: &str) -> Result<Arc<RegisterTable>, StoreError> {
        let table = self.tables.get(register).cloned();
        table.ok_or_else(|| StoreError::Unknown {
            name: register.to_owned(),
        })
    }

    /// This catalog with more registers, or newer ones.
    pub fn with(&self, tables: Vec<RegisterTable>) -> Self {
        let mut all = self.tables.clone();
        all.extend(
            tables
                .into_iter()
                .map(|t| (t.definition.id.clone(), Arc::new(t))),
        );
        Self { tables: all }
    }

    /// The definitions in force.
    pub fn definitions(&self) -> Vec<Definition> {
        self.tables.values().map(|t| t.definition.clone()).collect()
    }
}
