import 'reflect-metadata';
import { closeDueInvoices } from '../../../src/features/invoices/close-invoices.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { Worked } from '../../support/measured.js';

/** The closing of a month, in a process of its own: what is owed then is charged by nobody here. */
const { appUrl } = settings<{ appUrl: string }>();
const units = new UnitsOfWork(null as never, pipelinedPool(appUrl, 4), systemClock);

serve<{ readonly operatorId: string }>({}, async ({ operatorId }) => {
  const [began, cpu] = [performance.now(), cpuMicros()];
  let made = 0;
  for (let closed = 1; closed > 0; made += closed) closed = await units.sql(operatorId, closeDueInvoices);
  const seconds = (performance.now() - began) / 1000;
  return { made, seconds, cpuMicros: cpuMicros() - cpu } satisfies Worked;
});
