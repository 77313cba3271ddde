import { Egress } from '../../src/platform/egress/egress.js';
import { answers, Receiver } from '../../test/platform/egress-receivers.js';
import {
  hostOf,
  LOOPBACK_SPELLINGS,
  NOT_PUBLIC,
  PRIVATE_NAMES,
  WRAPPED_LOOPBACK,
} from '../../test/platform/egress-spellings.js';
import { createTestDatabase } from '../../test/support/database.js';
import { aShop, PLENTY, startProduct } from '../../test/support/product.js';
import { atLeast, type Figure, none, type Proof, told } from '../proof.js';

const REQUEST = { headers: {}, body: '{}' };
const OK = answers('200 OK', 'ok');
const DEADLINE_MS = 5_000;
const AMOUNT = { amount: '10.00', currency: 'USD' };
const WRITTEN = [...LOOPBACK_SPELLINGS, ...WRAPPED_LOOPBACK, ...NOT_PUBLIC, ...PRIVATE_NAMES];
const ADDRESSES = ['127.0.0.1', '127.8.8.8', '::1', ...WRAPPED_LOOPBACK, ...NOT_PUBLIC];
const REDIRECTS = [301, 302, 303, 307, 308];
/** Inputs by which a tenant names an address that we shall call. */
const SAVED_BY = ['createMerchant', 'updateMerchant', 'createOrder', 'sendTestNotification'] as const;

export const egress: Proof = {
  name: 'egress',
  promise: 'no address that a tenant names leads into our own network, however it is written or moved',
  minutes: 1,
  async run({ postgresUrl, size, say }) {
    // Listens on every address of this machine: whatever leads here by whatever detour, it hears.
    const canary = await Receiver.start({ host: '::', onRequest: OK });
    try {
      say(`${WRITTEN.length} spellings, ${ADDRESSES.length} addresses behind names`);
      const deaf = await controls(canary);
      const heardBefore = canary.hits;
      const [saved, connected] = [
        await save(postgresUrl, canary, size === 'full' ? SAVED_BY : SAVED_BY.slice(-1)),
        await connect(canary),
      ];
      const hits = canary.hits - heardBefore;
      const leaks = hits > 0 ? [`the canary was called ${hits} times`] : [];
      const figures: Figure[] = [
        atLeast('spellings and ranges', WRITTEN.length, 70),
        told('tried to save, by each input that names an address', saved.tried),
        none('saved', saved.wrong),
        told('tried to connect: written, resolved, mixed, moved, redirected', connected.tried),
        none('not refused', connected.wrong),
        none('hits on the canary', leaks),
        none('ways by which the canary is deaf', deaf),
      ];
      return { figures, violations: [...saved.wrong, ...connected.wrong, ...leaks, ...deaf] };
    } finally {
      await canary.stop();
    }
  },
};

interface Tried {
  readonly tried: number;
  readonly wrong: readonly string[];
}

/** Where this machine may be called the canary hears it: without that, no hits would say nothing. */
async function controls(canary: Receiver): Promise<readonly string[]> {
  const deaf: string[] = [];
  for (const host of ['127.0.0.1', '[::1]', 'localhost', '0x7f.1', 'shop.example']) {
    const open = new Egress({ privateAllowed: true, deadlineMs: DEADLINE_MS, resolve: async () => ['127.0.0.1'] });
    const before = canary.hits;
    const { isOk } = await open.post({ url: canary.url(host), ...REQUEST });
    if (!isOk || canary.hits === before) deaf.push(`the canary does not hear ${host}`);
    open.stop();
  }
  return deaf;
}

