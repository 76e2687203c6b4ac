//! The one clock of the house. Everything below `app` gets dates and instants as arguments; the sample district runs
//! on a clock that stands on its day.

use ground::Date;
use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// China has one time zone, UTC+8, and no summer time.
const CHINA_OFFSET_SECONDS: i32 = 8 * 3600;

/// Where the time comes from.
#[derive(Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A fixed day: the time of day runs on from the moment the server started, the day does not.
    Standing {
        /// The day on which the clock stands.
        day: Date,
        /// Ticks handed out so far, so that entries keep their order.
        ticks: AtomicI64,
    },
    /// A clock that somebody turns: a scenario is played day by day.
    Led(ClockHand),
}

/// The hand of a clock that is turned. One second goes by with each entry, so that entries keep their order.
#[derive(Clone, Debug)]
pub struct ClockHand(Arc<Mutex<DateTime>>);

impl ClockHand {
    /// A hand at a day and a time of day in China, `09:00`.
    pub fn at(day: Date, time: &str) -> Self {
        Self(Arc::new(Mutex::new(day.to_datetime(time_of_day(time)))))
    }

    /// Turns the hand; back to an earlier day too, as when an older case is entered later. Within a day time only goes on.
    pub fn turn(&self, day: Date, time: &str) {
        let mut now = self.now();
        let wanted = day.to_datetime(time_of_day(time));
        if now.date() != day || wanted > *now {
            *now = wanted;
        }
    }

    fn now(&self) -> std::sync::MutexGuard<'_, DateTime> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn instant(&self) -> String {
        let now = *self.now();
        let at = now.to_zoned(china()).map(|zoned| zoned.timestamp());
        at.map_or_else(|_| instant_text(Timestamp::now()), instant_text)
    }

    fn tick(&self) {
        let mut now = self.now();
        *now = now.saturating_add(SignedDuration::from_secs(1));
    }
}

/// `09:30` as a time of day; nine in the morning when it is none.
fn time_of_day(text: &str) -> Time {
    let nine = Time::constant(9, 0, 0, 0);
    Time::strptime("%H:%M", text).unwrap_or(nine)
}

impl Clock {
    /// A clock that stands on one day from 09:00 China time.
    pub fn standing(day: Date) -> Self {
        Self::Standing {
            day,
            ticks: AtomicI64::new(0),
        }
    }

    /// A clock that the hand turns.
    pub fn led(hand: &ClockHand) -> Self {
        Self::Led(hand.clone())
    }

    /// The current civil day in China.
    pub fn today(&self) -> Date {
        match self {
            Self::Led(hand) => hand.now().date(),
            Self::System => Timestamp::now().to_zoned(china()).date(),
            Self::Standing { day, .. } => *day,
        }
    }

    /// Whether the day is fixed.
    pub fn stands(&self) -> bool {
        !matches!(self, Self::System)
    }

    /// The present instant as UTC text of fixed width: `2023-03-10T01:00:00Z`.
    pub fn instant(&self) -> String {
        match self {
            Self::System => instant_text(Timestamp::now()),
            Self::Standing { day, ticks } => {
                standing_instant(*day, ticks.fetch_add(1, Ordering::Relaxed))
            }
            Self::Led(hand) => {
                let instant = hand.instant();
                hand.tick();
                instant
            }
        }
    }

    /// The present instant without counting it: for reads, which leave no entry.
    pub fn present(&self) -> String {
        match self {
            Self::System => self.instant(),
            Self::Standing { day, ticks } => standing_instant(*day, ticks.load(Ordering::Relaxed)),
            Self::Led(hand) => hand.instant(),
        }
    }

    /// Seconds since 1970, for login times; a standing clock still lets logins expire by the machine's clock.
    pub fn machine_seconds(&self) -> i64 {
        Timestamp::now().as_second()
    }
}

/// 09:00 in China is 01:00 UTC; one second for each entry, wrapping inside the working day.
fn standing_instant(day: Date, ticks: i64) -> String {
    let second = 3600 + ticks % (8 * 3600);
    format!(
        "{day}T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

fn china() -> TimeZone {
    TimeZone::fixed(
        jiff::tz::Offset::from_seconds(CHINA_OFFSET_SECONDS)
            .expect("eight hours is a valid offset"),
    )
}

fn instant_text(timestamp: Timestamp) -> String {
    let second = timestamp.as_second();
    let whole = Timestamp::from_second(second).unwrap_or(timestamp);
    whole.to_string()
}

/// The last instant that still belongs to a civil day in China: 23:59:59 there is 15:59:59 UTC.
pub fn end_of_day(day: Date) -> String {
    format!("{day}T15:59:59Z")
}

/// The civil day in China of an instant text; `None` when the text is no instant.
pub fn day_of(instant: &str) -> Option<Date> {
    let timestamp: Timestamp = instant.parse().ok()?;
    Some(timestamp.to_zoned(china()).date())
}

/// 17:30: the time of day in China of an instant text; empty when the text is no instant.
pub fn china_time(instant: &str) -> String {
    let timestamp: Option<Timestamp> = instant.parse().ok();
    timestamp.map_or_else(String::new, |at| {
        let at = at.to_zoned(china());
        format!("{:02}:{:02}", at.hour(), at.minute())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_standing_clock_keeps_its_day_and_its_order() {
        let clock = Clock::standing(date(2023, 3, 10));
        let (first, second) = (clock.instant(), clock.instant());
        assert_eq!(clock.today(), date(2023, 3, 10));
        assert!(first < second && first.starts_with("2023-03-10T01:00"));
        assert!(second <= end_of_day(clock.today()));
    }

    #[test]
    fn a_led_clock_goes_where_its_hand_is_turned() {
        let hand = ClockHand::at(date(2025, 3, 3), "09:00");
        let clock = Clock::led(&hand);
        assert_eq!(clock.instant(), "2025-03-03T01:00:00Z");
        assert_eq!(clock.present(), "2025-03-03T01:00:01Z");
        hand.turn(date(2025, 3, 4), "07:30");
        assert_eq!(clock.present(), "2025-03-03T23:30:00Z");
        assert_eq!(clock.today(), date(2025, 3, 4));
    }

    #[test]
    fn an_evening_in_utc_is_the_next_day_in_china() {
        assert_eq!(day_of("2023-03-09T17:00:00Z"), Some(date(2023, 3, 10)));
        assert_eq!(day_of("nonsense"), None);
    }

    #[test]
    fn the_system_clock_speaks_in_fixed_width() {
        assert_eq!(Clock::System.instant().len(), "2023-03-10T01:00:00Z".len());
    }
}
