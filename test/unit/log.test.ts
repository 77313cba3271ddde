import { Writable } from 'node:stream';
import { createLog } from '../../src/platform/logging/log.js';
import { scrubbed } from '../../src/platform/logging/scrub.js';

/** Everything that was written by `work`. */
function written(work: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  work(createLog({ level: 'info', destination }));
  return lines.join('');
}

const CANARIES = [
  'sk_live_51Habcdefghijklmnop',
  'sk_test_51Habcdefghijklmnop',
  'rk_live_51Habcdefghijklmnop',
  'whsec_abcdefghijklmnop',
  'qtt_live_mer_abcdefghijklmnop',
  'my_sk_live_51Habcdefghijklmnop',
  'sk_org_live_51Habcdefghijklmnop',
  '4242424242424242',
  '4242 4242 4242 4242',
  '5555-5555-5555-4444',
];

describe('the log', () => {
  it('is JSON with a level and a time', () => {
    const line: unknown = JSON.parse(written((log) => log.info({ operatorId: 'op-1' }, 'hello')));
    expect(line).toEqual({ level: 'info', time: expect.stringMatching(/^20.*Z$/), operatorId: 'op-1', msg: 'hello' });
  });

  it.each(CANARIES)('writes %s nowhere', (secret) => {
    const text = written((log) => {
      log.info(`a message with ${secret}`);
      log.error({ err: new Error(`failed with ${secret}`, { cause: new Error(secret) }) }, 'x');
      log.warn({ deep: { deeper: [{ text: `url?key=${secret}` }] } });
      log.child({ bound: secret }).info('x');
    });
    expect(text.split('\n')).toHaveLength(5);
    expect(text).not.toContain(secret);
  });

  it.each(['authorization', 'password', 'secretKey', 'apiKey', 'token', 'cvc', 'card', 'number'])(
    'redacts %s at any depth',
    (name) => {
      const text = written((log) => {
        log.info({ [name]: 'canary' });
        log.info({ a: { [name]: 'canary' } });
        log.info({ a: { b: { [name]: 'canary' } } });
        log.info({ a: { b: { c: { [name]: 'canary' } } } });
      });
      expect(text).not.toContain('canary');
    },
  );

  it('leaves ids and times alone', () => {
    const text = 'ord_01jd3e4567890123456789abcd at 1763712000000, uuid 01a20073-a29f-7661-bce4-fa9346161e4a';
    expect(scrubbed(text)).toBe(text);
  });
});
