//! A district with two registers that have a workflow: errands (with guard, signatures, clock, opening, automatic step,
//! permits on a field) and the orders that overdue errands open.

use crate::world::World;
use app::{Actor, App};
use ground::{Date, District, OrgPath};
use store::{DatabaseUrl, Meta, Store};

/// 差事: what the tests move.
pub const ERRAND: &str = r#"
[register]
id = "errand"
version = "1.0.0"
title = { "zh-CN" = "差事" }
owner = "区督查室"
name_field = "title"
list = ["title", "lead_unit", "due_on", "state"]

[number]
pattern = "CS{yyyy}{seq:3}"
scope = ["yyyy"]
assign = "assign"

[[field]]
id = "title"
type = "text"
required = true
search = true
label = { "zh-CN" = "事项" }
[[field]]
id = "lead_unit"
type = "org"
label = { "zh-CN" = "牵头单位" }
[[field]]
id = "due_on"
type = "date"
label = { "zh-CN" = "办结时限" }
[[field]]
id = "cost"
type = "int"
label = { "zh-CN" = "经费" }
[[field]]
id = "double_cost"
type = "int"
compute = "cost * 2"
label = { "zh-CN" = "两倍经费" }
[[field]]
id = "late_days"
type = "int"
compute = "max(0, workdays(due_on, today()))"
label = { "zh-CN" = "超期天数" }
[[field]]
id = "result"
type = "text"
label = { "zh-CN" = "结果" }
[[field]]
id = "done_on"
type = "date"
label = { "zh-CN" = "办结日" }

[[state]]
id = "draft"
label = { "zh-CN" = "拟办" }
initial = true
[[state]]
id = "open"
label = { "zh-CN" = "办理中" }
clock = { until = "due_on" }
hand_over = true
editable = ["result", "due_on"]
[[state]]
id = "verify"
label = { "zh-CN" = "待核验" }
recall = true
clock = { after = "3wd", from = "entered" }
editable = []
[[state]]
id = "closed"
label = { "zh-CN" = "已办结" }
done = true
[[state]]
id = "recheck"
label = { "zh-CN" = "回头看" }
done = true
clock = { after = "5wd", from = "entered" }

[[transition]]
id = "assign"
label = { "zh-CN" = "交办" }
from = ["draft"]
to = "open"
roles = ["supervisor"]
guard = "lead_unit != none && due_on != none"
guard_message = { "zh-CN" = "请先填牵头单位和时限" }
set = { holder = "lead_unit" }
[[transition]]
id = "apply"
label = { "zh-CN" = "申请销号" }
from = ["open"]
to = "verify"
roles = ["holder"]
ask = ["result"]
[[transition]]
id = "close"
label = { "zh-CN" = "销号" }
from = ["verify"]
to = "closed"
roles = ["inspector"]
guard = "user.id != actor('apply')"
set = { done_on = "today()" }
[[transition]]
id = "send_back"
label = { "zh-CN" = "打回" }
from = ["verify"]
to = "open"
roles = ["inspector"]
ask = ["reason"]
negative = true
[[transition]]
id = "look_back"
label = { "zh-CN" = "转入回头看" }
from = ["closed"]
to = "recheck"
auto = "30d"

[[escalate]]
in = ["open"]
steps = [ { at = "+0wd", light = "yellow" }, { at = "+1wd", light = "red", open = { register = "order", set = { title = "title", lead_unit = "lead_unit" } } } ]
"#;

/// 督办: opened by errands that are overdue.
pub const ORDER: &str = r#"
[register]
id = "order"
version = "1.0.0"
title = { "zh-CN" = "督办" }
name_field = "title"
list = ["title", "lead_unit", "state"]

[[field]]
id = "title"
type = "text"
required = true
label = { "zh-CN" = "事项" }
[[field]]
id = "lead_unit"
type = "org"
label = { "zh-CN" = "牵头单位" }

[[state]]
id = "open"
label = { "zh-CN" = "督办中" }
initial = true
[[state]]
id = "ended"
label = { "zh-CN" = "已解除" }
final = true

[[transition]]
id = "end"
label = { "zh-CN" = "解除" }
from = ["open"]
to = "ended"
roles = ["supervisor"]
"#;

/// 走访: permits that hide and mask fields and reach by role.
pub const VISIT: &str = r#"
[register]
id = "visit"
version = "1.0.0"
title = { "zh-CN" = "走访" }
name_field = "name"
list = ["name", "phone", "illness"]

[[field]]
id = "name"
type = "text"
required = true
search = true
label = { "zh-CN" = "姓名" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "单位" }
[[field]]
id = "phone"
type = "phone"
mask = "middle4"
label = { "zh-CN" = "电话" }
[[field]]
id = "illness"
type = "text"
search = true
label = { "zh-CN" = "病情" }

[[permit]]
role = "caseworker"
scope = "subtree"
can = ["create", "read", "update", "export", "unmask"]
[[permit]]
role = "clerk"
scope = "subtree"
can = ["read", "export"]
hide = ["illness"]
mask = ["phone"]
[[permit]]
role = "reporter"
scope = "subtree"
can = ["create"]
[[permit]]
role = "guest"
scope = "all"
can = ["read"]
filter = "name == '钱大妈'"
"#;

/// A district with these registers, open on a day.
pub fn open_on(world: &World, day: Date) -> App {
    let texts = [ERRAND, ORDER, VISIT];
    bring_in(world, &texts);
    world.open_on(day)
}

/// Puts definitions into a district's store, as the definition page does.
pub fn bring_in(world: &World, texts: &[&str]) {
    drop(world.open());
    let url = match world.database() {
        Some(server) => DatabaseUrl::Postgres(server.to_owned()),
        None => DatabaseUrl::Folder(world.folder.path().join("data")),
    };
    let store = Store::open(&url).expect("a store");
    let district = District::new("410102").expect("a district");
    let kept: Vec<_> = texts
        .iter()
        .map(|text| {
            let (definition, findings) = app::register::parse("definition.toml", text);
            let definition = definition.unwrap_or_else(|| panic!("{findings:?}"));
            (definition, (*text).to_owned())
        })
        .collect();
    let meta = Meta::new(
        "local",
        "2023-01-03T01:00:00Z",
        crate::world::day("2023-01-03"),
    );
    store
        .write::<_, store::StoreError>(&district, move |writer| {
            for (definition, text) in &kept {
                writer.note_definition(definition, text, &meta)?;
            }
            Ok(())
        })
        .expect("noted");
}

/// Somebody with roles and an organisation.
pub fn person(login: &str, path: &str, roles: &[&str]) -> Actor {
    Actor {
        login: login.to_owned(),
        name: login.to_owned(),
        post: String::new(),
        org: OrgPath::new(path).expect("a path"),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    }
}

/// An organisation of the district; gives its id.
pub fn unit(app: &App, name: &str, path: &str) -> String {
    let values = crate::world::values(serde_json::json!({
        "name": name, "kind": "subdistrict", "path": path,
    }));
    let made = app::records::create(
        app,
        &crate::world::local(app),
        "organisation",
        &values,
        "",
        None,
    );
    made.expect("a unit").record.id.to_string()
}
