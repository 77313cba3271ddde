import { isIP } from 'node:net';
import { type AddressRules, mayBeCalled } from './public-address.js';

/** Names that mean something only inside of a machine or network: RFC 6761, 6762, 8375, 9476 and ICANN's `.internal`. */
const PRIVATE_SUFFIXES = ['localhost', 'local', 'localdomain', 'internal', 'intranet', 'lan', 'home.arpa', 'onion'];

/** What speaks HTTP to the world lives here or above; below are mail, shells and name servers. */
const LOW_PORTS: ReadonlySet<string> = new Set(['', '80', '443']);
const FIRST_HIGH_PORT = 1024;

/** What is wrong with an address that is to be called, as far as it can be known without asking DNS; null: nothing. */
export function addressFault(text: string, rules: AddressRules): string | null {
  const url = URL.parse(text);
  const schemes = rules.loopbackAllowed ? ['https:', 'http:'] : ['https:'];
  if (!url || !schemes.includes(url.protocol)) return 'must be an absolute https URL';
  if (url.username !== '' || url.password !== '') return 'must not have a user name or password';
  const [fault] = placeFaults(url, rules);
  return fault ?? null;
}

/** The same for a URL of which scheme and user were looked at: all that is wrong with host, port and fragment. */
export function* placeFaults(url: URL, rules: AddressRules): Generator<string> {
  const host = hostFault(hostOf(url), rules);
  if (host !== null) yield host;
  if (!LOW_PORTS.has(url.port) && Number(url.port) < FIRST_HIGH_PORT) {
    yield `must have port 80, 443 or one from ${FIRST_HIGH_PORT} on, not ${url.port}`;
  }
  if (url.hash !== '') yield 'must not have a fragment (#…): it would never be sent';
}

/** The host without the brackets of IPv6; in the one spelling that the URL standard leaves of many. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** Whether a name means this machine, whatever a name server says of it. */
export function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

function hostFault(host: string, rules: AddressRules): string | null {
  if (isIP(host)) return mayBeCalled(host, rules) ? null : `must not point to ${host}, which is not a public address`;
  if (host.endsWith('.')) return 'must have a host that does not end with a dot';
  if (isLocalhost(host) && rules.loopbackAllowed) return null;
  const suffix = PRIVATE_SUFFIXES.find((each) => host === each || host.endsWith(`.${each}`));
  if (suffix) return `must have a public host: names of ${suffix} are private`;
  return host.includes('.') ? null : 'must have a public host: a name of one word is private';
}
