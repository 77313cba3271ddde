import { Webhook } from 'standardwebhooks';
import { Pool } from 'undici';
import { serve, settings } from '../../support/children.js';

/** What a loop around `undici` does: signs, posts, looks whether it is ok, and remembers nothing. */
const { ports, secret, body } = settings<{ ports: readonly number[]; secret: string; body: string }>();
const AT_ONCE = 8;

const signer = new Webhook(secret);
const pools = ports.map((port) => new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE }));

serve<{ count: number }>({}, async ({ count }) => {
  let left = count;
  const lane = async (pool: Pool) => {
    while (left > 0) {
      left -= 1;
      const id = `ntf_${left}`;
      const now = new Date();
      const { statusCode, body: answer } = await pool.request({
        path: '/hook',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': signer.sign(id, now, body),
        },
        body,
      });
      if (statusCode !== 200 || (await answer.text()) !== 'ok') throw new Error(`answered ${statusCode}`);
    }
  };
  await Promise.all(pools.flatMap((pool) => Array.from({ length: AT_ONCE }, () => lane(pool))));
  return {};
});
