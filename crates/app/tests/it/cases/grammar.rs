//! The language of `cases.md`: 给定 what is there, 当 who does what on which day, 则 what must hold. A line is one
//! sentence; what begins with none of these words is commentary.

/// One scenario: a heading and its sentences.
#[derive(Debug, PartialEq, Eq)]
pub struct Scenario {
    pub title: String,
    pub line: usize,
    pub steps: Vec<Step>,
}

/// A sentence with its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    pub line: usize,
    pub text: String,
    pub sentence: Sentence,
}

/// Label and what is written behind `=`.
pub type Pairs = Vec<(String, String)>;

#[derive(Debug, PartialEq, Eq)]
pub enum Sentence {
    /// `给定 张三 是 网格员，属于 须水街道`
    Person {
        name: String,
        roles: Vec<String>,
        unit: String,
    },
    /// `给定 企业库 甲：规上=是`, or `给定 互认医疗机构 45 家：名称=基层机构{n}`
    Given {
        register: String,
        count: usize,
        alias: Option<String>,
        values: Pairs,
    },
    /// `当 2025-03-03 09:30 张三 办理 甲 上报`
    When {
        day: String,
        time: Option<String>,
        deed: Deed,
    },
    /// `则 状态 已上报，期限 2025-03-04`
    Then(Vec<Claim>),
}

/// What somebody does.
#[derive(Debug, PartialEq, Eq)]
pub enum Deed {
    /// 到点: nobody, the clock only.
    Tick,
    /// 登记.
    Create {
        who: String,
        register: String,
        alias: Option<String>,
        values: Pairs,
    },
    /// 办理.
    Act {
        who: String,
        alias: Option<String>,
        label: String,
        values: Pairs,
    },
    /// 修改.
    Edit {
        who: String,
        alias: Option<String>,
        values: Pairs,
    },
}

/// What must hold.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// `状态 已上报`, `承办 须水街道`, `期限 2025-03-04`, `灯 红`, `编号 无`
    Standing {
        alias: Option<String>,
        what: String,
        value: String,
    },
    /// `反弹次数 = 1`
    Field {
        alias: Option<String>,
        label: String,
        value: String,
    },
    /// `义务 按频次巡查 到期 2025-03-10 红`
    Duty {
        alias: Option<String>,
        title: String,
        due: String,
        light: Option<String>,
    },
    /// `没有义务 按频次巡查`
    NoDuty {
        alias: Option<String>,
        title: String,
    },
    /// `指标 按期整改率 2025M03 属地街道=须水街道 = 50%`
    Metric {
        title: String,
        period: String,
        by: Pairs,
        value: String,
    },
    /// `行动 机构建档 2/4`, `行动 机构建档 截止 2025-06-12`
    Campaign { title: String, what: String },
    /// `报送 2025M05 已报 1`
    Cycle {
        period: String,
        what: String,
        value: String,
    },
    /// `交办事项 3 条：来源=会议`
    Count {
        register: String,
        count: usize,
        values: Pairs,
    },
    /// `王督 看到 甲 投诉人=赵**`
    Sees {
        who: String,
        alias: String,
        values: Pairs,
    },
    /// `最早 桩基 2023-03-06 至 2023-03-17`, `最晚 …`: the days the plan gives a piece of work.
    Days {
        late: bool,
        alias: String,
        first: String,
        last: String,
    },
    /// `时差 桩基 -4 天`, in working days of its calendar.
    Float { alias: String, days: String },
    /// `完工 学校 2023-06-06`, `结论 学校 晚 6 天`: what stands above the plan of a project.
    Finish {
        alias: String,
        what: String,
        value: String,
    },
    /// `被拒 “五落实”`
    Refused { words: Option<String> },
}

/// A line that is no sentence of the language.
#[derive(Debug, PartialEq, Eq)]
pub struct Trouble {
    pub line: usize,
    pub problem: String,
}

/// Reads a file.
pub fn read(text: &str) -> Result<Vec<Scenario>, Trouble> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut last = "";
    for (index, raw) in text.lines().enumerate() {
        let line = index + 1;
        let raw = raw.trim();
        if let Some(title) = raw.strip_prefix("# ") {
            scenarios.push(Scenario {
                title: title.trim().to_owned(),
                line,
                steps: Vec::new(),
            });
            continue;
        }
        let Some((word, rest)) = raw.split_once(char::is_whitespace) else {
            continue;
        };
        let word = if word == "且" { last } else { word };
        let sentence = match word {
            "给定" => given(rest.trim()),
            "当" => when(rest.trim()),
            "则" => then(rest.trim()).map(Sentence::Then),
            _ => continue,
        };
        last = word;
        let trouble = |problem| Trouble { line, problem };
        let scenario = scenarios
            .last_mut()
            .ok_or_else(|| trouble("句子前面要有一行“# 标题”。".to_owned()))?;
        scenario.steps.push(Step {
            line,
            text: raw.to_owned(),
            sentence: sentence.map_err(trouble)?,
        });
    }
    Ok(scenarios)
}

