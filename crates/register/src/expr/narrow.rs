//! Which records of a register a macro over it can concern at all: its conditions `device.institution == e`, where `e`
//! says nothing of the device. A world that can look such values up reads those records and no others.

use ground::RecordId;

use super::bind::any;
use super::eval::{Around, Run};
use super::tree::{BinaryOp, Fold, FoldKind, Tree, Val};
use super::view::View;
use crate::definition::{Definition, Field, FieldKind};
use crate::record::{Fields, Value};

/// What a field holds, in the form in which it can be looked up. Two of them are equal exactly when `==` says so.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Held {
    /// No value, or an empty text.
    Missing,
    /// A record.
    Ref(RecordId),
    /// A text or a code.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// What is not looked up: it is equal to none of the others.
    Other,
}

impl Held {
    /// What a field of the register must hold to be equal to a value; none where only evaluation can tell: a computed
    /// field, a number or a date, a record of another register than the field points at.
    pub fn wanted(definition: &Definition, field: &str, val: &Val) -> Option<Held> {
        let field = definition.field(field).filter(|f| f.compute.is_none())?;
        match (val, &field.kind) {
            (Val::None, _) if is_single(field) => Some(Held::Missing),
            (Val::Text(text), _) if text.is_empty() && is_single(field) => Some(Held::Missing),
            (Val::Text(text), _) if holds_text(field) => Some(Held::Text(text.to_string())),
            (Val::Bool(yes), FieldKind::Bool) => Some(Held::Bool(*yes)),
            (Val::Ref { register, id }, _) if field.kind.target() == Some(register) => {
                Some(Held::Ref(*id)).filter(|_| is_reference(field))
            }
            _ => None,
        }
    }

    /// What a field holds in these values.
    pub fn of(fields: &Fields, field: &str) -> Held {
        match fields.get(field) {
            None => Held::Missing,
            Some(value) if value.is_empty() => Held::Missing,
            Some(Value::Ref(id)) => Held::Ref(*id),
            Some(Value::Text(text)) => Held::Text(text.clone()),
            Some(Value::Bool(yes)) => Held::Bool(*yes),
            Some(_) => Held::Other,
        }
    }
}

fn is_reference(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Org | FieldKind::Ref { .. })
}

fn holds_text(field: &Field) -> bool {
    Value::Text("文".to_owned()).fits(field)
}

fn is_single(field: &Field) -> bool {
    is_reference(field) || holds_text(field) || field.kind == FieldKind::Bool
}

impl<'v> Run<'v> {
    /// The fields of a candidate that must be equal to values known before any candidate is looked at. Whatever fails
    /// one of them fails the whole test, for in `&&` false wins over missing values and errors alike; so leaving it out
    /// changes no macro but `all`, which false decides.
    pub(super) fn equalities(&self, fold: &'v Fold, env: Around<'_, 'v>) -> Vec<(&'v str, Val)> {
        let Some(test) = fold.test.as_ref().filter(|_| fold.kind != FoldKind::All) else {
            return Vec::new();
        };
        let parts = conjuncts(test).into_iter();
        let sides = parts.filter_map(|part| equality(part, &fold.var));
        let known = sides.filter_map(|(field, other)| {
            // What has no value here has none for each candidate; there it says so, or there is no candidate.
            let view = self.eval(other, env).ok()?;
            (!matches!(view, View::User(_))).then(|| (field, view.to_val()))
        });
        known.collect()
    }
}

/// Conditions joined by `&&`.
fn conjuncts(tree: &Tree) -> Vec<&Tree> {
    match tree {
        Tree::Binary {
            op: BinaryOp::And,
            left,
            right,
        } => [conjuncts(left), conjuncts(right)].concat(),
        other => vec![other],
    }
}

/// `var.field == other`, either way round, where the other side does not name the candidate.
fn equality<'t>(tree: &'t Tree, var: &str) -> Option<(&'t str, &'t Tree)> {
    let Tree::Binary {
        op: BinaryOp::Eq,
        left,
        right,
    } = tree
    else {
        return None;
    };
    let sides = [(left, right), (right, left)];
    sides.into_iter().find_map(|(own, other)| {
        let field = field_of_var(own, var)?;
        let names = |tree: &Tree| matches!(tree, Tree::Name(name) if name == var);
        (!any(other, &names)).then_some((field, &**other))
    })
}

