import { setTimeout as pause } from 'node:timers/promises';
import { notify } from '../../../test/support/notifications.js';
import type { Product } from '../../../test/support/product.js';
import { asOwner } from '../../world/as-owner.js';

const UNSETTLED = `select (select count(*) from transactions where status in ('PENDING', 'UNKNOWN'))
  + (select count(*) from operations where status in ('PENDING', 'UNKNOWN')) as count`;

export async function unsettledCount(product: Product): Promise<number> {
  return Number((await asOwner<{ count: string }>(product, UNSETTLED))[0]?.count);
}

/** Seconds until nothing is unknown or under way any more, by the clock on the wall; at most so many. */
export async function secondsUntilSettled(product: Product, mostS: number): Promise<number> {
  const began = performance.now();
  const tookS = () => (performance.now() - began) / 1000;
  while (tookS() < mostS && (await unsettledCount(product)) > 0) await pause(200);
  return tookS();
}

/** What a process that is left alone does sooner or later, at once. */
async function everything(product: Product): Promise<void> {
  await product.built.jobs.wake('payment-systems.fetch-undelivered');
  await product.built.jobs.wake('agreements.bill');
  await product.settle();
}

/** Leases lapse, and what was put off is tried again. Seconds, by both clocks. */
const STEPS_S = [0, 95, 60, 300];
const HOURS_S = 6 * 3_600;
const ROUNDS_MAX = 8;

/**
 * One process, and nobody who troubles it, makes an end of all that was begun;
 * so long as something of it is open, time goes by.
 */
export async function makeAnEnd(product: Product, isOpen: () => Promise<boolean>): Promise<void> {
  for (const seconds of STEPS_S) {
    product.advance(seconds);
    await everything(product);
  }
  for (let round = 0; round < ROUNDS_MAX && (await isOpen()); round += 1) {
    product.advance(HOURS_S);
    await everything(product);
    product.advance(120);
    await everything(product);
  }
}

const UNTOLD = `select (select count(*) from notifications where status = 'PENDING') as count`;

/** Every notification is tried until it arrives; between the rounds their pauses go by. */
export async function tellAll(product: Product): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    await notify(product);
    await pause(50);
    if (Number((await asOwner<{ count: string }>(product, UNTOLD))[0]?.count) === 0) return;
    if (round % 3 === 2) product.clock.advance(3_600);
  }
}
