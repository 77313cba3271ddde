import { type DataKey, decrypt, encrypt, unwrapDataKey } from '../../platform/secrets/envelope.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';

/** A column that holds a secret, and the row it is in. */
export interface SecretColumn {
  readonly operatorId: string;
  readonly rowId: string;
  readonly of: keyof typeof COLUMNS;
}

const COLUMNS = {
  secretKey: { table: 'payment_system_accounts', column: 'secret_key_encrypted' },
  webhookSecret: { table: 'webhook_endpoints', column: 'secret_encrypted' },
} as const;

/** Reads and writes the secrets of one operator's accounts. */
export class AccountSecrets {
  readonly #dataKey: DataKey;

  constructor(masterKeys: MasterKeys, operatorId: string, wrappedDataKey: string) {
    this.#dataKey = unwrapDataKey(masterKeys, operatorId, wrappedDataKey);
  }

  encrypt(plaintext: string, { operatorId, rowId, of }: SecretColumn): string {
    return encrypt(this.#dataKey, plaintext, { operatorId, rowId, ...COLUMNS[of] });
  }

  decrypt(text: string, { operatorId, rowId, of }: SecretColumn): string {
    return decrypt(this.#dataKey, text, { operatorId, rowId, ...COLUMNS[of] });
  }
}
