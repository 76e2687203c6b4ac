// What leaves this room: the lock file names no address, the bundle loads nothing from outside and stays small.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

const WEB = resolve(__dirname, "..");
const DIST = join(WEB, "dist");

test("the lock file holds no download address and every version is exact", () => {
  const lock = readFileSync(join(WEB, "package-lock.json"), "utf8");
  expect(lock).not.toMatch(/"resolved"/);
  expect(lock).not.toMatch(/registry/);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(WEB, "package.json"), "utf8")) as Record<string, Record<string, string>>;
  for (const version of Object.values({ ...dependencies, ...devDependencies })) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

/** Names of vocabularies and help pages inside libraries; nothing is ever loaded from them. */
const NAMES = /^https?:\/\/(www\.w3\.org\/|vuejs\.org\/error-reference\/|developer\.mozilla\.org\/)/;
describe.skipIf(!existsSync(join(DIST, "index.html")))("the built pages", () => {
  const files = existsSync(DIST) ? (readdirSync(DIST, { recursive: true }) as string[]).filter((name) => /\.(js|css|html|svg)$/.test(name)) : [];
  test("name no outside address", () => {
    const found = files.flatMap((name) => (readFileSync(join(DIST, name), "utf8").match(/https?:\/\/[^\s"'`)<>\\]+/g) ?? []).filter((address) => !NAMES.test(address)).map((address) => `${name}: ${address}`));
    expect(found).toEqual([]);
  });
  test("hold no inline script, inline style or code made from text", () => {
    const html = readFileSync(join(DIST, "index.html"), "utf8");
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/\sstyle=|<style|\son\w+=/);
    for (const name of files.filter((one) => one.endsWith(".js"))) expect(readFileSync(join(DIST, name), "utf8")).not.toMatch(/\beval\(|new Function\(/);
  });
  test("load less than 250 kB gz for any first page", () => {
    const size = (name: string) => gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length;
    const entry = (/src="\/(assets\/[^"]+\.js)"/.exec(readFileSync(join(DIST, "index.html"), "utf8")) ?? [])[1] ?? "";
    const code = readFileSync(join(DIST, entry), "utf8");
    // A page is asked for by address: what its route names is loaded at once, with everything that imports without waiting.
    const named = JSON.parse((/m\.f=(\[[^\]]*\])/.exec(code) ?? [])[1] ?? "[]") as string[];
    const routes = [...code.matchAll(/import\(`\.\/([^`]+)`\),__vite__mapDeps\(\[([\d,]*)\]\)/g)].map((hit) => [`assets/${hit[1]}`, ...(hit[2] ?? "").split(",").filter(Boolean).map((at) => named[Number(at)] ?? "")]);
    expect(routes.length).toBeGreaterThan(10);
    const always = files.filter((name) => name === entry || readFileSync(join(DIST, "index.html"), "utf8").includes(name));
    const closure = (names: string[]): Set<string> => {
      const seen = new Set<string>();
      const open = [...names];
      for (let name = open.pop(); name !== undefined; name = open.pop()) {
        if (name === "" || seen.has(name)) continue;
        seen.add(name);
        if (!name.endsWith(".js")) continue;
        for (const hit of readFileSync(join(DIST, name), "utf8").matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) open.push(`assets/${hit[1]}`);
      }
      return seen;
    };
    const sizes = routes.map((route) => ({ page: route[0] ?? "", bytes: [...closure([...always, ...route])].reduce((total, name) => total + size(name), 0) }));
    const greatest = sizes.reduce((a, b) => (a.bytes > b.bytes ? a : b));
    // The tools around the framework alone weigh about 80 kB: a smaller sum means that this test reads nothing.
    expect(Math.min(...sizes.map((one) => one.bytes))).toBeGreaterThan(60_000);
    expect(greatest.bytes, `the heaviest first page is ${greatest.page}`).toBeLessThan(250_000);
  });
  test("use nothing a browser of 2020 lacks", () => {
    for (const name of files.filter((one) => one.endsWith(".css"))) expect(readFileSync(join(DIST, name), "utf8")).not.toMatch(/:has\(|@container|\bdvh\b|:where\(/);
  });
});
