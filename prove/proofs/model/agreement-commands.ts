import fc from 'fast-check';
import { cancelAgreement } from '../../../src/features/agreements/cancel-agreement.js';
import { type AgreementCharged, chargeAgreement } from '../../../src/features/agreements/charge-agreement.js';
import { replaceAgreementCredential } from '../../../src/features/agreements/replace-agreement-credential.js';
import { resumeAgreement } from '../../../src/features/agreements/resume-agreement.js';
import { suspendAgreement } from '../../../src/features/agreements/suspend-agreement.js';
import { type AgreementChanges, updateAgreement } from '../../../src/features/agreements/update-agreement.js';
import { dateAfter } from '../../../test/unit/agreements/reference-calendar.js';
import type { AgreementModel, Plan } from './agreement-model.js';
import { type Compared, compare, type ShopModel, sameOrder, step } from './compared.js';
import { answerOf, decimal, PAYMENT, scheduleOf } from './inputs.js';
import { type Answered, HOUR_MS } from './order-model.js';
import type { Fate } from './payment-system.js';
import type { AgreementFound, Shop } from './shop.js';

const lost = ['LOST_BEFORE', 'LOST_AFTER'] as const;
const mood = fc.constantFrom<Fate>('DONE', 'DONE', 'DECLINED', 'DECLINED', 'STOLEN');
const fate = fc.constantFrom<Fate>('DONE', 'DONE', 'DONE', ...lost);
const amount = fc.integer({ min: 100, max: 99_999 }).map(BigInt);
const plan = fc.record({
  unit: fc.constantFrom('DAY', 'WEEK', 'MONTH'),
  interval: fc.constantFrom(1, 1, 2, 3),
  inDays: fc.constantFrom(0, 1, 2, 16),
});
type Drawn = typeof plan extends fc.Arbitrary<infer Value> ? Value : never;

function planFrom({ unit, interval, inDays }: Drawn, now: number): Plan {
  const start = dateAfter(new Date(now).toISOString().slice(0, 10), inDays, 'DAY');
  // Not more often than every third day: a month that is let pass would be little else than charges.
  return { unit, interval: unit === 'DAY' ? interval + 2 : interval, start };
}

export const agreeCommand = fc.record({ plan, amount }).map((args) =>
  step(
    'agree',
    { ...args.plan, amount: args.amount },
    ({ agreement }) => agreement === null,
    async (model, shop) => {
      const agreed = planFrom(args.plan, model.now);
      model.agree(agreed, args.amount);
      await shop.agree(agreed, args.amount);
      await sameAgreement(model, shop);
    },
  ),
);

/** The only command by which time passes, and everything that waits for it is done. */
export const waitCommand = fc
  .record({ hours: fc.constantFrom(1, 5, 26, 26, 50, 50, 75, 75, 8 * 24, 33 * 24), fate })
  .map((args) =>
    step(
      'wait',
      args,
      () => true,
      async (model, shop) => {
        model.now += args.hours * HOUR_MS;
        shop.now = model.now;
        model.tick(args.fate);
        await shop.tick(args.fate);
        await sameAll(model, shop);
      },
    ),
  );

