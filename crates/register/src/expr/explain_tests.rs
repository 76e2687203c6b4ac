//! What people read. Every expression of the engines' paper, and the patterns that other registers use.

use super::testing::*;
use super::*;
use crate::definition::Definition;

fn told(definition: &Definition, text: &str) -> String {
    let registers = vec![hazard(), device(), institution(), organisation()];
    let extra = [
        ("period", Named::Period),
        ("person", Named::Any),
        ("start", Named::Date),
        ("ref", Named::Record("device")),
        ("old", Named::Any),
        ("row", Named::Any),
    ];
    let sight = Sight {
        definition,
        extra: &extra,
        registers: Some(&registers),
    };
    explain(&expr(text), &sight)
}

#[track_caller]
fn all(definition: &Definition, texts: &[&str], expected: &[&str]) {
    let ours: Vec<String> = texts.iter().map(|text| told(definition, text)).collect();
    assert_eq!(ours, expected, "\n{}", ours.join("\n"));
}

#[test]
fn every_expression_of_the_hazard_register_reads_as_a_sentence() {
    let expected = [
        "任何情况",
        "发现时间不晚于现在",
        "已填企业/场所",
        "“general”",
        "隐患等级为重大隐患",
        "隐患等级为重大隐患，且状态不是草稿",
        "所选人员的单位为责任单位",
        "交办时间 + 5 个工作日（隐患等级为重大隐患时 30 个工作日）",
        "状态为待复查",
        "整改期限之后到整改完成日（未填时用今天）的工作日数（最少为 0）",
        "整改措施不少于 1 行",
        "整改资金等于整改措施各行的资金合计",
        "整改期限",
        "现在",
        "责任单位",
        "隐患等级为一般隐患",
        "整改后照片不少于 1 个，且整改措施每一行的完成为是",
        "本人不是办理“fix”的人",
        "状态不是作废、草稿",
        "状态为已销号，且超期工作日等于 0",
        "整改期限不晚于期末，且状态不是作废",
        "当前承办为本单位，且状态为整改中或已上报",
    ];
    all(&hazard(), &HAZARD_EXPRESSIONS, &expected);
}

#[test]
fn every_expression_of_the_device_register_reads_as_a_sentence() {
    let expected = [
        "放射诊疗机构的许可证有效期至",
        "“nuclear”（设备类别为CT、DR、口腔X射线机或乳腺机时为“diag”；设备类别为DSA时为“interv”；设备类别为加速器时为“therapy”）",
        "诊疗类别为X射线影像诊断或介入放射学",
        "检测记录中类型为状态检测且结论为合格的最晚检测日期",
        "该记录的放射诊疗机构为放射诊疗机构，且该记录的状态为“active”",
        "状态不是建档中",
        "检测记录每一行都满足：填了安装日期时，检测日期不早于安装日期",
        "状态为在用时，许可证有效期至不早于今天",
        "检测记录至少有一行（类型为验收检测，且结论为合格），且操作人员不少于 1 个",
        "最近状态检测已填，且最近状态检测晚于离开“在用”的时间",
        "状态为在用",
        "最近状态检测（未填时用安装日期） + 12 个月",
        "开始日 + 1 个月",
        "“台账”中有一条记录，其放射诊疗机构为该记录，且其状态为在用",
        "放射诊疗机构的所在街道",
        "设备类别",
        "状态为在用，且最近状态检测晚于期末前 12 个月",
        "“年度状态检测”的到期日不晚于今天 + 30 天",
        "原记录的kind（原记录的kind为“牙片机”时为“dental”）",
    ];
    all(&device(), &DEVICE_EXPRESSIONS, &expected);
}

