// Every place of the app that can be reached from the rail; a place without a page is not listed.
import type { IconName } from "../components/Icon.vue";

export interface Place {
  key: string;
  icon: IconName;
  to: string;
  /** The register that must exist for the entry to appear; null for pages of their own. */
  register: string | null;
}
export const places: Place[] = [
  { key: "home", icon: "home", to: "/", register: null },
  { key: "tasks", icon: "inbox", to: "/tasks", register: null },
  { key: "wall", icon: "wall", to: "/wall", register: "project" },
  { key: "projects", icon: "project", to: "/projects", register: "project" },
  { key: "matter", icon: "task", to: "/registers/matter", register: "matter" },
  { key: "tour", icon: "tour", to: "/registers/site_tour", register: "site_tour" },
  { key: "economy", icon: "economy", to: "/registers/observation", register: "observation" },
  { key: "enterprise", icon: "enterprise", to: "/registers/enterprise", register: "enterprise" },
  { key: "programme", icon: "ledger", to: "/registers/programme_return", register: "programme_return" },
  { key: "import", icon: "import", to: "/import", register: null },
  { key: "registers", icon: "rows", to: "/registers", register: null },
];

/** Pages that belong to an entry of another address. */
const BELONGS: Record<string, string> = { "/assign": "matter", "/matters": "matter", "/asks": "registers", "/calendars": "projects" };

/** The rail entry a path belongs to: the longest matching address wins. */
export function placeOf(path: string): string | null {
  const own = BELONGS[path] ?? (path.startsWith("/calendars/") ? "projects" : path.startsWith("/rounds/") ? "wall" : undefined);
  if (own) return own;
  let best: Place | null = null;
  for (const place of places) {
    const hit = place.to === "/" ? path === "/" : path === place.to || path.startsWith(`${place.to}/`);
    if (hit && (!best || place.to.length > best.to.length)) best = place;
  }
  return best?.key ?? null;
}
