// The shapes the server speaks under /api/v1: one name here is one schema there.
// Dates are "YYYY-MM-DD", instants "YYYY-MM-DDTHH:MM:SSZ", money is a decimal 元 string.

export type Severity = "info" | "warning" | "error";
export interface Finding {
  code: string;
  severity: Severity;
  place: string;
  problem: string;
  remedy: string;
}
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  findings?: Finding[];
}

export type Rag = "green" | "yellow" | "red" | "done" | "grey";
export interface Light {
  rag: Rag;
  label: string;
  causes: { kind: string; rag: Rag; text: string }[];
}
export interface Figure {
  value: string | null;
  text: string;
  unit: string;
  basis: string;
  as_of: string;
  source: { register: string; filter: string; count: number } | null;
  demo: boolean;
}
export interface Me {
  login: string;
  name: string;
  post: string;
  initials: string;
  organisation: { path: string; name: string };
  roles: string[];
  district: { code: string; name: string };
  today: string;
  server_as_of: boolean;
  can: { write: boolean; import: boolean; admin: boolean };
  locale: string;
}

export interface LightCount {
  rag: Rag;
  label?: string;
  count: number;
}
export interface DueItem {
  rag: Rag;
  word: string;
  text: string;
  due_text: string;
  link: string;
}
export interface Home {
  title: string;
  today: string;
  weekday: string;
  subtitle: string;
  round: {
    no: number;
    label: string;
    total: Figure;
    project_count: Figure;
    lights: LightCount[];
  } | null;
  pipeline: {
    round_no: number;
    label: string;
    project_count: number;
    batches: {
      batch: string;
      label: string;
      next_label: string;
      amount: Figure;
      count: number;
      bar_permille: number;
      note: string;
    }[];
  }[];
  stated_rates: {
    title: string;
    rates: { label: string; figure: Figure }[];
    note: string;
  } | null;
  watch: { count: number; items: DueItem[] };
  tiles: {
    note: string;
    count: number;
    cells: {
      organisation_path: string;
      name: string;
      row: number;
      column: number;
      project_count: number;
      rag: Rag;
    }[];
    lights: LightCount[];
  };
  economy: {
    title: string;
    note: string;
    pace: Figure;
    pace_permille: number;
    rows: {
      indicator: string;
      actual_permille: number;
      forecast_permille: number | null;
      actual_text: string;
      forecast_text: string;
      light: Light;
      basis: string;
    }[];
  } | null;
  tour: {
    title: string;
    note: string;
    stops: { order: number; name: string; done: boolean; note: string }[];
  } | null;
  loop: {
    note: string;
    stages: { label: string; count: number; warn: boolean }[];
    items: (DueItem & { unit: string })[];
    /** Open orders past their day, for the badge. */
    overdue?: number;
  };
  programmes: {
    note: string;
    total: number;
    rows: { name: string; permille: number; text: string; rag: Rag }[];
  } | null;
  data_note: string;
  empty: boolean;
  /** False for who has no projects in sight: their tasks and registers stand in place of them. */
  projects?: boolean;
}

export interface RoundList {
  rounds: { no: number; label: string; project_count: number; held_on: string | null }[];
}

export interface Panes {
  left_head: string;
  left_body: string;
  plot_head: string;
  plot_body: string;
  right_head: string;
  right_body: string;
}
/** Six panes and the scale that turns pixels into days. */
export interface Drawing {
  panes: Panes;
  scale: { first: string; last: string; px_per_day: number };
  width: { left: number; plot: number; right: number };
  height: { head: number; body: number };
}
export type Zoom = "year" | "quarter" | "month" | "week";
export type Density = "compact" | "standard" | "loose";
export interface Labelled {
  label: string;
  text: string;
}
export interface WallRow {
  project_id: string;
  name: string;
  y: number;
  height: number;
  light: Light;
  why: Labelled[];
  target_text: string;
  verdict: string;
  version: string;
}
export interface WallActivity {
  project_id: string;
  name: string;
  planned_start: string | null;
  planned_finish: string | null;
  early_start: string | null;
  early_finish: string | null;
  late_start: string | null;
  late_finish: string | null;
  total_float_days: string;
  critical: boolean;
  percent_text: string;
  why_date: string;
  etag: string;
  editable: boolean;
}
export interface WallLight {
  rag: Rag;
  label: string;
  rule: string;
  count: number;
}
export interface WallChart extends Drawing {
  title: string;
  facts: Labelled[];
  round_no: number | null;
  lights: WallLight[];
  rows: WallRow[];
  activities: Record<string, WallActivity>;
  units: { path: string; name: string }[];
  cascade: {
    title: string;
    note: string;
    rows: {
      label: string;
      done: number;
      should: number;
      pace_permille: number;
      rag: Rag;
      text: string;
    }[];
  };
  orders: {
    note: string;
    items: { rag: Rag; word: string; text: string; note: string; link: string }[];
  };
  due: {
    title: string;
    note: string;
    items: {
      rag: Rag;
      word: string;
      project: string;
      activity: string;
      text: string;
      link: string;
    }[];
  };
  data_note: string;
  compare: (Drawing & { as_of: string; lights: WallLight[] }) | null;
  findings: Finding[];
}
export interface Snapshot {
  id: string;
  taken_at: string;
  as_of: string;
  title: string;
  lights: LightCount[];
}
export interface Rescheduled {
  activity: Partial<WallActivity> & { id?: string };
  light: Light;
  verdict: string;
  moved: { activity_id: string; name: string; from: string; to: string }[];
}

