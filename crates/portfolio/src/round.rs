//! 期次 Round of 三个一批: its number, its ceremony, and what was announced about it. Who belongs to a round is
//! `membership`; sums are `summary`.

use std::collections::BTreeMap;
use std::fmt;

use ground::{Amount, Date, Finding, RecordId, RoundId};
use register::Record;
use serde::Serialize;

use crate::rates::RateKind;
use crate::reading::{Reader, read_all};

/// 批次. The three batches of a round, in the order a project passes them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Batch {
    /// 签约一批.
    Signed,
    /// 开工一批.
    Started,
    /// 投产一批.
    Commissioned,
}

impl Batch {
    /// All three, in order.
    pub const ALL: [Batch; 3] = [Batch::Signed, Batch::Started, Batch::Commissioned];

    /// `signed`, `started`, `commissioned`.
    ///
    /// ```
    /// use portfolio::Batch;
    /// assert_eq!(Batch::from_code("started"), Some(Batch::Started));
    /// assert_eq!(Batch::Started.label(), "开工一批");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Batch::Signed => "signed",
            Batch::Started => "started",
            Batch::Commissioned => "commissioned",
        }
    }

    /// The batch with this code.
    pub fn from_code(code: &str) -> Option<Batch> {
        Batch::ALL.into_iter().find(|b| b.code() == code)
    }

    /// 签约一批, 开工一批, 投产一批.
    pub fn label(self) -> &'static str {
        match self {
            Batch::Signed => "签约一批",
            Batch::Started => "开工一批",
            Batch::Commissioned => "投产一批",
        }
    }

    /// The batch a project moves on to: 转开工, 转投产; after 投产 comes 达效, which is no batch.
    pub fn next(self) -> Option<Batch> {
        match self {
            Batch::Signed => Some(Batch::Started),
            Batch::Started => Some(Batch::Commissioned),
            Batch::Commissioned => None,
        }
    }

    /// What the projects of this batch are moving towards: 转开工, 转投产, 转达效.
    pub fn moving_to(self) -> &'static str {
        match self {
            Batch::Signed => "转开工",
            Batch::Started => "转投产",
            Batch::Commissioned => "转达效",
        }
    }
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Announced count and money of a batch or a round. Either may be missing on a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Stated {
    /// Number of projects.
    pub count: Option<i64>,
    /// Money, with its bound.
    #[serde(skip)]
    pub amount: Option<Amount>,
}

/// A rate that a page or a superior stated. It is kept apart from every computed rate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StatedRate {
    /// Which rate.
    pub kind: RateKind,
    /// Hundredths of a percent.
    pub percent: i64,
    /// 预计: a forecast, not yet a fact.
    pub forecast: bool,
}

/// 第N期. One round, or several reported together (前五期: `first_no` 1 to `no` 5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Round {
    /// Record id.
    pub id: RoundId,
    /// Number of the round; the last one when several are reported together.
    pub no: i64,
    /// Number of the first round covered.
    pub first_no: i64,
    /// `第七期`, `前五期`.
    pub name: String,
    /// Day of the ceremony.
    pub held_on: Option<Date>,
    /// Announced total.
    pub stated_total: Stated,
    /// Announced parts.
    pub stated: BTreeMap<Batch, Stated>,
    /// Announced rates.
    pub stated_rates: Vec<StatedRate>,
    /// 已全部开工, stated by the page for a batch whose members it does not name.
    pub all_started: Vec<Batch>,
}

impl Round {
    /// Reads a record of the round register.
    pub fn from_record(record: &Record) -> (Option<Round>, Vec<Finding>) {
        let mut reader = Reader::new(record, "期次");
        let round = read_round(&mut reader, record.id);
        reader.finish(round)
    }

    /// Reads many records; withdrawn ones are left out. Ordered by number.
    pub fn from_records(records: &[Record]) -> (Vec<Round>, Vec<Finding>) {
        let (mut rounds, findings) = read_all(records, Round::from_record);
        rounds.sort_by_key(|r| (r.no, r.id));
        (rounds, findings)
    }

    /// Several rounds told as one figure: no member list can belong to it.
    pub fn is_combined(&self) -> bool {
        self.first_no < self.no
    }

