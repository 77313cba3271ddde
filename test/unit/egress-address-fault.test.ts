import { describe, expect, it } from '@jest/globals';
import { addressFault } from '../../src/platform/egress/address-fault.js';
import { isPublicAddress, mayBeCalled } from '../../src/platform/egress/public-address.js';
import { callbackUrl, url } from '../../src/platform/graphql/validation.js';
import {
  hostOf,
  LOOPBACK_SPELLINGS,
  NOT_PUBLIC,
  PRIVATE_NAMES,
  PUBLIC_ADDRESSES,
  WRAPPED_LOOPBACK,
} from '../platform/egress-spellings.js';

const production = { loopbackAllowed: false };
const development = { loopbackAllowed: true };

const saved = (text: string, httpAllowed: boolean) =>
  callbackUrl({ httpAllowed })
    .safeParse(text)
    .error?.issues.map(({ message }) => message) ?? [];

describe('a callback URL in production', () => {
  it.each([...LOOPBACK_SPELLINGS, ...WRAPPED_LOOPBACK, ...NOT_PUBLIC, ...PRIVATE_NAMES])(
    'may not point to %s',
    (host) => {
      expect(addressFault(`https://${hostOf(host)}/callback`, production)).toMatch(/^must /);
      expect(saved(`https://${hostOf(host)}/callback`, false)).not.toEqual([]);
    },
  );

  it.each([
    'https://shop.example/callback?order=1',
    'https://shop.example:8443/',
    'https://xn--e1afmkfd.example/',
    'https://магазин.example/',
    'https://localhost.shop.example/',
    'https://10.shop.example/',
    'https://127.0.0.1.shop.example/',
    ...PUBLIC_ADDRESSES.map((address) => `https://${hostOf(address)}/`),
  ])('may be %s', (text) => {
    expect(addressFault(text, production)).toBeNull();
    expect(saved(text, false)).toEqual([]);
  });

  it.each([
    ['http://shop.example/', 'https'],
    ['ftp://shop.example/', 'https'],
    ['file:///etc/passwd', 'https'],
    ['gopher://shop.example/', 'https'],
    ['data:text/plain,ok', 'https'],
    ['shop.example', 'https'],
    ['https://', 'https'],
    ['https://user@shop.example/', 'user name'],
    ['https://user:password@shop.example/', 'user name'],
    ['https://1.1.1.1@127.0.0.1/', 'user name'],
    ['https://shop.example/#part', 'fragment'],
    ['https://shop.example:25/', 'port 80, 443 or one from 1024 on, not 25'],
    ['https://shop.example:0/', 'not 0'],
    ['https://127.0.0.1\\@shop.example/', '127.0.0.1'],
    ['https:127.0.0.1', '127.0.0.1'],
    ['https:\\\\127.0.0.1', '127.0.0.1'],
    ['https://0x7f.1/', '127.0.0.1'],
    ['https://shop.example./', 'end with a dot'],
    ['https://metadata.google.internal/', 'internal'],
    ['https://shop/', 'one word'],
  ])('may not be %s, and is told why', (text, reason) => {
    expect(addressFault(text, production)).toContain(reason);
    expect(saved(text, false).join()).toContain(reason);
  });

  it('is told of all its faults at once', () => {
    expect(saved('https://127.1:22/#x', false)).toEqual([
      'must not point to 127.0.0.1, which is not a public address',
      'must have port 80, 443 or one from 1024 on, not 22',
      'must not have a fragment (#…): it would never be sent',
    ]);
  });
});

describe('a callback URL in development', () => {
  it.each(['http://localhost:3000/x', 'http://127.0.0.1:8080/', 'http://[::1]:8080/', 'http://shop.localhost:1234/'])(
    'may be %s',
    (text) => {
      expect(addressFault(text, development)).toBeNull();
      expect(saved(text, true)).toEqual([]);
    },
  );

  it.each([...WRAPPED_LOOPBACK, ...NOT_PUBLIC, ...PRIVATE_NAMES])('may not point to %s either', (host) => {
    expect(addressFault(`http://${hostOf(host)}/callback`, development)).toMatch(/^must /);
    expect(saved(`http://${hostOf(host)}/callback`, true)).not.toEqual([]);
  });
});

describe('an address', () => {
  it.each([...WRAPPED_LOOPBACK, ...NOT_PUBLIC])('%s may never be called', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(mayBeCalled(address, development)).toBe(false);
  });

  it.each(['', 'x', '127.0.0.1:80', '1.1.1.1/0', 'fe80::1%eth0', '2606:4700::1111%eth0', '::1::'])(
    '"%s", which is none, may not be called',
    (text) => {
      expect(mayBeCalled(text, development)).toBe(false);
    },
  );

  it.each(PUBLIC_ADDRESSES)('%s may', (address) => {
    expect(mayBeCalled(address, production)).toBe(true);
  });

  it.each(['127.0.0.1', '127.8.9.10', '::1'])('%s may in development alone', (address) => {
    expect(mayBeCalled(address, production)).toBe(false);
    expect(mayBeCalled(address, development)).toBe(true);
  });
});

it('a return URL, to which only a browser goes, may be of the network it is in', () => {
  expect(url({ httpAllowed: false }).safeParse('https://intranet/thanks#paid').success).toBe(true);
});
