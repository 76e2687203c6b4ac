// Every page opens from its address, obeys the policy, breaks no WCAG A/AA rule, and is photographed.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { breaches, launch, openPage, shot, start, type Running } from "./harness";

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

const sizes = { desktop: { width: 1440, height: 900 }, small: { width: 1280, height: 720 }, phone: { width: 390, height: 844 } };
const pages: [string, string, string][] = [
  ["home", "/", ".board"],
  ["wall", "/wall", ".main-chart svg, .wall-cards li"],
  ["wall-compare", "/wall?compare=2023-03-03&zoom=quarter", ".main-chart svg, .wall-cards li"],
  ["round", "/rounds/7", ".record-page .panel"],
  ["projects", "/projects", ".grid tbody tr:not(.gap), .cards li"],
  ["registers", "/registers", ".register-list li"],
  ["register", "/registers/matter", ".grid tbody tr:not(.gap), .cards li"],
  ["new", "/projects/new", ".form-grid"],
  ["import", "/import", ".drop"],
  ["tasks", "/tasks", ".task-list, .task-empty"],
  ["tasks-late", "/tasks?box=late", ".task-list, .task-empty"],
  ["assign", "/assign", ".assign-form"],
  ["league", "/matters", ".league-body, .figures-empty"],
  ["asks", "/asks", ".asks-grid, .figures-empty"],
  ["definition-new", "/registers/new", ".toml-text"],
  ["definition", "/registers/matter/definition", ".toml-text"],
  ["hazard-new", "/registers/safety_hazard/new", ".form-grid"],
  ["hazard-figures", "/registers/safety_hazard/figures", ".figures-grid, .figures-empty"],
  ["cycle", "/registers/programme_return/cycle", ".cycle-units, .figures-empty"],
  ["not-found", "/nowhere", ".not-found"],
];

function hazardVisits(hazard: string): [string, string, string][] {
  return [
    ["hazard", hazard, ".record-form"],
    ["hazard-edit", `${hazard}?edit=1`, ".form-grid"],
    ["hazard-files", `${hazard}?tab=files`, ".tab-body .panel >> visible=true"],
  ];
}

describe("every page", () => {
  test.each(Object.keys(sizes) as (keyof typeof sizes)[])("opens without a breach on %s", async (size) => {
    // The one-time link works once: the first visitor gets the session, later ones sign in again.
    const { page, troubles } = await openPage(browser, running, sizes[size]);
    if (state) await page.context().addCookies(state);
    else {
      await page.goto(running.signIn);
      await page.waitForSelector(".board");
      state = await page.context().cookies();
    }
    const found: string[] = [];
    // Records have numbers of their own: take the first of each list.
    const first = async (list: string, link: string) => {
      await page.goto(list);
      await page.waitForSelector(`${link}, .empty, .ledger-empty`);
      const found = page.locator(link).first();
      return (await found.count()) ? ((await found.getAttribute("href")) ?? list) : list;
    };
    const project = (await first("/projects", ".grid td.name a, .cards a")).split("?")[0];
    const matter = (await first("/registers/matter", ".grid td.name a, .cards a")).split("?")[0];
    const hazard = (await first("/registers/safety_hazard", ".grid td.name a, .cards a")).split("?")[0];
    const visits: typeof pages = [
      ...pages,
      ["project", `${project}`, ".record-form"],
      ...["plan", "investment", "matters", "files", "log"].map((tab): (typeof pages)[number] => [`project-${tab}`, `${project}?tab=${tab}`, ".tab-body .panel >> visible=true"]),
      ["record", `${matter}`, ".record-form"],
      // A district without hazards has none to visit.
      ...(!hazard || hazard === "/registers/safety_hazard" ? [] : hazardVisits(hazard)),
    ];
    for (const [name, address, ready] of visits) {
      await page.goto(address);
      await page.waitForSelector(ready);
      await page.waitForTimeout(250);
      await shot(page, `${name}-${size}`);
      // Rules depend on layout only where it changes: the two ends of the range.
      if (size !== "small") for (const breach of await breaches(page)) found.push(`${name}: ${breach}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) found.push(`${name}: the page is ${wide} px wider than the window`);
    }
    expect(found).toEqual([]);
    expect(troubles).toEqual([]);
    await page.context().close();
  });
});
let state: Awaited<ReturnType<import("playwright-core").BrowserContext["cookies"]>> | null = null;
