//! The words of the definition language, in one table: what `parse` allows, what editors complete and what the manual
//! lists cannot drift apart.

use crate::definition::{DuplicateAction, Mask, Normalise, OnWithdraw};
use crate::import::{ImportLayout, OnMatch, UnknownColumn};
use crate::law::{Ability, CheckSeverity, Lamp, MetricTime};

/// A table of the file: `[register]`, `[[field]]`, or one inside another.
pub(crate) struct Block {
    /// What it is, for editors.
    pub about: &'static str,
    /// Its keys in the order in which they are best written.
    pub keys: &'static [Key],
}

/// A key of a block.
pub(crate) struct Key {
    /// The word.
    pub id: &'static str,
    /// What stands behind it.
    pub shape: Shape,
    /// What it does, for editors.
    pub about: &'static str,
}

/// What a key holds.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Quoted text.
    Text,
    /// An id of this register.
    Id,
    /// `true` or `false`.
    Flag,
    /// `true`, `false` or an expression.
    FlagOrExpr,
    /// An expression.
    Expr,
    /// A number.
    Number,
    /// A list of texts.
    Texts,
    /// One text or a list of them.
    TextOrTexts,
    /// `5wd`.
    Span,
    /// A list of spans.
    Spans,
    /// A date.
    Date,
    /// A date or an expression.
    DateOrExpr,
    /// `{ "zh-CN" = "…" }`.
    Words,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Some of these words.
    SomeOf(&'static [&'static str]),
    /// A table of expressions by field.
    Exprs,
    /// A table of texts.
    TextMap,
    /// Tables of texts by field or list.
    TextMaps,
    /// A choice list, or choice lists by id.
    Lists,
    /// Options as texts or as tables.
    Options,
    /// One block.
    One(&'static Block),
    /// Any number of blocks.
    Many(&'static Block),
    /// One block or any number.
    OneOrMany(&'static Block, &'static Block),
    /// Blocks by id: `[campaign.x]`.
    Named(&'static Block),
    /// A register id, or a block.
    TextOrOne(&'static Block),
    /// The flag `list`, or the id of a choice list.
    FlagOrText,
}

/// A word of the language with what it stands for.
pub(crate) type Meaning<T> = (&'static str, T);

const fn words<T: Copy, const N: usize>(table: [Meaning<T>; N]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = table[at].0;
        at += 1;
    }
    words
}

const fn key(id: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { id, shape, about }
}

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident, $words:ident: $ty:ty = [$($pair:expr),+ $(,)?];)+) => {$(
        $(#[$doc])*
        pub(crate) const $name: &[Meaning<$ty>] = &[$($pair),+];
        const $words: &[&str] = &words([$($pair),+]);
    )+};
}

vocabulary! {
    /// What a broken check does.
    SEVERITY, SEVERITY_WORDS: CheckSeverity = [
        ("warn", CheckSeverity::Warn),
        ("error", CheckSeverity::Error),
        ("error_on_submit", CheckSeverity::ErrorOnSubmit),
    ];
    /// Colours.
    LAMP, LAMP_WORDS: Lamp = [("green", Lamp::Green), ("yellow", Lamp::Yellow), ("red", Lamp::Red)];
    /// Flow or stock.
    TIME, TIME_WORDS: MetricTime = [("flow", MetricTime::Flow), ("stock", MetricTime::Stock)];
    /// Rights.
    ABILITY, ABILITY_WORDS: Ability = [
        ("create", Ability::Create),
        ("read", Ability::Read),
        ("update", Ability::Update),
        ("withdraw", Ability::Withdraw),
        ("export", Ability::Export),
        ("import", Ability::Import),
        ("unmask", Ability::Unmask),
    ];
    /// Duplicates.
    ACTION, ACTION_WORDS: DuplicateAction = [
        ("warn", DuplicateAction::Warn),
        ("block", DuplicateAction::Block),
        ("merge", DuplicateAction::Merge),
    ];
    /// Masks.
    MASK, MASK_WORDS: Mask = [
        ("middle4", Mask::Middle4),
        ("id_card", Mask::CitizenId),
        ("name", Mask::Name),
        ("all", Mask::All),
    ];
    /// Normalising.
    NORMALISE, NORMALISE_WORDS: Normalise = [
        ("trim", Normalise::Trim),
        ("halfwidth", Normalise::Halfwidth),
        ("upper", Normalise::Upper),
    ];
    /// References to withdrawn records.
    ON_DELETE, ON_DELETE_WORDS: OnWithdraw = [("keep", OnWithdraw::Keep), ("restrict", OnWithdraw::Restrict)];
    /// Shape of a workbook.
    LAYOUT, LAYOUT_WORDS: ImportLayout = [("rows", ImportLayout::Rows), ("cross", ImportLayout::Cross)];
    /// A row whose record is known.
    ON_MATCH, ON_MATCH_WORDS: OnMatch = [
        ("update", OnMatch::Update),
        ("skip", OnMatch::Skip),
        ("refuse", OnMatch::Refuse),
    ];
    /// A column that nothing is known of.
    UNKNOWN_COLUMN, UNKNOWN_COLUMN_WORDS: UnknownColumn = [
        ("ask", UnknownColumn::Ask),
        ("reject", UnknownColumn::Reject),
        ("ignore", UnknownColumn::Ignore),
    ];
}

/// Levels of organisations.
pub(crate) const LEVELS: &[&str] = &["district", "street", "community", "department"];
/// Coordinate systems.
pub(crate) const CRS: &[&str] = &["CGCS2000", "WGS84", "GCJ02", "BD09"];
/// Calendars; `cn` is the official working days.
pub(crate) const CALENDARS: &[&str] = &["cn", "cn5", "site6", "site7"];
/// Kinds of registers, as people look for them.
pub(crate) const FAMILIES: &[&str] = &["project", "work", "enterprise", "programme", "directory"];
/// How widely a register may be seen.
pub(crate) const SENSITIVITIES: &[&str] = &["public", "internal", "sensitive", "restricted"];
/// Coding standards of texts.
pub(crate) const FORMATS: &[&str] = &["project_code", "region"];
/// Money units.
pub(crate) const MONEY_UNITS: &[&str] = &["元", "万元", "亿元"];
/// Kinds of view.
pub(crate) const VIEW_KINDS: &[&str] = &["list", "kanban", "calendar", "map", "matrix"];
/// Kinds of period, short and long.
pub(crate) const PERIODS: &[&str] = &[
    "day", "week", "dekad", "month", "quarter", "half", "year", "D", "W", "T", "M", "Q", "H", "Y",
];
/// Fields of a form.
pub(crate) const TYPES: &[&str] = &[
    "text",
    "long_text",
    "int",
    "decimal",
    "money",
    "percent",
    "bool",
    "date",
    "datetime",
    "period",
    "code",
    "multi_code",
    "org",
    "person",
    "phone",
    "uscc",
    "id_card",
    "ref",
    "text_list",
    "attachment",
    "signature",
    "note",
    "geo_point",
    "geo_line",
    "geo_area",
    "table",
];

/// The whole file.
pub(crate) static FILE: Block = Block {
    about: "台账定义",
    keys: &[
        key(
            "register",
            Shape::One(&REGISTER),
            "台账本身：代号、版本、名称",
        ),
        key(
            "roles",
            Shape::TextMap,
            "角色的中文名；督查员、填报员等通用角色不用写",
        ),
        key("number", Shape::One(&NUMBER), "编号规则"),
        key("choices", Shape::Lists, "选项表"),
        key("field", Shape::Many(&FIELD), "字段，按填表顺序"),
        key("check", Shape::Many(&CHECK), "整条记录的校验"),
        key("state", Shape::Many(&STATE), "流程状态"),
        key("transition", Shape::Many(&TRANSITION), "办理动作"),
        key("escalate", Shape::Many(&ESCALATE), "催办升级"),
        key("extension", Shape::One(&EXTENSION), "延期规则"),
        key("obligation", Shape::Many(&OBLIGATION), "周期义务"),
        key("campaign", Shape::Named(&CAMPAIGN), "专项行动"),
        key("cycle", Shape::One(&CYCLE), "填报周期"),
        key("duplicate", Shape::Many(&DUPLICATE), "查重规则"),
        key("metric", Shape::Many(&METRIC), "指标"),
        key("view", Shape::Many(&VIEW), "视图"),
        key("import", Shape::OneOrMany(&IMPORT, &TEMPLATE), "表格导入"),
        key("report", Shape::Many(&REPORT), "报表模板"),
        key("permit", Shape::Many(&PERMIT), "权限"),
        key("migrate", Shape::Many(&MIGRATE), "版本迁移"),
    ],
};

pub(crate) static REGISTER: Block = Block {
    about: "台账本身",
    keys: &[
        key("id", Shape::Id, "代号，英文小写，与文件夹同名"),
        key("version", Shape::Text, "版本号，三段数字，如 1.0.0"),
        key("title", Shape::Words, "名称"),
        key("core", Shape::Flag, "系统自用，不能删除"),
        key("owner", Shape::Text, "业务主管单位"),
        key(
            "family",
            Shape::OneOf(FAMILIES),
            "类别：项目、工作落实、企业、专项、名录；“全部台账”按它分组",
        ),
        key(
            "calendar",
            Shape::OneOf(CALENDARS),
            "时限用的日历；cn 为法定工作日",
        ),
        key(
            "sensitivity",
            Shape::OneOf(SENSITIVITIES),
            "公开、内部、敏感或受限",
        ),
        key("name_field", Shape::Id, "哪个字段是记录的名称"),
        key("alias_field", Shape::Id, "哪个文字列表字段是别名"),
        key("also_named", Shape::Texts, "还有哪些字段也算名称（简称）"),
        key("list", Shape::Texts, "列表默认显示的列"),
    ],
};

pub(crate) static NUMBER: Block = Block {
    about: "编号规则",
    keys: &[
        key("pattern", Shape::Text, "样式，如 AQ{org.abbr}{yyyy}{seq:5}"),
        key(
            "scope",
            Shape::Texts,
            "各自从 1 编起的范围，如 [\"org\", \"yyyy\"]",
        ),
        key("assign", Shape::Text, "在哪个动作时编号；不写为新建时"),
    ],
};

pub(crate) static CHOICE: Block = Block {
    about: "一个选项",
    keys: &[
        key("code", Shape::Id, "代码，存入记录"),
        key("zh-CN", Shape::Text, "显示的文字"),
        key("en", Shape::Text, "英文"),
        key("synonyms", Shape::Texts, "表格里的其他写法"),
        key(
            "with",
            Shape::TextMap,
            "筛选用的其他值，规则里写 option.名称",
        ),
    ],
};

pub(crate) static FIELD: Block = Block {
    about: "字段，或表格的一列",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("type", Shape::OneOf(TYPES), "类型"),
        key("label", Shape::Words, "名称"),
        key("hint", Shape::Words, "填写说明"),
        key("required", Shape::FlagOrExpr, "必填，或何时必填"),
        key("visible", Shape::FlagOrExpr, "何时显示"),
        key("read_only", Shape::FlagOrExpr, "何时不能改"),
        key("default", Shape::Expr, "新建时的值"),
        key("compute", Shape::Expr, "自动计算的值"),
        key("override_by", Shape::Texts, "谁可以改写计算值（写理由）"),
        key("check", Shape::One(&FIELD_CHECK), "值的校验"),
        key("pick", Shape::Expr, "可选哪些选项、人员、单位或记录"),
        key(
            "copy",
            Shape::TextMap,
            "选定引用时抄存的值：本字段 = 对方字段",
        ),
        key("set_once", Shape::Flag, "填后不改"),
        key("mask", Shape::OneOf(MASK_WORDS), "脱敏方式"),
        key("normalise", Shape::SomeOf(NORMALISE_WORDS), "存前整理"),
        key("renamed_from", Shape::Id, "旧版里的代号"),
        key("list", Shape::FlagOrText, "在列表显示；选项字段写选项表名"),
        key("values", Shape::Options, "就地写的选项"),
        key("other", Shape::Id, "选项里没有时，文字记到哪个字段"),
        key("to", Shape::Text, "引用哪个台账"),
        key("many", Shape::Flag, "可引用多条"),
        key(
            "on_delete",
            Shape::OneOf(ON_DELETE_WORDS),
            "被引用的记录注销时",
        ),
        key("else_to", Shape::Id, "名录里没有时，文字记到哪个字段"),
        key("level", Shape::OneOf(LEVELS), "单位的层级"),
        key("columns", Shape::Many(&FIELD), "表格的列"),
        key("min_rows", Shape::Number, "表格至少几行"),
        key("show", Shape::OneOf(MONEY_UNITS), "金额的单位"),
        key("unit", Shape::Text, "数字的量词"),
        key("digits", Shape::Number, "小数位数"),
        key("bound", Shape::Flag, "金额可写约、余、近"),
        key("min", Shape::Number, "最小值、最少个数"),
        key("max", Shape::Number, "最大值、最多个数"),
        key("max_len", Shape::Number, "最多字数"),
        key("format", Shape::OneOf(FORMATS), "编码标准"),
        key("accept", Shape::Texts, "附件类型，如 image/*"),
        key("crs", Shape::OneOf(CRS), "坐标系"),
        key("synonyms", Shape::Texts, "表头的其他写法"),
        key("core", Shape::Flag, "系统自用，不能改类型"),
        key("unique", Shape::Flag, "全台账不重复"),
        key("search", Shape::Flag, "可搜索"),
        key("print", Shape::Flag, "可打印"),
        key("import_only", Shape::Flag, "只在导入时用"),
    ],
};

