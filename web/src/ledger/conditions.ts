// 条件. Which columns can be asked for, how each kind is asked, and how a condition reads in words.
import type { FieldKind, FieldView } from "../api/types";
import { fromYuan } from "../money";
import { moneyUnit, readMoney } from "../record/editing";
import { dayOf } from "./views";
import type { Condition } from "./listing";

/** How a kind of field is asked: one of several, a record, between two, a part of the text, yes or no. */
export type Way = "codes" | "record" | "days" | "amounts" | "text" | "bool";

const WAYS: Partial<Record<FieldKind, Way>> = { code: "codes", multi_code: "text", org: "record", ref: "record", date: "days", datetime: "days", int: "amounts", decimal: "amounts", money: "amounts", percent: "amounts", text: "text", long_text: "text", person: "text", phone: "text", uscc: "text", period: "text", bool: "bool" };

export function wayOf(field: FieldView): Way | null {
  return field.mask ? null : (WAYS[field.kind] ?? null);
}

/** The first and the last moment of days in China, as the API writes instants. */
const beginOf = (day: string) => new Date(Date.parse(`${day}T00:00:00+08:00`)).toISOString().slice(0, 19) + "Z";
const endOf = (day: string) => new Date(Date.parse(`${day}T23:59:59+08:00`)).toISOString().slice(0, 19) + "Z";

/** What is typed into a range of amounts, as the API writes it; null when it is no amount. */
function amountOf(field: FieldView, text: string): string | null {
  if (field.kind === "money") {
    const read = readMoney(text, moneyUnit(field));
    return read.ok && typeof read.value === "string" ? read.value : null;
  }
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? text.trim() : null;
}

/** The conditions of a range; null when an end cannot be read, empty when neither is given. */
export function rangeOf(field: FieldView, from: string, to: string): Condition[] | null {
  const found: Condition[] = [];
  for (const [op, text] of [["ge", from], ["le", to]] as const) {
    if (!text.trim()) continue;
    const value = field.kind === "date" ? text : field.kind === "datetime" ? (op === "ge" ? beginOf(text) : endOf(text)) : amountOf(field, text);
    if (value === null) return null;
    found.push({ field: field.id, op, value });
  }
  return found;
}

/** The value of a condition as people write it. */
export function valueText(field: FieldView | undefined, value: string): string {
  if (!field) return value;
  const label = (code: string) => field.choices?.find((choice) => choice.code === code)?.label ?? code;
  if (field.choices?.length) return value.split(",").map(label).join("\u3001");
  if (field.kind === "datetime") return dayOf(value) ?? value;
  if (field.kind === "money") return `${fromYuan(value, moneyUnit(field)) ?? value}${moneyUnit(field)}`;
  if (field.kind === "percent") return `${value}%`;
  return field.unit ? `${value}${field.unit}` : value;
}
