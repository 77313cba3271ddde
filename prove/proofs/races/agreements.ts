import { CLAIM_DUE_AGREEMENTS, LOCK_AGREEMENT } from '../../../src/features/agreements/agreements-sql.js';
import { cancelAgreement } from '../../../src/features/agreements/cancel-agreement.js';
import { chargeAgreement, updateAgreement } from '../../../src/features/agreements/index.js';
import { payOffAgreement } from '../../../src/features/agreements/pay-off-agreement.js';
import { replaceAgreementCredential } from '../../../src/features/agreements/replace-agreement-credential.js';
import { reportBalance } from '../../../src/features/agreements/report-balance.js';
import type { Carriers } from '../../../src/features/orders/index.js';
import { UPDATE_PAYER } from '../../../src/features/payers/payers-sql.js';
import { newUuid } from '../../../src/kernel/ids.js';
import {
  billWith,
  type ChargeState,
  chargesDisagree,
  chargesOf,
} from '../../../test/reliability/agreements/billing.js';
import { newOrder } from '../../../test/reliability/orders/dying.js';
import { aBillingShop, subscribe } from '../../../test/support/agreements.js';
import type { Json, Product, Shop } from '../../../test/support/product.js';
import { asOwner, type Ground, times } from './ground.js';
import type { Line } from './meeting.js';
import { each, type Kind, RACERS, type Racer } from './race.js';

const AT_AGREEMENT = { before: [LOCK_AGREEMENT] };
const AT_CLAIM = { before: [CLAIM_DUE_AGREEMENTS] };

type Ask = (ground: Ground, agreementId: string, carriers: Carriers) => Promise<unknown>;

/** A shop with one agreement that all those which are raced for are copies of; it is never due itself. */
export function shopWith(terms: Json): Kind['shop'] {
  return async (product) => {
    const shop = await aBillingShop(product, { timeZone: 'UTC' });
    const { agreement, ...problem } = await subscribe(shop, {
      ...terms,
      terms: { type: 'RECURRING', amountVariability: 'VARIABLE', ...(terms.terms as Json), reference: 'copied' },
    });
    if (!agreement) throw new Error(JSON.stringify(problem));
    return shop;
  };
}

const today = ({ clock }: Product): string => clock.now().toISOString().slice(0, 10);
const nextWeek = ({ clock }: Product): string =>
  new Date(clock.now().getTime() + 7 * 86_400_000).toISOString().slice(0, 10);

const MONTHLY = (product: Product): Json => ({
  chargeAmount: { fixed: '20.00' },
  schedule: { period: 'MONTH', startDate: nextWeek(product), localTime: '00:00' },
});

const monthlyShop: Kind['shop'] = (product) => shopWith(MONTHLY(product))(product);

/** Copies of the shop's agreement; of those with a schedule the first period has just fallen due. */
export async function copies(ground: Ground, count: number): Promise<readonly string[]> {
  const ids = each(count, () => newUuid());
  const { one, operatorId } = ground;
  const day = today(one);
  await asOwner(
    one,
    `insert into agreements select made.* from agreements a, unnest($2::uuid[]) as copy (copy_id),
       jsonb_populate_record(a, jsonb_build_object('id', copy_id, 'reference', 'raced-' || copy_id) ||
         case when a.schedule_start is null then '{}'::jsonb else
           jsonb_build_object('schedule_start', $3::text, 'next_charge_at', $3 || 'T00:00:00Z', 'due_at', $3 || 'T00:00:00Z') end) as made
     where a.operator_id = $1 and a.reference = 'copied'`,
    [operatorId, ids, day],
  );
  return ids;
}

/** For each agreement those who ask, in turn, and beside them some workers that bill all that is due. */
function between(asks: readonly Ask[], workers: number): Kind['begin'] {
  return async (ground, things) => {
    const ids = await copies(ground, things);
    const asking = ids.flatMap((agreementId) =>
      each(asks.length === 0 ? 0 : RACERS - workers, (index): Racer => {
        const ask = asks[index % asks.length] as Ask;
        const of = ask === cancel ? `${agreementId}, ${CANCELING}` : agreementId;
        return {
          of,
          line: LINES.get(ask) ?? AT_AGREEMENT,
          run: (carriers) => ask(ground, agreementId, carriers),
        };
      }),
    );
    return [...asking, ...each(workers, () => billing(ground))];
  };
}

