import type { FeedEvent } from '../../platform/events/feed-event.js';
import type { Log } from '../../platform/logging/log.js';
import type { Principal } from './domain/principal.js';
import type { KeyName, KnownKey, KnownKeys } from './known-keys.js';

/** How old the answer may be when no event told us sooner: well below the two seconds that are promised. */
const LOOK_EVERY_MS = 1_000;

/** Events come once each; keys that were revoked long ago have no socket left. */
const REVOKED_KEPT_MAX = 10_000;

interface Attended {
  readonly principal: Principal;
  readonly onEnded: () => void;
}

/**
 * Knows without asking whether the principals with live sockets may still be
 * served. Events say so at once, also from other processes; looking every
 * second makes up for events that are late.
 */
export class PrincipalWatch {
  readonly #attended = new Set<Attended>();
  readonly #revokedKeys = new Set<string>();
  readonly #suspendedOperators = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(
    private readonly keys: KnownKeys,
    private readonly log: Log,
  ) {}

  /** From memory; asked before each live event. */
  stillAllowed({ keyId, operatorId, expiresAt }: Principal): boolean {
    if (this.#revokedKeys.has(keyId) || this.#suspendedOperators.has(operatorId)) return false;
    return expiresAt == null || expiresAt > this.keys.clock.now();
  }

  /** For a socket: `onEnded` is called once, when its principal may no longer be served. Returns how to stop. */
  attend(principal: Principal, onEnded: () => void): () => void {
    const attended: Attended = { principal, onEnded };
    this.#attended.add(attended);
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    // What is remembered of an operator may be from before it was resumed.
    void this.look();
    return () => this.#leave(attended);
  }

  /** To be told of every event of the log; arrow function, so that it can be handed on. */
  readonly onTenancyEvent = (event: Pick<FeedEvent, 'type' | 'subjectId'>): void => {
    if (event.type === 'api_key.revoked') this.#revoke(event.subjectId);
    else if (event.type === 'operator.suspended') this.#suspendedOperators.add(event.subjectId);
    else if (event.type === 'operator.resumed') this.#suspendedOperators.delete(event.subjectId);
    else return;
    this.keys.forget();
    this.#endWhatEnded();
  };

  /** Reads how the attended keys stand; by itself every second while there are any. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#read();
    } catch (error) {
      this.log.warn({ err: error }, 'the state of keys with live sockets could not be read');
    } finally {
      this.#looking = false;
    }
    this.#endWhatEnded();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#attended.clear();
  }

  async #read(): Promise<void> {
    const names = new Map<string, KeyName>();
    const ofPages = new Set<string>();
    for (const { principal } of this.#attended) {
      if (principal.keyId === '') ofPages.add(principal.operatorId);
      else names.set(principal.keyId, { operatorId: principal.operatorId, id: principal.keyId });
    }
    const found = await this.keys.read([...names.values()]);
    for (const key of found) {
      names.delete(key.id);
      if (key.revokedAt) this.#revoke(key.id);
      this.#note(key);
    }
    for (const gone of names.keys()) this.#revoke(gone);
    // Payers at a page of ours have no key whose operator could be read with it.
    if (ofPages.size > 0) for (const each of await this.keys.readOperators([...ofPages])) this.#note(each);
  }

  #note({ operatorId, operatorStatus }: Pick<KnownKey, 'operatorId' | 'operatorStatus'>): void {
    if (operatorStatus === 'SUSPENDED') this.#suspendedOperators.add(operatorId);
    else this.#suspendedOperators.delete(operatorId);
  }

  #revoke(keyId: string): void {
    this.#revokedKeys.add(keyId);
    if (this.#revokedKeys.size <= REVOKED_KEPT_MAX) return;
    const [oldest] = this.#revokedKeys;
    if (oldest !== undefined) this.#revokedKeys.delete(oldest);
  }

  #endWhatEnded(): void {
    for (const attended of [...this.#attended]) {
      if (this.stillAllowed(attended.principal)) continue;
      this.#leave(attended);
      attended.onEnded();
    }
  }

  #leave(attended: Attended): void {
    this.#attended.delete(attended);
    if (this.#attended.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
