import type { FastifyInstance } from 'fastify';
import { csvLine } from '../../platform/csv/write-csv.js';
import { columnsOf } from './domain/columns.js';
import { BULK_KINDS, type BulkKind, MUTATION_OF_KIND } from './domain/words.js';

type Cells = Readonly<Record<string, string>>;

/** A key of the merchant's own, in place of the one that a family's name has. */
const KEY = 'level';

const NEW_AGREEMENT: Cells = {
  'terms.type': 'RECURRING',
  'terms.amountVariability': 'FIXED',
  'terms.metadata.level': 'gold',
  currency: 'EUR',
  'chargeAmount.fixed': '20.00',
  'schedule.period': 'MONTH',
  'schedule.startDate': '2030-01-31',
};

/** Two rows of each kind; what they do not name is empty. */
const EXAMPLES: Readonly<Record<BulkKind, readonly [Cells, Cells]>> = {
  CREATE_AGREEMENTS: [
    {
      ...NEW_AGREEMENT,
      'terms.reference': 'gym-4711',
      'payer.reference': 'member-4711',
      'payer.email': 'ann@shop.example',
      'payment.credential.token': 'pm_card_visa',
      firstAmount: '20.00',
    },
    {
      ...NEW_AGREEMENT,
      'terms.reference': 'gym-4712',
      'payer.reference': 'member-4712',
      'credential.token': 'pm_1PqX2eLkdIwHu7iy',
      'credential.externalCustomerId': 'cus_Qx1Yz2',
      'firstTransaction.date': '2024-03-15',
      'firstTransaction.reference': 'ntid-981276340',
      paymentsMade: '12',
    },
  ],
  CHARGE_AGREEMENTS: [
    { orderNumber: '2030-01-gym-4711', agreementReference: 'gym-4711', amount: '12.50', description: 'January' },
    { orderNumber: '2030-01-gym-4712', agreementReference: 'gym-4712', period: '3' },
  ],
  UPDATE_AGREEMENTS: [
    { changeReference: 'prices-2030/gym-4711', agreementReference: 'gym-4711', 'chargeAmount.fixed': '22.00' },
    {
      changeReference: 'prices-2030/gym-4712',
      agreementReference: 'gym-4712',
      maximumAmount: '100.00',
      schedule: 'null',
    },
  ],
};

/** Every column of a kind, and two rows to write over. */
export function templateOf(kind: BulkKind): string {
  const header = columnsOf(kind).map(({ name }) => name.replace('<key>', KEY));
  const rows = EXAMPLES[kind].map((cells) => header.map((name) => cells[name] ?? ''));
  return [header, ...rows].map((cells) => csvLine(cells)).join('');
}

const HEADERS = { 'cache-control': 'public, max-age=3600', 'x-content-type-options': 'nosniff' };

/** `GET /bulk/templates/createAgreements.csv`: the same for everybody, so nobody is asked who they are. */
export function templateRoutes(app: FastifyInstance): void {
  for (const kind of BULK_KINDS) {
    const name = MUTATION_OF_KIND[kind];
    const template = templateOf(kind);
    app.get(`/bulk/templates/${name}.csv`, async (_request, reply) => {
      reply.headers(HEADERS).type('text/csv; charset=utf-8');
      reply.header('content-disposition', `attachment; filename="${name}.csv"`);
      return reply.send(template);
    });
  }
}
