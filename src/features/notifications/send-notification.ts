import { Webhook } from 'standardwebhooks';
import type { Clock } from '../../kernel/clock.js';
import { publicId } from '../../kernel/ids.js';
import type { Egress } from '../../platform/egress/egress.js';
import type { EgressAnswer } from '../../platform/egress/egress-answer.js';
import { CONTENT_TYPES } from './domain/message.js';
import type { AttemptOutcome } from './domain/words.js';
import type { Attempt, DueNotification } from './notification-rows.js';

/** Signs with each of a merchant's secrets: during a rotation the receiver may know only one of them. */
export type Signers = readonly Webhook[];

export function signersOf(secrets: readonly string[]): Signers {
  return secrets.map((secret) => new Webhook(secret));
}

/** Where notifications go out. The clock is the real one. */
export interface Outside {
  readonly egress: Pick<Egress, 'post'>;
  readonly clock: Clock;
}

/** One try. The id is the same at every try, the timestamp is this one's. */
export async function sendNotification(
  { egress, clock }: Outside,
  notification: DueNotification,
  signers: Signers,
): Promise<Attempt> {
  const { url, body, format } = notification;
  const startedAt = clock.now();
  const id = publicId('notification', notification.id);
  const headers = {
    'content-type': CONTENT_TYPES[format],
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(startedAt.getTime() / 1000)),
    'webhook-signature': signers.map((signer) => signer.sign(id, startedAt, body)).join(' '),
  };
  const answer = await egress.post({ url, headers, body });
  const { status: httpStatus, durationMs } = answer;
  return { notification, startedAt, endedAt: clock.now(), durationMs, outcome: outcomeOf(answer), httpStatus };
}

/** Delivered is 200 and exactly `ok`; every other answer is none. */
function outcomeOf({ outcome, isOk }: EgressAnswer): AttemptOutcome {
  if (outcome !== 'ANSWERED') return outcome;
  return isOk ? 'DELIVERED' : 'NOT_OK';
}