pub(crate) static FIELD_CHECK: Block = Block {
    about: "值的校验",
    keys: &[
        key("rule", Shape::Expr, "必须成立的条件"),
        key("message", Shape::Words, "不成立时说什么"),
    ],
};

pub(crate) static CHECK: Block = Block {
    about: "整条记录的校验",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("when", Shape::Expr, "什么情况下才查"),
        key("rule", Shape::Expr, "必须成立的条件"),
        key(
            "severity",
            Shape::OneOf(SEVERITY_WORDS),
            "提醒、不让存，或提交时才拦",
        ),
        key("message", Shape::Words, "不成立时说什么，可写 {字段}"),
    ],
};

pub(crate) static STATE: Block = Block {
    about: "流程状态",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("label", Shape::Words, "名称"),
        key("initial", Shape::Flag, "新记录从这里开始"),
        key("final", Shape::Flag, "到此为止"),
        key("done", Shape::Flag, "算办结；final 的状态自然算"),
        key("clock", Shape::One(&CLOCK), "时限"),
        key(
            "editable",
            Shape::Texts,
            "此时可改的字段；不写为都可，[] 为都不可",
        ),
        key("hand_over", Shape::Flag, "可转办"),
        key("recall", Shape::Flag, "可撤回"),
        key("synonyms", Shape::Texts, "表格里的其他写法"),
    ],
};

