//! Records that a transition or an overdue clock opens in another register.

use super::act::Opening;
use crate::expr::{Scope, Val, eval, holds, val_of};
use crate::law::Opens;

/// The records to open: one, or one for each row of the table named by `each`, with the row's values in `row`.
pub(crate) fn openings(opens: &Opens, scope: &Scope) -> Vec<Opening> {
    let Some(table) = &opens.each else {
        return opening(opens, scope).into_iter().collect();
    };
    let field = scope.definition.field(table);
    let rows = field
        .zip(scope.fields.get(table))
        .map(|(field, value)| val_of(field, value));
    let Some(Val::List(rows)) = rows else {
        return Vec::new();
    };
    let open = |row: Val| {
        let mut names = scope.names.to_vec();
        names.push(("row", row));
        opening(
            opens,
            &Scope {
                names: &names,
                ..*scope
            },
        )
    };
    rows.into_iter().filter_map(open).collect()
}

fn opening(opens: &Opens, scope: &Scope) -> Option<Opening> {
    let wanted = opens.when.as_ref().is_none_or(|when| holds(when, scope));
    let value = |(field, expr): (&String, &crate::expr::Expr)| {
        // What has no value here is left for the person who takes the new record on.
        let val = eval(expr, scope).ok().filter(|val| *val != Val::None)?;
        Some((field.clone(), val))
    };
    wanted.then(|| Opening {
        register: opens.register.clone(),
        values: opens.set.iter().filter_map(value).collect(),
    })
}
