import type fc from 'fast-check';
import type { OrderFile } from '../../../src/features/orders/index.js';

import { AgreementModel, type Plan } from './agreement-model.js';
import { type Answered, type NewOrder, OrderModel } from './order-model.js';
import type { Fate } from './payment-system.js';
import { BEGIN, type Shop } from './shop.js';

/** All that the model knows of one merchant. */
export class ShopModel {
  now = BEGIN;
  /** How cards are charged while their payers are away. */
  mood: Fate = 'DONE';
  agreement: AgreementModel | null = null;
  /** The newest order of each number. */
  readonly orders = new Map<string, OrderModel>();
  readonly #all: OrderModel[] = [];

  /** `fate` is null where it is not paid yet. */
  create(terms: NewOrder, fate: Fate | null): Answered {
    const earlier = this.orders.get(terms.number);
    if (earlier && !earlier.isOver) return 'DUPLICATE_ORDER_NUMBER';
    const order = new OrderModel(terms, this.now);
    this.orders.set(terms.number, order);
    this.#all.push(order);
    return fate ? order.pay(fate, this.now) : 'OK';
  }

  agree(plan: Plan, amount: bigint): void {
    this.agreement = new AgreementModel(plan, amount);
  }

  /** What is unknown is settled first, then what has lapsed is seen, then what is due is charged. */
  tick(first: Fate): void {
    for (const order of this.#all) {
      order.resolve(this.now);
      order.age(this.now);
    }
    this.agreement?.resolve(this.now, this.mood);
    this.agreement?.tick(this.now, first, this.mood);
  }

  /** What was taken and not given back is owed to the merchant. */
  get balance(): bigint {
    return this.#all.reduce((sum, { captured, refunded }) => sum + captured - refunded, this.agreement?.paid ?? 0n);
  }
}

export type Compared = fc.AsyncCommand<ShopModel, Shop>;

/** A command that shows as it was drawn. */
export function step(
  name: string,
  args: object,
  check: (model: ShopModel) => boolean,
  act: (model: ShopModel, shop: Shop) => Promise<void>,
): Compared {
  const shown = Object.entries(args).map(([key, value]) => `${key}: ${value}`);
  return {
    check,
    run: (model, shop) => {
      shop.commands += 1;
      return act(model, shop);
    },
    toString: () => `${name}(${shown.join(', ')})`,
  };
}

/** What the model and the product do not agree on. */
export class Divergence extends Error {}

/** Throws what differs. */
export function compare(what: string, wanted: unknown, found: unknown): void {
  const [one, other] = [textOf(wanted), textOf(found)];
  if (one !== other) throw new Divergence(`${what}: the model has\n      ${one}\n    and the product\n      ${other}`);
}

/** Nothing to compare where the product refused. */
export function sameOrder(
  model: ShopModel,
  number: string,
  file: Pick<OrderFile, 'order' | 'operations'> | null | undefined,
): void {
  if (file) compare(`order ${number}`, model.orders.get(number)?.shown(), shown(file));
}

function shown({ order, operations }: Pick<OrderFile, 'order' | 'operations'>) {
  const { status, authorized, captured, refunded, disputed, voided } = order;
  return {
    status,
    authorized,
    captured,
    refunded,
    disputed,
    held: authorized - captured - voided,
    refundable: captured - refunded,
    operations: operations.map((each) => `${each.type} ${each.amount} ${each.status}`),
  };
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `${each}` : each));
}