export type FieldKind =
  | "text"
  | "long_text"
  | "int"
  | "decimal"
  | "money"
  | "percent"
  | "bool"
  | "date"
  | "datetime"
  | "period"
  | "code"
  | "org"
  | "person"
  | "phone"
  | "uscc"
  | "ref"
  | "refs"
  | "text_list"
  | "attachment"
  | "geo_point"
  | "table"
  | "multi_code"
  | "id_card"
  | "geo_line"
  | "geo_area"
  | "signature"
  | "note";
export interface FieldView {
  id: string;
  label: string;
  kind: FieldKind;
  required: boolean;
  unit: string | null;
  digits: number | null;
  choices: { code: string; label: string }[] | null;
  to: string | null;
  columns: FieldView[] | null;
  list: boolean;
  search: boolean;
  core: boolean;
  /** Written by the engine alone: state, holder, steps. */
  system?: boolean;
  computed?: boolean;
  /** Visible, required or read-only depending on other values: the draft answers. */
  conditional?: boolean;
  options_conditional?: boolean;
  mask?: string | null;
  /** Media types a file field takes. */
  accept?: string[];
  level?: string | null;
  set_once?: boolean;
  crs?: string | null;
  hint?: string | null;
}
export interface RegisterCan {
  create: boolean;
  read: boolean;
  update: boolean;
  withdraw: boolean;
  export: boolean;
  import: boolean;
  /** Do a first act on a new record; older answers do not say. */
  begin?: boolean;
  edit_definition: boolean;
}
export interface FlowView {
  /** `editable`: the fields that may be changed in the state; all where there is none. */
  states: { id: string; label: string; initial: boolean; final: boolean; done: boolean; clock: boolean; editable?: string[] | null }[];
  /** `mine`: the roles of who asks allow it on some record. */
  transitions: { id: string; label: string; from: string[]; to: string; mine?: boolean }[];
}
export interface RegisterView {
  id: string;
  title: string;
  version: string;
  name_field: string | null;
  fields: FieldView[];
  list: string[];
  reports: number;
  sensitivity?: string;
  /** Records have a number: the column `number`. */
  numbered?: boolean;
  can?: RegisterCan | null;
  flow?: FlowView | null;
  cycle?: { period_kind: string; unit_field: string; period_field: string; zero_report: boolean } | null;
  metrics?: { id: string; title: string; unit: string; basis: string }[];
  obligations?: { id: string; title: string }[];
  campaigns?: { id: string; title: string }[];
  views?: RegisterListView[];
}
/** A view of the definition; `fields` are what its drawing goes by. */
export interface RegisterListView {
  id: string;
  title: string;
  kind: string;
  columns: string[];
  sums: string[];
  fields: Record<string, string>;
}
export interface SavedView {
  name: string;
  query: string;
  columns: string[];
  density: string;
}
export interface SavedViews {
  views: SavedView[];
}
export interface Groups {
  groups: { keys: { value: Json; text: string }[]; count: number; sums: Record<string, string> }[];
}
export interface MapPoint {
  id: string;
  title: string;
  lon: string;
  lat: string;
  light?: Light | null;
  state_label: string;
  colour?: string | null;
  /** Path of the organisation whose record it is. */
  org_path: string;
}
export interface MapPoints {
  points: MapPoint[];
  left_out: number;
}
export interface BulkResults {
  results: { id: string; ok: boolean; version?: number | null; findings: Finding[] }[];
}
export interface RegisterList {
  registers: { id: string; title: string; count: number; family: string | null; open: number | null; late: number | null }[];
}
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Values = Record<string, Json>;
export interface RecordView {
  id: string;
  register: string;
  number: string | null;
  version: number;
  org_path: string;
  withdrawn: boolean;
  values: Values;
  shown: Record<string, string>;
  updated_at: string;
  light?: Light | null;
  state?: { id: string; label: string; final: boolean; done: boolean } | null;
  holder?: { id: string; name: string } | null;
  due?: Due | null;
  rights?: { update: boolean; withdraw: boolean };
  duties?: Duty[];
  actions?: Action[];
  steps?: Step[];
  signatures?: Signature[];
  extensions?: Extension[];
}
/** A lamp of a line: its word is beside it. */
export type Lamp = Rag | null;
export interface Due {
  at: string;
  text: string;
  stage: string;
  light: Lamp;
}
export interface Duty {
  id: string;
  title: string;
  due: string | null;
  text: string;
  light: Lamp;
}
/** 办理. One way on from where a record stands; `refused` says in words why not now. */
export interface Action {
  id: string;
  label: string;
  /** Fields by id, or whole when the register has no such field. */
  ask: (string | FieldView)[];
  offer: (string | FieldView)[];
  targets: { id: string; label: string }[];
  negative: boolean;
  needs_reason: boolean;
  late_reasons: { code: string; label: string }[] | null;
  signing: Signing | null;
  refused: string | null;
}
export interface Signing {
  have: number;
  need: number;
  roles: string[];
  signed: { name: string; agree: boolean; at: string }[];
}
export interface Step {
  at: string;
  actor_name: string;
  unit: string;
  label: string;
  from: string;
  to: string;
  reason: string;
  due_text: string;
  late: string;
}
export interface Signature {
  label: string;
  role: string;
  name: string;
  at: string;
  agree: boolean | null;
  reason: string;
  asked_by: string;
}
export interface Extension {
  asked_at: string;
  asked_by: string;
  from_due: string;
  to_due: string;
  reason: string;
  decided_at: string;
  decided_by: string;
  agree: boolean | null;
  remark: string;
}
/** What the register's rules say about values that are being typed. */
export interface Draft {
  values: Values;
  shown: Record<string, string>;
  visible: Record<string, boolean>;
  required: Record<string, boolean>;
  read_only: Record<string, boolean>;
  options: Record<string, string[]>;
  findings: Finding[];
}
export interface RecordPage {
  items: RecordView[];
  next: string | null;
  total: number | null;
  sums: Record<string, string>;
}
export interface Change {
  field: string;
  label: string;
  before: string;
  after: string;
}
export interface HistoryEntry {
  seq: number;
  at: string;
  actor: string;
  actor_name: string;
  action: string;
  /** The action in words. */
  action_label?: string;
  reason: string;
  source: string;
  changes: Change[];
}
export interface AttachmentView {
  id: string;
  name: string;
  size: number;
  media_type: string;
  added_at: string;
  actor_name: string;
  url: string;
  /** What a file field holds. */
  content_id: string;
  /** Field it belongs to; `files` when it hangs on the record itself. */
  field: string;
}
export interface PlanActivity {
  id: string;
  code: string;
  name: string;
  unit: string;
  duration_text: string;
  predecessors: string;
  planned_start: string | null;
  planned_finish: string | null;
  early_start: string | null;
  early_finish: string | null;
  late_start: string | null;
  late_finish: string | null;
  total_float_days: string;
  critical: boolean;
  percent_text: string;
  rag: Rag;
  why_date: string;
  etag: string;
}
export interface ProjectPage {
  record: RecordView;
  light: Light;
  verdict: string;
  why: Labelled[];
  target_text: string;
  rounds: { no: number; label: string; batch_label: string; amount_text: string }[];
  plan: {
    activities: PlanActivity[];
    target_date: string | null;
    forecast_finish: string | null;
    float_text: string;
    findings: Finding[];
    svg: Drawing | null;
  };
  investment: {
    figures: { label: string; figure: Figure }[];
    reports: {
      period: string;
      amount_text: string;
      cumulative_text: string;
      reported_on: string | null;
    }[];
  };
  matters: RecordView[];
  reports: RecordView[];
  attachments: AttachmentView[];
}
export interface SearchHit {
  register: string;
  register_title: string;
  id: string;
  title: string;
  text: string;
  link: string;
}