function billing(ground: Ground): Racer {
  const run: Racer['run'] = async (carriers, { product }) => {
    const failures = await billWith(product, ground.shop, carriers);
    if (failures.length > 0) throw failures[0];
  };
  return { of: 'the run', line: AT_CLAIM, run };
}

/** What a run has passed over because somebody was at it comes with the next one. */
async function billedAgain(ground: Ground): Promise<void> {
  ground.advance(61);
  await billing(ground).run(ground.carriers(), { product: ground.one, arrive: async () => {} });
}

const charge: Ask = (ground, agreementId, carriers) => {
  const wanted = {
    agreementId,
    amount: null,
    orderNumber: null,
    description: null,
    period: null,
    outsideSchedule: false,
  };
  return chargeAgreement(carriers, ground.caller, wanted, ground.request('chargeAgreement'));
};

const update =
  (changes: (ground: Ground) => Parameters<typeof updateAgreement>[2]['changes']): Ask =>
  (ground, agreementId, carriers) =>
    updateAgreement(
      carriers,
      ground.caller,
      { agreementId, changes: changes(ground) },
      ground.request('updateAgreement'),
    );

const CANCELING = 'to be cancelled';

const cancel: Ask = (ground, agreementId, carriers) =>
  cancelAgreement(carriers, ground.caller, { agreementId }, ground.request('cancelAgreement'));

const replace: Ask = (ground, agreementId, carriers) => {
  const { payment } = newOrder('');
  if (!payment) throw new Error('an order as tests make it is paid');
  const mastercard = { token: 'pm_card_mastercard', externalCustomerId: null };
  const wanted = {
    agreementId,
    payment: { ...payment, credential: mastercard },
    amount: null,
    orderNumber: null,
    returnUrl: null,
  };
  return replaceAgreementCredential(carriers, ground.caller, wanted, ground.request('replaceAgreementCredential'));
};

const report: Ask = (ground, agreementId, carriers) =>
  reportBalance(carriers, ground.caller, { agreementId, balance: '1.00' }, ground.request('reportBalance'));

const payOff: Ask = (ground, agreementId, carriers) =>
  payOffAgreement(carriers, ground.caller, { agreementId, orderNumber: null }, ground.request('payOffAgreement'));

/** Its payer's row, which it changes on the way, is one of all copies: who held it at the line would hold up the others. */
const LINES: ReadonlyMap<Ask, Line> = new Map([[replace, { before: [UPDATE_PAYER] }]]);

/** Every agreement that was raced for, and not the one that they are copies of. */
async function raced({ one, shop }: Ground): Promise<ReadonlyMap<string, readonly ChargeState[]>> {
  return Map.groupBy(await chargesOf(one, shop), ({ agreement }) => agreement);
}

/** The books, and that the charges of each agreement are as they should be. */
function judgedBy(isRight: (charges: readonly ChargeState[]) => boolean, ofEach = true): Kind['judge'] {
  return async (ground) => {
    const found = await raced(ground);
    const wrong = [...found]
      .filter(([, charges]) => !isRight(charges))
      .map(([id, charges]) => `${id}: ${JSON.stringify(charges)}`);
    const [{ count } = { count: 0 }] = await ground.rows<{ count: number }>(
      `select count(*)::int as count from agreements where operator_id = $1 and merchant_id = $2 and reference <> 'copied'`,
    );
    const missing = ofEach && found.size !== count ? [`${count - found.size} of ${count} were never charged`] : [];
    return [...(await chargesDisagree(ground.one, ground.shop)), ...wrong, ...missing, ...(await ground.books())];
  };
}

const paidOnce =
  (...amounts: readonly number[]) =>
  (charges: readonly ChargeState[]): boolean => {
    const [charge] = charges;
    return (
      charges.length === 1 && charge?.status === 'PAID' && charge.attempts === 1 && amounts.includes(charge.captured)
    );
  };

const allDone: Kind['judge'] = async (ground) =>
  ground.answeredWrong('somebody', (codes) => codes.every((code) => code === 'done'));

const both =
  (...judges: readonly Kind['judge'][]): Kind['judge'] =>
  async (ground) =>
    (await Promise.all(judges.map((judge) => judge(ground)))).flat();

