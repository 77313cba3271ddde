import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROOFS } from '../../prove/proofs.js';
import { INCIDENTS } from '../reliability/incidents/catalogue.js';

const PAGE = readFileSync('docs/reliability.md', 'utf8');
/** Of a table's rows the first cell. */
const rowsOf = (heading: string) => {
  const [, section = ''] = new RegExp(`## ${heading}\\n([\\s\\S]*?)(?=\\n## |$)`).exec(PAGE) ?? [];
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name ?? '');
};

describe('docs/reliability.md', () => {
  it('has the last figures of every proof, and of no other', () => {
    expect(new Set(rowsOf('Proofs, and their last figures'))).toEqual(new Set(Object.keys(PROOFS)));
  });

  it('names every incident that has a test, and no other', () => {
    const references = rowsOf('Incidents of other systems');
    expect(references.toSorted()).toEqual(INCIDENTS.map(({ reference }) => reference).toSorted());
  });

  it.each(['reliability', 'security', 'runbook'])('%s.md links to what is there', (name) => {
    const page = readFileSync(`docs/${name}.md`, 'utf8');
    const targets = [...page.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '');
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.filter((target) => !existsSync(path.join('docs', target)))).toEqual([]);
  });

  it('the commands of the runbook are there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/npm run (?:--silent )?([a-z-]+)/g)];
    const wanted = named.map(([, name]) => name ?? '');
    expect(wanted.length).toBeGreaterThan(2);
    expect(wanted.filter((name) => !(name in scripts))).toEqual([]);
  });
});
