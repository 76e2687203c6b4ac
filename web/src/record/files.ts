// Files of a form: sent at once, named by their content in the value, hung on the record when it is saved.
import type { InjectionKey, Ref } from "vue";
import { upload } from "../api/client";
import type { AttachmentView } from "../api/types";

/** The files of the record the form is about, for the editors within it. */
export const RECORD_FILES: InjectionKey<Ref<AttachmentView[]>> = Symbol("files of the record");

const staged = new Map<string, AttachmentView>();

/** Photographs above this many bytes are made smaller before they travel over a telephone line. */
const LARGE_BYTES = 6_000_000;
const LONGEST_SIDE = 3200;

async function lighter(file: File): Promise<File> {
  if (file.type !== "image/jpeg" || file.size < LARGE_BYTES || typeof createImageBitmap !== "function") return file;
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.88));
  return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
}

/** Sends a file ahead of its record. */
export async function stage(file: File, progress: (share: number) => void): Promise<AttachmentView> {
  const view = await upload<AttachmentView>("/attachments", await lighter(file), {}, progress);
  staged.set(view.content_id, view);
  return view;
}

/** What is known of a file by its content: just sent, or on the record. */
export function fileOf(content: string, files: AttachmentView[]): AttachmentView | null {
  return files.find((file) => file.content_id === content) ?? staged.get(content) ?? null;
}

export function isPicture(file: AttachmentView | null): boolean {
  return file?.media_type.startsWith("image/") ?? false;
}

/** Whether a field's accepted types let a camera in. */
export function takesPictures(accept: string[] | undefined): boolean {
  return !accept?.length || accept.some((type) => type === "*/*" || type.startsWith("image/"));
}