const SCHEDULED: Kind = {
  name: 'billing run / charge by hand',
  shop: monthlyShop,
  begin: between([charge], 2),
  after: billedAgain,
  judge: both(judgedBy(paidOnce(2000)), async (ground) => {
    const codes = ['done', 'OUTCOME_PENDING', 'AGREEMENT_LIMIT_EXCEEDED'];
    return ground.answeredWrong(
      'by hand',
      (answers) =>
        answers.every((each) => codes.includes(each)) && (answers.length !== RACERS - 2 || !times(2, answers, 'done')),
    );
  }),
};

const RUNS: Kind = {
  name: 'billing run / billing run',
  atOnce: 30,
  shop: monthlyShop,
  begin: between([], RACERS),
  after: billedAgain,
  judge: both(judgedBy(paidOnce(2000)), allDone),
};

const REPLACED: Kind = {
  name: 'replace the card / charge',
  trials: 100,
  shop: monthlyShop,
  begin: between([replace, charge, charge], 2),
  after: billedAgain,
  judge: both(judgedBy(paidOnce(2000)), (ground) =>
    ground.wrong(
      'left with the card that was replaced',
      `select a.id from agreements a join agreements c on c.operator_id = a.operator_id and c.reference = 'copied'
       where a.operator_id = $1 and a.merchant_id = $2 and a.id <> c.id and a.credential_id = c.credential_id`,
    ),
  ),
};

const cancelledWhoAsked: Kind['judge'] = async (ground) =>
  ground.answeredWrong(
    'a cancellation',
    (codes, of) => !of.endsWith(CANCELING) || codes.every((code) => code === 'done'),
  );

const CANCELED: Kind = {
  name: 'cancel the agreement / charge',
  trials: 100,
  shop: monthlyShop,
  begin: between([cancel, charge], 2),
  judge: both(judgedBy(paidOnce(2000), false), cancelledWhoAsked, (ground) =>
    ground.wrong(
      'not ended',
      `select id, status from agreements where operator_id = $1 and merchant_id = $2 and reference <> 'copied'
           and (status <> 'CANCELED' or next_charge_at is not null)`,
    ),
  ),
};

const AMOUNT: Kind = {
  name: 'change the amount / charge',
  trials: 60,
  shop: monthlyShop,
  begin: between([update(() => ({ chargeAmount: { fixed: '35.00', range: null, sequence: null } }))], 2),
  after: billedAgain,
  judge: both(judgedBy(paidOnce(2000, 3500)), allDone),
};

const SCHEDULE: Kind = {
  name: 'change the schedule / charge',
  trials: 60,
  shop: monthlyShop,
  begin: between(
    [
      update(({ one }) => ({
        schedule: {
          ...{ period: 'MONTH', interval: 1, startDate: nextWeek(one), finishDate: null },
          ...{ timeZone: 'America/New_York', localTime: '00:00' },
        },
      })),
    ],
    2,
  ),
  after: billedAgain,
  judge: both(judgedBy(paidOnce(2000), false), allDone),
};

const TOP_UP: Kind = {
  name: 'report a low balance / the same',
  trials: 60,
  shop: shopWith({ terms: { type: 'UNSCHEDULED' }, topUp: { threshold: '5.00', amount: '20.00' } }),
  begin: between([report], 0),
  judge: both(judgedBy(paidOnce(2000)), allDone),
};

const PLAN: Kind = {
  name: 'pay off a plan / charge a part of it',
  trials: 60,
  shop: (product: Product): Promise<Shop> =>
    shopWith({
      terms: { type: 'INSTALLMENT' },
      installments: { total: '100.00', parts: 3, firstPartNow: false },
      schedule: { period: 'MONTH', startDate: nextWeek(product), localTime: '00:00' },
    })(product),
  begin: between([payOff], 2),
  after: billedAgain,
  judge: judgedBy((charges) => {
    const isPaidOff = charges.some(({ kind, status }) => kind === 'PAY_OFF' && status === 'PAID');
    return charges.reduce((sum, { captured }) => sum + captured, 0) === (isPaidOff ? 10_000 : 3334);
  }),
};

export const AGREEMENT_RACES: readonly Kind[] = [SCHEDULED, RUNS, REPLACED, CANCELED, AMOUNT, SCHEDULE, TOP_UP, PLAN];
