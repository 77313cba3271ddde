import type { Clock } from '../../kernel/clock.js';
import { type Sql, statement } from '../../platform/database/sql.js';
import { LruMap } from '../../platform/graphql/lru-map.js';
import type { KeyKind, Mode, Scope } from './domain/scopes.js';
import type { OperatorStatus } from './operator.entity.js';

/** A key as authentication needs it. `operatorStatus` is null for platform keys, which have no operator. */
export interface KnownKey {
  readonly operatorId: string;
  readonly id: string;
  readonly kind: KeyKind;
  readonly mode: Mode;
  readonly merchantId: string | null;
  readonly scopes: readonly Scope[];
  readonly hash: string;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly operatorStatus: OperatorStatus | null;
}

/** Neither revoked nor run out. Whether its operator is served is another question. */
export function isInForce({ revokedAt, expiresAt }: KnownKey, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

const KEY = `select k.operator_id as "operatorId", k.id, k.kind, k.mode, k.merchant_id as "merchantId", k.scopes, k.hash,
  k.expires_at as "expiresAt", k.revoked_at as "revokedAt", o.status as "operatorStatus"`;

const KEY_BY_HASH = statement(
  'api_key_by_hash',
  `${KEY} from api_keys k left join operators o on o.id = k.operator_id where k.hash = $1`,
);

const KEYS_BY_ID = statement(
  'known_keys_by_id',
  `${KEY} from unnest($1::uuid[], $2::uuid[]) as wanted (operator_id, id)
   join api_keys k on k.operator_id = wanted.operator_id and k.id = wanted.id
   left join operators o on o.id = k.operator_id`,
);

const OPERATORS_BY_ID = statement(
  'known_operators_by_id',
  'select id as "operatorId", status as "operatorStatus" from operators where id = any($1::uuid[])',
);

export interface KnownOperator {
  readonly operatorId: string;
  readonly operatorStatus: OperatorStatus;
}

/** What was true this long ago is still answered, so that a busy key does not cost a query per request. */
const FRESH_MS = 1_000;

/** Guesses are remembered, too; beyond this many the oldest are forgotten. */
const REMEMBERED_MAX = 10_000;

export interface KeyName {
  readonly operatorId: string;
  readonly id: string;
}

interface Remembered {
  readonly key: Promise<KnownKey | null>;
  readonly untilMs: number;
}

/** The keys of all operators, read by the system role because the operator is known only afterwards. */
export class KnownKeys {
  readonly #remembered = new Map<string, Remembered>();
  /** Keys that there are or were: not forgotten with the rest, because nobody asks these what a key may do. */
  readonly #seen = new LruMap<string, KnownKey>(REMEMBERED_MAX);

  constructor(
    private readonly system: Sql,
    readonly clock: Clock,
  ) {}

  byHash(hash: string): Promise<KnownKey | null> {
    return this.#remember(hash, async () => {
      const [key] = await this.system.query<Facts>(KEY_BY_HASH, [hash]);
      if (key) this.#seen.set(hash, key);
      return key ?? null;
    });
  }

  /** Whether this was a key when somebody came with it last; what was not may still be one. */
  hasSeen(hash: string): boolean {
    return this.#seen.get(hash) !== undefined;
  }

  byName(name: KeyName): Promise<KnownKey | null> {
    return this.#remember(`${name.operatorId}/${name.id}`, async () => (await this.read([name]))[0] ?? null);
  }

  /** As they are now, not as they were remembered. */
  read(names: readonly KeyName[]): Promise<KnownKey[]> {
    const parameters = [names.map((name) => name.operatorId), names.map((name) => name.id)];
    return this.system.query<Facts>(KEYS_BY_ID, parameters);
  }

  /** How operators stand now, where no key asks for them. */
  readOperators(operatorIds: readonly string[]): Promise<KnownOperator[]> {
    return this.system.query<KnownOperator & Record<string, unknown>>(OPERATORS_BY_ID, [operatorIds]);
  }

  /** After a revocation or suspension. All go, because which ones are concerned costs more to find out than to read again. */
  forget(): void {
    this.#remembered.clear();
  }

  #remember(name: string, read: () => Promise<KnownKey | null>): Promise<KnownKey | null> {
    const nowMs = performance.now();
    const remembered = this.#remembered.get(name);
    if (remembered && remembered.untilMs > nowMs) return remembered.key;
    const key = read();
    this.#remembered.delete(name);
    this.#remembered.set(name, { key, untilMs: nowMs + FRESH_MS });
    if (this.#remembered.size > REMEMBERED_MAX) this.#remembered.delete(this.#remembered.keys().next().value ?? '');
    key.catch(() => this.#remembered.delete(name));
    return key;
  }
}

type Facts = KnownKey & Record<string, unknown>;
