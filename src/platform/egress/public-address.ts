import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** What is public by its range and yet answers only inside somebody's cloud: Azure's WireServer. */
const NOT_FOR_US: ReadonlySet<string> = new Set(['168.63.129.16']);

/** All that is given out for the open internet; whatever else there is of IPv6 has some purpose of its own. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is one of the open internet. A list of what may be
 * called, never of what may not: an address that wraps another (mapped,
 * translated, 6to4, Teredo) is refused whatever is in it.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv6) return parsed.zoneId === undefined && parsed.match(GLOBAL_UNICAST);
  return !NOT_FOR_US.has(parsed.toString());
}

/** This machine, spelt plainly. */
export function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback';
}

/** In one spelling, however it is written; what is no address stays as it is. */
export function canonical(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address;
}

/** The addresses of this machine. By a public one of them, what a firewall closes to others is open to us. */
export function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
}

export interface AddressRules {
  /** For development and tests: this machine may be called, too. No other private address ever may. */
  readonly loopbackAllowed: boolean;
}

export function mayBeCalled(address: string, { loopbackAllowed }: AddressRules): boolean {
  return isPublicAddress(address) || (loopbackAllowed && isLoopbackAddress(address));
}
