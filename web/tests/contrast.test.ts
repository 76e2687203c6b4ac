// Texts on their grounds reach 4.5:1, also inside drawings where no page checker looks.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const css = readFileSync(resolve(__dirname, "../src/style/tokens.css"), "utf8");
const token = (name: string) => new RegExp(`--${name}: (#[0-9a-f]+)`).exec(css)?.[1] ?? "";
function luminance(hex: string): number {
  const full = hex.length === 4 ? `#${[...hex.slice(1)].map((one) => one + one).join("")}` : hex;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16) / 255).map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
test.each([
  ["ink", "ground"], ["ink-2", "ground"], ["ink-3", "ground"], ["ink-3", "panel"], ["brand", "tint"], ["brand", "panel"], ["rail-ink", "rail"],
  ["green-ink", "green-tint"], ["yellow-ink", "yellow-tint"], ["yellow-ink", "ground"], ["red", "red-tint"], ["red", "panel"],
])("%s on %s can be read", (text, ground) => {
  expect(token(text)).not.toBe("");
  expect(contrast(token(text), token(ground))).toBeGreaterThanOrEqual(4.5);
});
test("white labels on finished and running bars can be read", () => {
  for (const ground of ["done", "green", "red", "brand"]) expect(contrast("#ffffff", token(ground))).toBeGreaterThanOrEqual(4.5);
});