pub(crate) static CLOCK: Block = Block {
    about: "时限",
    keys: &[
        key("after", Shape::Span, "多久，如 5wd"),
        key("after_expr", Shape::Expr, "算出的时长"),
        key(
            "from",
            Shape::Text,
            "从何时起：entered、first_entered 或日期",
        ),
        key("until", Shape::Expr, "到哪一天或哪一刻"),
        key("pause_in", Shape::Texts, "在这些状态里不计时"),
    ],
};

pub(crate) static TRANSITION: Block = Block {
    about: "办理动作",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("label", Shape::Words, "按钮文字"),
        key("from", Shape::TextOrTexts, "从哪些状态；不写为全部未结状态"),
        key(
            "to",
            Shape::Text,
            "到哪个状态；visited 退回任一节点，same 不变",
        ),
        key(
            "roles",
            Shape::Texts,
            "谁能办：角色、holder、creator、owner、anyone",
        ),
        key("guard", Shape::Expr, "前提条件"),
        key("guard_message", Shape::Words, "条件不成立时说什么"),
        key("ask", Shape::Texts, "办理时必填的字段；reason 为理由"),
        key("offer", Shape::Texts, "办理时可填的字段"),
        key("set", Shape::Exprs, "自动填的值"),
        key("approve", Shape::One(&APPROVE), "会签"),
        key(
            "opens",
            Shape::OneOrMany(&OPENS, &OPENS),
            "同时在别的台账开一条",
        ),
        key("auto", Shape::Span, "到时自动办理"),
        key("negative", Shape::Flag, "打回、反弹一类，红色显示"),
    ],
};

