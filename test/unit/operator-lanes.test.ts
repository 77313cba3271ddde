import { describe, expect, it } from '@jest/globals';
import { OperatorLanes } from '../../src/platform/jobs/operator-lanes.js';

/** Work that ends when it is told to. */
function heldWork() {
  const ends = new Map<string, () => void>();
  const done: string[] = [];
  const each = ({ id }: { id: string }) =>
    new Promise<void>((resolve) => {
      ends.set(id, () => {
        done.push(id);
        resolve();
      });
    });
  return { each, done, begun: () => [...ends.keys()], end: (id: string) => ends.get(id)?.() };
}

const due = (operatorId: string, ...ids: string[]) => ids.map((id) => ({ operatorId, id }));

describe('lanes of operators', () => {
  it('pass over an operator that is still busy, and nobody else', async () => {
    const lanes = new OperatorLanes(() => {});
    const work = heldWork();
    const slow = lanes.work(due('slow', 's1'), work.each);

    const quick = lanes.work([...due('slow', 's2'), ...due('quick', 'q1')], work.each);
    expect(work.begun()).toEqual(['s1', 'q1']);
    work.end('q1');
    expect(await quick).toBe(1);
    expect(work.done).toEqual(['q1']);

    work.end('s1');
    await slow;
    const again = lanes.work(due('slow', 's2'), work.each);
    work.end('s2');
    expect(await again).toBe(1);
  });

  it("work on four of one operator's things at once", async () => {
    const lanes = new OperatorLanes(() => {});
    const work = heldWork();
    const all = lanes.work(due('one', 'a', 'b', 'c', 'd', 'e'), work.each);
    expect(work.begun()).toEqual(['a', 'b', 'c', 'd']);
    work.end('a');
    await new Promise(setImmediate);
    expect(work.begun()).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const id of ['b', 'c', 'd', 'e']) work.end(id);
    await all;
  });

  it('are stopped when what is under way has ended, waited for or not', async () => {
    const lanes = new OperatorLanes(() => {});
    const work = heldWork();
    const run = lanes.work(due('one', 'a'), work.each);
    let isStopped = false;
    const stopped = lanes.stop().then(() => {
      isStopped = true;
    });
    expect(lanes.isStopping).toBe(true);
    await new Promise(setImmediate);
    expect(isStopped).toBe(false);
    work.end('a');
    await Promise.all([stopped, run]);
    expect(work.done).toEqual(['a']);
  });

  it('tell of what fails and go on with the rest', async () => {
    const failures: unknown[] = [];
    const lanes = new OperatorLanes((error) => failures.push(error));
    const done: string[] = [];
    await lanes.work(due('one', 'bad', 'good'), async ({ id }) => {
      if (id === 'bad') throw new Error('no');
      done.push(id);
    });
    expect(done).toEqual(['good']);
    expect(failures).toEqual([new Error('no')]);
  });
});
