import pg from 'pg';
import { createApiKey, PLATFORM, SCOPES_BY_KIND } from '../../src/features/tenancy/index.js';
import { uuidOf } from '../../src/kernel/ids.js';
import type { Answer, World } from './tenancy-world.js';

/** Somebody with a key. */
export class Asker {
  constructor(
    readonly world: World,
    readonly key: string,
  ) {}

  ask(query: string, variables?: Record<string, unknown>): Promise<Answer> {
    return this.world.ask(this.key, query, variables);
  }

  /** The result of a mutation that is the document's only field. */
  async do<Result = Answer>(query: string, input: object): Promise<Result> {
    const [result] = Object.values(await this.ask(query, { input }));
    return result as Result;
  }
}

export class PlatformAsker extends Asker {
  async anOperator(input: object = {}): Promise<OperatorAsker> {
    const made = await this.do<{ secret: string; operator: { id: string } }>(
      `mutation ($input: CreateOperatorInput!) { createOperator(input: $input) {
        ... on CreateOperatorPayload { secret operator { id } } ... on Problem { code message } } }`,
      { name: 'Operator', ...input },
    );
    return new OperatorAsker(this.world, made.secret, made.operator.id);
  }
}

export class OperatorAsker extends Asker {
  constructor(
    world: World,
    key: string,
    readonly id: string,
  ) {
    super(world, key);
  }

  get uuid(): string {
    return uuidOf('operator', this.id) ?? '';
  }

  async aMerchant(input: object = {}): Promise<MerchantAsker> {
    const { merchant } = await this.do<{ merchant: { id: string } }>(
      `mutation ($input: CreateMerchantInput!) { createMerchant(input: $input) {
        ... on CreateMerchantPayload { merchant { id } } ... on Problem { code message } } }`,
      { name: 'Merchant', ...input },
    );
    const { secret } = await this.aKey({ merchantId: merchant.id });
    return new MerchantAsker(this.world, secret, merchant.id, this);
  }

  aKey(input: object = {}): Promise<{ secret: string; apiKey: { id: string; kind: string; scopes: string[] } }> {
    return this.do(
      `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
        ... on CreateApiKeyPayload { secret apiKey { id kind scopes } } ... on Problem { code message } } }`,
      { name: 'key', ...input },
    );
  }

  /** The operator's events so far, in order. */
  events(...types: string[]): Promise<string[]> {
    return eventsOf(this.world, this.uuid, types);
  }
}

export class MerchantAsker extends Asker {
  constructor(
    world: World,
    key: string,
    readonly id: string,
    readonly operator: OperatorAsker,
  ) {
    super(world, key);
  }

  get uuid(): string {
    return uuidOf('merchant', this.id) ?? '';
  }
}

/** The platform's own staff. Its first key is made as the program makes it: without asking anybody. */
export async function aPlatform(world: World): Promise<PlatformAsker> {
  const { secret } = await world.units.run(PLATFORM, (uow) =>
    createApiKey(uow, {
      kind: 'PLATFORM',
      mode: 'TEST',
      merchantId: null,
      name: 'platform',
      scopes: SCOPES_BY_KIND.PLATFORM,
      expiresAt: null,
    }),
  );
  return new PlatformAsker(world, secret ?? '');
}

export async function anOperator(world: World, input: object = {}): Promise<OperatorAsker> {
  return (await aPlatform(world)).anOperator(input);
}

export async function aMerchant(world: World, input: object = {}): Promise<MerchantAsker> {
  return (await anOperator(world)).aMerchant(input);
}

/** As the tables' owner would see them if policies did not bind it, too: so as a superuser. */
export async function asOwner<Row extends object>(world: World, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: world.ownerUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function eventsOf(world: World, operatorId: string, types: readonly string[]): Promise<string[]> {
  const rows = await asOwner<{ type: string }>(
    world,
    'select type from events where operator_id = $1 and (cardinality($2::text[]) = 0 or type = any($2)) order by sequence',
    [operatorId, types],
  );
  return rows.map(({ type }) => type);
}
