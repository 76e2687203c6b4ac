//! Every template shipped with the program: read without a finding, and for any parameters a plan
//! without loops, without open ends, of a length somebody could promise.

use std::collections::BTreeMap;

use ground::{HolidayTable, Minute, minute_of};
use plan::{
    DurationBasis, HealthRule, Options, ParameterValues, Patient, Template, health, read_template,
    schedule,
};
use proptest::prelude::*;

/// File, activities with default parameters, calendar days from Monday 6 March 2023 to the finish.
const SHIPPED: [(&str, &str, usize, i64); 7] = [
    (
        "approval",
        include_str!("../../../templates/approval.toml"),
        36,
        494,
    ),
    (
        "road",
        include_str!("../../../templates/road.toml"),
        27,
        249,
    ),
    (
        "housing",
        include_str!("../../../templates/housing.toml"),
        90,
        526,
    ),
    (
        "school",
        include_str!("../../../templates/school.toml"),
        57,
        455,
    ),
    (
        "factory",
        include_str!("../../../templates/factory.toml"),
        32,
        240,
    ),
    (
        "old_community",
        include_str!("../../../templates/old_community.toml"),
        73,
        444,
    ),
    (
        "waterworks",
        include_str!("../../../templates/waterworks.toml"),
        23,
        267,
    ),
];

fn template(index: usize) -> Template {
    let (name, text, _, _) = SHIPPED[index];
    let (template, findings) = read_template(&format!("{name}.toml"), text);
    assert!(findings.is_empty(), "{findings:#?}");
    template.expect("no finding, so a template")
}

fn start() -> Minute {
    minute_of("2023-03-06".parse().expect("a date"), 0, 0)
}

/// Calendar days to the finish, after checking the plan.
fn days(template: &Template, values: &ParameterValues) -> i64 {
    let works = template.works(values).expect("not thousands");
    let (network, findings) = works.network(HolidayTable::shipped(), 2023, 2040);
    assert!(findings.is_empty(), "{}: {findings:#?}", template.id);
    let options = Options::from_start(start());
    let answer = schedule(&network, &options);
    let answer = answer.unwrap_or_else(|findings| panic!("{}: {findings:#?}", template.id));
    let patient = Patient {
        network: &network,
        options: &options,
        answer: &answer,
        baseline: &[],
        resourced: &[],
    };
    let told = health(patient, &HealthRule::default());
    for point in [0, 1, 2, 3, 4, 6, 11] {
        let point = &told.points[point];
        let verdict = point.verdict.code();
        assert_eq!(
            verdict, "pass",
            "{} {:?}: {}",
            template.id, values, point.remedy
        );
    }
    assert!(
        told.points[0].activities.is_empty(),
        "{}: {}",
        template.id,
        told.points[0].remedy
    );
    (answer.finish - start()) / 1_440
}

#[test]
fn every_shipped_template_has_its_length_with_default_parameters() {
    let found: Vec<(&str, usize, i64)> = (0..SHIPPED.len())
        .map(|i| {
            let template = template(i);
            let values = template.defaults();
            let items = template.works(&values).expect("not thousands").items.len();
            (SHIPPED[i].0, items, days(&template, &values))
        })
        .collect();
    let expect: Vec<(&str, usize, i64)> = SHIPPED
        .iter()
        .map(|&(name, _, items, days)| (name, items, days))
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn extremes_make_plans_of_weeks_to_years() {
    for i in 0..SHIPPED.len() {
        let template = template(i);
        let mut all = vec![template.defaults()];
        for parameter in &template.parameters {
            for value in parameter.extremes() {
                let mut values = template.defaults();
                values.insert(parameter.id.clone(), value);
                all.push(values);
            }
        }
        let pick = |last: bool| -> ParameterValues {
            let each = template.parameters.iter().map(|parameter| {
                let extremes = parameter.extremes();
                let value = if last {
                    extremes.last()
                } else {
                    extremes.first()
                };
                (parameter.id.clone(), *value.expect("at least one"))
            });
            each.collect()
        };
        all.extend([pick(false), pick(true)]);
        for values in all {
            let days = days(&template, &values);
            assert!(
                (60..=4_000).contains(&days),
                "{} {values:?}: {days} days",
                template.id
            );
        }
    }
}

#[test]
fn every_duration_states_its_ground_and_weights_add_up() {
    for (i, (name, ..)) in SHIPPED.iter().enumerate() {
        let template = template(i);
        assert_eq!(template.id, *name);
        for step in &template.steps {
            let stated = step.basis == DurationBasis::Experience || step.source.len() > 12;
            assert!(stated, "{}: {}", template.id, step.name);
            assert!(!step.stage.is_empty(), "{}: {}", template.id, step.name);
        }
        let works = template.works(&template.defaults()).expect("not thousands");
        assert_eq!(works.weights(10_000).iter().sum::<i64>(), 10_000);
    }
}

#[test]
fn more_work_never_takes_less_time_and_more_crews_never_more() {
    let school = template(3);
    let with = |id: &str, value: &str| {
        let answers = BTreeMap::from([(id.to_owned(), value.to_owned())]);
        days(&school, &school.values(&answers).expect("allowed"))
    };
    assert!(with("floors", "12") > with("floors", "1"));
    assert!(with("crews", "1") > with("crews", "3"));
    assert!(with("pile", "否") < with("pile", "是"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_answers_make_a_sound_plan(index in 0..SHIPPED.len(), picks in prop::collection::vec(0usize..64, 16)) {
        let template = template(index);
        let mut values = template.defaults();
        for (parameter, pick) in template.parameters.iter().zip(picks) {
            let mut choices = parameter.extremes();
            choices.push(parameter.default);
            values.insert(parameter.id.clone(), choices[pick % choices.len()]);
        }
        let length = days(&template, &values);
        // One crew may build sixty towers one after another: what is bounded is the time of each.
        let buildings = values.get("buildings").map_or(1, |thousandths| (thousandths / 1000).max(1));
        prop_assert!((60..=12_000 * buildings).contains(&length), "{} {:?}: {}", template.id, values, length);
    }
}
