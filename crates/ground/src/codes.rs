//! Codes with a national standard behind them: regions, unified credit codes, citizen numbers,
//! project codes, industries. Checks say what is wrong and what to do; they never guess a code.

use crate::Date;
use std::sync::OnceLock;

/// What is wrong with a code, and what to do. The text never repeats a citizen number.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{problem}。{remedy}")]
pub struct CodeError {
    /// In plain Chinese, without a full stop.
    pub problem: String,
    /// In plain Chinese.
    pub remedy: String,
}

fn wrong<T>(problem: impl Into<String>, remedy: impl Into<String>) -> Result<T, CodeError> {
    Err(CodeError {
        problem: problem.into(),
        remedy: remedy.into(),
    })
}

/// Half width, upper case, no blanks: the form in which the checks expect a code.
pub fn normal_code(text: &str) -> String {
    crate::numeral::narrow(text).to_uppercase()
}

/// First two digits of GB/T 2260.
const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82",
];

/// Prefix of the city whose districts are shipped in full (郑州市).
const FULL_CITY: &str = "4101";

fn regions() -> &'static [(String, String, String)] {
    static TABLE: OnceLock<Vec<(String, String, String)>> = OnceLock::new();
    TABLE.get_or_init(|| three_columns(include_str!("../data/regions.csv")))
}

fn three_columns(csv: &str) -> Vec<(String, String, String)> {
    csv.lines()
        .skip(1)
        .map(crate::holidays::csv_cells)
        .filter(|cells| cells.len() >= 3)
        .map(|cells| (cells[0].clone(), cells[1].clone(), cells[2].clone()))
        .collect()
}

/// The name of a shipped region: 河南省, 郑州市 and its districts and statistical areas.
pub fn region_name(code: &str) -> Option<&'static str> {
    regions()
        .iter()
        .find(|region| region.0 == code)
        .map(|region| region.1.as_str())
}

/// 行政区划代码 (GB/T 2260, six digits). The province must exist; codes of 郑州 are checked against
/// the full list, statistical areas (410171 …) included.
pub fn check_region(code: &str) -> Result<(), CodeError> {
    if code.len() != 6 || !all_digits(code) {
        return wrong(
            format!("区划代码“{code}”不是六位数字"),
            "请填 GB/T 2260 六位代码，例如 410102(中原区)。",
        );
    }
    if !PROVINCES.contains(&&code[..2]) {
        return wrong(
            format!("区划代码 {code} 的前两位 {} 不是任何省份", &code[..2]),
            "请核对前两位，河南省是 41。",
        );
    }
    if code.starts_with(FULL_CITY) && region_name(code).is_none() {
        return wrong(
            format!("郑州市没有区划代码 {code}"),
            "请从 410102 中原区、410103 二七区、410104 管城回族区、410105 金水区等中选择。",
        );
    }
    Ok(())
}

/// Values 0–30 of GB 32100-2015, without I O S V Z.
const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i−1) mod 31.
const USCC_WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// GB 11714, for the subject code in places 9–17.
const SUBJECT_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// 统一社会信用代码 (GB 32100-2015): 18 characters, alphabet, region digits, both check characters.
pub fn check_uscc(code: &str) -> Result<(), CodeError> {
    let length = code.chars().count();
    if length != 18 {
        return wrong(
            format!("统一社会信用代码应为 18 位，现在是 {length} 位"),
            "请对照营业执照补全;15 位的旧注册号请换成 18 位代码。",
        );
    }
    let value = |c: char| USCC_ALPHABET.find(c).map(|at| at as u32);
    if let Some(bad) = code.chars().find(|c| value(*c).is_none()) {
        return wrong(
            format!("统一社会信用代码里不会有“{bad}”"),
            "代码只用数字和大写字母，不用 I、O、S、V、Z;请检查 0 与 O、1 与 I、5 与 S、2 与 Z。",
        );
    }
    if !all_digits(&code[2..8]) {
        return wrong(
            "统一社会信用代码第 3 至 8 位应是登记机关的区划代码，全为数字",
            "请对照营业执照核对第 3 至 8 位。",
        );
    }
    if subject_check(&code[8..16]) != code.chars().nth(16) {
        return wrong(
            "统一社会信用代码第 9 至 17 位(主体标识码)的校验位不对",
            "多半是录错了一位，请对照营业执照重新录入。",
        );
    }
    let sum: u32 = code
        .chars()
        .take(17)
        .zip(USCC_WEIGHTS)
        .filter_map(|(c, w)| Some(value(c)? * w))
        .sum();
    let expect = USCC_ALPHABET.chars().nth(((31 - sum % 31) % 31) as usize);
    if expect != code.chars().nth(17) {
        return wrong(
            "统一社会信用代码最后一位校验位不对",
            "多半是录错了一位，请对照营业执照重新录入。",
        );
    }
    Ok(())
}

