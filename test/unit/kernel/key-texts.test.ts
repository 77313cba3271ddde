import { describe, expect, it } from '@jest/globals';
import { containsKey, redactKeys } from '../../../src/kernel/key-texts.js';
import { newApiKey } from '../../../src/platform/secrets/api-key.js';

const SECRET = '51H8xkPqabcdefgh';

describe('a key in a text', () => {
  it.each([
    `sk_live_${SECRET}`,
    `sk_test_${SECRET}`,
    `rk_live_${SECRET}`,
    `rk_test_${SECRET}`,
    `sk_org_live_${SECRET}`,
    'whsec_dGhpcyBpcyBhIHNlY3JldA==',
    `my_sk_live_${SECRET}`,
    `key:sk_live_${SECRET}.`,
    newApiKey({ mode: 'live', kind: 'plat' }).key,
    newApiKey({ mode: 'test', kind: 'op' }).key,
    newApiKey({ mode: 'test', kind: 'mer' }).key,
  ])('is found, and cut after its beginning: %s', (text) => {
    expect(containsKey(text)).toBe(true);
    expect(redactKeys(`see ${text}`)).toMatch(/_…\.?$/);
  });

  it.each([
    'qtt_order_20261122_0001',
    'qtt_live_order_20261122_0001',
    'qtt_test_merchandise_20261122',
    'task_live_20261122_0001_of_two',
    `xsk_live_${SECRET}`,
    'sk_live_…abcd',
    newApiKey({ mode: 'live', kind: 'mer' }).hint,
    'pk_live_51H8xkPqabcdefgh',
    `sk_prod_${SECRET}`,
    'sk_live_short',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcmQifQ.c2lnbmF0dXJlb2Zhd2hvbGV0b2tlbg',
  ])('is not %s', (text) => {
    expect(containsKey(text)).toBe(false);
    expect(redactKeys(text)).toBe(text);
  });
});
