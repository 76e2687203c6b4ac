// Rows copied from Excel or WPS, which both put tab-separated text on the clipboard.
import type { FieldView, Json } from "../api/types";
import { isMoneyUnit } from "../money";
import { moneyUnit, readLines, readMoney, readText } from "./editing";

/** Cells of a copied block. A cell with a line break or a tab comes in quotes, with quotes doubled. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  let at = 0;
  const endCell = () => {
    row.push(cell.trim());
    cell = "";
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
  };
  while (at < text.length) {
    const char = text[at] ?? "";
    if (quoted) {
      if (char === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (char === '"') quoted = false;
      else cell += char;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === "\t") endCell();
    else if (char === "\n") endRow();
    else if (char !== "\r") cell += char;
    at += 1;
  }
  if (cell !== "" || row.length) endRow();
  return rows.filter((one) => one.some((each) => each !== ""));
}

/** True when a pasted text is a block and not a single value. */
export function isBlock(text: string): boolean {
  return /[\t\n]/.test(text.replace(/\r?\n$/, ""));
}

/** `2023/3/1`, `2023.3.1` and `2023\u5e743\u67081\u65e5` as `2023-03-01`; anything else stays as it is. */
export function isoDate(text: string): string {
  const match = /^(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?$/.exec(text.trim());
  return match ? `${match[1]}-${(match[2] ?? "").padStart(2, "0")}-${(match[3] ?? "").padStart(2, "0")}` : text.trim();
}

const YES = ["\u662f", "\u2713", "\u221a", "y", "yes", "true", "1"];
const NO = ["\u5426", "\u00d7", "n", "no", "false", "0"];

/** One pasted cell as the value of its column; undefined when it cannot be read. */
export function valueOfCell(column: FieldView, text: string): Json | undefined {
  const typed = text.trim();
  if (typed === "") return null;
  if (column.kind === "code") return column.choices?.find((choice) => choice.label === typed || choice.code === typed)?.code;
  if (column.kind === "bool") return YES.includes(typed.toLowerCase()) ? true : NO.includes(typed.toLowerCase()) ? false : undefined;
  if (column.kind === "date") return /^\d{4}-\d{2}-\d{2}$/.test(isoDate(typed)) ? isoDate(typed) : undefined;
  if (column.kind === "text_list") return readLines(typed);
  const written = column.kind === "money" ? /^(.*?)\s*([\u4ebf\u4e07]?\u5143)$/.exec(typed) : null;
  const unit = written && isMoneyUnit(written[2]) ? written[2] : moneyUnit(column);
  const read = column.kind === "money" ? readMoney(written?.[1] ?? typed, unit) : readText(column, typed);
  return read.ok ? read.value : undefined;
}
