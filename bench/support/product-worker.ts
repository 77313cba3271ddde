import 'reflect-metadata';
import { StripeGateway } from '../../src/features/payment-systems/stripe-gateway.js';
import { cpuMicros, serve, settings } from './children.js';
import { type Memory, watchMemory } from './memory-watch.js';
import { startProduct } from './product.js';
import type { ServerSettings } from './world.js';

/** The product as a worker has it: its jobs run when told to. It notes when each payment sets out. */
const { app } = await startProduct(settings<ServerSettings>());

const departures = new Map<string, number>();
const { preparePayment } = StripeGateway.prototype;
StripeGateway.prototype.preparePayment = function (this: StripeGateway, request, key) {
  departures.set(request.reference.orderId, performance.timeOrigin + performance.now());
  return preparePayment.call(this, request, key);
};

const memory = watchMemory();

export interface WorkerState {
  readonly cpuMicros: number;
  /** Milliseconds since 1970 by the id of the order, since the last question for them. */
  readonly departures: readonly (readonly [orderId: string, at: number])[];
  readonly memory: Memory;
}

serve<{ order: 'bill' | 'bulk' | 'state' }>({}, ({ order }) => {
  if (order !== 'state') {
    void app.jobs.wake(order === 'bill' ? 'agreements.bill' : 'bulk.run');
    return {};
  }
  const state: WorkerState = {
    cpuMicros: cpuMicros(),
    departures: [...departures],
    memory: memory(),
  };
  departures.clear();
  return state;
});
