/** A decoded form: a leaf is text, everything nested is a hash (arrays have their indices as keys). */
export type FormValue = string | FormHash;
export interface FormHash {
  [key: string]: FormValue;
}

/** Hashes have no prototype, so that a parameter named `__proto__` is only a parameter. */
function emptyHash(): FormHash {
  return Object.create(null) as FormHash;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);
  } catch {
    return text;
  }
}

function keyPath(key: string): string[] {
  const open = key.indexOf('[');
  if (open <= 0) return [key];
  const inner = key.slice(open + 1, key.endsWith(']') ? -1 : undefined);
  return [key.slice(0, open), ...inner.split('][')];
}

function store(root: FormHash, path: string[], value: string): void {
  let hash = root;
  for (let depth = 0; depth < path.length - 1; depth += 1) {
    const step = path[depth] ?? '';
    const next = hash[step];
    if (typeof next === 'object') {
      hash = next;
    } else {
      const made = emptyHash();
      hash[step] = made;
      hash = made;
    }
  }
  const last = path.at(-1) ?? '';
  hash[last === '' ? String(Object.keys(hash).length) : last] = value;
}

/** Reads `a[b][c]=1&list[]=x&list[0]=y` the way Stripe reads bodies and query strings. */
export function decodeForm(text: string): FormHash {
  const root = emptyHash();
  if (text === '') return root;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    store(root, keyPath(key), equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return root;
}
