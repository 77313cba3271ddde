import { liveThrough } from '../../test/reliability/agreements/virtual-time.js';
import { createTestDatabase } from '../../test/support/database.js';
import { effortFigures, effortUntilNow } from '../effort.js';
import { atLeast, none, type Proof, told } from '../proof.js';

const SIZES = {
  small: { agreements: 60, days: 400, operators: 2, everyHours: 40 },
  full: { agreements: 1_500, days: 400, operators: 4 },
};

export const virtualTime: Proof = {
  name: 'virtual-time',
  promise: 'every period of an agreement is charged once and on its day, whatever zones, clocks and schedulers do',
  minutes: 3,
  async run({ size, seed, postgresUrl, say }) {
    const wanted = SIZES[size];
    const database = await createTestDatabase(postgresUrl);
    try {
      say(`${wanted.agreements} agreements, ${wanted.days} days`);
      const before = await effortUntilNow(database.url);
      const found = await liveThrough({ databaseUrl: database.url, seed, ...wanted });
      const after = await effortUntilNow(database.url);
      const { missed, doubled, wrong, failures } = found;
      return {
        figures: [
          atLeast('agreements', found.agreements, wanted.agreements),
          atLeast('periods charged', found.periods, wanted.agreements * 4),
          atLeast('time zones', found.zones, 6),
          told('billing runs', found.runs),
          ...effortFigures('period', found.periods, before, after),
          none('missed', missed),
          none('doubled', doubled),
          none('on another day or of another amount than calculated', wrong),
          none('failures', failures),
        ],
        violations: [...missed, ...doubled, ...wrong, ...failures],
      };
    } finally {
      await database.drop();
    }
  },
};
