/** What has gone wrong elsewhere, and the test that would see it here. Data: the page on reliability is compared with it. */
export interface Incident {
  /** The other system's report, as its tests' names begin with it. */
  readonly reference: string;
  /** What happened there. */
  readonly there: string;
  /** The rest of the test's name: what must be so here. */
  readonly here: string;
  /** The test's file, in this folder. */
  readonly file: string;
}

/** By peer. */
export const INCIDENTS: readonly Incident[] = [
  {
    reference: 'killbill#1015',
    there:
      'A payment whose outcome was unknown could be paid a second time; when the first turned out to have succeeded, the invoice was paid twice.',
    here: 'a second payment while the first is unknown',
    file: 'payments.test.ts',
  },
  {
    reference: 'killbill#639',
    there:
      'The same request again, under the same key, while the outcome of the first was unknown, was carried out as a second one.',
    here: 'the same key again after an unknown outcome',
    file: 'payments.test.ts',
  },
  {
    reference: 'killbill#809',
    there: 'A cleaner read a payment before a capture, outside the lock, and wrote what it had read over the capture.',
    here: 'a reconciler that read before a capture does not write over it',
    file: 'refunds-and-reconciling.test.ts',
  },
  {
    reference: 'killbill#2133',
    there: 'What was charged on the last day of a month stayed on the 28th after a February.',
    here: 'what begins on the 31st comes back to the 31st after a shorter month',
    file: 'schedules.test.ts',
  },
  {
    reference: 'killbill-stripe-plugin PR#17',
    there: 'Amounts in currencies without decimals, or with three, were sent a hundredfold or a hundredth.',
    here: 'three decimals, or none, are neither a hundredth nor a hundredfold',
    file: 'payments.test.ts',
  },
  {
    reference: 'hyperswitch#3408',
    there: 'A notification was kept before it was sent; when the sending failed, nobody ever tried again.',
    here: 'what was kept to be sent is sent, whoever died or failed before it was',
    file: 'notifications-and-egress.test.ts',
  },
  {
    reference: 'hyperswitch#3675',
    there:
      'A payment that the payment system did not know stayed pending for ever, because “unknown there” was no answer.',
    here: 'what the payment system has never seen does not stay pending for ever',
    file: 'payments.test.ts',
  },
  {
    reference: 'hyperswitch#9925',
    there:
      'A look at the payment system, made before a cancellation and recorded after it, brought a cancelled payment back.',
    here: 'a sync that read before a cancel does not undo it',
    file: 'refunds-and-reconciling.test.ts',
  },
  {
    reference: 'hyperswitch#13182',
    there:
      'Two refunds of 60 of a payment of 100, at the same moment, both went through: each had checked the limit before either was written.',
    here: 'of two refunds of 60 on 100 one is made',
    file: 'refunds-and-reconciling.test.ts',
  },
  {
    reference: 'lago#5398',
    there:
      'Of two webhook workers with the same payment one lost the race to store it, took that for done, and dropped what belonged to it: the receipt, and the means of payment.',
    here: 'whoever loses a race to record a payment drops nothing that belongs to it',
    file: 'webhooks-and-events.test.ts',
  },
  {
    reference: 'lago#5708',
    there:
      'A payer with an open payment page and an automatic charge of the same invoice paid twice: nobody closed the page, or looked again before charging.',
    here: 'an open page and an automatic charge do not both take the money',
    file: 'agreements-and-invoices.test.ts',
  },
  {
    reference: 'lago#5837',
    there: 'Clock jobs piled up behind a slow queue; each copy scanned everything and began one job for each row.',
    here: 'fifty wake-ups that have piled up are one charge',
    file: 'agreements-and-invoices.test.ts',
  },
  {
    reference: 'lago#5878',
    there:
      'Two webhooks about one customer locked the same rows in opposite order; the one that the database chose to end was never tried again.',
    here: 'webhooks of one payer’s orders, all at once, do not deadlock',
    file: 'webhooks-and-events.test.ts',
  },
  {
    reference: 'lago#5978',
    there:
      'After a unique index had refused a row, the code asked the database how to go on inside the transaction that was aborted by it.',
    here: 'whoever loses the race for a number leaves no broken transaction behind, and its key is free',
    file: 'payments.test.ts',
  },
  {
    reference: 'lago-api PR#879',
    there: 'Whether a day had been billed already was asked in UTC, so customers east of it were billed twice.',
    here: 'east of UTC, where the day begins a day earlier, each month is charged once',
    file: 'schedules.test.ts',
  },
  {
    reference: 'polar#10653',
    there:
      'The lock on a payment was let go when the call returned, before its webhook told the outcome, and the payment was made again.',
    here: 'a charge whose outcome nobody knows yet is not made again, however long that takes',
    file: 'agreements-and-invoices.test.ts',
  },
  {
    reference: 'polar#13272',
    there:
      'The lock on a payment that had been cancelled was never let go, so that no later attempt at the same debt could be made.',
    here: 'a charge that nobody works on any more holds up the next ones not for ever',
    file: 'agreements-and-invoices.test.ts',
  },
  {
    reference: 'polar#13315',
    there:
      'An event from before a payment, that came after it, turned a settled payment back into one that waits for its payer.',
    here: 'a late “requires action” does not take a paid order back',
    file: 'refunds-and-reconciling.test.ts',
  },
  {
    reference: 'saleor#19220',
    there:
      'The webhook of a payment and the completing of its checkout ran at once, and the second made another payment.',
    here: 'a webhook beside the completing of an order makes no second payment',
    file: 'payments.test.ts',
  },
  {
    reference: 'pinelab-vendure-plugins#620',
    there:
      'A webhook that was delivered three times at the same moment settled one payment three times, and told of it three times.',
    here: 'three webhooks at the same moment settle a payment once',
    file: 'webhooks-and-events.test.ts',
  },
  {
    reference: 'statamic-cargo#191',
    there:
      'A webhook that came before its order was stored was answered with 200 and forgotten; the order stayed unpaid.',
    here: 'an event that comes before its order is waited for, not acked away',
    file: 'webhooks-and-events.test.ts',
  },
  {
    reference: 'medusa#16292',
    there:
      'A capture that failed for want of an answer was deleted, and its repetition had another idempotency key: the payment system could not know it for the same.',
    here: 'a capture that is asked for again after its answer was lost has the key that it had',
    file: 'payments.test.ts',
  },
  {
    reference: 'formancehq/payments#745',
    there:
      'One connector sent payments without an idempotency key, gave up waiting after a minute, and repeated them without an end.',
    here: 'a call without a key, repeated without an end',
    file: 'payments.test.ts',
  },
  {
    reference: 'formancehq/payments#748',
    there:
      'The settings of a connector, keys included, were written into traces; on one way bank account numbers were shown in full.',
    here: 'no secret of an account, and no IBAN, in whatever the program tells of its work',
    file: 'secrets.test.ts',
  },
  {
    reference: 'formancehq/ledger#1684',
    there: 'One write of a transaction went past it, through another handle, and outlived its rollback.',
    here: 'nothing that a transaction wrote outlives it',
    file: 'refunds-and-reconciling.test.ts',
  },
  {
    reference: 'convoy#2668',
    there:
      'Addresses of endpoints were vetted, but the tenant could name another one, for tokens, that was called by a client of its own.',
    here: 'no way out leads around the guard',
    file: 'notifications-and-egress.test.ts',
  },
  {
    reference: 'convoy#2747',
    there: 'Whether an event was a duplicate was asked first and written later, so that two at once were both new.',
    here: 'sixteen requests with one key do one thing',
    file: 'payments.test.ts',
  },
  {
    reference: 'convoy#2795',
    there: 'What was planned for a time of day ran by the zone of the machine.',
    here: 'a machine in Auckland charges, and has its nights, when one that goes by UTC does',
    file: 'schedules.test.ts',
  },
  {
    reference: 'outpost#975',
    there:
      'An answer of hundreds of kilobytes made the record of the try too large to be kept, so that the try had never happened, and was made again for ever.',
    here: 'a huge answer is a try in vain like another, kept as one, and tried no longer than others',
    file: 'notifications-and-egress.test.ts',
  },
  {
    reference: 'agenda#722',
    there: 'A job that takes longer than its lock is begun again while it still runs.',
    here: 'a job that is run again after its lock has lapsed does nothing a second time',
    file: 'jobs.test.ts',
  },
  {
    reference: 'graphql-ws#532',
    there: 'A subscription whose preparation ended after its socket had closed was never ended.',
    here: 'a subscription that begins when its socket has gone does not survive it',
    file: 'live.test.ts',
  },
  {
    reference: 'type-graphql#175',
    there: 'Whether somebody may subscribe was asked only when something was published.',
    here: 'whoever may not subscribe is refused at once, and not when something is told',
    file: 'live.test.ts',
  },
  {
    reference: 'erpnext#26951',
    there: 'Parts of a plan were rounded shares: of 30,000 in three parts the first was 10,000.20.',
    here: 'the parts of a plan come to its total, and no part is a rounded share of it',
    file: 'agreements-and-invoices.test.ts',
  },
];