type Read<T> = Result<T, String>;

fn given(text: &str) -> Read<Sentence> {
    if let Some((name, rest)) = text.split_once(" 是 ")
        && let Some((roles, unit)) = rest.split_once("属于")
    {
        let roles = roles.trim().trim_end_matches(['，', ',']);
        return Ok(Sentence::Person {
            name: name.trim().to_owned(),
            roles: roles.split('、').map(|r| r.trim().to_owned()).collect(),
            unit: unit.trim().to_owned(),
        });
    }
    let (head, values) = head_and_values(text)?;
    let mut words = head.split_whitespace();
    let register = need(words.next(), "台账名称")?;
    let mut alias = words.next();
    let mut count = 1;
    if let Some(number) = alias.and_then(|word| word.parse().ok()) {
        count = number;
        need(words.next(), "量词，例如“45 家”")?;
        alias = words.next();
    }
    Ok(Sentence::Given {
        register,
        count,
        alias: alias.map(str::to_owned),
        values,
    })
}

fn when(text: &str) -> Read<Sentence> {
    let (head, values) = head_and_values(text)?;
    let mut words: Vec<&str> = head.split_whitespace().collect();
    let day = need((!words.is_empty()).then(|| words.remove(0)), "日期")?;
    if day.parse::<ground::Date>().is_err() {
        return Err(format!("“{day}”不是日期，应写成 2025-03-03。"));
    }
    let timed = words.first().is_some_and(|word| word.contains(':'));
    let time = timed.then(|| words.remove(0).to_owned());
    let deed = match words.as_slice() {
        ["到点"] => Deed::Tick,
        [who, "登记", register, alias @ ..] if alias.len() < 2 => Deed::Create {
            who: (*who).to_owned(),
            register: (*register).to_owned(),
            alias: alias.first().map(|a| (*a).to_owned()),
            values,
        },
        [who, "办理", alias @ .., label] if alias.len() < 2 => Deed::Act {
            who: (*who).to_owned(),
            alias: alias.first().map(|a| (*a).to_owned()),
            label: (*label).to_owned(),
            values,
        },
        [who, "修改", alias @ ..] if alias.len() < 2 => Deed::Edit {
            who: (*who).to_owned(),
            alias: alias.first().map(|a| (*a).to_owned()),
            values,
        },
        _ => {
            return Err("“当”后面要写：日期 到点，或日期 某人 登记、办理、修改 什么。".to_owned());
        }
    };
    Ok(Sentence::When { day, time, deed })
}

fn then(text: &str) -> Read<Vec<Claim>> {
    if let Some((who, rest)) = text.split_once(" 看到 ") {
        let (alias, values) = rest
            .trim()
            .split_once(char::is_whitespace)
            .ok_or("“看到”后面要写哪一条和字段=值。")?;
        return Ok(vec![Claim::Sees {
            who: who.trim().to_owned(),
            alias: alias.to_owned(),
            values: pairs(values)?,
        }]);
    }
    // A claim with a colon is the last one: what follows the colon are its values.
    let (head, values) = match cut(text, &['：']).as_slice() {
        [head, rest] => (head.clone(), Some(pairs(rest)?)),
        _ => (text.to_owned(), None),
    };
    let parts = cut(&head, &['，', ',']);
    let last = parts.len();
    let claims = parts.iter().enumerate().map(|(index, part)| {
        let values = if index + 1 == last {
            values.as_ref()
        } else {
            None
        };
        claim(part.trim(), values)
    });
    claims.collect()
}

const STANDING: [&str; 5] = ["状态", "承办", "期限", "灯", "编号"];

