// The one door to the server: adds the travel date to reads, the guard header and
// If-Match to writes, and turns problem answers into ApiError.
import { ref } from "vue";
import type { Finding, Problem } from "./types";

const BASE = "/api/v1";

/** The day travelled to, "YYYY-MM-DD"; null means the server's own today. */
export const asOf = ref<string | null>(null);

export type Query = Record<string, string | number | string[] | null | undefined>;

export class ApiError extends Error {
  readonly status: number;
  readonly findings: Finding[];
  constructor(status: number, problem: Partial<Problem> | null) {
    super(problem?.detail || problem?.title || "");
    this.status = status;
    this.findings = problem?.findings ?? [];
  }
}

/** `round=7&filter=a&filter=b`; empty, null and missing values are left out. */
export function queryString(query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) {
      if (one !== null && one !== undefined && one !== "") search.append(key, String(one));
    }
  }
  return search.toString();
}

/** Address of a file answer (workbook, SVG, PDF), with the travel date. */
export function fileAddress(path: string, query: Query = {}): string {
  const search = queryString({ ...query, as_of: asOf.value });
  return BASE + path + (search ? `?${search}` : "");
}

export interface Answer<T> {
  data: T;
  etag: string | null;
}
export interface WriteOptions {
  ifMatch?: string | null;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

async function problemOf(response: Response): Promise<Partial<Problem> | null> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return null;
  }
}

const signedOutListeners: (() => void)[] = [];
/** Called when an answer says that nobody is signed in any more. */
export function onSignedOut(listener: () => void): void {
  signedOutListeners.push(listener);
}

async function send<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(BASE + path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, null);
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (response.status === 401 && !path.startsWith("/login"))
      for (const listener of signedOutListeners) listener();
    throw new ApiError(response.status, problem);
  }
  const etag = response.headers.get("ETag");
  if (response.status === 204) return { data: undefined as T, etag };
  return { data: (await response.json()) as T, etag };
}

export function readWithEtag<T>(
  path: string,
  query: Query = {},
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const search = queryString({ ...query, as_of: query.as_of ?? asOf.value });
  return send<T>(path + (search ? `?${search}` : ""), { signal });
}

export interface FileAnswer {
  blob: Blob;
  name: string;
}
/** A file that is made for the asking; what stands in its way comes as an ApiError and not as a file. */
export async function readFile(path: string, query: Query = {}): Promise<FileAnswer> {
  let response: Response;
  try {
    response = await fetch(fileAddress(path, query), { credentials: "same-origin" });
  } catch {
    throw new ApiError(0, null);
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  return { blob: await response.blob(), name: name ? decodeURIComponent(name) : "" };
}

/** Hands a file to the browser's own way of saving. */
export function save({ blob, name }: FileAnswer): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own hold on the content by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function read<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await readWithEtag<T>(path, query, signal)).data;
}

export function write<T>(
  method: "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  options: WriteOptions = {},
): Promise<Answer<T>> {
  const headers: Record<string, string> = { "X-Guatu": "1", "Content-Type": "application/json" };
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  return send<T>(path, { method, headers, body: body === undefined ? "{}" : JSON.stringify(body), signal: options.signal });
}

/** A fresh key that lets the server drop a repeated create. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends one file as multipart; `progress` gets the sent share, 0 to 1. */
export function upload<T>(
  path: string,
  file: File,
  fields: Record<string, string> = {},
  progress: (share: number) => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", BASE + path);
    request.setRequestHeader("X-Guatu", "1");
    request.responseType = "text";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onerror = () => reject(new ApiError(0, null));
    request.onload = () => {
      let answer: unknown = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = null;
      }
      if (request.status >= 200 && request.status < 300 && answer !== null) resolve(answer as T);
      else reject(new ApiError(request.status, answer as Partial<Problem> | null));
    };
    request.send(form);
  });
}