export interface Check {
  statement: string;
  left: string;
  right: string;
  verdict: "holds" | "fails" | "rounding" | "not_checkable";
}
export interface ImportColumn {
  index: number;
  letter: string;
  path: string[];
  unit: string | null;
  field: string | null;
  confidence: number;
  reason: string;
  remembered: boolean;
  sample: string[];
}
export interface ImportRecord {
  place: string;
  values: Values;
  shown: Record<string, string>;
  action: "create" | "update" | "same" | "refused";
  match: { id: string; name: string; how: string } | null;
  changes: Change[];
}
export interface ImportPreview {
  token: string;
  file_name: string;
  sheet: string;
  sheets: string[];
  register: string;
  register_guess: { register: string; score: number; reason: string }[];
  title: string;
  unit_text: string;
  facts: Labelled[];
  columns: ImportColumn[];
  fields: { id: string; label: string; kind: FieldKind }[];
  records: ImportRecord[];
  findings: Finding[];
  checks: Check[];
  counts: { create: number; update: number; same: number; errors: number };
}
export interface ImportResult {
  batch_id: string;
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  link: string;
}
export interface ImportBatch {
  batch_id: string;
  at: string;
  actor_name: string;
  file_name: string;
  register: string;
  register_title: string;
  created: number;
  updated: number;
  undone: boolean;
  undone_at: string | null;
}

