//! 资源需求 as people type them in one cell: “挖机*2，木工班” is two diggers and one crew of carpenters.

use ground::{Finding, RecordId};

use crate::plan_resource::PlanResource;

/// 1 in the hundredths in which units are counted.
const ONE: i64 = 100;
/// The register takes no more.
const MOST: i64 = 100_000_000 * ONE;

/// What one activity needs each day: resource and units in hundredths.
pub type Needs = Vec<(RecordId, i64)>;

/// Reads a cell. A resource is named by its code or its name; `known` stands in the order of preference, the project's
/// own before the district's. Without a number one unit is meant.
pub fn read_needs(text: &str, known: &[PlanResource]) -> (Needs, Vec<Finding>) {
    let (mut needs, mut findings): (Needs, Vec<Finding>) = (Vec::new(), Vec::new());
    let separators = ['，', ',', '、', '；', ';', '\n'];
    let parts = text.split(separators).map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        match read_need(part, known) {
            Ok((id, _)) if needs.iter().any(|(one, _)| *one == id) => {
                let problem = format!("“{part}”这种资源写了两次。");
                let remedy = "请合并成一处，写总数。";
                findings.push(Finding::error("plan.need_twice", part, problem, remedy));
            }
            Ok(need) => needs.push(need),
            Err(finding) => findings.push(finding),
        }
    }
    (needs, findings)
}

fn read_need(part: &str, known: &[PlanResource]) -> Result<(RecordId, i64), Finding> {
    // The whole cell may be a name that ends in a number: 2号塔吊, 泵车 36.
    if let Some(resource) = named(part, known) {
        return Ok((resource.id, ONE));
    }
    let cuts = cuts(part);
    let meant = cuts
        .iter()
        .find_map(|(name, amount)| Some((named(name, known)?, *amount)));
    let Some((resource, amount)) = meant else {
        let name = cuts.first().map(|(name, _)| *name);
        let name = name.filter(|name| !name.is_empty()).unwrap_or(part);
        let problem = format!("没有叫“{name}”的计划资源。");
        let remedy = match known.is_empty() {
            true => "请先在“资源负荷”页登记资源和可用量。".to_owned(),
            false => format!("现有：{}。也可以先登记再填。", names(known)),
        };
        return Err(Finding::error("plan.need", part, problem, remedy));
    };
    let amount = amount.strip_suffix(&resource.unit).unwrap_or(amount).trim();
    let units = hundredths(amount).filter(|units| (1..=MOST).contains(units));
    let unread = || {
        let problem = format!("“{part}”里的用量“{amount}”读不懂。");
        let remedy = "写成“挖机*2”这样，用量大于 0，最多两位小数。";
        Finding::error("plan.need_units", part, problem, remedy)
    };
    Ok((resource.id, units.ok_or_else(unread)?))
}

fn named<'a>(text: &str, known: &'a [PlanResource]) -> Option<&'a PlanResource> {
    if text.is_empty() {
        return None;
    }
    let by_code = known.iter().find(|one| one.code.eq_ignore_ascii_case(text));
    by_code.or_else(|| known.iter().find(|one| one.name == text))
}

/// The ways in which a cell may be name and amount: 挖机*2, 挖机×2台, 挖机（2台）, 挖机 2 台.
fn cuts(part: &str) -> Vec<(&str, &str)> {
    let open = part.trim_end_matches([')', '）']);
    let marked = open.rsplit_once(['*', '×', '＊', '(', '（']);
    let spaces = part.char_indices().filter(|(_, c)| c.is_whitespace());
    let spaced = spaces.map(|(at, _)| part.split_at(at));
    let both = marked.into_iter().chain(spaced);
    both.map(|(name, amount)| (name.trim(), amount.trim()))
        .collect()
}

fn hundredths(text: &str) -> Option<i64> {
    let plain: String = text.chars().map(narrow).collect();
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || rest.len() > 2 || !digits(whole) || !digits(rest) {
        return None;
    }
    let rest = format!("{rest:0<2}");
    Some(whole.parse::<i64>().ok()? * ONE + rest.parse::<i64>().ok()?)
}

/// Digits and the point of an input method in their narrow form.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
        '．' => '.',
        c => c,
    }
}

fn names(known: &[PlanResource]) -> String {
    let some: Vec<&str> = known.iter().take(8).map(|one| one.name.as_str()).collect();
    let more = if known.len() > 8 { "等" } else { "" };
    format!("{}{more}", some.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known() -> Vec<PlanResource> {
        let one = |id, code: &str, name: &str, unit: &str| PlanResource {
            id: RecordId(id),
            code: code.to_owned(),
            name: name.to_owned(),
            unit: unit.to_owned(),
            project: None,
            capacity: Vec::new(),
        };
        vec![
            one(1, "WJ", "挖机", "台"),
            one(2, "MG", "木工班", "班"),
            one(3, "T2", "塔吊 2", "台"),
            one(4, "WJ2", "挖机", "台"),
        ]
    }

    fn check(text: &str, expected: &[(i64, i64)]) {
        let (needs, findings) = read_needs(text, &known());
        let needs: Vec<(i64, i64)> = needs.iter().map(|(id, units)| (id.0, *units)).collect();
        assert_eq!(needs, expected, "{text}: {findings:?}");
        assert!(findings.is_empty(), "{text}: {findings:?}");
    }

    #[test]
    fn needs_are_read_as_people_type_them() {
        check("挖机*2,木工班", &[(1, 200), (2, 100)]);
        check("挖机×2台；木工班（1.5）", &[(1, 200), (2, 150)]);
        check("wj＊０．２５、MG 3 班", &[(1, 25), (2, 300)]);
        check("塔吊 2", &[(3, 100)]);
        check("塔吊 2*2", &[(3, 200)]);
        check("WJ2*3", &[(4, 300)]);
        check(" ， ", &[]);
    }

    fn refused(text: &str) -> String {
        let (_, findings) = read_needs(text, &known());
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        format!("{}{}", findings[0].problem, findings[0].remedy)
    }

    #[test]
    fn what_cannot_be_read_says_what_to_do() {
        assert_eq!(
            refused("压路机*2"),
            "没有叫“压路机”的计划资源。现有：挖机、木工班、塔吊 2、挖机。也可以先登记再填。"
        );
        assert_eq!(
            refused("挖机*很多"),
            "“挖机*很多”里的用量“很多”读不懂。写成“挖机*2”这样，用量大于 0，最多两位小数。"
        );
        assert!(refused("*2").starts_with("没有叫“*2”的计划资源。"));
        assert!(refused("挖机*0").contains("用量“0”读不懂"));
        assert!(refused("挖机*1.234").contains("用量“1.234”读不懂"));
        assert_eq!(
            refused("挖机,WJ*2"),
            "“WJ*2”这种资源写了两次。请合并成一处，写总数。"
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = read_needs(&text, &known());
        }
    }
}
