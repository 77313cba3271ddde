import { StripeFailure, unauthorised } from '../core/failure.js';
import type { Account, Book } from '../core/state.js';
import type { World } from '../core/world.js';

export interface KeyHolder {
  account: Account;
  book: Book;
  isPublishable: boolean;
}

const NO_KEY =
  "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.";

/** Stripe shows enough of a key to recognise it by: `sk_test_****…1234`. */
function veiled(key: string): string {
  const match = /^((?:sk|pk|rk)_(?:test|live)_)?(.*)$/s.exec(key);
  const [head, rest] = [match?.[1] ?? '', match?.[2] ?? ''];
  return `${head}${'*'.repeat(Math.max(4, rest.length - 4))}${rest.slice(-4)}`;
}

function givenKey(header: string | undefined): string {
  const [scheme, value = ''] = (header ?? '').split(' ');
  if (scheme?.toLowerCase() === 'bearer') return value;
  if (scheme?.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '';
  return '';
}

/** All known keys in one map, because every request begins with this. */
export class KeyRing {
  private readonly holders = new Map<string, KeyHolder>();
  private readonly revoked = new Set<string>();

  constructor(
    private readonly world: World,
    revoked: Iterable<string> = [],
  ) {
    for (const account of world.accounts.values()) this.learn(account);
    for (const key of revoked) this.revoked.add(key);
  }

  learn(account: Account): void {
    for (const { secretKey, publishableKey, livemode } of account.keys) {
      const book = livemode ? account.live : account.test;
      this.holders.set(secretKey, { account, book, isPublishable: false });
      this.holders.set(publishableKey, { account, book, isPublishable: true });
    }
  }

  revoke(secretKey: string): void {
    const holder = this.holders.get(secretKey);
    if (holder === undefined) throw new Error(`The sandbox knows no key ${veiled(secretKey)}.`);
    this.holders.delete(secretKey);
    this.revoked.add(secretKey);
    holder.account.keys = holder.account.keys.filter((pair) => pair.secretKey !== secretKey);
    this.world.journal.noteAccount(holder.account.id);
  }

  get revokedKeys(): string[] {
    return [...this.revoked];
  }

  holderOf(secretKey: string): KeyHolder | undefined {
    return this.holders.get(secretKey);
  }

  /** Whose key a request carries; refuses as Stripe does. */
  identify(authorization: string | undefined): KeyHolder {
    const key = givenKey(authorization);
    if (key === '') throw unauthorised(NO_KEY);
    const holder = this.holders.get(key);
    if (holder !== undefined) return holder;
    if (this.revoked.has(key)) {
      const message = `Expired API Key provided: ${veiled(key)}`;
      throw new StripeFailure(401, { type: 'invalid_request_error', code: 'api_key_expired', message }, true);
    }
    throw unauthorised(`Invalid API Key provided: ${veiled(key)}`);
  }
}