fn field_of_var<'t>(tree: &'t Tree, var: &str) -> Option<&'t str> {
    match tree {
        Tree::Select { of, name } => match &**of {
            Tree::Name(own) if own == var => Some(name),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::testing::*;
    use super::super::{EvalError, Known, Moment, Scope, World, eval};
    use super::*;

    /// A district that looks nothing up: each macro sees every record.
    struct Whole<'w>(&'w Village);

    impl World for Whole<'_> {
        fn record(&self, register: &str, id: RecordId) -> Option<Known> {
            self.0.record(register, id)
        }

        fn records(&self, register: &str) -> Vec<Known> {
            self.0.records(register)
        }

        fn records_where(&self, register: &str, _: &[(&str, Val)]) -> Vec<Known> {
            self.records(register)
        }
    }

    /// A district that notes what is looked up.
    struct Noting<'w>(&'w Village, RefCell<Vec<(String, Val)>>);

    impl World for Noting<'_> {
        fn record(&self, register: &str, id: RecordId) -> Option<Known> {
            self.0.record(register, id)
        }

        fn records(&self, register: &str) -> Vec<Known> {
            self.0.records(register)
        }

        fn records_where(&self, register: &str, equal: &[(&str, Val)]) -> Vec<Known> {
            let noted = equal
                .iter()
                .map(|(field, val)| ((*field).to_owned(), val.clone()));
            self.1.borrow_mut().extend(noted);
            self.0.records_where(register, equal)
        }
    }

    fn of(world: &dyn World, own: &Known, text: &str) -> Result<Val, EvalError> {
        let (calendar, user) = (calendar(), user());
        let moment = Moment {
            today: TODAY,
            now: NOW,
            calendar: &calendar,
        };
        let scope = Scope {
            record: Some(&own.record),
            user: Some(&user),
            world,
            ..Scope::new(&own.definition, &own.record.fields, moment)
        };
        eval(&expr(text), &scope)
    }

    /// A device with a value or none in each of the fields that the conditions ask for.
    fn a_device() -> impl Strategy<Value = Fields> {
        let institution = prop_oneof![Just(None), (1..3_i64).prop_map(Some)];
        let state = prop::option::of(prop::sample::select(vec!["", " ", "in_use", "stopped"]));
        let kind = prop::option::of(prop::sample::select(vec!["ct", "dr"]));
        let price = prop::option::of(prop::sample::select(vec![0, 100]));
        (institution, state, kind, price).prop_map(|(institution, state, kind, price)| {
            let mut made = Fields::new();
            let mut put = |id: &str, value: Option<Value>| {
                made.extend(value.map(|value| (id.to_owned(), value)));
            };
            put(
                "institution",
                institution.map(|id| Value::Ref(RecordId(id))),
            );
            put("state", state.map(text));
            put("kind", kind.map(text));
            put("price", price.map(money));
            made
        })
    }

    /// Conditions that can be looked up, that cannot, that fail, and that have no value.
    const CONDITIONS: [&str; 18] = [
        "device.institution == institution",
        "institution == device.institution",
        "device.institution == ref",
        "device.institution == none",
        "device.state == state",
        "device.state == 'in_use'",
        "device.state == ''",
        "device.kind == kind",
        "device.class == class",
        "device.price == price",
        "device.price > price",
        "device.price > 'dear'",
        "device.state == user",
        "device.state == institution",
        "device.nothing == kind",
        "device.kind == nothing",
        "device.kind == device.state",
        "!(device.state in ['stopped'])",
    ];

    const MACROS: [&str; 7] = [
        "count_of(device, {})",
        "exists(device, {})",
        "max_of(device, device.price, {})",
        "sum_of(device, device.price, {})",
        "max_of(device, device, {})",
        "count_of(device, exists(device, {}))",
        "[1, 2].map(kind, count_of(device, {}))",
    ];

    fn village(all: &[Fields]) -> Village {
        let device = Arc::new(device());
        let mut village = Village::default();
        for (id, fields) in (10..).zip(all) {
            village.add(known(&device, id, fields.clone()));
        }
        village
    }

    proptest! {
        #[test]
        fn what_is_looked_up_gives_what_walking_through_all_gives(
            all in prop::collection::vec(a_device(), 0..6),
            own in a_device(),
            parts in prop::collection::vec(prop::sample::select(CONDITIONS.to_vec()), 1..4),
            over in prop::sample::select(MACROS.to_vec()),
        ) {
            let village = village(&all);
            let own = known(&Arc::new(device()), 1, own);
            let text = over.replace("{}", &parts.join(" && "));
            prop_assert_eq!(of(&village, &own, &text), of(&Whole(&village), &own, &text), "{}", text);
        }
    }

    #[test]
    fn an_equality_that_says_nothing_of_the_candidate_is_looked_up_and_no_other() {
        let village = village(&[]);
        let own = fields([
            ("institution", Value::Ref(RecordId(1))),
            ("kind", text("ct")),
        ]);
        let own = known(&Arc::new(device()), 1, own);
        let asked = |text: &str| {
            let noting = Noting(&village, RefCell::default());
            of(&noting, &own, text).expect("a value");
            let asked = noting.1.into_inner().into_iter();
            asked.map(|(field, _)| field).collect::<Vec<_>>()
        };
        let both = "count_of(device, device != ref && device.institution == institution && kind == device.kind && device.price > 1)";
        assert_eq!(asked(both), ["institution", "kind"]);
        assert!(asked("count_of(device, device.kind == kind || device.price > 1)").is_empty());
        assert!(asked("count_of(device, device.kind == device.state)").is_empty());
        assert!(asked("count_of(device, !(device.kind == kind))").is_empty());
    }

    #[test]
    fn only_stored_values_of_the_same_kind_are_looked_up() {
        let device = device();
        let wanted = |field: &str, val: Val| Held::wanted(&device, field, &val);
        let institution = |register: &str| Val::Ref {
            register: register.into(),
            id: RecordId(1),
        };
        let held = wanted("institution", institution("radiation_institution"));
        assert_eq!(held, Some(Held::Ref(RecordId(1))));
        assert_eq!(wanted("institution", institution("enterprise")), None);
        assert_eq!(wanted("institution", Val::None), Some(Held::Missing));
        assert_eq!(
            wanted("kind", Val::Text("ct".into())),
            Some(Held::Text("ct".to_owned()))
        );
        // A computed value may be missing in the store and there in the evaluation.
        assert_eq!(wanted("class", Val::Text("diag".into())), None);
        assert_eq!(wanted("operators", Val::None), None);
        assert_eq!(wanted("price", Val::Int(1)), None);
        assert_eq!(wanted("nothing", Val::None), None);
    }
}
