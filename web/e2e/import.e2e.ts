// A district begins with its own workbook. The real program gets the one named by GUATU_WORKBOOK,
// into an empty district; without a program the made-up answers are shown.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { breaches, launch, openPage, real, shot, SHOTS, start, type Running } from "./harness";

const workbook = process.env.GUATU_WORKBOOK;
let browser: Browser;
let running: Running;
beforeAll(async () => {
  running = await start({ empty: real });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

describe.skipIf(real && !workbook)("import", () => {
  test("a workbook is previewed, confirmed, and undone with a reason", async () => {
    const { page, troubles } = await openPage(browser, running);
    await page.goto(running.signIn);
    await page.waitForSelector(".begin, .board");
    await page.goto("/import");
    await page.waitForSelector(".drop");
    const file = workbook ?? join(SHOTS, "样表.xlsx");
    if (!workbook) writeFileSync(file, "fixture");
    await page.setInputFiles(".drop input", file);
    await page.waitForSelector(".import-rows tbody tr", { timeout: 60_000 });
    await shot(page, "import-preview");
    expect(await breaches(page)).toEqual([]);
    // Another choice for a column asks the server again; the first choice brings the rows back.
    const choice = page.locator(".stack select").nth(1);
    const chosen = await choice.inputValue();
    await choice.selectOption("");
    await expect.poll(() => choice.inputValue(), { timeout: 20_000 }).toBe("");
    await choice.selectOption(chosen);
    await expect.poll(() => choice.inputValue(), { timeout: 20_000 }).toBe(chosen);
    await page.waitForSelector(".import-foot button.primary:not(:disabled)");
    await page.locator(".import-rows").scrollIntoViewIfNeeded();
    await shot(page, "import-rows");
    await page.click(".import-foot button[type=submit]");
    await page.waitForSelector(".import-result", { timeout: 60_000 });
    await page.waitForSelector("tbody .link");
    await shot(page, "import-done");
    await page.click(".import-result .btn");
    await page.waitForSelector(".grid td.name");
    await shot(page, "import-projects");
    await page.goto("/");
    if (real) {
      await page.waitForSelector(".board");
      await shot(page, "import-home");
      await page.goto("/wall");
      await page.waitForSelector(".main-chart svg");
      await shot(page, "import-wall");
      expect(await breaches(page)).toEqual([]);
    }
    await page.goto("/import");
    await page.locator("tbody .link").first().click();
    await page.fill("#reason-text", "端到端测试撤销");
    await page.click("dialog button[type=submit]");
    await expect.poll(() => page.locator("dialog").count(), { timeout: 30_000 }).toBe(0);
    expect(troubles).toEqual([]);
  });
});
