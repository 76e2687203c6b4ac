//! The 15 projects of a round as a wall chart, for tests and examples. Names and sums are from public
//! reports; stages, shares and lights are invented.

use std::collections::BTreeMap;

use ground::Date;
use report::wall_chart::{
    Bar, BarAt, BarState, Group, Light, Link, LinkKind, Row, Target, Tone, Verdict, WallChart,
};

/// group | note ; project | unit | light | stages (name first last percent critical) | target | verdict | forecast
const ROUND: &str = "\
# 签约一批 | 2 个项目 · 2 亿元
八通技术研发中心 | 区科技局 | g | 签约 1/28 2/10 100 +, 备案 2/11 3/1 100 +, 规划许可 3/2 4/20 35 +, 施工许可 4/21 6/25 0 + | 开工 6/25 | 准时
河南省品牌服装研发生产项目 | 区工信局 | y | 签约 1/28 2/15 100 +, 备案 2/16 3/6 70 + 3/14, 规划许可 3/7 5/8 0 +, 施工许可 5/9 6/30 0 + | 开工 6/30 | 晚 6 天
# 开工一批 | 6 个项目 · 31.2 亿元
泛锐云智项目 | 须水街道 | g | 基础 1/28 3/5 100 +, 主体施工 3/6 7/10 8 +, 设备安装 7/11 10/10 0 +, 竣工验收 10/11 11/30 0 - | 投产 11/30 | 早 3 天
西京花园幼儿园等 7 所幼儿园建设 | 区教育局 | y | 基础 1/28 3/8 82 + 3/17, 主体施工 3/9 6/10 0 +, 装饰装修 6/11 8/5 0 +, 验收 8/6 8/25 0 - | 交付 8/25 | 晚 8 天
河南省煤矿智能化建设创新中心 | 区发改委 | g | 平台设计 1/28 3/20 90 +, 实验室改造 3/21 7/15 0 +, 设备联调 7/16 10/31 0 - | 投产 10/31 | 准时
2023 年老旧小区改造 | 区住建局 | g | 摸底设计 1/28 2/28 100 +, 管网改造 3/1 6/30 12 +, 外立面 7/1 9/30 0 +, 验收 10/1 10/31 0 - | 完工 10/31 | 准时
常庄水库加固提升及金水河分洪 PPP | 区城建局 | g | 围堰导流 1/28 3/15 93 +, 坝体加固 3/16 5/31 0 +, 分洪隧洞 6/1 11/10 0 +, 验收 11/11 12/20 0 - | 完工 12/20 | 准时
郑州外国语中学莲湖校区 | 莲湖街道 | r | 桩基工程 1/28 3/1 62 + 3/18, 主体施工 3/2 6/5 0 +, 装饰装修 6/6 8/1 0 +, 验收 8/2 8/20 0 - | 交付 8/20 | 晚 17 天
# 投产一批 | 7 个项目 · 29.2 亿元
渡森服饰年产 300 万件智能化生产线 | 区工信局 | g | 设备调试 1/28 2/25 100 +, 试生产 2/26 4/10 45 +, 达产 4/11 6/30 0 + | 达效 6/30 | 早 2 天
中原区建设路第六小学 | 区教育局 | g | 装修收尾 1/28 3/20 80 +, 设施采购 3/21 6/20 0 +, 验收移交 6/21 8/10 0 - | 启用 8/10 | 准时
河南昱峰医疗科技产业园 | 区商务局 | y | 设备安装 1/28 3/9 86 + 3/15, 试生产 3/10 5/15 0 +, 达产 5/16 8/31 0 - | 达效 8/31 | 晚 5 天
市医疗卫生应急物资储备中心 | 区卫健委 | g | 货架安装 1/28 2/28 100 +, 系统联调 3/1 4/5 70 +, 投用 4/6 5/31 0 - | 达效 5/31 | 准时
国棉三厂特色历史文化街区综合改造 | 棉纺路街道 | g | 修缮收尾 1/28 3/25 78 +, 招商入场 3/26 5/1 0 +, 开街运营 5/2 8/20 0 + | 达效 8/20 | 准时
大喜城综合体项目 | 区商务局 | g | 消防验收 1/28 3/12 95 +, 招商入驻 3/13 5/1 0 +, 开业爬坡 5/2 10/1 0 - | 达效 10/1 | 准时
CCD Park 锦艺奥特莱斯 | 区文旅体局 | g | 开业筹备 1/28 2/20 100 +, 试营业 2/21 4/28 30 +, 达效 4/29 9/30 0 + | 达效 9/30 | 早 4 天";

