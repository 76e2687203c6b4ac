// 查找 in the plan, and frames of charts on a phone.
import { describe, expect, test } from "vitest";
import { foundRows, nextFound } from "../src/plan/finding";
import { fitted } from "../src/plan/plot";

const rows = [{ id: "1", code: "A1010", name: "土方" }, { id: "2", code: "A1020", name: "Steel 主体" }, { id: "3", code: "B10", name: "土方回填" }];

describe("finding rows", () => {
  test("codes and names count, in either case", () => {
    expect(foundRows(rows, "a10").map((row) => row.id)).toEqual(["1", "2"]);
    expect(foundRows(rows, " steel ").map((row) => row.id)).toEqual(["2"]);
    expect(foundRows(rows, "土方").map((row) => row.id)).toEqual(["1", "3"]);
    expect(foundRows(rows, "  ")).toEqual([]);
  });
  test("the next one follows the chosen row, round the end and back", () => {
    const found = foundRows(rows, "土方");
    expect(nextFound(found, null)?.id).toBe("1");
    expect(nextFound(found, "1")?.id).toBe("3");
    expect(nextFound(found, "3")?.id).toBe("1");
    expect(nextFound(found, "1", true)?.id).toBe("3");
    expect(nextFound(found, "2", true)?.id).toBe("3");
    expect(nextFound([], "1")).toBeUndefined();
  });
});

test("a chart on a phone is narrower, not smaller", () => {
  const frame = { width: 1000, height: 190, left: 46, right: 20, top: 10, bottom: 26 };
  expect(fitted(frame, 1440)).toEqual(frame);
  expect(fitted(frame, 390).width).toBeLessThan(500);
});
