// 推演方案: a trial is kept under a name, opened on another machine by its address, set beside the plan, put into force,
// renamed, withdrawn and brought back.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { breaches, launch, openPage, real, shot, start, type Running } from "./harness";

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

/** Another machine: nothing is kept in its windows. */
async function open() {
  const opened = await openPage(browser, running, { width: 1440, height: 900 });
  const { page } = opened;
  if (state) await page.context().addCookies(state);
  else {
    await page.goto(running.signIn);
    await page.waitForSelector(".board");
    state = await page.context().cookies();
  }
  if (!plan) {
    await page.goto("/projects?q=%E8%8E%B2%E6%B9%96%E6%A0%A1%E5%8C%BA");
    await page.waitForSelector(".grid td.name a");
    plan = `${((await page.locator(".grid td.name a").first().getAttribute("href")) ?? "").split("?")[0]}/plan`;
  }
  page.on("dialog", (dialog) => void dialog.accept());
  return opened;
}
const rows = ".plan-rows tbody tr[role=row]";
const heads = ["light", "code", "name", "duration", "predecessors", "planned_start", "planned_finish", "forecast_finish", "float", "percent"];
const cell = (page: Page, row: number, head: string) => page.locator(`${rows}[aria-rowindex="${row + 2}"] td`).nth(heads.indexOf(head));
const settled = (page: Page) => page.waitForFunction(() => document.querySelector(".trial")?.getAttribute("aria-busy") === "false");
/** Activities that wait and are long enough to be shortened. */
async function waiting(page: Page): Promise<number[]> {
  const all = page.locator(rows);
  const out: number[] = [];
  for (let at = 0; at < (await all.count()); at += 1) {
    const texts = await all.nth(at).locator("td").allInnerTexts();
    const summary = (await all.nth(at).getAttribute("class"))?.includes("summary");
    if (!summary && Number(texts[3]) > 12 && ["", "0%", "0 %"].includes((texts[9] ?? "").trim())) out.push(at);
  }
  if (out.length < 2) throw new Error("fewer than two activities wait");
  return out;
}
async function typed(page: Page, row: number, days: number) {
  await cell(page, row, "duration").click();
  await page.keyboard.type(String(days));
  await page.keyboard.press("Enter");
  await page.waitForSelector(".trial");
  await settled(page);
}
async function kept(page: Page, name: string) {
  await page.locator(".trial-keep").click();
  await page.fill("#scenario-name", name);
  await page.locator("dialog .btn.primary").click();
  await page.waitForSelector("dialog", { state: "detached" });
  await page.waitForSelector(".trial-scenario");
}
const line = (page: Page, name: string) => page.locator(".scenario-list tbody tr").filter({ hasText: name });
const act = (page: Page, name: string, at: number) => line(page, name).locator(".btn").nth(at).click();
const [OPEN, DETAILS, ADOPT, RENAME, DROP] = [0, 1, 2, 3, 4];

