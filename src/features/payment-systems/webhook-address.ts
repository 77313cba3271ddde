import { BlockList, isIP } from 'node:net';
import { publicId } from '../../kernel/ids.js';

/** Where an account's webhooks arrive, below the product's public URL. */
export const WEBHOOK_PATH = '/webhooks/stripe';

/** Addresses that exist only in somebody's own network. */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv6');
}

const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa|test)$/;

/** Where payment systems send their events, and whether they can. */
export class WebhookAddress {
  constructor(
    /** Without a slash at the end. */
    private readonly publicUrl: string,
    /** True for a payment system on this machine: the sandbox. */
    private readonly canReachLocalhost: boolean,
  ) {}

  /** What every endpoint of this installation begins with. */
  get prefix(): string {
    return `${this.publicUrl}${WEBHOOK_PATH}/`;
  }

  urlOf(accountId: string): string {
    return this.prefix + publicId('paymentSystemAccount', accountId);
  }

  /** An address in a private network would be refused, or be somebody else's; events are fetched then. */
  get isReachable(): boolean {
    return this.canReachLocalhost || !isPrivate(new URL(this.publicUrl).hostname);
  }
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family === 0) return !host.includes('.') || PRIVATE_NAME.test(host);
  return PRIVATE.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
