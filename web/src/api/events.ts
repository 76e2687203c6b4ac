// Change events from the server: each one makes the open pages read again.
import type { QueryClient } from "@tanstack/vue-query";
import { ref } from "vue";

/** False while the event stream is down; the shell then says that figures may be old. */
export const connected = ref(true);

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | null = null;
let refresh: ReturnType<typeof setTimeout> | null = null;
let wait = 1_000;

/** Registers changed since the last refresh; null stands for "any". */
let changed: Set<string> | null = new Set();

/** Whether an answer of `path` may have changed; lists and records depend on their register alone. */
export function concerned(path: string, registers: Set<string> | null): boolean {
  const own = /^\/registers\/(\w+)\/records/.exec(path)?.[1];
  // A project's light comes from its plan, reports and orders too.
  return registers === null || own === undefined || own === "project" || registers.has(own);
}

function scheduleRefresh(client: QueryClient, register: string | null): void {
  if (register === null) changed = null;
  else changed?.add(register);
  // An import reports many changes in a row: one reading for all of them.
  if (refresh !== null) return;
  refresh = setTimeout(() => {
    refresh = null;
    const registers = changed;
    changed = new Set();
    void client.invalidateQueries({ predicate: (query) => concerned(String(query.queryKey[0]), registers) });
  }, 400);
}

/** The register an event speaks of; null when it does not say. */
function registerOf(event: Event): string | null {
  try {
    const data = JSON.parse((event as MessageEvent<string>).data) as { register?: unknown };
    return typeof data.register === "string" ? data.register : null;
  } catch {
    return null;
  }
}

/** Opens the stream once; reconnects with growing waits, reading again after each gap. */
export function listen(client: QueryClient): void {
  if (source !== null) return;
  const opened = new EventSource("/api/v1/events");
  source = opened;
  opened.addEventListener("change", (event) => scheduleRefresh(client, registerOf(event)));
  // The server says so when this page was too slow to hear every change.
  opened.addEventListener("reload", () => scheduleRefresh(client, null));
  opened.onopen = () => {
    if (!connected.value) scheduleRefresh(client, null);
    connected.value = true;
    wait = 1_000;
  };
  opened.onerror = () => {
    connected.value = false;
    if (opened.readyState !== EventSource.CLOSED) return;
    source = null;
    retry = setTimeout(() => listen(client), wait);
    wait = Math.min(wait * 2, 60_000);
  };
}

/** Ends the stream at sign-out. */
export function stopListening(): void {
  source?.close();
  source = null;
  if (retry !== null) clearTimeout(retry);
  retry = null;
  connected.value = true;
}
