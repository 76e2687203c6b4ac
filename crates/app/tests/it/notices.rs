//! Who is told what: reminders of clocks and duties, requests to sign, and what the clock looks at to find them.

use crate::flow_world::{bring_in, person, unit};
use crate::world::{World, day, local, on_both, values};
use app::flow::{ActRequest, act};
use app::page::record::RecordView;
use app::page::task::{TaskBox, TaskPage};
use app::{Actor, App, AppError, notice, records, task, tick};
use serde_json::{Value as Json, json};

const MONDAY: &str = "2023-03-06";

/// 会签件: a clock that reminds, a round of signatures that may be widened.
pub const PAPER: &str = r#"
[register]
id = "paper"
version = "1.0.0"
title = { "zh-CN" = "会签件" }
name_field = "title"
list = ["title", "unit", "state"]
[[field]]
id = "title"
type = "text"
required = true
label = { "zh-CN" = "标题" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "单位" }
[[field]]
id = "due_on"
type = "date"
label = { "zh-CN" = "时限" }
[[state]]
id = "draft"
label = { "zh-CN" = "拟稿" }
initial = true
[[state]]
id = "open"
label = { "zh-CN" = "会签中" }
clock = { until = "due_on" }
[[state]]
id = "closed"
label = { "zh-CN" = "已办" }
final = true
[[transition]]
id = "send"
label = { "zh-CN" = "送签" }
from = ["draft"]
to = "open"
roles = ["supervisor"]
set = { holder = "unit" }
[[transition]]
id = "pass"
label = { "zh-CN" = "通过" }
from = ["open"]
to = "closed"
roles = ["holder"]
approve = { all_of = ["holder"], add_signer = true }
[[escalate]]
in = ["open"]
steps = [ { at = "-1wd", light = "yellow", notify = ["holder"] }, { at = "+1wd", light = "red", notify = ["holder", "holder.manager", "supervisor"] } ]
"#;

/// 灭火器: a duty that comes back.
pub const EXTINGUISHER: &str = r#"
[register]
id = "extinguisher"
version = "1.0.0"
title = { "zh-CN" = "灭火器" }
name_field = "place"
list = ["place", "unit", "checked_on"]
[[field]]
id = "place"
type = "text"
required = true
label = { "zh-CN" = "位置" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "单位" }
[[field]]
id = "checked_on"
type = "date"
label = { "zh-CN" = "检查日期" }
[[obligation]]
id = "check"
title = { "zh-CN" = "年度检查" }
due = "add_months(checked_on, 12)"
remind = ["-7d"]
"#;

