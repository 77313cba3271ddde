import { aShop } from '../../test/support/product.js';
import { type Proof, told } from '../proof.js';
import { Cluster } from '../world/cluster.js';

export const failover: Proof = {
  name: 'failover',
  promise: 'a process that is killed, replaced or told to stop fails nobody',
  minutes: 4,
  async run({ seed, say }) {
    const cluster = await Cluster.open({ members: ['api', 'worker'], seed });
    try {
      say('open');
      const shop = await aShop(cluster.witness);
      const { order } = await shop.sale();
      say(order.status);
      await cluster.member(0).kill();
      await cluster.postgres.crash();
      await cluster.member(0).start();
      const again = await shop.sale();
      say(again.order.status);
      await cluster.witness.settle();
      return { figures: [told('orders', 2)], violations: [] };
    } finally {
      await cluster.close();
    }
  },
};
