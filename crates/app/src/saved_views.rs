//! 我的视图 Views of a list that a person keeps: conditions, columns and density under a name, for each register.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::permit::Access;
use ground::Finding;
use register::law::Ability;
use serde::{Deserialize, Serialize};

/// Views of one person for one register, at most.
const VIEWS: usize = 50;
/// Longest name, in characters.
const NAME_CHARS: usize = 40;
/// Longest query text and most columns: what an address can carry.
const QUERY_BYTES: usize = 8_000;
const COLUMNS: usize = 200;

/// A kept view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Name, unique among the person's views of the register.
    pub name: String,
    /// The list's query as it stands in the address: `filter=…&sort=…`.
    pub query: String,
    /// Columns in order; empty = the register's own.
    pub columns: Vec<String>,
    /// compact, standard or loose.
    pub density: String,
}

/// The person's views of a register.
///
/// # Errors
/// `NotFound` when there is no such register.
pub fn list(app: &App, actor: &Actor, register: &str) -> Result<Vec<SavedView>, AppError> {
    see(app, actor, register)?;
    let kept = app.read(|reader| reader.setting(&key(actor, register)))?;
    Ok(kept
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

/// Keeps these views in place of the former ones.
///
/// # Errors
/// `Invalid` for views without a name, of one name, or too many.
pub fn keep(
    app: &App,
    actor: &Actor,
    register: &str,
    views: Vec<SavedView>,
) -> Result<Vec<SavedView>, AppError> {
    see(app, actor, register)?;
    let findings = faults(&views);
    if !findings.is_empty() {
        return Err(AppError::Invalid(findings));
    }
    let (key, meta) = (key(actor, register), app.meta(actor, ""));
    let text = serde_json::to_string(&views).unwrap_or_default();
    app.write(move |writer| Ok(writer.set(&key, &text, &meta)?))?;
    Ok(views)
}

fn see(app: &App, actor: &Actor, register: &str) -> Result<(), AppError> {
    let definition = app.definition(register)?;
    Access::new(app, actor, &definition)?.need(Ability::Read)
}

fn key(actor: &Actor, register: &str) -> String {
    format!("views/{}/{register}", actor.login)
}

fn faults(views: &[SavedView]) -> Vec<Finding> {
    let refuse = |place: &str, problem: String, remedy: &str| {
        Finding::error("saved_view.invalid", place, problem, remedy)
    };
    let mut findings = Vec::new();
    if views.len() > VIEWS {
        findings.push(refuse(
            "views",
            format!("保存的视图有 {} 个，最多 {VIEWS} 个。", views.len()),
            "请先删去不用的视图。",
        ));
    }
    for (at, view) in views.iter().enumerate().take(VIEWS) {
        let name = view.name.trim();
        let place = format!("views[{at}]");
        if name.is_empty() || name.chars().count() > NAME_CHARS {
            let problem = format!("第 {} 个视图的名称是空的或超过 {NAME_CHARS} 个字。", at + 1);
            findings.push(refuse(&place, problem, "请写一个简短的名称。"));
        }
        if views[..at].iter().any(|other| other.name.trim() == name) {
            let problem = format!("视图“{name}”有两个。");
            findings.push(refuse(&place, problem, "请换一个名称。"));
        }
        let wide = view.columns.len() > COLUMNS || view.query.len() > QUERY_BYTES;
        if wide || view.columns.iter().any(|column| column.len() > 200) {
            let problem = format!("视图“{name}”的条件或列太多。");
            findings.push(refuse(&place, problem, "请减少条件或列。"));
        }
        if !["", "compact", "standard", "loose"].contains(&view.density.as_str()) {
            let problem = format!("视图“{name}”的行距“{}”不认识。", view.density);
            findings.push(refuse(
                &place,
                problem,
                "行距有 compact、standard、loose 三种。",
            ));
        }
    }
    findings
}
