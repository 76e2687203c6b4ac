#!/usr/bin/env python3
"""CP-SAT on instances of PSPLIB form: the peer of `bench levelling`.

Usage: cpsat_rcpsp.py FOLDER SET SECONDS [EVERY [OFFSET [WORKERS]]]
The plain model: an interval for each job, finish-start precedences, one cumulative for each resource, no hint.
SECONDS is CPU time of each worker, as it is for ours: the search is stopped when the process has used SECONDS × WORKERS
since it began (looked at every 5 ms), however long that takes on a shared machine. Building the model is not counted.
"""
import csv
import sys
import threading
import time

from ortools.sat.python import cp_model


def read(path):
    numbers = iter(int(word) for word in open(path).read().split())
    jobs, resources = next(numbers), next(numbers)
    capacities = [next(numbers) for _ in range(resources)]
    rows = []
    for _ in range(jobs):
        duration = next(numbers)
        needs = [next(numbers) for _ in range(resources)]
        rows.append((duration, needs, [next(numbers) - 1 for _ in range(next(numbers))]))
    return capacities, rows


def solve(path, seconds, workers):
    capacities, rows = read(path)
    model = cp_model.CpModel()
    horizon = sum(row[0] for row in rows)
    start = [model.new_int_var(0, horizon, f"s{j}") for j in range(len(rows))]
    bars = [model.new_fixed_size_interval_var(start[j], row[0], f"i{j}") for j, row in enumerate(rows)]
    for j, (duration, _, after) in enumerate(rows):
        for k in after:
            model.add(start[k] >= start[j] + duration)
    for r, capacity in enumerate(capacities):
        used = [j for j, row in enumerate(rows) if row[1][r] > 0]
        if used:
            model.add_cumulative([bars[j] for j in used], [rows[j][1][r] for j in used], capacity)
    end = model.new_int_var(0, horizon, "end")
    for j, row in enumerate(rows):
        model.add(end >= start[j] + row[0])
    model.minimize(end)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    done = threading.Event()
    end_cpu = time.process_time() + seconds * workers

    def guard():
        while not done.wait(0.005):
            if time.process_time() >= end_cpu:
                solver.stop_search()

    watch = threading.Thread(target=guard)
    watch.start()
    status = solver.solve(model)
    done.set()
    watch.join()
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return (int(solver.objective_value) if found else horizon), status == cp_model.OPTIMAL


def main():
    folder, kind, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    every, offset, workers = (int(word) for word in (sys.argv[4:] + ["1", "0", "1"][len(sys.argv) - 4:]))
    with open(f"{folder}/best-known.csv") as table:
        known = {row["instance"]: int(row["bks"]) for row in csv.DictReader(table)}
    names = [f"{kind}_{k}.txt" for k in range(1 + offset, (600 if kind == "J120" else 480) + 1, every)]
    gap = best = proven = 0
    before = time.process_time()
    for name in names:
        makespan, optimal = solve(f"{folder}/{name}", seconds, workers)
        gap += makespan / known[name] - 1
        best += makespan <= known[name]
        proven += optimal
    cpu = time.process_time() - before
    share = 100 / len(names)
    print(f"CP-SAT {kind}: {len(names)} instances, {seconds} s × {workers}: gap {gap * share:.3f} %, best known or better "
          f"{best * share:.1f} %, proven {proven * share:.1f} %, {cpu / len(names):.2f} s CPU each")


if __name__ == "__main__":
    main()
