//! Two definitions compared: each field, option and state of the old one must have a way into the new one.

use std::collections::BTreeMap;

use ground::Finding;

use super::{ChangeClass, How, MigrationPlan, Move, PlanChange};
use crate::definition::{Definition, Field, FieldKind};
use crate::law::Migration;
use crate::parse::begins;
use crate::suggest::nearest;
use crate::version::is_newer;

/// What becomes of the records of `old` under `new`. With an error among the findings the new definition must not be put
/// into force: something would be lost that nobody spoke of.
pub fn plan(old: &Definition, new: &Definition) -> (MigrationPlan, Vec<Finding>) {
    let written = new
        .migrations
        .iter()
        .find(|m| begins(&old.version, &m.from) && begins(&new.version, &m.to));
    let mut planner = Planner {
        old,
        new,
        written,
        changes: Vec::new(),
        findings: Vec::new(),
    };
    planner.heads();
    let mut moves: Vec<Move> = old
        .stored_fields()
        .filter_map(|field| planner.field(field))
        .collect();
    moves.extend(planner.given(&moves));
    planner.states();
    planner.added();
    let plan = MigrationPlan {
        old: old.clone(),
        new: new.clone(),
        moves,
        changes: planner.changes,
        written: written.is_some(),
    };
    (plan, planner.findings)
}

struct Planner<'d> {
    old: &'d Definition,
    new: &'d Definition,
    written: Option<&'d Migration>,
    changes: Vec<PlanChange>,
    findings: Vec<Finding>,
}

impl<'d> Planner<'d> {
    fn refuse(&mut self, code: &str, place: &str, problem: String, remedy: String) {
        let place = format!("{}.{place}", self.new.id);
        let place = place.trim_end_matches('.').to_owned();
        let code = format!("migrate.{code}");
        self.findings
            .push(Finding::error(&code, place, problem, remedy));
    }

    fn note(&mut self, class: ChangeClass, text: String, field: Option<&str>) {
        self.changes.push(PlanChange {
            class,
            text,
            field: field.map(str::to_owned),
            value: None,
        });
    }

    /// The same for one option or state.
    fn note_option(&mut self, text: String, path: &str, code: &str) {
        self.note(ChangeClass::Mapped, text, Some(path));
        if let Some(change) = self.changes.last_mut() {
            change.value = Some(code.to_owned());
        }
    }

    fn heads(&mut self) {
        if self.old.id != self.new.id {
            let problem = format!("台账代号从“{}”改成了“{}”。", self.old.id, self.new.id);
            self.refuse(
                "other_register",
                "",
                problem,
                "代号不能改；要换代号请另建台账。".into(),
            );
        }
        if !is_newer(&self.new.version, &self.old.version) {
            let problem = format!(
                "版本号 {} 不比现用的 {} 高。",
                self.new.version, self.old.version
            );
            self.refuse(
                "version_not_raised",
                "version",
                problem,
                "请把 [register] 的 version 改高：只加选填字段改末位，改名、改类型或停用字段改首位。".into(),
            );
        }
    }

    /// The way of one old field.
    fn field(&mut self, old: &'d Field) -> Option<Move> {
        let target =
            heir(old, &self.new.fields).filter(|f| !f.import_only && f.kind != FieldKind::Note);
        let Some(target) = target else {
            return self.dropped(old, &old.id);
        };
        if target.live {
            let text = format!("“{}”改为每次查看时计算，存下的值留档", old.label.zh);
            self.note(ChangeClass::Archiving, text, Some(&old.id));
            return Some(gone(&old.id));
        }
        if target.id != old.id {
            let text = format!("“{}”改代号：{} → {}", target.label.zh, old.id, target.id);
            self.note(ChangeClass::Mapped, text, Some(&old.id));
        }
        let how = match self.written.and_then(|m| m.set.get(&target.id)) {
            Some(rule) => {
                let text = format!("“{}”按规则换算：{}", target.label.zh, rule.text());
                self.note(ChangeClass::Mapped, text, Some(&old.id));
                How::Rule(rule.clone())
            }
            None => self.kind(old, target, &old.id)?,
        };
        Some(Move {
            from: old.id.clone(),
            to: Some(target.id.clone()),
            how,
        })
    }

