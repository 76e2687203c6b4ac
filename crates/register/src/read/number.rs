//! Numbers of cells: counts, decimals, money, percents. The grammar of numbers is `ground`'s; what
//! a header says about the unit, and what is too large to be true, is said here.

use ground::{Amount, AmountError, Bound, Fen, Finding, MoneyUnit, parse_amount, parse_number};

use super::{Cell, ReadCell, plain};
use crate::record::Value;

/// Amounts from here on are doubted: 1 万亿元 is more than any district's whole year, while a
/// figure typed in 万元 or 元 under a 亿元 header passes it at once.
const DOUBTFUL_FROM: Fen = Fen(100_000_000_000_000);

/// Measure words that may follow a count.
const MEASURES: &[&str] = &[
    "个工作日",
    "工作日",
    "分钟",
    "小时",
    "平方米",
    "公里",
    "个",
    "项",
    "家",
    "所",
    "条",
    "名",
    "处",
    "天",
    "日",
    "次",
    "人",
    "座",
    "台",
    "亩",
    "套",
    "件",
    "期",
    "户",
    "栋",
    "米",
    "位",
    "吨",
    "月",
];

impl Cell<'_> {
    pub(super) fn int(&self) -> ReadCell {
        match self.scaled(0) {
            Ok((n, findings)) => ReadCell::with(Value::Int(n), findings),
            Err(finding) => ReadCell::refused(finding),
        }
    }

    pub(super) fn decimal(&self, digits: u8) -> ReadCell {
        match self.scaled(digits) {
            Ok((scaled, findings)) => ReadCell::with(Value::Decimal { scaled, digits }, findings),
            Err(finding) => ReadCell::refused(finding),
        }
    }

    pub(super) fn percent(&self) -> ReadCell {
        match self.scaled(2) {
            Ok((hundredths, findings)) => ReadCell::with(Value::Percent(hundredths), findings),
            Err(finding) => ReadCell::refused(finding),
        }
    }

    /// The number times `10^digits`, rounded half to even, with notes on what the value loses.
    fn scaled(&self, digits: u8) -> Result<(i64, Vec<Finding>), Finding> {
        let (number, bound) = parse_number(&self.bare_number()).map_err(|e| self.bad_number(&e))?;
        let rounded = number.round_dp(u32::from(digits));
        let mut findings = Vec::new();
        // A spreadsheet's binary fractions differ in the tenth digit; those are not the user's.
        let loses = number.round_dp(10) != rounded;
        if loses && digits == 0 {
            return Err(self.error("cell.not_whole", "不是整数", "这一栏要填整数。"));
        }
        if loses {
            let what = format!("只保留{digits}位小数，记为 {rounded}");
            findings.push(self.info(
                "cell.rounded",
                &what,
                "如需更多小数，请联系管理员修改字段。",
            ));
        }
        if bound != Bound::Exact {
            let what = format!("按 {} 记，“{}”没有保留", rounded.normalize(), bound.label());
            findings.push(self.info("cell.bound_lost", &what, "如有准确数请改写。"));
        }
        let scaled = rounded.checked_mul(10i64.pow(u32::from(digits)).into());
        let scaled = scaled.and_then(|n| i64::try_from(n.trunc()).ok());
        match scaled {
            Some(n) => Ok((n, findings)),
            None => Err(self.error("cell.too_large", "数太大", "请核对这个数和它的单位。")),
        }
    }

    /// Without 第 and the measure word: `第七期` is 七, `40天` is 40.
    fn bare_number(&self) -> String {
        let text = plain(self.text);
        let text = text.strip_prefix('第').unwrap_or(&text);
        let own = self.field.measure.as_deref();
        let measures = own.into_iter().chain(MEASURES.iter().copied());
        let mut endings = measures.filter_map(|m| text.strip_suffix(m));
        let bare = endings.next().unwrap_or(text).trim();
        if bare.is_empty() {
            text.to_owned()
        } else {
            bare.to_owned()
        }
    }

    fn bad_number(&self, error: &AmountError) -> Finding {
        self.error("cell.bad_number", "看不懂这个数", error.remedy())
    }

    pub(super) fn money(&self, header: Option<MoneyUnit>) -> ReadCell {
        let own = self.field.unit.unwrap_or(MoneyUnit::Yuan);
        let amount = match parse_amount(self.text, header.or(Some(own))) {
            Ok(amount) => amount,
            Err(AmountError::Empty) => return ReadCell::default(),
            Err(error) => {
                return ReadCell::refused(self.error(
                    error.code(),
                    "看不懂这个金额",
                    error.remedy(),
                ));
            }
        };
        let mut findings = Vec::new();
        let carries_unit = self.text.contains(['元', '万', '亿']);
        if header.is_none() && !carries_unit {
            findings.push(self.unit_guessed(own));
        }
        if amount.fen >= DOUBTFUL_FROM || amount.fen <= Fen(-DOUBTFUL_FROM.0) {
            findings.push(self.doubtful(amount, header.unwrap_or(own), carries_unit));
        }
        if !self.field.bound && amount.bound != Bound::Exact {
            return ReadCell::refused(self.error(
                "money.not_exact",
                "不是准确数",
                "这一栏要填准确数，请去掉“约”“余”“近”等字并核实。",
            ));
        }
        ReadCell::with(Value::Money(amount), findings)
    }

    fn unit_guessed(&self, unit: MoneyUnit) -> Finding {
        self.warning(
            "money.unit_guessed",
            &format!("表头和单元格都没有金额单位，按{}读", unit.label()),
            format!(
                "请在表头写明单位，例如“{}({})”。",
                self.label(),
                unit.label()
            ),
        )
    }

    /// `第12行"总投资"填的是 624000,表头单位是亿元。` with the figure it would be in a smaller unit.
    fn doubtful(&self, amount: Amount, unit: MoneyUnit, carries_unit: bool) -> Finding {
        if carries_unit {
            let what = "金额超过1万亿元";
            return self.warning("money.doubtful", what, "请核对数字和单位。");
        }
        let label = unit.label();
        let problem = format!(
            "{}填的是 {}，表头单位是{label}。",
            self.subject(),
            self.text
        );
        let smaller = match unit {
            MoneyUnit::YiYuan => Some(MoneyUnit::WanYuan),
            MoneyUnit::WanYuan => Some(MoneyUnit::Yuan),
            MoneyUnit::Yuan => None,
        };
        let remedy = smaller.map(|small| {
            let ratio = unit.fen() / small.fen();
            let meant = shifted(amount.fen, ratio, unit);
            let (label, small) = (self.label(), small.label());
            format!("若实为{small}，请改为 {meant}，或把表头改成“{label}({small})”。")
        });
        let remedy = remedy.unwrap_or_else(|| "请核对数字和单位。".into());
        Finding::warning("money.doubtful", self.place, problem, remedy)
    }
}

/// The amount divided by `ratio`, in `unit`: exact if it can be, else rounded to the fen.
fn shifted(fen: Fen, ratio: i64, unit: MoneyUnit) -> String {
    Fen(fen.0 / ratio).show(unit)
}
