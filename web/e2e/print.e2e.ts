// The browser's own printing: navigation goes, the chart stays whole.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { join } from "node:path";
import { launch, openPage, shot, SHOTS, start, type Running } from "./harness";

let browser: Browser;
let running: Running;
let page: Page;
let troubles: string[];
beforeAll(async () => {
  running = await start();
  browser = await launch();
  ({ page, troubles } = await openPage(browser, running));
  await page.goto(running.signIn);
  await page.waitForSelector(".board");
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

test("the printed wall chart has no rail, no bar of buttons, and no scroll box", async () => {
  await page.goto("/wall");
  await page.waitForSelector(".main-chart svg");
  await page.emulateMedia({ media: "print" });
  expect(await page.isVisible(".rail")).toBe(false);
  expect(await page.isVisible(".top")).toBe(false);
  expect(await page.isVisible(".wall-title h1")).toBe(true);
  expect(await page.evaluate(() => getComputedStyle(document.querySelector(".main-chart") as Element).overflow)).toBe("visible");
  await shot(page, "wall-printed");
});

test("a printed ledger has all rows of its filter under a head that each page repeats, and nothing else", async () => {
  await page.emulateMedia({ media: "screen" });
  await page.goto("/registers/matter");
  await page.waitForSelector("td.name a");
  await page.evaluate(() => (window.print = () => {}));
  const total = Number(/\d+/.exec((await page.textContent(".ledger-head h1 small")) ?? "")?.[0]);
  await page.locator(".print-ledger").click();
  await page.waitForSelector(".printed-ledger tbody tr", { state: "attached" });
  await page.emulateMedia({ media: "print" });
  expect(await page.locator(".printed-ledger tbody tr:not(.sum)").count()).toBe(total);
  expect(await page.locator(".printed-ledger thead").evaluate((head) => getComputedStyle(head).display)).toBe("table-header-group");
  for (const gone of [".rail", ".top", ".ledger-head", ".grid-box", ".view-bar", ".ledger-foot"]) expect(await page.locator(gone).first().isVisible(), gone).toBe(false);
  const paper = await page.pdf({ preferCSSPageSize: true, path: join(SHOTS, "ledger-printed.pdf") });
  expect(paper.length).toBeGreaterThan(10_000);
  // After the paper the page is as it was.
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await expect.poll(() => page.locator(".printed-ledger").count()).toBe(0);
  expect(troubles).toEqual([]);
});
