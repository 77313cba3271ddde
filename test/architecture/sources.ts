import { globSync, readFileSync } from 'node:fs';

export interface Source {
  readonly path: string;
  readonly text: string;
  /** Without comments, which may name what the code must not do. */
  readonly code: string;
}

export function sourcesIn(...folders: readonly string[]): readonly Source[] {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`));
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      return { path, text, code: withoutComments(text) };
    });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
