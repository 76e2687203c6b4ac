//! 办理过程 The way of one record as people tell it: who by name and not by login.

use crate::page::record::RecordView;
use std::collections::BTreeMap;

/// Logins and what they stand for.
type People = BTreeMap<String, String>;

/// Puts names in place of logins.
pub(super) fn tell(view: &mut RecordView, people: &People) {
    let Some(course) = &mut view.course else {
        return;
    };
    let name = |login: &mut String| {
        if let Some(name) = people.get(login.as_str()) {
            login.clone_from(name);
        }
    };
    for extension in &mut course.extensions {
        name(&mut extension.asked_by);
        name(&mut extension.decided_by);
    }
    for signature in &mut course.signatures {
        name(&mut signature.name);
        name(&mut signature.asked_by);
    }
    for step in &mut course.steps {
        name(&mut step.actor_name);
    }
}
