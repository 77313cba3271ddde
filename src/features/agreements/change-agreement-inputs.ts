import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import { freeText, idempotencyKey, metadata, publicIdOf, url, validated } from '../../platform/graphql/validation.js';
import {
  type CardCarrier,
  countUpTo,
  date,
  decimalText,
  type InputRules,
  madeOnce,
  minimumDays,
  numberOfPayments,
  or,
  orNull,
  paymentInput,
  refuseCardData,
} from '../orders/index.js';
import { orderNumber } from './agreement-inputs.js';
import { chargeAmountInput, scheduleInput, topUpInput } from './agreement-part-inputs.js';

/** As many as a period's column can count. */
const PERIOD_MAX = 2 ** 31 - 1;

const OF_AGREEMENT = { agreementId: publicIdOf('agreement'), idempotencyKey: idempotencyKey.nullish() } as const;

const updateAgreement = z.object({
  ...OF_AGREEMENT,
  expiryDate: date.nullish(),
  minimumAmount: decimalText().nullish(),
  maximumAmount: decimalText().nullish(),
  minimumDaysBetweenPayments: minimumDays.nullish(),
  numberOfPayments: numberOfPayments.nullish(),
  metadata: metadata.nullish(),
  chargeAmount: chargeAmountInput.nullish(),
  schedule: scheduleInput.nullish(),
  topUp: topUpInput.nullish(),
});

/** `UpdateAgreementInput`, checked: what is absent stays, null takes away. */
export function changesWantedOf(input: object) {
  const { agreementId, ...changes } = withAgreement(validated(updateAgreement, input));
  return { agreementId, changes: withoutAbsent(changes) };
}

const replaceCredentialFor = madeOnce((rules) =>
  z.object({
    ...OF_AGREEMENT,
    payment: paymentInput(rules),
    amount: orNull(decimalText()),
    orderNumber,
    returnUrl: orNull(url({ httpAllowed: rules.httpUrlsAllowed })),
  }),
);

export function replacementWantedOf(input: { readonly payment: CardCarrier }, rules: InputRules) {
  refuseCardData(input.payment, rules);
  return withAgreement(validated(replaceCredentialFor(rules), input));
}

const chargeAgreement = z
  .object({
    ...OF_AGREEMENT,
    amount: orNull(decimalText()),
    orderNumber,
    description: orNull(freeText({ max: 500, multiline: true })),
    period: orNull(countUpTo(PERIOD_MAX)),
    outsideSchedule: or(z.boolean(), false),
  })
  .superRefine(({ period, outsideSchedule }, context) => {
    if (period === null || !outsideSchedule) return;
    context.addIssue({ code: 'custom', path: ['period'], message: 'does not go with outsideSchedule' });
  });

export function chargeWantedOf(input: object) {
  return withAgreement(validated(chargeAgreement, input));
}

const payOffAgreement = z.object({ ...OF_AGREEMENT, orderNumber });

export function payOffWantedOf(input: object) {
  return withAgreement(validated(payOffAgreement, input));
}

const reportBalance = z.object({ ...OF_AGREEMENT, balance: decimalText({ signed: true }) });

export function balanceReportedOf(input: object) {
  return withAgreement(validated(reportBalance, input));
}

const namesAgreement = z.object(OF_AGREEMENT);

/** For what takes nothing but the agreement. */
export function agreementNamedBy(input: object) {
  return withAgreement(validated(namesAgreement, input));
}

/** A broken id is an id of nothing. */
function withAgreement<Wanted extends z.output<z.ZodObject<typeof OF_AGREEMENT>>>(wanted: Wanted) {
  const { agreementId, idempotencyKey: _key, ...rest } = wanted;
  if (!agreementId) throw notFound('agreement');
  return { ...rest, agreementId };
}

type Given<Fields> = { readonly [Field in keyof Fields]?: Exclude<Fields[Field], undefined> };

function withoutAbsent<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}