    /// The stated rate of a kind, actual or forecast.
    pub fn stated_rate(&self, kind: RateKind, forecast: bool) -> Option<&StatedRate> {
        self.stated_rates
            .iter()
            .find(|r| r.kind == kind && r.forecast == forecast)
    }
}

fn read_round(reader: &mut Reader<'_>, id: RecordId) -> Option<Round> {
    let no = reader.int("round_no");
    let no = reader.need("round_no", "期数", no)?;
    let first_no = reader.int("first_round_no").unwrap_or(no).min(no);
    let name = reader.text("name").unwrap_or_else(|| format!("第{no}期"));
    Some(Round {
        id: RoundId(id),
        no,
        first_no,
        name,
        held_on: reader.date("held_on"),
        stated_total: Stated {
            count: reader.int("project_count"),
            amount: reader.money("investment_total"),
        },
        stated: read_parts(reader),
        stated_rates: read_rates(reader),
        all_started: read_all_started(reader),
    })
}

fn read_parts(reader: &mut Reader<'_>) -> BTreeMap<Batch, Stated> {
    let mut parts = BTreeMap::new();
    for batch in Batch::ALL {
        let code = batch.code();
        let stated = Stated {
            count: reader.int(&format!("{code}_count")),
            amount: reader.money(&format!("{code}_amount")),
        };
        if stated != Stated::default() {
            parts.insert(batch, stated);
        }
    }
    parts
}

/// Field ids of stated rates; forecasts (预计) have fields of their own so that they never mix with facts.
const RATE_FIELDS: [(&str, RateKind, bool); 6] = [
    ("start_rate_stated", RateKind::Start, false),
    ("commission_rate_stated", RateKind::Commission, false),
    ("benefit_rate_stated", RateKind::Benefit, false),
    ("start_rate_forecast", RateKind::Start, true),
    ("commission_rate_forecast", RateKind::Commission, true),
    ("benefit_rate_forecast", RateKind::Benefit, true),
];

fn read_rates(reader: &mut Reader<'_>) -> Vec<StatedRate> {
    let mut rates = Vec::new();
    for (field, kind, forecast) in RATE_FIELDS {
        if let Some(percent) = reader.percent(field) {
            rates.push(StatedRate {
                kind,
                percent,
                forecast,
            });
        }
    }
    rates
}

fn read_all_started(reader: &mut Reader<'_>) -> Vec<Batch> {
    let fields = [
        ("signed_all_started", Batch::Signed),
        ("started_all_started", Batch::Started),
    ];
    let mut batches = Vec::new();
    for (field, batch) in fields {
        if reader.bool(field) == Some(true) {
            batches.push(batch);
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{record, text, yi};
    use register::Value;

    #[test]
    fn a_round_keeps_stated_facts_and_forecasts_apart() {
        let six = record(
            6,
            &[
                ("round_no", Value::Int(6)),
                ("name", text("第六期")),
                ("commissioned_count", Value::Int(8)),
                ("commissioned_amount", Value::Money(yi(638))),
                ("benefit_rate_forecast", Value::Percent(10_000)),
            ],
        );
        let (round, findings) = Round::from_record(&six);
        let round = round.expect("a round");
        assert_eq!(findings, vec![]);
        assert_eq!(round.stated[&Batch::Commissioned].count, Some(8));
        assert!(round.stated_rate(RateKind::Benefit, true).is_some());
        assert_eq!(round.stated_rate(RateKind::Benefit, false), None);
        assert!(!round.stated.contains_key(&Batch::Signed));
    }

    #[test]
    fn a_round_without_a_number_is_a_finding_and_no_round() {
        let (round, findings) = Round::from_record(&record(9, &[("name", text("第九期"))]));
        assert_eq!(round, None);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, "value_missing");
        assert_eq!(findings[0].place, "期次 编号9 round_no");
    }

    #[test]
    fn a_value_of_another_kind_is_told_once() {
        let (round, findings) = Round::from_record(&record(9, &[("round_no", text("九"))]));
        assert_eq!(round, None);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, "value_kind");
    }
}
