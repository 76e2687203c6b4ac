//! Predecessor texts rewritten when the rows they name are renamed or taken out. A text that cannot be read stays as
//! it was typed.

use plan::{LagUnit, LinkKind, PredecessorRef, parse_predecessors, print_predecessors};

/// The text without a code; `relink` is that row's own predecessors, which take its place. `None` when nothing
/// changes.
pub(super) fn without(text: &str, code: &str, relink: Option<&str>) -> Option<String> {
    let refs = read(text)?;
    if code.is_empty() || !refs.iter().any(|one| one.code == code) {
        return None;
    }
    let before = relink.map(|text| parse_predecessors(text, "").0);
    let mut left: Vec<PredecessorRef> = Vec::new();
    for one in refs {
        let stands_in = match one.code == code {
            true => joined(before.as_deref().unwrap_or_default(), &one),
            false => vec![one],
        };
        for one in stands_in {
            if !left.iter().any(|known| known.code == one.code) {
                left.push(one);
            }
        }
    }
    Some(print_predecessors(&left))
}

/// Who waited for the removed row waits for what that row waited for. Two plain links in days join their lags; of
/// others the order stays and the lag is the planner's to say.
fn joined(before: &[PredecessorRef], link: &PredecessorRef) -> Vec<PredecessorRef> {
    let join = |first: &PredecessorRef| {
        let plain = first.kind == LinkKind::FS && link.kind == LinkKind::FS;
        let days = first.unit == LagUnit::Day && link.unit == LagUnit::Day;
        let lag = match plain && days {
            true => first.lag.saturating_add(link.lag),
            false => 0,
        };
        PredecessorRef {
            code: first.code.clone(),
            kind: LinkKind::FS,
            lag,
            unit: LagUnit::Day,
        }
    };
    before.iter().map(join).collect()
}

/// The text with renamed codes. `None` when nothing changes.
pub(super) fn renamed(text: &str, codes: &[(String, String)]) -> Option<String> {
    let mut refs = read(text)?;
    let mut changed = false;
    for one in &mut refs {
        if let Some((_, new)) = codes.iter().find(|(old, _)| *old == one.code) {
            one.code.clone_from(new);
            changed = true;
        }
    }
    changed.then(|| print_predecessors(&refs))
}

fn read(text: &str) -> Option<Vec<PredecessorRef>> {
    let (refs, findings) = parse_predecessors(text, "");
    (findings.is_empty() && !refs.is_empty()).then_some(refs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_row_leaves_its_place_to_its_own_predecessors() {
        assert_eq!(without("3,4SS+5", "4", None).as_deref(), Some("3"));
        let joined = without("4FS+2", "4", Some("1,2FS+3"));
        assert_eq!(joined.as_deref(), Some("1FS+2天,2FS+5天"));
        assert_eq!(without("4SS+2", "4", Some("1")).as_deref(), Some("1"));
        assert_eq!(without("4", "4", None).as_deref(), Some(""));
        assert_eq!(without("41", "4", None), None);
    }

    #[test]
    fn a_renamed_code_is_followed_and_an_unread_text_is_left() {
        let codes = [("4".to_owned(), "7".to_owned())];
        let text = renamed("3,4FS-10", &codes);
        assert_eq!(text.as_deref(), Some("3,7FS-10天"));
        assert_eq!(renamed("看图纸4", &codes), None);
    }
}
