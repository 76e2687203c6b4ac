// What people do on the pages, one story each. Stories that change records use the first project found.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { breaches, launch, openPage, real, shot, start, type Running } from "./harness";

let browser: Browser;
let running: Running;
let page: Page;
let troubles: string[];
beforeAll(async () => {
  running = await start();
  browser = await launch();
  ({ page, troubles } = await openPage(browser, running));
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

describe("signing in", () => {
  test("a wrong password is refused in words", async () => {
    await page.goto("/");
    await page.waitForURL("**/signin**");
    await page.fill("#login", "nobody");
    await page.fill("#password", "wrong");
    await page.click("button[type=submit]");
    await page.waitForSelector("[role=alert]");
    expect((await page.textContent("[role=alert]"))?.length).toBeGreaterThan(5);
    expect(await breaches(page)).toEqual([]);
    await shot(page, "signin-refused");
  });
  test("the one-time link leads home and leaves no token in the address", async () => {
    await page.goto(running.signIn);
    await page.waitForSelector(".board");
    expect(new URL(page.url()).pathname).toBe("/");
    expect(page.url()).not.toContain("token");
  });
});

describe("home", () => {
  test("a figure explains itself and Esc closes it", async () => {
    await page.click(".big");
    await page.waitForSelector(".popover dl");
    await shot(page, "home-figure");
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".popover").count()).toBe(0);
  });
  test("a sub-district leads to its projects", async () => {
    await page.locator(".tile").nth(5).click();
    await page.waitForURL("**/projects?filter=**");
    await page.waitForSelector(".ledger-head");
    await page.goto("/");
  });
});

