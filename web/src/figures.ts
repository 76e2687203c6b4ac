// Small presentation rules shared by pages: numbers, file sizes, in-app links.
import type { Figure } from "./api/types";

/** The number of a figure without its unit, for places that print the unit smaller. */
export function figureNumber(figure: Figure): string {
  const text = figure.text.trim();
  if (figure.unit && text.endsWith(figure.unit))
    return text.slice(0, text.length - figure.unit.length).trim();
  return text;
}

/** `12.3 kB`; powers of 1000, one decimal above bytes. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  for (const unit of ["kB", "MB", "GB"]) {
    value /= 1000;
    if (value < 1000) return `${value.toFixed(1)} ${unit}`;
  }
  return `${(value / 1000).toFixed(1)} TB`;
}

/** The place in the app an API link leads to; anything that is not a local path is refused. */
export function localLink(link: string | null | undefined): string | null {
  if (!link || !/^\/(?![/\\])/.test(link)) return null;
  return link;
}

/** Register records with an own page: projects have one, everything else shares one. */
export function recordLink(register: string, id: string): string {
  return register === "project" ? `/projects/${id}` : `/registers/${register}/${id}`;
}

export function registerLink(register: string): string {
  return register === "project" ? "/projects" : `/registers/${register}`;
}

/** Where the records behind a figure can be seen. */
export function sourceLink(source: { register: string; filter: string }): string {
  const base = registerLink(source.register);
  if (!source.filter) return base;
  // Conditions come joined by `&`, each with or without its `filter=`.
  const search = new URLSearchParams();
  for (const part of source.filter.split("&")) {
    const [, name = "filter", value = ""] = /^(?:(\w+)=)?(.*)$/.exec(part) ?? [];
    search.append(name, decodeURIComponent(value));
  }
  return `${base}?${search.toString()}`;
}
