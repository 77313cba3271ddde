import { createSecretKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { later } from '../../src/kernel/clock.js';
import { issueClientToken, verifyClientToken } from '../../src/platform/secrets/client-token.js';
import { deriveKey } from '../../src/platform/secrets/derived.js';
import { generateMasterKey, MasterKeys } from '../../src/platform/secrets/master-keys.js';

const NOON = new Date('2026-11-21T12:00:00Z');
const LIFE = { expiresInSeconds: 600, now: NOON };
const CLAIMS = { operatorId: 'op_1', orderId: 'ord_1', keyId: 'key_1' };
const OLD = generateMasterKey();
const NEW = generateMasterKey();
const keys = MasterKeys.parse(OLD);

/** A token signed with our own key, but saying something else than ours do. */
function forged(change: (token: SignJWT) => SignJWT, header: object = {}): Promise<string> {
  const token = new SignJWT({ op: 'op_1', sub: 'ord_1', iss: 'quittance', aud: 'quittance/payer' })
    .setProtectedHeader({ alg: 'HS256', kid: keys.current.id, ...header })
    .setIssuedAt(NOON)
    .setExpirationTime(later(NOON, 600_000));
  return change(token).sign(deriveKey(keys.current.key, 'sign client tokens', 32));
}

describe('a client token', () => {
  it('names one order of one operator', async () => {
    expect(await verifyClientToken(keys, await issueClientToken(keys, CLAIMS, LIFE), NOON)).toEqual(CLAIMS);
    const { keyId: _, ...without } = CLAIMS;
    expect(await verifyClientToken(keys, await issueClientToken(keys, without, LIFE), NOON)).toEqual(without);
  });

  it('is over when its time is', async () => {
    const token = await issueClientToken(keys, CLAIMS, LIFE);
    expect(await verifyClientToken(keys, token, later(NOON, 599_000))).toEqual(CLAIMS);
    expect(await verifyClientToken(keys, token, later(NOON, 600_000))).toBeNull();
  });

  it('outlives a change of the master key, but not its removal', async () => {
    const token = await issueClientToken(keys, CLAIMS, LIFE);
    expect(await verifyClientToken(MasterKeys.parse(`${NEW},${OLD}`), token, NOON)).toEqual(CLAIMS);
    expect(await verifyClientToken(MasterKeys.parse(NEW), token, NOON)).toBeNull();
    expect(
      await verifyClientToken(MasterKeys.parse(`${keys.current.id}:${NEW.split(':')[1]}`), token, NOON),
    ).toBeNull();
  });

  it('cannot be changed', async () => {
    const [header, body, signature] = (await issueClientToken(keys, CLAIMS, LIFE)).split('.');
    const other = Buffer.from(JSON.stringify({ op: 'op_1', sub: 'ord_2' })).toString('base64url');
    for (const token of [`${header}.${other}.${signature}`, `${header}.${body}.`, `${header}.${body}`, '', 'x', '..']) {
      expect(await verifyClientToken(keys, token, NOON)).toBeNull();
    }
  });

  it('counts only when it says what ours say', async () => {
    expect(await verifyClientToken(keys, await forged((token) => token), NOON)).toEqual({
      operatorId: 'op_1',
      orderId: 'ord_1',
    });
    const foreign = [
      forged((token) => token.setIssuer('another')),
      forged((token) => token.setAudience('another')),
      forged((token) => token, { alg: 'HS512' }),
      forged((token) => token, { kid: undefined }),
      forged((token) => token, { kid: 'unknown' }),
      forged((token) => token.setNotBefore(later(NOON, 60_000))),
    ];
    for (const token of foreign) expect(await verifyClientToken(keys, await token, NOON)).toBeNull();
  });

  it('is signed: none is no algorithm, and the master key itself signs nothing', async () => {
    const claims = { op: 'op_1', sub: 'ord_1', iss: 'quittance', aud: 'quittance/payer', iat: 0, exp: 9_999_999_999 };
    const direct = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: keys.current.id });
    const bytes = createSecretKey(Buffer.from(OLD.split(':')[1] ?? '', 'base64'));
    expect(await verifyClientToken(keys, new UnsecuredJWT(claims).encode(), NOON)).toBeNull();
    expect(await verifyClientToken(keys, await direct.sign(bytes), NOON)).toBeNull();
  });
});
