//! Rights of persons on records: what lists show is what may be read.

use super::*;
use crate::expr::{Known, Moment, World};
use crate::record::{Fields, Record};
use ground::{Date, HolidayTable, RecordId, WorkCalendar};
use proptest::prelude::*;
use std::sync::Arc;

const HEAD: &str = r#"
[register]
id = "case"
version = "1.0.0"
title = { "zh-CN" = "事项" }
[[field]]
id = "name"
type = "text"
label = { "zh-CN" = "名称" }
[[field]]
id = "unit"
type = "org"
label = { "zh-CN" = "单位" }
[[field]]
id = "firm"
type = "ref"
to = "firm"
label = { "zh-CN" = "企业" }
[[field]]
id = "phone"
type = "phone"
mask = "middle4"
label = { "zh-CN" = "电话" }
[[field]]
id = "consent"
type = "bool"
label = { "zh-CN" = "同意" }
[[state]]
id = "draft"
label = { "zh-CN" = "草稿" }
initial = true
[[state]]
id = "open"
label = { "zh-CN" = "在办" }
[[transition]]
id = "go"
to = "open"
roles = ["anyone"]
"#;

struct Units(Arc<Definition>);

impl World for Units {
    fn record(&self, register: &str, id: RecordId) -> Option<Known> {
        let path = match (register, id.0) {
            ("organisation", 1) => "410102.s013",
            ("organisation", 2) => "410102.s014",
            ("firm", 9) => "410102.s013.firm",
            _ => return None,
        };
        let fields = Fields::from([("path".to_owned(), Value::Text(path.to_owned()))]);
        Some(Known {
            definition: self.0.clone(),
            record: Arc::new(record(id.0, path, fields)),
        })
    }

    fn records(&self, _: &str) -> Vec<Known> {
        Vec::new()
    }
}

fn record(id: i64, path: &str, fields: Fields) -> Record {
    Record {
        id: RecordId(id),
        version: 1,
        org: path.parse().expect("fixed path"),
        number: None,
        fields,
        withdrawn: false,
    }
}

fn define(permits: &str) -> Definition {
    let (definition, findings) = crate::parse("case.toml", &format!("{HEAD}{permits}"));
    assert_eq!(findings, []);
    definition.expect("good")
}

fn units_above(path: &str) -> Vec<RecordId> {
    let all = [(1, STREET), (2, OTHER)];
    let above = all
        .iter()
        .filter(|(_, unit)| path.starts_with(&format!("{unit}.")));
    above.map(|(id, _)| RecordId(*id)).collect()
}

fn user(role: &str, org: i64, path: &str) -> User {
    User {
        id: format!("{role}{org}"),
        name: role.to_owned(),
        org: Some(RecordId(org)),
        above: units_above(path),
        org_path: path.to_owned(),
        roles: vec![role.to_owned()],
    }
}

fn run<T>(definition: &Definition, user: &User, record: &Record, run: impl Fn(&Scope) -> T) -> T {
    let calendar = WorkCalendar::official(&HolidayTable::default());
    let moment = Moment {
        today: Date::constant(2023, 3, 10),
        now: "2023-03-10T00:30:00Z",
        calendar: &calendar,
    };
    let world = Units(Arc::new(define("")));
    run(&Scope {
        record: Some(record),
        user: Some(user),
        world: &world,
        ..Scope::new(definition, &record.fields, moment)
    })
}

/// `ruwx`: read, update, withdraw, export, and then hidden and masked fields.
fn shown(permits: &str, user: &User, record: &Record) -> String {
    let definition = define(permits);
    let found = run(&definition, user, record, |scope| {
        rights(&definition, user).on(scope)
    });
    let flags = [
        (found.read, 'r'),
        (found.update, 'u'),
        (found.withdraw, 'w'),
        (found.export, 'x'),
    ];
    let flags: String = flags
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, c)| *c)
        .collect();
    let list = |ids: &BTreeSet<String>| ids.iter().cloned().collect::<Vec<_>>().join(",");
    format!("{flags} {} {}", list(&found.hidden), list(&found.masked))
        .trim_end()
        .to_owned()
}

