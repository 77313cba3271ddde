import 'reflect-metadata';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SEED } from '../orders/disorder.js';
import { liveThrough } from './virtual-time.js';

jest.setTimeout(600_000);

/** `QUITTANCE_AGREEMENTS=10000 QUITTANCE_DAYS=400 npm test …` is the full proof. */
const AGREEMENTS = Number(process.env.QUITTANCE_AGREEMENTS ?? 60);
const DAYS = Number(process.env.QUITTANCE_DAYS ?? 400);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
});

afterAll(() => database.drop());

it(`${AGREEMENTS} agreements are charged for ${DAYS} days, each period once and on its day, whatever clocks do`, async () => {
  const run = { databaseUrl: database.url, agreements: AGREEMENTS, days: DAYS, operators: 4, seed: SEED };
  const found = await liveThrough(run);
  expect(found).toMatchObject({ missed: [], doubled: [], wrong: [], failures: [] });
  expect(found.periods).toBeGreaterThan(AGREEMENTS * (DAYS / 50));
});
