//! 派生 Records that an act or an overdue clock opens in another register.

use super::{Desk, make};
use crate::error::AppError;
use register::expr::fit;
use register::flow::Opening;
use register::{Fields, Record};
use store::Writer;

/// Makes the record, with where it came from.
pub(crate) fn open(
    writer: &mut Writer<'_>,
    desk: &Desk,
    opening: &Opening,
    from: &str,
) -> Result<Record, AppError> {
    let definition = desk.definition(&opening.register)?;
    let mut fields = Fields::new();
    for (id, val) in &opening.values {
        let Some(field) = definition.field(id) else {
            continue;
        };
        // A value that does not fit its field stays out; the record is opened all the same, for the duty is what counts.
        if let Ok(Some(value)) = fit(field, val) {
            fields.insert(id.clone(), value);
        }
    }
    make(writer, desk, &definition, fields, Some(from))
}
