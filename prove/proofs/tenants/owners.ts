import pg from 'pg';
import { type IdKind, publicId } from '../../../src/kernel/ids.js';

/** Whose something is; null where it is nobody's in particular. */
export interface Owner {
  readonly id: string;
  readonly kind: IdKind;
  readonly operatorId: string;
  readonly merchantId: string | null;
  readonly mode: string | null;
}

const KIND_OF_TABLE: Readonly<Record<string, IdKind>> = {
  operators: 'operator',
  merchants: 'merchant',
  api_keys: 'apiKey',
  payment_system_accounts: 'paymentSystemAccount',
  payers: 'payer',
  stored_credentials: 'storedCredential',
  orders: 'order',
  operations: 'operation',
  transactions: 'transaction',
  disputes: 'dispute',
  agreements: 'agreement',
  agreement_charges: 'agreementCharge',
  agreement_changes: 'agreementChange',
  invoices: 'invoice',
  invoice_items: 'invoiceItem',
  credit_notes: 'creditNote',
  bulk_operations: 'bulkOperation',
  settlements: 'settlement',
  payouts: 'payout',
  ledger_postings: 'ledgerPosting',
  notifications: 'notification',
  notification_endpoints: 'notificationEndpoint',
};

/** Through which column a row is somebody's that does not say so itself. */
const PARENTS = ['order_id', 'agreement_id', 'invoice_id', 'payer_id'];

/** Everything that has an id, as the tables have it: read as their owner, past every policy. */
export class Owners {
  readonly #byUuid = new Map<string, Owner>();

  static async read(databaseUrl: string): Promise<Owners> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      const owners = new Owners();
      for (const [table, kind] of Object.entries(KIND_OF_TABLE)) {
        const { rows } = await client.query<{ row: Record<string, string | null> }>(
          `select to_jsonb(t) - 'secret' as row from ${table} t`,
        );
        for (const { row } of rows) owners.#add(kind, row);
      }
      return owners;
    } finally {
      await client.end();
    }
  }

  of(uuid: string): Owner | undefined {
    return this.#byUuid.get(uuid);
  }

  all(kind: IdKind): readonly Owner[] {
    return [...this.#byUuid.values()].filter((owner) => owner.kind === kind);
  }

  /** One of each kind. */
  sample(): readonly Owner[] {
    const first = new Map<IdKind, Owner>();
    for (const owner of this.#byUuid.values()) if (!first.has(owner.kind)) first.set(owner.kind, owner);
    return [...first.values()];
  }

  #add(kind: IdKind, row: Record<string, string | null>): void {
    const uuid = row.id ?? '';
    const parent = PARENTS.map((column) => this.#byUuid.get(row[column] ?? '')).find(Boolean);
    const merchantId = kind === 'merchant' ? uuid : (row.merchant_id ?? parent?.merchantId ?? null);
    this.#byUuid.set(uuid, {
      id: publicId(kind, uuid),
      kind,
      operatorId: kind === 'operator' ? uuid : (row.operator_id ?? ''),
      merchantId,
      mode: row.mode ?? parent?.mode ?? null,
    });
  }
}
