import { describe, expect, it } from '@jest/globals';
import { FairShare } from '../../../src/features/bulk/fair-share.js';

describe('a fair share', () => {
  it('lets one operator wait for itself, and no other for it', async () => {
    const shares = new FairShare(2);
    const begun: string[] = [];
    const slow = Promise.withResolvers<void>();
    const work = (name: string, until: Promise<void>) => async () => {
      begun.push(name);
      await until;
    };
    const ofSlow = [1, 2, 3].map((each) => shares.through('slow', work(`slow ${each}`, slow.promise)));
    await shares.through('other', work('other', Promise.resolve()));
    expect(begun).toEqual(['slow 1', 'slow 2', 'other']);
    slow.resolve();
    await Promise.all(ofSlow);
    expect(begun).toEqual(['slow 1', 'slow 2', 'other', 'slow 3']);
  });

  it('fails as the work does, and goes on', async () => {
    const shares = new FairShare(1);
    const fails = () => Promise.reject(new Error('broken'));
    await expect(shares.through('one', fails)).rejects.toThrow('broken');
    let isDone = false;
    await shares.through('one', async () => {
      isDone = true;
    });
    expect(isDone).toBe(true);
  });
});
