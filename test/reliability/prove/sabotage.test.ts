import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { inTemplate, PROJECT, patched } from '../../../prove/proofs/sabotage/copy.js';
import { SABOTAGES } from '../sabotage/sabotages.js';

/** That each turns a test red takes minutes, and is what `npm run prove sabotage` shows. */
describe.each(SABOTAGES.map((each) => [each.name, each] as const))('%s', (_name, { how, noticedBy }) => {
  it('can still be done', () => {
    const patch = 'sql' in how ? inTemplate(how.sql) : how;
    const text = readFileSync(path.join(PROJECT, patch.file), 'utf8');
    expect(patched(text, patch)).not.toBe(text);
  });

  it('has a test that would notice', () => {
    expect(noticedBy.file).toMatch(new RegExp(`^test/${noticedBy.project}/.*\\.test\\.ts$`));
    expect(existsSync(path.join(PROJECT, noticedBy.file))).toBe(true);
  });
});
