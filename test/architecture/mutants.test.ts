import { globSync, readdirSync } from 'node:fs';

interface Settings {
  readonly mutate: readonly string[];
}

/** Pure rules are where a small mistake costs most, and where unit tests can notice every one. */
describe('mutants', () => {
  it('are made of the kernel and of every domain, without exception', async () => {
    const { default: settings } = (await import(new URL('../../stryker.config.mjs', import.meta.url).href)) as {
      default: Settings;
    };
    const rules = readdirSync('src', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map(({ parentPath, name }) => `${parentPath}/${name}`)
      .filter((path) => /^src\/kernel\/|\/domain\//.test(path));
    expect(rules.length).toBeGreaterThan(0);
    expect(globSync(settings.mutate).toSorted()).toEqual(rules.toSorted());
    expect(settings.mutate.filter((pattern) => pattern.startsWith('!'))).toEqual([]);
  });
});
