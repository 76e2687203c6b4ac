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

/** The same for a place that shows no findings of its own: what is wrong and what to do, one after the other. */
export function problemInFull(error: unknown): string {
  const findings = error instanceof ApiError ? error.findings : [];
  return findings.length ? findings.map((finding) => `${finding.problem}${finding.remedy}`).join(" ") : problemText(error);
}
