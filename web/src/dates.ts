// Civil dates as "YYYY-MM-DD" texts: day arithmetic without clocks or time zones.

const DAY = 86_400_000;

/** Days since 1970-01-01. */
export function dayNumber(date: string): number {
  const [year, month, day] = date.split("-").map(Number);
  return Date.UTC(year ?? 1970, (month ?? 1) - 1, day ?? 1) / DAY;
}

export function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

export function addDays(date: string, days: number): string {
  return dateOfDay(dayNumber(date) + days);
}

/** Whole days from `first` to `last`, negative when `last` is earlier. */
export function daysBetween(first: string, last: string): number {
  return dayNumber(last) - dayNumber(first);
}

/** Monday is 0, Sunday is 6. */
export function weekdayIndex(date: string): number {
  return (((dayNumber(date) + 3) % 7) + 7) % 7;
}

export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && dateOfDay(dayNumber(text)) === text;
}

export interface DateParts {
  year: number;
  month: number;
  day: number;
}
export function parts(date: string): DateParts {
  const [year, month, day] = date.split("-").map(Number);
  return { year: year ?? 0, month: month ?? 0, day: day ?? 0 };
}

/** `3/10`, as on the wall chart. */
export function shortDate(date: string): string {
  const { month, day } = parts(date);
  return `${month}/${day}`;
}

/** `3/10`, or `2022/3/10` where the year is not that of `near`; without `near` always with the year. */
export function nearDate(date: string, near: string): string {
  return parts(date).year === parts(near).year ? shortDate(date) : `${parts(date).year}/${shortDate(date)}`;
}

/** `3/10 – 4/1`; both days with their year where the two or `near` differ in it. */
export function nearSpan(first: string, last: string, near: string): string {
  const years = new Set([first, last, near].map((date) => parts(date).year));
  const show = (date: string) => (years.size > 1 ? nearDate(date, "") : shortDate(date));
  return `${show(first)} \u2013 ${show(last)}`;
}

/** An instant "2023-03-10T01:02:03Z" on the wall clock of China, `2023-03-10 09:02`. */
export function localMinute(instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  return new Date(time + 8 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
}
