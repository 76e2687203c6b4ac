// The hand-kept types of this page against the types generated from the server's OpenAPI document
// (schema.d.ts): `npm run typecheck` fails when the server stops giving what a page reads.
import type { components } from "./schema";
import type * as ours from "./types";

type Server = components["schemas"];

/** Closed lists of words are plain strings in the document; absent and null are both "nothing". */
type Loose<T> = T extends string
  ? string
  : T extends number | boolean | null | undefined
    ? T | null | undefined
    : T extends (infer U)[]
      ? Loose<U>[]
      : T extends object
        ? { [K in keyof T]?: Loose<T[K]> | null }
        : T;

type Fits<Ours, Theirs extends Loose<Ours> & { [K in keyof Ours]?: unknown }> = keyof Ours extends keyof Theirs ? true : { missing: Exclude<keyof Ours, keyof Theirs> };

/** What the server gives only with the workflow routes; held against the document once they stand in it. */
type FieldLaw = "system" | "computed" | "conditional" | "options_conditional" | "mask" | "accept" | "level" | "set_once" | "crs" | "hint";
type RegisterLaw = "sensitivity" | "can" | "views" | "flow" | "cycle" | "metrics" | "obligations" | "campaigns";

type Checked = [
  Fits<ours.Finding, Server["Finding"]>,
  Fits<ours.Light, Server["Light"]>,
  Fits<ours.Figure, Server["Figure"]>,
  Fits<ours.Me, Server["Me"]>,
  Fits<ours.Home, Server["Home"]>,
  Fits<ours.WallActivity, Server["WallActivity"]>,
  Fits<ours.Drawing, Server["Drawing"]>,
  Fits<ours.WallRow, Server["WallRow"]>,
  Fits<Omit<ours.FieldView, FieldLaw | "columns">, Server["Field"]>,
  Fits<Omit<ours.RegisterView, RegisterLaw | "fields">, Server["Register"]>,
  Fits<Omit<ours.HistoryEntry, "action_label">, Server["HistoryEntry"]>,
  Fits<Omit<ours.AttachmentView, "content_id" | "field">, Server["Attachment"]>,
  Fits<ours.PlanActivity, Server["PlanActivity"]>,
  Fits<ours.Check, Server["Check"]>,
  Fits<ours.ImportColumn, Server["ImportColumn"]>,
  Fits<ours.ImportResult, Server["ImportResult"]>,
  Fits<ours.SearchHit, Server["Hit"]>,
];

/** Only `true` fits: a name that the server does not give is told by the compiler. */
export const contract: Checked[number] = true;
const all: Checked[number] extends true ? true : false = true;
void all;
