/** Why a bank did not pay a debit. */
export interface BankFailure {
  code: string;
  message: string;
  /** The account may not be debited any more, so its mandates end. */
  endsMandate: boolean;
}

const MESSAGES: Readonly<Record<string, string>> = {
  account_closed: "The customer's bank account has been closed.",
  bank_account_restricted: "The customer's account cannot be used with this payment method.",
  charge_exceeds_source_limit:
    'This payment would cause the weekly payment volume of this account to exceed its limit.',
  charge_exceeds_weekly_limit:
    'This payment would cause the number of transactions of this account to exceed its weekly limit.',
  debit_not_authorized: 'The customer has notified their bank that this payment was unauthorized.',
  insufficient_funds: "The customer's account has insufficient funds to cover this payment.",
  no_account: "The customer's bank account could not be located.",
  payment_intent_payment_attempt_failed: 'The payment failed.',
  refer_to_customer: "The customer's bank refused the payment and refers to the customer.",
};
const FINAL: ReadonlySet<string> = new Set([
  'account_closed',
  'bank_account_restricted',
  'debit_not_authorized',
  'no_account',
]);

export function bankFailure(code: string): BankFailure {
  return {
    code,
    message: MESSAGES[code] ?? 'The payment was refused by the bank of the customer.',
    endsMandate: FINAL.has(code),
  };
}
