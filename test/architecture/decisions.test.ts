import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = 'docs/decisions';
const PAGES = readdirSync(FOLDER).toSorted();
const LINES_MAX = 60;

const manifest: Readonly<Record<string, Record<string, string> | undefined>> = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
  Object.entries(manifest[kind] ?? {}),
);

describe('decisions', () => {
  it('are numbered without gaps', () => {
    const numbers = PAGES.map((name) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]));
    expect(numbers).toEqual(PAGES.map((_, index) => index + 1));
  });

  it.each(PAGES)('%s says what, why and what not, on one page', (name) => {
    const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
    for (const part of ['Context', 'Decision', 'Consequences', 'What we did not choose']) {
      expect(text).toContain(`**${part}.**`);
    }
    expect(text.startsWith(`# ${name.slice(0, 4)} `)).toBe(true);
    expect(text.split('\n').length).toBeLessThanOrEqual(LINES_MAX);
  });
});

describe('dependencies', () => {
  it('have a reason each, and nothing has one that is gone', () => {
    const page = readFileSync(`${FOLDER}/0009-dependencies.md`, 'utf8');
    const first = [...page.matchAll(/^\| (`.*) \|/gm)].flatMap(([, cells = '']) => cells.split(' | ').slice(0, 2));
    const named = new Set(
      first.flatMap((cell) => [...cell.matchAll(/`([@a-z][^`\s]*)`/g)].map(([, name]) => name ?? '')),
    );
    const reasonless = DEPENDENCIES.map(([name]) => name).filter(
      (name) => !named.has(name) && !named.has(name.replace(/\/[^/]+$/, '/*')),
    );
    expect(reasonless).toEqual([]);
    const gone = [...named].filter(
      (name) => !DEPENDENCIES.some(([each]) => each === name || each.startsWith(name.replace('*', ''))),
    );
    expect(gone).toEqual([]);
  });

  it('are pinned exactly', () => {
    expect(DEPENDENCIES.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('are locked for every platform: npm ci refuses a lock file that lacks an optional package', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { readonly optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !placesOf(parent, name).some((place) => place in packages)),
    );
    expect(missing).toEqual([]);
  });
});

/** Where Node would look for a package that another one needs: beside it, and in every folder above. */
function placesOf(parent: string, name: string): readonly string[] {
  const folders = parent
    .split(/(?<=^|\/)node_modules\//)
    .map((_, index, parts) => parts.slice(0, index + 1).join('node_modules/'));
  return folders.map(
    (folder) => `${folder === '' || folder.endsWith('/') ? folder : `${folder}/`}node_modules/${name}`,
  );
}
