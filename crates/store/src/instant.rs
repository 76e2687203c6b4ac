//! Moments as text of fixed width, `2023-03-10T00:30:00Z`, so that text order is time order. The
//! clock itself is the caller's.

use crate::error::StoreError;

/// Length of a moment's text.
const WIDTH: usize = "2023-03-10T00:30:00Z".len();

/// Seconds since 1970 of a moment written in the fixed form.
///
/// # Errors
/// [`StoreError::Invalid`] for any other writing, also for a right moment written otherwise.
pub fn seconds(at: &str) -> Result<i64, StoreError> {
    let parsed: Option<jiff::Timestamp> = at.parse().ok();
    match parsed {
        Some(moment) if at.len() == WIDTH && at.ends_with('Z') => Ok(moment.as_second()),
        _ => Err(StoreError::Invalid {
            field: "at".to_owned(),
            problem: format!("时刻“{at}”应写成 2023-03-10T00:30:00Z(世界时,精确到秒)"),
        }),
    }
}

/// The fixed form of a moment; none outside the years that it can write.
pub(crate) fn text(seconds: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_second(seconds).ok()?.to_string();
    (moment.len() == WIDTH).then_some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_fixed_width_is_taken() {
        assert_eq!(seconds("1970-01-02T00:00:01Z"), Ok(86_401));
        for bad in [
            "2023-03-10",
            "2023-03-10T00:30:00.5Z",
            "2023-03-10T08:30:00+08:00",
            "",
            "x",
        ] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
