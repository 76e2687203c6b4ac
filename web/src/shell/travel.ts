// 时间旅行. The day travelled to lives in the address, so that a link shows what its sender saw.
import type { Router } from "vue-router";
import { asOf } from "../api/client";
import { isDate } from "../dates";

let router: Router | null = null;

/** Keeps `as_of` in every address while travelling; an address with another day wins. */
export function bindTravel(to: Router): void {
  router = to;
  to.beforeEach((target) => {
    const asked = target.query.as_of;
    if (typeof asked === "string" && isDate(asked)) {
      asOf.value = asked;
      return true;
    }
    if (asOf.value === null || target.path === "/signin") return true;
    return { ...target, query: { ...target.query, as_of: asOf.value }, replace: true };
  });
}

/** Travels to a day, or back to the server's today with null. */
export function travelTo(date: string | null): void {
  asOf.value = date;
  if (!router) return;
  const { as_of: _, ...query } = router.currentRoute.value.query;
  void router.replace({ query: date ? { ...query, as_of: date } : query });
}