describe("search", () => {
  test("Ctrl K finds a project by the keyboard alone", async () => {
    await page.waitForSelector(".board");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("泛锐");
    await page.waitForSelector(".hits li");
    await shot(page, "search");
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/projects/**");
    await page.waitForSelector(".project-head h1");
    expect(await page.textContent(".project-head h1")).toContain("泛锐");
  });
});

describe("travel", () => {
  test("another day is read-only, says so, and leads back", async () => {
    await page.goto("/wall");
    await page.waitForSelector(".main-chart svg");
    await page.click(".day");
    await page.fill("#travel-day", "2023-03-03");
    await page.click(".day-form button");
    await page.waitForSelector(".travelling");
    expect(await page.textContent(".travelling")).toContain("2023年3月3日");
    expect(page.url()).toContain("as_of=2023-03-03");
    expect(await page.locator(".bar.editable").count()).toBe(0);
    await shot(page, "travel");
    await page.click(".travelling button");
    await expect.poll(() => page.locator(".travelling").count()).toBe(0);
    expect(page.url()).not.toContain("as_of");
  });
});

/** A bar that may be changed, wide enough to be dragged by its middle. */
async function editableBar() {
  await page.waitForSelector(".main-chart .bar.editable");
  const bars = page.locator(".main-chart .bar.editable");
  for (let index = 0; index < (await bars.count()); index += 1) {
    const bar = bars.nth(index);
    const box = await bar.boundingBox();
    if (box && box.width > 60 && box.x + box.width < 1280) return { bar, box };
  }
  throw new Error("no bar to drag");
}

describe("wall chart", () => {
  test("a light opens its reasons by click", async () => {
    await page.goto("/wall");
    await page.waitForSelector(".hit-light.red, .hit-light.yellow, .hit-light");
    await page.locator(".hit-light.red, .hit-light").first().click();
    await page.waitForSelector(".popover dl");
    await shot(page, "wall-explain");
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Escape");
  });
  test("a click on a light filters, a second one shows all again", async () => {
    const all = await page.locator(".hit-name").count();
    const red = page.locator(".wall-lights button").last();
    await red.click();
    await page.waitForSelector(".wall-filter");
    await expect.poll(() => page.locator(".hit-name").count()).toBeLessThan(all);
    await page.locator(".wall-lights button").last().click();
    await expect.poll(() => page.locator(".hit-name").count()).toBe(all);
  });
  test("a row opens by Enter and shows its activities", async () => {
    const before = await page.locator(".main-chart .bar").count();
    await page.locator(".hit-name").first().focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".main-chart .bar").count()).toBeGreaterThan(before);
    expect(await page.locator(".hit-name").first().getAttribute("aria-expanded")).toBe("true");
    await shot(page, "wall-open");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".main-chart .bar").count()).toBe(before);
  });
  test("arrows walk from a name to a bar", async () => {
    await page.locator(".hit-name").first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.classList.contains("bar"))).toBe(true);
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.classList.contains("bar"))).toBe(true);
    await page.keyboard.press("Escape");
  });
  test("plus zooms in, minus zooms out, today stays in sight", async () => {
    await page.locator(".hit-name").first().focus();
    await page.keyboard.press("+");
    await page.waitForURL("**zoom=quarter**");
    await page.keyboard.press("+");
    await page.waitForURL("**zoom=month**");
    await page.waitForTimeout(400);
    await shot(page, "wall-month");
    await page.keyboard.press("-");
    await page.keyboard.press("-");
    await expect.poll(() => page.url()).not.toContain("zoom");
  });
  test("dragging a bar asks for a reason, saves, and undo brings the dates back", async () => {
    const { bar, box } = await editableBar();
    const id = await bar.getAttribute("data-activity");
    const span = async (one: typeof bar) => `${await one.getAttribute("data-first")} ${await one.getAttribute("data-last")}`;
    const before = await span(bar);
    const middle = { x: box.x + box.width / 2, y: box.y + 8 };
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x + 12, middle.y, { steps: 4 });
    await page.waitForSelector(".ghost");
    await shot(page, "wall-drag");
    await page.mouse.move(middle.x + 22, middle.y, { steps: 4 });
    await page.mouse.up();
    await page.waitForSelector("dialog .replan");
    await page.click("dialog button[type=submit]");
    await page.waitForSelector("#replan-wrong");
    await shot(page, "wall-replan");
    expect(await breaches(page)).toEqual([]);
    await page.fill("#replan-reason", "端到端测试：供电接入推迟");
    await page.click("dialog button[type=submit]");
    await page.waitForSelector(".toast");
    const moved = page.locator(`.main-chart .bar[data-activity="${id}"]`).first();
    await expect.poll(() => span(moved), { timeout: 10_000 }).not.toBe(before);
    await shot(page, "wall-moved");
    await page.locator(".toast button").first().click();
    await expect.poll(() => span(moved), { timeout: 10_000 }).toBe(before);
  });
  test("Alt and an arrow move the bar by a day through the same dialog", async () => {
    const { bar } = await editableBar();
    await bar.focus();
    await page.keyboard.press("Alt+ArrowRight");
    await page.waitForSelector("dialog .replan");
    expect(await page.textContent("dialog .replan")).toContain("晚 1 天");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("dialog").count()).toBe(0);
  });
  test("comparing shows another day's chart and both light counts", async () => {
    await page.getByRole("button", { name: "与上周比" }).click();
    await page.waitForSelector(".compare-lights");
    expect(await page.locator(".main-chart").count()).toBe(2);
    await page.getByRole("button", { name: "结束对照" }).click();
    await expect.poll(() => page.locator(".main-chart").count()).toBe(1);
  });
  test("printing offers three papers that answer with PDF", async () => {
    await page.getByRole("button", { name: "打印" }).click();
    await page.waitForSelector(".papers");
    expect(await page.locator(".papers a[href*='paper=']").count()).toBe(3);
    await shot(page, "wall-print");
    if (real) {
      const address = (await page.locator(".papers a[href*='paper=A3']").getAttribute("href")) ?? "";
      const answer = await page.request.get(address);
      expect(answer.status()).toBe(200);
      expect((await answer.body()).subarray(0, 5).toString()).toBe("%PDF-");
    }
    await page.keyboard.press("Escape");
  });
  test("a snapshot can be kept and listed", async () => {
    await page.getByRole("button", { name: "快照" }).click();
    await page.waitForSelector("dialog .keep");
    await page.fill("#snapshot-note", "端到端测试留图");
    await page.click("dialog .keep button[type=submit]");
    await page.waitForSelector(".toast");
    await page.waitForSelector("dialog tbody tr");
    await shot(page, "snapshots");
    await page.locator("dialog tbody a").first().click();
    await page.waitForURL("**/wall/snapshots/**");
    await page.waitForSelector(".main-chart svg");
    expect(await page.locator(".bar.editable").count()).toBe(0);
  });
});

