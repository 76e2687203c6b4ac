// A district with nothing in it yet tells people how to begin, on every page.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { breaches, launch, openPage, shot, start, type Running } from "./harness";

let browser: Browser;
let running: Running;
beforeAll(async () => {
  running = await start({ empty: true });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

test("an empty district shows how to begin", async () => {
  const { page, troubles } = await openPage(browser, running);
  await page.goto(running.signIn);
  await page.waitForSelector(".begin");
  await shot(page, "empty-home");
  expect(await breaches(page)).toEqual([]);
  await page.goto("/wall");
  await page.waitForSelector(".no-rows, .wrong-state");
  await shot(page, "empty-wall");
  expect(await breaches(page)).toEqual([]);
  await page.goto("/projects");
  await page.waitForSelector(".ledger-empty");
  await shot(page, "empty-projects");
  await page.goto("/");
  await page.click(".begin .btn.primary");
  await page.waitForSelector(".drop");
  expect(troubles).toEqual([]);
});
