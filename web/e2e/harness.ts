// Starts what the pages talk to, and a headless browser. With GUATU_BIN the real program is used;
// without it a small server gives the built pages and the made-up district.
import AxeBuilder from "@axe-core/playwright";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { createDistrict } from "../src/fixtures/server.mjs";

const WEB = resolve(__dirname, "..");
const DIST = join(WEB, "dist");
export const SHOTS = join(WEB, "test-results");
export const real = Boolean(process.env.GUATU_BIN);

/** The policy the real server sends; the fixture server sends the same so that breaches show. */
const POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

export interface Running {
  address: string;
  /** Path that signs in when opened, if the program printed one. */
  signIn: string;
  /** The same for one of the people of the sample district; only the real program has them. */
  guest: (login: string) => Promise<string>;
  stop: () => Promise<void>;
}

async function startFixture(empty: boolean): Promise<Running> {
  if (!existsSync(join(DIST, "index.html"))) throw new Error("dist is missing: run `npm run build` first");
  const district = createDistrict({ empty, signedIn: false });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://local");
    if (url.pathname.startsWith("/api/")) return void district.answer(request, response);
    const wanted = join(DIST, url.pathname);
    const file = url.pathname !== "/" && existsSync(wanted) && extname(wanted) ? wanted : join(DIST, "index.html");
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": POLICY });
    response.end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const bound = server.address();
  const port = typeof bound === "object" && bound ? bound.port : 0;
  return {
    address: `http://127.0.0.1:${port}`,
    signIn: "/signin?token=demo-link",
    guest: () => Promise.reject(new Error("the made-up district has one account")),
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function startReal(empty: boolean): Promise<Running> {
  const data = mkdtempSync(join(tmpdir(), "guatu-e2e-"));
  const binary = process.env.GUATU_BIN ?? "";
  const args = empty
    ? ["serve", "--data", data, "--listen", "127.0.0.1:0", "--as-of", "2023-03-10"]
    : ["demo", "--listen", "127.0.0.1:0", "--data", data];
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8");
  const link = await new Promise<string>((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`no sign-in link within 120 s; printed:\n${printed}`)), 120_000);
    child.on("exit", (code) => failed(new Error(`the program ended with ${code}; printed:\n${printed}`)));
    child.stdout.on("data", (text: string) => {
      printed += text;
      const hit = /https?:\/\/[^\s]+\/signin\?token=[^\s]+/.exec(printed);
      if (!hit) return;
      clearTimeout(timer);
      found(hit[0]);
    });
  });
  const url = new URL(link);
  return {
    address: url.origin,
    signIn: url.pathname + url.search,
    guest: async (login) => {
      // The links follow the first one, a few lines later.
      for (let tries = 0; tries < 100; tries += 1) {
        const hit = new RegExp(`（${login}）：(\\S+)`).exec(printed)?.[1];
        if (hit) return new URL(hit).pathname + new URL(hit).search;
        await new Promise((later) => setTimeout(later, 100));
      }
      throw new Error(`no link for ${login}; printed:\n${printed}`);
    },
    stop: async () => {
      child.removeAllListeners("exit");
      const ended = new Promise((done) => child.on("exit", done));
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export function start(options: { empty?: boolean } = {}): Promise<Running> {
  return real ? startReal(options.empty ?? false) : startFixture(options.empty ?? false);
}

export function launch(): Promise<Browser> {
  mkdirSync(SHOTS, { recursive: true });
  return chromium.launch({
    executablePath: process.env.GUATU_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=zh-CN"],
  });
}

/** A page whose console errors, policy breaches and foreign requests are collected. */
export async function openPage(browser: Browser, running: Running, size = { width: 1440, height: 900 }): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext({ viewport: size, locale: "zh-CN", timezoneId: "Asia/Shanghai", baseURL: running.address, acceptDownloads: true });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => {
    // A refused answer is part of some tests; the browser logs it on its own account.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(running.address) && !/^(data|blob|about):/.test(request.url())) troubles.push(`foreign request: ${request.url()}`);
  });
  return { page, troubles };
}

export async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Names of WCAG A and AA rules the page breaks, each with the first element it breaks on. */
export async function breaches(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  return result.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).slice(0, 3).join(" | ")}`);
}
