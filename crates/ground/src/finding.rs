//! What is wrong or worth saying about a user's data. Readers return findings beside the good
//! rows; they never stop at the first bad cell.

use serde::{Deserialize, Serialize};

/// How much a finding weighs. Ordered: `Info < Warning < Error`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Info,
    /// Taken over, but somebody should look.
    Warning,
    /// Not taken over until it is put right.
    Error,
}

impl Severity {
    /// 提示 / 警告 / 错误.
    pub fn label(self) -> &'static str {
        match self {
            Severity::Info => "提示",
            Severity::Warning => "警告",
            Severity::Error => "错误",
        }
    }
}

/// One remark on a user's data: where, what, and what to do.
///
/// ```
/// use ground::Finding;
/// let finding = Finding::error("money.no_unit", "项目库!F12", "总投资没有单位", "请写成 62.4亿元");
/// assert_eq!(finding.to_string(), "项目库!F12:总投资没有单位。请写成 62.4亿元");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// Stable, dotted, English: programs and tests rely on it, `money.no_unit`.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Where: `项目库!F12`, a sentence, a line of a definition.
    pub place: String,
    /// What is wrong, in plain Chinese.
    pub problem: String,
    /// What to do about it, in plain Chinese.
    pub remedy: String,
}

impl Finding {
    /// A finding that keeps its row out.
    pub fn error(
        code: &str,
        place: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::of(Severity::Error, code, place, problem, remedy)
    }

    /// A finding whose row is taken over all the same.
    pub fn warning(
        code: &str,
        place: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::of(Severity::Warning, code, place, problem, remedy)
    }

    /// A finding that only informs.
    pub fn info(
        code: &str,
        place: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::of(Severity::Info, code, place, problem, remedy)
    }

    fn of(
        severity: Severity,
        code: &str,
        place: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Finding {
            code: code.to_owned(),
            severity,
            place: place.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}

/// `place:problem。remedy`, without an empty part and without a doubled full stop.
impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}:", self.place)?;
        }
        write!(f, "{}", self.problem)?;
        if self.remedy.is_empty() {
            return Ok(());
        }
        let stop = if self.problem.ends_with(['。', '!', '?', '！', '？']) {
            ""
        } else {
            "。"
        };
        write!(f, "{stop}{}", self.remedy)
    }
}

/// The heaviest severity among the findings; `None` when there is none.
pub fn worst(findings: &[Finding]) -> Option<Severity> {
    findings.iter().map(|finding| finding.severity).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_error_outweighs_any_number_of_warnings() {
        let warning = Finding::warning("a", "", "甲", "");
        let error = Finding::error("b", "", "乙", "");
        assert_eq!(worst(&[]), None);
        assert_eq!(
            worst(&[warning.clone(), warning.clone()]),
            Some(Severity::Warning)
        );
        assert_eq!(
            worst(&[warning.clone(), error, warning]),
            Some(Severity::Error)
        );
    }

    #[test]
    fn a_finding_keeps_its_shape_in_json() {
        let finding = Finding::info("x.y", "第3行", "问题", "办法");
        let json = serde_json::to_string(&finding).expect("plain strings serialise");
        assert_eq!(
            json,
            r#"{"code":"x.y","severity":"info","place":"第3行","problem":"问题","remedy":"办法"}"#
        );
        assert_eq!(
            serde_json::from_str::<Finding>(&json).expect("own output"),
            finding
        );
    }

    #[test]
    fn the_text_has_no_doubled_stop_and_no_empty_place() {
        assert_eq!(
            Finding::error("a", "", "有误。", "请改正。").to_string(),
            "有误。请改正。"
        );
        assert_eq!(Finding::error("a", "A1", "有误", "").to_string(), "A1:有误");
    }
}
