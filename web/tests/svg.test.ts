import { describe, expect, test } from "vitest";
import { drawWall, makePlan } from "../src/fixtures/wall.mjs";
import { parseSvg, prefixIds, SvgRefused } from "../src/svg";

const svg = (body: string, more = "") => `<svg xmlns="http://www.w3.org/2000/svg" ${more}>${body}</svg>`;
describe("drawings from the API", () => {
  test("a chart is taken whole", () => {
    const panes = drawWall(makePlan()).panes as Record<string, string>;
    for (const pane of Object.values(panes)) expect(parseSvg(pane).localName).toBe("svg");
    expect(parseSvg(panes.plot_body ?? "").querySelectorAll(".bar").length).toBeGreaterThan(50);
  });
  test.each([
    ["a script", svg("<script>alert(1)</script>")],
    ["a foreign object", svg('<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>')],
    ["an event attribute", svg('<rect onclick="x()"/>')],
    ["an event attribute on the root", svg("", 'onload="x()"')],
    ["an event attribute in odd case", svg('<rect ONCLICK="x()"/>')],
    ["a link", svg('<a href="/x"><rect/></a>')],
    ["an outside image", svg('<image href="http://example.org/x.png"/>')],
    ["an outside reference", svg('<use href="http://example.org/x.svg#a"/>')],
    ["a script address", svg('<use href="java\nscript:x()"/>')],
    ["an outside fill", svg('<rect fill="url(http://example.org/#a)"/>')],
    ["a style sheet", svg("<style>@import 'x'</style>")],
    ["an animation", svg('<rect><animate attributeName="href"/></rect>')],
    ["HTML", "<html xmlns='http://www.w3.org/1999/xhtml'/>"],
    ["an element of another tongue", svg('<b xmlns="urn:x"/>')],
    ["a broken text", "<svg"],
    ["an entity bomb", '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'],
  ])("%s is refused", (_, text) => {
    expect(() => parseSvg(text)).toThrow(SvgRefused);
  });
  test("a style attribute becomes plain attributes", () => {
    const rect = parseSvg(svg('<rect style="fill:#12805C; position:fixed;stroke-width: 2"/>')).querySelector("rect");
    expect(rect?.hasAttribute("style")).toBe(false);
    expect(rect?.getAttribute("fill")).toBe("#12805C");
    expect(rect?.getAttribute("stroke-width")).toBe("2");
    expect(rect?.hasAttribute("position")).toBe(false);
  });
  test("ids of two drawings do not meet, references follow", () => {
    const one = parseSvg(svg('<defs><pattern id="h"/></defs><rect fill="url(#h)"/><use href="#h"/>'));
    prefixIds(one, "a-");
    expect(one.querySelector("pattern")?.id).toBe("a-h");
    expect(one.querySelector("rect")?.getAttribute("fill")).toBe("url(#a-h)");
    expect(one.querySelector("use")?.getAttribute("href")).toBe("#a-h");
  });
});
