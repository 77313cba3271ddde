import DataLoader from 'dataloader';
import type { Row, Statement } from '../../platform/database/sql.js';
import { attemptsAtCharges, type OrderRow } from '../orders/index.js';
import { type ApiContext, requireScope } from '../tenancy/index.js';
import { AgreementType } from './agreement.graphql.js';
import { AgreementChangeType, AgreementChargeType } from './agreement-charge.graphql.js';
import { AGREEMENTS_BY_ID, CHANGE_BY_ID, CHARGES_BY_ID, CHARGES_OF_FILES } from './agreement-reads-sql.js';
import type { AgreementFile, AgreementRow, ChangeRow, ChargeRow } from './agreement-rows.js';

const AGREEMENTS = Symbol('agreements');
const CHARGES = Symbol('charges of agreements');
const CHARGES_OF = Symbol('charges in the files of agreements');
const ATTEMPTS = Symbol('attempts at charges');

/** Whether the asking key may see the agreement: its merchant's, in its mode. No client token sees any. */
export function isVisible({ principal }: ApiContext, agreement: AgreementRow): boolean {
  const { kind, mode, merchantId } = principal;
  return kind !== 'CLIENT' && agreement.mode === mode && (merchantId === null || merchantId === agreement.merchantId);
}

/** Agreements by UUID, as far as the asking key may see them. */
export function agreementLoader(context: ApiContext): DataLoader<string, AgreementRow | null> {
  return context.loader(AGREEMENTS, () =>
    byId<AgreementRow>(context, AGREEMENTS_BY_ID, (row) => isVisible(context, row)),
  );
}

/** Charges by UUID. Whether they may be seen is their agreement's to say, or the order's that they were asked for. */
export function chargeLoader(context: ApiContext): DataLoader<string, ChargeRow | null> {
  return context.loader(CHARGES, () => byId<ChargeRow>(context, CHARGES_BY_ID, () => true));
}

/** The agreement with the charges that a forecast or a plan needs. */
export async function fileOf(context: ApiContext, agreement: AgreementRow): Promise<AgreementFile> {
  const charges = context.loader(CHARGES_OF, () =>
    ofMany<ChargeRow>(
      (ids) => context.reads.query<ChargeRow>(CHARGES_OF_FILES, [context.principal.operatorId, ids]),
      ({ agreementId }) => agreementId,
    ),
  );
  return { agreement, charges: await charges.load(agreement.id) };
}

/** The orders by which a charge was tried, oldest first, by the charge's UUID. */
export function attemptsLoader(context: ApiContext): DataLoader<string, OrderRow[]> {
  return context.loader(ATTEMPTS, () =>
    ofMany<OrderRow>(
      (ids) => attemptsAtCharges(context.reads, context.principal.operatorId, ids),
      ({ chargeId }) => chargeId,
    ),
  );
}

function byId<Found extends Row & { id: string }>(
  context: ApiContext,
  statement: Statement,
  isSeen: (row: Found) => boolean,
) {
  return new DataLoader<string, Found | null>(async (ids) => {
    const rows = await context.reads.query<Found>(statement, [context.principal.operatorId, ids]);
    const found = new Map(rows.filter(isSeen).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

function ofMany<Part>(read: (ids: readonly string[]) => Promise<Part[]>, ownerOf: (part: Part) => string | null) {
  return new DataLoader<string, Part[]>(async (ids) => {
    const byOwner = Map.groupBy(await read(ids), ownerOf);
    return ids.map((id) => byOwner.get(id) ?? []);
  });
}

/** For `node(id)`: the parts of an agreement are seen by whoever sees the agreement. */
export const agreementNodes = {
  agreement: async (context: ApiContext, uuid: string) => {
    const agreement = await visibleAgreement(context, uuid);
    return agreement && new AgreementType(agreement);
  },
  agreementCharge: async (context: ApiContext, uuid: string) => {
    const charge = await chargeLoader(context).load(uuid);
    const agreement = await visibleAgreement(context, charge?.agreementId);
    return charge && agreement && new AgreementChargeType(charge, agreement);
  },
  agreementChange: async (context: ApiContext, uuid: string) => {
    const [change] = await context.reads.query<ChangeRow>(CHANGE_BY_ID, [context.principal.operatorId, uuid]);
    const agreement = await visibleAgreement(context, change?.agreementId);
    return change && agreement ? new AgreementChangeType(change, agreement) : null;
  },
};

async function visibleAgreement(context: ApiContext, uuid: string | undefined): Promise<AgreementRow | null> {
  requireScope(context.principal, 'agreements:read');
  return uuid ? agreementLoader(context).load(uuid) : null;
}
