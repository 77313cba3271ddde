import path from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { MasterKeys } from './platform/secrets/master-keys.js';

/** Everything that may differ between one running program and another. */
export interface Config {
  readonly role: Role;
  readonly host: string;
  readonly port: number;
  /** Where payers, browsers and the payment system reach us; no slash at the end. */
  readonly publicUrl: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly database: DatabaseConfig;
  readonly migrate: boolean;
  /** Null: one is made once and kept in the data folder. */
  readonly masterKey: string | null;
  readonly stripe: StripeConfig;
  /** Null: Agenda keeps its clock in PostgreSQL. */
  readonly agendaMongodbUrl: string | null;
  readonly demo: boolean;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** Whether callback URLs may be http and point at this machine; for development and tests. */
  readonly allowHttpUrls: boolean;
  /** Whether certified merchants may send card data, which puts this deployment in the scope of PCI DSS. */
  readonly acceptCardData: boolean;
  /** Further origins that payers may be sent on to: a payment system's pages under a domain of an operator's own. */
  readonly paymentPageOrigins: readonly string[];
  /** A folder of GraphQL documents that may be called by their hash; absolute. */
  readonly trustedDocuments: string | null;
  /** Addresses and networks of proxies before it, which note in `X-Forwarded-For` whom they speak for. */
  readonly trustedProxies: readonly string[];
  /** Requests a second that one key may make in one process; a burst may be twice as many. */
  readonly ratePerSecond: number;
  readonly logLevel: string;
}

export const ROLES = ['all', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export type DatabaseConfig =
  | { readonly kind: 'embedded'; readonly port: number }
  | {
      readonly kind: 'external';
      /** The owner, who migrates; null where this process need not. */
      readonly ownerUrl: string | null;
      /** Null: the owner's URL with the role's name and a password derived from the master key. */
      readonly appUrl: string | null;
      readonly systemUrl: string | null;
    };

export type StripeConfig =
  | { readonly kind: 'real' }
  /** In this process, with its own ports. */
  | { readonly kind: 'sandbox'; readonly port: number; readonly controlPort: number }
  | { readonly kind: 'elsewhere'; readonly url: string; readonly controlUrl: string | null };

/** All faults of the settings at once: one round of mending should do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(
      `${faults.length === 1 ? 'A setting is' : 'Settings are'} wrong:\n${faults.map((each) => `  - ${each}\n`).join('')}`,
    );
  }
}

/** Their values are never shown, not even when they are wrong. */
const SECRETS = new Set([
  'DATABASE_URL',
  'DATABASE_APP_URL',
  'DATABASE_SYSTEM_URL',
  'QUITTANCE_MASTER_KEY',
  'AGENDA_MONGODB_URL',
]);

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const settings = z.object({
  QUITTANCE_ROLE: z.enum(ROLES, mustBe(oneOf(ROLES))).default('all'),
  HOST: z.string().optional(),
  PORT: port(1).default(4000),
  STRIPE_SANDBOX_PORT: port(1).default(4001),
  STRIPE_SANDBOX_CONTROL_PORT: port(1).optional(),
  STRIPE_SANDBOX_CONTROL_URL: url('http', 'https').optional(),
  STRIPE_API_URL: url('http', 'https').optional(),
  POSTGRES_PORT: port(0).default(0),
  QUITTANCE_DATA_DIR: z.string().default('.quittance'),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  DATABASE_APP_URL: url('postgres', 'postgresql').optional(),
  DATABASE_SYSTEM_URL: url('postgres', 'postgresql').optional(),
  QUITTANCE_MASTER_KEY: z
    .string()
    .refine(isMasterKey, mustBe('id:base64 with 32 bytes; several, the current one first, are joined by commas'))
    .optional(),
  QUITTANCE_PUBLIC_URL: url('http', 'https').optional(),
  AGENDA_MONGODB_URL: url('mongodb', 'mongodb+srv').optional(),
  QUITTANCE_MIGRATE: onOff().optional(),
  QUITTANCE_DEMO: onOff().optional(),
  QUITTANCE_INTROSPECTION: onOff().optional(),
  QUITTANCE_GRAPHIQL: onOff().optional(),
  QUITTANCE_ALLOW_HTTP_URLS: onOff().optional(),
  QUITTANCE_ACCEPT_CARD_DATA: onOff().optional(),
  QUITTANCE_PAYMENT_PAGE_ORIGINS: origins().optional(),
  QUITTANCE_TRUSTED_DOCUMENTS: z.string().optional(),
  QUITTANCE_TRUST_PROXY: networks().optional(),
  QUITTANCE_RATE_PER_SECOND: z.coerce
    .number(mustBe('a whole number from 1 to 100000'))
    .int(mustBe('a whole number from 1 to 100000'))
    .min(1, mustBe('a whole number from 1 to 100000'))
    .max(100_000, mustBe('a whole number from 1 to 100000'))
    .default(200),
  LOG_LEVEL: z.enum(LOG_LEVELS, mustBe(oneOf(LOG_LEVELS))).optional(),
});

type Settings = z.infer<typeof settings>;
type Environment = Readonly<Record<string, string | undefined>>;

/** An empty text is as good as none: Compose files pass on what is not set. Relative folders count from `cwd`. */
export function readConfig(environment: Environment = process.env, cwd: string = process.cwd()): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path: [name], message }) => fault(String(name), given, message)),
    ...contradictions(given),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return configOf(parsed.data, cwd);
}

