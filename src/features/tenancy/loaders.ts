import DataLoader from 'dataloader';
import type { ApiContext } from './api-context.js';
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

function byId<Facts extends { readonly id: string }>(read: (ids: readonly string[]) => Promise<Facts[]>) {
  return new DataLoader<string, Facts | null>(async (ids) => {
    const found = new Map((await read(ids)).map((facts) => [facts.id, facts]));
    return ids.map((id) => found.get(id) ?? null);
  });
}
