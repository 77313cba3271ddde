import 'reflect-metadata';
import type { Row } from './support/figures.js';

/** `npm run bench -- accept read`: the lines named, or all; one table at the end. Bounded in time by each line. */
const LINES: Readonly<Record<string, () => Promise<() => Promise<readonly Row[]>>>> = {
  accept: async () => (await import('./lines/accept.js')).accept,
  read: async () => (await import('./lines/read.js')).read,
  page: async () => (await import('./lines/read.js')).page,
  live: async () => (await import('./lines/live.js')).live,
  billing: async () => (await import('./lines/billing.js')).billing,
  'billing-long': async () => (await import('./lines/billing.js')).billingLong,
  'billing-whale': async () => (await import('./lines/billing-whale.js')).billingWhale,
  'billing-whole': async () => (await import('./lines/billing-whole.js')).billingWhole,
  growth: async () => (await import('./lines/growth.js')).growth,
  memory: async () => (await import('./lines/memory.js')).memory,
  sharded: async () => (await import('./lines/sharded.js')).sharded,
  callbacks: async () => (await import('./lines/callbacks.js')).callbacks,
  ledger: async () => (await import('./lines/ledger.js')).ledger,
  'bulk-beside-live': async () => (await import('./lines/bulk-beside-live.js')).bulkBesideLive,
  'csv-read': async () => (await import('./lines/csv-read.js')).csvRead,
  csv: async () => (await import('./lines/csv.js')).csv,
  month: async () => (await import('./lines/month.js')).month,
  'event-tax': async () => (await import('./lines/event-tax.js')).eventTax,
  start: async () => (await import('./lines/start.js')).start,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in LINES));
if (unknown.length > 0) {
  console.error(`no such line: ${unknown.join(', ')}; there are ${Object.keys(LINES).join(', ')}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const [name, load] of Object.entries(LINES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`${name} …`);
  try {
    rows.push(...(await (await load())()));
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name} failed:`, error);
  }
}
console.table(rows.map(({ met, ...row }) => ({ ...row, met: met === null ? '' : met ? 'yes' : 'NO' })));
