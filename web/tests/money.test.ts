import { describe, expect, test } from "vitest";
import { fromYuan, grouped, shownSum, toYuan } from "../src/money";

describe("money", () => {
  test.each([
    ["6240000000.00", "亿元", "62.4"],
    ["120000000.00", "万元", "12000"],
    ["0.01", "元", "0.01"],
    ["0.01", "亿元", "0.0000000001"],
    ["-350000.00", "万元", "-35"],
    ["0.00", "亿元", "0"],
    ["90071992547409930000.00", "亿元", "900719925474.0993"],
  ] as const)("%s yuan in %s is %s, exactly", (yuan, unit, text) => {
    expect(fromYuan(yuan, unit)).toBe(text);
  });
  test.each([
    ["62.4", "亿元", "6240000000.00"],
    ["1,200", "万元", "12000000.00"],
    ["0.01", "元", "0.01"],
    ["-3.5", "万元", "-35000.00"],
    ["0.0001", "万元", "1.00"],
  ] as const)("%s in %s is %s yuan", (text, unit, yuan) => {
    expect(toYuan(text, unit)).toBe(yuan);
  });
  test("finer than a fen is refused, not rounded", () => {
    expect(toYuan("0.001", "元")).toBeNull();
    expect(toYuan("0.0000001", "万元")).toBeNull();
  });
  test("what is no number is refused", () => {
    for (const text of ["", "约5", "1.2.3", "5万", "--1"]) expect(toYuan(text, "万元")).toBeNull();
  });
  test("typing what is shown changes nothing", () => {
    for (const yuan of ["1.00", "10000.00", "123456789.01", "-99999999.99"])
      for (const unit of ["元", "万元", "亿元"] as const) expect(toYuan(fromYuan(yuan, unit) ?? "", unit)).toBe(yuan);
  });
  test("thousands are set apart left of the point only", () => {
    expect(grouped("1234567.8901")).toBe("1,234,567.8901");
    expect(grouped("-1234")).toBe("-1,234");
    expect(grouped("999")).toBe("999");
  });
  test("a sum is shown in the field's unit, ready text stays", () => {
    expect(shownSum("6240000000.00", "亿元")).toBe("62.4 亿元");
    expect(shownSum("62.4 亿元", "亿元")).toBe("62.4 亿元");
    expect(shownSum("1500", null)).toBe("1,500");
  });
});
