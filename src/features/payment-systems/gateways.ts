import { DomainError } from '../../kernel/errors.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import { AccountSecrets } from './account-secrets.js';
import type { AccountRow } from './account-sql.js';
import type { PaymentGateway } from './payment-gateway.js';
import type { PaymentSystem } from './payment-system.js';
import { type StripeOptions, stripeClient } from './stripe-client.js';
import { StripeGateway } from './stripe-gateway.js';
import { StripePaymentSystem } from './stripe-payment-system.js';

export interface GatewayOptions {
  readonly masterKeys: MasterKeys;
  /** Where Stripe is: left empty, the real one. */
  readonly stripe: StripeOptions;
  /** Told of what an adapter did not expect; it answers `unknown` all the same. */
  readonly onUnexpected: (error: unknown) => void;
}

/** Making a client costs little, decrypting its key less; this keeps connections to Stripe alive between calls. */
const KEPT_MAX = 500;

interface Connection {
  readonly gateway: PaymentGateway;
  readonly system: PaymentSystem;
}

/** The way to each account's payment system. New keys are a new connection; the old one ages out. */
export class PaymentGateways {
  readonly #kept = new Map<string, Connection>();

  constructor(private readonly options: GatewayOptions) {}

  /** For orders: payments, refunds, disputes. */
  gatewayFor(account: AccountRow): PaymentGateway {
    return this.#connectionFor(account).gateway;
  }

  /** For the account itself: its webhook endpoints and events. */
  systemFor(account: AccountRow): PaymentSystem {
    return this.#connectionFor(account).system;
  }

  /** With keys that are not kept yet, or not any more. */
  systemWith(secretKey: string): PaymentSystem {
    return this.#connect(secretKey).system;
  }

  secretsOf({ operatorId, dataKey }: Pick<AccountRow, 'operatorId' | 'dataKey'>): AccountSecrets {
    return new AccountSecrets(this.options.masterKeys, operatorId, dataKey);
  }

  #connectionFor(account: AccountRow): Connection {
    const { operatorId, id, secretKeyEncrypted } = account;
    if (secretKeyEncrypted === '') {
      throw new DomainError('PAYMENT_SYSTEM_UNAVAILABLE', 'the payment system account is disconnected');
    }
    const name = `${id} ${secretKeyEncrypted}`;
    const connection =
      this.#kept.get(name) ??
      this.#connect(this.secretsOf(account).decrypt(secretKeyEncrypted, { operatorId, rowId: id, of: 'secretKey' }));
    this.#keep(name, connection);
    return connection;
  }

  #connect(secretKey: string): Connection {
    const { stripe, onUnexpected } = this.options;
    const client = stripeClient(secretKey, stripe);
    return {
      gateway: new StripeGateway(client, onUnexpected),
      system: new StripePaymentSystem(client, onUnexpected),
    };
  }

  /** Last used goes last, so that the first is the one to let go. */
  #keep(name: string, connection: Connection): void {
    this.#kept.delete(name);
    this.#kept.set(name, connection);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }
}
