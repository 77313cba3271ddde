import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Patch, Sabotage } from '../../../test/reliability/sabotage/sabotages.js';
import { FAST_FOLDERS, fastFolder } from '../../../test/support/fast-folder.js';

export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** What tests are run from and read; `node_modules` is linked. */
const COPIED = [
  ...['src', 'test', 'prove', 'migrations', 'scripts', 'examples', 'docs'],
  ...['package.json', 'jest.config.js', 'tsconfig.json', 'schema.graphql', 'README.md', 'ARCHITECTURE.md'],
];

/** After the last migration: what a sabotage does to the database it does to the template of all test databases. */
const TEMPLATE_MADE = 'TEST_PASSWORDS);\n  } finally {';

const NAME = 'quittance-sabotage-';

/** A copy of the project of which one thing at a time is broken. The project itself is never touched. */
export class Copy {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Copy> {
    const folder = await fastFolder(`${NAME}${process.pid}-`);
    for (const name of COPIED) await cp(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
    await symlink(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
    return new Copy(folder);
  }

  /** Of proofs that were stopped before they could. */
  static async removeLeftovers(): Promise<void> {
    for (const parent of FAST_FOLDERS) {
      for (const name of await readdir(parent).catch(() => [])) {
        const pid = name.startsWith(NAME) ? Number.parseInt(name.slice(NAME.length), 10) : Number.NaN;
        if (pid > 0 && !isAlive(pid)) await rm(path.join(parent, name), { recursive: true, force: true });
      }
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Breaks it, does something, and mends it again. */
  async broken<Result>({ how }: Sabotage, work: () => Promise<Result>): Promise<Result> {
    const patch = 'sql' in how ? inTemplate(how.sql) : how;
    const file = path.join(this.folder, patch.file);
    const text = await readFile(file, 'utf8');
    await writeFile(file, patched(text, patch));
    try {
      return await work();
    } finally {
      await writeFile(file, text);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The text with the patch in it. Throws where it is not what the patch was made for any more. */
export function patched(text: string, { file, find, put }: Patch): string {
  const found = text.split(find).length - 1;
  if (found !== 1) throw new Error(`${file} has ${found} times what is to be broken: ${find}`);
  return text.replace(find, () => put);
}

export function inTemplate(sql: string): Patch {
  const statement = JSON.stringify(sql);
  const put = TEMPLATE_MADE.replace(
    '\n',
    `
    const saboteur = new pg.Client({ connectionString: \`\${serverUrl}\${TEMPLATE}\` });
    await saboteur.connect();
    await saboteur.query(${statement}).finally(() => saboteur.end());
`,
  );
  return { file: 'test/support/template.ts', find: TEMPLATE_MADE, put };
}
