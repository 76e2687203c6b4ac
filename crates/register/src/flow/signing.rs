//! 会签 and 加签: rounds of signatures before a transition takes effect.

use ground::Finding;

use super::act::{ADD_SIGNER, Act, Changes, NOT_SIGNED, Offered, Outcome, Signed, Signing};
use super::clock::step_of;
use super::desk::{Desk, Step, name_of, put_texts, refuse};
use super::log::{rows, text};
use super::role;
use crate::definition::Definition;
use crate::expr::{Scope, holds};
use crate::law::{Approve, Quorum, Transition};
use crate::record::{Fields, Value};

/// Role of who began a round without signing.
const START: &str = "start";
/// Role of who was asked besides.
const ADDED: &str = "added";

/// What a person is in a round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Begins the round without a signature of the own.
    Starts,
    /// Signs for a role.
    Signs(String),
    /// Was asked besides: the row to be filled.
    Added(usize),
}

/// The signatures for one transition since the record came where it is.
pub(super) struct Round<'a> {
    pub approve: &'a Approve,
    transition: &'a Transition,
    step: usize,
    /// Index in the table, row.
    rows: Vec<(usize, &'a Fields)>,
}

/// The round of a transition, when it needs signatures at all.
pub(super) fn round<'a>(
    desk: &Desk<'a>,
    transition: &'a Transition,
    scope: &Scope,
) -> Option<Round<'a>> {
    let approve = transition.approve.as_ref()?;
    if !approve.when.as_ref().is_none_or(|when| holds(when, scope)) {
        return None;
    }
    let all = rows(desk.scope.fields, "signatures").iter().enumerate();
    let step = desk.log.round;
    let mine =
        all.filter(|(_, row)| text(row, "transition") == transition.id && step_of(row) == step);
    Some(Round {
        approve,
        transition,
        step,
        rows: mine.collect(),
    })
}

fn agrees(row: &Fields) -> Option<bool> {
    row.get("agree").and_then(Value::as_bool)
}

impl<'a> Round<'a> {
    pub fn begun(&self) -> bool {
        !self.rows.is_empty()
    }

    fn of_role(&self, role: &'static str) -> impl Iterator<Item = &'a Fields> {
        self.rows
            .iter()
            .map(|(_, row)| *row)
            .filter(move |row| text(row, "role") == role)
    }

    /// Signatures that the roles owe.
    fn quorum(&self) -> usize {
        let roles = self.approve.roles.len();
        match self.approve.quorum {
            Quorum::All => roles,
            Quorum::Any => 1,
            Quorum::Count(n) => usize::from(n).clamp(1, roles.max(1)),
        }
    }

    /// Roles' signatures that agree.
    fn agreed(&self) -> usize {
        let by_role = self.rows.iter().filter(|(_, row)| {
            !matches!(text(row, "role"), START | ADDED) && agrees(row) == Some(true)
        });
        by_role.count()
    }

    /// Roles nobody has signed for; a role named twice needs two persons.
    fn open_roles(&self) -> Vec<&'a str> {
        let mut open: Vec<&str> = self.approve.roles.iter().map(String::as_str).collect();
        for (_, row) in &self.rows {
            if let Some(at) = open.iter().position(|role| *role == text(row, "role")) {
                open.remove(at);
            }
        }
        open
    }

    fn waits_for_added(&self, except: Option<usize>) -> bool {
        let mut others = self.rows.iter().filter(|(index, _)| Some(*index) != except);
        others.any(|(_, row)| text(row, "role") == ADDED && agrees(row).is_none())
    }

    /// Whether the round is complete once this part agrees.
    pub fn completes(&self, part: &Part) -> bool {
        let (agreed, except) = match part {
            Part::Starts => (self.agreed(), None),
            Part::Signs(_) => (self.agreed() + 1, None),
            Part::Added(index) => (self.agreed(), Some(*index)),
        };
        agreed >= self.quorum() && !self.waits_for_added(except)
    }

    /// Whether the round can still succeed once this part refuses.
    fn survives(&self, part: &Part) -> bool {
        match part {
            Part::Signs(_) => self.agreed() + self.open_roles().len() > self.quorum(),
            Part::Starts | Part::Added(_) => false,
        }
    }

