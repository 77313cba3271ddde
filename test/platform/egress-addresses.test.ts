import { afterEach, describe, expect, it } from '@jest/globals';
import { Egress, type EgressOptions } from '../../src/platform/egress/egress.js';
import { isPublicAddress } from '../../src/platform/egress/public-address.js';
import { resolveByDns } from '../../src/platform/egress/resolve.js';
import { eventually } from '../support/eventually.js';
import { answers, Receiver } from './egress-receivers.js';
import { hostOf, LOOPBACK_SPELLINGS, NOT_PUBLIC, PRIVATE_NAMES, WRAPPED_LOOPBACK } from './egress-spellings.js';

const REQUEST = { headers: {}, body: '{}' };
const OK = answers('200 OK', 'ok');
const DEADLINE_MS = 10_000;

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function aReceiver(options: Parameters<typeof Receiver.start>[0] = {}): Promise<Receiver> {
  const receiver = await Receiver.start({ onRequest: OK, ...options });
  ending.push(() => receiver.stop());
  return receiver;
}

function anEgress(options: Partial<EgressOptions> = {}): Egress {
  const egress = new Egress({ privateAllowed: false, deadlineMs: DEADLINE_MS, ...options });
  ending.push(() => egress.stop());
  return egress;
}

/** Listens on every address of this machine: whatever leads here by whatever detour, it hears. */
const aCanary = () => aReceiver({ host: '::' });

/** Gives these answers one after the other, the last again and again. */
function resolving(...answersInTurn: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    return answersInTurn[Math.min(asked.length, answersInTurn.length) - 1] ?? [];
  };
  return { asked, resolve };
}

