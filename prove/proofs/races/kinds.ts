import { AGREEMENT_RACES } from './agreements.js';
import { ANSWER_RACES } from './answers.js';
import { BULK_RACES } from './bulk.js';
import { INVOICE_RACES } from './invoices.js';
import { KEY_RACES } from './keys.js';
import { naive } from './naive.js';
import { ONCE_RACES } from './once.js';
import { ORDER_RACES } from './orders.js';
import type { Kind } from './race.js';
import { SETTLEMENT_RACES } from './settlements.js';

/** Every two operations that can meet. The control comes first: should it hold, none of the others has shown anything. */
export const KINDS: readonly Kind[] = [
  naive,
  ...ORDER_RACES,
  ...ONCE_RACES,
  ...ANSWER_RACES,
  ...AGREEMENT_RACES,
  ...INVOICE_RACES,
  ...KEY_RACES,
  ...SETTLEMENT_RACES,
  ...BULK_RACES,
];