    /// What the scope's user is in this round; who signs, signs once, also for another.
    pub fn part(&self, desk: &Desk, acting_for: Option<&str>) -> Result<Part, Finding> {
        let label = &self.transition.label.zh;
        let mine = |row: &Fields| {
            desk.is_me(text(row, "by"), acting_for)
                || desk.is_me(text(row, "acting_for"), acting_for)
        };
        if let Some((index, row)) = self.rows.iter().find(|(_, row)| mine(row)) {
            let asked = text(row, "role") == ADDED && agrees(row).is_none();
            return if asked {
                Ok(Part::Added(*index))
            } else {
                Err(refuse(
                    "flow.signed_before",
                    label,
                    format!("您已参加这次“{label}”会签，每人只签一次"),
                    "请等其他会签人办理",
                ))
            };
        }
        if !self.begun() {
            return self.first_part(desk);
        }
        let enough = self.agreed() >= self.quorum();
        let role = self
            .open_roles()
            .into_iter()
            .find(|role| role::fits(role, desk.scope));
        match role {
            Some(role) if !enough => Ok(Part::Signs(role.to_owned())),
            _ => Err(refuse(
                "flow.not_signer",
                label,
                format!("“{label}”正在会签，现在不需要您签"),
                format!("还需 {} 签", self.missing(desk)),
            )),
        }
    }

    fn first_part(&self, desk: &Desk) -> Result<Part, Finding> {
        if !role::any_fits(&self.transition.roles, desk.scope) {
            return Err(super::transition::wrong_role(desk, self.transition));
        }
        let roles = self.approve.roles.iter();
        let role = roles.into_iter().find(|role| role::fits(role, desk.scope));
        Ok(role.map_or(Part::Starts, |role| Part::Signs(role.clone())))
    }

    /// Who is still to sign, in words.
    fn missing(&self, desk: &Desk) -> String {
        let added = self.of_role(ADDED).filter(|row| agrees(row).is_none());
        let mut who: Vec<&str> = added.map(|row| text(row, "by")).collect();
        if self.agreed() < self.quorum() {
            let label = |role| role::role_label(desk.scope.definition, role);
            who.extend(self.open_roles().into_iter().map(label));
        }
        who.join("、")
    }

    pub fn standing(&self) -> Signing {
        let added = self.of_role(ADDED);
        let agreed_besides = self.of_role(ADDED).filter(|row| agrees(row) == Some(true));
        Signing {
            have: self.agreed() + agreed_besides.count(),
            need: self.quorum() + added.count(),
            roles: self.approve.roles.clone(),
            signed: self.rows.iter().map(|(_, row)| signed(row)).collect(),
        }
    }

    /// The table with this part's signature in it.
    pub fn sign(&self, desk: &Desk, part: &Part, act: &Act, agree: bool) -> Value {
        let mut table = rows(desk.scope.fields, "signatures").to_vec();
        let user = desk.scope.user;
        let role = match part {
            Part::Starts => START,
            Part::Signs(role) => role.as_str(),
            Part::Added(_) => ADDED,
        };
        let mut row = match part {
            Part::Added(index) => table[*index].clone(),
            _ => Fields::from([("step".to_owned(), self.step_value())]),
        };
        put_texts(
            &mut row,
            &[
                ("transition", self.transition.id.as_str()),
                ("role", role),
                ("by", desk.user_id()),
                ("by_name", user.map_or("", |user| user.name.as_str())),
                ("reason", act.said().unwrap_or("")),
                ("acting_for", act.acting_for.as_deref().unwrap_or("")),
            ],
        );
        row.insert("at".into(), desk.now_value());
        if *part != Part::Starts {
            row.insert("agree".into(), Value::Bool(agree));
        }
        match part {
            Part::Added(index) => table[*index] = row,
            _ => table.push(row),
        }
        Value::Rows(table)
    }

    fn step_value(&self) -> Value {
        Value::Int(i64::try_from(self.step).unwrap_or(0))
    }

    /// A refused signature, with a reason. It ends the round when too few can still agree.
    pub fn refusal(&self, desk: &Desk, part: &Part, act: &Act) -> Result<Outcome, Vec<Finding>> {
        let label = &self.transition.label.zh;
        let mut findings = Vec::new();
        if !self.begun() {
            findings.push(refuse(
                "flow.not_started",
                label,
                format!("“{label}”会签还没有发起，不能表示不同意"),
                "不同意时不必发起；请改用其他办理方式",
            ));
        }
        if act.said().is_none() {
            findings.push(super::transition::no_reason(label));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut fields = desk.scope.fields.clone();
        fields.insert("signatures".into(), self.sign(desk, part, act, false));
        let changes = if self.survives(part) {
            desk.changes(&fields)
        } else {
            let reason = format!("“{label}”会签未通过：{}", act.said().unwrap_or(""));
            let step = Step {
                reason: Some(&reason),
                ..desk.stay(NOT_SIGNED, act)
            };
            desk.commit(fields, &step)
        };
        Ok(Outcome {
            changes,
            ..Outcome::default()
        })
    }
}

fn signed(row: &Fields) -> Signed {
    Signed {
        role: text(row, "role").to_owned(),
        by: text(row, "by").to_owned(),
        name: name_of(row).to_owned(),
        at: text(row, "at").to_owned(),
        agree: agrees(row),
        reason: text(row, "reason").to_owned(),
        asked_by: text(row, "asked_by").to_owned(),
    }
}

/// Rounds that have begun here, may be widened, and in which the user has signed.
fn widened<'a>(desk: &Desk<'a>) -> Vec<Round<'a>> {
    let all = desk.flow.transitions.iter();
    let rounds = all.filter_map(|t| round(desk, t, desk.scope));
    let signed = |round: &Round| {
        round.rows.iter().any(|(_, row)| {
            text(row, "by") == desk.user_id()
                && (agrees(row) == Some(true) || text(row, "role") == START)
        })
    };
    rounds
        .filter(|round| round.approve.add_signer && signed(round))
        .collect()
}

