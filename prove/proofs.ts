import type { Proof } from './proof.js';

/** In the order in which they are run; each is loaded only when it is. */
export const PROOFS: Readonly<Record<string, () => Promise<Proof>>> = {
  model: async () => (await import('./proofs/model.js')).model,

  'virtual-time': async () => (await import('./proofs/virtual-time.js')).virtualTime,

  load: async () => (await import('./proofs/load.js')).load,
  bulk: async () => (await import('./proofs/bulk.js')).bulk,
  crash: async () => (await import('./proofs/crash.js')).crash,
  sockets: async () => (await import('./proofs/sockets.js')).sockets,
  failover: async () => (await import('./proofs/failover.js')).failover,
  callbacks: async () => (await import('./proofs/callbacks.js')).callbacks,
  secrets: async () => (await import('./proofs/secrets.js')).secrets,
  egress: async () => (await import('./proofs/egress.js')).egress,
  races: async () => (await import('./proofs/races.js')).races,
  sabotage: async () => (await import('./proofs/sabotage.js')).sabotage,
  abuse: async () => (await import('./proofs/abuse.js')).abuse,
  tenants: async () => (await import('./proofs/tenants.js')).tenants,
  mutants: async () => (await import('./proofs/mutants.js')).mutants,
};