pub(crate) static APPROVE: Block = Block {
    about: "会签",
    keys: &[
        key("all_of", Shape::Texts, "这些角色都要签"),
        key("any_of", Shape::Texts, "其中之一签即可"),
        key("n_of", Shape::Texts, "其中 n 个签即可"),
        key("n", Shape::Number, "几个"),
        key("when", Shape::Expr, "什么情况下才要会签"),
        key("add_signer", Shape::Flag, "可加签"),
    ],
};

pub(crate) static OPENS: Block = Block {
    about: "在别的台账开一条",
    keys: &[
        key("register", Shape::Text, "哪个台账"),
        key("set", Shape::Exprs, "那条记录的值"),
        key("each", Shape::Id, "按这个表格的每一行各开一条"),
        key("when", Shape::Expr, "什么情况下才开"),
    ],
};

pub(crate) static ESCALATE: Block = Block {
    about: "催办升级",
    keys: &[
        key("in", Shape::Texts, "看哪些状态；不写为全部有时限的"),
        key("steps", Shape::Many(&STEP), "各级措施"),
    ],
};

pub(crate) static STEP: Block = Block {
    about: "一级催办",
    keys: &[
        key("at", Shape::Span, "到期前（负）或后多久，如 -1wd、+3wd"),
        key("light", Shape::OneOf(LAMP_WORDS), "亮什么灯"),
        key("notify", Shape::Texts, "提醒谁"),
        key("open", Shape::TextOrOne(&OPENS), "在哪个台账开一条督办"),
    ],
};