/// The round on 2023-03-10, the red project selected.
pub fn chart() -> WallChart {
    let mut groups: Vec<Group> = Vec::new();
    let mut order = 0;
    for line in ROUND.lines() {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        if let Some(label) = line.strip_prefix('#') {
            let label = label
                .split('|')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned();
            groups.push(Group {
                label,
                note: parts[1].to_owned(),
                rows: Vec::new(),
            });
        } else {
            order += 1;
            groups
                .last_mut()
                .expect("a group comes first")
                .rows
                .push(row(order, &parts));
        }
    }
    WallChart {
        title: "中原区第七期“三个一批”重点项目挂图".into(),
        facts: [
            "15 个项目",
            "总投资 62.4 亿元",
            "签约 2 个 2 亿",
            "开工 6 个 31.2 亿",
            "投产 7 个 29.2 亿",
        ]
        .map(String::from)
        .to_vec(),
        today: Date::constant(2023, 3, 10),
        as_of: "2023年3月10日 08:00".into(),
        note: "项目名称与投资额取自公开报道，节点与灯色为演示数据".into(),
        filler: "中原区“三个一批”工作专班".into(),
        groups,
        links: vec![link((1, 3, 0), (1, 5, 1)), link((1, 0, 2), (2, 2, 1))],
        days_off: BTreeMap::from([(Date::constant(2023, 3, 11), String::new())]),
    }
}

fn link(from: (usize, usize, usize), to: (usize, usize, usize)) -> Link {
    let at = |(group, row, bar)| BarAt {
        group,
        row,
        sub_row: None,
        bar,
    };
    Link {
        from: at(from),
        to: at(to),
        kind: LinkKind::FinishStart,
    }
}

fn row(order: usize, parts: &[&str]) -> Row {
    let light = match parts[2] {
        "g" => Light::Green,
        "y" => Light::Yellow,
        _ => Light::Red,
    };
    let (kind, date) = parts[4].split_once(' ').expect("kind and day");
    let stages = parts[3].split(',').enumerate();
    Row {
        project_id: format!("{order}"),
        order_no: order.to_string(),
        light,
        name: parts[0].to_owned(),
        unit: parts[1].to_owned(),
        bars: stages
            .map(|(place, stage)| bar(order * 10 + place, stage, light))
            .collect(),
        target: Some(Target {
            kind: kind.to_owned(),
            date: day(date),
        }),
        verdict: Some(Verdict {
            text: parts[5].to_owned(),
            tone: tone(parts[5], light),
        }),
        selected: light == Light::Red,
        ..Row::default()
    }
}

fn tone(text: &str, light: Light) -> Tone {
    match text.chars().next() {
        Some('早') => Tone::Good,
        Some('晚') if light == Light::Red => Tone::Bad,
        Some('晚') => Tone::Warning,
        _ => Tone::Plain,
    }
}

fn bar(id: usize, stage: &str, light: Light) -> Bar {
    let words: Vec<&str> = stage.split_whitespace().collect();
    let percent: i64 = words[3].parse().expect("a percent");
    let state = match percent {
        100 => BarState::Done,
        0 => BarState::Ahead,
        _ => BarState::Running,
    };
    Bar {
        activity_id: id.to_string(),
        name: words[0].to_owned(),
        first: day(words[1]),
        last: day(words[2]),
        state,
        percent_hundredths: percent * 100,
        light: if state == BarState::Running {
            light
        } else {
            Light::Grey
        },
        critical: words[4] == "+",
        forecast_last: words.get(5).map(|text| day(text)),
        ghost: None,
    }
}

fn day(text: &str) -> Date {
    let (month, day) = text.split_once('/').expect("month/day");
    Date::new(
        2023,
        month.parse().expect("a month"),
        day.parse().expect("a day"),
    )
    .expect("a day")
}
