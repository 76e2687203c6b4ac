//! Chinese words of the scenarios for what accounts and lights call by English names.

/// Account roles as officials call them.
const ROLES: [(&str, &str); 18] = [
    ("督查员", "supervisor"),
    ("填报员", "clerk"),
    ("查看", "viewer"),
    ("领导", "leader"),
    ("隐患管理员", "hazard_admin"),
    ("检查员", "inspector"),
    ("网格员", "grid_worker"),
    ("网格管理员", "grid_admin"),
    ("街道办事员", "street_clerk"),
    ("卫监员", "health_inspector"),
    ("卫健工作人员", "health_officer"),
    ("纪检人员", "discipline_officer"),
    ("机构填报员", "institution_user"),
    ("窗口人员", "window_clerk"),
    ("审批人员", "service_officer"),
    ("市场监管员", "market_officer"),
    ("助企专员", "enterprise_officer"),
    ("会务员", "meeting_clerk"),
];
/// Two more, apart so that the table stays in one screen.
const MORE: [(&str, &str); 2] = [("负责人", "office_head"), ("企业人员", "enterprise_user")];

/// The account role of a word.
pub fn role(word: &str) -> Option<&'static str> {
    let found = ROLES.iter().chain(&MORE).find(|(zh, _)| *zh == word);
    found.map(|(_, role)| *role)
}

/// Acts that every workflow has, with their ids.
pub fn built_in(label: &str) -> Option<&'static str> {
    match label {
        "撤回" => Some("recall"),
        "转办" => Some("hand_over"),
        "加签" => Some("add_signer"),
        "申请延期" => Some("extend"),
        "决定延期" => Some("decide_extension"),
        _ => None,
    }
}

/// Values that acts ask for beside the fields of the register.
pub fn asked(label: &str) -> Option<&'static str> {
    match label {
        "延至" => Some("to_due"),
        "同意" => Some("agree"),
        "承办单位" => Some("holder"),
        _ => None,
    }
}

/// Causes of being late.
pub fn late_reason(word: &str) -> Option<&'static str> {
    match word {
        "资金" => Some("funds"),
        "审批" => Some("approval"),
        "征拆" => Some("land"),
        "施工" => Some("construction"),
        "天气" => Some("weather"),
        "多部门协调" => Some("coordination"),
        "上级原因" => Some("superior"),
        "其他" => Some("other"),
        _ => None,
    }
}
