// Texts live in src/locales; Chinese is in the first load, English comes when asked for.
import { createI18n } from "vue-i18n";
import zh from "./locales/zh-CN.json";

export type Locale = "zh-CN" | "en";
const KEY = "guatu.locale";

export const i18n = createI18n({
  legacy: false,
  locale: "zh-CN",
  fallbackLocale: "zh-CN",
  messages: { "zh-CN": zh },
});

export function storedLocale(): Locale {
  return localStorage.getItem(KEY) === "en" ? "en" : "zh-CN";
}

export async function setLocale(locale: Locale): Promise<void> {
  if (locale === "en" && !(i18n.global.availableLocales as string[]).includes("en")) {
    const en = await import("./locales/en.json");
    i18n.global.setLocaleMessage("en", en.default as never);
  }
  (i18n.global.locale as unknown as { value: string }).value = locale;
  document.documentElement.lang = locale;
  localStorage.setItem(KEY, locale);
}
