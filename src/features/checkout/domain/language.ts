/** The languages of the pages, each by its own name. */
export const LANGUAGE_NAMES = { en: 'English', ro: 'Română', ru: 'Русский' } as const;

export type PageLanguage = keyof typeof LANGUAGE_NAMES;

export const PAGE_LANGUAGES = Object.keys(LANGUAGE_NAMES) as PageLanguage[];

export interface LanguageWishes {
  /** Chosen by the payer on a page. */
  readonly chosen: unknown;
  /** Of the order: what the shop speaks with the payer. */
  readonly ofOrder: string | null;
  /** The browser's `Accept-Language`. */
  readonly accepted: string | undefined;
}

/** The payer's choice, else the shop's, else the best that the browser asks for, else English. */
export function languageFor({ chosen, ofOrder, accepted }: LanguageWishes): PageLanguage {
  return languageOf(chosen) ?? languageOf(ofOrder) ?? firstAccepted(accepted ?? '') ?? 'en';
}

export function languageOf(value: unknown): PageLanguage | null {
  return PAGE_LANGUAGES.find((each) => each === value) ?? null;
}

/** Moldovan is Romanian under another name, and some browsers still say `mo`. */
const ALIASES: Readonly<Record<string, PageLanguage>> = { mo: 'ro' };

const HEADER_MAX = 500;

function firstAccepted(header: string): PageLanguage | null {
  const wanted = header
    .slice(0, HEADER_MAX)
    .split(',')
    .map((entry) => {
      const [, tag = '', quality = '1'] =
        /^\s*([a-z]{1,8})(?:-[a-z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/i.exec(entry) ?? [];
      const primary = tag.toLowerCase();
      return { language: languageOf(ALIASES[primary] ?? primary), quality: Number(quality) };
    })
    .filter(({ language, quality }) => language !== null && quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted[0]?.language ?? null;
}
