//! What an import knows beyond the columns: a sentence of progress becomes a percentage of an activity.

use crate::App;
use crate::error::AppError;
use ground::{Finding, RecordId};
use register::{Definition, Fields, Value};
use std::collections::BTreeMap;
use store::Query;

/// Likeness at which words mean an activity (桩基 means 桩基工程).
const MEANS: u8 = 60;

/// Activities by project, for registers that report progress.
pub struct Enricher {
    activities: BTreeMap<RecordId, Vec<(RecordId, String)>>,
    active: bool,
}

impl Enricher {
    /// Loads what the register's drafts may refer to.
    pub fn load(app: &App, definition: &Definition) -> Result<Self, AppError> {
        let active = definition.id == "progress_report";
        let mut activities: BTreeMap<RecordId, Vec<(RecordId, String)>> = BTreeMap::new();
        if active {
            for stored in app.read(|reader| reader.all("activity", &Query::default()))? {
                let record = stored.record;
                if let (Some(project), Some(name)) =
                    (record.reference("project"), record.text("name"))
                {
                    activities
                        .entry(project)
                        .or_default()
                        .push((record.id, name.to_owned()));
                }
            }
        }
        Ok(Self { activities, active })
    }

    /// 桩基完成62% → activity 桩基工程, 62 %. Only where neither is given and one activity of the project is meant.
    pub fn enrich(&self, fields: &mut Fields, place: &str) -> Vec<Finding> {
        if !self.active || fields.contains_key("percent") {
            return Vec::new();
        }
        let Some(project) = fields.get("project").and_then(Value::as_ref_id) else {
            return Vec::new();
        };
        let Some(text) = fields
            .get("progress_text")
            .and_then(Value::as_text)
            .map(str::to_owned)
        else {
            return Vec::new();
        };
        let Some((words, hundredths)) = progress(&text) else {
            return Vec::new();
        };
        let Some((id, name)) = self.meant(project, &words) else {
            return Vec::new();
        };
        fields.insert("activity".to_owned(), Value::Ref(id));
        fields.insert("percent".to_owned(), Value::Percent(hundredths));
        let problem = format!("“{text}”读作“{name}”完成 {}%。", shown(hundredths));
        vec![Finding::info(
            "import.progress",
            place,
            problem,
            "读得不对时，请在进度填报里改工序和完成率。",
        )]
    }

    fn meant(&self, project: RecordId, words: &str) -> Option<(RecordId, String)> {
        let own = self.activities.get(&project)?;
        let mut scored: Vec<(u8, &(RecordId, String))> =
            own.iter().map(|one| (score(words, &one.1), one)).collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        match scored[..] {
            [(best, one), (next, _), ..] if best >= MEANS && best > next => Some(one.clone()),
            [(best, one)] if best >= MEANS => Some(one.clone()),
            _ => None,
        }
    }
}

fn score(words: &str, name: &str) -> u8 {
    if name.contains(words) || words.contains(name) {
        100
    } else {
        ground::likeness(words, name)
    }
}

fn shown(hundredths: i64) -> String {
    if hundredths % 100 == 0 {
        (hundredths / 100).to_string()
    } else {
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// Words before 完成 and the percentage behind it, in hundredths of a percent.
fn progress(text: &str) -> Option<(String, i64)> {
    let at = text.find('%').or_else(|| text.find('％'))?;
    let digits: String = text[..at]
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let before = text[..at].strip_suffix(digits.as_str())?.trim_end();
    let words = before
        .trim_end_matches("到")
        .trim_end_matches("完成")
        .trim_end_matches("已")
        .trim();
    let (whole, part) = digits.split_once('.').unwrap_or((digits.as_str(), ""));
    let part: i64 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    let hundredths = whole.parse::<i64>().ok()?.checked_mul(100)? + part;
    let plausible = words.chars().count() >= 2
        && words.chars().count() <= 20
        && (0..=10_000).contains(&hundredths);
    plausible.then(|| (words.to_owned(), hundredths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_of_progress_gives_words_and_share() {
        assert_eq!(progress("桩基完成62%"), Some(("桩基".to_owned(), 6200)));
        assert_eq!(
            progress("主体结构已完成45.5％，正在砌筑"),
            Some(("主体结构".to_owned(), 4550))
        );
        assert_eq!(progress("基础完成"), None);
        assert_eq!(progress("完成120%"), None);
    }

    #[test]
    fn words_mean_one_activity_or_none() {
        let own = vec![
            (RecordId(1), "桩基工程".to_owned()),
            (RecordId(2), "主体施工".to_owned()),
        ];
        let enricher = Enricher {
            activities: BTreeMap::from([(RecordId(9), own)]),
            active: true,
        };
        assert_eq!(
            enricher.meant(RecordId(9), "桩基").map(|one| one.0),
            Some(RecordId(1))
        );
        assert_eq!(enricher.meant(RecordId(9), "绿化"), None);
    }
}