fn subject_check(subject: &str) -> Option<char> {
    let sum = subject
        .chars()
        .zip(SUBJECT_WEIGHTS)
        .try_fold(0, |sum, (c, weight)| Some(sum + c.to_digit(36)? * weight))?;
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

const CITIZEN_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CITIZEN_CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// 公民身份号码 (GB 11643-1999): 18 places, province, date of birth, check character. Error texts do
/// not repeat the number: it is sensitive.
pub fn check_citizen_id(code: &str) -> Result<(), CodeError> {
    let length = code.chars().count();
    if length == 15 && all_digits(code) {
        return wrong(
            "15 位的旧身份证号码已停用",
            "请填二代身份证上的 18 位号码。",
        );
    }
    if length != 18 {
        return wrong(
            format!("身份证号码应为 18 位，现在是 {length} 位"),
            "请对照证件补全。",
        );
    }
    let last = code.chars().nth(17).unwrap_or(' ');
    if !all_digits(&code[..code.len() - last.len_utf8()]) || !(last.is_ascii_digit() || last == 'X')
    {
        return wrong(
            "身份证号码前 17 位应是数字，最后一位是数字或大写 X",
            "请改成半角数字，最后一位写大写 X。",
        );
    }
    if !PROVINCES.contains(&&code[..2]) {
        return wrong("身份证号码前两位不是任何省份", "请对照证件核对前六位。");
    }
    let number = |range: std::ops::Range<usize>| code[range].parse().unwrap_or(0);
    let birth = Date::new(number(6..10), number(10..12) as i8, number(12..14) as i8);
    if !birth.is_ok_and(|date| date.year() >= 1800) {
        return wrong(
            "身份证号码第 7 至 14 位不是有效的出生日期",
            "请对照证件核对这八位。",
        );
    }
    let sum: u32 = code
        .chars()
        .zip(CITIZEN_WEIGHTS)
        .filter_map(|(c, weight)| Some(c.to_digit(10)? * weight))
        .sum();
    if CITIZEN_CHECKS[(sum % 11) as usize] != last {
        return wrong(
            "身份证号码最后一位校验位不对",
            "多半是录错了一位，请对照证件重新录入。",
        );
    }
    Ok(())
}

/// 项目代码 (GB/T 40058-2021; older codes have the same outline): `YYMM-region-dd-dd-XXXXXX`, 24
/// characters. The outline and the month or year are checked, the check character is not: its
/// rule needs the text of the standard.
pub fn check_project_code(code: &str) -> Result<(), CodeError> {
    let remedy = "请照备案或批复文件填写，例如 2301-410102-04-01-123456。";
    let parts: Vec<&str> = code.split('-').collect();
    let outline = parts
        .iter()
        .map(|part| part.chars().count())
        .eq([4, 6, 2, 2, 6]);
    if !outline {
        return wrong("项目代码应为“4-6-2-2-6”共 24 位(含连字符)", remedy);
    }
    let serial_ok = parts[4]
        .bytes()
        .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if !parts[..4].iter().all(|part| all_digits(part)) || !serial_ok {
        return wrong("项目代码前四段应是数字，最后一段是数字或大写字母", remedy);
    }
    let month: u32 = parts[0][2..].parse().unwrap_or(0);
    let old_year = parts[0].starts_with("19") || parts[0].starts_with("20");
    if !(1..=12).contains(&month) && !old_year {
        return wrong(format!("项目代码第一段 {} 不是年月", parts[0]), remedy);
    }
    if !PROVINCES.contains(&&parts[1][..2]) && parts[1] != "000000" {
        return wrong(format!("项目代码第二段 {} 不是区划代码", parts[1]), remedy);
    }
    Ok(())
}

/// 行业门类 (GB/T 4754-2017) of a division: `"13"` gives `('C', "制造业")`.
pub fn industry_section(division: &str) -> Option<(char, &'static str)> {
    static TABLE: OnceLock<Vec<Vec<String>>> = OnceLock::new();
    let rows = TABLE.get_or_init(|| {
        include_str!("../data/industries.csv")
            .lines()
            .skip(1)
            .map(crate::holidays::csv_cells)
            .collect()
    });
    if division.len() != 2 || !all_digits(division) {
        return None;
    }
    rows.iter()
        .filter(|row| row.len() >= 4)
        .find(|row| row[2].as_str() <= division && division <= row[3].as_str())
        .and_then(|row| Some((row[0].chars().next()?, row[1].as_str())))
}

/// 规上工业 covers sections B, C and D.
pub fn is_industrial(division: &str) -> bool {
    matches!(industry_section(division), Some(('B' | 'C' | 'D', _)))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_codes_of_the_standard_and_made_up_ones_pass() {
        for code in [
            "91350100M000100Y43",
            "91410102MA9TEXT004",
            "114101020051234562",
            "12410102MB0ABCDEXN",
        ] {
            assert_eq!(check_uscc(code), Ok(()), "{code}");
        }
    }

    #[test]
    fn any_single_wrong_character_of_a_credit_code_is_found() {
        let good = "91410102MA9TEXT004";
        for at in 0..18 {
            for other in USCC_ALPHABET
                .chars()
                .filter(|c| good.chars().nth(at) != Some(*c))
            {
                let bad: String = good
                    .chars()
                    .enumerate()
                    .map(|(i, c)| if i == at { other } else { c })
                    .collect();
                assert!(check_uscc(&bad).is_err(), "{bad}");
            }
        }
    }

    #[test]
    fn a_letter_that_no_credit_code_has_is_named() {
        let error = check_uscc("9135O100M000100Y43").expect_err("has an O");
        assert!(
            error.problem.contains("“O”") && error.remedy.contains("0 与 O"),
            "{error}"
        );
        assert!(check_uscc("９１３５０１００M000100Y43").is_err());
        assert_eq!(
            check_uscc(&normal_code(" ９１３５０１００m000100y43 ")),
            Ok(())
        );
        assert!(
            check_uscc("410102000012345")
                .expect_err("old number")
                .problem
                .contains("15 位")
        );
    }

    #[test]
    fn the_usual_citizen_numbers_pass() {
        assert_eq!(check_citizen_id("11010519491231002X"), Ok(()));
        assert_eq!(check_citizen_id("440524188001010014"), Ok(()));
    }

    #[test]
    fn a_wrong_citizen_number_is_explained_and_never_repeated() {
        for (code, word) in [
            ("110105194912310021", "校验位"),
            ("11010519490231002X", "出生日期"),
            ("99010519491231002X", "省份"),
            ("110105491231002", "停用"),
            ("1101051949123100", "16 位"),
            ("11010519491231002x", "大写"),
            ("１１0105194912310021", "数字"),
        ] {
            let error = check_citizen_id(code).expect_err(code);
            assert!(error.to_string().contains(word), "{code}: {error}");
            assert!(!error.to_string().contains("19491231"), "{error}");
        }
    }

    #[test]
    fn zhengzhou_has_no_410107_but_its_statistical_areas_are_known() {
        assert_eq!(check_region("410102"), Ok(()));
        assert_eq!(check_region("410171"), Ok(()));
        assert_eq!(check_region("110105"), Ok(()));
        assert!(
            check_region("410107")
                .expect_err("no such district")
                .problem
                .contains("410107")
        );
        assert!(check_region("990000").is_err());
        assert!(check_region("4101").is_err());
        assert!(check_region("中原").is_err());
        assert_eq!(region_name("410102"), Some("中原区"));
    }

    #[test]
    fn project_codes_have_24_places_new_or_old() {
        assert_eq!(check_project_code("2301-410102-04-01-123456"), Ok(()));
        assert_eq!(check_project_code("2019-410102-47-03-012345"), Ok(()));
        assert_eq!(check_project_code("2301-410102-89-01-12345X"), Ok(()));
        for code in [
            "2313-410102-04-01-123456x",
            "2301-410102-04-01-12345",
            "2301410102040112345",
            "1813-410102-04-01-123456",
            "2301-990102-04-01-123456",
            "2301-41010a-04-01-123456",
            "项目",
        ] {
            assert!(check_project_code(code).is_err(), "{code}");
        }
    }

    #[test]
    fn divisions_belong_to_sections() {
        assert_eq!(industry_section("13"), Some(('C', "制造业")));
        assert_eq!(industry_section("43"), Some(('C', "制造业")));
        assert_eq!(industry_section("97"), Some(('T', "国际组织")));
        assert_eq!(industry_section("00"), None);
        assert_eq!(industry_section("98"), None);
        assert_eq!(industry_section("1"), None);
        assert!(is_industrial("46") && !is_industrial("47") && !is_industrial("05"));
    }

    #[test]
    fn every_division_from_01_to_97_has_one_section() {
        for division in 1..=97 {
            assert!(
                industry_section(&format!("{division:02}")).is_some(),
                "{division}"
            );
        }
    }
}
