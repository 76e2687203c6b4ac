// Scrolling of the ledger page with many rows, in headless Chromium on the real program. A measurement, never a test.
//
// usage: node ledger_scroll.mjs GUATU [ROWS [SECONDS]]      (Chromium: GUATU_CHROMIUM or /usr/bin/chromium; DIST: folder
// whose page is shown instead of the one in the program)
//
// Imports ROWS records of bench/data/http.toml, opens their ledger and scrolls by 40 pixels a frame, then by a screen a
// frame, then jumps about. A frame is the time between two calls of requestAnimationFrame; a long task is a stretch of
// script of 50 ms and more.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = createRequire(join(here, "../../web/package.json"))("playwright-core");
const [guatu, rows = "100000", seconds = "6"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "guatu-scroll-"));
const place = ["--data", join(folder, "data")];
const run = (...words) => execFileSync(resolve(guatu), words, { encoding: "utf8", maxBuffer: 1 << 28 });

function prepare() {
  mkdirSync(join(folder, "bench_project"));
  const definition = join(folder, "bench_project", "definition.toml");
  writeFileSync(definition, readFileSync(join(here, "../data/http.toml")));
  const stages = ["签约", "开工", "投产"];
  const lines = ["编码,名称,批次,阶段,属地,责任单位,计划(元),完成(元),应开工,应完工,灯,进度,备注"];
  for (let n = 0; n < Number(rows); n += 1) {
    const day = `${2020 + (n % 5)}-${String(1 + (n % 12)).padStart(2, "0")}-${String(1 + (n % 28)).padStart(2, "0")}`;
    lines.push([`P${n}`, `${(n * 7919) % 100000}号产业园项目${n}`, "第一期", stages[n % 3], `街道${n % 12}`, `单位${n % 40}`, 1000 + 7 * n, 13 * n, day, day, "绿", `${n % 100}%`, "建设厂房十二万平方米"].join(","));
  }
  writeFileSync(join(folder, "rows.csv"), lines.join("\n"));
  run("user", "add", "clerk", "--name", "测量", "--role", "supervisor", ...place);
  run("register", "apply", definition, "--reason", "测量", ...place);
  run("import", join(folder, "rows.csv"), "--register", "bench_project", ...place);
  return /token=([\w-]+)/.exec(run("user", "link", "clerk", ...place))[1];
}

async function serve() {
  const child = spawn(guatu, ["serve", ...place, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.setEncoding("utf8");
  let printed = "";
  const address = await new Promise((found) => child.stdout.on("data", (text) => {
    printed += text;
    const hit = /https?:\/\/127[^\s/]+/.exec(printed);
    if (hit) found(hit[0]);
  }));
  return { child, address };
}

/** Runs in the page: scrolls for some seconds and gives the times of frames. */
async function scroll([pattern, seconds]) {
  const box = document.querySelector(".grid-box");
  const frames = [];
  const long = [];
  const watcher = new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration)));
  watcher.observe({ type: "longtask" });
  let blank = 0;
  const end = performance.now() + seconds * 1000;
  let before = performance.now();
  let down = true;
  for (let n = 0; performance.now() < end; n += 1) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
    const room = box.scrollHeight - box.clientHeight;
    if (pattern === "jumps") box.scrollTop = ((n * 7919) % 1000) / 1000 * room;
    else {
      const step = pattern === "screens" ? box.clientHeight : 40;
      if (box.scrollTop >= room - 1) down = false;
      if (box.scrollTop <= 0) down = true;
      box.scrollTop += down ? step : -step;
    }
    const middle = box.getBoundingClientRect();
    const there = document.elementFromPoint(middle.left + 200, middle.top + middle.height / 2);
    if (!there?.closest("tr:not(.waiting) > [data-cell]")) blank += 1;
  }
  watcher.disconnect();
  return { frames: frames.slice(2), long, blank, loaded: Math.round(box.scrollHeight / 32) };
}

/** CPU of the page's main thread so far, in milliseconds: all tasks, script, layout and style. */
async function spent(devtools) {
  const { metrics } = await devtools.send("Performance.getMetrics");
  const of = (name) => 1000 * (metrics.find((one) => one.name === name)?.value ?? 0);
  return { all: of("TaskDuration"), script: of("ScriptDuration"), layout: of("LayoutDuration") + of("RecalcStyleDuration") };
}

function tell(pattern, { frames, long, blank, loaded }, before, after) {
  frames.sort((a, b) => a - b);
  const sum = frames.reduce((all, one) => all + one, 0);
  const at = (share) => frames[Math.floor((frames.length - 1) * share)].toFixed(1);
  const longest = long.length ? Math.max(...long).toFixed(0) : "none";
  const each = (name) => ((after[name] - before[name]) / frames.length).toFixed(1);
  console.log(`${pattern.padEnd(10)} CPU a frame ${each("all")} ms (script ${each("script")}, layout and style ${each("layout")}) ${(frames.length / sum * 1000).toFixed(0)} frames/s  p50 ${at(0.5)}  p99 ${at(0.99)}  longest ${at(1)} ms  long tasks ${long.length} (longest ${longest} ms)  frames without rows ${blank} of ${frames.length}  about ${loaded} rows in reach`);
}

const started = Date.now();
const token = prepare();
console.log(`${rows} rows imported in ${((Date.now() - started) / 1000).toFixed(0)} s`);
const { child, address } = await serve();
const browser = await chromium.launch({ executablePath: process.env.GUATU_CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
try {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN", baseURL: address })).newPage();
  if (process.env.DIST) await page.route((url) => !url.pathname.startsWith("/api/"), (route) => {
    const path = new URL(route.request().url()).pathname;
    return route.fulfill({ path: join(process.env.DIST, /\.\w+$/.test(path) ? path : "index.html") });
  });
  await page.goto(`/signin?token=${token}`);
  await page.waitForURL((url) => !url.pathname.startsWith("/signin"), { timeout: 60_000 });
  const opening = Date.now();
  await page.goto("/registers/bench_project");
  await page.waitForSelector("[data-cell]", { timeout: 60_000 });
  console.log(`first rows after ${Date.now() - opening} ms`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  for (const pattern of ["steadily", "screens", "jumps"]) {
    const before = await spent(devtools);
    const seen = await page.evaluate(scroll, [pattern, Number(seconds)]);
    tell(pattern, seen, before, await spent(devtools));
  }
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
} finally {
  await browser.close();
  child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}
