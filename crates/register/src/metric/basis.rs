//! 口径: what a figure counts, in words.

use crate::expr::{Registers, Sight, explain};
use crate::law::{Aggregate, AggregateKind, Metric, MetricBody, MetricTime};
use crate::{Definition, expr::Named};

/// The basis of a metric in Chinese: its own note, else its filters explained.
///
/// `registers` gives labels of fields in other registers; without it their ids are shown.
pub fn basis_text(
    definition: &Definition,
    metric: &Metric,
    registers: Option<&dyn Registers>,
) -> String {
    if let Some(note) = &metric.note {
        return note.zh.clone();
    }
    let teller = Teller {
        definition,
        registers,
    };
    let mut sentences = vec![teller.body(metric)];
    sentences.extend(teller.time(metric));
    if let MetricBody::Rate { .. } = metric.body {
        sentences.push("分母为 0 时没有值".to_owned());
    }
    if !metric.by.is_empty() {
        let by: Vec<String> = metric.by.iter().map(|path| teller.path(path)).collect();
        sentences.push(format!("按{}分组", by.join("、")));
    }
    format!("{}。", sentences.join("。"))
}

struct Teller<'d> {
    definition: &'d Definition,
    registers: Option<&'d dyn Registers>,
}

const PERIOD: [(&str, Named<'static>); 1] = [("period", Named::Period)];

impl Teller<'_> {
    fn sight<'s>(&'s self, register: Option<&str>) -> Sight<'s> {
        let other = register.and_then(|id| self.registers?.register(id));
        let definition = other.unwrap_or(self.definition);
        let own = definition.field("period").is_some();
        Sight {
            definition,
            extra: if own { &[] } else { &PERIOD },
            registers: self.registers,
        }
    }

    fn body(&self, metric: &Metric) -> String {
        match &metric.body {
            MetricBody::Plain(aggregate) => self.aggregate(aggregate),
            MetricBody::Rate {
                numerator,
                denominator,
                percent,
            } => {
                let times = if *percent { " × 100%" } else { "" };
                let (above, below) = (self.aggregate(numerator), self.aggregate(denominator));
                format!("分子：{above}。分母：{below}。分子 ÷ 分母{times}")
            }
        }
    }

    fn aggregate(&self, aggregate: &Aggregate) -> String {
        let sight = self.sight(aggregate.register.as_deref());
        let foreign = aggregate.register.as_deref();
        let foreign = foreign.filter(|id| *id != self.definition.id);
        let place = match foreign {
            Some(_) => format!("“{}”中", sight.definition.title.zh),
            None => String::new(),
        };
        let which = match &aggregate.filter {
            Some(filter) => format!("{place}{}的记录", explain(filter, &sight)),
            None if place.is_empty() => "全部记录".to_owned(),
            None => format!("{place}的全部记录"),
        };
        match &aggregate.agg {
            AggregateKind::Count => format!("{which}数"),
            AggregateKind::CountDistinct(x) => {
                format!("{which}中不同的{}的个数", explain(x, &sight))
            }
            AggregateKind::Sum(x) => format!("{which}的{}合计", explain(x, &sight)),
            AggregateKind::Avg(x) => {
                format!("{which}的{}平均值（未填的不计）", explain(x, &sight))
            }
            AggregateKind::Min(x) => format!("{which}的{}最小值", explain(x, &sight)),
            AggregateKind::Max(x) => format!("{which}的{}最大值", explain(x, &sight)),
        }
    }

    fn time(&self, metric: &Metric) -> Option<String> {
        let sight = self.sight(None);
        let date = metric.date.as_ref().map(|date| explain(date, &sight));
        match (metric.time, date) {
            (MetricTime::Flow, Some(date)) => {
                Some(format!("只计{date}在本期内的，本期没完的算到当天"))
            }
            (MetricTime::Flow, None) => None,
            (MetricTime::Stock, Some(date)) => {
                Some(format!("期末数，只计{date}不晚于期末的，本期没完的取当天"))
            }
            (MetricTime::Stock, None) => Some("期末数，本期没完的取当天".to_owned()),
        }
    }

    fn path(&self, path: &str) -> String {
        let sight = self.sight(None);
        let parsed = crate::expr::Expr::parse(path);
        parsed.map_or_else(|_| path.to_owned(), |expr| explain(&expr, &sight))
    }
}
