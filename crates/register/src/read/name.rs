//! Names of organisations and records in cells.

use ground::{Finding, RecordId};

use super::{Cell, ReadCell, split_list};
use crate::record::Value;
use crate::same::{How, NameIndex, NameMatch};

/// Names offered for one that is not known.
const OFFERED: usize = 3;

/// A name with the record it was taken for, or what to say when there is none.
type Named = Result<(RecordId, Vec<Finding>), Finding>;

impl Cell<'_> {
    pub(super) fn org(&self) -> ReadCell {
        self.reference("organisation")
    }

    pub(super) fn reference(&self, to: &str) -> ReadCell {
        match (self.one(to, self.text), &self.field.else_to) {
            (Ok((id, findings)), _) => ReadCell::with(Value::Ref(id), findings),
            (Err(finding), None) => ReadCell::refused(finding),
            (Err(_), Some(other)) => {
                let name = super::one_line(self.text);
                let what = "名录里没有，按原文记";
                let finding = self.info("cell.name_kept", what, "如是名录里的单位，请改写成全称。");
                let other = Some((other.clone(), Value::Text(name)));
                ReadCell {
                    value: None,
                    other,
                    findings: vec![finding],
                }
            }
        }
    }

    pub(super) fn references(&self, to: &str) -> ReadCell {
        let (mut ids, mut findings) = (Vec::new(), Vec::new());
        for name in split_list(self.text) {
            match self.one(to, &name) {
                Ok((id, notes)) => {
                    ids.push(id);
                    findings.extend(notes);
                }
                Err(finding) => findings.push(finding),
            }
        }
        let value = (!ids.is_empty()).then_some(Value::Refs(ids));
        ReadCell {
            value,
            other: None,
            findings,
        }
    }

    fn one(&self, to: &str, name: &str) -> Named {
        if to == "organisation" {
            let orgs = self.hints.orgs();
            return self.resolved(orgs.find_org(name), orgs, name, "机构名录");
        }
        let none = NameIndex::default();
        let known = self.hints.refs(to).unwrap_or(&none);
        self.resolved(known.find(name), known, name, "已有记录")
    }

    fn resolved(&self, found: NameMatch, known: &NameIndex, name: &str, where_: &str) -> Named {
        match found {
            NameMatch::One(id, How::Near) => Ok((id, vec![self.near(known, id, name)])),
            NameMatch::One(id, _) => Ok((id, Vec::new())),
            NameMatch::Several(same) => {
                let names = same.iter().filter_map(|s| known.known(s.id));
                let names: Vec<&str> = names.map(|k| k.name.as_str()).take(OFFERED).collect();
                Err(self.unresolved(
                    "cell.name_unclear",
                    format!(
                        "{}写的是“{name}”，可能是“{}”。",
                        self.subject(),
                        names.join("\"或\"")
                    ),
                    "请写全称，或在预览里指定。".into(),
                ))
            }
            NameMatch::None => Err(self.unknown(known, name, where_)),
        }
    }

    fn near(&self, known: &NameIndex, id: RecordId, name: &str) -> Finding {
        let full = known.known(id).map_or("", |k| k.name.as_str());
        Finding::warning(
            "cell.name_near",
            self.place,
            format!(
                "{}写的是“{name}”，按相近名称对应到“{full}”。",
                self.subject()
            ),
            "请确认；确认后可把这个写法记为别名，以后不再询问。",
        )
    }

    fn unknown(&self, known: &NameIndex, name: &str, where_: &str) -> Finding {
        let near = known.nearest(name, OFFERED);
        let names: Vec<&str> = near.iter().map(|(k, _)| k.name.as_str()).collect();
        let remedy = if names.is_empty() {
            format!("请核对名称，或先在{where_}里添加。")
        } else {
            format!(
                "最接近的有：{}。请改成其中之一，或先在{where_}里添加。",
                names.join("、")
            )
        };
        let problem = format!("{}写的是“{name}”，{where_}里没有。", self.subject());
        self.unresolved("cell.unknown_name", problem, remedy)
    }

    /// Keeps the row out only when the row is nothing without this name.
    fn unresolved(&self, code: &str, problem: String, remedy: String) -> Finding {
        if self.field.required {
            Finding::error(code, self.place, problem, remedy)
        } else {
            Finding::warning(code, self.place, problem, format!("{remedy}这一格先空着。"))
        }
    }
}
