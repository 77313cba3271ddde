import type { Proof } from './proof.js';

/** In the order in which they are run; each is loaded only when it is. */
export const PROOFS: Readonly<Record<string, () => Promise<Proof>>> = {
  model: async () => (await import('./proofs/model.js')).model,

  'virtual-time': async () => (await import('./proofs/virtual-time.js')).virtualTime,

  load: async () => (await import('./proofs/load.js')).load,
  crash: async () => (await import('./proofs/crash.js')).crash,
  failover: async () => (await import('./proofs/failover.js')).failover,
  callbacks: async () => (await import('./proofs/callbacks.js')).callbacks,
  secrets: async () => (await import('./proofs/secrets.js')).secrets,
  egress: async () => (await import('./proofs/egress.js')).egress,
  races: async () => (await import('./proofs/races.js')).races,
  tenants: async () => (await import('./proofs/tenants.js')).tenants,
};
