import { describe, expect, test } from "vitest";
import { addDays, daysBetween, isDate, localMinute, nearDate, nearSpan, shortDate, weekdayIndex } from "../src/dates";

describe("dates", () => {
  test("10 March 2023 is a Friday", () => {
    expect(weekdayIndex("2023-03-10")).toBe(4);
    expect(weekdayIndex("1969-12-29")).toBe(0);
  });
  test("days cross months, years and the leap day", () => {
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("2023-12-31", 1)).toBe("2024-01-01");
    expect(addDays("2023-03-10", -69)).toBe("2022-12-31");
    expect(daysBetween("2023-01-01", "2023-03-10")).toBe(68);
  });
  test("adding what lies between two days leads from one to the other", () => {
    for (const [a, b] of [["2023-01-01", "2023-12-31"], ["2024-03-01", "2020-02-29"]] as const) expect(addDays(a, daysBetween(a, b))).toBe(b);
  });
  test("only real days are days", () => {
    expect(isDate("2023-02-28")).toBe(true);
    for (const text of ["2023-02-29", "2023-13-01", "2023-3-1", "", "today"]) expect(isDate(text)).toBe(false);
  });
  test("the chart writes month and day without zeros", () => {
    expect(shortDate("2023-03-01")).toBe("3/1");
  });
  test("a day of another year bears its year, and so do both ends of a span across years", () => {
    expect([nearDate("2023-03-01", "2023-08-01"), nearDate("2022-09-11", "2023-08-01"), nearDate("2023-03-01", "")]).toEqual(["3/1", "2022/9/11", "2023/3/1"]);
    expect([nearSpan("2023-03-01", "2023-04-01", "2023-08-01"), nearSpan("2022-09-11", "2023-04-01", "2023-08-01"), nearSpan("2022-09-11", "2022-10-01", "2023-08-01")]).toEqual(["3/1 \u2013 4/1", "2022/9/11 \u2013 2023/4/1", "2022/9/11 \u2013 2022/10/1"]);
  });
  test("an instant is told on the clock of China", () => {
    expect(localMinute("2023-03-09T17:05:00Z")).toBe("2023-03-10 01:05");
    expect(localMinute("soon")).toBe("soon");
  });
});
