import { settlementPosting } from '../../../src/features/ledger/domain/postings.js';
import { post } from '../../../src/features/ledger/post.js';
import { recordSettlement, type SettlementWanted } from '../../../src/features/ledger/record-settlement.js';
import { INSERT_SETTLEMENT, LOCK_MERCHANT } from '../../../src/features/ledger/settlements-sql.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { Money } from '../../../src/kernel/money.js';
import { aShop } from '../../../test/support/product.js';
import { asOwner, type Ground, times } from './ground.js';
import { each, type Kind, RACERS, type Racer } from './race.js';

const USD = 'USD' as Currency;
const usd = (minor: bigint): Money => Money.of(minor, USD);

/** Merchants with 100.00 that may be passed on to each of them. */
async function merchants({ one, operatorId, merchantId }: Ground, count: number): Promise<readonly string[]> {
  const ids = each(count, () => newUuid());
  await asOwner(
    one,
    `insert into merchants select made.* from merchants m, unnest($3::uuid[]) as copy (copy_id),
       jsonb_populate_record(m, jsonb_build_object('id', copy_id)) as made
     where m.operator_id = $1 and m.id = $2`,
    [operatorId, merchantId, ids],
  );
  await one.built.units.sql(operatorId, async (transaction) => {
    const { now } = transaction;
    const given = ids.map((id) => ({ id: newUuid(), merchantId: id }));
    for (const { id, merchantId } of given) {
      const values = [id, merchantId, 'TEST', USD, 10_000n, 0n, 'given', true, now, now];
      transaction.send(INSERT_SETTLEMENT, [operatorId, ...values]);
    }
    // What a settlement takes off, the other way round.
    const posting = settlementPosting(usd(-10_000n), usd(0n));
    const causes = given.map(
      ({ id, merchantId }) => ({ mode: 'TEST', merchantId, settlementId: id, occurredAt: now }) as const,
    );
    post(
      transaction,
      causes.map((cause) => ({ posting, cause })),
    );
  });
  return ids;
}

const SETTLED: Kind = {
  name: 'settle 60 of 100 / the same',
  trials: 100,
  shop: aShop,
  begin: async (ground, things) =>
    (await merchants(ground, things)).flatMap((merchantId) =>
      each(RACERS, (index): Racer => {
        const money = { amount: usd(6_000n), fees: usd(0n), occurredAt: null, inAdvance: false };
        const wanted: SettlementWanted = { merchantId, mode: 'TEST', reference: `paid-${index}`, ...money };
        const run: Racer['run'] = ({ units }) =>
          units.sql(ground.operatorId, (transaction) =>
            recordSettlement(transaction, wanted, ground.request('recordSettlement')),
          );
        return { of: merchantId, line: { before: [LOCK_MERCHANT] }, run };
      }),
    ),
  judge: async (ground) => [
    ...ground.answeredWrong(
      'a merchant',
      (codes) => times(1, codes, 'done') && times(RACERS - 1, codes, 'AMOUNT_EXCEEDS_AVAILABLE'),
    ),
    ...(await ground.wrong(
      'passed on more than there was',
      `select merchant_id, sum(amount_minor)::int as available from ledger_entries
       where operator_id = $1 and $2::uuid is not null and account = 'AVAILABLE' group by merchant_id
       having sum(amount_minor) <> 4000`,
    )),
  ],
};

export const SETTLEMENT_RACES: readonly Kind[] = [SETTLED];
