// Short messages at the foot of the page; one may carry a way back.
import { reactive } from "vue";

export interface Toast {
  id: number;
  text: string;
  wrong: boolean;
  action: { label: string; run: () => void } | null;
}
export const toasts = reactive<Toast[]>([]);
let last = 0;

export function dismiss(id: number): void {
  const index = toasts.findIndex((toast) => toast.id === id);
  if (index >= 0) toasts.splice(index, 1);
}

/** Shows `text`; with an action it stays 12 s, else 5 s. */
export function toast(
  text: string,
  options: { wrong?: boolean; action?: { label: string; run: () => void } } = {},
): void {
  const id = ++last;
  toasts.push({ id, text, wrong: options.wrong ?? false, action: options.action ?? null });
  setTimeout(() => dismiss(id), options.action ? 12_000 : options.wrong ? 9_000 : 5_000);
}
