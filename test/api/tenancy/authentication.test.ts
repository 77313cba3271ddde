import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authenticate, guessLimit, KeyUses, KnownKeys, PrincipalWatch } from '../../../src/features/tenancy/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import type { Sql } from '../../../src/platform/database/sql.js';
import { FailureLimit } from '../../../src/platform/graphql/rate-limit.js';
import { createLog } from '../../../src/platform/logging/log.js';
import { newApiKey } from '../../../src/platform/secrets/api-key.js';
import { eventually } from '../../support/eventually.js';
import { anOperator, asOwner } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const REFUSED = {
  name: 'AccessError',
  code: 'UNAUTHENTICATED',
  message: 'Send a valid key as "Authorization: Bearer <key>": this one is missing, unknown, expired or revoked.',
};

describe('authenticate', () => {
  it('refuses whatever is not a valid key with one and the same sentence', async () => {
    const operator = await anOperator(world);
    const [expired, revoked] = [await operator.aKey(), await operator.aKey()];
    await asOwner(world, "update api_keys set expires_at = now() - interval '1 second' where id::text = any($1)", [
      [keyUuid(expired.apiKey.id)],
    ]);
    await asOwner(world, 'update api_keys set revoked_at = now() where id::text = any($1)', [
      [keyUuid(revoked.apiKey.id)],
    ]);
    const unknown = newApiKey({ mode: 'test', kind: 'op' }).key;
    const wrong = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Basic ${operator.key}`,
      operator.key,
      `Bearer ${unknown}`,
      `Bearer ${operator.key}x`,
    ];
    const headers = [
      ...wrong,
      `Bearer ${expired.secret}`,
      `Bearer ${revoked.secret}`,
      'Bearer a.b.c',
      `Bearer ${'x'.repeat(3000)}`,
    ];
    for (const header of headers) await expect(world.authenticate(header)).rejects.toMatchObject(REFUSED);
  });

  it('takes the scheme in any case', async () => {
    const operator = await anOperator(world);
    expect(await world.authenticate(`bearer ${operator.key}`)).toMatchObject({
      kind: 'OPERATOR',
      operatorId: operator.uuid,
    });
  });

  it('asks the database once for a busy key', async () => {
    const operator = await anOperator(world);
    const asked: string[] = [];
    const counting: Sql = {
      query: (statement, parameters) => {
        asked.push(statement.name);
        return world.system.query(statement, parameters);
      },
    };
    const keys = new KnownKeys(counting, { now: () => new Date() });
    const deps = { keys, uses: world.uses, masterKeys: world.masterKeys, guesses: guessLimit() };
    const credentials = { authorization: `Bearer ${operator.key}`, address: '127.0.0.1' };
    await Promise.all(Array.from({ length: 50 }, () => authenticate(deps, credentials)));
    expect(asked).toEqual(['api_key_by_hash']);
  });

  it('looks up no more than so many guesses of one address, and goes on knowing its keys', async () => {
    const [known, late] = [await anOperator(world), await anOperator(world)];
    const asked: string[] = [];
    const counting: Sql = {
      query: (statement, parameters) => {
        asked.push(statement.name);
        return world.system.query(statement, parameters);
      },
    };
    const keys = new KnownKeys(counting, { now: () => new Date() });
    const guesses = new FailureLimit('unknown keys from this address', { perSecond: 1, burst: 3 }, () => 0);
    const deps = { keys, uses: world.uses, masterKeys: world.masterKeys, guesses };
    const from = (address: string, key: string) => authenticate(deps, { authorization: `Bearer ${key}`, address });
    const guess = () => from('192.0.2.1', newApiKey({ mode: 'live', kind: 'op' }).key);
    const limited = {
      code: 'RATE_LIMITED',
      message: 'Too many unknown keys from this address: 1 a second are allowed. Retry after 1 s.',
      extensions: { retryAfterSeconds: 1 },
    };

    await from('192.0.2.1', known.key);
    for (let each = 0; each < 3; each += 1) await expect(guess()).rejects.toMatchObject(REFUSED);
    asked.length = 0;
    for (let each = 0; each < 10; each += 1) await expect(guess()).rejects.toMatchObject(limited);
    await expect(from('192.0.2.1', `${known.key}x`)).rejects.toMatchObject(REFUSED);
    await expect(from('192.0.2.1', late.key)).rejects.toMatchObject(limited);
    expect(asked).toEqual([]);
    keys.forget();
    expect(await from('192.0.2.1', known.key)).toMatchObject({ operatorId: known.uuid });
    expect(await from('192.0.2.2', late.key)).toMatchObject({ operatorId: late.uuid });
    expect(await from('192.0.2.1', late.key)).toMatchObject({ operatorId: late.uuid });
  });

  it('notes the last use at most once a minute', async () => {
    const operator = await anOperator(world);
    const used = async () => {
      await world.uses.flush();
      const [row] = await asOwner<{ last_used_at: Date }>(
        world,
        'select last_used_at from api_keys where operator_id = $1',
        [operator.uuid],
      );
      return row?.last_used_at;
    };
    await world.authenticate(`Bearer ${operator.key}`);
    const first = await used();
    expect(first).toBeInstanceOf(Date);
    await world.authenticate(`Bearer ${operator.key}`);
    expect(await used()).toEqual(first);
  });
});

describe('the uses of keys', () => {
  it('are not even written when they were a moment ago', async () => {
    const operator = await anOperator(world);
    let written = 0;
    const counting = {
      sql: (...write: Parameters<typeof world.units.sql>) => {
        written += 1;
        return world.units.sql(...write);
      },
    } as typeof world.units;
    const uses = new KeyUses(counting, createLog({ level: 'silent' }));
    const { operatorId, keyId } = await world.authenticate(`Bearer ${operator.key}`);
    for (let times = 0; times < 3; times += 1) {
      uses.note({ operatorId, id: keyId });
      await uses.flush();
    }
    expect(written).toBe(1);
  });
});

describe('the watch over live sockets', () => {
  it('sees within two seconds what another process revoked, without any event', async () => {
    const operator = await anOperator(world);
    const { secret, apiKey } = await operator.aKey();
    const principal = await world.authenticate(`Bearer ${secret}`);
    const deaf = new PrincipalWatch(
      new KnownKeys(world.system, { now: () => new Date() }),
      createLog({ level: 'silent' }),
    );
    let ended = 0;
    deaf.attend(principal, () => {
      ended += 1;
    });
    await asOwner(world, 'update api_keys set revoked_at = now() where id = $1', [keyUuid(apiKey.id)]);
    await eventually(async () => expect(deaf.stillAllowed(principal)).toBe(false));
    expect(ended).toBe(1);
    deaf.stop();
  });

  it('ends what expires, and forgets an operator that was resumed', async () => {
    const operator = await anOperator(world);
    const principal = await world.authenticate(`Bearer ${operator.key}`);
    expect(world.watch.stillAllowed({ ...principal, expiresAt: new Date(Date.now() - 1) })).toBe(false);
    world.watch.onTenancyEvent({ type: 'operator.suspended', subjectId: operator.uuid });
    expect(world.watch.stillAllowed(principal)).toBe(false);
    world.watch.onTenancyEvent({ type: 'operator.resumed', subjectId: operator.uuid });
    expect(world.watch.stillAllowed(principal)).toBe(true);
  });

  it('is told of a revocation at once, and ends the socket only once', async () => {
    const operator = await anOperator(world);
    const principal = await world.authenticate(`Bearer ${operator.key}`);
    let ended = 0;
    world.watch.attend(principal, () => {
      ended += 1;
    });
    const leave = world.watch.attend(principal, () => {
      ended += 10;
    });
    leave();
    for (let times = 0; times < 2; times += 1) {
      world.watch.onTenancyEvent({ type: 'api_key.revoked', subjectId: principal.keyId });
    }
    expect(ended).toBe(1);
  });
});

function keyUuid(id: string): string {
  return uuidOf('apiKey', id) ?? '';
}
