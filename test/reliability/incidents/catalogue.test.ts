import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { INCIDENTS } from './catalogue.js';

/** Those that we set out to reproduce, by peer. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  killbill: ['#639', '#809', '#1015', '#2133'],
  'killbill-stripe-plugin': [' PR#17'],
  hyperswitch: ['#3408', '#3675', '#9925', '#13182'],
  lago: ['#5398', '#5708', '#5837', '#5878', '#5978'],
  'lago-api': [' PR#879'],
  polar: ['#10653', '#13272', '#13315'],
  saleor: ['#19220'],
  'pinelab-vendure-plugins': ['#620'],
  'statamic-cargo': ['#191'],
  medusa: ['#16292'],
  'formancehq/payments': ['#745', '#748'],
  'formancehq/ledger': ['#1684'],
  convoy: ['#2668', '#2747', '#2795'],
  outpost: ['#975'],
  agenda: ['#722'],
  'graphql-ws': ['#532'],
  'type-graphql': ['#175'],
  erpnext: ['#26951'],
};

/** A test's name as it stands in the source; skipped ones are none. */
const NAMED = /(?<![.\w])it\(\s*(?<quote>['"`])(?<name>.*?)(?<!\\)\k<quote>,/g;
const REFERENCE = /^(?<reference>[a-z][a-z-]*(?:\/[a-z-]+)?(?: PR)?#\d+): (?<here>.+)$/;

/** Every test whose name begins with a reference, wherever it is. */
const tests = globSync('test/**/*.test.ts').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(NAMED)].flatMap(({ groups }) => {
    const { reference = '', here = '' } = REFERENCE.exec(groups?.name ?? '')?.groups ?? {};
    return reference ? [{ reference, here, file }] : [];
  }),
);

describe('the incidents of other systems', () => {
  it('that were to be reproduced are in the catalogue, each once', () => {
    const wanted = Object.entries(WANTED).flatMap(([peer, numbers]) => numbers.map((number) => peer + number));
    expect(INCIDENTS.map(({ reference }) => reference).sort()).toEqual(wanted.sort());
  });

  it('have one test each, where the catalogue says and by the name that it says', () => {
    const catalogued = INCIDENTS.map(({ reference, here, file }) => ({
      reference,
      here,
      file: path.join('test/reliability/incidents', file),
    }));
    const byReference = (one: { reference: string }, other: { reference: string }) =>
      one.reference.localeCompare(other.reference);
    expect(tests.toSorted(byReference)).toEqual(catalogued.toSorted(byReference));
  });

  it('are told in whole sentences', () => {
    expect(INCIDENTS.filter(({ there }) => !/^[A-Z].{40,}\.$/.test(there))).toEqual([]);
  });
});
