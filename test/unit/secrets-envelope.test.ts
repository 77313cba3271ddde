import { inspect } from 'node:util';
import fc from 'fast-check';
import { deriveKey } from '../../src/platform/secrets/derived.js';
import {
  decrypt,
  encrypt,
  newDataKey,
  rewrapDataKey,
  type SecretPlace,
  unwrapDataKey,
} from '../../src/platform/secrets/envelope.js';
import { generateMasterKey, MasterKeys } from '../../src/platform/secrets/master-keys.js';
import { SecretError } from '../../src/platform/secrets/secret-error.js';

const OLD = generateMasterKey();
const NEW = generateMasterKey();
const oldKeys = MasterKeys.parse(OLD);
const bothKeys = MasterKeys.parse(`${NEW},${OLD}`);
const newKeys = MasterKeys.parse(NEW);

const PLACE: SecretPlace = {
  operatorId: 'operator-1',
  table: 'accounts',
  column: 'secret_key',
  rowId: 'row-1',
};
const SECRET = 'sk_test_51Habcdefghij';
const wrapped = newDataKey(oldKeys, 'operator-1');
const dataKey = unwrapDataKey(oldKeys, 'operator-1', wrapped);

function thrown(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

function expectRefusal(run: () => unknown): void {
  const error = thrown(run);
  expect(error).toBeInstanceOf(SecretError);
  expect(inspect(error)).not.toContain(SECRET);
}

describe('a secret', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (text) => decrypt(dataKey, encrypt(dataKey, text, PLACE), PLACE) === text,
      ),
    );
  });

  it('is written differently each time, in a compact form', () => {
    const texts = [1, 2].map(() => encrypt(dataKey, SECRET, PLACE));
    expect(new Set(texts).size).toBe(2);
    for (const text of texts) expect(text).toMatch(/^v1\.[\w-]{16}\.[\w-]+$/);
  });

  it.each([
    ['operator', { operatorId: 'operator-2' }],
    ['table', { table: 'endpoints' }],
    ['column', { column: 'other_key' }],
    ['row', { rowId: 'row-2' }],
    ['place that reads the same when joined', { table: 'account', column: 'ssecret_key' }],
  ])('cannot be moved to another %s', (_, change) => {
    const text = encrypt(dataKey, SECRET, PLACE);
    expectRefusal(() => decrypt(dataKey, text, { ...PLACE, ...change }));
  });

  it("cannot be read with another operator's data key", () => {
    const other = unwrapDataKey(oldKeys, 'operator-2', newDataKey(oldKeys, 'operator-2'));
    expectRefusal(() => decrypt(other, encrypt(dataKey, SECRET, PLACE), PLACE));
  });

  it('cannot be changed in any character, cut short, or lengthened', () => {
    const text = encrypt(dataKey, SECRET, PLACE);
    for (let at = 0; at < text.length; at++) {
      const changed = text.charAt(at) === 'A' ? 'B' : 'A';
      expectRefusal(() => decrypt(dataKey, text.slice(0, at) + changed + text.slice(at + 1), PLACE));
      expectRefusal(() => decrypt(dataKey, text.slice(0, at), PLACE));
    }
    for (const more of ['=', '.', 'AAAA', '\n']) expectRefusal(() => decrypt(dataKey, text + more, PLACE));
  });
});

describe('a data key', () => {
  it("is not another operator's", () => {
    expectRefusal(() => unwrapDataKey(oldKeys, 'operator-2', wrapped));
  });

  it('needs the master key that wrapped it, under the id it had', () => {
    expectRefusal(() => unwrapDataKey(newKeys, 'operator-1', wrapped));
    const impostor = MasterKeys.parse(`${oldKeys.current.id}:${NEW.split(':')[1]}`);
    expectRefusal(() => unwrapDataKey(impostor, 'operator-1', wrapped));
  });

  it.each(['', 'w1', 'w1.', 'v1.a.b.c', 'w1..x.y'])('is not %p', (text) => {
    expectRefusal(() => unwrapDataKey(oldKeys, 'operator-1', text));
  });

  it('moves to a new master key, and what it encrypted stays readable', () => {
    const text = encrypt(dataKey, SECRET, PLACE);
    const rewrapped = rewrapDataKey(bothKeys, 'operator-1', wrapped);
    expect(decrypt(unwrapDataKey(newKeys, 'operator-1', rewrapped), text, PLACE)).toBe(SECRET);
    expect(rewrapDataKey(bothKeys, 'operator-1', rewrapped)).toBe(rewrapped);
  });
});

describe('master keys', () => {
  it('are read in order, the first being the current one', () => {
    expect(bothKeys.all.map(({ id }) => id)).toEqual([NEW, OLD].map((entry) => entry.split(':')[0]));
    expect(bothKeys.current.id).toBe(NEW.split(':')[0]);
    expect(MasterKeys.parse(` ${NEW} , ${OLD} `).all).toHaveLength(2);
  });

  it.each([
    ['nothing', ''],
    ['a key without an id', Buffer.alloc(32).toString('base64')],
    ['a short key', `k1:${Buffer.alloc(31).toString('base64')}`],
    ['a long key', `k1:${Buffer.alloc(33).toString('base64')}`],
    ['an id with a dot', `k.1:${Buffer.alloc(32).toString('base64')}`],
    ['an id twice', `${OLD},${OLD}`],
    ['a comma at the end', `${OLD},`],
  ])('are not %s', (_, text) => {
    const error = thrown(() => MasterKeys.parse(text));
    expect(error).toBeInstanceOf(SecretError);
    expect(inspect(error)).not.toContain(OLD.split(':')[1]);
  });

  it('do not show in a log', () => {
    const bytes = Buffer.from(OLD.split(':')[1] ?? '', 'base64');
    const shown = inspect(oldKeys, { depth: 9 }) + JSON.stringify(oldKeys) + inspect(dataKey);
    for (const form of ['hex', 'base64', 'base64url'] as const) expect(shown).not.toContain(bytes.toString(form));
  });
});

it('derives the same key for a purpose, and another for another', () => {
  const masterKey = MasterKeys.parse(`k1:${Buffer.alloc(32, 7).toString('base64')}`).current.key;
  expect(deriveKey(masterKey, 'a', 32)).toEqual(deriveKey(masterKey, 'a', 32));
  expect(deriveKey(masterKey, 'a', 32)).not.toEqual(deriveKey(masterKey, 'b', 32));
  expect(deriveKey(masterKey, 'database role quittance_app', 16).toString('hex')).toMatchInlineSnapshot(
    `"535e068b40d865d8a3dc1f76de3accf1"`,
  );
});