fn case(path: &str, more: &[(&str, Value)]) -> Record {
    let fields = more
        .iter()
        .map(|(id, value)| ((*id).to_owned(), value.clone()));
    record(7, path, fields.collect())
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

const STREET: &str = "410102.s013";
const OTHER: &str = "410102.s014";

#[test]
fn without_permits_the_usual_rule_holds() {
    let (clerk, viewer) = (user("clerk", 1, STREET), user("viewer", 1, STREET));
    let office = user("supervisor", 3, "410102");
    assert_eq!(shown("", &clerk, &case(STREET, &[])), "ruwx");
    assert_eq!(shown("", &viewer, &case(STREET, &[])), "rx  phone");
    assert_eq!(shown("", &clerk, &case(OTHER, &[])), "");
    assert_eq!(shown("", &office, &case(OTHER, &[])), "ruwx");
    let held = case(OTHER, &[("holder", Value::Ref(RecordId(1)))]);
    assert_eq!(shown("", &clerk, &held), "rux");
    let made = case(OTHER, &[("created_by", text("clerk1"))]);
    assert_eq!(shown("", &clerk, &made), "rx  phone");
}

#[test]
fn a_permit_says_where_and_in_which_states() {
    let own = "[[permit]]\nrole = \"grid\"\nscope = \"own\"\ncan = [\"read\", \"update\"]\nstates = [\"draft\"]\n";
    let grid = user("grid", 1, STREET);
    let mine = |state: &str| {
        case(
            STREET,
            &[("created_by", text("grid1")), ("state", text(state))],
        )
    };
    assert_eq!(shown(own, &grid, &mine("draft")), "ru  phone");
    assert_eq!(shown(own, &grid, &mine("open")), "");
    let theirs = case(
        STREET,
        &[("created_by", text("other")), ("state", text("draft"))],
    );
    assert_eq!(shown(own, &grid, &theirs), "");
    let firm = "[[permit]]\nrole = \"firm\"\nscope = \"ref:firm\"\ncan = [\"read\"]\n";
    let login = user("firm", 8, "410102.s013.firm");
    assert_eq!(
        shown(
            firm,
            &login,
            &case(OTHER, &[("firm", Value::Ref(RecordId(9)))])
        ),
        "r  phone"
    );
    assert_eq!(shown(firm, &login, &case(OTHER, &[])), "");
    let consent = "[[permit]]\nrole = \"aid\"\nscope = \"all\"\ncan = [\"read\", \"export\"]\nfilter = \"consent == true\"\n";
    let aid = user("aid", 1, STREET);
    assert_eq!(
        shown(
            consent,
            &aid,
            &case(OTHER, &[("consent", Value::Bool(true))])
        ),
        "rx  phone"
    );
    assert_eq!(shown(consent, &aid, &case(OTHER, &[])), "");
}

#[test]
fn what_one_of_two_roles_may_see_is_seen() {
    let permits = "[[permit]]\nrole = \"a\"\nscope = \"all\"\ncan = [\"read\"]\nhide = [\"phone\", \"name\"]\n[[permit]]\nrole = \"b\"\nscope = \"all\"\ncan = [\"read\", \"unmask\"]\nhide = [\"phone\"]\n";
    let mut both = user("a", 1, STREET);
    assert_eq!(shown(permits, &both, &case(STREET, &[])), "r name,phone");
    both.roles.push("b".into());
    assert_eq!(shown(permits, &both, &case(STREET, &[])), "r phone");
}

#[test]
fn what_no_permit_shows_whole_is_not_seen_whole() {
    let permits = "[[permit]]\nrole = \"a\"\nscope = \"all\"\ncan = [\"read\"]\nhide = [\"name\"]\n[[permit]]\nrole = \"b\"\nscope = \"all\"\ncan = [\"read\", \"update\"]\nmask = [\"name\"]\n";
    let mut both = user("a", 1, STREET);
    both.roles.push("b".into());
    assert_eq!(
        shown(permits, &both, &case(STREET, &[])),
        "ru  name,phone",
        "one hides it and one puts stars: stars; and changing alone does not look behind a mask"
    );
}

#[test]
fn the_definition_has_the_first_word_on_the_district_office() {
    let office = user("supervisor", 3, "410102");
    let state = |state: &str| case(STREET, &[("state", text(state))]);
    assert_eq!(shown(OFFICE, &office, &state("open")), "r  phone");
    assert_eq!(shown(OFFICE, &office, &state("draft")), "");
    let others = OFFICE.replace("supervisor", "grid");
    assert_eq!(shown(&others, &office, &state("draft")), "ruwx");
}

#[test]
fn a_field_closed_on_some_record_is_nothing_to_ask_by() {
    let hides = "[[permit]]\nrole = \"a\"\nscope = \"subtree\"\ncan = [\"read\", \"unmask\"]\nhide = [\"name\"]\n";
    let held = "[[permit]]\nrole = \"holder\"\nscope = \"all\"\ncan = [\"read\", \"unmask\"]\n";
    let whole = "[[permit]]\nrole = \"a\"\nscope = \"all\"\ncan = [\"read\", \"unmask\"]\n";
    let secret = |permits: &[&str]| {
        let definition = define(&permits.concat());
        let user = user("a", 1, STREET);
        let secret = rights(&definition, &user).secret();
        secret.into_iter().collect::<Vec<_>>().join(",")
    };
    assert_eq!(secret(&[hides, held]), "name");
    assert_eq!(secret(&[hides, whole]), "");
    assert_eq!(
        secret(&[]),
        "phone",
        "a role of no permit reads nothing whole"
    );
}

const PERMITS: &str = r#"
[[permit]]
role = "a"
scope = "own"
can = ["read"]
[[permit]]
role = "b"
scope = "org"
can = ["read"]
states = ["open"]
[[permit]]
role = "c"
scope = "subtree"
can = ["read"]
filter = "consent == true"
[[permit]]
role = "d"
scope = "ref:unit"
can = ["read"]
[[permit]]
role = "e"
scope = "parent"
can = ["read"]
[[permit]]
role = "f"
scope = "all"
can = ["read"]
[[permit]]
role = "g"
scope = "ref:firm"
can = ["read"]
[[permit]]
role = "holder"
scope = "all"
can = ["read"]
"#;

/// What the definition itself says of the district office.
const OFFICE: &str = "[[permit]]\nrole = \"supervisor\"\nscope = \"subtree\"\ncan = [\"read\"]\nstates = [\"open\"]\n";

proptest! {
    #[test]
    fn a_list_shows_what_may_be_read(
        role in "[a-g]|clerk|viewer|supervisor",
        usual in any::<bool>(),
        place in prop_oneof![Just((1i64, STREET)), Just((2, OTHER)), Just((3, "410102")), Just((4, "410102.s013.firm"))],
        path in prop_oneof![Just("410102"), Just(STREET), Just(OTHER), Just("410102.s013.c1")],
        unit in proptest::option::of(1i64..4),
        holder in proptest::option::of(1i64..4),
        office in any::<bool>(),
        firm in proptest::option::of(Just(9i64)),
        open in any::<bool>(),
        consent in any::<bool>(),
        mine in any::<bool>(),
    ) {
        let permits = format!("{PERMITS}{}", if office { OFFICE } else { "" });
        let definition = define(if usual { "" } else { &permits });
        let user = user(&role, place.0, place.1);
        let mut more = vec![("state", text(if open { "open" } else { "draft" })), ("consent", Value::Bool(consent))];
        more.extend(mine.then(|| ("created_by", text(&user.id))));
        more.extend(unit.map(|id| ("unit", Value::Ref(RecordId(id)))));
        more.extend(holder.map(|id| ("holder", Value::Ref(RecordId(id)))));
        more.extend(firm.map(|id| ("firm", Value::Ref(RecordId(id)))));
        let case = case(path, &more);
        let rights = rights(&definition, &user);
        let (read, listed) = run(&definition, &user, &case, |scope| {
            let filter = rights.scope_filter();
            (rights.on(scope).read, filter.is_none_or(|f| holds(&f, scope)))
        });
        prop_assert_eq!(read, listed);
    }
}
