import fc from 'fast-check';
import { ID_PREFIXES, type IdKind, newUuid, parsePublicId, publicId, uuidOf } from '../../../src/kernel/ids.js';

const KINDS = Object.keys(ID_PREFIXES) as IdKind[];
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
const SUFFIX = '01h455vb4pex5vsknk084sn02q';

describe('a public id', () => {
  it('is told apart by its prefix', () => {
    expect(new Set(Object.values(ID_PREFIXES)).size).toBe(KINDS.length);
    expect(publicId('order', UUID)).toBe(`ord_${SUFFIX}`);
  });

  it.each(KINDS)('of the kind %s leads back to its UUID', (kind) => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(parsePublicId(publicId(kind, uuid))).toEqual({ kind, uuid });
        for (const other of KINDS) expect(uuidOf(other, publicId(kind, uuid))).toBe(other === kind ? uuid : null);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['nothing', ''],
    ['a prefix alone', 'ord'],
    ['a prefix and nothing after it', 'ord_'],
    ['no prefix', SUFFIX],
    ['an empty prefix', `_${SUFFIX}`],
    ['a prefix of nothing', `foo_${SUFFIX}`],
    ['half a prefix', `or_${SUFFIX}`],
    ['a doubled separator', `ord__${SUFFIX}`],
    ['two prefixes', `ord_opn_${SUFFIX}`],
    ['an upper-case prefix', `ORD_${SUFFIX}`],
    ['an upper-case suffix', `ord_${SUFFIX.toUpperCase()}`],
    ['a letter too few', `ord_${SUFFIX.slice(1)}`],
    ['a letter too many', `ord_${SUFFIX}0`],
    ['a letter that base 32 leaves out', `ord_${SUFFIX.slice(0, -1)}u`],
    ['more than 128 bits', `ord_8${'z'.repeat(25)}`],
    ['a space before', ` ord_${SUFFIX}`],
    ['a line end after', `ord_${SUFFIX}\n`],
    ['a letter from elsewhere', `ord_${SUFFIX.slice(0, -1)}é`],
    ['a bare UUID', UUID],
    ['a megabyte', `ord_${'0'.repeat(1_000_000)}`],
    ['what every object has', `constructor_${SUFFIX}`],
  ])('is none with %s', (_, text) => {
    expect(parsePublicId(text)).toBeNull();
    for (const kind of KINDS) expect(uuidOf(kind, text)).toBeNull();
  });

  it('never throws, and what it takes is written just so', () => {
    const near = fc
      .tuple(
        fc.constantFrom('ord', 'op', 'payer', 'x', ''),
        fc.constantFrom('_', '__', ''),
        fc.string({ unit: fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), minLength: 24, maxLength: 27 }),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const parsed = parsePublicId(text);
        if (parsed) expect(publicId(parsed.kind, parsed.uuid)).toBe(text);
      }),
    );
  });
});

it('new UUIDs are of version 7, all different, in the order they were made', () => {
  const made = Array.from({ length: 500 }, newUuid);
  expect(new Set(made).size).toBe(made.length);
  for (const uuid of made)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...made].sort()).toEqual(made);
});
