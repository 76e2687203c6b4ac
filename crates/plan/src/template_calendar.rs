//! Calendars of a template: a base week with the yearly stops of a site (春节停工, 汛期, 冬期).

use ground::{Date, HolidayTable, Layer, WorkCalendar};

/// Which week a calendar begins with; the ids are those of the calendars shipped with the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CalendarBase {
    /// `cn5` 工作日: offices.
    Office,
    /// `site6` 六天.
    SixDay,
    /// `site7` 七天: 日历天 of sites.
    SevenDay,
}

impl CalendarBase {
    /// `cn5`, `site6`, `site7`.
    pub fn id(self) -> &'static str {
        match self {
            CalendarBase::Office => "cn5",
            CalendarBase::SixDay => "site6",
            CalendarBase::SevenDay => "site7",
        }
    }

    pub(crate) fn of_id(id: &str) -> Option<CalendarBase> {
        [
            CalendarBase::Office,
            CalendarBase::SixDay,
            CalendarBase::SevenDay,
        ]
        .into_iter()
        .find(|base| base.id() == id)
    }

    fn calendar(self, holidays: &HolidayTable) -> WorkCalendar {
        match self {
            CalendarBase::Office => WorkCalendar::official(holidays),
            CalendarBase::SixDay => WorkCalendar::six_day(holidays),
            CalendarBase::SevenDay => WorkCalendar::seven_day(),
        }
    }
}

/// When in the year work stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeasonSpan {
    /// So many days before and after the first day of the lunar year.
    SpringFestival {
        /// Days before.
        before: i64,
        /// Days after, the day itself not counted.
        after: i64,
    },
    /// From (month, day) to (month, day), over the turn of the year where the end lies before the start.
    Yearly {
        /// First day.
        from: (i8, i8),
        /// Last day.
        to: (i8, i8),
    },
}

/// 季节停工.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Season {
    /// 春节停工, 汛期 …
    pub name: String,
    /// When.
    pub span: SeasonSpan,
    /// Why, and what is still possible.
    pub note: String,
}

/// 日历 of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateCalendar {
    /// Id used by the activities.
    pub id: String,
    /// 名称.
    pub label: String,
    /// The week.
    pub base: CalendarBase,
    /// Stops over it.
    pub stops: Vec<Season>,
}

impl TemplateCalendar {
    /// The stops of the years from `first` to `last` as layers.
    pub fn layers(&self, first: i16, last: i16) -> Vec<Layer> {
        let years = first..=last;
        let all = years.flat_map(|year| self.stops.iter().filter_map(move |stop| stop.layer(year)));
        all.collect()
    }

    /// The working calendar with its stops in the years from `first` to `last`.
    pub fn calendar(&self, holidays: &HolidayTable, first: i16, last: i16) -> WorkCalendar {
        let base = self.base.calendar(holidays);
        let layers = self.layers(first, last);
        let named = match layers.is_empty() {
            true => base,
            false => base.named(&self.id, &self.label),
        };
        layers.into_iter().fold(named, WorkCalendar::with_layer)
    }
}

impl Season {
    fn layer(&self, year: i16) -> Option<Layer> {
        let (first, last) = match self.span {
            SeasonSpan::SpringFestival { before, after } => {
                let day = ground::timeline::day_number(spring_festival(year)?);
                let date = ground::timeline::date_of_day;
                (date(day - before), date(day + after))
            }
            SeasonSpan::Yearly { from, to } => {
                let end = if to < from { year + 1 } else { year };
                (
                    Date::new(year, from.0, from.1).ok()?,
                    Date::new(end, to.0, to.1).ok()?,
                )
            }
        };
        Some(Layer::stop(&self.name, first, last))
    }
}

/// First day of the lunar year, (month, day), 2023 to 2040. Astronomical dates of the Chinese
/// calendar (GB/T 33661-2017); they do not wait for a yearly notice.
const SPRING_FESTIVALS: [(i8, i8); 18] = [
    (1, 22),
    (2, 10),
    (1, 29),
    (2, 17),
    (2, 6),
    (1, 26),
    (2, 13),
    (2, 3),
    (1, 23),
    (2, 11),
    (1, 31),
    (2, 19),
    (2, 8),
    (1, 28),
    (2, 15),
    (2, 4),
    (1, 24),
    (2, 12),
];

fn spring_festival(year: i16) -> Option<Date> {
    let index = usize::try_from(year.checked_sub(2023)?).ok()?;
    let &(month, day) = SPRING_FESTIVALS.get(index)?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lunar_year_begins_when_the_notices_have_the_festival() {
        for year in 2023..=2026 {
            let day = spring_festival(year).expect("in the table");
            let special = HolidayTable::shipped().get(day).expect("a festival day");
            assert!(
                special.off && special.name.contains("春节"),
                "{year}: {special:?}"
            );
        }
    }

    #[test]
    fn a_stop_around_the_festival_and_one_over_the_new_year_close_their_days() {
        let stop = |name: &str, span| Season {
            name: name.to_owned(),
            span,
            note: String::new(),
        };
        let calendar = TemplateCalendar {
            id: "site".to_owned(),
            label: "工地".to_owned(),
            base: CalendarBase::SevenDay,
            stops: vec![
                stop(
                    "春节停工",
                    SeasonSpan::SpringFestival {
                        before: 7,
                        after: 15,
                    },
                ),
                stop(
                    "冬期",
                    SeasonSpan::Yearly {
                        from: (12, 20),
                        to: (1, 5),
                    },
                ),
            ],
        };
        let calendar = calendar.calendar(HolidayTable::shipped(), 2023, 2024);
        let works = |text: &str| calendar.is_working(text.parse().expect("a date"));
        assert!(works("2023-01-14") && !works("2023-01-15") && !works("2023-02-06"));
        assert!(works("2023-02-07") && works("2023-12-19"));
        assert!(!works("2023-12-20") && !works("2024-01-05") && works("2024-01-06"));
        assert_eq!((calendar.id(), calendar.name()), ("site", "工地"));
    }
}