    fn dropped(&mut self, old: &Field, path: &str) -> Option<Move> {
        let archived = self
            .written
            .is_some_and(|m| m.archive.iter().any(|a| a == path));
        if old.core {
            let problem = format!("字段“{}”（{path}）系统要用，不能删去。", old.label.zh);
            self.refuse(
                "core_dropped",
                path,
                problem,
                "请保留这个字段；不想显示时可去掉 list、print。".into(),
            );
            return None;
        }
        if archived || old.system {
            let text = format!("“{}”停用，旧值留档", old.label.zh);
            self.note(ChangeClass::Archiving, text, Some(path));
            return Some(gone(path));
        }
        let labels = self.new.fields.iter().find(|f| f.label.zh == old.label.zh);
        let ids = self.new.fields.iter().map(|f| f.id.as_str());
        let meant = labels
            .map(|f| f.id.as_str())
            .or_else(|| nearest(&old.id, ids));
        let remedy = match meant {
            Some(id) => format!(
                "若是改名，请在字段“{id}”里写 renamed_from = \"{path}\"；若是停用，请在 [[migrate]] 里写 archive = [\"{path}\"]。"
            ),
            None => format!(
                "若是改名，请在新字段里写 renamed_from = \"{path}\"；若是停用，请在 [[migrate]] 里写 archive = [\"{path}\"]。"
            ),
        };
        let problem = format!("字段“{}”（{path}）不见了，没有说旧值怎么办。", old.label.zh);
        self.refuse("field_dropped", path, problem, remedy);
        None
    }

    /// What a change of type does; none when it was refused.
    fn kind(&mut self, old: &'d Field, new: &'d Field, path: &str) -> Option<How> {
        if let (FieldKind::Table { columns }, FieldKind::Table { .. }) = (&old.kind, &new.kind) {
            return Some(How::Columns(self.columns(columns, new, path)));
        }
        if old.kind.list().is_some() && new.kind.list().is_some() && widens(&old.kind, &new.kind) {
            return self.options(old, new, path);
        }
        if !widens(&old.kind, &new.kind) {
            let problem = format!(
                "字段“{}”（{path}）的类型从 {} 改成了 {}，没有说旧值怎样换算。",
                old.label.zh,
                old.kind.keyword(),
                new.kind.keyword()
            );
            let remedy = format!(
                "请在 [[migrate]] 的 set 里写换算规则，例如 set = {{ {} = \"old.{}\" }}，或保留原来的类型。",
                new.id, old.id
            );
            self.refuse("type_changed", path, problem, remedy);
            return None;
        }
        if old.kind != new.kind {
            let text = format!(
                "“{}”的类型从 {} 放宽为 {}",
                new.label.zh,
                old.kind.keyword(),
                new.kind.keyword()
            );
            self.note(ChangeClass::Mapped, text, Some(path));
        }
        Some(How::Plain)
    }

    fn columns(&mut self, columns: &'d [Field], new: &'d Field, path: &str) -> Vec<Move> {
        let mut moves = Vec::new();
        for old in columns {
            let path = format!("{path}.{}", old.id);
            let Some(target) = heir(old, new.columns()) else {
                moves.extend(self.dropped(old, &path).map(|_| gone(&old.id)));
                continue;
            };
            if target.id != old.id {
                let text = format!("列“{}”改代号：{} → {}", target.label.zh, old.id, target.id);
                self.note(ChangeClass::Mapped, text, Some(&path));
            }
            let Some(how) = self.kind(old, target, &path) else {
                continue;
            };
            moves.push(Move {
                from: old.id.clone(),
                to: Some(target.id.clone()),
                how,
            });
        }
        moves
    }

    /// Every old option is an option still, or is mapped to one.
    fn options(&mut self, old: &Field, new: &Field, path: &str) -> Option<How> {
        if old.id == "state" && old.system {
            return Some(How::Options(self.state_map()));
        }
        let list = new.kind.list().unwrap_or_default();
        let map = self.written.and_then(|m| m.option_map.get(list));
        let map: BTreeMap<String, String> = map.cloned().unwrap_or_default();
        let mut whole = true;
        for option in &old.choices {
            match map.get(&option.code) {
                Some(to) => {
                    let label = new.choice(to).map_or(to.as_str(), |c| c.label.zh.as_str());
                    let (from, into) = told_apart((&option.label.zh, &option.code), (label, to));
                    let text = format!("“{}”的选项{from}并入{into}", new.label.zh);
                    self.note_option(text, path, &option.code);
                }
                None if new.choice(&option.code).is_some() => {}
                None => {
                    whole = false;
                    let problem = format!(
                        "字段“{}”的选项“{}”（{}）不见了，没有说旧记录改选什么。",
                        new.label.zh, option.label.zh, option.code
                    );
                    let remedy = format!(
                        "请在 [[migrate]] 里写 option_map = {{ \"{list}\" = {{ \"{}\" = \"新选项\" }} }}，或保留这个选项。",
                        option.code
                    );
                    self.refuse("option_dropped", path, problem, remedy);
                }
            }
        }
        whole.then_some(How::Options(map))
    }

    fn state_map(&self) -> BTreeMap<String, String> {
        self.written
            .map(|m| m.state_map.clone())
            .unwrap_or_default()
    }

