import type { DomainEvent } from '../events/domain-event.js';
import { type Statement, statement } from './sql.js';

/** All events of a transaction in one row-returning-nothing insert, however many there are. */
export const PUBLISH: Statement = statement(
  'publish',
  `insert into events (operator_id, type, subject_id, merchant_id, payload, occurred_at)
   select $1::uuid, type, subject_id, merchant_id, payload, $2::timestamptz
   from unnest($3::text[], $4::uuid[], $5::uuid[], $6::jsonb[]) as e (type, subject_id, merchant_id, payload)`,
);

export function publishStatement(operatorId: string, now: Date, events: readonly DomainEvent[]) {
  const parameters: unknown[] = [
    operatorId,
    now,
    events.map((event) => event.type),
    events.map((event) => event.subjectId),
    events.map((event) => event.merchantId),
    events.map((event) => JSON.stringify(event.payload)),
  ];
  return { ...PUBLISH, parameters };
}
