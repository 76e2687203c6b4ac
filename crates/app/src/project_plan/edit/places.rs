//! 显示次序 The places of rows among those of one summary.

use super::Draft;
use ground::RecordId;
use portfolio::outline::natural;
use register::Value;

/// Step between positions, so that a later row finds room.
const STEP: i64 = 10;

impl Draft<'_> {
    /// Shows a new row behind another one. Where the order of codes does that by itself, nothing else is touched.
    pub(super) fn place_after(&mut self, id: RecordId, after: RecordId) {
        let siblings = self.siblings(id);
        let Some(at) = siblings.iter().position(|one| *one == after) else {
            return;
        };
        let code = self.text(id, "code");
        let unplaced = |one: &RecordId| self.position(*one).is_none();
        let comes = |one: &RecordId| natural(&self.text(*one, "code")).cmp(natural(&code));
        let fits = siblings.iter().all(unplaced)
            && siblings[..=at].iter().all(|one| comes(one).is_lt())
            && siblings[at + 1..].iter().all(|one| comes(one).is_gt());
        if !fits {
            self.put(id, siblings, at + 1);
        }
    }

    /// 上移、下移: shows a row behind one of the same summary, or before all of them.
    pub(super) fn put_behind(&mut self, id: RecordId, after: Option<RecordId>) {
        let siblings = self.siblings(id);
        let at = match after {
            None => Some(0),
            Some(after) => siblings
                .iter()
                .position(|one| *one == after)
                .map(|at| at + 1),
        };
        match at {
            Some(at) => self.put(id, siblings, at),
            None => {
                let problem = "只能在同一个上级下面移动次序。".to_owned();
                let remedy = "先用升级、降级换到那个上级下面，再移动。";
                self.refuse(id, "plan.place", problem, remedy);
            }
        }
    }

    /// Those of the same summary in the order shown, without the row itself.
    fn siblings(&self, id: RecordId) -> Vec<RecordId> {
        let parent = self.records[&id].reference("parent");
        let mut siblings: Vec<RecordId> = self
            .records
            .values()
            .filter(|one| one.reference("parent") == parent && one.id != id)
            .map(|one| one.id)
            .collect();
        let key = |id: &RecordId| (self.position(*id), self.text(*id, "code"));
        siblings.sort_by(|a, b| {
            let ((pa, ca), (pb, cb)) = (key(a), key(b));
            let positions = (pa.is_none(), pa).cmp(&(pb.is_none(), pb));
            positions.then_with(|| natural(&ca).cmp(natural(&cb)))
        });
        siblings
    }

    fn position(&self, id: RecordId) -> Option<i64> {
        self.records[&id].int("position")
    }

    /// Takes the free position between its neighbours; where there is none, all siblings are numbered anew.
    fn put(&mut self, id: RecordId, mut siblings: Vec<RecordId>, at: usize) {
        let before = match at {
            0 => Some(-1),
            at => self.position(siblings[at - 1]),
        };
        let next = match (siblings.get(at), before) {
            (Some(next), _) => self.position(*next),
            (None, before) => before.map(|before| before + 2 * STEP),
        };
        if let Some((before, next)) = before.zip(next).filter(|(a, b)| b - a > 1) {
            let middle = before + (next - before) / 2;
            return self.set(id, "position", Some(Value::Int(middle)));
        }
        siblings.insert(at, id);
        for (n, sibling) in (1..).zip(siblings) {
            self.set(sibling, "position", Some(Value::Int(n * STEP)));
        }
    }
}
