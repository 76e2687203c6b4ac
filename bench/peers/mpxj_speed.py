"""MPXJ on the network of `bench schedule`, shape `peer`: same numbers, same five-day week.

usage: mpxj_speed.py ms|p6 TASKS [tenths|days]

The project is built in memory; only `schedule` is timed, three runs, each on a fresh project. CPU time is that of the
whole process, so garbage collection on other threads counts, as it does for us. PrimaveraScheduler follows chains by
recursion: it runs on a thread with a stack of 1 GB, on a usual one it overflows.
"""

import importlib.metadata
import os
import sys
import time

import jpype
import jpype.imports
import mpxj  # noqa: F401  (puts the jars on the class path)

MASK = (1 << 64) - 1


def network(count):
    """Durations in tenths of a day and links, number by number as bench/src/schedule.rs makes them."""
    state = 0x9E3779B97F4A7C15 | 1
    work, links = [], []

    def below(limit):
        nonlocal state
        state ^= (state << 13) & MASK
        state ^= state >> 7
        state ^= (state << 17) & MASK
        return state % limit

    for i in range(count):
        work.append(1 + below(10))
        near = min(i, 200)
        for _ in range(2):
            if near > 0:
                link = (i - 1 - below(near), i)
                if not links or links[-1] != link:
                    links.append(link)
    return work, links


def build(work, links, kind, unit):
    """A project of its own for every run: a scheduler leaves its answers in the tasks."""
    from java.time import LocalDateTime
    from org.mpxj import ActivityType, Duration, ProjectFile, Relation, TaskMode, TimeUnit

    project = ProjectFile()
    project.setDefaultCalendar(project.addDefaultBaseCalendar())
    start = LocalDateTime.of(2023, 1, 2, 8, 0)
    properties = project.getProjectProperties()
    properties.setStartDate(start)
    properties.setPlannedStart(start)
    if kind == "p6":
        properties.setStatusDate(start)
    tasks = []
    for i, tenths in enumerate(work):
        task = project.addTask()
        task.setName(str(i))
        if unit == "days":
            duration = Duration.getInstance(float(tenths), TimeUnit.DAYS)
        else:
            duration = Duration.getInstance(float(tenths * 48), TimeUnit.MINUTES)
        task.setDuration(duration)
        task.setRemainingDuration(duration)
        task.setPlannedDuration(duration)
        task.setActualDuration(Duration.getInstance(0, TimeUnit.MINUTES))
        task.setActivityType(ActivityType.TASK_DEPENDENT)
        task.setTaskMode(TaskMode.AUTO_SCHEDULED)
        tasks.append(task)
    for before, after in links:
        tasks[after].addPredecessor(Relation.Builder().predecessorTask(tasks[before]))
    return project, start


def run(kind, count, unit):
    work, links = network(count)
    from org.mpxj.cpm import MicrosoftScheduler, PrimaveraScheduler

    scheduler_class = {"ms": MicrosoftScheduler, "p6": PrimaveraScheduler}[kind]
    version = importlib.metadata.version("mpxj")
    for turn in range(1, 4):
        project, start = build(work, links, kind, unit)
        scheduler = scheduler_class()
        cpu, wall = time.process_time(), time.monotonic()
        scheduler.schedule(project, start)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        finish = max(str(task.getEarlyFinish()) for task in project.getTasks())
        name = f"peer: MPXJ {version} {kind} {count} {unit}, run {turn}"
        print(f"{name:<44} {cpu:>9.3f} s CPU {wall:>9.3f} s wall {peak():>6} MB  {len(links)} links, finish {finish[:10]}", flush=True)


def peak():
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) >> 10


def main():
    kind, count = sys.argv[1], int(sys.argv[2])
    unit = sys.argv[3] if len(sys.argv) > 3 else "tenths"
    jpype.startJVM("-Xmx2g", "-Xss1g", convertStrings=False)
    from java.lang import Runnable, Thread, Throwable

    failures = []

    @jpype.JImplements(Runnable)
    class Work:
        @jpype.JOverride
        def run(self):
            try:
                run(kind, count, unit)
            except Throwable as problem:
                failures.append(str(problem.toString()))
            except Exception as problem:
                failures.append(repr(problem))

    thread = Thread(None, Work(), "schedule", 1 << 30)
    thread.start()
    thread.join()
    if failures:
        print(f"peer: MPXJ {kind} {count} {unit}: {failures[0]}", flush=True)
    sys.stdout.flush()
    os._exit(1 if failures else 0)


main()