fn claim(text: &str, values: Option<&Pairs>) -> Read<Claim> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let own = |word: &str| word.to_owned();
    match words.as_slice() {
        ["被拒"] => return Ok(Claim::Refused { words: None }),
        ["被拒", rest @ ..] => {
            let words = Some(rest.join(" ").trim_matches(['“', '”']).to_owned());
            return Ok(Claim::Refused { words });
        }
        ["指标", title, period, rest @ ..] => return metric(title, period, rest),
        ["行动", title, rest @ ..] if !rest.is_empty() => {
            return Ok(Claim::Campaign {
                title: own(title),
                what: rest.join(" "),
            });
        }
        ["报送", period, what, value] => {
            return Ok(Claim::Cycle {
                period: own(period),
                what: own(what),
                value: own(value),
            });
        }
        [what @ ("最早" | "最晚"), alias, first, "至", last] => {
            return Ok(Claim::Days {
                late: *what == "最晚",
                alias: own(alias),
                first: own(first),
                last: own(last),
            });
        }
        ["时差", alias, days, "天"] => {
            return Ok(Claim::Float {
                alias: own(alias),
                days: own(days),
            });
        }
        [what @ ("完工" | "结论"), alias, value @ ..] if !value.is_empty() => {
            return Ok(Claim::Finish {
                alias: own(alias),
                what: own(what),
                value: value.join(" "),
            });
        }
        [register, count, "条"] => {
            let count = count.parse().map_err(|_| format!("“{count}”不是条数。"))?;
            return Ok(Claim::Count {
                register: own(register),
                count,
                values: values.cloned().unwrap_or_default(),
            });
        }
        _ => {}
    }
    about_a_record(&words).ok_or_else(|| format!("看不懂“{text}”。"))
}

/// Claims about one record, with its name in front or about the last one.
fn about_a_record(words: &[&str]) -> Option<Claim> {
    let own = |word: &str| word.to_owned();
    let (alias, rest) = match words {
        [first, ..] if STANDING.contains(first) || ["义务", "没有义务"].contains(first) => {
            (None, words)
        }
        [_, "=", ..] => (None, words),
        [first, rest @ ..] => (Some(own(first)), rest),
        [] => return None,
    };
    match rest {
        ["义务", title, "到期", due, light @ ..] if light.len() < 2 => Some(Claim::Duty {
            alias,
            title: own(title),
            due: own(due),
            light: light.first().map(|word| own(word)),
        }),
        ["没有义务", title] => Some(Claim::NoDuty {
            alias,
            title: own(title),
        }),
        [label, "=", value @ ..] if !value.is_empty() => Some(Claim::Field {
            alias,
            label: own(label),
            value: value.join(" "),
        }),
        [what, value @ ..] if STANDING.contains(what) && !value.is_empty() => {
            Some(Claim::Standing {
                alias,
                what: own(what),
                value: value.join(" "),
            })
        }
        _ => None,
    }
}

fn metric(title: &str, period: &str, rest: &[&str]) -> Read<Claim> {
    let place = rest.iter().rposition(|word| *word == "=");
    let Some(place) = place else {
        return Err("指标后面要写“= 值”。".to_owned());
    };
    let by: Vec<Pairs> = rest[..place]
        .iter()
        .map(|p| pairs(p))
        .collect::<Read<_>>()?;
    Ok(Claim::Metric {
        title: title.to_owned(),
        period: period.to_owned(),
        by: by.into_iter().flatten().collect(),
        value: rest[place + 1..].join(" "),
    })
}

fn need(word: Option<&str>, what: &str) -> Read<String> {
    word.map(str::to_owned)
        .ok_or_else(|| format!("这里缺{what}。"))
}

fn head_and_values(text: &str) -> Read<(String, Pairs)> {
    match cut(text, &['：']).as_slice() {
        [head, rest] => Ok((head.clone(), pairs(rest)?)),
        _ => Ok((text.to_owned(), Vec::new())),
    }
}

/// `字段=值，字段=值`; commas inside “” and 【】 belong to the value.
pub fn pairs(text: &str) -> Read<Pairs> {
    let parts = cut(text, &['，', ',']);
    let read = parts.iter().map(|part| {
        let (label, value) = part
            .split_once('=')
            .ok_or_else(|| format!("“{part}”应写成“字段=值”。"))?;
        let value = value.trim();
        let plain = value.strip_prefix('“').and_then(|v| v.strip_suffix('”'));
        let whole = plain.filter(|inner| !inner.contains(['“', '”']));
        Ok((label.trim().to_owned(), whole.unwrap_or(value).to_owned()))
    });
    read.collect()
}

