// Work with records: forms that ask the rules, steps of a workflow, tasks, one-minute orders, definitions.
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
  await page.goto(running.signIn);
  await page.waitForSelector(".board");
});
afterAll(async () => {
  expect(troubles).toEqual([]);
  await browser?.close();
  await running?.stop();
});

describe("a form", () => {
  test("shows what the values typed so far ask for", async () => {
    await page.goto("/registers/safety_hazard/new");
    await page.waitForSelector("#field-level");
    expect(await page.locator("#field-plan").count()).toBe(0);
    await page.selectOption("#field-level", "major");
    await page.waitForSelector("#field-plan");
    await page.selectOption("#field-level", "general");
    await expect.poll(() => page.locator("#field-plan").count()).toBe(0);
  });
  test("takes rows copied from a workbook", async () => {
    const before = await page.locator(".row-table tbody tr").count();
    await page.locator(".editor.table .rows-foot .btn").click();
    await page.locator(".row-table [data-cell] input").first().focus();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData("text/plain", "清空通道\t赵明\r\n更换照明\t孙立\r\n");
      document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await expect.poll(() => page.locator(".row-table tbody tr").count()).toBe(before + 2);
    expect(await page.locator(".row-table [data-cell] input").first().inputValue()).toBe("清空通道");
    await page.locator(".row-table [data-cell] input").first().focus();
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.closest("[data-cell]")?.getAttribute("data-cell"))).toMatch(/^1\./);
  });
  test("names what is missing, and each line leads to its box", async () => {
    await page.keyboard.press("Control+s");
    await page.waitForSelector(".summary li");
    await page.locator(".summary li .link").first().click();
    expect(await page.evaluate(() => document.activeElement?.id ?? "")).toMatch(/^field-/);
    expect(await breaches(page)).toEqual([]);
    await shot(page, "form-findings");
  });
  test("keeps what was typed through a closed tab", async () => {
    await page.fill("#field-text", "二层通道堆放货物");
    await page.locator("#field-text").blur();
    await page.waitForTimeout(700);
    page.once("dialog", (dialog) => void dialog.accept());
    await page.goto("/registers/safety_hazard/new");
    await page.waitForSelector(".restored");
    expect(await page.inputValue("#field-text")).toBe("二层通道堆放货物");
    await page.click(".restored .link");
    await expect.poll(() => page.inputValue("#field-text")).toBe("");
  });
});

describe.skipIf(real)("a step of a workflow", () => {
  test("that may not be done says why", async () => {
    await page.goto("/registers/safety_hazard/9001");
    await page.waitForSelector(".action-refused");
    expect(await page.textContent(".action-refused")).toContain("整改措施");
  });
  test("asks for its fields and a reason, then moves the record on", async () => {
    await page.goto("/registers/safety_hazard/9002");
    await page.waitForSelector(".action-buttons .btn");
    await page.locator(".action-buttons .btn", { hasText: "退回整改" }).click();
    await page.waitForSelector("#action-reason");
    await page.locator(".action-form button[type=submit]").click();
    expect(await page.getAttribute("#action-reason", "aria-invalid")).toBe("true");
    expect(await breaches(page)).toEqual([]);
    await shot(page, "action-dialog");
    await page.fill("#action-reason", "报警器未装，重新整改");
    await page.locator(".action-form button[type=submit]").click();
    await expect.poll(() => page.locator(".record-facts b").textContent()).toBe("整改中");
    expect(await page.locator(".steps li").first().textContent()).toContain("报警器未装");
  });
});

describe("tasks", () => {
  test.skipIf(real)("are walked with j and k and opened with Enter", async () => {
    await page.goto("/tasks");
    await page.waitForSelector(".task-row");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    const target = await page.evaluate(() => document.activeElement?.getAttribute("href"));
    expect(target).toBe(await page.locator(".task-row").first().getAttribute("href"));
    await page.keyboard.press("Enter");
    await page.waitForSelector(".record-form");
  });
  test("a delegation needs somebody and days", async () => {
    await page.goto("/tasks");
    await page.locator(".top-actions .btn").first().click();
    await page.waitForSelector("#delegate-login");
    await page.locator(".delegation-form button[type=submit]").click();
    expect(await page.getAttribute("#delegate-login", "aria-invalid")).toBe("true");
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Escape");
  });
});

