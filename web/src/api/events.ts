// Change events from the server: each one makes the open pages read again.
import type { QueryClient } from "@tanstack/vue-query";
import { ref } from "vue";

/** False while the event stream is down; the shell then says that figures may be old. */
export const connected = ref(true);

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | null = null;
let refresh: ReturnType<typeof setTimeout> | null = null;
let wait = 1_000;

function scheduleRefresh(client: QueryClient): void {
  // An import reports many changes in a row: one reading for all of them.
  if (refresh !== null) return;
  refresh = setTimeout(() => {
    refresh = null;
    void client.invalidateQueries();
  }, 400);
}

/** Opens the stream once; reconnects with growing waits, reading again after each gap. */
export function listen(client: QueryClient): void {
  if (source !== null) return;
  const opened = new EventSource("/api/v1/events");
  source = opened;
  opened.addEventListener("change", () => scheduleRefresh(client));
  opened.onopen = () => {
    if (!connected.value) scheduleRefresh(client);
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