#[test]
fn computed_fields_are_told_with_their_options() {
    let told = |definition: Definition| {
        let registers = vec![institution()];
        let sight = Sight {
            registers: Some(&registers),
            ..Sight::of(&definition)
        };
        let rules = definition
            .fields
            .iter()
            .filter_map(|f| explain_field(f, &sight));
        rules.collect::<Vec<_>>()
    };
    assert_eq!(
        told(hazard()),
        [
            "整改期限 = 交办时间 + 5 个工作日（隐患等级为重大隐患时 30 个工作日）",
            "超期工作日 = 整改期限之后到整改完成日（未填时用今天）的工作日数（最少为 0）",
        ]
    );
    assert_eq!(
        told(device()),
        [
            "许可证有效期至 = 放射诊疗机构的许可证有效期至",
            "诊疗类别 = 核医学（设备类别为CT、DR、口腔X射线机或乳腺机时为X射线影像诊断；设备类别为DSA时为介入放射学；设备类别为加速器时为放射治疗）",
            "最近状态检测 = 检测记录中类型为状态检测且结论为合格的最晚检测日期",
        ]
    );
}

#[test]
fn a_guard_that_refuses_says_what_it_wants() {
    let hazard = hazard();
    let guard = expr("size(photos_after) > 0 && measures.all(m, m.done)");
    assert_eq!(
        explain_guard(&guard, &Sight::of(&hazard)),
        "要求：整改后照片不少于 1 个，且整改措施每一行的完成为是。"
    );
}

#[test]
fn every_operator_and_function_has_its_words() {
    let texts = [
        "!(level == 'major' && cost > wan(50))",
        "level == 'major' || level == 'general' || cost >= 100",
        "(level == 'major' || cost > 5) && !has(text)",
        "text.contains('煤气') && !text.startsWith('无')",
        "!text.matches('^A')",
        "measures.exists(m, m.money > yuan(100))",
        "!measures.exists(m, m.done)",
        "measures.exists_one(m, m.done == true)",
        "size(measures) == 0",
        "size(measures) <= 3",
        "size(text) < 500",
        "count_of(device, device.state == 'in_use') >= 2",
        "today() > due_on",
        "0 < late_days",
        "'inspector' in user.roles",
        "cost * 2 - (cost + 3) / 4",
        "wan(cost) > 10.5",
        "round(cost / 3, 2) == 1",
        "add_days(due_on, -3) <= today()",
        "add_workdays(today(), late_days)",
        "max(due_on, fixed_on)",
        "min(measures.map(m, m.money))",
        "measures.filter(m, !m.done)",
        "year(due_on) == 2025 && is_workday(due_on)",
        "percent(late_days, 30) > 50",
        "avg(measures.map(m, m.money))",
        "due_on == none || text != ''",
        "entered('fixed') < date('2025-05-12')",
        "row.done ? level == 'major' : true",
        "holder == record('organisation', 13)",
    ];
    let expected = [
        "隐患等级不是重大隐患，或整改资金不超过 50 万元",
        "隐患等级为重大隐患或一般隐患，或整改资金不少于 100 元",
        "（隐患等级为重大隐患，或整改资金大于 5 元），且未填隐患描述",
        "隐患描述包含“煤气”，且隐患描述不以“无”开头",
        "隐患描述不符合格式“^A”",
        "整改措施至少有一行资金大于 100 元",
        "整改措施没有一行（完成为是）",
        "整改措施正好有一行（完成为是）",
        "没有整改措施",
        "整改措施不多于 3 行",
        "隐患描述不多于 499 个字",
        "“台账”中其状态为在用的记录不少于 2 条",
        "整改期限早于今天",
        "超期工作日大于 0",
        "本人的角色包括“inspector”",
        "整改资金 × 2 − （整改资金 + 3） ÷ 4",
        "整改资金（万元）大于 10.5",
        "整改资金 ÷ 3（四舍五入，保留 2 位小数）等于 1 元",
        "整改期限前 3 天不晚于今天",
        "今天 + “超期工作日”个工作日",
        "整改期限、整改完成日中较晚的",
        "整改措施各行的最小资金",
        "整改措施中完成为否的项",
        "整改期限的年份等于 2025，且整改期限是工作日",
        "超期工作日占30的百分比大于 50",
        "整改措施各行的资金平均值",
        "整改期限未填，或隐患描述已填",
        "进入“待复查”的时间早于 2025-05-12",
        "本行的done为是时隐患等级为重大隐患，否则任何情况",
        "当前承办为 #13",
    ];
    all(&hazard(), &texts, &expected);
}
