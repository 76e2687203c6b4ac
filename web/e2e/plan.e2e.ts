// The plan of a project: its rooms open without a breach, cells are typed and walked like a spreadsheet,
// changes are tried before they are saved, a bar can be dragged, blocks can be pasted.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { breaches, launch, openPage, shot, start, type Running } from "./harness";

let browser: Browser;
let running: Running;
let state: Awaited<ReturnType<import("playwright-core").BrowserContext["cookies"]>> | null = null;
let plan = "";
beforeAll(async () => {
  running = await start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

async function open(size?: { width: number; height: number }) {
  const opened = await openPage(browser, running, size);
  const { page } = opened;
  if (state) await page.context().addCookies(state);
  else {
    await page.goto(running.signIn);
    await page.waitForSelector(".board");
    state = await page.context().cookies();
  }
  if (!plan) {
    // The sample's school campus has the longest plan.
    await page.goto("/projects?q=%E8%8E%B2%E6%B9%96%E6%A0%A1%E5%8C%BA");
    await page.waitForSelector(".grid td.name a");
    plan = `${((await page.locator(".grid td.name a").first().getAttribute("href")) ?? "").split("?")[0]}/plan`;
  }
  return opened;
}
const rows = ".plan-rows tbody tr[role=row]";
const cell = (page: Page, row: number, head: string) => page.locator(`${rows}[aria-rowindex="${row + 2}"] td`).nth(page.viewportSize() ? headsOf.indexOf(head) : 0);
const headsOf = ["light", "code", "name", "duration", "predecessors", "planned_start", "planned_finish", "forecast_finish", "float", "percent"];
/** The first activity that has not begun and has a duration. */
async function waiting(page: Page): Promise<number> {
  const all = page.locator(rows);
  for (let at = 0; at < (await all.count()); at += 1) {
    const texts = await all.nth(at).locator("td").allInnerTexts();
    const summary = (await all.nth(at).getAttribute("class"))?.includes("summary");
    if (!summary && Number(texts[3]) > 3 && ["", "0%", "0 %"].includes((texts[9] ?? "").trim())) return at;
  }
  throw new Error("no activity that waits");
}
const settled = (page: Page) => page.waitForFunction(() => document.querySelector(".trial")?.getAttribute("aria-busy") === "false");

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const rooms: [string, string, string][] = [
  ["plan-sheet", "", ".plan-rows tbody tr, .plan-cards li, .plan-empty"],
  ["plan-commitment", "?view=commitment", ".week-table tbody tr, .week-bar + .empty"],
  ["plan-curve", "?view=curve", ".plot, .empty"],
  ["plan-health", "?view=health", ".health tbody tr"],
  ["plan-load", "?view=load", ".plot, .empty"],
  ["plan-flowline", "?view=flowline", ".flow-drawing svg, .empty"],
  ["plan-chance", "?view=chance", ".chance-head"],
  ["plan-baselines", "?view=baselines", ".table tbody tr, .empty"],
  ["plan-scenarios", "?view=scenarios", ".scenario-list tbody tr, .empty"],
  ["plan-templates", "?view=templates", ".template, .empty"],
  ["plan-files", "?view=files", ".drop"],
];
describe("the rooms of a plan", () => {
  test.each(Object.keys(sizes) as (keyof typeof sizes)[])("open without a breach on %s", async (size) => {
    const { page, troubles } = await open(sizes.desktop);
    await page.setViewportSize(sizes[size]);
    const found: string[] = [];
    for (const [name, query, ready] of [...rooms.map(([name, query, ready]) => [name, plan + query, ready] as const), ["calendars", "/calendars", ".year button"] as const]) {
      await page.goto(name === "calendars" ? query : query);
      await page.waitForSelector(ready);
      await page.waitForTimeout(400);
      await shot(page, `${name}-${size}`);
      for (const breach of await breaches(page)) found.push(`${name}: ${breach}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) found.push(`${name}: the page is ${wide} px wider than the window`);
    }
    expect(found).toEqual([]);
    expect(troubles).toEqual([]);
    await page.context().close();
  });
});

describe("the schedule", () => {
  test("is walked and typed in like a spreadsheet, tried first, and saved with a reason", async () => {
    const { page, troubles } = await open();
    await page.goto(plan);
    await page.waitForSelector(rows);
    const at = await waiting(page);
    await cell(page, at, "duration").click();
    const former = Number(await cell(page, at, "duration").innerText());
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.type(String(former + 9));
    await page.keyboard.press("Tab");
    await page.waitForSelector(".trial");
    await settled(page);
    expect(await cell(page, at, "duration").innerText()).toBe(String(former + 9));
    expect(await cell(page, at, "predecessors").evaluate((one) => one === document.activeElement)).toBe(true);
    await shot(page, "plan-trial");
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Control+z");
    await page.waitForSelector(".trial", { state: "detached" });
    expect(await cell(page, at, "duration").innerText()).toBe(String(former));
    await page.keyboard.press("Control+y");
    await page.waitForSelector(".trial");
    await settled(page);
    // The trial outlives a reload of the page, and the plan does not know of it.
    await page.reload();
    await page.waitForSelector(".trial");
    await settled(page);
    await page.locator(".trial .btn").first().click();
    await page.waitForSelector("dialog .trial-head");
    await shot(page, "plan-compare");
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.locator(".trial .btn.primary").click();
    await page.fill("#trial-reason", "\u8bd5\u9a8c");
    await page.locator("dialog .btn.primary").click();
    await page.waitForSelector(".trial", { state: "detached" });
    await page.waitForSelector(".toast");
    await expect.poll(() => cell(page, at, "duration").innerText()).toBe(String(former + 9));
    await page.locator(".toast .btn").first().click();
    await expect.poll(() => cell(page, at, "duration").innerText()).toBe(String(former));
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test("tells in the cell what is wrong with a predecessor and refuses to save it", async () => {
    const { page } = await open();
    await page.goto(plan);
    await page.waitForSelector(rows);
    const at = await waiting(page);
    await cell(page, at, "predecessors").click();
    await page.keyboard.type("99999FS");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".trial-wrong");
    expect(await cell(page, at, "predecessors").getAttribute("aria-invalid")).toBe("true");
    await page.keyboard.press("ArrowUp");
    await page.waitForSelector(".cell-wrong");
    await shot(page, "plan-wrong");
    expect(await page.locator(".trial .btn.primary").isDisabled()).toBe(true);
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Control+z");
    await page.waitForSelector(".trial", { state: "detached" });
    await page.context().close();
  });

  test("takes a block from the clipboard after showing it, and gives one back", async () => {
    const { page } = await open();
    await page.goto(plan);
    await page.waitForSelector(rows);
    const at = await waiting(page);
    const count = async () => Number(await page.locator(".plan-rows table").getAttribute("aria-rowcount"));
    const former = await count();
    await cell(page, at, "duration").click();
    const paste = (text: string) => page.evaluate((text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, text);
    await paste("\u7f16\u53f7\t\u5de5\u4f5c\u5185\u5bb9\t\u5de5\u671f\r\nX1\t\u6837\u677f\u95f4\t3\r\nX2\t\u6837\u677f\u95f4\u9a8c\u6536\t2\r\n");
    await page.waitForSelector("dialog .table tbody tr");
    await shot(page, "plan-paste");
    expect(await breaches(page)).toEqual([]);
    await page.locator("dialog .btn.primary").click();
    await settled(page);
    await expect.poll(count).toBe(former + 2);
    await page.locator(".trial .btn").nth(1).click();
    await page.waitForSelector(".trial", { state: "detached" });
    await cell(page, at, "code").click();
    await cell(page, at, "name").click({ modifiers: ["Shift"] });
    const copied = await page.evaluate(() => {
      const data = new DataTransfer();
      document.activeElement?.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
      return data.getData("text/plain");
    });
    expect(copied.split("\t")).toHaveLength(2);
    await page.context().close();
  });

  test("a bar's end can be dragged; the chart follows the table", async () => {
    const { page } = await open();
    await page.goto(plan);
    await page.waitForSelector(rows);
    const at = await waiting(page);
    await cell(page, at, "name").click();
    await page.waitForTimeout(200);
    const code = (await cell(page, at, "code").innerText()).trim();
    const bar = page.locator(".plan-bars g[data-row] rect.bar").nth(await page.evaluate((index) => [...document.querySelectorAll(".plan-bars g[data-row]")].slice(0, index).filter((one) => one.querySelector("rect.bar")).length, at));
    await bar.scrollIntoViewIfNeeded();
    const box = await bar.boundingBox();
    if (!box) throw new Error("the bar is not drawn");
    await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 40, box.y + box.height / 2, { steps: 5 });
    await page.waitForSelector(".drag-text");
    await shot(page, "plan-drag");
    await page.mouse.up();
    await page.waitForSelector(".trial");
    await settled(page);
    expect(await page.locator(".trial-wrong").count(), `after dragging ${code}`).toBe(0);
    await page.locator(".trial .btn").nth(1).click();
    await page.waitForSelector(".trial", { state: "detached" });
    await page.locator(".plan-rows").evaluate((box) => (box.scrollTop = 120));
    await expect.poll(() => page.locator(".plan-bars").evaluate((box) => box.scrollTop)).toBe(await page.locator(".plan-rows").evaluate((box) => box.scrollTop));
    await page.context().close();
  });
});

describe("on paper", () => {
  test("all rows are printed on A3 with their bars, the head on each page", async () => {
    const { page } = await open();
    await page.goto(plan);
    await page.waitForSelector(rows);
    const all = Number(await page.locator(".plan-rows table").getAttribute("aria-rowcount")) - 1;
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 1512, height: 1046 });
    await page.waitForSelector(".printed tbody tr");
    expect(await page.locator(".printed tbody tr").count()).toBe(all);
    expect(await page.isVisible(".rail")).toBe(false);
    expect(await page.isVisible(".tabs")).toBe(false);
    expect(await page.locator(".printed table").evaluate((one) => one.getBoundingClientRect().width)).toBeLessThan(1512);
    await shot(page, "plan-printed");
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    await page.emulateMedia({ media: "screen" });
    await page.waitForSelector(rows);
    await page.context().close();
  });
});
