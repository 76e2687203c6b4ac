// Tasks under the day they came, in the order the server gave them.
import type { Task } from "../api/types";
import { localMinute } from "../dates";

export interface TaskDay {
  /** Civil day in China. */
  day: string;
  items: { task: Task; index: number }[];
}

export function byDay(items: Task[]): TaskDay[] {
  const days: TaskDay[] = [];
  for (const [index, task] of items.entries()) {
    const day = localMinute(task.at).slice(0, 10);
    const open = days.find((one) => one.day === day);
    if (open) open.items.push({ task, index });
    else days.push({ day, items: [{ task, index }] });
  }
  return days;
}

/** The order rows stand in on the page, for j and k. */
export function inOrder(days: TaskDay[]): number[] {
  return days.flatMap((day) => day.items.map((item) => item.index));
}
