//! Findings of one schedule file, gathered while it is read: a fault that every row repeats is told a few times and
//! then only counted, so that a foreign export of 100,000 rows does not end in 100,000 lines.

use ground::{Finding, Severity};
use std::collections::BTreeMap;

/// How often one kind of fault is told before it is only counted.
const TOLD: usize = 50;

pub(crate) struct Remarks {
    name: String,
    findings: Vec<Finding>,
    counts: BTreeMap<&'static str, (usize, Severity)>,
    /// Costs that were met and not taken over.
    costs: usize,
}

impl Remarks {
    pub(crate) fn new(name: &str) -> Self {
        Remarks {
            name: name.to_owned(),
            findings: Vec::new(),
            counts: BTreeMap::new(),
            costs: 0,
        }
    }

    /// What is left out because of the fault.
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        place: impl FnOnce() -> String,
        problem: impl FnOnce() -> String,
        remedy: &str,
    ) {
        if self.counted(code, Severity::Error) {
            let finding = Finding::error(code, place(), problem(), remedy);
            self.findings.push(finding);
        }
    }

    /// What is taken over in another way than it stands there.
    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        place: impl FnOnce() -> String,
        problem: impl FnOnce() -> String,
        remedy: &str,
    ) {
        if self.counted(code, Severity::Warning) {
            let finding = Finding::warning(code, place(), problem(), remedy);
            self.findings.push(finding);
        }
    }

    /// Worth knowing.
    pub(crate) fn info(
        &mut self,
        code: &'static str,
        place: impl FnOnce() -> String,
        problem: impl FnOnce() -> String,
        remedy: &str,
    ) {
        if self.counted(code, Severity::Info) {
            let finding = Finding::info(code, place(), problem(), remedy);
            self.findings.push(finding);
        }
    }

    /// Something that is left out everywhere, told once with its number.
    pub(crate) fn counted_out(
        &mut self,
        code: &'static str,
        count: usize,
        problem: &str,
        remedy: &str,
    ) {
        let place = self.name.clone();
        if count > 0 {
            self.info(code, || place, || format!("{count} {problem}"), remedy);
        }
    }

    /// A cost that is not taken over; all are told together.
    pub(crate) fn cost(&mut self, there: bool) {
        self.costs += usize::from(there);
    }

    /// A fault of the file as a whole.
    pub(crate) fn file_error(&mut self, code: &'static str, problem: &str, remedy: &str) {
        let place = self.name.clone();
        self.error(code, || place, || problem.to_owned(), remedy);
    }

    /// A finding that is ready.
    pub(crate) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn counted(&mut self, code: &'static str, severity: Severity) -> bool {
        let entry = self.counts.entry(code).or_insert((0, severity));
        entry.0 += 1;
        entry.0 <= TOLD
    }

    /// All that was told, then one line for each kind that was told too often.
    pub(crate) fn into_findings(mut self) -> Vec<Finding> {
        let remedy = "计划文件只带工期、关系、日历、资源和进度；费用请另行保存";
        self.counted_out("schedule.costs_left", self.costs, "处费用没有读入", remedy);
        let mut findings = self.findings;
        for (code, (count, severity)) in self.counts {
            if count <= TOLD {
                continue;
            }
            let problem = format!("另有{}处同样的问题，不再逐条列出", count - TOLD);
            let mut finding = Finding::info(code, self.name.clone(), problem, "");
            finding.severity = severity;
            findings.push(finding);
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_every_row_is_told_fifty_times_and_then_counted() {
        let mut remarks = Remarks::new("a.xer");
        for line in 0..1_000 {
            remarks.warning("x.y", || format!("第{line}行"), || "错".into(), "");
        }
        remarks.info("x.z", || "甲".into(), || "乙".into(), "");
        let findings = remarks.into_findings();
        assert_eq!(findings.len(), 52);
        let last = findings.last().map(ToString::to_string);
        assert_eq!(
            last.as_deref(),
            Some("a.xer:另有950处同样的问题，不再逐条列出")
        );
    }
}
