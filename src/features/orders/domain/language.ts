/** In which a payer may be spoken to. */
export const LANGUAGES = ['en', 'ro', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];
