import DataLoader from 'dataloader';
import { uuidOf } from '../../kernel/ids.js';
import type { ApiContext } from './api-context.js';
import { merchantOf } from './domain/access.js';
import {
  type ApiKeyFacts,
  type MerchantFacts,
  type OperatorFacts,
  readApiKeys,
  readMerchants,
  readOperators,
} from './tenancy-sql.js';

export type FactsLoader<Facts> = DataLoader<string, Facts | null>;

const OPERATORS = Symbol('operators');
const MERCHANTS = Symbol('merchants');
const API_KEYS = Symbol('API keys');

/** Operators by UUID, in this request's scope: the principal's own, or none. */
export function operatorLoader(context: ApiContext): FactsLoader<OperatorFacts> {
  return context.loader(OPERATORS, () => byId((ids) => readOperators(context.reads, ids)));
}

/** Merchants by UUID, of the principal's operator. Whether a merchant's key may see the merchant is the caller's to ask. */
export function merchantLoader(context: ApiContext): FactsLoader<MerchantFacts> {
  const { reads, principal } = context;
  return context.loader(MERCHANTS, () => byId((ids) => readMerchants(reads, principal.operatorId, ids)));
}

export function apiKeyLoader(context: ApiContext): FactsLoader<ApiKeyFacts> {
  const { reads, principal } = context;
  return context.loader(API_KEYS, () => byId((ids) => readApiKeys(reads, principal.operatorId, ids)));
}

/** A merchant by its public id, as far as the principal may see it. A merchant's key may leave the id out. */
export async function merchantSeen(context: ApiContext, id: string | null): Promise<MerchantFacts | null> {
  const { principal } = context;
  const uuid = id === null ? merchantOf(principal, null, ['id']) : uuidOf('merchant', id);
  if (!uuid || (principal.merchantId && principal.merchantId !== uuid)) return null;
  return merchantLoader(context).load(uuid);
}

function byId<Facts extends { readonly id: string }>(read: (ids: readonly string[]) => Promise<Facts[]>) {
  return new DataLoader<string, Facts | null>(async (ids) => {
    const found = new Map((await read(ids)).map((facts) => [facts.id, facts]));
    return ids.map((id) => found.get(id) ?? null);
  });
}