function configOf(from: Settings, cwd: string): Config {
  const database = databaseOf(from);
  const atHome = database.kind === 'embedded';
  return {
    role: from.QUITTANCE_ROLE,
    host: from.HOST ?? (atHome ? '127.0.0.1' : '0.0.0.0'),
    port: from.PORT,
    publicUrl: (from.QUITTANCE_PUBLIC_URL ?? `http://127.0.0.1:${from.PORT}`).replace(/\/+$/, ''),
    dataDir: path.resolve(cwd, from.QUITTANCE_DATA_DIR),
    database,
    migrate: from.QUITTANCE_MIGRATE ?? (atHome || from.DATABASE_URL !== undefined),
    masterKey: from.QUITTANCE_MASTER_KEY ?? null,
    stripe: stripeOf(from, atHome),
    agendaMongodbUrl: from.AGENDA_MONGODB_URL ?? null,
    demo: from.QUITTANCE_DEMO ?? atHome,
    introspection: from.QUITTANCE_INTROSPECTION ?? atHome,
    graphiql: from.QUITTANCE_GRAPHIQL ?? atHome,
    allowHttpUrls: from.QUITTANCE_ALLOW_HTTP_URLS ?? atHome,
    acceptCardData: from.QUITTANCE_ACCEPT_CARD_DATA ?? false,
    paymentPageOrigins: from.QUITTANCE_PAYMENT_PAGE_ORIGINS ?? [],
    trustedDocuments: from.QUITTANCE_TRUSTED_DOCUMENTS ? path.resolve(cwd, from.QUITTANCE_TRUSTED_DOCUMENTS) : null,
    trustedProxies: from.QUITTANCE_TRUST_PROXY ?? [],
    ratePerSecond: from.QUITTANCE_RATE_PER_SECOND,
    logLevel: from.LOG_LEVEL ?? (atHome ? 'warn' : 'info'),
  };
}

function databaseOf(from: Settings): DatabaseConfig {
  const { DATABASE_URL: owner, DATABASE_APP_URL: app, DATABASE_SYSTEM_URL: system } = from;
  if (owner === undefined && app === undefined) return { kind: 'embedded', port: from.POSTGRES_PORT };
  return { kind: 'external', ownerUrl: owner ?? null, appUrl: app ?? null, systemUrl: system ?? null };
}