/// Rows of a table field: `【列=值，列=值】【…】`.
pub fn rows(text: &str) -> Read<Vec<Pairs>> {
    let parts = text.split('】').filter(|part| !part.trim().is_empty());
    let read = parts.map(|part| {
        let inner = part.trim().strip_prefix('【');
        pairs(inner.ok_or_else(|| format!("表格的一行要写在【】里：“{part}”。"))?)
    });
    read.collect()
}

/// Cuts at separators outside of brackets and quotes; at the first colon only.
fn cut(text: &str, at: &[char]) -> Vec<String> {
    let colon = at == ['：'];
    let mut parts = vec![String::new()];
    let mut depth = 0i32;
    for c in text.chars() {
        match c {
            '“' | '【' | '（' => depth += 1,
            '”' | '】' | '）' => depth -= 1,
            _ => {}
        }
        if depth == 0 && at.contains(&c) && !(colon && parts.len() == 2) {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Sentence {
        let text = format!("# 例\n{text}\n");
        let mut scenarios = read(&text).expect("a sentence");
        scenarios.remove(0).steps.remove(0).sentence
    }

    fn pair(label: &str, value: &str) -> (String, String) {
        (label.to_owned(), value.to_owned())
    }

    #[test]
    fn a_person_has_roles_and_a_unit() {
        let person = Sentence::Person {
            name: "张三".to_owned(),
            roles: vec!["网格员".to_owned(), "网格管理员".to_owned()],
            unit: "须水街道".to_owned(),
        };
        assert_eq!(
            one("给定 张三 是 网格员、网格管理员，属于 须水街道"),
            person
        );
    }

    #[test]
    fn many_records_are_given_in_one_sentence() {
        let given = Sentence::Given {
            register: "互认医疗机构".to_owned(),
            count: 53,
            alias: Some("机构{n}".to_owned()),
            values: vec![pair("级别", "基层")],
        };
        assert_eq!(one("给定 互认医疗机构 53 家 机构{n}：级别=基层"), given);
    }

    #[test]
    fn a_deed_has_day_person_record_and_values() {
        let deed = Deed::Act {
            who: "张三".to_owned(),
            alias: Some("甲".to_owned()),
            label: "申请销号".to_owned(),
            values: vec![pair("办理结果", "已拆，已清"), pair("原因", "甲：乙")],
        };
        let when = Sentence::When {
            day: "2025-03-10".to_owned(),
            time: Some("09:30".to_owned()),
            deed,
        };
        let text = "当 2025-03-10 09:30 张三 办理 甲 申请销号：办理结果=“已拆，已清”，原因=甲：乙";
        assert_eq!(one(text), when);
    }

    #[test]
    fn a_table_row_keeps_its_commas() {
        let values =
            pairs("检查项=【内容=甲，结果=合格】【内容=乙，结果=不合格】，备注=无").expect("pairs");
        assert_eq!(values.len(), 2);
        let rows = rows(&values[0].1).expect("rows");
        assert_eq!(rows[1], [pair("内容", "乙"), pair("结果", "不合格")]);
    }

    #[test]
    fn claims_are_told_apart() {
        let Sentence::Then(claims) = one(
            "则 状态 已上报，甲 期限 2025-03-03 09:10，甲 义务 按频次巡查 到期 2025-03-10 红，指标 立案率 2025M03 属地=须水街道 = 50%，交办事项 3 条：来源=会议，牵头单位=区发改委",
        ) else {
            panic!("claims");
        };
        assert_eq!(claims.len(), 5);
        assert_eq!(
            claims[1],
            Claim::Standing {
                alias: Some("甲".to_owned()),
                what: "期限".to_owned(),
                value: "2025-03-03 09:10".to_owned(),
            }
        );
        assert!(matches!(&claims[2], Claim::Duty { light: Some(l), .. } if l == "红"));
        assert!(
            matches!(&claims[3], Claim::Metric { by, value, .. } if by.len() == 1 && value == "50%")
        );
        assert!(matches!(&claims[4], Claim::Count { count: 3, values, .. } if values.len() == 2));
    }

    #[test]
    fn a_sentence_that_is_none_is_told_with_its_line() {
        let trouble = read("# 例\n\n当 昨天 张三 登记 甲\n").unwrap_err();
        assert_eq!(
            (trouble.line, trouble.problem.as_str()),
            (3, "“昨天”不是日期，应写成 2025-03-03。")
        );
        assert_eq!(read("则 状态 已上报").unwrap_err().line, 1);
        assert_eq!(
            read("# 例\n则 随便写写\n").unwrap_err().problem,
            "看不懂“随便写写”。"
        );
    }
}
