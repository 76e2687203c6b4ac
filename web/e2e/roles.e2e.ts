// One story for each kind of person, against the real program: what a role allows is on the screen, and no more.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { breaches, launch, openPage, real, shot, start, type Running } from "./harness";

let browser: Browser;
let running: Running;
beforeAll(async () => {
  if (!real) return;
  running = await start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

/** Signs in as one of the sample's people; `check` sees that no answer was refused behind the page. */
async function as(login: string): Promise<{ page: Page; check: () => void }> {
  const { page, troubles } = await openPage(browser, running);
  const refused: string[] = [];
  page.on("response", (answer) => {
    // A form may point at a register that the role does not see; everything else must be open.
    if (answer.status() === 403 && (!/\/registers\/[a-z_]+$/.test(answer.url()) || answer.url().endsWith("/organisation"))) refused.push(answer.url());
  });
  await page.goto(await running.guest(login));
  await page.waitForURL((url) => url.pathname === "/");
  return { page, check: () => expect([...troubles, ...refused]).toEqual([]) };
}
const text = (page: Page, selector: string) => page.locator(selector).first().innerText();

async function fill(page: Page, field: string, value: string) {
  const box = page.locator(`#field-${field}`);
  await box.waitFor();
  if ((await box.evaluate((element) => element.tagName)) === "SELECT") await box.selectOption(value);
  else await box.fill(value);
  await box.blur();
}
async function pick(page: Page, id: string, words: string) {
  await page.locator(`#${id}`).fill(words);
  // Until the words are looked for, the list shows what it showed before.
  await page.locator(`#${id}-list li[role=option]:not([aria-disabled])`, { hasText: words }).first().click();
}

describe.skipIf(!real)("the screen of", () => {
  test("a hazard administrator: own desk, hazards with their steps, unit pickers", async () => {
    const { page, check } = await as("yingji");
    await page.waitForSelector(".desk-cards");
    expect(await text(page, ".desk-head h1")).toContain("区应急局安委办");
    expect(await page.locator(".desk-cards").innerText()).toContain("安全隐患");
    expect(await page.locator(".rail a[href='/wall']").count()).toBe(0);
    expect(await breaches(page)).toEqual([]);
    await shot(page, "role-hazard-admin-home");
    await page.goto("/registers/safety_hazard/new");
    await page.waitForSelector("#field-level");
    await fill(page, "text", "疏散指示灯不亮");
    await page.selectOption("#field-level", "general");
    await pick(page, "field-subdistrict", "莲湖");
    expect(await page.inputValue("#field-subdistrict")).toContain("莲湖");
    await page.goto("/registers/safety_hazard?filter=state:eq:reported");
    await page.locator("td.name a").first().click();
    await page.waitForSelector(".record-facts");
    expect(await page.locator(".edit-record").count()).toBe(1);
    await shot(page, "role-hazard-admin-record");
    check();
    await page.context().close();
  });
  test("an inspector: sees hazards and matters, gives no orders", async () => {
    const { page, check } = await as("jiancha");
    await page.waitForSelector(".desk-cards");
    expect(await page.locator(".desk-cards").innerText()).toContain("交办");
    await page.goto("/tasks");
    await page.waitForSelector(".task-head");
    expect(await page.locator("a[href='/assign']").count()).toBe(0);
    await page.goto("/registers/safety_check/new");
    await page.waitForSelector(".record-form");
    expect(await page.locator(".record-page > [role=status]").count()).toBe(0);
    check();
    await page.context().close();
  });
  test("a grid worker on a phone: reports an event of the own grid", async () => {
    const { page, check } = await as("wangge");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForSelector(".desk-cards");
    await shot(page, "role-grid-worker-390");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.goto("/registers/grid_event/new");
    await page.waitForSelector("#field-title");
    await fill(page, "title", "井盖松动");
    await pick(page, "field-subdistrict", "莲湖");
    await page.goto("/registers");
    await page.waitForSelector(".register-card");
    const place = page.locator(".rail a[aria-current=page]");
    expect(await place.innerText()).toContain("台账");
    await expect.poll(async () => ((await place.boundingBox())?.x ?? 999) + 40).toBeLessThan(390);
    check();
    await page.context().close();
  });
  test("a clerk of a street: the whole home, tasks of the street, no order to others", async () => {
    const { page, check } = await as("lianhu");
    await page.waitForSelector(".board");
    await page.goto("/tasks");
    await page.waitForSelector(".task-head");
    await page.locator(".top-actions .btn", { hasText: "委托" }).click();
    await page.waitForSelector("#delegate-login");
    await expect.poll(() => page.locator("#delegate-login option").allInnerTexts()).toContainEqual(expect.stringContaining("莲湖街道网格员"));
    await page.keyboard.press("Escape");
    await page.goto("/assign");
    await page.waitForSelector(".assign-send .btn");
    expect(await page.locator(".assign-send .btn").isDisabled()).toBe(true);
    expect(await page.locator(".assign-page [role=status]").innerText()).toContain("角色");
    check();
    await page.context().close();
  });
  test("a head of a department: the list with numbers, a record with what may be done", async () => {
    const { page, check } = await as("zhujian_head");
    await page.waitForSelector(".desk-tasks a");
    await page.goto("/registers/matter");
    await page.waitForSelector("td.name a");
    expect(await page.locator("thead th button").first().innerText()).toContain("编号");
    await page.locator("td.name a").first().click();
    await page.waitForSelector(".record-facts");
    check();
    await page.context().close();
  });
  test("a deputy head of the district: everything to see", async () => {
    const { page, check } = await as("quzhang");
    await page.waitForSelector(".board");
    await page.goto("/wall");
    await page.waitForSelector(".main-chart svg");
    check();
    await page.context().close();
  });
});