describe("a one-minute order", () => {
  test("goes out with a sentence, a unit and a day, and shows its number", async () => {
    await page.goto("/assign");
    await page.waitForSelector("#assign-title");
    await page.locator(".assign-send .btn").click();
    expect(await page.getAttribute("#assign-title", "aria-invalid")).toBe("true");
    await page.fill("#assign-title", "二砂北路围挡破损，三天内修复");
    await page.locator("#assign-unit").fill("街道");
    await page.waitForSelector("#assign-unit-list li[role=option]:not([aria-disabled])");
    await page.locator("#assign-unit-list li").first().click();
    await page.locator(".assign-chips .pick").first().click();
    await page.locator(".assign-send .btn").click();
    await page.waitForSelector(".assign-made");
    await shot(page, "assign-made");
    expect(await breaches(page)).toEqual([]);
    expect(await page.locator(".assign-made .form-problem").count()).toBe(0);
    expect(await page.locator(".assign-next a").first().getAttribute("href")).toContain("slip.pdf");
  });
});

describe("a definition", () => {
  test("is checked while it is typed, and a finding leads to its line", async () => {
    await page.goto("/registers/new");
    await page.waitForSelector(".toml-text");
    await page.waitForSelector(".preview-title");
    const text = await page.inputValue(".toml-text");
    await page.fill(".toml-text", text.replace('type = "text"', 'typ = "text"'));
    // The starter may have remarks of its own: what counts is that nothing can be brought into force now.
    const apply = page.locator(".top-actions .primary");
    await expect.poll(() => apply.isDisabled()).toBe(true);
    await page.locator(".defining-findings li .link").first().click();
    expect(await page.evaluate(() => document.activeElement?.classList.contains("toml-text"))).toBe(true);
    expect(await breaches(page)).toEqual([]);
    await shot(page, "definition-finding");
    await page.fill(".toml-text", text);
    await expect.poll(() => apply.isDisabled()).toBe(false);
  });
});

describe("reports", () => {
  test("are taken away as a file for the period that was chosen", async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto("/registers/safety_hazard");
    await page.getByRole("button", { name: "报表" }).click();
    const weekly = page.locator(".reports li").first();
    await expect.poll(() => weekly.locator("b").textContent()).toBe("安全隐患周报");
    // The last closed week is chosen; the one that runs says so.
    expect(await weekly.locator("select").inputValue()).toBe("2023W09");
    expect(await weekly.locator("option").first().textContent()).toContain("未结束");
    await weekly.locator("select").selectOption("2023W10");
    const waiting = page.waitForEvent("download");
    await weekly.locator("button").click();
    const file = await waiting;
    if (real) expect(file.suggestedFilename()).toBe("安全隐患周报（2023年第10周）.docx");
    await page.waitForSelector(".reports-done");
    expect(await breaches(page)).toEqual([]);
    await shot(page, "reports-1440");
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await shot(page, "reports-390");
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("dialog[open]").count()).toBe(0);
  });
  test("say where a register has none", async () => {
    await page.goto("/registers/complaint");
    await page.getByRole("button", { name: "报表" }).click();
    await expect.poll(() => page.locator("dialog[open]").textContent()).toContain("还没有报表");
    await shot(page, "reports-none");
    expect(await breaches(page)).toEqual([]);
    await page.keyboard.press("Escape");
  });
  test("tell in the definition which templates are there", async () => {
    await page.goto("/registers/safety_hazard/definition");
    await page.getByRole("tab", { name: /报表模板/ }).click();
    await expect.poll(() => page.locator("#panel-templates").textContent()).toContain("hazard_weekly.docx");
    await shot(page, "definition-templates");
    expect(await breaches(page)).toEqual([]);
  });
  test("take a changed template in, and say what is wrong with it", async () => {
    const row = page.locator(".templates tr", { hasText: "hazard_weekly.docx" });
    const torn = { name: "改过的周报.docx", mimeType: "application/octet-stream", buffer: Buffer.from("PK\u0003\u0004 torn") };
    await row.locator("input[type=file]").setInputFiles(torn);
    await expect.poll(() => row.textContent()).toContain("改过的周报.docx");
    const apply = page.locator(".top-actions .primary");
    if (real) {
      await expect.poll(() => page.locator(".defining-findings").textContent()).toContain("hazard_weekly.docx");
      await expect.poll(() => apply.isDisabled()).toBe(true);
    }
    await shot(page, "definition-template-torn");
    expect(await breaches(page)).toEqual([]);
    await row.getByRole("button", { name: "不换了" }).click();
    await expect.poll(() => row.textContent()).not.toContain("改过的周报.docx");
  });
});
