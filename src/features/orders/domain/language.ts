/** In which a payer may be spoken to: ISO 639-1. */
export const LANGUAGES = ['en', 'ro', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];