export type TaskBox = "todo" | "done" | "mine" | "soon" | "late" | "notice";
export interface Task {
  register: string;
  register_title: string;
  id: string;
  number: string | null;
  title: string;
  state_label: string;
  unit: string;
  due_text: string;
  due_at: string | null;
  light: Lamp;
  link: string;
  at: string;
  note: string | null;
  unread: boolean;
}
export interface TaskList {
  counts: Partial<Record<TaskBox, number>>;
  items: Task[];
  next: string | null;
}
/** Somebody who can act in another's place. */
export interface Colleague {
  login: string;
  name: string;
  post: string;
  unit: string;
}
export interface Delegation {
  id: string;
  from_login: string;
  from_name: string;
  to_login: string;
  to_name: string;
  from: string;
  to: string;
  registers: string[];
}

export interface MetricGroup {
  /** The field that made the group, where the figure is broken down by several. */
  heading: string | null;
  by: string;
  text: string;
  value: string | null;
  /** Names the group when its records are asked for. */
  key: string;
  link: string | null;
}
/** 报表 What can be made from templates, and for which periods. */
export interface ReportList {
  reports: ReportLine[];
}
export interface ReportLine {
  id: string;
  title: string;
  format: string;
  cycle: string;
  periods: { code: string; label: string; open: boolean }[];
  period: string;
  missing: boolean;
}
export interface TemplateLine {
  name: string;
  reports: string[];
  size: number | null;
  at: string | null;
}

export interface MetricList {
  metrics: {
    id: string;
    title: string;
    unit: string;
    text: string;
    value: string | null;
    numerator: string | null;
    denominator: string | null;
    basis: string;
    groups: MetricGroup[];
    /** Records a rule has no value for: not counted. */
    findings: Finding[];
  }[];
}
export type CycleStatus = "sent" | "zero" | "late" | "open" | "missing" | "locked";
export interface CycleBoard {
  period: string;
  label: string;
  open_on: string;
  due_on: string;
  lock_on: string | null;
  previous: string;
  next: string;
  units: {
    id: string;
    name: string;
    status: CycleStatus;
    record_id: string | null;
    at: string | null;
    link: string | null;
    /** A request to open the locked form again that waits for an answer. */
    unlock?: { id: string; reason: string } | null;
  }[];
  counts: Partial<Record<CycleStatus, number>>;
  reminder: string;
}
export interface AskLedger {
  units: { name: string; forms: number; fields: number; fillings: number }[];
  forms: { register: string; title: string; fields: number; times: number }[];
  held: Finding[];
}
export interface MigrationChange {
  kind: string;
  text: string;
  count: number;
}
export interface MigrationView {
  changes: MigrationChange[];
  converted: number;
  failed: { id: string; title: string; finding: Finding }[];
}
export interface DefinitionPage {
  id: string;
  toml: string;
  version: string;
  versions: { version: string; at: string; actor: string }[];
  core: boolean;
  templates: TemplateLine[];
}
export interface DefinitionCheck {
  findings: Finding[];
  view: RegisterView | null;
  plan: MigrationView | null;
  templates: TemplateLine[];
}
export interface League {
  period: string;
  period_label: string;
  stages: { label: string; count: number; warn: boolean }[];
  units: LeagueUnit[];
  basis: string;
}
export interface LeagueUnit {
  rank: number;
  /** Null for matters without a lead unit. */
  unit: string | null;
  name: string;
  given: number;
  due: number;
  in_time: number;
  rate_text: string;
  claim_rate_text: string;
  closed: number;
  overdue: number;
  sent_back: number;
  rebounds: number;
  days_mean: string | null;
  light: Rag;
  link: string;
}
export interface SpanList {
  spans: { span: string; text: string; on: string; on_text: string }[];
}
