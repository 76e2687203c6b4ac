//! Names of projects and organisations as people write them: one normal form, and how alike two
//! names are. Whether alike names are the same thing is for a person (or an alias) to say.

use crate::numeral::read_numeral;

/// Names at or above this level are offered as the same thing. Among the true pairs of the domain
/// lists the lowest scores 76 (区发改委 ~ 中原区发展和改革委员会); a long name with one other character,
/// the likest pair of different things, is held at 75 and reaches 74 in the lists.
pub const SAME_LEVEL: u8 = 76;

/// Names at or above this level are worth a question (是否同一个?), never a proposal. Below it lie
/// unrelated names of one kind, which share only words such as 智能 or 中心.
pub const ASK_LEVEL: u8 = 65;

/// A name parted into what distinguishes it and the kind of thing it says it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameParts {
    /// 泛锐云智.
    pub core: String,
    /// 项目, 建设项目, 工程; empty when there is none.
    pub suffix: String,
}

/// The normal form: half width, no blanks, quotes, book marks or middle dots, latin letters in
/// upper case. The suffix (项目, 工程) stays; [`name_parts`] takes it apart.
///
/// ```
/// assert_eq!(ground::normal_name("“合物660”产业园 "), "合物660产业园");
/// ```
pub fn normal_name(name: &str) -> String {
    const DROPPED: &str = "“”\"'‘’`「」『』《》〈〉·•・‧";
    crate::numeral::narrow(name)
        .chars()
        .filter(|c| !DROPPED.contains(*c))
        .flat_map(char::to_uppercase)
        .collect()
}

/// The normal form parted into core and suffix.
pub fn name_parts(name: &str) -> NameParts {
    const SUFFIXES: [&str; 6] = [
        "建设项目",
        "工程项目",
        "项目工程",
        "建设工程",
        "项目",
        "工程",
    ];
    let name = normal_name(name);
    for suffix in SUFFIXES {
        if let Some(core) = name.strip_suffix(suffix)
            && !core.is_empty()
        {
            return NameParts {
                core: core.to_owned(),
                suffix: suffix.to_owned(),
            };
        }
    }
    NameParts {
        core: name,
        suffix: String::new(),
    }
}

/// How alike two names are, 0..=100: 100 for equal normal forms, 97 when only general words differ
/// (河南, 项目, 有限公司), 76–94 when one begins the other, 66–94 when one abbreviates the other from its
/// first character on, 65–75 when one stands inside the other, at most 75 otherwise. Names with
/// different marks of identity (第六/第五, 一期/二期, 西路/北路) stay at 60 or below, 75 where only a year is
/// left out.
///
/// ```
/// assert!(ground::likeness("泛锐云智项目", "泛锐云智新材料产业园") >= ground::naming::SAME_LEVEL);
/// assert!(ground::likeness("中原西路街道", "航海西路街道") < ground::naming::ASK_LEVEL);
/// ```
pub fn likeness(a: &str, b: &str) -> u8 {
    NameKey::new(a).likeness(&NameKey::new(b))
}

/// A name made ready for many comparisons; [`likeness`] makes two of them each time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameKey {
    normal: String,
    core: Vec<char>,
    marks: Vec<String>,
}

impl NameKey {
    /// Normal form, distinguishing part and marks of identity of a name.
    pub fn new(name: &str) -> NameKey {
        let normal = normal_name(name);
        let (counted, marks) = with_marks(&normal);
        NameKey {
            core: distinctive(&counted),
            marks,
            normal,
        }
    }

    /// The normal form of the name.
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// As [`likeness`].
    pub fn likeness(&self, other: &NameKey) -> u8 {
        if self.normal == other.normal {
            return if self.normal.is_empty() { 0 } else { 100 };
        }
        let level = core_likeness(&self.core, &other.core);
        if self.marks == other.marks {
            level
        } else if without_years(&self.marks) == without_years(&other.marks)
            && self.marks.len() != other.marks.len()
        {
            // 老旧小区改造项目 may well be 2023年老旧小区改造项目, but which year is for a person to say.
            level.min(SAME_LEVEL - 1)
        } else {
            level.min(60)
        }
    }
}

fn without_years(marks: &[String]) -> Vec<&String> {
    marks.iter().filter(|mark| !mark.ends_with('年')).collect()
}

/// General words before the distinguishing part.
const LEADING: [&str; 10] = [
    "河南省",
    "郑州市",
    "中原区",
    "中共",
    "河南",
    "郑州",
    "中国",
    "国家",
    "区",
    "市",
];

/// General words after it, longest first.
const TRAILING: [&str; 28] = [
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "街道办事处",
    "建设项目",
    "工程项目",
    "在建工地",
    "科技产业园",
    "有限公司",
    "办事处",
    "产业园区",
    "产业园",
    "综合体",
    "购物中心",
    "街道办",
    "园区",
    "基地",
    "项目",
    "工程",
    "公司",
    "街道",
    "工地",
    "集团",
    "PPP",
    "(PPP)",
    "建设",
    "(一期)",
    "园",
];