/** Every input of the API that keeps an address, at a product with the settings of production. */
async function save(postgresUrl: string, canary: Receiver, by: readonly (typeof SAVED_BY)[number][]): Promise<Tried> {
  const database = await createTestDatabase(postgresUrl);
  const product = await startProduct({ database, httpAllowed: false, rate: PLENTY });
  try {
    const shop = await aShop(product);
    const send = async (mutation: (typeof SAVED_BY)[number], url: string) => {
      const inputs = {
        createMerchant: { name: 'Shop', callbackUrl: url },
        updateMerchant: { merchantId: shop.id, callbackUrl: url },
        createOrder: { orderNumber: `n-${product.clock.now().getTime()}`, amount: AMOUNT, callbackUrl: url },
        sendTestNotification: { merchantId: shop.id, url },
      };
      const asker = mutation === 'createOrder' ? shop : shop.operator;
      const { code } = await asker.do<{ code?: string }>(mutation, inputs[mutation], '__typename');
      return code;
    };
    const wrong: string[] = [];
    let tried = 0;
    for (const mutation of by) {
      for (const url of WRITTEN.flatMap((host) => ['https', 'http'].map((each) => canary.url(hostOf(host), each)))) {
        tried += 1;
        const code = await send(mutation, url);
        if (code !== 'INVALID_INPUT') wrong.push(`${mutation} took ${url} (${code ?? 'done'})`);
      }
      const code = await send(mutation, 'https://shop.example/callback');
      if (code) wrong.push(`${mutation} refuses the open internet, too (${code}), so that its refusals say nothing`);
    }
    return { tried, wrong };
  } finally {
    await product.close();
    await database.drop();
  }
}

/** As if the address had been saved, by a name that led elsewhere then or by a hand in the database. */
async function connect(canary: Receiver): Promise<Tried> {
  const wrong: string[] = [];
  let tried = 0;
  const refused = async (what: string, url: string, ...answersInTurn: readonly (readonly string[])[]) => {
    let asked = 0;
    const resolve = async () => answersInTurn[Math.min(asked++, answersInTurn.length - 1)] ?? [];
    const closed = new Egress({ privateAllowed: false, deadlineMs: DEADLINE_MS, resolve });
    const { outcome } = await closed.post({ url, ...REQUEST });
    closed.stop();
    tried += 1;
    if (outcome !== 'ADDRESS_REFUSED') wrong.push(`${what}: ${outcome}`);
  };
  for (const host of WRITTEN) {
    for (const scheme of ['https', 'http']) await refused(host, canary.url(hostOf(host), scheme), ['127.0.0.1']);
  }
  const named = canary.url('shop.example', 'https');
  for (const address of ADDRESSES) {
    await refused(`a name for ${address}`, named, [address]);
    await refused(`a name for 1.1.1.1 and ${address}`, named, ['1.1.1.1', address]);
    await refused(`a name for ${address} and 2606:4700::1111`, named, [address, '2606:4700::1111']);
  }
  const moved = await moves();
  const led = await redirects(canary);
  return { tried: tried + moved.tried + led.tried, wrong: [...wrong, ...moved.wrong, ...led.wrong] };
}

/** Public when it is looked at, this machine when it is connected to: only possible where a name is asked twice. */
async function moves(): Promise<Tried> {
  const own = await Receiver.start({ host: '127.0.0.1', onRequest: OK });
  const shop = await Receiver.start({ host: '127.0.0.2', port: own.port, onRequest: OK });
  let asked = 0;
  const resolve = async () => (asked++ === 0 ? ['127.0.0.2'] : ['127.0.0.1']);
  const open = new Egress({ privateAllowed: true, deadlineMs: DEADLINE_MS, resolve });
  const { isOk } = await open.post({ url: shop.url('shop.example'), ...REQUEST });
  open.stop();
  await Promise.all([own.stop(), shop.stop()]);
  const isRight = isOk && asked === 1 && shop.hits === 1 && own.hits === 0;
  const what = `asked ${asked} times, ${shop.hits} hits where it led, ${own.hits} where it moved`;
  return { tried: 1, wrong: isRight ? [] : [`a name that moves: ${what}`] };
}

async function redirects(canary: Receiver): Promise<Tried> {
  const wrong: string[] = [];
  const open = new Egress({ privateAllowed: true, deadlineMs: DEADLINE_MS });
  for (const status of REDIRECTS) {
    const location = `location: ${canary.url('localhost')}`;
    const shop = await Receiver.start({ onRequest: answers(`${status} Moved`, 'ok', location) });
    const before = canary.hits;
    const answer = await open.post({ url: shop.url(), ...REQUEST });
    if (answer.isOk || canary.hits > before) wrong.push(`a redirect by ${status} was followed`);
    await shop.stop();
  }
  open.stop();
  return { tried: REDIRECTS.length, wrong };
}
