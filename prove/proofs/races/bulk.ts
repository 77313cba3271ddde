import { LOCK_OPERATION } from '../../../src/features/bulk/bulk-sql.js';
import { workOnOperation } from '../../../src/features/bulk/run-bulk-operation.js';
import { TAKE_REFERENCES } from '../../../src/features/bulk/run-bulk-sql.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { bulkPartsOf } from '../../../test/reliability/bulk/dying-worker.js';
import { sendFile } from '../../../test/support/bulk.js';
import { fileOf } from '../../../test/support/bulk-rows.js';
import type { Shop } from '../../../test/support/product.js';
import { copies, shopWith } from './agreements.js';
import type { Ground } from './ground.js';
import type { Line } from './meeting.js';
import { each, type Kind, RACERS, type Racer } from './race.js';

const shop = shopWith({});

/** A file of charges of 7.00, each under an agreement of its own; a reference is that of its order. */
function chargesOf(agreements: readonly string[]): string {
  return fileOf(
    agreements.map((id) => ({ orderNumber: `row-${id}`, agreementReference: `raced-${id}`, amount: '7.00' })),
  );
}

async function sent(shop: Shop, file: string): Promise<string> {
  const { operation, ...problem } = await sendFile(shop, 'chargeAgreements', file);
  if (!operation) throw new Error(JSON.stringify(problem));
  return uuidOf('bulkOperation', operation.id) ?? '';
}

/** Few files of an operator are received at once. */
async function oneByOne<Made>(count: number, make: () => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  while (made.length < count) made.push(await make());
  return made;
}

function working(ground: Ground, operationId: string, line: Line): Racer {
  const run: Racer['run'] = (carriers, { product }) =>
    workOnOperation(bulkPartsOf(product, carriers), ground.operatorId, operationId, () => {});
  return { of: operationId, line, run };
}

/** Rows that waited for those of another file are looked at again a moment later. */
async function finished(ground: Ground): Promise<void> {
  for (let round = 1; round <= 20; round += 1) {
    const left = await ground.rows<{ id: string }>(
      `select id from bulk_operations where operator_id = $1 and merchant_id = $2 and status <> 'COMPLETED'`,
    );
    if (left.length === 0) return;
    ground.advance(2);
    for (const { id } of left) {
      const parts = bulkPartsOf(ground.one, ground.carriers());
      await workOnOperation(parts, ground.operatorId, id, () => {});
    }
  }
}

/** Each reference was charged once, and the rows say which of them did it. */
function judged(succeeded: number, repeated: number): Kind['judge'] {
  return async (ground) => [
    ...(await ground.books()),
    ...(await ground.wrong(
      'not carried out once',
      `select r.reference, count(*) filter (where r.outcome = 'SUCCEEDED')::int as succeeded,
         count(*) filter (where r.outcome = 'REPEATED')::int as repeated, count(distinct o.id)::int as orders
       from bulk_rows r join bulk_operations b on b.operator_id = r.operator_id and b.id = r.operation_id
         left join orders o on o.operator_id = r.operator_id and o.order_number = r.reference and o.captured_minor = 700
       where r.operator_id = $1 and b.merchant_id = $2 group by r.reference
       having count(*) filter (where r.outcome = 'SUCCEEDED') <> ${succeeded}
         or count(*) filter (where r.outcome = 'REPEATED') <> ${repeated} or count(distinct o.id) <> 1`,
    )),
    ...(await ground.wrong(
      'charged twice',
      `select agreement_id, count(*)::int as orders from orders where operator_id = $1 and merchant_id = $2
         and captured_minor > 0 group by agreement_id having count(*) > 1`,
    )),
  ];
}

const TWO_FILES: Kind = {
  name: 'same rows in files / in other files',
  atOnce: 20,
  shop,
  begin: async (ground, things) => {
    const file = chargesOf(await copies(ground, things));
    const ids = await oneByOne(RACERS, () => sent(ground.shop, file));
    return ids.map((id) => working(ground, id, { before: [TAKE_REFERENCES] }));
  },
  after: finished,
  judge: judged(1, RACERS - 1),
};

const TWO_WORKERS: Kind = {
  name: 'work on a file / on the same file',
  trials: 40,
  atOnce: 4,
  shop,
  begin: async (ground, things) => {
    const files = await oneByOne(things, async () => sent(ground.shop, chargesOf(await copies(ground, 2))));
    return files.flatMap((id) => each(RACERS, () => working(ground, id, { before: [LOCK_OPERATION] })));
  },
  after: finished,
  judge: judged(1, 0),
};

export const BULK_RACES: readonly Kind[] = [TWO_FILES, TWO_WORKERS];
