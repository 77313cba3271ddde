import { startChild } from '../support/children.js';
import type { Row } from '../support/figures.js';
import { scaled } from '../support/scale.js';
import type { HasRead, ReadWork } from './csv-read/reader.js';

const FEW = 1_000;
const MANY = scaled(1_000_000);
const ROWS_A_SECOND_MIN = 115_000;
const GROWS_MAX_MB = 50;

/** Reading CSV alone, before anything is checked or stored: how fast, and whether a file's size costs memory. */
export async function csvRead(): Promise<readonly Row[]> {
  const few = await hasRead({ rows: FEW, quoted: false });
  const many = await hasRead({ rows: MANY, quoted: false });
  const quoted = await hasRead({ rows: MANY, quoted: true });
  const grownMb = many.memory.peakMb - few.memory.peakMb;
  const grown: Row = {
    line: 'csv-read',
    what: `memory of ${MANY} rows`,
    beside: `of ${FEW} rows`,
    ratio: `+${grownMb.toFixed(0)} MB`,
    target: `+ ≤ ${GROWS_MAX_MB} MB`,
    met: grownMb <= GROWS_MAX_MB,
    figures: `RSS at most ${few.memory.peakMb.toFixed(0)} and ${many.memory.peakMb.toFixed(0)} MB`,
  };
  return [grown, speed('plain cells', many), speed('a cell in quotes', quoted)];
}

/** In a process of its own: one has the other's garbage otherwise. */
async function hasRead(work: ReadWork): Promise<HasRead> {
  const reader = await startChild<object>(new URL('./csv-read/reader.js', import.meta.url), {});
  try {
    const read = await reader.ask<HasRead>(work);
    if (read.rows !== work.rows || read.faults > 0)
      throw new Error(`${read.rows} rows, ${read.faults} faults were read`);
    return read;
  } finally {
    reader.kill();
  }
}

function speed(what: string, { rows, seconds }: HasRead): Row {
  const perSecond = rows / seconds;
  return {
    line: 'csv-read',
    what: `rows of ten columns, ${what}`,
    beside: '–',
    ratio: '–',
    target: `≥ ${ROWS_A_SECOND_MIN}/s`,
    met: perSecond >= ROWS_A_SECOND_MIN,
    figures: `${perSecond.toFixed(0)} rows a second`,
  };
}
