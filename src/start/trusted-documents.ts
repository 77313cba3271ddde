import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StartRefusal } from './refusal.js';

/** The texts of all `*.graphql` files in the folder: what clients may call by its SHA-256 alone. */
export function trustedDocumentsIn(folder: string | null): readonly string[] {
  if (folder === null) return [];
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.graphql'))
      .sort()
      .map((name) => readFileSync(path.join(folder, name), 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartRefusal(`QUITTANCE_TRUSTED_DOCUMENTS: the folder ${folder} cannot be read (${why}).`);
  }
}
