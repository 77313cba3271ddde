import { describe, expect, it } from '@jest/globals';
import { sourcesIn } from './sources.js';

/** What is part of the product and runs in production. What starts and shows it calls its own servers. */
const SOURCES = sourcesIn('src/app', 'src/features', 'src/kernel', 'src/platform').filter(
  ({ path }) => !path.startsWith('src/platform/egress/') && !/\/stripe-[a-z-]+\.ts$/.test(path),
);

/** Every way to call somebody that needs no package; packages are for the dependency rules. */
const WAYS_OUT = [
  /(?<![.\w])fetch\s*\(/,
  /\bglobalThis\.fetch\b/,
  /\bhttps?\.(?:request|get|Agent)\b/,
  /\bhttp2\.connect\b/,
  /\b(?:net|tls)\.(?:connect|createConnection)\b/,
  /import\s+[^;]*\{[^}]*\b(?:request|get|connect|createConnection)\b[^}]*\}\s+from 'node:(?:https?|http2|net|tls)'/,
  /\bnew\s+(?:WebSocket|EventSource|XMLHttpRequest|Socket|TLSSocket)\s*\(/,
  /from 'node:(?:dgram|dns|dns\/promises)'/,
];

const escapes = (code: string) => WAYS_OUT.some((way) => way.test(code));

describe('nothing calls out but the egress and the adapter of the payment system', () => {
  it.each([
    'await fetch(url)',
    'globalThis.fetch',
    'https.request(url)',
    'http.get(url)',
    "import { request } from 'node:https';",
    "import net, { connect } from 'node:net';",
    'net.connect(80)',
    'new WebSocket(url)',
    "import dns from 'node:dns/promises';",
  ])('which would see: %s', (code) => {
    expect(escapes(code)).toBe(true);
  });

  it('in all of the product', () => {
    expect(SOURCES.length).toBeGreaterThan(200);
    expect(SOURCES.filter(({ code }) => escapes(code)).map(({ path }) => path)).toEqual([]);
  });
});
