//! From the plan's lights to what pages show.

use crate::page::{CauseView, LightCount, LightView};
use plan::{Light, LightRule, Rag};

/// A light with its reasons.
pub fn view(light: &Light) -> LightView {
    let cause = |cause: &plan::LightCause| CauseView {
        kind: serde_json::to_value(cause.cause)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default(),
        rag: cause.rag,
        text: cause.text.clone(),
    };
    LightView {
        rag: light.rag,
        label: light.rag.label().to_owned(),
        causes: light.causes.iter().map(cause).collect(),
    }
}

/// Counts with the rule in words, as on the wall chart: 正常推进, 预警 ≤10天, 滞后 >10天.
pub fn with_rule(mut counts: Vec<LightCount>, rule: &LightRule) -> Vec<LightCount> {
    let limit = rule.slip_days_yellow_max;
    for count in &mut counts {
        count.rule = match count.rag {
            Rag::Green => "正常推进".to_owned(),
            Rag::Yellow => format!("预警 ≤{limit}天"),
            Rag::Red => format!("滞后 >{limit}天"),
            Rag::Done => "已完成".to_owned(),
            Rag::Grey => "未到或缺目标".to_owned(),
        };
    }
    counts
}