describe('in production no connection is made', () => {
  it.each([...LOOPBACK_SPELLINGS, ...WRAPPED_LOOPBACK, ...NOT_PUBLIC, ...PRIVATE_NAMES])('to %s', async (host) => {
    const canary = await aCanary();
    const { asked, resolve } = resolving(['127.0.0.1']);
    const egress = anEgress({ resolve });
    for (const scheme of ['https', 'http']) {
      const answer = await egress.post({ url: canary.url(hostOf(host), scheme), ...REQUEST });
      expect(answer).toMatchObject({ outcome: 'ADDRESS_REFUSED', status: null, isOk: false });
    }
    expect([canary.hits, asked]).toEqual([0, []]);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', ...WRAPPED_LOOPBACK, ...NOT_PUBLIC, 'nonsense'])(
    'by a name that leads to %s, alone or beside a public address',
    async (address) => {
      const canary = await aCanary();
      for (const addresses of [[address], ['1.1.1.1', address], [address, '2606:4700::1111']]) {
        const answer = await anEgress(resolving(addresses)).post({
          url: canary.url('shop.example', 'https'),
          ...REQUEST,
        });
        expect(answer).toMatchObject({ outcome: 'ADDRESS_REFUSED', status: null });
      }
      expect(canary.hits).toBe(0);
    },
  );

  it.each([
    'http://shop.example/',
    'ftp://shop.example/',
    'nonsense',
    '',
    'https://shop.example:25/',
    'https://a:b@shop.example/',
  ])('to "%s"', async (url) => {
    const { asked, resolve } = resolving(['1.1.1.1']);
    expect(await anEgress({ resolve }).post({ url, ...REQUEST })).toMatchObject({ outcome: 'ADDRESS_REFUSED' });
    expect(asked).toEqual([]);
  });

  it.each(['1.1.1.1', '2606:4700:0::0:1111'])('to this machine by its public address %s', async (own) => {
    const egress = anEgress({ ...resolving(['2606:4700::1111', '1.1.1.1']), ownAddresses: () => ['10.0.0.1', own] });
    for (const host of ['shop.example', hostOf(own)]) {
      const answer = await egress.post({ url: `https://${host}/`, ...REQUEST });
      expect(answer).toMatchObject({ outcome: 'ADDRESS_REFUSED' });
    }
  });

  it('by a name that nobody knows', async () => {
    expect(await anEgress(resolving([])).post({ url: 'https://shop.example/', ...REQUEST })).toMatchObject({
      outcome: 'NAME_NOT_FOUND',
    });
  });

  it('by a name of which nobody tells before the deadline', async () => {
    const egress = anEgress({ resolve: () => new Promise(() => {}), deadlineMs: 50 });
    expect(await egress.post({ url: 'https://shop.example/', ...REQUEST })).toMatchObject({ outcome: 'TIMED_OUT' });
  });
});

describe('name servers', () => {
  it.each(['nowhere.invalid', 'localhost', `${'x'.repeat(70)}.example`, 'x.'.repeat(200)])(
    'know of no address for %s that may be called',
    async (name) => {
      const addresses = await resolveByDns()(name);
      expect(addresses.filter(isPublicAddress)).toEqual([]);
    },
    30_000,
  );
});

describe('in development', () => {
  it.each([...WRAPPED_LOOPBACK, ...NOT_PUBLIC, ...PRIVATE_NAMES])(
    'no connection is made to %s either',
    async (host) => {
      const canary = await aCanary();
      const egress = anEgress({ privateAllowed: true, ...resolving(['127.0.0.1']) });
      expect(await egress.post({ url: canary.url(hostOf(host)), ...REQUEST })).toMatchObject({
        outcome: 'ADDRESS_REFUSED',
      });
      expect(canary.hits).toBe(0);
    },
  );

  it.each(['localhost', '127.0.0.1', '[::1]', 'shop.localhost', '0x7f.1'])(
    'this machine may be called as %s',
    async (host) => {
      const receiver = await aReceiver({ host: '::' });
      const { asked, resolve } = resolving(['10.0.0.1']);
      const answer = await anEgress({ privateAllowed: true, resolve }).post({ url: receiver.url(host), ...REQUEST });
      expect(answer).toMatchObject({ outcome: 'ANSWERED', status: 200, isOk: true });
      expect(asked).toEqual([]);
    },
  );
});

describe('a name that moves', () => {
  it('is asked for once a post, and the connection goes where it led then', async () => {
    const canary = await aReceiver({ host: '127.0.0.1' });
    const shop = await aReceiver({ host: '127.0.0.2', port: canary.port });
    const { asked, resolve } = resolving(['127.0.0.2'], ['127.0.0.1']);
    const egress = anEgress({ privateAllowed: true, resolve });
    expect(await egress.post({ url: shop.url('shop.example'), ...REQUEST })).toMatchObject({ isOk: true });
    expect([asked.length, shop.hits, canary.hits]).toEqual([1, 1, 0]);
  });

  it('is vetted anew each time: public first, then this machine', async () => {
    const canary = await aCanary();
    // The first is an address of the open internet at which nobody is waited for.
    const egress = anEgress({ ...resolving(['1.1.1.1'], ['127.0.0.1']), deadlineMs: 1 });
    expect(await egress.post({ url: canary.url('shop.example', 'https'), ...REQUEST })).not.toMatchObject({
      outcome: 'ADDRESS_REFUSED',
    });
    expect(
      await egress.post({ url: canary.url('shop.example', 'https'), ...REQUEST }, { deadlineMs: DEADLINE_MS }),
    ).toMatchObject({
      outcome: 'ADDRESS_REFUSED',
    });
    expect(canary.hits).toBe(0);
  });

  it('leaves the connection to where it was behind', async () => {
    const before = await aReceiver({ host: '127.0.0.2' });
    const after = await aReceiver({ host: '127.0.0.3', port: before.port });
    const egress = anEgress({ privateAllowed: true, ...resolving(['127.0.0.2'], ['127.0.0.2'], ['127.0.0.3']) });
    for (let times = 0; times < 3; times += 1) {
      expect(await egress.post({ url: before.url('shop.example'), ...REQUEST })).toMatchObject({ isOk: true });
    }
    expect([before.hits, after.hits]).toEqual([1, 1]);
  });

  it('of a thousand addresses tries four', async () => {
    const receiver = await aReceiver({ host: '127.0.0.9' });
    const addresses = Array.from({ length: 1_000 }, (_, index) => `127.0.1.${index % 256}`);
    const egress = anEgress({ privateAllowed: true, ...resolving([...addresses, '127.0.0.9']) });
    expect(await egress.post({ url: receiver.url('shop.example'), ...REQUEST })).toMatchObject({
      outcome: 'CONNECTION_FAILED',
    });
    expect(receiver.hits).toBe(0);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%i leads nowhere', async (status) => {
    const canary = await aCanary();
    const onRequest = answers(`${status} Moved`, 'ok', `location: ${canary.url('localhost')}`);
    const shop = await aReceiver({ onRequest });
    const answer = await anEgress({ privateAllowed: true }).post({ url: shop.url(), ...REQUEST });
    expect(answer).toMatchObject({ outcome: 'ANSWERED', status, isOk: false });
    expect(canary.hits).toBe(0);
  });

  it.each(['refresh: 0; url=', 'alt-svc: h2=', 'link: <x>; rel=preload, '])('by "%s" neither', async (header) => {
    const canary = await aCanary();
    const shop = await aReceiver({ onRequest: answers('200 OK', 'ok', `${header}${canary.url('localhost')}`) });
    expect(await anEgress({ privateAllowed: true }).post({ url: shop.url(), ...REQUEST })).toMatchObject({
      isOk: true,
    });
    expect(canary.hits).toBe(0);
  });
});

describe('what the environment says of proxies', () => {
  it('is not heard', async () => {
    const [proxy, shop] = [await aReceiver(), await aReceiver()];
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.url();
    try {
      expect(await anEgress({ privateAllowed: true }).post({ url: shop.url(), ...REQUEST })).toMatchObject({
        isOk: true,
      });
    } finally {
      names.forEach((name, index) => {
        const value = before[index];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      });
    }
    expect([proxy.hits, shop.hits]).toEqual([0, 1]);
  });
});

describe('connections', () => {
  it('serve again after a whole answer, but not for ever', async () => {
    const receiver = await aReceiver();
    const egress = anEgress({ privateAllowed: true });
    for (let times = 0; times < 150; times += 1) await egress.post({ url: receiver.url(), ...REQUEST });
    expect(receiver.hits).toBe(2);
    expect(egress.connections).toEqual({ idle: 1, inUse: 0 });
  });

  it('that carried more than was asked for do not serve again', async () => {
    const twice = answers('200 OK', 'ok');
    const receiver = await aReceiver({
      onRequest: (socket) => {
        twice(socket);
        twice(socket);
      },
    });
    const egress = anEgress({ privateAllowed: true });
    await egress.post({ url: receiver.url(), ...REQUEST });
    await eventually(() => expect(egress.connections.idle).toBe(0));
  });

  it('of one origin do not wait for each other', async () => {
    const receiver = await aReceiver({ onRequest: () => {} });
    const egress = anEgress({ privateAllowed: true, deadlineMs: 500 });
    const posts = Array.from({ length: 40 }, () => egress.post({ url: receiver.url(), ...REQUEST }));
    await eventually(() => expect(receiver.hits).toBe(40));
    expect(new Set((await Promise.all(posts)).map(({ outcome }) => outcome))).toEqual(new Set(['TIMED_OUT']));
    expect(egress.connections).toEqual({ idle: 0, inUse: 0 });
    await eventually(() => expect(receiver.open.size).toBe(0));
  });

  it('of very many origins are few, and all end when it stops', async () => {
    const receiver = await aReceiver();
    const egress = anEgress({ privateAllowed: true });
    for (let start = 0; start < 1_000; start += 50) {
      const names = Array.from({ length: 50 }, (_, index) => `shop-${start + index}.localhost`);
      const posted = await Promise.all(names.map((name) => egress.post({ url: receiver.url(name), ...REQUEST })));
      expect(posted.every(({ isOk }) => isOk)).toBe(true);
    }
    expect(egress.connections.idle).toBeLessThanOrEqual(512);
    await eventually(() => expect(receiver.open.size).toBeLessThanOrEqual(512));
    egress.stop();
    expect(egress.connections).toEqual({ idle: 0, inUse: 0 });
    await eventually(() => expect(receiver.open.size).toBe(0));
  });

  it('of one origin are no more than its share', async () => {
    const receiver = await aReceiver();
    const egress = anEgress({ privateAllowed: true });
    await Promise.all(Array.from({ length: 100 }, () => egress.post({ url: receiver.url(), ...REQUEST })));
    expect(egress.connections).toEqual({ idle: 64, inUse: 0 });
    await eventually(() => expect([receiver.hits, receiver.open.size]).toEqual([100, 64]));
  });

  it('carry what was asked for, to the host that was named', async () => {
    const receiver = await aReceiver();
    const egress = anEgress({ privateAllowed: true, ...resolving(['127.0.0.1']) });
    const url = `${receiver.url('shop.example')}?order=1&x=%20y`;
    await egress.post({ url, headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' }, body: '{}' });
    expect(receiver.received).toMatch(/^POST \/callback\?order=1&x=%20y HTTP\/1\.1\r\n/);
    const lines = receiver.received.toLowerCase().split('\r\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        `host: shop.example:${receiver.port}`,
        'content-type: application/json',
        'content-length: 2',
        'webhook-id: msg_1',
        'accept-encoding: identity',
      ]),
    );
  });

  it('are not made for a request of ours that could not be sent', async () => {
    const receiver = await aReceiver();
    const egress = anEgress({ privateAllowed: true });
    await expect(egress.post({ url: receiver.url(), headers: { x: 'a\r\nhost: b' }, body: '' })).rejects.toThrow(
      'invalid x header',
    );
    expect([receiver.received, egress.connections]).toEqual(['', { idle: 0, inUse: 0 }]);
  });
});
