// Period codes as the server writes them, walked one by one. What a period means (working days, dekads) stays with the server.
import { addDays, dayNumber, parts, weekdayIndex } from "../dates";

export type PeriodKind = "year" | "half" | "quarter" | "month" | "dekad" | "week" | "day";

export function kindOf(code: string): PeriodKind | null {
  if (/^\d{4}$/.test(code)) return "year";
  if (/^\d{4}H[12]$/.test(code)) return "half";
  if (/^\d{4}Q[1-4]$/.test(code)) return "quarter";
  if (/^\d{4}M\d{2}$/.test(code)) return "month";
  if (/^\d{4}M\d{2}T[123]$/.test(code)) return "dekad";
  if (/^\d{4}W\d{2}$/.test(code)) return "week";
  return /^\d{4}-\d{2}-\d{2}$/.test(code) ? "day" : null;
}
const two = (n: number) => String(n).padStart(2, "0");

/** Monday of an ISO week. */
function monday(year: number, week: number): string {
  const fourth = `${year}-01-04`;
  return addDays(fourth, (week - 1) * 7 - weekdayIndex(fourth));
}
function weekOf(date: string): string {
  const thursday = addDays(date, 3 - weekdayIndex(date));
  const { year } = parts(thursday);
  return `${year}W${two(Math.floor((dayNumber(thursday) - dayNumber(`${year}-01-01`)) / 7) + 1)}`;
}

/** The period of a kind that a day lies in. */
export function periodOf(kind: PeriodKind, date: string): string {
  const { year, month, day } = parts(date);
  switch (kind) {
    case "year":
      return `${year}`;
    case "half":
      return `${year}H${month <= 6 ? 1 : 2}`;
    case "quarter":
      return `${year}Q${Math.ceil(month / 3)}`;
    case "month":
      return `${year}M${two(month)}`;
    case "dekad":
      return `${year}M${two(month)}T${day <= 10 ? 1 : day <= 20 ? 2 : 3}`;
    case "week":
      return weekOf(date);
    case "day":
      return date;
  }
}

/** Counts periods of one kind since the year 0, and back. */
function turn(year: number, index: number, per: number, by: number): [number, number] {
  const all = year * per + index + by;
  return [Math.floor(all / per), ((all % per) + per) % per];
}

/** The period `by` places later; what is no period stays. */
export function shift(code: string, by: number): string {
  const kind = kindOf(code);
  const year = Number(code.slice(0, 4));
  const rest = Number(code.slice(5, kind === "quarter" || kind === "half" ? 6 : 7));
  if (kind === "year") return String(year + by);
  if (kind === "half") return (([y, i]) => `${y}H${i + 1}`)(turn(year, rest - 1, 2, by));
  if (kind === "quarter") return (([y, i]) => `${y}Q${i + 1}`)(turn(year, rest - 1, 4, by));
  if (kind === "month") return (([y, i]) => `${y}M${two(i + 1)}`)(turn(year, rest - 1, 12, by));
  if (kind === "dekad") return (([y, i]) => `${y}M${two(Math.floor(i / 3) + 1)}T${(i % 3) + 1}`)(turn(year, (rest - 1) * 3 + Number(code.slice(8)) - 1, 36, by));
  if (kind === "week") return weekOf(addDays(monday(year, rest), by * 7));
  return kind === "day" ? addDays(code, by) : code;
}
