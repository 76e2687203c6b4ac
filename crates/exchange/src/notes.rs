//! Findings while a table is read: one wording for each kind of odd cell, and an end to endless repetition.

use std::collections::BTreeMap;

use ground::{Finding, Severity};

/// Infos of one code in one column that are told one by one; the rest is counted.
const INFOS_EACH: usize = 50;

/// Collects findings. Errors and warnings are all kept; infos beyond [`INFOS_EACH`] a column become one line.
#[derive(Default, Debug)]
pub(crate) struct Notes {
    findings: Vec<Finding>,
    counts: BTreeMap<(String, String), usize>,
}

impl Notes {
    pub(crate) fn push(&mut self, finding: Finding) {
        if finding.severity == Severity::Info {
            let column = column_of(&finding.place);
            let count = self
                .counts
                .entry((finding.code.clone(), column))
                .or_default();
            *count += 1;
            if *count > INFOS_EACH {
                return;
            }
        }
        self.findings.push(finding);
    }

    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|f| self.push(f));
    }

    pub(crate) fn into_findings(mut self) -> Vec<Finding> {
        for ((code, column), count) in self.counts {
            if count > INFOS_EACH {
                let more = count - INFOS_EACH;
                self.findings.push(Finding::info(
                    &code,
                    column,
                    format!("另有{more}处同样情况,不再逐一列出"),
                    "处理办法同上",
                ));
            }
        }
        self.findings
    }
}

/// `第七期!F12` -> `第七期!F`.
fn column_of(place: &str) -> String {
    place
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_infos_are_counted_and_errors_are_all_kept() {
        let mut notes = Notes::default();
        for row in 0..80 {
            notes.push(Finding::info(
                "cell.date_writing",
                format!("表!C{row}"),
                "按日期读",
                "无需处理",
            ));
            notes.push(Finding::error(
                "cell.bad_date",
                format!("表!D{row}"),
                "读不出",
                "请改",
            ));
        }
        let findings = notes.into_findings();
        assert_eq!(
            findings
                .iter()
                .filter(|f| f.severity == Severity::Error)
                .count(),
            80
        );
        let last = findings.last().expect("a summary");
        assert_eq!(
            (last.place.as_str(), last.problem.as_str()),
            ("表!C", "另有30处同样情况,不再逐一列出")
        );
    }
}
