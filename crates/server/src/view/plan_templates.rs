//! JSON of the templates that a plan can be made from.

use super::each;
use app::page::project_plan as page;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Templates of works.
#[derive(Serialize, ToSchema)]
pub struct PlanTemplateList {
    pub templates: Vec<PlanTemplate>,
}

/// One template.
#[derive(Serialize, ToSchema)]
pub struct PlanTemplate {
    pub id: String,
    pub name: String,
    pub category: String,
    pub summary: String,
    pub sources: Vec<String>,
    pub notes: Vec<String>,
    /// How many works have their days from what.
    pub basis: Vec<PlanTemplateBasis>,
    pub activities: usize,
    /// Summaries above them.
    pub summaries: usize,
    pub parameters: Vec<PlanParameter>,
}

/// Where days of a template come from.
#[derive(Serialize, ToSchema)]
pub struct PlanTemplateBasis {
    /// 法定时限, 规范要求, 经验值.
    pub label: String,
    pub count: usize,
}

/// One parameter of a template.
#[derive(Serialize, ToSchema)]
pub struct PlanParameter {
    pub id: String,
    pub label: String,
    pub unit: String,
    /// int, decimal, yes_no, choice.
    pub kind: String,
    pub default: String,
    pub min: String,
    pub max: String,
    pub choices: Vec<PlanParameterChoice>,
    pub hint: String,
}

/// One answer of a choice.
#[derive(Serialize, ToSchema)]
pub struct PlanParameterChoice {
    pub code: String,
    pub label: String,
}

impl From<&page::TemplateView> for PlanTemplate {
    fn from(template: &page::TemplateView) -> Self {
        Self {
            id: template.id.clone(),
            name: template.name.clone(),
            category: template.category.clone(),
            summary: template.summary.clone(),
            sources: template.sources.clone(),
            notes: template.notes.clone(),
            basis: template
                .basis
                .iter()
                .map(|(label, count)| PlanTemplateBasis {
                    label: (*label).to_owned(),
                    count: *count,
                })
                .collect(),
            activities: template.activities,
            summaries: template.summaries,
            parameters: each(&template.parameters),
        }
    }
}

impl From<&page::ParameterView> for PlanParameter {
    fn from(one: &page::ParameterView) -> Self {
        let choice = |(code, label): &(String, String)| PlanParameterChoice {
            code: code.clone(),
            label: label.clone(),
        };
        Self {
            id: one.id.clone(),
            label: one.label.clone(),
            unit: one.unit.clone(),
            kind: one.kind.to_owned(),
            default: one.default.clone(),
            min: one.min.clone(),
            max: one.max.clone(),
            choices: one.choices.iter().map(choice).collect(),
            hint: one.hint.clone(),
        }
    }
}

/// A plan to be made from a template.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFromTemplate {
    pub template: String,
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    pub start: Option<String>,
    pub target: Option<String>,
    /// add (default) or replace.
    pub mode: Option<String>,
    #[serde(default)]
    pub dry_run: bool,
    #[serde(default)]
    pub with_sheet: bool,
    #[serde(default)]
    pub reason: String,
}
