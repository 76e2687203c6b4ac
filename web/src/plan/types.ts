// What the plan routes answer, as the pages read it. Days are "YYYY-MM-DD"; floats are working days,
// slips are calendar days (positive is later); `*_text` is ready for the screen.
import type { Finding, Json, Light, Rag } from "../api/types";

export type Kind = "task" | "start_milestone" | "finish_milestone" | "level_of_effort" | "summary";
export type Band = "negative" | "critical" | "near" | "normal" | "ample" | "done";
export type Day = string | null;

export interface Limit {
  kind: string;
  date: string;
  text: string;
}
export interface PlanRow {
  id: string;
  version: number;
  code: string;
  name: string;
  kind: Kind;
  kind_label: string;
  parent_id: string | null;
  level: number;
  is_summary: boolean;
  unit_id: string | null;
  unit: string;
  performer: string;
  responsible_person: string;
  calendar: string;
  calendar_label: string;
  duration_days: number | null;
  duration_text: string;
  predecessors: string;
  timing: string;
  constraint: Limit | null;
  constraint_2: Limit | null;
  deadline: Day;
  estimate: { optimistic: number; likely: number; pessimistic: number } | null;
  weight: string | number | null;
  expected_finish: Day;
  remaining_days: number | null;
  resources: { resource_id: string; code: string; name: string; units: string | null }[];
  planned_start: Day;
  planned_finish: Day;
  actual_start: Day;
  actual_finish: Day;
  state: "done" | "running" | "not_started";
  assumed: boolean;
  percent: number | null;
  percent_text: string;
  reported_on: Day;
  early_start: Day;
  early_finish: Day;
  late_start: Day;
  late_finish: Day;
  forecast_start: Day;
  forecast_finish: Day;
  total_float_days: number | null;
  free_float_days: number | null;
  float_text: string;
  critical: boolean;
  on_longest_path: boolean;
  band: Band;
  slip_days: number | null;
  rag: Rag;
  driver: { kind: string; text: string; activity_id: string | null } | null;
  /** What bounds the late finish: a successor, or the target itself. */
  late_driver: { kind: string; text: string; activity_id: string | null } | null;
  why: string;
  variance: { start_days: number; finish_days: number } | null;
  on_wall: boolean;
  remark: string;
  editable: boolean;
  demo: boolean;
}
export interface PlanLink {
  from_id: string;
  to_id: string;
  type: "FS" | "SS" | "FF" | "SF";
  lag_text: string;
  lag_days: number | null;
  driving: boolean;
  slack_days: number | null;
  text: string;
}
export interface GhostBars {
  label: string;
  bars: Record<string, { start: Day; finish: Day }>;
}
export interface PlanBaseline {
  id: string;
  name: string;
  taken_on: string;
  taken_by: string;
  reason: string;
  rows: number;
}
/** One activity to shorten, or several side by side that win something only together. */
export interface Compression {
  parts: CompressionPart[];
  gain_days: number;
  text: string;
}
export interface CompressionPart {
  activity_id: string;
  code: string;
  name: string;
  days: number;
  /** The change that makes it, by field. */
  values: Fields;
}
export interface PlanSheet {
  project_id: string;
  project_name: string;
  today: string;
  data_date: string;
  editable: boolean;
  target: { date: string; kind: string } | null;
  summary: {
    forecast_finish: Day;
    slip_days: number | null;
    verdict: string;
    float_days: number | null;
    float_text: string;
    start_by: Day;
    light: Light;
    activities: number;
    done: number;
    running: number;
    not_started: number;
    percent_text: string;
    percent: number | null;
    critical_path: string[];
  };
  activities: PlanRow[];
  links: PlanLink[];
  bands: { band: Band; label: string; count: number; from_days: number | null; to_days: number | null }[];
  calendars: { code: string; name: string; hours_per_day: number }[];
  resources: { id: string; code: string; name: string; unit: string; own: boolean }[];
  baselines: PlanBaseline[];
  ghosts: { baseline: (GhostBars & { id: string }) | null; snapshot: (GhostBars & { as_of: string }) | null };
  shortfall: { days: number; text: string; chain: string[]; chain_text: string } | null;
  compressions: Compression[];
  can_undo: { batch_id: string; text: string; at: string } | null;
  findings: Finding[];
}

