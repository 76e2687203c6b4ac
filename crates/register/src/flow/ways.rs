//! How a field that a state keeps closed may still be changed, in words.

use super::role::role_label;
use crate::definition::Definition;
use crate::law::{Flow, Transition};

/// The acts that change a field in a state, each with who does it: `更正交办（督查员）`. Empty when none does.
pub fn ways_to_change(definition: &Definition, state: &str, field: &str) -> Vec<String> {
    let Some(flow) = &definition.flow else {
        return Vec::new();
    };
    let acts = flow.transitions.iter().filter(|one| {
        let writes = one.ask.iter().chain(&one.offer).any(|id| id == field);
        one.from.iter().any(|from| from == state) && (writes || one.set.contains_key(field))
    });
    let mut ways: Vec<String> = acts.map(|one| by_whom(definition, one)).collect();
    ways.extend(by_extension(definition, flow, (state, field)));
    ways
}

fn by_whom(definition: &Definition, transition: &Transition) -> String {
    let label = &transition.label.zh;
    match transition.roles.is_empty() {
        true => format!("{label}（到时自动）"),
        false => format!("{label}（{}）", named(definition, &transition.roles)),
    }
}

fn by_extension(
    definition: &Definition,
    flow: &Flow,
    (state, field): (&str, &str),
) -> Option<String> {
    let rule = flow.extension.as_ref()?;
    let here = rule.states.is_empty() || rule.states.iter().any(|one| one == state);
    let moves = here && rule.field.as_deref() == Some(field);
    moves.then(|| {
        format!(
            "申请延期（承办单位申请，{}审批）",
            named(definition, &rule.roles)
        )
    })
}

fn named(definition: &Definition, roles: &[String]) -> String {
    let labels: Vec<&str> = roles
        .iter()
        .map(|role| role_label(definition, role))
        .collect();
    labels.join("、")
}
