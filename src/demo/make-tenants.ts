import { ApiClient } from './api-client.js';
import type { DemoKeys, DemoUrls } from './demo-file.js';

const TIME_ZONE = 'Europe/Berlin';

interface Tenant {
  readonly operatorId: string;
  readonly operatorKey: string;
  readonly merchantId: string;
  readonly merchantKey: string;
}

/**
 * Two operators with a merchant and a sandbox account each, made through the
 * API and the sandbox's control port, as an integrator would: two, so that
 * what one sees of the other can be tried.
 */
export async function makeDemoTenants(urls: DemoUrls, platformKey: string): Promise<DemoKeys> {
  const first = await makeTenant(urls, platformKey, { operator: 'Demo', merchant: 'Demo Shop' });
  const second = await makeTenant(urls, platformKey, { operator: 'Second Demo', merchant: 'Second Shop' });
  return {
    platformKey,
    ...first,
    secondOperatorKey: second.operatorKey,
    secondMerchantKey: second.merchantKey,
  };
}

/** An operator with its sandbox account, a merchant and its key. */
export async function makeTenant(
  urls: DemoUrls,
  platformKey: string,
  names: { readonly operator: string; readonly merchant: string },
): Promise<Tenant> {
  const platform = new ApiClient(urls.graphqlUrl, platformKey);
  const { operator, secret: operatorKey } = await platform.change<{ operator: { id: string }; secret: string }>(
    'createOperator',
    '{ operator { id } secret }',
    { name: names.operator, timeZone: TIME_ZONE },
  );
  const asOperator = new ApiClient(urls.graphqlUrl, operatorKey);
  await connectSandbox(urls, asOperator, names.operator);
  const { merchant } = await asOperator.change<{ merchant: { id: string } }>('createMerchant', '{ merchant { id } }', {
    name: names.merchant,
    allowedSources: ['INTERNET', 'MOTO', 'MERCHANT'],
  });
  const { secret: merchantKey } = await asOperator.change<{ secret: string }>('createApiKey', '{ secret }', {
    merchantId: merchant.id,
    name: 'demo',
  });
  return { operatorId: operator.id, operatorKey, merchantId: merchant.id, merchantKey };
}

/** The operator's own account at the payment system, and its keys here. */
async function connectSandbox(urls: DemoUrls, operator: ApiClient, name: string): Promise<void> {
  const response = await fetch(`${urls.stripeSandboxControlUrl}/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, country: 'DE' }),
  });
  const { secretKey, publishableKey } = (await response.json()) as { secretKey: string; publishableKey: string };
  await operator.change('connectPaymentSystem', '{ __typename }', { kind: 'STRIPE', secretKey, publishableKey });
}
