//! In which unit Project shows a lag (`LagFormat`). Minutes and the calendar decide what a lag means; what a person
//! typed, `2周` or `50%`, is kept beside them so that it is there again after a round trip.

use plan::LagUnit;

/// Units by the numbers of `LagFormat`; 32 more marks a lag as estimated.
const FORMATS: [(i64, LagUnit); 12] = [
    (3, LagUnit::Minute),
    (4, LagUnit::ElapsedMinute),
    (5, LagUnit::Hour),
    (6, LagUnit::ElapsedHour),
    (7, LagUnit::Day),
    (8, LagUnit::ElapsedDay),
    (9, LagUnit::Week),
    (10, LagUnit::ElapsedWeek),
    (11, LagUnit::Month),
    (12, LagUnit::ElapsedMonth),
    (19, LagUnit::Percent),
    (20, LagUnit::ElapsedPercent),
];
/// What `LagFormat` has on top for estimated lags.
const ESTIMATED: i64 = 32;

/// How a lag is shown.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LagShown {
    /// `LagFormat`.
    pub format: i64,
    /// Of the predecessor's duration, where the lag is written so.
    pub percent: Option<f64>,
}

impl LagShown {
    /// A lag of so many of a unit.
    pub fn of(lag: i64, unit: LagUnit) -> Self {
        let known = FORMATS.iter().find(|(_, one)| *one == unit);
        Self {
            format: known.map_or(7, |(format, _)| *format),
            percent: unit.is_percent().then_some(lag as f64),
        }
    }

    /// The unit; none for a format that Project does not define.
    pub fn unit(&self) -> Option<LagUnit> {
        unit_of(self.format)
    }

    /// Percent as a cell says it; none for other units and for parts of a percent.
    pub fn whole_percent(&self) -> Option<(i64, LagUnit)> {
        let percent = self.percent.filter(|percent| percent.fract() == 0.0)?;
        Some((percent as i64, self.unit()?))
    }
}

/// The unit of a `LagFormat`, estimated or not.
pub(super) fn unit_of(format: i64) -> Option<LagUnit> {
    let known = FORMATS
        .iter()
        .find(|(one, _)| *one == format || *one + ESTIMATED == format);
    known.map(|(_, unit)| *unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_has_a_format_of_its_own() {
        for (format, unit) in FORMATS {
            assert_eq!(LagShown::of(3, unit).format, format);
            assert_eq!(LagShown::of(3, unit).unit(), Some(unit));
            assert_eq!(unit_of(format + ESTIMATED), Some(unit));
        }
        assert_eq!(unit_of(21), None);
    }

    #[test]
    fn parts_of_a_percent_are_no_cell() {
        let shown = |percent| LagShown {
            format: 52,
            percent,
        };
        let half = Some((50, LagUnit::ElapsedPercent));
        assert_eq!(shown(Some(50.0)).whole_percent(), half);
        assert_eq!(shown(Some(33.3)).whole_percent(), None);
        assert_eq!(shown(None).whole_percent(), None);
    }
}