fn account(app: &App, login: &str, unit: Option<&str>, roles: &[&str]) {
    let new = app::account::NewAccount {
        login: login.to_owned(),
        name: format!("{login}同志"),
        post: String::new(),
        unit: unit.map(str::to_owned),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    app::account::add(app, new).expect("an account");
}

/// The district on Monday, with a paper sent to a street and due on Friday.
fn sent(world: &World) -> (App, RecordView) {
    bring_in(world, &[PAPER, EXTINGUISHER]);
    let app = world.open_on(day(MONDAY));
    let street = unit(&app, "莲湖街道", "410102.s013");
    unit(&app, "须水街道", "410102.s012");
    for (login, unit, roles) in [
        ("lianhu", Some("410102.s013"), &["clerk"][..]),
        ("zhuren", Some("410102.s013"), &["clerk", "leader"]),
        ("xushui", Some("410102.s012"), &["clerk"]),
        ("ducha", None, &["supervisor"]),
    ] {
        account(&app, login, unit, roles);
    }
    let given = values(json!({"title": "道路占用", "unit": street, "due_on": "2023-03-10"}));
    let made = records::create(&app, &ducha(), "paper", &given, "", None).expect("made");
    let sent = does(&app, &ducha(), &made, "send", json!({}));
    (app, sent)
}

fn ducha() -> Actor {
    person("ducha", "410102", &["supervisor"])
}

fn lianhu() -> Actor {
    person("lianhu", "410102.s013", &["clerk"])
}

fn zhuren() -> Actor {
    person("zhuren", "410102.s013", &["clerk", "leader"])
}

fn xushui() -> Actor {
    person("xushui", "410102.s012", &["clerk"])
}

fn does(app: &App, who: &Actor, view: &RecordView, action: &str, given: Json) -> RecordView {
    let request = ActRequest {
        action: action.to_owned(),
        version: view.record.version,
        values: values(given),
        late: Some(("funds".to_owned(), "已催".to_owned())),
        ..ActRequest::default()
    };
    act(
        app,
        who,
        &view.register,
        &view.record.id.to_string(),
        request,
    )
    .unwrap_or_else(|error| panic!("{action}: {error:?}"))
}

fn boxed(app: &App, who: &Actor, of: TaskBox) -> TaskPage {
    task::tasks(app, who, of, 0).expect("tasks")
}

/// Titles, reasons and whether they were read, of a person's reminders.
fn told(app: &App, who: &Actor) -> Vec<(String, String, bool)> {
    let page = boxed(app, who, TaskBox::Notice);
    let line = |one: &app::page::task::TaskView| {
        let note = one.note.clone().unwrap_or_default();
        (one.title.clone(), note, one.unread)
    };
    page.items.iter().map(line).collect()
}

#[test]
fn each_person_a_rule_names_is_told_once_why_and_of_which_record() {
    on_both(|world| {
        let (app, paper) = sent(world);
        assert_eq!(tick::run(&app).expect("a tick"), []);
        assert_eq!(told(&app, &lianhu()), []);
        drop(app);
        let app = world.open_on(day("2023-03-09"));
        let lines: Vec<String> = tick::run(&app)
            .expect("a tick")
            .into_iter()
            .map(|one| one.text)
            .collect();
        assert_eq!(lines, ["提醒 lianhu同志、zhuren同志"]);
        let one = |note: &str, unread: bool| ("道路占用".to_owned(), note.to_owned(), unread);
        assert_eq!(told(&app, &lianhu()), [one("距时限还有1个工作日", true)]);
        assert_eq!(told(&app, &ducha()), []);
        assert_eq!(
            boxed(&app, &lianhu(), TaskBox::Todo).counts[&TaskBox::Notice],
            1
        );
        assert_eq!(
            notice::read(&app, &lianhu(), Some(paper.record.id)).expect("read"),
            1
        );
        assert_eq!(told(&app, &lianhu()), [one("距时限还有1个工作日", false)]);
        assert_eq!(
            boxed(&app, &lianhu(), TaskBox::Todo).counts[&TaskBox::Notice],
            0
        );
        assert_eq!(tick::run(&app).expect("again"), []);
        assert_eq!(told(&app, &lianhu()).len(), 1, "told once");
        drop(app);
        let app = world.open_on(day("2023-03-13"));
        tick::run(&app).expect("a tick");
        let late = one("已超期1个工作日", true);
        assert_eq!(told(&app, &ducha()), std::slice::from_ref(&late));
        assert_eq!(
            told(&app, &zhuren()),
            [late, one("距时限还有1个工作日", true)],
            "as holder and as leader, once"
        );
        assert_eq!(told(&app, &xushui()), [], "another street is not told");
        assert_eq!(notice::read(&app, &zhuren(), None).expect("read"), 2);
        assert!(app::backup::verify(&app).expect("verify").whole);
    });
}

#[test]
fn who_is_asked_to_sign_sees_the_record_in_todo_and_after_signing_in_done() {
    on_both(|world| {
        let (app, paper) = sent(world);
        let id = paper.record.id.to_string();
        let count = |of: TaskBox| boxed(&app, &xushui(), of).counts[&of];
        assert!(matches!(
            records::get(&app, &xushui(), "paper", &id, None),
            Err(AppError::OutOfSight(_))
        ));
        let signed = does(&app, &lianhu(), &paper, "pass", json!({}));
        // One signature is enough to close; so the other is asked before the last signs.
        assert_eq!(signed.record.text("state"), Some("closed"));
        let street = paper.record.reference("unit").expect("a unit").to_string();
        let wide = PAPER
            .replace("all_of = [\"holder\"]", "all_of = [\"holder\", \"leader\"]")
            .replace("1.0.0", "1.1.0");
        app::definition_editing::apply(&app, &local(&app), &wide, "会签扩大").expect("applied");
        let given = values(json!({"title": "占道经营", "unit": street, "due_on": "2023-03-10"}));
        let made = records::create(&app, &ducha(), "paper", &given, "", None).expect("made");
        let open = does(&app, &ducha(), &made, "send", json!({}));
        let id = open.record.id.to_string();
        let begun = does(&app, &lianhu(), &open, "pass", json!({}));
        let asked = does(
            &app,
            &lianhu(),
            &begun,
            "add_signer",
            json!({"signer": "xushui"}),
        );
        assert_eq!((count(TaskBox::Todo), count(TaskBox::Done)), (1, 0));
        let todo = boxed(&app, &xushui(), TaskBox::Todo);
        assert_eq!(
            (todo.items[0].title.as_str(), todo.items[0].note.as_deref()),
            ("占道经营", Some("请您为“通过”加签"))
        );
        let seen = records::get(&app, &xushui(), "paper", &id, None).expect("in sight now");
        assert!(!seen.rights.update);
        let listed =
            records::list(&app, &xushui(), "paper", &Default::default(), None).expect("a list");
        assert_eq!(listed.total, Some(0), "asked for in the tasks, not listed");
        let signed = does(&app, &xushui(), &asked, "pass", json!({}));
        assert_eq!((count(TaskBox::Todo), count(TaskBox::Done)), (0, 1));
        let closed = does(&app, &zhuren(), &signed, "pass", json!({}));
        assert_eq!(closed.record.text("state"), Some("closed"));
    });
}

#[test]
fn a_duty_tells_who_holds_it_before_it_is_due_and_when_it_is_overdue() {
    on_both(|world| {
        let (app, paper) = sent(world);
        let street = paper.record.reference("unit").expect("a unit").to_string();
        let given = values(json!({"place": "一楼", "unit": street, "checked_on": "2022-03-14"}));
        records::create(&app, &local(&app), "extinguisher", &given, "", None).expect("made");
        tick::run(&app).expect("a tick");
        assert_eq!(told(&app, &lianhu()), []);
        drop(app);
        for (on, note) in [
            ("2023-03-07", "“年度检查”3月14日到期"),
            ("2023-03-15", "“年度检查”已逾期"),
        ] {
            let app = world.open_on(day(on));
            tick::run(&app).expect("a tick");
            tick::run(&app).expect("again");
            let told = told(&app, &lianhu());
            let of_it: Vec<&str> = told
                .iter()
                .filter(|one| one.0 == "一楼")
                .map(|one| one.1.as_str())
                .collect();
            assert_eq!(of_it.first(), Some(&note), "{on}: {told:?}");
        }
    });
}

#[test]
fn a_change_of_the_record_or_of_its_rules_is_looked_at_again() {
    let world = World::sqlite();
    let (app, paper) = sent(&world);
    tick::run(&app).expect("a tick");
    let street = paper.record.reference("unit").expect("a unit").to_string();
    let given = values(json!({"place": "二楼", "unit": street, "checked_on": "2023-03-01"}));
    let made = records::create(&app, &local(&app), "extinguisher", &given, "", None).expect("made");
    tick::run(&app).expect("a tick");
    assert_eq!(told(&app, &lianhu()), [], "due in a year");
    let id = made.record.id.to_string();
    let older = values(json!({"checked_on": "2022-03-01"}));
    records::update(&app, &local(&app), "extinguisher", &id, 1, &older, "更正").expect("changed");
    tick::run(&app).expect("a tick");
    assert_eq!(told(&app, &lianhu())[0].1, "“年度检查”已逾期");
    let given = values(json!({"place": "三楼", "unit": street, "checked_on": "2022-09-10"}));
    records::create(&app, &local(&app), "extinguisher", &given, "", None).expect("made");
    tick::run(&app).expect("a tick");
    assert_eq!(told(&app, &lianhu()).len(), 1);
    let half = EXTINGUISHER.replace("1.0.0", "1.1.0").replace("12)", "6)");
    app::definition_editing::apply(&app, &local(&app), &half, "改为半年").expect("applied");
    tick::run(&app).expect("a tick");
    assert_eq!(
        told(&app, &lianhu()).len(),
        3,
        "the second floor is due half a year earlier too: {:?}",
        told(&app, &lianhu())
    );
}
