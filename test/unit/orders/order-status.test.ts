import { OPERATION_STATUSES, type OperationStatus } from '../../../src/features/orders/domain/operation-state.js';
import {
  heldAmount,
  IS_SETTLED,
  ORDER_STATUSES,
  type OrderFacts,
  type OrderStatus,
  orderStatus,
} from '../../../src/features/orders/domain/order-status.js';

const NOBODY_PAID: OrderFacts = {
  authorized: 0n,
  captured: 0n,
  refunded: 0n,
  voided: 0n,
  disputed: 0n,
  payment: null,
  closedAs: null,
};

const paying = (status: OperationStatus): OrderFacts => ({ ...NOBODY_PAID, payment: { type: 'PAYMENT', status } });
const verifying = (status: OperationStatus): OrderFacts => ({
  ...NOBODY_PAID,
  payment: { type: 'VERIFICATION', status },
});
const PAID = paying('SUCCEEDED');

const held100 = (changes: Partial<OrderFacts> = {}): OrderFacts => ({ ...PAID, authorized: 100n, ...changes });

describe('an order is', () => {
  it.each<[OrderStatus, string, OrderFacts]>([
    ['CREATED', 'when nobody has tried to pay', NOBODY_PAID],
    ['PROCESSING', 'while the payment is sent', paying('PENDING')],
    ['PROCESSING', 'while nobody knows what became of the payment', paying('UNKNOWN')],
    ['PROCESSING', 'while a bank takes its days', paying('PROCESSING')],
    ['REQUIRES_ACTION', 'while the payer must authenticate', paying('REQUIRES_ACTION')],
    ['DECLINED', 'when the bank said no', paying('DECLINED')],
    ['DECLINED', 'when the payment system did not take the request: no money moved', paying('FAILED')],
    ['CANCELED', 'when the payment was closed elsewhere', paying('CANCELED')],
    ['PROCESSING', 'when a payment is done of which no amount is known yet', paying('SUCCEEDED')],
    ['VERIFIED', 'when the means of payment was checked with no money', verifying('SUCCEEDED')],
    ['DECLINED', 'when that check was declined', verifying('DECLINED')],
    ['CANCELED', 'when it was closed before anybody paid', { ...NOBODY_PAID, closedAs: 'CANCELED' }],
    ['EXPIRED', 'when nobody paid in time', { ...NOBODY_PAID, closedAs: 'EXPIRED' }],
    ['EXPIRED', 'when the payer did not authenticate in time', { ...paying('CANCELED'), closedAs: 'EXPIRED' }],

    ['AUTHORIZED', 'when all is held', held100()],
    ['AUTHORIZED', 'when a part of the hold was cancelled', held100({ voided: 40n })],
    ['CAPTURED', 'after the full capture', held100({ captured: 100n })],
    ['PARTIALLY_CAPTURED', 'while a rest is held', held100({ captured: 60n })],
    ['PARTIALLY_CAPTURED', 'when the rest was released with the capture', held100({ captured: 60n, voided: 40n })],
    [
      'PARTIALLY_CAPTURED',
      'after a partial cancel, then the capture of the rest',
      held100({ voided: 40n, captured: 60n }),
    ],
    [
      'PARTIALLY_CAPTURED',
      'when the hold lapsed after a part capture',
      held100({ captured: 60n, voided: 40n, closedAs: 'EXPIRED' }),
    ],
    ['EXPIRED', 'when the hold lapsed', held100({ voided: 100n, closedAs: 'EXPIRED' })],
    ['CANCELED', 'when the hold was released', held100({ voided: 100n, closedAs: 'CANCELED' })],
    ['CANCELED', 'when the hold is gone and nobody wrote down why', held100({ voided: 100n })],

    ['PARTIALLY_REFUNDED', 'after 60 of 100 captured, 20 refunded', held100({ captured: 60n, refunded: 20n })],
    [
      'PARTIALLY_REFUNDED',
      'after 60 captured, 20 refunded, 40 more captured',
      held100({ captured: 100n, refunded: 20n }),
    ],
    [
      'PARTIALLY_REFUNDED',
      'when all captured is refunded but a rest is held',
      held100({ captured: 60n, refunded: 60n }),
    ],
    [
      'REFUNDED',
      'when all captured is refunded and that rest lapsed',
      held100({ captured: 60n, refunded: 60n, voided: 40n }),
    ],
    ['REFUNDED', 'after the full refund', held100({ captured: 100n, refunded: 100n })],
    ['CAPTURED', 'again when its only refund came back', held100({ captured: 100n, refunded: 0n })],

    ['DISPUTED', 'while the bank asks', held100({ captured: 100n, disputed: 100n })],
    ['DISPUTED', 'when the dispute was lost', held100({ captured: 100n, disputed: 30n })],
    ['CAPTURED', 'again when the dispute was won', held100({ captured: 100n, disputed: 0n })],
    ['DISPUTED', 'even when it was refunded', held100({ captured: 100n, refunded: 100n, disputed: 100n })],
    ['REFUNDED', 'when a dispute of a refunded order was won', held100({ captured: 100n, refunded: 100n })],
  ])('%s %s', (status, _, facts) => {
    expect(orderStatus(facts)).toBe(status);
  });
});