pub(crate) static EXTENSION: Block = Block {
    about: "延期规则",
    keys: &[
        key("field", Shape::Id, "顺延哪个期限字段；不写为状态时限"),
        key("in", Shape::Texts, "在哪些状态可申请"),
        key("roles", Shape::Texts, "谁审批"),
        key("times", Shape::Number, "最多几次"),
        key("max", Shape::Span, "一次最长多久"),
        key("when_late", Shape::Flag, "逾期后还能申请"),
    ],
};

pub(crate) static OBLIGATION: Block = Block {
    about: "周期义务",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("title", Shape::Words, "名称"),
        key("while", Shape::Expr, "什么情况下有此义务"),
        key("due", Shape::Expr, "下次到期日"),
        key("remind", Shape::Spans, "提前多久提醒"),
        key("overdue", Shape::One(&OVERDUE), "逾期后"),
    ],
};

pub(crate) static OVERDUE: Block = Block {
    about: "逾期后",
    keys: &[
        key("light", Shape::OneOf(LAMP_WORDS), "亮什么灯"),
        key("open", Shape::TextOrOne(&OPENS), "在哪个台账开一条"),
    ],
};

pub(crate) static CAMPAIGN: Block = Block {
    about: "专项行动",
    keys: &[
        key("title", Shape::Words, "名称"),
        key("start", Shape::Date, "起始日"),
        key("due", Shape::DateOrExpr, "截止日；可用 start"),
        key("target", Shape::One(&TARGET), "要覆盖什么"),
    ],
};

pub(crate) static TARGET: Block = Block {
    about: "要覆盖什么",
    keys: &[
        key("of", Shape::Text, "哪个台账的记录"),
        key("filter", Shape::Expr, "其中哪些；ref 是那条记录"),
        key("done", Shape::Expr, "怎样算完成；ref 是那条记录"),
    ],
};

