const ELLIPSIS = '…';

/** "20…-01-31" is that day of the year that was kept as `year`: months end on fixed days, and years go by. */
const DAY_OF_YEAR = /^20…(?=-\d\d-\d\d)/;

/** `"orderId": "ord_…"` in an input stands for the value that was kept as `orderId`. */
export function filled(value: unknown, kept: ReadonlyMap<string, string>, name = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => filled(each, kept, name));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, kept, key)]));
  }
  if (typeof value !== 'string' || !value.includes(ELLIPSIS)) return value;
  if (DAY_OF_YEAR.test(value)) return value.replace(DAY_OF_YEAR, kept.get('year') ?? ELLIPSIS);
  const found = kept.get(name);
  if (found === undefined) throw new Error(`nothing was kept as "${name}"`);
  if (!patternOf(value).test(found)) throw new Error(`"${name}" is shown as ${value} and is ${found}`);
  return found;
}

/** `$redirectUrl` in a command stands for the value that was kept under that name. */
export function filledCommand(source: string, kept: ReadonlyMap<string, string>): string {
  return source.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const found = kept.get(name);
    if (found === undefined) throw new Error(`nothing was kept as "${name}"`);
    return found;
  });
}

/** The answer as it is shown: each … stands for any text. All else must be just so, and nothing may be missing. */
export function likeShown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(likeShown);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, likeShown(each)]));
  }
  return typeof value === 'string' && value.includes(ELLIPSIS) ? expect.stringMatching(patternOf(value)) : value;
}

function patternOf(shown: string): RegExp {
  const parts = shown.split(ELLIPSIS).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`, 's');
}
