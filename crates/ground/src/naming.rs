//! Names of projects and organisations as people write them: one normal form, and how alike two
//! names are. Whether alike names are the same thing is for a person (or an alias) to say.

/// Names at or above this level are offered as the same thing. Among the true pairs of the domain
/// lists the lowest scores 76 (区发改委 ~ 中原区发展和改革委员会), the highest false pair 75 (a long
/// name with one other character in it); the level stands between.
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
    const SUFFIXES: [&str; 6] = ["建设项目", "工程项目", "项目工程", "建设工程", "项目", "工程"];
    let name = normal_name(name);
    for suffix in SUFFIXES {
        if let Some(core) = name.strip_suffix(suffix)
            && !core.is_empty()
        {
            return NameParts { core: core.to_owned(), suffix: suffix.to_owned() };
        }
    }
    NameParts { core: name, suffix: String::new() }
}

/// How alike two names are, 0..=100: 100 for equal normal forms, 97 when only general words differ
/// (河南, 项目, 有限公司), 80–96 when one begins the other, 66–95 when one is an abbreviation of the
/// other, at most 75 otherwise. Names with different marks of identity (第六/第五, 一期/二期, 西路/北路)
/// stay at 60 or below.
///
/// ```
/// assert!(ground::likeness("泛锐云智项目", "泛锐云智新材料产业园") >= ground::naming::SAME_LEVEL);
/// assert!(ground::likeness("中原西路街道", "航海西路街道") < ground::naming::ASK_LEVEL);
/// ```
pub fn likeness(a: &str, b: &str) -> u8 {
    let (a, b) = (normal_name(a), normal_name(b));
    if a == b {
        return if a.is_empty() { 0 } else { 100 };
    }
    let (core_a, core_b) = (distinctive(&a), distinctive(&b));
    let level = core_likeness(&core_a, &core_b);
    if marks(&a) == marks(&b) { level } else { level.min(60) }
}

/// General words before the distinguishing part.
const LEADING: [&str; 9] =
    ["河南省", "郑州市", "中原区", "中共", "河南", "郑州", "中国", "国家", "区"];

/// General words after it, longest first.
const TRAILING: [&str; 30] = [
    "股份有限公司", "有限责任公司", "集团有限公司", "街道办事处", "建设项目", "工程项目", "在建工地",
    "科技产业园", "有限公司", "办事处", "产业园区", "产业园", "综合体", "购物中心", "街道办", "园区",
    "基地", "项目", "工程", "公司", "街道", "工地", "集团", "PPP", "(PPP)", "建设", "委员会", "管委会",
    "(一期)", "园",
];

/// What distinguishes the name: general words at both ends dropped as long as two characters stay.
fn distinctive(name: &str) -> Vec<char> {
    let mut core = name;
    while let Some(rest) = LEADING.iter().find_map(|word| core.strip_prefix(word)).filter(long_enough) {
        core = rest;
    }
    while let Some(rest) = TRAILING.iter().find_map(|word| core.strip_suffix(word)).filter(long_enough) {
        core = rest;
    }
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
            row[index + 1] = if x == y { diagonal + 1 } else { above.max(row[index]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

/// Marks of identity: ordinals (第六, 二期, 3号, 2标段, 2023年, 等7所) and points of the compass before
/// a street, a yard or a station. Two things that differ in them are two things.
fn marks(name: &str) -> Vec<String> {
    const COUNTED: &str = "期号标年所区楼栋段批";
    const PLACES: &str = "路街道院站区环";
    let chars: Vec<char> = name.chars().collect();
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let mut found = Vec::new();
    for (index, &c) in chars.iter().enumerate() {
        let next = chars.get(index + 1).copied().unwrap_or(' ');
        let starts = index == 0 || !number(chars[index - 1]);
        if number(c) && starts {
            let end = (index..chars.len()).find(|&at| !number(chars[at])).unwrap_or(chars.len());
            let after = chars.get(end).copied().unwrap_or(' ');
            let ordinal = index > 0 && chars[index - 1] == '第';
            if ordinal || COUNTED.contains(after) {
                found.push(chars[index..end].iter().collect());
            }
        } else if "东西南北中".contains(c) && PLACES.contains(next) {
            found.push([c, next].iter().collect());
        }
    }
    found.sort();
    found
}
