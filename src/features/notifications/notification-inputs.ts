import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import { callbackUrl, idempotencyKey, publicIdOf, validated } from '../../platform/graphql/validation.js';
import { merchantOf, type Principal } from '../tenancy/index.js';
import { NOTIFICATION_STATUSES } from './domain/words.js';
import { IDS_MAX, type RedeliveryWanted } from './redeliver-notifications.js';
import type { TestWanted } from './send-test-notification.js';

const redelivery = z
  .object({
    ids: z
      .array(publicIdOf('notification'))
      .min(1, `must have 1 to ${IDS_MAX} ids, not 0`)
      .max(IDS_MAX, { error: ({ input }) => `must have 1 to ${IDS_MAX} ids, not ${(input as unknown[]).length}` })
      .nullish(),
    period: z
      .object({
        from: z.date(),
        to: z.date(),
        status: z.array(z.enum(NOTIFICATION_STATUSES)).min(1, 'must not be empty').nullish(),
      })
      .refine(({ from, to }) => from < to, { message: 'must be after `from`', path: ['to'] })
      .nullish(),
    merchantId: z.string().nullish(),
    idempotencyKey: idempotencyKey.nullish(),
  })
  .refine(({ ids, period }) => (ids == null) !== (period == null), 'give exactly one of `ids` and `period`');

/** `RedeliverNotificationsInput`, checked. */
export function redeliveryWantedOf(principal: Principal, input: object): RedeliveryWanted {
  const { ids, period, merchantId } = validated(redelivery, input);
  // Whatever is named, another's merchant is as unknown as one that never was.
  const whose = merchantId != null || period ? merchantOf(principal, merchantId) : null;
  if (period && whose) return { merchantId: whose, period: { ...period, status: period.status ?? ['EXHAUSTED'] } };
  const known = (ids ?? []).filter((id) => id !== null);
  if (known.length < (ids ?? []).length) throw notFound('notification');
  return { merchantId: whose, ids: known };
}

/** `SendTestNotificationInput`, checked. */
export function testWantedOf(principal: Principal, input: object, httpAllowed: boolean): TestWanted {
  const test = z.object({ merchantId: z.string().nullish(), url: callbackUrl({ httpAllowed }).nullish() });
  const { merchantId, url: given } = validated(test, input);
  return { merchantId: merchantOf(principal, merchantId), url: given ?? null };
}