/** Three units are enough for every way in which the amounts can stand to one another. */
const AMOUNTS = [0n, 1n, 2n, 3n];
const PAYMENTS: readonly OrderFacts['payment'][] = [
  null,
  ...(['PAYMENT', 'VERIFICATION'] as const).flatMap((type) => OPERATION_STATUSES.map((status) => ({ type, status }))),
];

/** Every combination that the table's constraint lets be stored. */
function* reachable(): Generator<OrderFacts> {
  for (const authorized of AMOUNTS)
    for (const captured of AMOUNTS)
      for (const voided of AMOUNTS)
        for (const refunded of AMOUNTS) {
          if (captured + voided > authorized || refunded > captured) continue;
          for (const disputed of [0n, 1n])
            for (const closedAs of [null, 'CANCELED', 'EXPIRED'] as const)
              for (const payment of PAYMENTS) {
                // Money is granted to a payment that succeeded, and to nothing else.
                if (authorized > 0n && (payment?.type !== 'PAYMENT' || payment.status !== 'SUCCEEDED')) continue;
                yield { authorized, captured, refunded, voided, disputed, payment, closedAs };
              }
        }
}

const REACHABLE = [...reachable()];
const those = (...statuses: readonly OrderStatus[]) =>
  REACHABLE.filter((facts) => statuses.includes(orderStatus(facts)));
const others = (facts: readonly OrderFacts[]) => REACHABLE.filter((each) => !facts.includes(each));

describe('whatever is known of an order', () => {
  it('it has a status, and every status is somebody’s', () => {
    expect(new Set(REACHABLE.map(orderStatus))).toEqual(new Set(ORDER_STATUSES));
    expect(Object.keys(IS_SETTLED).sort()).toEqual([...ORDER_STATUSES].sort());
  });

  it.each<[string, readonly OrderStatus[], (facts: OrderFacts) => boolean]>([
    ['disputed', ['DISPUTED'], ({ disputed }) => disputed > 0n],
    [
      'refunded: all that was captured is given back and nothing is held',
      ['REFUNDED'],
      (facts) =>
        facts.disputed === 0n && facts.captured > 0n && facts.refunded === facts.captured && heldAmount(facts) === 0n,
    ],
    [
      'refunded in part: something was, and that is not all there is',
      ['PARTIALLY_REFUNDED'],
      (facts) =>
        facts.disputed === 0n && facts.refunded > 0n && (facts.refunded < facts.captured || heldAmount(facts) > 0n),
    ],
    [
      'captured: all that was granted, none of it given back',
      ['CAPTURED'],
      (facts) =>
        facts.disputed === 0n && facts.captured > 0n && facts.captured === facts.authorized && facts.refunded === 0n,
    ],
    [
      'captured in part: less than was granted, none of it given back',
      ['PARTIALLY_CAPTURED'],
      (facts) =>
        facts.disputed === 0n && facts.captured > 0n && facts.captured < facts.authorized && facts.refunded === 0n,
    ],
    [
      'authorised: something is held and nothing captured',
      ['AUTHORIZED'],
      (facts) => facts.disputed === 0n && facts.captured === 0n && heldAmount(facts) > 0n,
    ],
  ])('it is %s', (_, statuses, holds) => {
    const named = those(...statuses);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((facts) => !holds(facts))).toEqual([]);
    expect(others(named).filter(holds)).toEqual([]);
  });

  it('it frees its number only with nothing captured, nothing held and nothing disputed', () => {
    const free = those('DECLINED', 'EXPIRED', 'CANCELED');
    expect(free.filter((facts) => facts.captured > 0n || heldAmount(facts) > 0n || facts.disputed > 0n)).toEqual([]);
  });

  it('it frees its number never while a payment may still succeed, unless it was closed', () => {
    const alive: readonly unknown[] = ['PENDING', 'UNKNOWN', 'PROCESSING', 'REQUIRES_ACTION'];
    const free = those('DECLINED', 'EXPIRED', 'CANCELED').filter(({ closedAs }) => closedAs === null);
    expect(free.filter(({ payment }) => alive.includes(payment?.status))).toEqual([]);
  });

  it('it is created, processing or waiting only while no money was ever granted', () => {
    const early = those('CREATED', 'PROCESSING', 'REQUIRES_ACTION', 'VERIFIED');
    expect(early.filter(({ authorized, closedAs }) => authorized > 0n || closedAs !== null)).toEqual([]);
  });

  it('it depends on the payment only while there is no money', () => {
    const stripped = REACHABLE.filter(({ captured }) => captured > 0n);
    expect(
      stripped.filter((facts) => orderStatus({ ...facts, payment: null, closedAs: null }) !== orderStatus(facts)),
    ).toEqual([]);
  });
});
