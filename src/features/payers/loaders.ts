import DataLoader from 'dataloader';
import { type ApiContext, requireScope } from '../tenancy/index.js';
import { PayerType } from './payer.graphql.js';
import { PAYERS_BY_ID } from './payers-sql.js';
import type { PayerRow } from './resolve-payer.js';
import { StoredCredentialType } from './stored-credential.graphql.js';
import type { CredentialRow, OwnedCredential } from './stored-credentials.js';
import { CREDENTIALS_OF_PAYERS, CREDENTIALS_WITH_PAYERS } from './stored-credentials-sql.js';

const PAYERS = Symbol('payers');
const CREDENTIALS = Symbol('credentials');
const CREDENTIALS_OF = Symbol('credentials of payers');

/** Payers by UUID, as far as the asking key may see them: its merchant's, in its mode. */
export function payerLoader(context: ApiContext): DataLoader<string, PayerRow | null> {
  return context.loader(
    PAYERS,
    () =>
      new DataLoader<string, PayerRow | null>(async (ids) => {
        const rows = await context.reads.query<PayerRow>(PAYERS_BY_ID, [context.principal.operatorId, ids]);
        const found = new Map(rows.filter((row) => isVisible(context, row)).map((row) => [row.id, row]));
        return ids.map((id) => found.get(id) ?? null);
      }),
  );
}

/** Stored credentials by UUID, removed ones too, as far as the asking key may see their payers. */
export function credentialLoader(context: ApiContext): DataLoader<string, OwnedCredential | null> {
  return context.loader(
    CREDENTIALS,
    () =>
      new DataLoader<string, OwnedCredential | null>(async (ids) => {
        const { operatorId } = context.principal;
        const rows = await context.reads.query<OwnedCredential>(CREDENTIALS_WITH_PAYERS, [operatorId, ids]);
        const found = new Map(rows.filter((row) => isVisible(context, row)).map((row) => [row.id, row]));
        return ids.map((id) => found.get(id) ?? null);
      }),
  );
}

/** The usable credentials of payers by the payers' UUIDs, newest first. */
export function credentialsLoader(context: ApiContext): DataLoader<string, CredentialRow[]> {
  return context.loader(
    CREDENTIALS_OF,
    () =>
      new DataLoader<string, CredentialRow[]>(async (ids) => {
        const { operatorId } = context.principal;
        const rows = await context.reads.query<CredentialRow>(CREDENTIALS_OF_PAYERS, [operatorId, ids]);
        const byPayer = Map.groupBy(rows, (row) => row.payerId);
        return ids.map((id) => byPayer.get(id) ?? []);
      }),
  );
}

export function isVisible({ principal }: ApiContext, payer: Pick<PayerRow, 'mode' | 'merchantId'>): boolean {
  return payer.mode === principal.mode && (principal.merchantId === null || principal.merchantId === payer.merchantId);
}

/** For `node(id)`. */
export const payerNodes = {
  payer: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'payers:read');
    const payer = await payerLoader(context).load(uuid);
    return payer && new PayerType(payer);
  },
  storedCredential: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'payers:read');
    const row = await credentialLoader(context).load(uuid);
    return row && new StoredCredentialType(row);
  },
};
