import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { paced } from '../../src/platform/downloads/paced.js';
import { eventually } from '../support/eventually.js';

const PIECE = Buffer.alloc(65_536, 'x');
const pieces = (count: number) => Readable.from(Array.from({ length: count }, () => PIECE));
const app = Fastify();
let url: string;
let hanging: Readable | null = null;

beforeAll(async () => {
  app.get('/', (_request, reply) => {
    hanging = pieces(2_000);
    return reply.send(paced(hanging, { idleMs: 100, bytesPerSecondMin: 1 }));
  });
  url = await app.listen({ port: 0 });
});
afterAll(() => app.close());

describe('a file that is loaded', () => {
  it('comes whole to whoever takes it', async () => {
    const content = pieces(20);
    expect(await buffer(paced(content))).toHaveLength(20 * PIECE.length);
    expect(content.destroyed).toBe(true);
  });

  it('is cut off where nobody takes anything any more, and its source with it', async () => {
    const reader = (await fetch(url)).body?.getReader();
    await reader?.read();
    await eventually(() => Promise.resolve(expect(hanging?.destroyed).toBe(true)));
    await expect(
      (async () => {
        while (!(await reader?.read())?.done);
      })(),
    ).rejects.toThrow();
  });

  it('is cut off where too little is taken on the whole, however steadily', async () => {
    const content = pieces(1_000);
    const slow = paced(content, { idleMs: 60, bytesPerSecondMin: 1e9 });
    const steadily = async () => {
      for await (const _ of slow) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await expect(steadily()).rejects.toThrow('takes too little');
    expect(content.destroyed).toBe(true);
  });

  it('fails as its source does, and ends its source when its reader goes away', async () => {
    const broken = Readable.from(
      (async function* () {
        yield PIECE;
        throw new Error('cut');
      })(),
    );
    await expect(buffer(paced(broken))).rejects.toThrow('cut');
    const waiting = new Readable({ read() {} });
    const taken = paced(waiting);
    taken.resume();
    taken.destroy();
    await eventually(() => Promise.resolve(expect(waiting.destroyed).toBe(true)));
  });
});
