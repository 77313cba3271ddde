import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { dump } from '../../api/bad-input/dump.js';
import { sdk } from '../../contract/stripe-sandbox/sandbox.js';
import { aBillingShop, agreementOf, subscribe } from '../../support/agreements.js';
import { asOwner, debit } from '../../support/charging.js';
import { callAt, untilQuiet } from '../../support/notifications.js';
import { Client, type Json } from '../../support/product.js';
import { Receiver } from '../../support/receiver.js';
import { endpointOf } from '../orders/disorder.js';
import { Scene } from './scene.js';

jest.setTimeout(60_000);

const IBAN = 'DE89370400440532013000';

const logged: string[] = [];
let scene: Scene;
let receiver: Receiver;

beforeAll(async () => {
  // As much as it can tell.
  scene = await Scene.open({ processes: 1, logTo: { write: (line) => void logged.push(line) } });
  receiver = await Receiver.open();
});

afterAll(async () => {
  await receiver.close();
  await scene.close();
});

/** Each such row that is written breaks off the work with all of the row in the error, as if it were a bug that tells too much. */
async function withTalkativeFailures(table: string, work: () => Promise<unknown>): Promise<void> {
  await asOwner(
    scene.one,
    `create function tells_all() returns trigger language plpgsql as $$ begin raise 'cannot write %', new; end $$;
     create trigger tells_all before insert or update on ${table} for each row execute function tells_all()`,
  );
  await work();
  await asOwner(scene.one, `drop trigger tells_all on ${table}; drop function tells_all()`);
}

it('formancehq/payments#748: no secret of an account, and no IBAN, in whatever the program tells of its work', async () => {
  const shop = await scene.begin(aBillingShop(scene.one));
  const { stripe, operator } = shop;
  const said: unknown[] = [];
  const ask = async (client: Client, mutation: string, input: Json) =>
    said.push(await client.do(mutation, input, '__typename').catch(String));
  await callAt(shop, receiver.url());

  // Each step that has the keys in its hands, and each once more when it goes wrong.
  const [account] = (
    await operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
      '{ operator { paymentSystemAccounts { id } } }',
    )
  ).operator.paymentSystemAccounts;
  const rolled = scene.one.sandbox.control.rollKeys(stripe.accountId);
  const { secretKey, publishableKey } = rolled;
  const rotation = { accountId: account?.id, secretKey, publishableKey };
  await ask(operator, 'rotatePaymentSystemKeys', { ...rotation, secretKey: `${secretKey}-broken` });
  scene.lose('error_500_before', '/v1/account', 1, 'GET');
  await ask(operator, 'rotatePaymentSystemKeys', rotation);
  await withTalkativeFailures('payment_system_accounts', () => ask(operator, 'rotatePaymentSystemKeys', rotation));
  await ask(operator, 'rotatePaymentSystemKeys', rotation);
  await ask(operator, 'connectPaymentSystem', { secretKey, publishableKey, nonsense: secretKey });
  scene.one.sandbox.control.revokeKey(stripe.secretKey);
  for (const kind of ['reset_before', 'error_500_after', 'error_503'] as const)
    scene.lose(kind, '/v1/payment_intents', 1);
  for (let sale = 0; sale < 4; sale += 1) said.push((await shop.sale()).order);
  await new Client(scene.one.url, secretKey).raw('{ viewer { kind } }');
  await shop.raw(`{ order(id: "${secretKey}") { nonsense } }`);

  // A bank account of which only the payment system knows the number.
  const byBank = async () => {
    const browser = sdk(scene.one.sandbox, publishableKey);
    const { id } = await browser.paymentMethods.create({
      type: 'sepa_debit',
      sepa_debit: { iban: IBAN },
      billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
    });
    return debit(id);
  };
  await withTalkativeFailures('stored_credentials', async () => {
    said.push(await subscribe(shop, await byBank()).catch(String));
    await scene.later(20);
  });
  const made = await subscribe(shop, await byBank());
  await scene.later(20);
  said.push(await agreementOf(shop, made.agreement.id), made);
  expect(made.agreement.credential).toMatchObject({ type: 'BANK_ACCOUNT', lastFour: '3000' });
  await untilQuiet(scene.one, shop);

  const { secret } = endpointOf(scene.one, shop);
  const places = {
    log: logged.join('\n'),
    answers: JSON.stringify(said),
    metrics: await (await fetch(`${scene.one.url}/metrics`)).text(),
    notifications: receiver.received.map(({ body, headers }) => body + JSON.stringify(headers)).join('\n'),
    database: await dump(scene.one.database.url),
  };
  expect(Object.entries(places).filter(([, text]) => text.length < 100)).toEqual([]);
  expect(places.log).toMatch(/cannot write.*rotatePaymentSystemKeys|rotatePaymentSystemKeys.*cannot write/);
  const secrets = [
    stripe.secretKey,
    secretKey,
    secret,
    shop.key,
    operator.key,
    scene.one.masterKey.split(':').at(-1),
    IBAN,
  ];
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    secrets
      .filter((each) => text.includes(each ?? '') || text.includes(each?.slice(4, -4) ?? ''))
      .map((each) => [place, each]),
  );
  expect(leaks).toEqual([]);
});
