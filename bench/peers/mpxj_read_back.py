"""What `guatu schedule` writes, read back by MPXJ: the dates must be those `guatu schedule --json` prints.

usage: mpxj_read_back.py GUATU FILE...      (GUATU: the binary; FILE: .xer, .xml, .toml)

Needs Java 11 or later and two Python packages: pip install mpxj jpype1 (or --target FOLDER and PYTHONPATH=FOLDER).
Without them it says so in one line and ends with 0. Each file is written as Project XML and as XER; early and late
start and finish of every activity that is not finished and no summary are compared to the minute, and its name to the
letter (an XER is read as GB 18030, the encoding it is written in). Resources and assignments
(who works on what, hours of work and what is left of them) are read by MPXJ from FILE and from what was written, and must be
equal too. Ends with 1 when anything differs.
"""

import json
import os
import subprocess
import sys
import tempfile


def missing():
    try:
        import jpype  # noqa: F401
        import mpxj  # noqa: F401
    except ImportError as problem:
        return f"mpxj read-back: skipped, {problem.name} is not installed (pip install mpxj jpype1, Java 11)"
    return None


def ours(guatu, file, output):
    """The answer of the binary, which also writes `output`."""
    command = [guatu, "schedule", file, "--json", "-o", output]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode == 2 or not run.stdout:
        raise SystemExit(f"{' '.join(command)}: {run.stderr}")
    return json.loads(run.stdout)["activities"]


def opened(path, written):
    """The file as MPXJ reads it; an XER does not say its encoding, ours are GB 18030."""
    from org.mpxj.reader import UniversalProjectReader

    if path.endswith(".xer"):
        from java.nio.charset import Charset
        from org.mpxj.primavera import PrimaveraXERFileReader

        reader = PrimaveraXERFileReader()
        reader.setCharset(Charset.forName(charset_of(path, written)))
        project = reader.read(path)
    else:
        project = UniversalProjectReader().read(path)
    if project is None:
        raise SystemExit(f"MPXJ does not know {path}")
    return project


def charset_of(path, written):
    """UTF-8 where the bytes are that, else what we write, or what P6 writes on a western computer."""
    with open(path, "rb") as file:
        try:
            file.read().decode("utf-8")
        except UnicodeDecodeError:
            return "GB18030" if written else "windows-1252"
    return "UTF-8"


def names(project, key):
    """Name of every activity by its key."""
    return {key(task): str(task.getName() or "") for task in project.getTasks() if not task.getSummary()}


def theirs(path, by_code):
    """Activity by key: early finish, late start, late finish and (before work began) early start, not calculated anew."""
    from org.mpxj import TaskField

    project = opened(path, True)
    fields = [TaskField.EARLY_FINISH, TaskField.LATE_START, TaskField.LATE_FINISH, TaskField.EARLY_START]
    found = {}
    for task in project.getTasks():
        if task.getSummary() or task.getActualFinish() is not None:
            continue
        if path.endswith(".xer"):
            key = task.getActivityID()
        else:
            # Codes of P6 stand in the WBS column of Project.
            key = task.getWBS() if by_code else task.getUniqueID()
        started = task.getActualStart() is not None
        found[str(key)] = [str(task.getCachedValue(field) or "")[:16] for field in fields[: 3 if started else 4]]
    return found


def keys_of(project, path, by_code):
    """What a task is called by: the code that survives from one format into the other."""
    if path.endswith(".xer"):
        return lambda task: str(task.getActivityID())
    return lambda task: str(task.getWBS() if by_code else task.getUniqueID())


def means(path, by_code, written):
    """Names of resources in use, (activity, resource, hours of work, hours left) of every assignment, names by activity."""
    from org.mpxj import TimeUnit

    project = opened(path, written)
    key = keys_of(project, path, by_code)
    factors = project.getProjectProperties()

    def hours(duration):
        return None if duration is None else round(float(duration.convertUnits(TimeUnit.HOURS, factors).getDuration()), 2)

    found = []
    for task in project.getTasks():
        for one in task.getResourceAssignments():
            resource = one.getResource()
            if resource is not None:
                found.append((key(task), str(resource.getName()), hours(one.getWork()), hours(one.getRemainingWork())))
    return sorted({row[1] for row in found}), sorted(found, key=str), names(project, key)


def compare(guatu, file, ending):
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "written" + ending)
        answer = ours(guatu, file, output)
        by_code = not file.endswith(".xml")
        found = theirs(output, by_code)
        written = means(output, by_code, True)
        read = written if file.endswith(".toml") else means(file, False, False)
    equal, different, absent = 0, [], 0
    for activity in answer:
        dates = found.get(activity["id"])
        if dates is None:
            absent += 1
            continue
        mine = [activity[key] for key in ("early_finish", "late_start", "late_finish", "early_start")][: len(dates)]
        if mine == dates:
            equal += 1
        else:
            different.append((activity["id"], mine, dates))
    name = os.path.basename(file)
    print(f"{name} as {ending}: {equal} equal, {len(different)} different, {absent} summaries and finished not compared")
    lost = [row for row in read[1] if row not in written[1]]
    strange = [row for row in written[1] if row not in read[1]]
    print(f"  {len(written[0])} resources ({'equal' if written[0] == read[0] else 'DIFFERENT'}), "
          f"{len(written[1])} assignments ({len(lost)} lost or changed, {len(strange)} strange)")
    renamed = [(key, name, written[2][key]) for key, name in read[2].items() if written[2].get(key, name) != name]
    print(f"  {len(written[2])} names, {len(renamed)} different")
    for row in (lost[:3], strange[:3], renamed[:3]):
        if row:
            print(f"  differs  {row}")
    for key, mine, dates in different[:5]:
        print(f"  differs  {key}: ours {mine}, MPXJ {dates}")
    return len(different) + len(lost) + len(strange) + len(renamed) + (written[0] != read[0])


def main():
    problem = missing()
    if problem:
        print(problem)
        return 0
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    import jpype
    import jpype.imports
    import mpxj  # noqa: F401  (puts the jars on the class path)

    jpype.startJVM("-Xmx2g", "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory")
    guatu, files = sys.argv[1], sys.argv[2:]
    different = sum(compare(guatu, file, ending) for file in files for ending in (".xml", ".xer"))
    sys.stdout.flush()
    return 1 if different else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
