//! A yearly test of a device, and a drive over institutions.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{HolidayTable, OrgPath};

use super::*;
use crate::record::{Record, Value};

const DEVICE: &str = r#"
[register]
id = "device"
version = "1.0.0"
title = { "zh-CN" = "设备" }
[[field]]
id = "institution"
type = "ref"
to = "institution"
label = { "zh-CN" = "机构" }
[[field]]
id = "in_use"
type = "bool"
label = { "zh-CN" = "在用" }
[[field]]
id = "tested"
type = "date"
label = { "zh-CN" = "检测日期" }
[[field]]
id = "installed"
type = "date"
label = { "zh-CN" = "安装日期" }
[[obligation]]
id = "yearly_test"
title = { "zh-CN" = "年度状态检测" }
while = "in_use == true"
due = "add_months(coalesce(tested, installed), 12)"
remind = ["-30d", "-7d"]
overdue = { light = "red", open = { register = "matter", set = { title = "'年度检测超期'", source = "installed" } } }
[campaign.filed]
title = { "zh-CN" = "设备录入" }
start = 2025-05-12
due = "add_months(start, 1)"
target = { of = "institution", filter = "ref.kind != '停业'", done = "exists(device, device.institution == ref && device.in_use == true)" }
"#;

const INSTITUTION: &str = r#"
[register]
id = "institution"
version = "1.0.0"
title = { "zh-CN" = "机构" }
[[field]]
id = "kind"
type = "text"
label = { "zh-CN" = "类别" }
"#;

fn parsed(toml: &str) -> Arc<Definition> {
    let (definition, findings) = crate::parse("x/definition.toml", toml);
    assert_eq!(findings, []);
    Arc::new(definition.expect("no findings"))
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn fields(pairs: &[(&str, Value)]) -> Fields {
    pairs
        .iter()
        .map(|(id, value)| ((*id).to_owned(), value.clone()))
        .collect()
}

fn duty(today: &str, pairs: &[(&str, Value)]) -> Vec<DutyStand> {
    let (definition, fields) = (parsed(DEVICE), fields(pairs));
    let calendar = WorkCalendar::official(HolidayTable::shipped());
    let now = format!("{today}T02:00:00Z");
    let moment = Moment {
        today: day(today),
        now: &now,
        calendar: &calendar,
    };
    obligations(&Scope::new(&definition, &fields, moment))
}

const USED: (&str, Value) = ("in_use", Value::Bool(true));

#[test]
fn a_duty_comes_back_a_year_after_the_last_time() {
    let tested = ("tested", Value::Date(day("2024-06-03")));
    let check = |today: &str, light: Lamp, remind: bool, key: &str| {
        let stands = duty(today, &[USED, tested.clone()]);
        assert_eq!(stands[0].due, Some(day("2025-06-03")));
        assert_eq!(
            (stands[0].light, stands[0].remind),
            (light, remind),
            "{today}"
        );
        assert_eq!(stands[0].key, format!("yearly_test/2025-06-03/{key}"));
        assert_eq!(stands[0].opens.len(), usize::from(key == "late"));
    };
    check("2025-05-03", Lamp::Green, false, "0");
    check("2025-05-04", Lamp::Yellow, true, "1");
    check("2025-05-27", Lamp::Yellow, true, "2");
    check("2025-06-03", Lamp::Yellow, true, "2");
    check("2025-06-04", Lamp::Red, false, "late");
}

#[test]
fn a_duty_exists_only_while_its_condition_holds_and_says_when_it_cannot_tell() {
    assert_eq!(
        duty("2025-06-04", &[("tested", Value::Date(day("2020-01-01")))]),
        []
    );
    let stands = duty("2025-06-04", &[USED]);
    assert_eq!((stands[0].due, stands[0].light), (None, Lamp::Yellow));
    assert_eq!(stands[0].opens, []);
}

struct Two(BTreeMap<&'static str, Vec<Known>>);

impl World for Two {
    fn record(&self, register: &str, id: RecordId) -> Option<Known> {
        self.records(register)
            .into_iter()
            .find(|known| known.record.id == id)
    }

    fn records(&self, register: &str) -> Vec<Known> {
        self.0.get(register).cloned().unwrap_or_default()
    }
}

fn known(definition: &Arc<Definition>, id: i64, values: &[(&str, Value)]) -> Known {
    Known {
        definition: definition.clone(),
        record: Arc::new(Record {
            id: RecordId(id),
            version: 1,
            org: OrgPath::new("410102").expect("a path"),
            number: None,
            fields: fields(values),
            withdrawn: false,
        }),
    }
}

/// `institutions` of which the first `done` have a device in use; one more is closed.
fn drive(institutions: i64, done: i64, today: &str) -> CampaignStand {
    let (device, institution) = (parsed(DEVICE), parsed(INSTITUTION));
    let mut places: Vec<Known> = (1..=institutions)
        .map(|id| known(&institution, id, &[]))
        .collect();
    places.push(known(
        &institution,
        99,
        &[("kind", Value::Text("停业".into()))],
    ));
    let of = |id| ("institution", Value::Ref(RecordId(id)));
    let devices = (1..=institutions).map(|id| {
        known(
            &device,
            100 + id,
            &[of(id), ("in_use", Value::Bool(id <= done))],
        )
    });
    let world = Two(BTreeMap::from([
        ("device", devices.collect()),
        ("institution", places),
    ]));
    let calendar = WorkCalendar::official(HolidayTable::shipped());
    let moment = Moment {
        today: day(today),
        now: "2025-05-12T02:00:00Z",
        calendar: &calendar,
    };
    campaign(&device, &device.campaigns[0], &world, moment)
}

#[test]
fn a_drive_counts_what_is_done_of_what_is_to_be_covered() {
    let stand = drive(9, 7, "2025-06-01");
    assert_eq!((stand.of, stand.done, stand.percent), (9, 7, Some(7777)));
    assert_eq!(stand.due, Some(day("2025-06-12")));
    assert_eq!(stand.open_ids, [RecordId(8), RecordId(9)]);
    assert_eq!(
        stand.sentence(),
        "设备录入：应完成 9 个，已完成 7 个（77.77%），还有 2 个，6月12日截止。"
    );
    assert_eq!(drive(0, 0, "2025-06-01").percent, None);
    assert_eq!(
        drive(3, 3, "2025-07-01").sentence(),
        "设备录入：应完成 3 个，已完成 3 个（100.00%），全部完成。"
    );
}

#[test]
fn a_drive_is_yellow_behind_the_days_gone_and_red_after_its_end() {
    // 32 days from 12 May to 12 June, both counted; on 27 May half of them are gone.
    assert_eq!(drive(10, 5, "2025-05-27").light, Lamp::Green);
    assert_eq!(drive(10, 4, "2025-05-27").light, Lamp::Yellow);
    assert_eq!(drive(10, 9, "2025-06-12").light, Lamp::Yellow);
    assert_eq!(drive(10, 9, "2025-06-13").light, Lamp::Red);
    assert_eq!(drive(10, 10, "2025-06-13").light, Lamp::Green);
    assert_eq!(drive(10, 0, "2025-05-11").light, Lamp::Green);
}