export const AGREEMENT_COMMANDS: readonly fc.Arbitrary<Compared>[] = [
  fc.record({ mood }).map((args) =>
    step(
      'cards',
      args,
      () => true,
      async (model, shop) => {
        model.mood = args.mood;
        shop.paymentSystem.mood = args.mood;
      },
    ),
  ),
  fc.record({ fate }).map((args) =>
    onAgreement('charge', args, async (agreement, model, shop) => {
      const wanted = agreement.charge(args.fate === 'DONE' ? model.mood : args.fate, model.now);
      const { agreementId } = shop;
      const plain = { amount: null, orderNumber: null, description: null, period: null, outsideSchedule: false };
      const input = { agreementId, ...plain };
      const { answered } = await shop.having('confirm', args.fate, () =>
        shop.mutate<AgreementCharged>('chargeAgreement', input, (request) =>
          chargeAgreement(shop.carriers, shop.caller, input, request),
        ),
      );
      return [wanted, answered];
    }),
  ),
  fc.constant(
    onAgreement('suspend', {}, (agreement, _model, shop) => changed(shop, agreement.suspend(), suspendAgreement)),
  ),
  ...[1, 2].map(() =>
    fc.constant(
      onAgreement('resume', {}, (agreement, model, shop) =>
        changed(shop, agreement.resume(model.now), resumeAgreement),
      ),
    ),
  ),
  fc.constant(
    onAgreement('cancel agreement', {}, (agreement, _model, shop) =>
      changed(shop, agreement.cancel(), cancelAgreement),
    ),
  ),
  fc.record({ amount }).map((args) =>
    onAgreement('reprice', args, (agreement, _model, shop) =>
      updated(shop, agreement.reprice(args.amount), {
        chargeAmount: { fixed: decimal(args.amount), range: null, sequence: null },
      }),
    ),
  ),
  plan.map((args) =>
    onAgreement('replan', args, (agreement, model, shop) => {
      const wanted = planFrom(args, model.now);
      return updated(shop, agreement.replan(wanted, model.now), { schedule: scheduleOf(wanted) });
    }),
  ),
  fc.constant(
    onAgreement('new card', {}, async (agreement, model, shop) => {
      const wanted = agreement.renew(model.now);
      const { agreementId } = shop;
      const payment = { ...PAYMENT, credential: { token: `pm_${shop.commands + 1}`, externalCustomerId: null } };
      const input = { agreementId, payment, amount: null, orderNumber: null, returnUrl: null };
      const { answered } = await shop.mutate('replaceAgreementCredential', input, (request) =>
        replaceAgreementCredential(shop.carriers, shop.caller, input, request),
      );
      return [wanted, answered];
    }),
  ),
  fc.constant(step('read all', {}, () => true, sameAll)),
];

/** The same request once more is answered and does nothing; the same key with another is refused. */
export const repeatCommand = fc.record({ isOther: fc.boolean() }).map((args) =>
  step(
    'repeat',
    args,
    () => true,
    async (model, shop) => {
      if (!shop.last) return;
      const { request, again } = shop.last;
      const asked = args.isOther ? { ...request, input: { ...request.input, other: 1 } } : request;
      const { answered } = await answerOf(again(asked));
      compare('repeat', args.isOther ? 'IDEMPOTENCY_KEY_REUSED' : 'OK', answered);
      await sameAll(model, shop);
    },
  ),
);

type Both = readonly [wanted: Answered, answered: Answered];

function onAgreement(
  name: string,
  args: object,
  act: (agreement: AgreementModel, model: ShopModel, shop: Shop) => Promise<Both>,
): Compared {
  return step(
    name,
    args,
    ({ agreement }) => agreement !== null,
    async (model, shop) => {
      const [wanted, answered] = await act(model.agreement as AgreementModel, model, shop);
      compare(name, wanted, answered);
      await sameAgreement(model, shop);
    },
  );
}

async function changed(
  shop: Shop,
  wanted: Answered,
  change: typeof cancelAgreement | typeof suspendAgreement,
): Promise<Both> {
  const input = { agreementId: shop.agreementId };
  const { answered } = await shop.mutate(change.name, input, (request) =>
    change(shop.carriers, shop.caller, input, request),
  );
  return [wanted, answered];
}

async function updated(shop: Shop, wanted: Answered, changes: AgreementChanges): Promise<Both> {
  const input = { agreementId: shop.agreementId, changes };
  const { answered } = await shop.mutate('updateAgreement', input, (request) =>
    updateAgreement(shop.carriers, shop.caller, input, request),
  );
  return [wanted, answered];
}

async function sameAgreement(model: ShopModel, shop: Shop): Promise<void> {
  if (model.agreement) compareAgreement(model.agreement, await shop.agreement());
}

function compareAgreement(model: AgreementModel, { agreement, charges }: AgreementFound): void {
  const { status, suspendedBecause, paymentsMade, nextNumber, nextChargeAt } = agreement;
  const nextAt = nextChargeAt?.toISOString() ?? null;
  const found = { status, because: suspendedBecause, paymentsMade, nextNumber, nextAt, charges };
  compare('agreement', model.shown(), found);
}

/** Everything that the shop has, and what it is owed for it. */
export async function sameAll(model: ShopModel, shop: Shop): Promise<void> {
  const { files, agreement, balance } = await shop.everything();
  for (const file of files) sameOrder(model, file.number, file);
  if (model.agreement && agreement) compareAgreement(model.agreement, agreement);
  compare('balance', model.balance, balance);
}
