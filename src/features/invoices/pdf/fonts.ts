import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const FILES = {
  regular: require.resolve('@expo-google-fonts/ibm-plex-sans/400Regular/IBMPlexSans_400Regular.ttf'),
  bold: require.resolve('@expo-google-fonts/ibm-plex-sans/700Bold/IBMPlexSans_700Bold.ttf'),
} as const;

export type Face = keyof typeof FILES;

export interface Fonts {
  readonly files: Readonly<Record<Face, Buffer>>;
  /** Whether every face has a letter for it. */
  readonly hasGlyph: (codePoint: number) => boolean;
}

let read: Promise<Fonts> | null = null;

/** Read with the first invoice, and kept: a program that prints none, pays nothing for it. */
export function fonts(): Promise<Fonts> {
  read ??= readFonts();
  return read;
}

async function readFonts(): Promise<Fonts> {
  const { create } = await import('fontkit');
  const files = { regular: readFileSync(FILES.regular), bold: readFileSync(FILES.bold) };
  const letters = [files.regular, files.bold].map((file) => {
    const font = create(file);
    return new Set('characterSet' in font ? font.characterSet : []);
  });
  return { files, hasGlyph: (codePoint) => letters.every((each) => each.has(codePoint)) };
}