    fn states(&mut self) {
        let map = self.state_map();
        for state in self.old.states() {
            if let Some(to) = map.get(&state.id) {
                let known = self.new.state(to);
                let label = known.map_or(to.as_str(), |s| s.label.zh.as_str());
                let (from, into) = told_apart((&state.label.zh, &state.id), (label, to));
                self.note_option(format!("状态{from}改为{into}"), "state", &state.id);
            } else if self.new.state(&state.id).is_none() && !self.new.states().is_empty() {
                let problem = format!(
                    "状态“{}”（{}）不见了，没有说旧记录转到哪里。",
                    state.label.zh, state.id
                );
                let remedy = format!(
                    "请在 [[migrate]] 里写 state_map = {{ {} = \"新状态\" }}，或保留这个状态。",
                    state.id
                );
                self.refuse("state_dropped", "state", problem, remedy);
            }
        }
    }

    /// Values that a rule gives to fields that no old field leads to.
    fn given(&mut self, moves: &[Move]) -> Vec<Move> {
        let Some(written) = self.written else {
            return Vec::new();
        };
        let reached = |id: &str| moves.iter().any(|m| m.to.as_deref() == Some(id));
        let rules = written.set.iter().filter(|(id, _)| !reached(id));
        let given: Vec<Move> = rules
            .map(|(id, rule)| Move {
                from: String::new(),
                to: Some(id.clone()),
                how: How::Rule(rule.clone()),
            })
            .collect();
        for one in &given {
            let id = one.to.as_deref().unwrap_or_default();
            let label = self.new.field(id).map_or(id, |f| f.label.zh.as_str());
            self.note(ChangeClass::Mapped, format!("“{label}”按规则填入"), None);
        }
        given
    }

    /// New fields; one that is required leaves old records incomplete.
    fn added(&mut self) {
        let old: Vec<&str> = self.old.fields.iter().map(|f| f.id.as_str()).collect();
        let fresh: Vec<&Field> = self
            .new
            .stored_fields()
            .filter(|f| !f.system && !old.contains(&f.id.as_str()))
            .filter(|f| {
                f.renamed_from
                    .as_deref()
                    .is_none_or(|from| !old.contains(&from))
            })
            .collect();
        for field in fresh {
            self.note(
                ChangeClass::Free,
                format!("新增字段“{}”", field.label.zh),
                None,
            );
            let given = self.written.is_some_and(|m| m.set.contains_key(&field.id));
            if field.required && field.compute.is_none() && !given {
                self.findings.push(Finding::warning(
                    "migrate.required_added",
                    format!("{}.{}", self.new.id, field.id),
                    format!("新字段“{}”必填，旧记录没有值。", field.label.zh),
                    format!(
                        "旧记录下次修改时要补填；也可在 [[migrate]] 的 set 里给出 {}。",
                        field.id
                    ),
                ));
            }
        }
    }
}

/// Two options in words; with their codes where the words are the same.
fn told_apart(from: (&str, &str), to: (&str, &str)) -> (String, String) {
    let same = from.0 == to.0;
    let told = |(label, code): (&str, &str)| match same {
        true => format!("“{label}”（{code}）"),
        false => format!("“{label}”"),
    };
    (told(from), told(to))
}

fn gone(id: &str) -> Move {
    Move {
        from: id.to_owned(),
        to: None,
        how: How::Plain,
    }
}

/// The field that takes an old field's values: the one that says so, else the one of the same id.
fn heir<'d>(old: &Field, fields: &'d [Field]) -> Option<&'d Field> {
    let renamed = fields
        .iter()
        .find(|f| f.renamed_from.as_deref() == Some(&old.id) && f.id != old.id);
    let same = fields.iter().find(|f| f.id == old.id);
    same.or(renamed)
}

/// Whether every value of a type is a value of another, exactly.
fn widens(old: &FieldKind, new: &FieldKind) -> bool {
    use FieldKind as K;
    let words = |k: &K| {
        matches!(
            k,
            K::Text | K::LongText | K::Person | K::Phone | K::Uscc | K::IdCard
        )
    };
    match (old, new) {
        (K::Code { .. }, K::Code { .. } | K::Codes { .. }) => true,
        (K::Codes { .. }, K::Codes { .. }) => true,
        (K::Int, K::Decimal { .. }) => true,
        (K::Decimal { digits: old }, K::Decimal { digits: new }) => old <= new,
        (K::Ref { to: old }, K::Refs { to: new }) => old == new,
        (K::Org, K::Refs { to }) => to == "organisation",
        (K::Person | K::Phone | K::Uscc | K::IdCard, K::Text | K::LongText) => true,
        (K::Text, K::LongText) => true,
        (K::Text, new) if words(new) => *new == K::Text,
        (old, new) => old == new,
    }
}
