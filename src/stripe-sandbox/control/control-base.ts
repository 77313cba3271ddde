import type { Account } from '../core/state.js';
import { type Scope, scopeOf, type World } from '../core/world.js';
import type { WebhookCourier } from '../events/courier.js';
import type { Faults } from '../http/faults.js';
import type { KeyRing } from '../http/keys.js';
import type { RateLimit } from '../http/rate-limit.js';
import type { RequestLog } from '../http/request-log.js';

export interface ControlParts {
  world: World;
  courier: WebhookCourier;
  keys: KeyRing;
  faults: Faults;
  rateLimit: RateLimit;
  log: RequestLog;
  flush(): void;
}

/** What every part of the control needs: to find things, and to change accounts. */
export class ControlBase {
  constructor(protected readonly parts: ControlParts) {}

  protected change(account: Account, changes: Partial<Omit<Account, 'id' | 'test' | 'live'>>): void {
    Object.assign(account, changes);
    this.parts.world.journal.noteAccount(account.id);
  }

  protected account(accountId: string): Account {
    const account = this.parts.world.accounts.get(accountId);
    if (account === undefined) throw new Error(`The sandbox has no account ${accountId}.`);
    return account;
  }

  protected scope(accountId: string, livemode?: boolean): Scope {
    const account = this.account(accountId);
    const isLive = livemode ?? account.keys[0]?.livemode ?? false;
    return { world: this.parts.world, account, book: isLive ? account.live : account.test, cause: null };
  }

  protected find<T>(id: string, look: (scope: Scope) => T | undefined): { scope: Scope; thing: T } {
    for (const accountId of this.parts.world.accounts.keys()) {
      for (const livemode of [false, true]) {
        const scope = scopeOf(this.parts.world, accountId, livemode);
        const thing = scope && look(scope);
        if (scope !== undefined && thing !== undefined) return { scope, thing };
      }
    }
    throw new Error(`The sandbox has no ${id}.`);
  }
}
