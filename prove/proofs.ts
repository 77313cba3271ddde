import type { Proof } from './proof.js';

/** In the order in which they are run; each is loaded only when it is. */
export const PROOFS: Readonly<Record<string, () => Promise<Proof>>> = {
  'virtual-time': async () => (await import('./proofs/virtual-time.js')).virtualTime,

  failover: async () => (await import('./proofs/failover.js')).failover,
  egress: async () => (await import('./proofs/egress.js')).egress,
};
