import { createHash } from 'node:crypto';
import { DomainError } from '../../../src/kernel/errors.js';
import { statement } from '../../../src/platform/database/sql.js';
import { aShop } from '../../../test/support/product.js';
import { asOwner } from './ground.js';
import { each, type Kind, RACERS, type Racer } from './race.js';

const LEFT = statement(
  'naive_left',
  'select 10000 - coalesce(sum(amount), 0)::int as left from naive_refunds where operator_id = $1 and of = $2',
);
const REFUND = statement('naive_refund', 'insert into naive_refunds (operator_id, of, amount) values ($1, $2, 6000)');

let things = 0;

/**
 * What the product does not do: look how much may be given back, then give it
 * back. Raced like everything else, it has to give back too much; if it does
 * not, the racers do not meet, and what the other kinds show is worth nothing.
 */
export const naive: Kind = {
  name: 'control: naive refund of 60 of 100',
  shop: async (product) => {
    await asOwner(
      product,
      `create table if not exists naive_refunds (operator_id uuid not null, of uuid not null, amount int not null);
       grant select, insert on naive_refunds to quittance_app`,
    );
    return aShop(product);
  },
  begin: async ({ operatorId }, count) =>
    each(count, () => {
      things += 1;
      return uuidFrom(`naive ${things}`);
    }).flatMap((of) =>
      each(RACERS, (): Racer => {
        const run: Racer['run'] = ({ units }) =>
          units.sql(operatorId, async (transaction) => {
            const [found] = await transaction.query<{ left: number }>(LEFT, [operatorId, of]);
            if ((found?.left ?? 0) < 6_000) throw new DomainError('AMOUNT_EXCEEDS_AVAILABLE', 'not so much is left');
            await transaction.query(REFUND, [operatorId, of]);
          });
        return { of, line: { before: [LEFT] }, run };
      }),
    ),
  judge: async (ground) => {
    const over = await ground.rows(
      `select of from naive_refunds where operator_id = $1 and $2::uuid is not null
       group by of having sum(amount) > 10000`,
    );
    const trials = ground.answers.size;
    if (over.length >= trials * 0.9) return [];
    return [`gave back too much in only ${over.length} of ${trials} trials: the racers do not meet where it matters`];
  },
};

function uuidFrom(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
