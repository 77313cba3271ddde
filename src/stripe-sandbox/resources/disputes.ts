import type Stripe from 'stripe';
import { refusal } from '../core/failure.js';
import { fetchOne, mergeMetadata } from '../core/lookup.js';
import { amend } from '../core/shelf.js';
import { emitChange } from '../events/emit.js';
import type { FormHash } from '../http/form.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed, Spec } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';
import { decideDispute } from '../payments/dispute.js';

const UPDATE = { evidence: 'open', metadata: 'metadata', submit: 'flag' } as const satisfies Spec;
const OPEN = ['needs_response', 'warning_needs_response'];

function refuseClosed(dispute: Stripe.Dispute): void {
  if (OPEN.includes(dispute.status)) return;
  throw refusal('This dispute is already closed.', { code: 'dispute_already_closed' });
}

/** Evidence is taken as given; test texts decide the dispute, as Stripe's test mode does. */
function verdictIn(evidence: FormHash): 'won' | 'lost' | null {
  if (evidence.uncategorized_text === 'winning_evidence') return 'won';
  return evidence.uncategorized_text === 'losing_evidence' ? 'lost' : null;
}

function update(call: Call, params: Parsed<typeof UPDATE>): Stripe.Dispute {
  const before = fetchOne(call, 'disputes', call.named.id ?? '');
  const evidence = typeof params.evidence === 'object' ? params.evidence : {};
  const hasEvidence = Object.keys(evidence).length > 0;
  if (hasEvidence) refuseClosed(before);
  const submits = hasEvidence && params.submit !== false;
  const details = before.evidence_details;
  const after = amend(call.book.disputes, before, {
    metadata: mergeMetadata(before.metadata, params.metadata),
    ...(hasEvidence && {
      evidence: { ...before.evidence, ...evidence },
      evidence_details: {
        ...details,
        has_evidence: true,
        submission_count: details.submission_count + (submits ? 1 : 0),
        submission_method: submits ? 'manual' : details.submission_method,
      },
    }),
    ...(submits && { status: 'under_review' }),
  });
  emitChange(call, 'charge.dispute.updated', before, after);
  const verdict = submits ? verdictIn(evidence) : null;
  return verdict === null ? after : decideDispute(call, after, verdict);
}

export const disputeRoutes = [
  route('GET /v1/disputes', { takes: { ...PAGE, charge: 'text', payment_intent: 'text' } }, (call, params) =>
    page(call, params, {
      shelf: call.book.disputes,
      kind: 'disputes',
      url: '/v1/disputes',
      keep: (each) =>
        (params.charge === undefined || each.charge === params.charge) &&
        (params.payment_intent === undefined || each.payment_intent === params.payment_intent),
    }),
  ),
  route('GET /v1/disputes/:id', {}, (call) => fetchOne(call, 'disputes', call.named.id ?? '')),
  route('POST /v1/disputes/:id', { takes: UPDATE }, update),
  route('POST /v1/disputes/:id/close', {}, (call) => {
    const dispute = fetchOne(call, 'disputes', call.named.id ?? '');
    refuseClosed(dispute);
    return decideDispute(call, dispute, 'lost');
  }),
];
