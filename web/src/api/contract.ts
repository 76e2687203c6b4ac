// The hand-kept types of this page against the types generated from the server's OpenAPI document
// (schema.d.ts): `npm run typecheck` fails when the server stops giving what a page reads, at any depth.
import type { components } from "./schema";
import type * as plan from "../plan/types";
import type * as weekly from "../plan/weekly";
import type { RoundPage } from "../round/types";
import type * as ours from "./types";

type Server = components["schemas"];

/** Closed lists of words are plain strings in the document; absent and null are both "nothing". */
type Loose<T> = ours.Json extends T
  ? unknown
  : ours.Values extends T
  ? { [name: string]: unknown }
  : T extends string
  ? string
  : T extends number | boolean | null | undefined
    ? T | null | undefined
    : T extends (infer U)[]
      ? Loose<U>[]
      : T extends object
        ? { [K in keyof T]?: Loose<T[K]> | null }
        : T;

/** Values of a record are whatever its register says. */
type Opaque = ours.Json | ours.Values;
type Bare<T> = NonNullable<T>;
type IsOpen<T> = string extends keyof T ? true : false;
/** The one shape among several: a field comes alone or whole, a lamp bare or with its word. */
type Shape<T> = Extract<Bare<T>, object> extends never ? Bare<T> : Extract<Bare<T>, object>;

/** Names that a page reads and the document does not give, as paths. */
type Missing<Ours, Theirs, Depth extends 0[] = []> = Depth["length"] extends 6
  ? never
  : [Shape<Ours>] extends [Opaque]
    ? Shape<Ours> extends (infer U)[]
      ? never & U
      : never
    : Shape<Ours> extends (infer U)[]
      ? Shape<Theirs> extends (infer V)[]
        ? Missing<U, V, [...Depth, 0]>
        : never
      : Shape<Ours> extends object
        ? IsOpen<Shape<Ours>> extends true
          ? never
          : {
              [K in keyof Shape<Ours> & string]: K extends keyof Shape<Theirs>
                ? Missing<Shape<Ours>[K], Shape<Theirs>[K], [...Depth, 0]> extends infer M
                  ? M extends string
                    ? `${K}.${M}`
                    : never
                  : never
                : K;
            }[keyof Shape<Ours> & string]
        : never;

type Fits<Ours, Theirs extends Loose<Ours> & { [K in keyof Ours]?: unknown }> = [Missing<Ours, Theirs>] extends [never] ? true : { missing: Missing<Ours, Theirs> };

