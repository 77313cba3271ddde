import { containsCardNumber } from '../../kernel/card-number.js';
import { DomainError, type InputIssue } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import { createOrder, type LinkedOrder, type NewOrder } from '../orders/index.js';
import { keptSigningSecretsOf, type Mode } from '../tenancy/index.js';
import type { CheckoutParts } from './checkout-parts.js';
import { holderOfNumber, operatorOfMerchant, sellerOf } from './checkout-sql.js';
import { canonicalText, type FormFields, isTimely, readForm } from './domain/pay-form.js';
import { orderOf } from './form-order.js';
import { signingSecretIndex } from './form-signature.js';
import type { PageLimits } from './page-limits.js';

export type FormOutcome =
  | { readonly kind: 'ACCEPTED'; readonly order: LinkedOrder }
  | { readonly kind: 'FAULTY'; readonly issues: readonly InputIssue[] }
  /** Wrongly signed, or of a merchant that there is not: which of the two is told to nobody. */
  | { readonly kind: 'FORGED' | 'OUTDATED' | 'SUSPENDED' | 'NUMBER_TAKEN' };

/** Which merchant's secret a form is signed with, and so in which mode it pays. */
interface Signer {
  readonly operatorId: string;
  readonly merchantId: string;
  readonly mode: Mode;
}

/** A signature may be one digit of a card number after the other by chance; so may what is ours. */
const NEVER_CARDS = new Set(['signature', 'timestamp', 'merchant']);

const CARD_DATA = 'looks like a card number; card data is not accepted here';

/**
 * Takes a shop's payment form and makes its order. Nothing of it is believed,
 * and nothing of its faults is told, before its signature is its merchant's;
 * then it makes one order, however often it is sent.
 */
export async function receiveForm(
  parts: CheckoutParts & { readonly limits: PageLimits },
  pairs: Iterable<readonly [name: string, value: string]>,
): Promise<FormOutcome> {
  const form = readForm(pairs);
  if ('issues' in form) return { kind: 'FAULTY', issues: form.issues };
  const { fields } = form;
  const cards = cardIssues(fields);
  if (cards.length > 0) return { kind: 'FAULTY', issues: cards };
  parts.limits.form(fields.signature ?? '');
  const signer = await signerOf(parts, fields);
  if (!signer) return { kind: 'FORGED' };
  parts.limits.signedForm(signer.merchantId);
  if (!isTimely(fields.timestamp ?? '', parts.units.clock.now())) return { kind: 'OUTDATED' };
  return accept(parts, signer, fields);
}

function cardIssues(fields: FormFields): readonly InputIssue[] {
  return Object.entries(fields)
    .filter(([name, value]) => !NEVER_CARDS.has(name) && containsCardNumber(value))
    .map(([name]) => ({ path: [name], message: CARD_DATA }));
}

async function signerOf({ system, units, masterKeys }: CheckoutParts, fields: FormFields): Promise<Signer | null> {
  const merchantId = uuidOf('merchant', fields.merchant ?? '') ?? NOBODY;
  const operatorId = await operatorOfMerchant(system, merchantId);
  // Who guesses merchants is answered after as many questions as who guesses signatures, and leaves no more behind.
  const parties = (['TEST', 'LIVE'] as const).map((mode) => ({ merchantId, mode }));
  const kept = await units.sql(operatorId ?? NOBODY, (tx) => keptSigningSecretsOf(tx, masterKeys, parties));
  const secrets = kept.flatMap((ofMode, index) => ofMode.map((secret) => ({ mode: parties[index]?.mode, secret })));
  const texts = secrets.map(({ secret }) => secret);
  const signed = secrets[signingSecretIndex(texts, canonicalText(fields), fields.signature ?? '')];
  return signed?.mode && operatorId ? { operatorId, merchantId, mode: signed.mode } : null;
}

/** No operator and no merchant has this id. */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

async function accept(parts: CheckoutParts, signer: Signer, fields: FormFields): Promise<FormOutcome> {
  const { operatorId, merchantId, mode } = signer;
  const seller = await parts.units.sql(operatorId, (transaction) => sellerOf(transaction, operatorId, merchantId));
  if (!seller || seller.suspended) return { kind: 'SUSPENDED' };
  const rules = { httpUrlsAllowed: parts.httpUrlsAllowed, now: parts.units.nowOf(operatorId) };
  try {
    const wanted = orderOf(fields, { merchantId, mode }, rules);
    return await make(parts, signer, wanted, fields);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { issues, message } = error;
    return { kind: 'FAULTY', issues: issues.length > 0 ? issues : [{ path: [], message }] };
  }
}

/** The signature is the form's idempotency key: the same form has it, and no other. */
async function make(parts: CheckoutParts, signer: Signer, wanted: NewOrder, fields: FormFields): Promise<FormOutcome> {
  const { operatorId, merchantId, mode } = signer;
  const key = (fields.signature ?? '').toLowerCase();
  const request = {
    owner: `form:${merchantId}:${mode}`,
    key,
    mutation: 'POST /pay',
    input: { ...fields, signature: key },
  };
  try {
    const { order } = await createOrder(parts.carriers, signer, wanted, request);
    return { kind: 'ACCEPTED', order: { operatorId, orderId: order.id } };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'DUPLICATE_ORDER_NUMBER') throw error;
    return orderBefore(parts, signer, wanted);
  }
}

/**
 * A payer who went back to the shop and began again sends a form that was
 * signed anew for the order that there is: they are led to it. An order of
 * other terms under a number that is taken is a mistake of the shop's.
 */
async function orderBefore({ units }: CheckoutParts, signer: Signer, wanted: NewOrder): Promise<FormOutcome> {
  const { operatorId, merchantId, mode } = signer;
  const holder = await units.sql(operatorId, (transaction) =>
    holderOfNumber(transaction, [operatorId, merchantId, mode, wanted.orderNumber]),
  );
  if (!holder) return { kind: 'NUMBER_TAKEN' };
  const isSame =
    holder.amount === wanted.amount.minor &&
    holder.currency === wanted.amount.currency &&
    holder.captureMode === wanted.captureMode;
  return isSame ? { kind: 'ACCEPTED', order: { operatorId, orderId: holder.id } } : { kind: 'NUMBER_TAKEN' };
}
