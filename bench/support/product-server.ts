import 'reflect-metadata';
import { createApiKey, PLATFORM, SCOPES_BY_KIND } from '../../src/features/tenancy/index.js';
import { cpuMicros, serve, settings } from './children.js';
import { watchMemory } from './memory-watch.js';
import { startProduct } from './product.js';
import type { ServerSettings, Tenant } from './world.js';

/** The product as it is served in production, in a process of its own. */
const { app, url } = await startProduct(settings<ServerSettings>());

/** From the first question on: who asks for CPU is not to pay for it. */
let memory: ReturnType<typeof watchMemory> | undefined;

serve<{ order: 'cpu' | 'memory' | 'tenant' }>({ url }, async ({ order }) => {
  if (order === 'cpu') return { cpuMicros: cpuMicros() };
  if (order === 'tenant') return makeTenant();
  memory ??= watchMemory();
  return memory();
});

async function makeTenant(): Promise<Tenant> {
  const platform = await app.units.run(PLATFORM, (uow) =>
    createApiKey(uow, {
      kind: 'PLATFORM',
      merchantId: null,
      mode: 'TEST',
      name: 'bench',
      scopes: [...SCOPES_BY_KIND.PLATFORM],
      expiresAt: null,
    }),
  );
  const operator = await change(platform.secret ?? '', 'createOperator', { name: 'Bench' }, 'secret operator { id }');
  const key = String(operator.secret);
  await change(
    key,
    'connectPaymentSystem',
    { publishableKey: `pk_test_${'b'.repeat(24)}`, secretKey: `sk_test_${'b'.repeat(24)}` },
    'account { id }',
  );
  const { merchant } = await change(key, 'createMerchant', { name: 'Shop' }, 'merchant { id }');
  const { id } = merchant as { id: string };
  const { secret } = await change(key, 'createApiKey', { name: 'shop', merchantId: id }, 'secret');
  return { merchantKey: String(secret), operatorId: (operator.operator as { id: string }).id, merchantId: id };
}

async function change(key: string, name: string, input: object, selection: string): Promise<Record<string, unknown>> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { ... on ${type}Payload { ${selection} } ... on Problem { code message } } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const body = (await response.json()) as { data?: Record<string, Record<string, unknown>>; errors?: unknown };
  const result = body.data?.[name];
  if (!result || 'code' in result) throw new Error(`${name}: ${JSON.stringify(body)}`);
  return result;
}