pub(crate) static CYCLE: Block = Block {
    about: "填报周期",
    keys: &[
        key("period", Shape::OneOf(PERIODS), "周期"),
        key("open", Shape::Span, "周期首日后多久开放（可为负）"),
        key("due", Shape::Span, "周期末日后多久截止"),
        key("lock", Shape::Span, "截止后多久锁定；不写为不锁"),
        key("units", Shape::Expr, "哪些单位要填；unit 是单位"),
        key("unit_field", Shape::Id, "单位字段"),
        key("period_field", Shape::Id, "时段字段"),
        key("zero_field", Shape::Id, "零报告字段"),
        key("prefill", Shape::Texts, "从上期带来的字段"),
    ],
};

pub(crate) static DUPLICATE: Block = Block {
    about: "查重规则",
    keys: &[
        key("keys", Shape::Texts, "这些字段都相同"),
        key("near", Shape::Many(&NEAR), "这些字段都相近"),
        key("action", Shape::OneOf(ACTION_WORDS), "提醒、拦截或提示合并"),
    ],
};

pub(crate) static NEAR: Block = Block {
    about: "相近的标准，三选一",
    keys: &[
        key("field", Shape::Id, "哪个字段"),
        key("similarity", Shape::Number, "文字相似度，0.5 到 1"),
        key("metres", Shape::Number, "相距不超过几米"),
        key("days", Shape::Number, "相差不超过几天"),
    ],
};

pub(crate) static METRIC: Block = Block {
    about: "指标",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("title", Shape::Words, "名称"),
        key("unit", Shape::Text, "单位"),
        key(
            "time",
            Shape::OneOf(TIME_WORDS),
            "期内发生（flow）或期末存量（stock）",
        ),
        key("register", Shape::Text, "数哪个台账；不写为本台账"),
        key("filter", Shape::Expr, "数哪些记录"),
        key(
            "agg",
            Shape::Text,
            "count()、sum(x)、avg(x)、min(x)、max(x)、count_distinct(x)",
        ),
        key("numerator", Shape::One(&AGGREGATE), "分子"),
        key("denominator", Shape::One(&AGGREGATE), "分母；为零时没有值"),
        key("date", Shape::Expr, "按哪个日期归期"),
        key("by", Shape::Texts, "按什么分组"),
        key("digits", Shape::Number, "小数位数"),
        key("empty", Shape::OneOf(&["none"]), "分母为零时没有值"),
        key("note", Shape::Words, "口径说明"),
    ],
};

pub(crate) static AGGREGATE: Block = Block {
    about: "分子或分母",
    keys: &[
        key("register", Shape::Text, "数哪个台账；不写为本台账"),
        key("filter", Shape::Expr, "数哪些记录"),
        key("agg", Shape::Text, "count()、sum(x) 等"),
    ],
};

pub(crate) static VIEW: Block = Block {
    about: "视图",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("title", Shape::Words, "名称"),
        key(
            "kind",
            Shape::OneOf(VIEW_KINDS),
            "列表、看板、日历、地图或矩阵",
        ),
        key("filter", Shape::Expr, "显示哪些记录"),
        key("columns", Shape::Texts, "显示哪些列，可写 enterprise.name"),
        key("sort", Shape::Texts, "排序，前加 - 为倒序"),
        key("sums", Shape::Texts, "合计哪些列"),
        key("by", Shape::Id, "看板按什么分栏"),
        key("date", Shape::Id, "日历用哪个日期"),
        key("until", Shape::Id, "日历的结束日期"),
        key("geo", Shape::Id, "地图用哪个位置"),
        key("colour", Shape::Text, "地图按什么着色：light 或选项字段"),
        key("rows", Shape::Text, "矩阵的行"),
        key("across", Shape::Text, "矩阵的列"),
        key("metric", Shape::Id, "矩阵格子里的指标；不写为条数"),
    ],
};