export type Fields = Record<string, Json>;
export interface Change {
  op: "update" | "move" | "add" | "remove" | "place" | "replan";
  id?: string;
  version?: number;
  key?: string;
  values?: Fields;
  after?: string;
  relink?: boolean;
  /** Rows to replan, all when absent, and the dates they take. */
  ids?: string[];
  from?: "early" | "late";
}
export interface Standing {
  forecast_finish: Day;
  verdict: string;
  float_days: number | null;
  rag: Rag;
  findings: number;
}
export interface Placed {
  start: Day;
  finish: Day;
  float_days: number | null;
  critical: boolean;
}
export interface Moved {
  activity_id: string;
  code: string;
  name: string;
  before: Placed | null;
  after: Placed | null;
  days: number | null;
}
export interface PlanDiff {
  dry_run: boolean;
  batch_id: string | null;
  before: Standing | null;
  after: Standing | null;
  finish_change_days: number | null;
  finish_text: string;
  moved: Moved[];
  changed: { activity_id: string; code: string; name: string; fields: { field: string; label: string; before: string; after: string }[] }[];
  added: { key: string; activity_id: string; code: string; name: string }[];
  removed: { activity_id: string; code: string; name: string }[];
  findings: Finding[];
  sheet: PlanSheet | null;
}
export interface PlanRung {
  label: string;
  first: string;
  last: string;
  planned: number;
  carried: number;
  should: number;
  done: number;
  shortfall: number;
  needed: number;
  possible: number;
  days_left: number;
  factor: number | null;
  kept: boolean;
  rag: Rag;
  text: string;
}
export interface RespreadRow {
  activity_id: string;
  code: string;
  name: string;
  should: number;
  done: number;
  owed: number;
  kept_in: string | null;
  kept_text: string;
  factor: number | null;
  finish: Day;
  planned_finish: Day;
  forecast_finish: string;
  days: { date: string; before: number; after: number }[];
  enough: boolean | null;
  enough_text: string;
  change: { op: string; id?: string | null; version?: number | null; values?: Record<string, unknown> } | null;
}
export interface PlanRespread {
  as_of: string;
  basis: string;
  factor_percent: number;
  text: string;
  rungs: PlanRung[];
  rows: RespreadRow[];
  waiting: { activity_id: string; code: string; name: string; owed: number; text: string }[];
  findings: Finding[];
}
export interface PlanCurve {
  as_of: string;
  step: string;
  basis: string;
  first: Day;
  last: Day;
  target: Day;
  points: { date: string; label: string; early: number | null; late: number | null; planned: number | null; earned: number | null; forecast: number | null }[];
  now: { planned: number | null; earned: number | null; variance: number | null; spi: number | null; earned_schedule_on: Day; spi_time: number | null; text: string } | null;
  catch_up: { factor: number | null; band: string; text: string } | null;
  findings: Finding[];
}
export interface PlanHealth {
  passed: number;
  failed: number;
  not_applicable: number;
  as_of: string;
  verdict: string;
  checks: { no: number; id: string; label: string; value_text: string; limit_text: string; verdict: "pass" | "fail" | "not_applicable"; count: number; of: number; activity_ids: string[]; meaning: string; remedy: string }[];
  findings: Finding[];
}
export interface LoadedResource {
  id: string;
  code: string;
  name: string;
  unit: string;
  over_days: number;
  peak: number;
  peak_on: Day;
  days: { date: string; capacity: number | null; load: number }[];
}
export interface PlanLoad {
  first: Day;
  last: Day;
  resources: LoadedResource[];
  findings: Finding[];
}
export interface PlanLevelled {
  before_finish: Day;
  after_finish: Day;
  /** No order of the work finishes earlier. */
  bound_finish: Day;
  gap_days: number;
  /** Smaller is better, the first first. */
  score: number[];
  text: string;
  over_days_before: number;
  over_days_after: number;
  resources: LoadedResource[];
  changes: Change[];
  moved: Moved[];
  findings: Finding[];
}
export interface PlanChance {
  runs: number;
  seed: number;
  target: Day;
  chance: number | null;
  chance_text: string;
  plan_finish: Day;
  p50: Day;
  p80: Day;
  estimated: number;
  activities: number;
  text: string;
  curve: { date: string; chance: number }[];
  criticality: { activity_id: string; code: string; name: string; share: number }[];
  findings: Finding[];
}
export interface BaselineView {
  baseline: PlanBaseline;
  rows: { activity_id: string; code: string; name: string; start: Day; finish: Day; now_start: Day; now_finish: Day; start_days: number | null; finish_days: number | null; status: "same" | "later" | "earlier" | "added" | "gone" }[];
  finish: Day;
  now_finish: Day;
  text: string;
}
export interface CalendarHead {
  code: string;
  name: string;
  base: string | null;
  built_in: boolean;
  editable: boolean;
  version: number;
  project_id: string | null;
  hours_per_day: number;
  used_by: number;
}
export type Hours = [string, string][];
export interface CalendarException {
  name: string;
  first: string;
  last: string;
  working: boolean;
  hours: Hours | null;
}
export interface CalendarView {
  code: string;
  name: string;
  base: string | null;
  built_in: boolean;
  editable: boolean;
  version: number;
  project_id: string | null;
  follow_holidays: boolean;
  own_week: boolean;
  hours_per_day: number;
  week: { day: number; hours: Hours }[];
  exceptions: CalendarException[];
  year: number;
  days: { date: string; working: boolean; minutes: number; kind: "holiday" | "make_up" | "stop" | "extra"; label: string }[];
  workdays_in_year: number;
  findings: Finding[];
}
export interface CalendarSaved {
  calendar: CalendarView;
  projects: { project_id: string; name: string; forecast_before: Day; forecast_after: Day; days: number }[];
  dry_run: boolean;
  batch_id: string | null;
}
export interface PlanTemplate {
  id: string;
  name: string;
  category: string;
  summary: string;
  sources: string[];
  notes: string[];
  basis: { label: string; count: number }[];
  activities: number;
  summaries: number;
  parameters: { id: string; label: string; unit: string | null; kind: string; default: string; min: string | null; max: string | null; choices: { code: string; label: string }[]; hint: string }[];
}
/** 排程选项, codes of the register `plan_option`. */
export interface PlanOptions {
  version: number;
  out_of_sequence: string;
  float_rule: string;
  critical_rule: string;
  critical_days: number;
  open_ends_critical: boolean;
  lag_calendar: string;
  editable: boolean;
}
export interface PlanOptionsKept {
  options: PlanOptions;
  critical_before: number;
  critical_after: number;
  diff: PlanDiff;
}
export interface PlanFilePreview {
  token: string;
  file_name: string;
  format: string;
  format_label: string;
  projects: { id: string; code: string; name: string; activities: number; links: number; start: Day; finish: Day; data_date: Day }[];
  project: string | null;
  mode: string;
  counts: { add: number; update: number; same: number; missing: number };
  rows: { code: string; name: string; kind: string; duration_days: number | null; predecessors: string; start: Day; finish: Day; action: string }[];
  calendars: { name: string; code: string; new: boolean }[];
  resources: number;
  baselines: number;
  options: { field: string; label: string; before: string; after: string }[];
  may_take_options: boolean;
  diff: PlanDiff | null;
  findings: Finding[];
}
/** 推演方案: a kept trial, worked out on the plan as it is. */
export interface ScenarioState extends Standing {
  /** Days later than the target; negative is early. */
  slip_days: number | null;
}
export interface Scenario {
  id: string;
  version: number;
  name: string;
  remark: string;
  kept_on: string;
  kept_by: string;
  changes: number;
  /** What was told when it was kept. */
  then: { finish: Day; slip_days: number | null; plan_finish: Day };
  /** None when it cannot be worked out, and when it is in force. */
  now: ScenarioState | null;
  drift_text: string;
  /** Changes that name what is gone. */
  lost: number;
  findings: Finding[];
  adopted: { on: string; batch_id: string; undone: boolean } | null;
}
export interface ScenarioList {
  plan: ScenarioState;
  editable: boolean;
  scenarios: Scenario[];
}
export interface ScenarioView {
  scenario: Scenario;
  steps: { text: string; changes: Change[] }[];
  diff: PlanDiff | null;
}
export interface ScenarioColumn {
  /** None for the plan itself. */
  scenario: Scenario | null;
  state: ScenarioState | null;
  changed: number;
  moved: number;
  duration_change_days: number;
}
export interface ScenarioComparison {
  columns: ScenarioColumn[];
  milestones: { activity_id: string; code: string; name: string; dates: Day[] }[];
  target: Day;
}
