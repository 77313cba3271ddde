import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import { anOperator, aPlatform, type PlatformAsker } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const RESULT = 'operator { id status } } ... on Problem { code message } } }';
const SUSPEND = `mutation ($input: SuspendOperatorInput!) { suspendOperator(input: $input) { ... on SuspendOperatorPayload { ${RESULT}`;
const RESUME = `mutation ($input: ResumeOperatorInput!) { resumeOperator(input: $input) { ... on ResumeOperatorPayload { ${RESULT}`;
const VIEWER = '{ viewer { kind } }';

let world: World;
let platform: PlatformAsker;
beforeAll(async () => {
  world = await startWorld();
  platform = await aPlatform(world);
});
afterAll(() => world.close());

describe('suspendOperator and resumeOperator do it', () => {
  it("closes the operator's API and its merchants', and opens it again", async () => {
    const operator = await platform.anOperator();
    const merchant = await operator.aMerchant();
    expect(await platform.do(SUSPEND, { operatorId: operator.id })).toMatchObject({
      operator: { status: 'SUSPENDED' },
    });
    await eventually(async () => {
      for (const asker of [operator, merchant])
        await expect(asker.ask(VIEWER)).rejects.toThrow('This operator is suspended');
    });
    expect(await platform.do(RESUME, { operatorId: operator.id })).toMatchObject({ operator: { status: 'ACTIVE' } });
    await eventually(async () => expect(await merchant.ask(VIEWER)).toEqual({ viewer: { kind: 'MERCHANT' } }));
    expect(await operator.events('operator.suspended', 'operator.resumed')).toEqual([
      'operator.suspended',
      'operator.resumed',
    ]);
  });

  it('ends live sockets, without their asking for anything', async () => {
    const operator = await platform.anOperator();
    const principal = await world.authenticate(`Bearer ${operator.key}`);
    const ended = new Promise<void>((resolve) => world.watch.attend(principal, resolve));
    expect(world.watch.stillAllowed(principal)).toBe(true);
    await platform.do(SUSPEND, { operatorId: operator.id });
    await ended;
    expect(world.watch.stillAllowed(principal)).toBe(false);
  });

  it('succeeds again without announcing it again', async () => {
    const operator = await platform.anOperator();
    await platform.do(SUSPEND, { operatorId: operator.id });
    expect(await platform.do(SUSPEND, { operatorId: operator.id })).toMatchObject({
      operator: { status: 'SUSPENDED' },
    });
    expect(await operator.events('operator.suspended')).toEqual(['operator.suspended']);
  });
});

describe('suspendOperator and resumeOperator refuse it', () => {
  it('knows no such operator', async () => {
    const unknown = 'op_01jzzzzzzze5f8h4yk8x3x9r7a';
    for (const operatorId of ['nonsense', unknown, (await (await anOperator(world)).aMerchant()).id]) {
      expect(await platform.do(SUSPEND, { operatorId })).toEqual({ code: 'NOT_FOUND', message: 'no such operator' });
      expect(await platform.do(RESUME, { operatorId })).toEqual({ code: 'NOT_FOUND', message: 'no such operator' });
    }
  });
});

describe('suspendOperator and resumeOperator hide other tenants', () => {
  it('is for platform keys alone', async () => {
    const [mine, other] = [await anOperator(world), await anOperator(world)];
    for (const operatorId of [mine.id, other.id]) {
      await expect(mine.do(SUSPEND, { operatorId })).rejects.toThrow('FORBIDDEN');
      await expect(mine.do(RESUME, { operatorId })).rejects.toThrow('FORBIDDEN');
    }
  });
});

describe('suspendOperator and resumeOperator twice at once', () => {
  it('announces it once', async () => {
    const operator = await platform.anOperator();
    await whileLocked(operator.uuid, () =>
      Promise.all([1, 2, 3].map(() => platform.do(SUSPEND, { operatorId: operator.id }))),
    );
    await Promise.all([1, 2, 3].map(() => platform.do(RESUME, { operatorId: operator.id, idempotencyKey: 'resume' })));
    expect(await operator.events('operator.suspended', 'operator.resumed')).toEqual([
      'operator.suspended',
      'operator.resumed',
    ]);
  });

  it('does not suspend anew for a repeated request', async () => {
    const operator = await platform.anOperator();
    const input = { operatorId: operator.id, idempotencyKey: 'suspend-1' };
    await platform.do(SUSPEND, input);
    await platform.do(RESUME, { operatorId: operator.id });
    expect(await platform.do(SUSPEND, input)).toMatchObject({ operator: { status: 'ACTIVE' } });
  });
});

/** Holds the operator's row until all of `work` has reached it, so that they really meet. */
async function whileLocked(operatorId: string, work: () => Promise<unknown>): Promise<void> {
  const holder = new pg.Client({ connectionString: world.ownerUrl });
  await holder.connect();
  await holder.query('begin');
  await holder.query('select from operators where id = $1 for update', [operatorId]);
  const working = work();
  await new Promise((resolve) => setTimeout(resolve, 150));
  await holder.query('commit');
  await holder.end();
  await working;
}