function stripeOf(from: Settings, atHome: boolean): StripeConfig {
  const { STRIPE_API_URL: apiUrl, STRIPE_SANDBOX_CONTROL_URL: controlUrl, STRIPE_SANDBOX_PORT: sandboxPort } = from;
  if (apiUrl !== undefined)
    return { kind: 'elsewhere', url: apiUrl.replace(/\/+$/, ''), controlUrl: controlUrl ?? null };
  if (!atHome) return { kind: 'real' };
  return { kind: 'sandbox', port: sandboxPort, controlPort: from.STRIPE_SANDBOX_CONTROL_PORT ?? sandboxPort + 10 };
}

/** What no single setting can see. */
function contradictions(given: Environment): string[] {
  const { DATABASE_URL: owner, DATABASE_APP_URL: app, DATABASE_SYSTEM_URL: system } = given;
  const faults: string[] = [];
  if (!owner && Boolean(app) !== Boolean(system)) {
    const missing = app ? 'DATABASE_SYSTEM_URL' : 'DATABASE_APP_URL';
    faults.push(
      `${missing} is not set: without DATABASE_URL, both DATABASE_APP_URL and DATABASE_SYSTEM_URL are needed.`,
    );
  }
  if ((owner || app) && !given.QUITTANCE_MASTER_KEY) {
    faults.push('QUITTANCE_MASTER_KEY is not set: a database of your own needs it; make one with: npm run master-key');
  }
  if (!owner && app && given.QUITTANCE_MIGRATE === 'on') {
    faults.push('QUITTANCE_MIGRATE is "on": migrating needs DATABASE_URL, the owner of the tables.');
  }
  if (given.QUITTANCE_DEMO === 'on' && (owner || app) && !(given.STRIPE_API_URL && given.STRIPE_SANDBOX_CONTROL_URL)) {
    faults.push('QUITTANCE_DEMO is "on": the demo needs a sandbox, by STRIPE_API_URL and STRIPE_SANDBOX_CONTROL_URL.');
  }
  return faults;
}

function fault(name: string, given: Environment, message: string): string {
  const value = given[name];
  const shown = value === undefined ? 'not set' : SECRETS.has(name) ? 'not usable (its value is secret)' : `"${value}"`;
  return `${name} is ${shown}: it ${message}.`;
}

function mustBe(what: string): { readonly error: string } {
  return { error: `must be ${what}` };
}

function oneOf(words: readonly string[]): string {
  return `one of ${words.join(', ')}`;
}

function port(min: 0 | 1) {
  const rule = mustBe(`a whole number from ${min} to 65535${min === 0 ? ' (0 takes a free port)' : ''}`);
  return z
    .string()
    .regex(/^\d{1,5}$/, rule)
    .transform(Number)
    .refine((number) => number >= min && number <= 65_535, rule);
}

function onOff() {
  return z.enum(['on', 'off'], mustBe('on or off')).transform((word) => word === 'on');
}

function url(...protocols: readonly string[]) {
  const isOne = (text: string) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1));
  return z
    .string()
    .refine(isOne, mustBe(`a URL that begins with ${protocols.map((each) => `${each}://`).join(' or ')}`));
}

/** They go into a header as they are, so nothing but origins may be among them. */
function origins() {
  const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);
  const rule = mustBe('origins such as https://pay.example, without a path, joined by commas');
  return z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .refine((each) => each.every(isOrigin), rule);
}

function networks() {
  // Written in full: short forms such as "1" are addresses, too.
  const isWhole = (text: string) => /[.:].*[.:]/.test(text);
  const isNetwork = (text: string) => isWhole(text) && (ipaddr.isValid(text) || ipaddr.isValidCIDR(text));
  const rule = mustBe('addresses or networks such as 10.0.0.0/8, joined by commas');
  return z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .refine((each) => each.every(isNetwork), rule);
}

function isMasterKey(text: string): boolean {
  try {
    MasterKeys.parse(text);
    return true;
  } catch {
    return false;
  }
}
