//! 版本 A running record goes on by the workflow it began with, however the definition changed since; its fields are
//! those of today, for a migration has brought them there.

use crate::error::AppError;
use register::{Definition, Record};
use std::borrow::Cow;
use store::Reader;

/// The definition whose workflow the record follows.
pub fn pinned<'d>(
    reader: &mut Reader<'_>,
    definition: &'d Definition,
    record: &Record,
) -> Result<Cow<'d, Definition>, AppError> {
    let began = record.text("flow_version");
    let Some(version) = began.filter(|version| *version != definition.version) else {
        return Ok(Cow::Borrowed(definition));
    };
    let kept = reader.definition_versions(&definition.id)?;
    let older = kept.iter().find(|one| one.version == version);
    let older = older.and_then(|one| register::parse(version, &one.text).0);
    Ok(match older {
        Some(older) => Cow::Owned(Definition {
            version: older.version,
            flow: older.flow,
            number_at: older.number_at,
            ..definition.clone()
        }),
        // A version that was never kept, as with records of a former release: today's workflow is the only one known.
        None => Cow::Borrowed(definition),
    })
}
