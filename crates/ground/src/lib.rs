//! Values with a standard behind them: periods, working calendars, money, rates, codes, ids, findings.
//!
//! Every other room stands on this one. It knows no project, no register and no file;
//! it leaves rules about projects to `plan` and `portfolio`, and storage to `store`.

pub mod amount;
pub mod apportion;
pub mod calendar;
pub mod codes;
pub mod finding;
pub mod holidays;
pub mod ids;
pub mod money;
pub mod naming;
pub mod numeral;
pub mod period;
pub mod rate;
pub mod timeline;

pub use amount::{AmountError, parse_amount, parse_number};
pub use apportion::apportion;
pub use calendar::{DayKind, Layer, WorkCalendar};
pub use codes::{CodeError, check_citizen_id, check_project_code, check_region, check_uscc};
pub use finding::{Finding, Severity, worst};
pub use holidays::HolidayTable;
pub use ids::{
    ActivityId, District, EnterpriseId, MatterId, ObservationId, OrgPath, OrganisationId,
    ProjectId, RecordId, RoundId,
};
pub use jiff::civil::Date;
pub use money::{Amount, Bound, Fen, MoneyUnit};
pub use naming::{likeness, normal_name};
pub use period::{Period, PeriodKind};
pub use rate::Ratio;
pub use timeline::{
    Minute, Shift, Timeline, date_of_finish, date_of_start, iso_minutes, minute_of,
};
