"""MPXJ reads a schedule file, as `bench files` does: usage: mpxj_read.py FILE

Three runs in one process, each read whole; CPU time is that of the process, so garbage collection counts.
"""

import importlib.metadata
import os
import sys
import time

import jpype
import jpype.imports
import mpxj  # noqa: F401  (puts the jars on the class path)


def peak():
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) >> 10


def main():
    path = sys.argv[1]
    jpype.startJVM("-Xmx6g", "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory")
    from org.mpxj.reader import UniversalProjectReader

    version = importlib.metadata.version("mpxj")
    for turn in range(1, 4):
        cpu, wall = time.process_time(), time.monotonic()
        project = UniversalProjectReader().read(path)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        name = f"peer: MPXJ {version} reads .{path.rsplit('.', 1)[-1]}, run {turn}"
        print(f"{name:<44} {cpu:>9.3f} s CPU {wall:>9.3f} s wall {peak():>6} MB  {project.getTasks().size()} tasks", flush=True)
    os._exit(0)


main()
