// Files on their way with a definition.
import type { TemplateLine } from "../api/types";

export interface TemplateUpload {
  name: string;
  /** Base64. */
  content: string;
}

function content(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ""));
    reader.readAsDataURL(file);
  });
}

/** The chosen files that the definition still names. */
export async function uploads(given: Record<string, File>, named: TemplateLine[]): Promise<TemplateUpload[]> {
  const wanted = Object.entries(given).filter(([name]) => named.some((line) => line.name === name));
  return Promise.all(wanted.map(async ([name, file]) => ({ name, content: await content(file) })));
}
