import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOperator } from '../../../src/features/tenancy/index.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { anOperator, aPlatform, asOwner, type PlatformAsker } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const CREATE = `mutation ($input: CreateOperatorInput!) { createOperator(input: $input) {
  ... on CreateOperatorPayload { secret operator { id name status timeZone } apiKey { kind mode scopes hint } }
  ... on Problem { code message issues { path message } } } }`;

let world: World;
let platform: PlatformAsker;
beforeAll(async () => {
  world = await startWorld();
  platform = await aPlatform(world);
});
afterAll(() => world.close());

describe('createOperator does it', () => {
  it('makes an operator, its data key and a first key that works', async () => {
    const made = await platform.do<{ secret: string; operator: { id: string } }>(CREATE, {
      name: 'Nordic Toll',
      timeZone: 'Europe/Oslo',
    });
    expect(made).toMatchObject({
      operator: { name: 'Nordic Toll', status: 'ACTIVE', timeZone: 'Europe/Oslo' },
      apiKey: { kind: 'OPERATOR', mode: 'TEST', hint: expect.stringMatching(/^qtt_test_op_…/) },
    });
    expect(await world.ask(made.secret, '{ viewer { kind operator { id name } merchant { id } keyHint } }')).toEqual({
      viewer: {
        kind: 'OPERATOR',
        operator: { id: made.operator.id, name: 'Nordic Toll' },
        merchant: null,
        keyHint: expect.stringMatching(/^qtt_test_op_/),
      },
    });
  });

  it('can be done by the program itself, without asking the API', async () => {
    const { operator, secret } = await world.units.run(newUuid(), (uow) =>
      createOperator(uow, world.masterKeys, { name: 'Demo', timeZone: 'UTC' }),
    );
    expect(await world.authenticate(`Bearer ${secret}`)).toMatchObject({ kind: 'OPERATOR', operatorId: operator.id });
  });

  it('keeps neither the key nor the data key in the clear', async () => {
    const { secret } = await platform.do<{ secret: string }>(CREATE, { name: 'Silent' });
    const rows = await asOwner<{ text: string }>(
      world,
      `select row_to_json(k)::text as text from api_keys k union all
      select row_to_json(o)::text from operators o union all select row_to_json(e)::text from events e`,
    );
    expect(rows.filter(({ text }) => text.includes(secret))).toEqual([]);
  });
});

describe('createOperator refuses it', () => {
  it('names every fault at once', async () => {
    expect(await platform.do(CREATE, { name: '', idempotencyKey: '' })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['name'] }, { path: ['idempotencyKey'] }],
    });
  });

  it('is for platform keys', async () => {
    const operator = await anOperator(world);
    await expect(operator.do(CREATE, { name: 'Mine' })).rejects.toThrow(
      'FORBIDDEN: this key lacks the scope "operators:write"',
    );
  });
});

describe('createOperator hides other tenants', () => {
  it('shows an operator nothing but itself', async () => {
    const [mine, other] = [await anOperator(world), await anOperator(world)];
    const QUERY = 'query ($id: ID) { operator(id: $id) { id } }';
    expect(await mine.ask(QUERY)).toEqual({ operator: { id: mine.id } });
    expect(await mine.ask(QUERY, { id: other.id })).toEqual({ operator: null });
    expect(await mine.ask(QUERY, { id: 'op_nonsense' })).toEqual({ operator: null });
    expect(await mine.ask('query ($id: ID!) { node(id: $id) { id } }', { id: other.id })).toEqual({ node: null });
    await expect(mine.ask('{ operators { nodes { id } } }')).rejects.toThrow('FORBIDDEN: only a platform key');
  });

  it('shows the platform all of them, newest first, page by page', async () => {
    const made = [await anOperator(world), await anOperator(world), await anOperator(world)]
      .map(({ id }) => id)
      .reverse();
    const PAGE =
      'query ($after: String) { operators(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } }';
    type Page = { operators: { nodes: { id: string }[]; pageInfo: { endCursor: string } } };
    const first = (await platform.ask(PAGE)) as unknown as Page;
    const second = (await platform.ask(PAGE, { after: first.operators.pageInfo.endCursor })) as unknown as Page;
    expect([...first.operators.nodes, ...second.operators.nodes].slice(0, 3).map(({ id }) => id)).toEqual(made);
    const [id] = made;
    expect(
      await platform.ask('query ($id: ID) { operator(id: $id) { id apiKeys { nodes { name } } } }', { id }),
    ).toEqual({
      operator: { id, apiKeys: { nodes: [{ name: 'first key' }] } },
    });
  });
});

describe('createOperator twice at once', () => {
  it('makes one operator, and tells its secret once', async () => {
    const input = { name: 'Once', idempotencyKey: 'operator-1' };
    const made = await Promise.all(
      [1, 2, 3].map(() => platform.do<{ secret: string | null; operator: { id: string } }>(CREATE, input)),
    );
    expect(new Set(made.map(({ operator }) => operator.id)).size).toBe(1);
    expect(made.filter(({ secret }) => secret !== null)).toHaveLength(1);
    expect(await platform.do(CREATE, { ...input, name: 'Twice' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('makes no second operator for a key that was forgotten', async () => {
    const input = { name: 'Old', idempotencyKey: 'operator-old' };
    await platform.do(CREATE, input);
    await asOwner(world, "delete from idempotency_keys where key = 'operator-old'");
    expect(await platform.do(CREATE, input)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});
