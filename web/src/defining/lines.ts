// From a finding to its line in the definition's text.

/** Line number a place names, or the line where the thing it names is written; null when neither is found. */
export function lineOf(place: string, toml: string): number | null {
  const written = /\u7b2c\s*(\d+)\s*\u884c|line\s*(\d+)|\.toml:(\d+)$|^(\d+)(?::\d+)?$/i.exec(place);
  if (written) return Number(written[1] ?? written[2] ?? written[3] ?? written[4]);
  const lines = toml.split("\n");
  // The last quoted or dotted word is the most exact: `field.level.check`, `transition "assign"`.
  const words = (place.match(/[a-z_][a-z0-9_]*/gi) ?? []).reverse();
  for (const word of words) {
    const at = lines.findIndex((line) => new RegExp(`^\\s*(\\{\\s*)?(id|code)\\s*=\\s*"${word}"`).test(line) || line.includes(`id = "${word}"`));
    if (at >= 0) return at + 1;
  }
  for (const word of words) {
    const at = lines.findIndex((line) => new RegExp(`^\\s*\\[+${word}\\]+`).test(line) || new RegExp(`^\\s*${word}\\s*=`).test(line));
    if (at >= 0) return at + 1;
  }
  return null;
}

/** Start and end of a line in the text, to select it. */
export function spanOf(line: number, text: string): [number, number] {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return [start, start + (lines[line - 1]?.length ?? 0)];
}