type Checked = [
  Fits<ours.Finding, Server["Finding"]>,
  Fits<ours.Problem, Server["Problem"]>,
  Fits<ours.Light, Server["Light"]>,
  Fits<ours.Figure, Server["Figure"]>,
  Fits<ours.Me, Server["Me"]>,
  Fits<ours.LightCount, Server["LightCount"]>,
  Fits<ours.DueItem, Server["Item"]>,
  Fits<ours.Home, Server["Home"]>,
  Fits<ours.RoundList, Server["RoundList"]>,
  Fits<ours.Panes, Server["Panes"]>,
  Fits<ours.Drawing, Server["Drawing"]>,
  Fits<ours.WallRow, Server["WallRow"]>,
  Fits<ours.WallActivity, Server["WallActivity"]>,
  Fits<ours.WallChart, Server["WallChart"]>,
  Fits<ours.Snapshot, Server["Snapshot"]>,
  Fits<ours.Rescheduled, Server["Rescheduled"]>,
  Fits<ours.FieldView, Server["Field"]>,
  Fits<ours.RegisterCan, Server["RegisterCan"]>,
  Fits<ours.FlowView, Server["RegisterFlow"]>,
  Fits<ours.RegisterView, Server["Register"]>,
  Fits<ours.RegisterListView, Server["RegisterListView"]>,
  Fits<ours.SavedView, Server["SavedView"]>,
  Fits<ours.SavedViews, Server["SavedViews"]>,
  Fits<ours.Groups, Server["Groups"]>,
  Fits<ours.MapPoint, Server["MapPoint"]>,
  Fits<ours.MapPoints, Server["MapPoints"]>,
  Fits<ours.BulkResults, Server["BulkResults"]>,
  Fits<ours.RegisterList, Server["RegisterList"]>,
  Fits<ours.RecordView, Server["Record"]>,
  Fits<ours.Due, Server["Due"]>,
  Fits<ours.Duty, Server["Duty"]>,
  Fits<ours.Action, Server["Action"]>,
  Fits<ours.Signing, Server["Signing"]>,
  Fits<ours.Step, Server["RecordStep"]>,
  Fits<ours.Signature, Server["Signature"]>,
  Fits<ours.Extension, Server["Extension"]>,
  Fits<ours.Draft, Server["Draft"]>,
  Fits<ours.RecordPage, Server["RecordPage"]>,
  Fits<ours.Change, Server["FieldChange"]>,
  Fits<ours.HistoryEntry, Server["HistoryEntry"]>,
  Fits<ours.AttachmentView, Server["Attachment"]>,
  Fits<ours.PlanActivity, Server["PlanActivity"]>,
  Fits<ours.ProjectPage, Server["ProjectPage"]>,
  Fits<ours.SearchHit, Server["Hit"]>,
  Fits<RoundPage, Server["RoundPage"]>,
  Fits<plan.PlanSheet, Server["PlanSheet"]>,
  Fits<plan.PlanDiff, Server["PlanDiff"]>,
  Fits<plan.PlanCurve, Server["PlanCurve"]>,
  Fits<plan.PlanRespread, Server["PlanRespread"]>,
  Fits<plan.PlanHealth, Server["PlanHealth"]>,
  Fits<plan.PlanLoad, Server["PlanLoad"]>,
  Fits<plan.PlanChance, Server["PlanChance"]>,
  Fits<plan.BaselineView, Server["PlanBaselinePage"]>,
  Fits<plan.CalendarHead, Server["PlanCalendarLine"]>,
  Fits<plan.CalendarView, Server["PlanCalendar"]>,
  Fits<plan.CalendarSaved, Server["PlanCalendarKept"]>,
  Fits<plan.PlanTemplate, Server["PlanTemplate"]>,
  Fits<weekly.PlanCommitments, Server["PlanCommitments"]>,
  Fits<weekly.PlanFlow, Server["PlanFlow"]>,
  Fits<plan.PlanFilePreview, Server["PlanFilePreview"]>,
  Fits<plan.PlanOptions, Server["PlanOptions"]>,
  Fits<plan.PlanOptionsKept, Server["PlanOptionsKept"]>,
  Fits<ours.Check, Server["Check"]>,
  Fits<ours.ImportColumn, Server["ImportColumn"]>,
  Fits<ours.ImportRecord, Server["ImportRecord"]>,
  Fits<ours.ImportPreview, Server["ImportPreview"]>,
  Fits<ours.ImportResult, Server["ImportResult"]>,
  Fits<ours.ImportBatch, Server["ImportLine"]>,
  Fits<ours.Task, Server["Task"]>,
  Fits<ours.TaskList, Server["TaskPage"]>,
  Fits<ours.Delegation, Server["Delegation"]>,
  Fits<ours.Colleague, Server["Colleague"]>,
  Fits<ours.MetricGroup, Server["MetricGroup"]>,
  Fits<ours.MetricList, Server["MetricList"]>,
  Fits<ours.ReportList, Server["ReportList"]>,
  Fits<ours.CycleBoard, Server["CycleBoard"]>,
  Fits<ours.AskLedger, Server["AskLedger"]>,
  Fits<ours.MigrationView, Server["DefinitionPlan"]>,
  Fits<ours.DefinitionPage, Server["Definition"]>,
  Fits<ours.DefinitionCheck, Server["DefinitionCheck"]>,
  Fits<ours.League, Server["MatterLeague"]>,
  Fits<ours.LeagueUnit, Server["MatterLeagueLine"]>,
  Fits<ours.SpanList, Server["SpanList"]>,
];

/** Only `true` fits: a name that the server does not give is told by the compiler. */
export const contract: Checked[number] = true;
const all: Checked[number] extends true ? true : false = true;
void all;
