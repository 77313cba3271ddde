import { z } from 'zod';
import { Money, parseDecimal } from '../../kernel/money.js';
import { freeText, idempotencyKey, money, text, validated } from '../../platform/graphql/validation.js';
import { merchantOf, type Principal } from '../tenancy/index.js';
import type { SettlementWanted } from './record-settlement.js';

const schema = z
  .object({
    merchantId: z.string(),
    amount: money(),
    fees: text({ max: 64 }).nullish(),
    reference: freeText({ max: 200 }),
    occurredAt: z.date().nullish(),
    inAdvance: z.boolean().nullish(),
    idempotencyKey: idempotencyKey.nullish(),
  })
  .transform((input, context) => {
    const fees =
      input.fees == null ? Money.zero(input.amount.currency) : parseDecimal(input.fees, input.amount.currency);
    const fault =
      typeof fees === 'string' ? fees : fees.minor < 0n ? `must be zero or more, not "${input.fees}"` : null;
    if (fault !== null || typeof fees === 'string') {
      context.addIssue({ code: 'custom', message: fault ?? '', path: ['fees'] });
      return z.NEVER;
    }
    return { ...input, fees };
  });

/** `RecordSettlementInput`, checked in one go. */
export function settlementOf(principal: Principal, input: unknown): SettlementWanted {
  const { merchantId, amount, fees, reference, occurredAt, inAdvance } = validated(schema, input);
  return {
    merchantId: merchantOf(principal, merchantId),
    mode: principal.mode,
    amount,
    fees,
    reference,
    occurredAt: occurredAt ?? null,
    inAdvance: inAdvance ?? false,
  };
}
