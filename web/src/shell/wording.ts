// Dates as people here write them, in the language chosen.
import { i18n } from "../i18n";
import { parts, weekdayIndex } from "../dates";

/** `2023年3月10日` / `10 March 2023`. */
export function longDate(date: string): string {
  const { year, month, day } = parts(date);
  return i18n.global.t("date.long", { year, month, day, monthName: i18n.global.t(`date.month${month}`) });
}

/** `3月10日`. */
export function monthDay(date: string): string {
  const { month, day } = parts(date);
  return i18n.global.t("date.monthDay", { month, day, monthName: i18n.global.t(`date.month${month}`) });
}

export function weekday(date: string): string {
  return i18n.global.t(`date.weekday${weekdayIndex(date)}`);
}
