// Texts live in the locales only, and both languages say the same things.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import en from "../src/locales/en.json";
import zh from "../src/locales/zh-CN.json";

const SRC = resolve(__dirname, "../src");
function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["locales", "fixtures"].includes(entry.name) ? [] : files(path);
    return /\.(vue|ts)$/.test(entry.name) ? [path] : [];
  });
}
function flat(object: object, prefix = ""): Record<string, string> {
  return Object.fromEntries(Object.entries(object).flatMap(([key, value]) => (typeof value === "object" && value !== null ? Object.entries(flat(value as object, `${prefix}${key}.`)) : [[prefix + key, String(value)]])));
}
const slots = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

/** Source without comments; lines marked as data codes may hold Chinese. */
function code(path: string): string {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => !line.includes("i18n-exempt"))
    .join("\n")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "");
}

describe("texts", () => {
  test("both languages have the same keys", () => {
    expect(Object.keys(flat(en)).sort()).toEqual(Object.keys(flat(zh)).sort());
  });
  test("both languages fill the same slots", () => {
    const chinese = flat(zh);
    // Month names are a number in one language and a word in the other.
    const differing = Object.entries(flat(en)).filter(([key, text]) => !key.startsWith("date.") && slots(text).join() !== slots(chinese[key] ?? "").join());
    expect(differing).toEqual([]);
  });
  test("no component holds Chinese text", () => {
    const found = files(SRC).filter((path) => /[\u4e00-\u9fff]/.test(code(path)));
    expect(found.map((path) => path.slice(SRC.length + 1))).toEqual([]);
  });
  test("every key a component names exists", () => {
    const known = flat(zh);
    const missing = files(SRC).flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/\bt\((["'])([\w.]+)\1/g)].map((hit) => hit[2] ?? "").filter((key) => !(key in known)).map((key) => `${path.slice(SRC.length + 1)}: ${key}`),
    );
    expect(missing).toEqual([]);
  });
});
