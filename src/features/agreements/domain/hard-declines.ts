/**
 * Decline codes after which the same means of payment can only be refused again, or
 * must not be tried. A code that is not here is retried: so are those for which the
 * payer, the bank or the card network may do something in a few days, such as
 * `do_not_honor`, `call_issuer`, `card_velocity_exceeded`, `service_not_allowed`,
 * `new_account_information_available` (the network may send us the new card by then)
 * and `authentication_required` (each try is another chance to send the payer a link).
 */
const HARD_DECLINES: ReadonlySet<string> = new Set([
  // The card is out of its owner's hands, or its bank wants it back.
  'lost_card',
  'stolen_card',
  'pickup_card',
  'restricted_card',

  // The payer has withdrawn consent; trying again would be charging against their will.
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'stop_payment_order',
  'debit_not_authorized',
  'payment_method_customer_decline',
  'payment_intent_mandate_invalid',

  // There is no such account, or no longer.
  'invalid_account',
  'invalid_account_number',
  'no_account',
  'account_closed',
  'recipient_deceased',

  // The details kept are wrong, and every later try sends the same ones.
  'expired_card',
  'incorrect_number',
  'invalid_number',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'incorrect_cvc',
  'invalid_cvc',
  'incorrect_zip',
  'testmode_decline',

  // This kind of payment is not open to the card; neither it nor the agreement's currency changes.
  'card_not_supported',
  'currency_not_supported',
  'transaction_not_allowed',

  // Held for fraud: each further try makes the suspicion worse.
  'fraudulent',
  'merchant_blacklist',
]);

export function neverHelps(declineCode: string): boolean {
  return HARD_DECLINES.has(declineCode);
}
