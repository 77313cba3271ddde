import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AGREEMENT_TRANSITIONS, CHARGE_TRANSITIONS } from '../../src/features/agreements/domain/agreement-status.js';
import { INVOICE_TRANSITIONS } from '../../src/features/invoices/domain/invoice-status.js';
import { OPERATION_TRANSITIONS } from '../../src/features/orders/domain/operation-state.js';
import { diagramOf } from '../../src/kernel/state-machine.js';

const PAGE = readFileSync('ARCHITECTURE.md', 'utf8');
const LINES_MAX = 350;

/** What a checkout may have beside what is committed. */
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage']);

/** Whose folders the map names one by one. */
const MAPPED = ['.', 'src', 'src/features', 'src/platform'];

describe('ARCHITECTURE.md', () => {
  it.each([
    ['operations', diagramOf(OPERATION_TRANSITIONS)],
    ['agreements', diagramOf(AGREEMENT_TRANSITIONS)],
    ['charges', diagramOf(CHARGE_TRANSITIONS)],
    ['invoices', diagramOf(INVOICE_TRANSITIONS)],
  ])('shows the machine of %s that the code runs', (_name, diagram) => {
    expect(PAGE).toContain(`\`\`\`mermaid\n${diagram}\n\`\`\``);
  });

  it('maps every folder there is, and none that is not', () => {
    const mapped = mappedPaths().filter((each) => each.endsWith('/'));
    expect(mapped.toSorted()).toEqual(MAPPED.flatMap(foldersIn).toSorted());
  });

  it('maps files that are there', () => {
    expect(mappedPaths().filter((each) => !existsSync(each))).toEqual([]);
  });

  it('links to what is there', () => {
    const links = [...PAGE.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? '');
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((each) => !existsSync(each))).toEqual([]);
  });

  it(`has at most ${LINES_MAX} lines`, () => {
    expect(PAGE.split('\n').length).toBeLessThanOrEqual(LINES_MAX);
  });
});

/** The paths of the map, whose indentation says what is in what. */
function mappedPaths(): readonly string[] {
  const [, map = ''] = /## Code map[\s\S]*?```\n([\s\S]*?)```/.exec(PAGE) ?? [];
  const parents: string[] = [];
  return map
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, indent = '', name = ''] = /^( *)(\S+)/.exec(line) ?? [];
      const depth = indent.length / 2;
      const full = [...parents.slice(0, depth), name].join('');
      parents[depth] = name;
      return full;
    });
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_OURS.has(entry.name))
    .map((entry) => `${path.posix.join(folder, entry.name)}/`);
}