describe("all registers", () => {
  test.runIf(real)("are grouped, filtered and walked by arrows, the last used first", async () => {
    await page.goto("/registers/matter");
    await page.waitForSelector(".ledger-head");
    await page.goto("/registers");
    await page.waitForSelector(".register-card");
    expect(await page.locator(".registers section").first().getAttribute("aria-label")).toBe("最近用过");
    expect(await page.locator(".register-card").first().getAttribute("href")).toBe("/registers/matter");
    expect(await page.locator(".registers section").count()).toBeGreaterThan(3);
    expect(await breaches(page)).toEqual([]);
    await shot(page, "registers-grouped");
    await page.fill(".registers-head input", "隐患");
    await expect.poll(() => page.locator(".register-card").count()).toBe(1);
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe("/registers/safety_hazard");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/registers/safety_hazard");
  });
});

describe("ledger", () => {
  test("sorting, filtering and walking the grid", async () => {
    await page.goto("/projects");
    await page.waitForSelector(".grid td.name");
    await page.locator(".grid th button", { hasText: "总投资" }).click();
    await page.waitForURL("**sort=investment_total**");
    expect(await page.locator(".grid th[aria-sort=ascending]").count()).toBe(1);
    // The former order stands until the new one has come.
    await page.waitForLoadState("networkidle", { timeout: 2_000 }).catch(() => undefined);
    await page.locator(".grid td[data-cell='0:1']").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-cell"))).toBe("1:2");
    await page.fill(".words", "幼儿园");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".grid td.name").count()).toBe(1);
    await shot(page, "projects-filtered");
  });
  test.runIf(real)("the far end of a long ledger is reached by key and by scroll bar", async () => {
    await page.goto("/registers/enterprise");
    const refused = await page.evaluate(async () => {
      const make = (n: number) => fetch("/api/v1/registers/enterprise/records", { method: "POST", headers: { "Content-Type": "application/json", "X-Guatu": "1" }, body: JSON.stringify({ values: { name: `滚动测试企业${n}号` }, reason: "测试" }) });
      const answers: string[] = [];
      for (let from = 0; from < 230; from += 10) for (const answer of await Promise.all(Array.from({ length: 10 }, (_, at) => make(from + at)))) if (!answer.ok) answers.push(await answer.text());
      return answers;
    });
    expect(refused).toEqual([]);
    await page.reload();
    await page.waitForSelector(".grid tr:not(.waiting) td.name");
    const total = Number(/\d+/.exec((await page.locator(".ledger-head h1 small").textContent()) ?? "")?.[0]);
    expect(total).toBeGreaterThan(200);
    const name = (row: number) => page.locator(`.grid tr[aria-rowindex="${row + 2}"] td.name a`);
    const first = await name(0).textContent();
    await page.locator(".grid td[data-cell^='0:']").first().focus();
    await page.keyboard.press("Control+End");
    await expect.poll(() => name(total - 1).count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-cell")?.split(":")[0])).toBe(String(total - 1));
    await page.keyboard.press("PageUp");
    const above = Number(await page.evaluate(() => document.activeElement?.getAttribute("data-cell")?.split(":")[0]));
    expect(above).toBeLessThan(total - 5);
    await page.keyboard.press("Control+Home");
    await expect.poll(() => name(0).textContent()).toBe(first);
    const middle = Math.floor(total / 2);
    await page.evaluate((row) => { const box = document.querySelector(".grid-box"); if (box) box.scrollTop = row * 29; }, middle);
    await expect.poll(() => name(middle).count()).toBe(1);
    // Whatever way a row was reached, it is the row of that number.
    const reached = await page.evaluate(async ({ rows }) => {
      const sorted = await Promise.all(rows.map((row) => fetch(`/api/v1/registers/enterprise/records?limit=1&at=${row}`).then((answer) => answer.json() as Promise<{ items: { id: string }[] }>)));
      return rows.map((row, at) => document.querySelector(`.grid tr[aria-rowindex="${row + 2}"] td.name a`)?.getAttribute("href")?.includes(sorted[at]?.items[0]?.id ?? "none"));
    }, { rows: [middle, middle + 3] });
    expect(reached).toEqual([true, true]);
    expect(await breaches(page)).toEqual([]);
    await shot(page, "ledger-far");
  });
  test("columns can be chosen and stay chosen", async () => {
    await page.goto("/projects");
    await page.waitForSelector(".grid th");
    const before = await page.locator(".grid th").count();
    await page.getByRole("button", { name: "选列" }).click();
    await page.locator(".column-list input:checked").last().uncheck();
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".grid th").count()).toBe(before - 1);
    await page.reload();
    await page.waitForSelector(".grid th");
    expect(await page.locator(".grid th").count()).toBe(before - 1);
  });
  test("the round's light filter shows only red projects", async () => {
    await page.goto("/projects?filter=rag:eq:red");
    await page.waitForSelector(".ledger-head");
    await expect.poll(async () => (await page.locator(".grid tbody .light.red").count()) === (await page.locator(".grid td.name").count())).toBe(true);
  });
});

