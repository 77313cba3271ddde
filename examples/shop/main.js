import { change, findQuittance } from './quittance.js';
import { openShop } from './shop.js';

const port = Number(process.env.SHOP_PORT || 4100);

try {
  const demo = await findQuittance();
  const { merchantId } = demo;
  const { secret } = await change(demo, 'rotateSigningSecret', '{ secret }', { merchantId });
  const payUrl = new URL('/pay', demo.graphqlUrl).href;
  const shop = await openShop({ merchantId, secret, payUrl, port });
  await change(demo, 'updateMerchant', '{ merchant { id } }', { merchantId, callbackUrl: `${shop.address}/told` });
  process.stdout.write(`
The shop is open:  ${shop.address}

  Buy something, and pay with a test card on the sandbox's page:
    4242 4242 4242 4242   paid
    4000 0025 0000 3155   asks for 3-D Secure
    4000 0000 0000 9995   declined; try another one on the same page
  any date to come, any three digits.

  What the shop was told:  ${shop.address}/orders        Stop: Ctrl-C
`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
