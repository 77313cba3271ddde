import type { PageLanguage } from './language.js';
import type { Texts } from './texts.js';
import { EN } from './texts-en.js';
import { RO } from './texts-ro.js';
import { RU } from './texts-ru.js';

export const TEXTS: Readonly<Record<PageLanguage, Texts>> = { en: EN, ro: RO, ru: RU };
