// Tasks under their day, in the order the server gave them: what waits under the day it is due, what was done under the
// day it was done or told, what a person started in one list.
import type { Task, TaskBox } from "../api/types";
import { localMinute } from "../dates";

export interface TaskDay {
  /** Civil day in China; null = no deadline, or a box without days. */
  day: string | null;
  items: { task: Task; index: number }[];
}

export function byDay(items: Task[], box: TaskBox): TaskDay[] {
  const days: TaskDay[] = [];
  for (const [index, task] of items.entries()) {
    const day = dayOf(task, box);
    const open = days.find((one) => one.day === day);
    if (open) open.items.push({ task, index });
    else days.push({ day, items: [{ task, index }] });
  }
  return days;
}

function dayOf(task: Task, box: TaskBox): string | null {
  if (box === "mine") return null;
  const instant = box === "done" || box === "notice" ? task.at : task.due_at;
  return instant ? localMinute(instant).slice(0, 10) : null;
}

/** The order rows stand in on the page, for j and k. */
export function inOrder(days: TaskDay[]): number[] {
  return days.flatMap((day) => day.items.map((item) => item.index));
}