/// `[import]`: how any workbook is read.
pub(crate) static IMPORT: Block = Block {
    about: "表格导入",
    keys: &[
        key("layout", Shape::OneOf(LAYOUT_WORDS), "一行一条，或交叉表"),
        key("match", Shape::TextOrTexts, "凭哪些字段找已有记录"),
        key("groups", Shape::Texts, "分组行可给出的字段"),
        key("constant", Shape::Many(&CONSTANT), "标题里的固定内容"),
        key("row", Shape::Id, "交叉表首列对应的字段"),
        key("levels", Shape::Many(&LEVEL), "交叉表各层表头对应的字段"),
        key("measures", Shape::Texts, "交叉表格子里的字段"),
        key("ignore", Shape::Texts, "不是数据的表头"),
    ],
};

/// `[[import]]`: one known workbook.
pub(crate) static TEMPLATE: Block = Block {
    about: "一种已知的表格",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("title", Shape::Words, "名称"),
        key("sheet", Shape::Text, "工作表名"),
        key("header_row", Shape::Number, "表头在第几行"),
        key(
            "match",
            Shape::TextOrTexts,
            "凭哪些字段找已有记录，可写 number",
        ),
        key("on_match", Shape::OneOf(ON_MATCH_WORDS), "找到已有记录时"),
        key("columns", Shape::TextMap, "表头 = 字段"),
        key("values", Shape::TextMaps, "字段的写法 = 代码"),
        key(
            "unknown_column",
            Shape::OneOf(UNKNOWN_COLUMN_WORDS),
            "不认识的列",
        ),
    ],
};

pub(crate) static CONSTANT: Block = Block {
    about: "标题里的固定内容",
    keys: &[key("pattern", Shape::Text, "样式，如 第{round_no}期")],
};

pub(crate) static LEVEL: Block = Block {
    about: "交叉表的一层表头",
    keys: &[key("fields", Shape::Texts, "这层表头给出的字段")],
};

pub(crate) static REPORT: Block = Block {
    about: "报表模板",
    keys: &[
        key("id", Shape::Id, "代号"),
        key("title", Shape::Words, "名称"),
        key(
            "template",
            Shape::Text,
            "模板文件，docx 或 xlsx，与定义放在同一文件夹",
        ),
        key("period", Shape::OneOf(PERIODS), "按什么周期出"),
        key("metrics", Shape::Texts, "用到的指标，附注里写明它们的口径"),
        key("view", Shape::Id, "列出哪个视图的记录，按视图排序"),
        key(
            "filter",
            Shape::Expr,
            "列出哪些记录，可用 period.start、period.end",
        ),
        key(
            "by",
            Shape::Text,
            "按什么分组，如 subdistrict；不写则按指标的第一个分组",
        ),
    ],
};

pub(crate) static PERMIT: Block = Block {
    about: "权限",
    keys: &[
        key("role", Shape::Text, "角色，或 holder、creator、anyone"),
        key(
            "scope",
            Shape::Text,
            "own、org、subtree、parent、all 或 ref:字段",
        ),
        key(
            "can",
            Shape::SomeOf(ABILITY_WORDS),
            "能做什么；[\"*\"] 为全部",
        ),
        key("states", Shape::Texts, "只在这些状态"),
        key("hide", Shape::Texts, "看不到的字段"),
        key("mask", Shape::Texts, "脱敏看的字段"),
        key("filter", Shape::Expr, "还须满足的条件"),
    ],
};

pub(crate) static MIGRATE: Block = Block {
    about: "版本迁移",
    keys: &[
        key("from", Shape::Text, "从哪个版本"),
        key("to", Shape::Text, "到哪个版本"),
        key("set", Shape::Exprs, "新值；old 是旧记录"),
        key("state_map", Shape::TextMap, "旧状态 = 新状态"),
        key("option_map", Shape::TextMaps, "选项表里 旧选项 = 新选项"),
        key("archive", Shape::Texts, "停用的字段，旧值留档"),
    ],
};

/// Names of a block's keys.
pub(crate) fn key_names(block: &Block) -> Vec<&'static str> {
    block.keys.iter().map(|k| k.id).collect()
}