describe("project", () => {
  test("a change needs a reason and lands in the history", async () => {
    await page.goto("/projects");
    await page.locator(".grid td.name a").first().click();
    await page.waitForSelector(".record-form");
    if (!(await page.isVisible("#field-remark"))) await page.click(".more-fields");
    await page.fill("#field-remark", "端到端测试：补充备注");
    await page.locator("#field-remark").blur();
    await page.waitForSelector(".form-foot");
    await page.click(".form-foot button[type=submit]");
    await page.waitForSelector("#record-reason-wrong");
    await shot(page, "project-reason");
    await page.fill("#record-reason", "核对后补充备注");
    await page.click(".form-foot button[type=submit]");
    await page.waitForSelector(".toast");
    await page.click("#tab-log");
    await page.waitForSelector(".history li");
    expect(await page.locator(".history li").first().textContent()).toContain("核对后补充备注");
    await shot(page, "project-history");
  });
  test("a file can be attached and removed", async () => {
    await page.click("#tab-files");
    await page.waitForSelector(".small-drop");
    await page.setInputFiles(".small-drop input", { name: "进度照片说明.txt", mimeType: "text/plain", buffer: Buffer.from("桩基完成 62%") });
    await page.waitForSelector(".attachments tbody tr");
    expect(await page.textContent(".attachments tbody")).toContain("进度照片说明.txt");
    await page.locator(".attachments tbody button").first().click();
    await page.locator("dialog .btn.primary").click();
    await expect.poll(() => page.locator(".attachments tbody tr").count()).toBe(0);
  });
  test("a new record with nothing filled says what is missing at the field", async () => {
    await page.goto("/projects/new");
    await page.waitForSelector(".form-grid");
    await page.click(".form-foot button[type=submit]");
    await page.waitForSelector(".editor .wrong");
    expect(await page.locator("#field-name").getAttribute("aria-invalid")).toBe("true");
    await shot(page, "new-refused");
    expect(await breaches(page)).toEqual([]);
  });
});

describe.skipIf(!real)("change events", () => {
  test("a change by somebody else appears without a reload", async () => {
    await page.goto("/projects");
    await page.waitForSelector(".grid td.name a");
    const api = "/api/v1/registers/project/records";
    const list = (await (await page.request.get(`${api}?limit=1`)).json()) as { items: { id: string; version: number; values: { name: string } }[] };
    const record = list.items[0];
    if (!record) throw new Error("no project");
    const rename = async (name: string, version: number) =>
      page.request.patch(`${api}/${record.id}`, { data: { values: { name }, reason: "端到端测试：变更推送" }, headers: { "X-Guatu": "1", "If-Match": `"${version}"` } });
    const changed = await rename(`${record.values.name}（改）`, record.version);
    expect(changed.status()).toBe(200);
    await page.getByRole("link", { name: `${record.values.name}（改）` }).waitFor({ timeout: 10_000 });
    expect((await rename(record.values.name, record.version + 1)).status()).toBe(200);
    await page.getByRole("link", { name: record.values.name, exact: true }).waitFor({ timeout: 10_000 });
  });
});

describe("the other language", () => {
  test("English can be chosen and chosen back", async () => {
    await page.goto("/");
    await page.waitForSelector(".board");
    await page.click(".avatar");
    await page.getByRole("button", { name: "English" }).click();
    await expect.poll(() => page.textContent(".rail a.on")).toContain("Overview");
    await shot(page, "home-english");
    await page.getByRole("button", { name: "中文" }).click();
    await page.keyboard.press("Escape");
  });
});

test("nothing was logged as an error on the way", () => {
  expect(troubles).toEqual([]);
});
