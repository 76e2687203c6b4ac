// The browser's own printing: navigation goes, the chart stays whole.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage, shot, start, type Running } from "./harness";

let browser: Browser;
let running: Running;
beforeAll(async () => {
  running = await start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

test("the printed wall chart has no rail, no bar of buttons, and no scroll box", async () => {
  const { page } = await openPage(browser, running);
  await page.goto(running.signIn);
  await page.waitForSelector(".board");
  await page.goto("/wall");
  await page.waitForSelector(".main-chart svg");
  await page.emulateMedia({ media: "print" });
  expect(await page.isVisible(".rail")).toBe(false);
  expect(await page.isVisible(".top")).toBe(false);
  expect(await page.isVisible(".wall-title h1")).toBe(true);
  expect(await page.evaluate(() => getComputedStyle(document.querySelector(".main-chart") as Element).overflow)).toBe("visible");
  await shot(page, "wall-printed");
});
