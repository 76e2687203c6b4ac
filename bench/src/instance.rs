//! Instances of the RCPSP in the form of github PyJobShop/Experiments (PSPLIB in plain numbers), and their best known
//! makespans. Users have no such files, so the reader lives with the measurements.

use plan::rcpsp::Problem;

/// Jobs and resources, capacities, then per job duration, needs, number of successors and successors from 1. `None` when
/// the numbers do not add up to a problem.
pub fn instance(text: &str) -> Option<Problem> {
    let mut numbers = text
        .split_whitespace()
        .map_while(|word| word.parse::<u32>().ok());
    let (jobs, resources) = (numbers.next()?, numbers.next()? as usize);
    let mut problem = Problem {
        capacities: numbers.by_ref().take(resources).collect(),
        ..Problem::default()
    };
    let mut links = Vec::new();
    for job in 0..jobs {
        problem.durations.push(numbers.next()?);
        problem.needs.extend(numbers.by_ref().take(resources));
        let after = numbers.next()? as usize;
        links.extend(
            numbers
                .by_ref()
                .take(after)
                .map(|to| (job, to.wrapping_sub(1))),
        );
    }
    for (from, to) in links {
        problem.follow(from, to);
    }
    problem.findings().is_empty().then_some(problem)
}

/// The last column of the table's row for an instance.
pub fn best_known(table: &str, name: &str) -> Option<u32> {
    let line = table
        .lines()
        .find(|line| line.split(',').nth(2) == Some(name))?;
    line.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use plan::rcpsp::solve;

    /// Four jobs between a beginning and an end, two machines; invented.
    const SMALL: &str = "6 1\n2\n0 0 2 2 3\n3 1 1 4\n2 2 1 5\n4 1 1 6\n2 1 1 6\n0 0 0\n";

    #[test]
    fn an_instance_is_read_with_successors_from_one() {
        let problem = instance(SMALL).unwrap();
        assert_eq!(problem.durations, [0, 3, 2, 4, 2, 0]);
        assert_eq!(
            (problem.capacities.as_slice(), problem.needs.as_slice()),
            (&[2][..], &[0, 1, 2, 1, 1, 0][..])
        );
        assert_eq!(
            (
                problem.lags[2].from,
                problem.lags[2].to,
                problem.lags[2].periods
            ),
            (1, 3, 3)
        );
        // 2 takes both machines; before or after it 1, then 3 beside 4: 2 + 3 + 4.
        assert_eq!(
            solve(&problem, 1, |best| best.schedules < 500)
                .unwrap()
                .makespan,
            9
        );
    }

    #[test]
    fn a_torn_file_is_no_instance() {
        assert!(instance(&SMALL[..SMALL.len() - 4]).is_none());
        assert!(instance("2 1 1 1 1 1 9").is_none());
    }

    #[test]
    fn the_best_known_value_is_found_by_the_whole_name() {
        let table = "problem,category,instance,bks\nRCPSP,PSPLIB-J30,J30_10.txt,45\nRCPSP,PSPLIB-J30,J30_1.txt,43\n";
        assert_eq!(best_known(table, "J30_1.txt"), Some(43));
        assert_eq!(best_known(table, "J30_2.txt"), None);
    }
}