/// What distinguishes the name: general words at both ends dropped as long as two characters stay.
fn distinctive(name: &str) -> Vec<char> {
    let mut core = name;
    while let Some(rest) = LEADING
        .iter()
        .find_map(|word| core.strip_prefix(word))
        .filter(long_enough)
    {
        core = rest;
    }
    while let Some(rest) = TRAILING
        .iter()
        .find_map(|word| core.strip_suffix(word))
        .filter(long_enough)
    {
        core = rest;
    }
    // A brand in latin letters is often left out: CCD Park锦艺奥特莱斯. One or two letters may tell
    // things apart (A区, B区) and stay.
    let latin = core.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(0);
    let (brand, rest) = core.split_at(latin);
    let core = if brand.len() >= 3 && rest.chars().count() >= 3 {
        rest
    } else {
        core
    };
    core.chars().collect()
}

fn long_enough(rest: &&str) -> bool {
    rest.chars().count() >= 2
}

fn core_likeness(a: &[char], b: &[char]) -> u8 {
    if a == b {
        return 97;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() {
        return 0;
    }
    let share = |base: usize, span: usize| (base + span * short.len() / long.len()) as u8;
    // Two characters (航西, 中原) abbreviate too many names: an alias must say it.
    let telling = short.len() >= 3;
    if telling && long.starts_with(short) {
        return share(75, 20);
    }
    if telling && short[0] == long[0] && is_subsequence(short, long) {
        return share(65, 30);
    }
    // 锦艺奥特莱斯 inside a longer name, 昱峰 before 昱峰医疗: worth a question.
    let inside = short.len() >= 4 && long.windows(short.len()).any(|part| part == short);
    if inside || (short.len() == 2 && long.starts_with(short)) {
        return share(ASK_LEVEL.into(), 10);
    }
    let common = common_length(a, b);
    let dice = 200 * common / (a.len() + b.len());
    (dice * 85 / 100).min(75) as u8
}

fn is_subsequence(short: &[char], long: &[char]) -> bool {
    let mut rest = long.iter();
    short.iter().all(|c| rest.any(|other| other == c))
}

/// Length of the longest common subsequence.
fn common_length(a: &[char], b: &[char]) -> usize {
    let mut row = vec![0_usize; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (index, y) in b.iter().enumerate() {
            let above = row[index + 1];
            row[index + 1] = if x == y {
                diagonal + 1
            } else {
                above.max(row[index])
            };
            diagonal = above;
        }
    }
    row[b.len()]
}

/// Marks of identity: ordinals (第六, 二期, 3号, 2标段, 2023年, 等7所, 六小) and points of the compass before
/// a street, a yard or a station. Two things that differ in them are two things. Also gives the
/// name with its ordinals in digits, so that 第六小学 and 第6小学 agree.
fn with_marks(name: &str) -> (String, Vec<String>) {
    const COUNTED: &str = "期号标年所区楼栋段批小中";
    const PLACES: &str = "路街道院站区环";
    let chars: Vec<char> = name.chars().collect();
    let (mut text, mut marks) = (String::new(), Vec::new());
    let mut at = 0;
    while at < chars.len() {
        let end = (at..chars.len())
            .find(|&i| !is_number(chars[i]))
            .unwrap_or(chars.len());
        let before = at.checked_sub(1).map_or(' ', |i| chars[i]);
        let after = |index: usize| chars.get(index).copied().unwrap_or(' ');
        if end == at {
            // 航西街道 is the subdistrict 航西, no western street.
            let subdistrict = after(at + 1) == '街' && after(at + 2) == '道';
            let place = PLACES.contains(after(at + 1)) && !subdistrict;
            if "东西南北中".contains(chars[at]) && place {
                marks.push([chars[at], after(at + 1)].iter().collect());
            }
            text.push(chars[at]);
            at += 1;
            continue;
        }
        let written: String = chars[at..end].iter().collect();
        if before == '第' || COUNTED.contains(after(end)) {
            let number = read_numeral(&written).map_or(written, |n| n.value.to_string());
            let year = if after(end) == '年' { "年" } else { "" };
            marks.push(format!("{number}{year}"));
            text.push_str(&number);
        } else {
            text.push_str(&written);
        }
        at = end;
    }
    // 区卫健委纪检监察组 sits in 区卫健委 and is another body.
    if name.contains("纪检") {
        marks.push("纪检".to_owned());
    }
    marks.sort();
    (text, marks)
}

fn is_number(c: char) -> bool {
    c.is_ascii_digit() || "〇一二三四五六七八九十".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Names that mean one thing, from the district's lists and weekly reports.
    const SAME: [(&str, &str); 23] = [
        ("泛锐云智项目", "泛锐云智新材料产业园"),
        ("外国语中学莲湖校区", "郑州外国语中学莲湖校区项目"),
        ("昱峰医疗产业园", "河南昱峰医疗科技产业园"),
        (
            "国棉三厂历史文化街区",
            "郑州国棉三厂特色历史文化街区综合改造项目",
        ),
        ("五建婚庆产业园", "五建集团婚庆产业园"),
        ("二砂文创园", "二砂文化创意产业园"),
        ("二砂文化创意园", "二砂文化创意产业园"),
        ("二砂北路道路项目", "二砂北路在建工地"),
        ("郑大智能科技股份有限公司", "郑州郑大智能科技股份有限公司"),
        ("林山寨办事处", "林山寨街道办事处"),
        ("林山寨街道", "林山寨街道办事处"),
        ("航西街道", "航西办事处"),
        ("建设路六小", "中原区建设路第六小学"),
        ("建设路第6小学", "中原区建设路第六小学"),
        ("锦艺奥特莱斯", "CCD Park锦艺奥特莱斯项目"),
        (
            "常庄水库加固工程",
            "郑州市常庄水库加固提升及金水河分洪工程PPP项目",
        ),
        ("西京花园等7所幼儿园", "西京花园幼儿园等7所幼儿园建设项目"),
        ("区发改委", "中原区发展和改革委员会"),
        ("合物660产业园", "“合物660”产业园"),
        ("大喜城综合体项目", "大喜城"),
        ("八通技术研发中心", "八通技术研发中心项目"),
        ("2023年老旧小区改造", "中原区2023年老旧小区改造项目"),
        ("黄河智谷·中原企业总部港", "黄河智谷中原企业总部港"),
    ];

    /// Names that mean two things, or that only an alias may join.
    const DIFFERENT: [(&str, &str); 18] = [
        ("中原西路街道", "航海西路街道"),
        ("莲湖街道", "柳湖街道"),
        ("航西办事处", "航海西路街道办事处"),
        ("中原路", "中原西路"),
        ("中原区建设路第六小学", "中原区建设路第五小学"),
        ("建设路小学", "中原区建设路第六小学"),
        ("区住建局", "区城建局"),
        ("区工信局", "区科技局"),
        ("须水河治理一期", "须水河治理二期"),
        ("区卫健委", "区卫健委纪检监察组"),
        ("老旧小区改造项目", "中原区2023年老旧小区改造项目"),
        ("西京花园幼儿园", "西京花园幼儿园等7所幼儿园建设项目"),
        ("外国语中学莲湖校区", "外国语中学柳湖校区"),
        (
            "郑州市医疗卫生应急物资储备中心",
            "郑州市医疗卫生应急指挥中心",
        ),
        ("中原小微企业园", "中原企业总部港"),
        ("2023年老旧小区改造项目", "2024年老旧小区改造项目"),
        ("人工智能产业园", "郑大智能科技股份有限公司"),
        ("河南天星教育传媒股份有限公司", "河南赏豫文化创意有限公司"),
    ];

    #[test]
    fn names_of_one_thing_reach_the_level() {
        for (a, b) in SAME {
            let level = likeness(a, b);
            assert!(level >= SAME_LEVEL, "{a} ~ {b}: {level}");
        }
    }

    #[test]
    fn names_of_two_things_stay_below_it() {
        for (a, b) in DIFFERENT {
            let level = likeness(a, b);
            assert!(level < SAME_LEVEL, "{a} ~ {b}: {level}");
        }
    }

    #[test]
    fn the_suffix_is_kept_apart_and_not_lost() {
        let parts = name_parts(" 二砂北路道路 项目");
        assert_eq!(
            (parts.core.as_str(), parts.suffix.as_str()),
            ("二砂北路道路", "项目")
        );
        assert_eq!(name_parts("项目").core, "项目");
        assert_eq!(
            normal_name("ｃｃｄ Park“锦艺”奥特莱斯"),
            "CCDPARK锦艺奥特莱斯"
        );
    }

    #[test]
    fn an_empty_name_is_like_nothing() {
        assert_eq!(likeness("", ""), 0);
        assert_eq!(likeness("", "泛锐云智"), 0);
        assert_eq!(likeness(" “” ", "项目"), 0);
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_full_for_itself(a in "[一二三四东西路街道项目园区中原A-C1-9期号]{1,12}", b in "[一二三四东西路街道项目园区中原A-C1-9期号]{1,12}") {
            prop_assert_eq!(likeness(&a, &b), likeness(&b, &a));
            prop_assert_eq!(likeness(&a, &a), 100);
            prop_assert!(likeness(&a, &b) <= 100);
        }

        #[test]
        fn normal_form_is_stable(name in "\\PC{0,20}") {
            let once = normal_name(&name);
            prop_assert_eq!(normal_name(&once), once);
        }
    }
}