test("a trial is kept, found again by its address, compared and put into force", async () => {
  const { page, troubles } = await open();
  await page.goto(`${plan}?view=scenarios`);
  await page.waitForSelector(".empty");
  await shot(page, "scenarios-none");
  await page.goto(plan);
  await page.waitForSelector(rows);
  const [first = 0, second = 0] = await waiting(page);
  const former = Number(await cell(page, first, "duration").innerText());
  await typed(page, first, former - 6);
  await page.locator(".trial-keep").click();
  await page.locator("dialog .btn.primary").click();
  await page.waitForSelector("#scenario-missing");
  expect(await page.locator("#scenario-name").evaluate((one) => one === document.activeElement)).toBe(true);
  await shot(page, "scenario-keep");
  expect(await breaches(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  await kept(page, "\u4e24\u73ed\u5012");
  await typed(page, first, former - 3);
  await typed(page, second, Number(await cell(page, second, "duration").innerText()) + 9);
  // What was opened and changed is another trial: it is kept beside the first one.
  expect(await page.locator(".trial-scenario small").count()).toBe(1);
  await page.locator(".trial-keep").click();
  await page.locator(".scenario-where input").nth(1).check();
  await page.fill("#scenario-name", "\u53ea\u52a0\u4eba");
  await page.fill("#scenario-remark", "\u4e0d\u52a0\u73ed\uff0c\u591a\u4e00\u4e2a\u73ed\u7ec4");
  await page.locator("dialog .btn.primary").click();
  await page.waitForSelector("dialog", { state: "detached" });
  await shot(page, "scenario-trial");
  await page.goto(`${plan}?view=scenarios`);
  await page.waitForSelector(".scenario-list tbody tr");
  expect(await page.locator(".scenario-list tbody tr").count()).toBe(2);
  for (const box of await page.locator(".scenario-list input[type=checkbox]").all()) await box.check();
  await page.waitForSelector(".scenario-table");
  expect(await page.locator(".scenario-table thead th").count()).toBe(3);
  await shot(page, "scenarios");
  expect(await breaches(page)).toEqual([]);
  await page.emulateMedia({ media: "print" });
  expect(await page.isVisible(".scenario-table")).toBe(true);
  expect(await page.locator(".scenario-list .btn").first().isVisible()).toBe(false);
  await shot(page, "scenarios-printed");
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(300);
  await shot(page, "scenarios-phone");
  await page.locator(".scenario-compare").scrollIntoViewIfNeeded();
  await shot(page, "scenarios-phone-compare");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  expect(await breaches(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await act(page, "\u4e24\u73ed\u5012", DETAILS);
  await page.waitForSelector("dialog .scenario-address");
  const address = new URL(await page.locator(".scenario-address input").inputValue());
  await shot(page, "scenario-details");
  expect(await breaches(page)).toEqual([]);
  expect(troubles).toEqual([]);
  await page.context().close();

  const other = await open();
  await other.page.goto(address.pathname + address.search);
  await other.page.waitForSelector(".trial-scenario");
  await settled(other.page);
  await expect.poll(() => cell(other.page, first, "duration").innerText()).toBe(String(former - 6));
  expect(await other.page.locator(".trial-scenario").innerText()).toContain("\u4e24\u73ed\u5012");
  await other.page.goto(`${plan}?view=scenarios`);
  await other.page.waitForSelector(".scenario-list tbody tr");
  await act(other.page, "\u4e24\u73ed\u5012", ADOPT);
  await other.page.waitForSelector("#trial-reason");
  await other.page.fill("#trial-reason", "\u529e\u516c\u4f1a\u5b9a\u4e86");
  await shot(other.page, "scenario-adopt");
  await other.page.locator("dialog .btn.primary").click();
  await other.page.waitForSelector(".trial", { state: "detached" });
  await expect.poll(() => cell(other.page, first, "duration").innerText()).toBe(String(former - 6));
  await other.page.goto(`${plan}?view=scenarios`);
  await line(other.page, "\u4e24\u73ed\u5012").locator(".scenario-adopted").waitFor();
  // The other copy changes the same row: it says so, by the activity's name, and still leads somewhere.
  if (real) expect(await line(other.page, "\u53ea\u52a0\u4eba").innerText()).toMatch(/1 \u5904\u5728\u8fd9\u671f\u95f4\u6539\u8fc7/);
  await act(other.page, "\u53ea\u52a0\u4eba", OPEN);
  await other.page.waitForSelector(".trial-scenario");
  await settled(other.page);
  if (real) {
    await other.page.locator(".scenario-note summary").click();
    expect(await other.page.locator(".scenario-note").innerText()).toContain(String(former - 6));
  }
  await shot(other.page, "scenario-note");
  expect(await breaches(other.page)).toEqual([]);
  expect(other.troubles).toEqual([]);
  await other.page.context().close();
});

test("a kept trial is renamed, withdrawn and brought back", async () => {
  const { page, troubles } = await open();
  await page.goto(`${plan}?view=scenarios`);
  await page.waitForSelector(".scenario-list tbody tr");
  await act(page, "\u53ea\u52a0\u4eba", RENAME);
  await page.fill("#scenario-name", "\u53ea\u52a0\u4e00\u4e2a\u73ed\u7ec4");
  await page.keyboard.press("Enter");
  await line(page, "\u53ea\u52a0\u4e00\u4e2a\u73ed\u7ec4").waitFor();
  await act(page, "\u53ea\u52a0\u4e00\u4e2a\u73ed\u7ec4", DROP);
  await page.fill("#reason-text", "\u7528\u4e0d\u7740\u4e86");
  await page.locator("dialog .btn.primary").click();
  await line(page, "\u53ea\u52a0\u4e00\u4e2a\u73ed\u7ec4").waitFor({ state: "detached" });
  if (real) {
    await page.locator(".toast").filter({ hasText: "\u64a4\u56de" }).locator(".btn").first().click();
    await line(page, "\u53ea\u52a0\u4e00\u4e2a\u73ed\u7ec4").waitFor();
  }
  expect(troubles).toEqual([]);
  await page.context().close();
});

test.runIf(real)("who may only read sees what a kept trial does, and is offered nothing more", async () => {
  const { page, troubles } = await openPage(browser, running);
  await page.goto(await running.guest("quzhang"));
  await page.waitForSelector(".board");
  await page.goto(`${plan}?view=scenarios`);
  await page.waitForSelector(".scenario-list tbody tr");
  const id = await line(page, "\u53ea\u52a0\u4e00\u4e2a\u73ed\u7ec4").getAttribute("data-scenario");
  expect(await line(page, "\u53ea\u52a0\u4e00\u4e2a\u73ed\u7ec4").locator(".btn").count()).toBe(1);
  await page.goto(`${plan}?scenario=${id}`);
  await page.waitForSelector("dialog .trial-head");
  await shot(page, "scenario-read");
  expect(await page.locator(".trial").count()).toBe(0);
  expect(troubles).toEqual([]);
  await page.context().close();
});
