"""Registers over HTTP, ours beside Django + DRF: list, get, durable create at 16 connections, in the same run.

usage: registers.py GUATU BENCH [SECONDS [CONNECTIONS]]

Both serve 10,000 records of 14 fields from SQLite with synchronous=FULL. Requests carry the session of a clerk; rights
are checked, each create is one durable transaction with its journal entry. The load comes from `bench load`; CPU is
that of the server's processes. Django runs in gunicorn with 3 workers (PYTHONPATH must find django, djangorestframework
and gunicorn; without them only ours is measured).
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = int(os.environ.get("BENCH_ROWS", "10000"))
STAGES = ["signed", "started", "commissioned"]
VALUES = {
    "code": "L{n}", "name": "新建项目{n}", "batch": "b0", "stage": "signed", "street": "s1", "unit": "u1",
    "plan": 1000, "done": 0, "start_due": "2026-01-01", "finish_due": "2027-01-01", "light": "green", "progress": 0,
    "note": "建设厂房十二万平方米,配套研发中心和人才公寓,已完成土地平整和围挡,正在办理施工许可",
}


def load(bench, name, address, pid, method, path, body="-", ids="-", headers=(), seconds=8, connections=16):
    command = [bench, "load", name, address, str(pid), str(connections), str(seconds), method, path, body, ids, *headers]
    subprocess.run(command, check=True)


def ask(base, method, path, body=None, headers=()):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"Content-Type": "application/json", **dict(headers)}, method=method)
    return urllib.request.urlopen(request)


def sign_in(base, token):
    answer = ask(base, "POST", "/api/v1/login/link", {"token": token}, {"X-Guatu": "1"}.items())
    return answer.headers["set-cookie"].split(";")[0]


def token_in(text):
    return re.search(r"token=([\w-]+)", text).group(1)


def ours(guatu, bench, seconds, connections):
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        definition = os.path.join(folder, "bench_project", "definition.toml")
        os.makedirs(os.path.dirname(definition))
        with open(os.path.join(HERE, "..", "data", "http.toml"), encoding="utf-8") as source:
            text = source.read()
        with open(definition, "w", encoding="utf-8") as copy:
            copy.write(text)
        place = ["--data", data]
        run = lambda *words: subprocess.run([guatu, *words], check=True, capture_output=True, text=True).stdout
        run("user", "add", "clerk", "--name", "填报员", "--role", "supervisor", *place)
        link = run("register", "apply", definition, "--reason", "测量", *place) and run("user", "link", "clerk", *place)
        server = subprocess.Popen([guatu, "serve", *place, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        try:
            base = next(m.group(1) for line in server.stdout if (m := re.search(r"(http://127[^/\s]+)", line)))
            address = base.removeprefix("http://")
            cookie = sign_in(base, token_in(link))
            headers = {"Cookie": cookie, "X-Guatu": "1"}
            rows = [dict(VALUES, code=f"P{n}", name=f"{n}号产业园项目", stage=STAGES[n % 3], plan=1000 + 7 * n) for n in range(ROWS)]
            fill(base, rows, headers)
            page = json.load(ask(base, "GET", "/api/v1/registers/bench_project/records?limit=500", headers=headers.items()))
            ids = os.path.join(folder, "ids")
            with open(ids, "w", encoding="utf-8") as file:
                file.write("\n".join(record["id"] for record in page["items"]))
            lines = [f"{name}: {value}" for name, value in headers.items()]
            common = {"headers": lines, "seconds": seconds, "connections": connections}
            root = "/api/v1/registers/bench_project/records"
            load(bench, "guatu list", address, server.pid, "GET", f"{root}?filter=stage:eq:signed&sort=-plan&limit=20", **common)
            load(bench, "guatu get", address, server.pid, "GET", root + "/{id}", ids=ids, **common)
            load(bench, "guatu create", address, server.pid, "POST", root, json.dumps({"values": VALUES}, ensure_ascii=False), **common)
        finally:
            server.terminate()
            server.wait()


def fill(base, rows, headers):
    """Through the route that people use, over one connection at a time per thread."""
    from concurrent.futures import ThreadPoolExecutor
    post = lambda row: ask(base, "POST", "/api/v1/registers/bench_project/records", {"values": row}, headers.items()).read()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(post, rows))


def django(bench, seconds, connections):
    try:
        import django as _, gunicorn as _, rest_framework as _  # noqa: F401
    except ImportError as missing:
        print(f"peer: Django not installed ({missing}): pip install django djangorestframework gunicorn")
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"BENCH_DB": os.path.join(folder, "data.db")}
        environment["PYTHONPATH"] = HERE + os.pathsep + os.environ.get("PYTHONPATH", "")
        key = subprocess.run([sys.executable, os.path.join(HERE, "django_registers.py"), "setup", str(ROWS)],
                             env=environment, check=True, capture_output=True, text=True).stdout.strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % free.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "gunicorn", "-w", "3", "-k", "gthread", "--threads", "4", "-b",
                                   address, "--log-level", "error", "django_registers:application"], env=environment)
        try:
            headers = [f"Cookie: sessionid={key}"]
            for _ in range(120):
                try:
                    ask(f"http://{address}", "GET", "/projects/1", headers=[tuple(headers[0].split(": "))])
                    break
                except OSError:
                    time.sleep(0.5)
            ids = os.path.join(folder, "ids")
            with open(ids, "w", encoding="utf-8") as file:
                file.write("\n".join(str(n) for n in range(1, 501)))
            common = {"headers": headers, "seconds": seconds, "connections": connections}
            load(bench, "Django list", address, server.pid, "GET", "/projects?stage=signed&limit=20", **common)
            load(bench, "Django get", address, server.pid, "GET", "/projects/{id}", ids=ids, **common)
            load(bench, "Django create", address, server.pid, "POST", "/projects", json.dumps(VALUES, ensure_ascii=False), **common)
        finally:
            server.terminate()
            server.wait()


def main():
    guatu, bench = sys.argv[1:3]
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    connections = int(sys.argv[4]) if len(sys.argv) > 4 else 16
    ours(guatu, bench, seconds, connections)
    django(bench, seconds, connections)


main()
