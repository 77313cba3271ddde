import { signatureHeader } from '../../../src/stripe-sandbox/events/signature.js';
import { markOf } from './fill.js';
import type { Asker, Judge } from './judge.js';
import type { World } from './world.js';

const LINKS =
  /http:\/\/[^"\s\\]+?\/(?:exports|statements|bulk-files|bulk-results|invoices|credit-notes|pay|[a-z-]+)\/[^"\s\\]+/g;

/** Every address that somebody is given: of files, of uploads, of pages. */
export async function linksOf(world: World, asker: Asker): Promise<string[]> {
  const questions = [
    `{ orders(first: 10) { nodes { paymentPageUrl } } bulkOperations(first: 20) { nodes { uploadUrl results { url } } }
       invoices(first: 3) { nodes { pdfUrl creditNotes { pdfUrl } paymentPageUrl } } }`,
    `{ merchant { statement(currency: "USD", from: ${world.literals.from}, to: ${world.literals.to}) { downloadUrl }
       orderExport { url } agreementExport { url } ledgerExport { url } } }`,
  ];
  const answers = await Promise.all(questions.map((question) => world.ask(asker.key, question)));
  const links = answers.flatMap(({ text }) => [...text.matchAll(LINKS)].map(([link]) => link));
  return [...new Set(links)].filter((link) => link.startsWith(world.product.url));
}

/** What all that is answered beside GraphQL shows, and to whom; answers with how many addresses were tried. */
export async function tryRoutes(world: World, judge: Judge, askers: readonly Asker[]): Promise<number> {
  let tried = 0;
  const all: (readonly [Asker, readonly string[]])[] = [];
  for (const asker of askers) all.push([asker, await linksOf(world, asker)]);
  for (const [asker, links] of all) {
    if (links.length < 3) judge.say(`${asker.name} was given only ${links.length} links: ${links.join(' ')}`);
    for (const link of links) {
      tried += 1;
      const isUpload = link.includes('/bulk-files/');
      if (!isUpload) judge.look(asker, new URL(link).pathname.slice(0, 20), await body(link));
      const stranger = all.find(([other]) => other.letter !== asker.letter)?.[1] ?? [];
      tried += await tamper(judge, link, stranger, isUpload ? 'PUT' : 'GET');
    }
  }
  return tried + (await openRoutes(world, judge));
}

async function body(link: string): Promise<string> {
  const response = await fetch(link, { redirect: 'manual' });
  const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
  if (response.status !== 200) throw new Error(`${link} was answered with ${response.status}: ${text.slice(0, 200)}`);
  return text;
}

/** Another's claims under one's own proof, one's own under another's, and what was made for another kind of file. */
async function tamper(judge: Judge, link: string, others: readonly string[], method: string): Promise<number> {
  const kind = kindOf(link);
  const theirs = others.find((other) => kindOf(other) === kind);
  const of = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const name = of(link);
  const parts = name.split('.');
  const wrong = parts.flatMap((_, index) => {
    const other = of(theirs ?? '').split('.')[index];
    return other && other !== parts[index] ? [link.replace(name, parts.with(index, other).join('.'))] : [];
  });
  const elsewhere = others.filter((other) => kindOf(other) !== kind).map((other) => other.replace(of(other), name));
  const never = await answered(link.replace(name, `${'A'.repeat(name.length - 4)}${name.slice(-4)}`), method);
  for (const url of [...wrong, ...elsewhere.slice(0, 3)]) {
    const answer = await answered(url, method);
    if (kindOf(url) === kind && answer !== never) judge.say(`${url} was answered with ${answer} and not with ${never}`);
    if (/^2/.test(answer)) judge.say(`${url}, which nobody was given, was answered with ${answer.slice(0, 200)}`);
  }
  return wrong.length + Math.min(3, elsewhere.length);
}

function kindOf(link: string): string {
  return new URL(link).pathname.split('/').slice(0, -1).join('/');
}

async function answered(url: string, method: string): Promise<string> {
  const response = await fetch(url, { method, redirect: 'manual', ...(method === 'PUT' && { body: 'a,b\r\n' }) });
  return `${response.status} ${await response.text()}`;
}

/** What anybody may ask for says nothing of anybody. */
async function openRoutes(world: World, judge: Judge): Promise<number> {
  const nobody: Asker = {
    name: 'nobody',
    key: '',
    letter: null,
    operatorId: null,
    merchant: null,
    mode: null,
    orderId: null,
    isSomebody: false,
  };
  const paths = ['/metrics', '/healthz', '/readyz', '/graphiql', '/pay', '/bulk/templates/createAgreements.csv', '/x'];
  for (const path of paths) {
    const response = await fetch(new URL(path, world.product.url));
    judge.look(nobody, path, await response.text());
  }
  return paths.length;
}

/** News that one tenant's payment system signs, at another tenant's address, and at one that never was. */
export async function crossWebhooks(
  world: World,
  judge: Judge,
  { from, to, never }: { readonly from: Endpoint; readonly to: Endpoint; readonly never: string },
): Promise<void> {
  const event = JSON.stringify({
    id: `evt_${markOf('z', 9)}`,
    object: 'event',
    type: 'payment_intent.succeeded',
    created: Math.floor(world.product.clock.now().getTime() / 1000),
    livemode: false,
    data: { object: { id: 'pi_x', object: 'payment_intent' } },
  });
  const at = Math.floor(world.product.clock.now().getTime() / 1000);
  const sent = async (url: string, secret: string) => {
    const headers = { 'content-type': 'application/json', 'stripe-signature': signatureHeader(secret, at, event) };
    const response = await fetch(url, { method: 'POST', headers, body: event });
    return response.status;
  };
  const own = await sent(from.url, from.secret);
  const theirs = await sent(to.url, from.secret);
  const nobodys = await sent(never, from.secret);
  if (own !== 200) judge.say(`a webhook of one's own was answered with ${own}`);
  if (theirs !== 400) judge.say(`a webhook signed by another tenant's secret was answered with ${theirs}`);
  if (nobodys !== 404) judge.say(`a webhook for nobody was answered with ${nobodys}`);
}

export interface Endpoint {
  readonly url: string;
  readonly secret: string;
}

/** What an address is answered with, in which nothing is sent to an upload. */
export async function statusOf(link: string): Promise<number> {
  return Number((await answered(link, link.includes('/bulk-files/') ? 'PUT' : 'GET')).slice(0, 3));
}
