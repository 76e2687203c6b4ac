// Texts people type, turned into the values the API takes; what cannot be read stays text and is named.
import type { FieldView, Json, Values } from "../api/types";
import { isMoneyUnit, toYuan, type MoneyUnit } from "../money";

export type Read = { ok: true; value: Json } | { ok: false; reason: "number" | "whole" | "digits" | "money" | "period" | "point" };
const good = (value: Json): Read => ({ ok: true, value });

function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ").trim();
}

/** Reads the text of a plain field; an empty text is "no value", which the API writes as null. */
export function readText(field: FieldView, typed: string): Read {
  const text = field.kind === "long_text" || field.kind === "text" ? typed.trim() : halfWidth(typed);
  if (text === "") return good(null);
  const plain = text.replace(/,/g, "").replace(/%$/, "");
  switch (field.kind) {
    case "int":
      return /^-?\d+$/.test(plain) ? good(Number(plain)) : { ok: false, reason: "whole" };
    case "decimal":
    case "percent": {
      const match = /^-?\d+(?:\.(\d+))?$/.exec(plain);
      if (!match) return { ok: false, reason: "number" };
      const digits = field.kind === "percent" ? 2 : (field.digits ?? 6);
      return (match[1]?.length ?? 0) > digits ? { ok: false, reason: "digits" } : good(plain);
    }
    case "period":
      return /^\d{4}(M\d{2}(-\d{2}|T[123])?|Q[1-4]|H[12]|W\d{2}|YTD\d{4}|-\d{2}-\d{2})?$/.test(text) ? good(text) : { ok: false, reason: "period" };
    case "geo_point":
      return /^-?\d+(\.\d+)?\s*,\s*-?\d+(\.\d+)?$/.test(text) ? good(text.replace(/\s/g, "")) : { ok: false, reason: "point" };
    default:
      return good(text);
  }
}

export function readMoney(typed: string, unit: MoneyUnit): Read {
  const text = halfWidth(typed);
  if (text === "") return good(null);
  const yuan = toYuan(text, unit);
  return yuan === null ? { ok: false, reason: "money" } : good(yuan);
}

/** Lines of a list field, empty ones dropped; an empty list is "no value". */
export function readLines(typed: string): Json {
  const lines = typed.split("\n").map((line) => line.trim()).filter(Boolean);
  return lines.length ? lines : null;
}

/** The unit a money field is typed in first. */
export function moneyUnit(field: FieldView): MoneyUnit {
  return isMoneyUnit(field.unit) ? field.unit : "\u4e07\u5143";
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** The edits that really differ from the stored values. */
export function changed(edits: Values, stored: Values): Values {
  const result: Values = {};
  for (const [field, value] of Object.entries(edits)) if (!same(value, stored[field])) result[field] = value;
  return result;
}

/** A finding's field: `name`, or `problems[2].unit` which belongs to `problems`. */
export function fieldOfPlace(place: string): string {
  return place.replace(/[[.].*$/, "");
}
