// What to tell a person when an answer was not what was hoped for.
import { ApiError } from "../api/client";
import { i18n } from "../i18n";

/** One plain sentence: what happened and what to do. The server's own words come first. */
export function problemText(error: unknown): string {
  const t = i18n.global.t;
  if (!(error instanceof ApiError)) return t("error.unknown");
  if (error.status === 0) return t("error.offline");
  if (error.message) return error.message;
  const known = [401, 403, 404, 409, 413, 422, 428, 429];
  return known.includes(error.status) ? t(`error.s${error.status}`) : t("error.server", { status: error.status });
}
