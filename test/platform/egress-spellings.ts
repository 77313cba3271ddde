/** Ways to write an address of this machine, all of which one URL parser or another has taken for it. */
export const LOOPBACK_SPELLINGS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '017700000001',
  '0x7f000001',
  '0x7f.1',
  '0x7f.0x0.0x0.0x1',
  '0177.0.0.1',
  '0177.0.0.01',
  '127.0.0.1.',
  '①②⑦.⓪.⓪.①',
  '１２７.０.０.１',
  '127。0。0。1',
  '%31%32%37.0.0.1',
  'localhost',
  'LOCALHOST',
  'ⓛocalhost',
  'localhost.',
  'shop.localhost',
  'localhost.localdomain',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::0001]',
] as const;

/** What wraps an address of IPv4 in one of IPv6, and so leads to this machine where somebody unwraps it. */
export const WRAPPED_LOOPBACK = [
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:7f00:0001',
  '::127.0.0.1',
  '::7f00:1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::127.0.0.1',
  '2002:7f00:1::',
  '2002:7f00:1::1',
  '2001:0:7f00:1::',
] as const;

/** What is behind no shop: one address at least of each range. */
export const NOT_PUBLIC = [
  '0.0.0.0',
  '0.0.0.1',
  '0.255.255.255',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '192.168.255.255',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::ffff:169.254.169.254',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '100::1',
  '2001::1',
  '2001:2::1',
  '2001:10::1',
  '2001:20::1',
  '2001:db8::1',
  '2002:808:808::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
] as const;

/** Names that lead into somebody's network, whatever name servers say. */
export const PRIVATE_NAMES = [
  'metadata.google.internal',
  'metadata',
  'router.local',
  'nas.home.arpa',
  'printer.lan',
  'wiki.intranet',
  'postgres',
  'kubernetes.default.svc.cluster.local',
  'abc.onion',
] as const;

export const PUBLIC_ADDRESSES = ['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'];

/** As it stands in a URL. */
export function hostOf(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}
