"""Directus on the list page of `bench list`: stage = ?, sorted by amount descending, 50 rows, over its REST API.

usage: directus_list.py FOLDER_WITH_NODE_MODULES ROWS

Sets up a database of its own in a temporary folder, puts the rows straight into its table with an index on
(stage, amount), starts the server and asks 500 times with the static token of its administrator. The total is not
asked for (Directus counts only when told to). CPU time is that of the server process and its children.
"""

import http.client
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

PORT = 8055
TOKEN = "bench-static-token"
STAGES = ["signed", "started", "commissioned"]
FIELDS = {
    "code": "string", "name": "string", "batch": "string", "stage": "string", "street": "integer", "unit": "integer",
    "amount": "bigInteger", "done": "bigInteger", "start_due": "date", "finish_due": "date", "light": "string",
    "progress": "integer", "note": "text",
}
NOTE = "建设厂房十二万平方米,配套研发中心和人才公寓,已完成土地平整和围挡,正在办理施工许可"


def row(n):
    """The record that bench/src/list.rs makes of `n`."""
    mixed = n * 2654435761 % (1 << 31)
    day = lambda d: f"{2020 + d % 5}-{1 + d % 12:02}-{1 + d % 28:02}"
    return (
        n + 1, f"P{n}", f"{mixed % 100000}号产业园项目{n}", ["b0", "b1"][mixed % 2], STAGES[mixed // 7 % 3],
        1 + mixed // 11 % 12, 100 + mixed // 13 % 40, 100000 + 700 * n % 9000000, 1300 * n % 9000000, day(mixed // 3),
        day(mixed // 5), ["green", "yellow", "red"][mixed // 17 % 3], mixed // 19 % 100 * 100, NOTE,
    )


def ask(method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"Directus answers {answer.status} to {method} {path}: {text[:300]!r}")
    return json.loads(text) if text else None


def wait_until_ready(server):
    for _ in range(240):
        if server.poll() is not None:
            raise SystemExit("Directus ended while starting")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/server/ping")
            if connection.getresponse().read() == b"pong":
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("Directus did not start within two minutes")


def family(pid):
    """The process and its children."""
    found = [pid]
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8") as stat:
                    if int(stat.read().rsplit(")", 1)[1].split()[1]) in found:
                        found.append(int(entry))
            except OSError:
                pass
    return found


def cpu_and_memory(pid):
    seconds, kilobytes = 0.0, 0
    for one in family(pid):
        try:
            with open(f"/proc/{one}/stat", encoding="utf-8") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            with open(f"/proc/{one}/status", encoding="ascii") as status:
                kilobytes += sum(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        except OSError:
            pass
    return seconds, kilobytes >> 10


def make_collection():
    kinds = [{"field": name, "type": kind, "schema": {}} for name, kind in FIELDS.items()]
    key = {"field": "id", "type": "integer", "schema": {"is_primary_key": True, "has_auto_increment": True}}
    ask("POST", "/collections", {"collection": "project", "schema": {}, "meta": {}, "fields": [key, *kinds]})


def fill(database, rows):
    connection = sqlite3.connect(database)
    columns = ", ".join(["id", *FIELDS])
    marks = ", ".join("?" * (len(FIELDS) + 1))
    with connection:
        connection.executemany(f"INSERT INTO project ({columns}) VALUES ({marks})", (row(n) for n in range(rows)))
        connection.execute("CREATE INDEX project_stage_amount ON project (stage, amount)")
        connection.execute("ANALYZE")
    connection.close()


def measure(rows):
    choose = random.Random(5)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    times = []
    for turn in range(520):
        path = f"/items/project?filter[stage][_eq]={choose.choice(STAGES)}&sort=-amount&limit=50"
        start = time.monotonic()
        connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        page = json.loads(answer.read())["data"]
        if turn >= 20:
            times.append((time.monotonic() - start) * 1e3)
        if len(page) != min(50, rows // 3):
            raise SystemExit(f"a page of {len(page)} rows")
    return sorted(times)


def main():
    folder, rows = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as place:
        database = os.path.join(place, "data.db")
        environment = os.environ | {
            "DB_CLIENT": "sqlite3", "DB_FILENAME": database, "SECRET": "bench", "PORT": str(PORT), "HOST": "127.0.0.1",
            "ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": "bench-password", "ADMIN_TOKEN": TOKEN,
            "TELEMETRY": "false", "LOG_LEVEL": "error", "RATE_LIMITER_ENABLED": "false", "CACHE_ENABLED": "false",
        }
        tool = os.path.join(folder, "node_modules/.bin/directus")
        with open(os.path.join(place, "log"), "w", encoding="utf-8") as log:
            subprocess.run([tool, "bootstrap"], env=environment, cwd=place, check=True, stdout=log, stderr=log)
            server = subprocess.Popen([tool, "start"], env=environment, cwd=place, stdout=log, stderr=log)
            try:
                wait_until_ready(server)
                make_collection()
                fill(database, rows)
                before, _ = cpu_and_memory(server.pid)
                times = measure(rows)
                after, memory = cpu_and_memory(server.pid)
            finally:
                server.terminate()
                server.wait()
    each = (after - before) * 1e3 / 520
    with open(os.path.join(folder, "node_modules/directus/package.json"), encoding="utf-8") as package:
        version = json.load(package)["version"]
    name = f"peer: Directus {version}, stage = ?, by amount"
    print(f"{name:<44} p50 {times[250]:>7.2f} ms  p99 {times[494]:>7.2f} ms  max {times[-1]:>7.2f} ms  {each:>6.2f} ms CPU each  over HTTP, {memory} MB")


main()
