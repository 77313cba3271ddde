import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { act, aPayer, closed, invoiceOf, withAgreement } from '../../api/invoices/by-hand.js';
import { MoneyOfInvoice } from '../../api/invoices/money-of-invoice.js';
import { debit } from '../../support/charging.js';
import { anInvoicingShop } from '../../support/invoicing.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

/** Whoever changes what moves money of invoices runs some hundreds. */
const SEQUENCES = Number(process.env.QUITTANCE_SEQUENCES ?? 3);
const SEED = Number(process.env.QUITTANCE_SEED ?? 20_261_122);

// Each step is one of a payer, a bank or a merchant, with all that follows from it: half a second.
jest.setTimeout(60_000 + SEQUENCES * 20_000);

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await anInvoicingShop(product);
  product.sandbox.control.setDebitDelay(shop.stripe.accountId, 5 * 86_400);
});

afterAll(() => product?.close());

const STEPS = [
  ...['DEBIT', 'CARD', 'IBAN', 'ARRIVES', 'ARRIVES', 'RETURN', 'RETURN', 'WIN', 'WIN'],
  ...['LESS', 'REFUND', 'BALANCE', 'OUTSIDE', 'VOID', 'WRITE_OFF', 'REOPEN'],
] as const;
type Step = (typeof STEPS)[number];

class Sequence {
  #outside = 0n;

  constructor(
    private readonly id: string,
    private readonly itemId: string,
    private readonly money: MoneyOfInvoice,
  ) {}

  /** What is not possible at the moment is refused, and changes nothing. */
  async take(step: Step): Promise<void> {
    const takes: Readonly<Record<Step, () => Promise<unknown>>> = {
      DEBIT: () => this.ask('payInvoice'),
      CARD: () => this.money.payOnPage(),
      IBAN: () => this.money.payOnPage({ iban: 'DE89370400440532013000' }),
      ARRIVES: () => this.money.debitsArrive(),
      RETURN: () => this.money.comesBack(),
      WIN: () => this.money.isWon(),
      LESS: () => this.note('AMOUNT_DUE'),
      REFUND: () => this.note('REFUND'),
      BALANCE: () => this.note('BALANCE'),
      OUTSIDE: () => this.payOutside(),
      VOID: () => this.ask('voidInvoice'),
      WRITE_OFF: () => this.ask('markInvoiceUncollectible'),
      REOPEN: () => this.ask('reopenInvoice'),
    };
    await takes[step]();
    await this.money.attend();
  }

  isAccountedFor(): Promise<boolean> {
    return this.money.isAccountedFor(this.#outside);
  }

  private ask(mutation: string, input: Json = {}) {
    return act(shop, mutation, this.id, input);
  }

  private note(settlement: string) {
    return this.ask('createCreditNote', { reason: 'x', settlement, lines: [{ itemId: this.itemId, amount: '30.00' }] });
  }

  private async payOutside(): Promise<void> {
    const { amountDue } = await invoiceOf(shop, this.id);
    const { invoice } = await this.ask('payInvoice', { paidOutside: { reference: 'Cash' } });
    if (invoice) this.#outside += BigInt(amountDue.amount.replace('.', ''));
  }
}

async function begin(isAgreed: boolean): Promise<Sequence> {
  const payer = { ...aPayer(), email: 'payer@shop.example' };
  const agreed = isAgreed ? (await withAgreement(product, shop, debit('pm_success_de'))).payer : payer;
  const { id, items } = await closed(shop, { payer: agreed });
  const sequence = new Sequence(id, items.nodes[0]?.id ?? '', new MoneyOfInvoice(product, shop, id));
  return sequence;
}

it(`counts all money of an invoice, whatever happens to it (seed ${SEED})`, async () => {
  const steps = fc.array(fc.constantFrom(...STEPS), { minLength: 8, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), steps, async (isAgreed, all) => {
      const sequence = await begin(isAgreed);
      for (const [index, step] of all.entries()) {
        await sequence.take(step);
        const trace = all.slice(0, index + 1).join(' ');
        expect({ trace, isAccountedFor: await sequence.isAccountedFor() }).toEqual({ trace, isAccountedFor: true });
      }
    }),
    { seed: SEED, numRuns: SEQUENCES, endOnFailure: true },
  );
});
