import { describe, expect, test } from "vitest";
import { daysBetween } from "../src/dates";
import { daysOf, dragged, gripAt, place, sameSpan } from "../src/wall/drag";
import { linesOf, neighbour } from "../src/wall/lines";

const span = { first: "2023-03-01", last: "2023-06-05" };
describe("dragging a bar", () => {
  test("pixels become whole days, the nearer one", () => {
    expect(daysOf(0, 2.19)).toBe(0);
    expect(daysOf(22, 2.19)).toBe(10);
    expect(daysOf(-1, 2.19)).toBe(0);
    expect(daysOf(-13, 26)).toBe(-1);
    expect(daysOf(100, 0)).toBe(0);
  });
  test("the middle moves both ends and keeps the length", () => {
    const moved = dragged(span, "move", 7);
    expect(moved).toEqual({ first: "2023-03-08", last: "2023-06-12" });
    expect(daysBetween(moved.first, moved.last)).toBe(daysBetween(span.first, span.last));
  });
  test("an end moves alone and never past the other", () => {
    expect(dragged(span, "start", -5)).toEqual({ first: "2023-02-24", last: span.last });
    expect(dragged(span, "start", 400)).toEqual({ first: span.last, last: span.last });
    expect(dragged(span, "finish", -400)).toEqual({ first: span.first, last: span.first });
  });
  test("moving there and back changes nothing", () => {
    for (const grip of ["move", "start", "finish"] as const) expect(sameSpan(dragged(dragged(span, grip, 9), grip, -9), span)).toBe(true);
  });
  test("the ends are at the ends, and a short bar keeps a middle", () => {
    expect(gripAt(3, 100)).toBe("start");
    expect(gripAt(97, 100)).toBe("finish");
    expect(gripAt(50, 100)).toBe("move");
    expect(gripAt(6, 12)).toBe("move");
    expect(gripAt(5, 12)).toBe("move");
  });
  test("the ghost covers its last day whole", () => {
    expect(place({ first: "2023-01-01", last: "2023-01-01" }, "2023-01-01", 26)).toEqual({ x: 0, width: 26 });
    expect(place({ first: "2023-01-11", last: "2023-01-12" }, "2023-01-01", 2)).toEqual({ x: 20, width: 4 });
  });
});

describe("walking with arrows", () => {
  const at = (top: number, left: number, right: number) => ({ top, left, right });
  const [a, b, c, d] = [at(10, 0, 50), at(11, 60, 120), at(40, 0, 20), at(41, 80, 90)];
  const lines = linesOf([d, b, c, a]);
  test("spots of nearly one height are one line, from left to right", () => {
    expect(lines).toEqual([[a, b], [c, d]]);
  });
  test("up and down go to the nearest spot of the next line", () => {
    expect(neighbour(lines, b, "down")).toBe(d);
    expect(neighbour(lines, c, "up")).toBe(a);
    expect(neighbour(lines, a, "up")).toBeNull();
  });
  test("left, right, home and end stay in the line", () => {
    expect(neighbour(lines, a, "right")).toBe(b);
    expect(neighbour(lines, a, "left")).toBeNull();
    expect(neighbour(lines, a, "end")).toBe(b);
    expect(neighbour(lines, d, "home")).toBe(c);
  });
});