/// 加签 offered to those who have signed.
pub(super) fn offered_addition(desk: &Desk) -> Option<Offered> {
    let rounds = widened(desk);
    let first = rounds.first()?;
    Some(Offered {
        id: ADD_SIGNER.into(),
        label: "加签".into(),
        ask: vec!["signer".into()],
        offer: Vec::new(),
        needs_reason: false,
        needs_late: false,
        targets: rounds
            .iter()
            .skip(usize::from(rounds.len() == 1))
            .map(|r| (r.transition.id.clone(), r.transition.label.zh.clone()))
            .collect(),
        negative: false,
        signing: Some(first.standing()),
        refused: None,
    })
}

/// Somebody asked besides whose signature is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskedSigner {
    /// Login.
    pub login: String,
    /// Transition that waits for the signature, and its label.
    pub transition: String,
    /// Label of the transition.
    pub label: String,
    /// Step from which the round counts.
    pub step: usize,
    /// Why they were asked.
    pub reason: String,
}

/// 加签. Those asked besides in rounds that run, who have not signed.
pub fn asked_signers(definition: &Definition, fields: &Fields) -> Vec<AskedSigner> {
    let Some(flow) = &definition.flow else {
        return Vec::new();
    };
    let round = super::log::round_of(fields);
    let here = fields.get("state").and_then(Value::as_text).unwrap_or("");
    let waiting = rows(fields, "signatures")
        .iter()
        .filter(|row| text(row, "role") == ADDED && agrees(row).is_none() && step_of(row) == round);
    waiting
        .filter_map(|row| {
            let transition = text(row, "transition");
            let found = flow.transitions.iter().find(|t| t.id == transition)?;
            super::raise::starts_from(found, flow, here).then(|| AskedSigner {
                login: text(row, "by").to_owned(),
                transition: found.id.clone(),
                label: found.label.zh.clone(),
                step: round,
                reason: text(row, "reason").to_owned(),
            })
        })
        .collect()
}

/// Asks another person to sign too.
pub(super) fn add_signer(desk: &Desk, act: &Act) -> Result<Outcome, Vec<Finding>> {
    let rounds = widened(desk);
    let meant = rounds.iter().find(|r| match &act.target {
        Some(target) => r.transition.id == *target,
        None => true,
    });
    let Some(round) = meant else {
        return Err(vec![refuse(
            "flow.not_now",
            "加签",
            "现在没有可以加签的会签，或您还没有签",
            "请先签署，再邀请他人加签",
        )]);
    };
    let signer = act
        .given
        .get("signer")
        .and_then(Value::as_text)
        .map_or("", str::trim);
    let taken = |row: &Fields| [text(row, "by"), text(row, "acting_for")].contains(&signer);
    let problem = if signer.is_empty() {
        Some(("flow.asked", "没有指定加签人"))
    } else if desk.is_me(signer, act.acting_for.as_deref())
        || round.rows.iter().any(|(_, r)| taken(r))
    {
        Some(("flow.signed_before", "这个人已在这次会签里，每人只签一次"))
    } else {
        None
    };
    if let Some((code, problem)) = problem {
        return Err(vec![refuse(code, "signer", problem, "请选另一位账号")]);
    }
    Ok(Outcome {
        changes: Changes::from([(
            "signatures".to_owned(),
            Some(round.invite(desk, signer, act)),
        )]),
        ..Outcome::default()
    })
}

impl Round<'_> {
    fn invite(&self, desk: &Desk, signer: &str, act: &Act) -> Value {
        let mut row = Fields::from([("step".to_owned(), self.step_value())]);
        put_texts(
            &mut row,
            &[
                ("transition", self.transition.id.as_str()),
                ("role", ADDED),
                ("by", signer),
                ("asked_by", desk.user_id()),
                ("reason", act.said().unwrap_or("")),
            ],
        );
        let mut table = rows(desk.scope.fields, "signatures").to_vec();
        table.push(row);
        Value::Rows(table)
    }
}
