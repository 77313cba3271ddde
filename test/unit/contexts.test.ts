import { contexts, type RequestContext } from '../../src/app/contexts.js';
import type { Principal } from '../../src/features/tenancy/index.js';

const hooks = contexts({} as never, {} as never, () => undefined);

function asking(principal: Partial<Principal>): RequestContext {
  return { principal: { keyId: 'key', orderId: null, ...principal } } as RequestContext;
}

describe('what a caller spends', () => {
  it('is the rate of its key; payers have one of their own for each order', () => {
    const key = asking({ kind: 'MERCHANT' });
    const [one, another] = ['order-1', 'order-2'].map((orderId) => asking({ kind: 'CLIENT', orderId }));
    const rates = [key, one, another].map((context) => hooks.rateKeyOf(context as RequestContext));
    expect(rates).toEqual(['key', 'key/order-1', 'key/order-2']);
  });

  it('is at most 1,000 sockets for a key and 20 for a token', () => {
    expect(hooks.socketsMaxOf?.(asking({ kind: 'OPERATOR' }))).toBe(1_000);
    expect(hooks.socketsMaxOf?.(asking({ kind: 'CLIENT', orderId: 'order' }))).toBe(20);
  });
});
