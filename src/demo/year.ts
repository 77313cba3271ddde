import { systemClock } from '../kernel/clock.js';
import { AgreementShop } from './agreement-shop.js';
import { ApiClient } from './api-client.js';
import type { DemoFile } from './demo-file.js';
import { InstalmentChapters } from './instalment-chapters.js';
import { AGREEMENTS, LiveStatuses } from './live-statuses.js';
import { makeTenant } from './make-tenants.js';
import { SubscriptionChapters } from './subscription-chapters.js';
import type { Transcript } from './transcript.js';

/**
 * A year of agreements in some seconds. An operator whose time was moved can
 * never go live, so the year has one of its own, and the demo's keep theirs.
 */
export async function playYear(demo: DemoFile, tell: Transcript): Promise<void> {
  tell.chapter('An operator of its own for what comes: its time will be moved by a year.');
  const tenant = await makeTenant(demo, demo.platformKey, { operator: 'A year', merchant: 'Gym and Sofas' });
  tell.step('createOperator', tenant.operatorId);
  const live = await LiveStatuses.follow(demo.graphqlWsUrl, tenant.merchantKey, (text) => tell.live(text), AGREEMENTS);
  const shop = new AgreementShop({
    merchant: new ApiClient(demo.graphqlUrl, tenant.merchantKey),
    operator: new ApiClient(demo.graphqlUrl, tenant.operatorKey),
    live,
    tell,
    sandboxUrl: demo.stripeSandboxUrl,
    controlUrl: demo.stripeSandboxControlUrl,
  });
  try {
    await chapters(shop, systemClock.now().getUTCFullYear() + 1);
  } finally {
    await live.stop();
  }
}

async function chapters(shop: AgreementShop, year: number): Promise<void> {
  const subscription = new SubscriptionChapters(shop, year);
  const plan = new InstalmentChapters(shop, year);
  await subscription.begin();
  shop.tell.chapter('The month ends come, and with each of them a charge. Nobody asks for it.');
  await subscription.passMonths(1, 3);
  await subscription.declineAndRecover();
  await subscription.replaceCard();
  await subscription.passMonths(5, 6);

  await plan.begin();
  await subscription.passMonth(7);
  await plan.payPart(2, `${year}-08-15`);
  await subscription.passMonth(8);
  await plan.payPart(3, `${year}-09-15`);
  await plan.end();

  shop.tell.chapter('The rest of the year.');
  await subscription.passMonths(9, 12);
  await subscription.end();
}
