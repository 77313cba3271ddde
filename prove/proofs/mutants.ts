import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { atLeast, type Figure, type Proof } from '../proof.js';

const FOLDERS = ['src/kernel', 'src/features/*/domain'];

/** Of the files of each folder, by size of the proof. `npm run mutants` tries all. */
const SHARES = { small: 0.02, full: 0.4 };
const WANTED = { small: 20, full: 1_200 };
const SCORE_MIN = 85;

/** A few of Stryker's words. What never ends is noticed, too; what cannot run at all is no mutant. */
const NOTICED = ['Killed', 'Timeout'];
const TRIED = [...NOTICED, 'Survived', 'NoCoverage'];

type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

export const mutants: Proof = {
  name: 'mutants',
  promise: 'a pure rule that is changed in some small way no longer passes its unit tests',
  minutes: 6,
  async run({ size, seed, say }) {
    const folders = FOLDERS.flatMap((pattern) => globSync(pattern)).toSorted();
    const files = folders.flatMap((folder) => drawn(folder, SHARES[size], seed));
    say(`${files.length} files of ${folders.length} folders`);
    const results = await new Stryker({ mutate: files, reporters: ['json'] }).runMutationTest();
    const tried = results.filter(({ status }) => TRIED.includes(status));
    const score = scoreOf(tried);
    return {
      figures: [
        atLeast('mutants tried', tried.length, WANTED[size]),
        ...folders.map((folder) => figureOf(folder, tried)),
        { what: 'killed of all', figure: `${score} %`, target: `≥ ${SCORE_MIN} %`, met: score >= SCORE_MIN },
      ],
      violations:
        score >= SCORE_MIN
          ? []
          : [`${score} % were killed, of which these were not: ${survivors(tried).map(placeOf).join(', ')}`],
    };
  },
};

/** As many of a folder's files as its share, at least one. */
function drawn(folder: string, share: number, seed: number): string[] {
  const files = globSync(`${folder}/**/*.ts`);
  const lot = (file: string) => createHash('sha256').update(`${seed} ${file}`).digest('hex');
  const ordered = files.toSorted((one, other) => (lot(one) < lot(other) ? -1 : 1));
  return ordered.slice(0, Math.ceil(ordered.length * share));
}

function figureOf(folder: string, tried: readonly Mutant[]): Figure {
  const here = tried.filter(({ fileName }) => path.relative('.', fileName).startsWith(`${folder}/`));
  const killed = here.length - survivors(here).length;
  return {
    what: `${folder}: tried, killed, survived`,
    figure: `${here.length}, ${killed}, ${here.length - killed}${here.length > 0 ? ` (${scoreOf(here)} %)` : ''}`,
    target: '',
    met: null,
  };
}

function survivors(tried: readonly Mutant[]): Mutant[] {
  return tried.filter(({ status }) => !NOTICED.includes(status));
}

/** In percent, rounded down to a tenth. */
function scoreOf(tried: readonly Mutant[]): number {
  const noticed = tried.length - survivors(tried).length;
  return tried.length === 0 ? 100 : Math.floor((noticed / tried.length) * 1_000) / 10;
}

function placeOf({ fileName, location, mutatorName }: Mutant): string {
  return `${path.relative('.', fileName)}:${location.start.line} (${mutatorName})`;
}
