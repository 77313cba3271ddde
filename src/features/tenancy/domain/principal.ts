import type { KeyKind, Mode, Scope } from './scopes.js';

/** Who is asking: what an API key or a client token stands for. */
export interface Principal {
  /** `CLIENT` is a payer's browser with a token for one order. */
  readonly kind: KeyKind | 'CLIENT';
  readonly operatorId: string;
  /** Set for merchants and clients: they see this merchant's objects only. */
  readonly merchantId: string | null;
  readonly mode: Mode;
  readonly scopes: ReadonlySet<Scope>;
  /** The API key; for a client token the key that issued it, empty where that was a page of ours. */
  readonly keyId: string;
  /** The one order that a client token is for. */
  readonly orderId: string | null;
  /** When it ends by itself; absent or null: not before it is revoked. */
  readonly expiresAt?: Date | null;
}
