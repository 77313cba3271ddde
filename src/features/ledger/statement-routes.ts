import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { fractionDigits } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import type { Sql } from '../../platform/database/sql.js';
import { statement } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { MERCHANT_ACCOUNTS } from './domain/accounts.js';
import type { StatementLinks } from './statement-link.js';
import { type Period, periodOf, readSums, type StatementSums, type StatementWanted } from './statements.js';
import { STATEMENT_LINES } from './statements-sql.js';

export interface StatementParts {
  readonly units: UnitsOfWork;
  readonly links: StatementLinks;
  /** Whether an operator is served at all: links of one that is suspended lead nowhere. */
  readonly isServed: (operatorId: string) => Promise<boolean>;
}

const TIME_ZONE = statement(
  'ledger_time_zone_of_merchant',
  'select time_zone as "timeZone" from merchants where operator_id = $1 and id = $2',
);

const HEADER = 'posted_at,occurred_at,kind,account,amount,currency,order_number,bill_number,reference\r\n';
const BEFORE_ALL = ['-infinity', '00000000-0000-0000-0000-000000000000', '0'];

/** Whoever has the link may load it, so nobody else is to learn it from us. */
const HEADERS = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

/** Where links to statements lead. */
export function statementRoutes({ units, links, isServed }: StatementParts) {
  return (app: FastifyInstance): void => {
    app.get<{ Params: { '*': string } }>('/statements/*', async (request, reply) => {
      const path = request.params['*'];
      const wanted = path.endsWith('.csv') ? links.read(path.slice(0, -'.csv'.length), units.clock.now()) : null;
      reply.headers(HEADERS);
      if (!wanted || !(await isServed(wanted.operatorId)))
        return reply.code(404).type('text/plain; charset=utf-8').send('This link is not valid any more.\n');
      const lines = await begin(units, wanted);
      const name = `statement-${wanted.from}-${wanted.to}-${wanted.currency}.csv`;
      reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`);
      return reply.send(Readable.from(lines));
    });
  };
}

/** What can fail fails before the first byte is out. */
async function begin(units: UnitsOfWork, wanted: StatementWanted): Promise<AsyncGenerator<string>> {
  const { operatorId, merchantId } = wanted;
  const sql: Sql = { query: (text, parameters) => units.sql(operatorId, (tx) => tx.query(text, parameters)) };
  const [merchant] = await sql.query<{ timeZone: string }>(TIME_ZONE, [operatorId, merchantId]);
  const timeZone = merchant?.timeZone ?? 'UTC';
  const period = periodOf(wanted, timeZone);
  return csv(sql, period, timeZone, await readSums(sql, period));
}

/** A page at a time, and only when the one before has left: so memory is the same for any number of lines. */
async function* csv(sql: Sql, period: Period, timeZone: string, sums: StatementSums): AsyncGenerator<string> {
  yield HEADER + edge(period, 'OPENING', period.from, sums.opening);
  const { operatorId, merchantId, mode, currency, begins, ends } = period;
  const fixed = [
    operatorId,
    merchantId,
    mode,
    currency,
    begins,
    ends,
    timeZone,
    fractionDigits(currency),
    sums.snapshot,
  ];
  let after: readonly string[] | null = BEFORE_ALL;
  while (after !== null) {
    const [page]: Page[] = await sql.query<Page>(STATEMENT_LINES, [...fixed, ...after]);
    if (page?.text) yield page.text;
    after = page?.last ?? null;
  }
  yield edge(period, 'CLOSING', period.to, sums.closing);
}

type Page = { readonly text: string | null; readonly last: readonly string[] | null };

/** A line for each of the three balances as the period began or ended. */
function edge({ currency }: Period, kind: string, date: string, amountOf: StatementSums['opening']): string {
  return MERCHANT_ACCOUNTS.map(
    (account) =>
      `${date},,${kind},${account},${Money.of(amountOf(account), currency).toDecimal()},${currency},"",,""\r\n`,
  ).join('');
}
