import 'reflect-metadata';
import { globSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { distancesTo } from './modules.mjs';
import { nameOf, runTests, testsIn } from './test-files.mjs';

/** What is evaluated only as a module loads is tried with so many test files, those nearest to it. */
const NEAREST = 5;

/** Stryker lets a mutant be executed a hundred times as often as all tests together do, which takes minutes. */
const HITS_SHARE = 0.03;

/** Mechanism, drawing, and how long much of something takes: most of the time, and nothing about rules. */
const ELSEWHERE = ['test/unit/csv/**', 'test/unit/invoices/pdf*', 'test/unit/**/*-{size,speed}.test.ts'];

/** What the instrumented code reads each time it comes to a mutant, and where it counts. */
globalThis.__stryker__ ??= {};
const state = globalThis.__stryker__;

/**
 * Runs unit tests against mutants for Stryker, in one process that has loaded
 * them and switches mutants by a variable: milliseconds for each, where Jest
 * takes seconds. A mutant of what a module evaluates as it loads needs that
 * module anew, and those between it and the tests.
 */
class UnitTests {
  #roots = new Map();
  #reloadable = new Map();
  #durations = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    // The same cases every time, and the first that fails is enough.
    fc.configureGlobal({ seed: 1, endOnFailure: true });
    for (const file of globSync('test/unit/**/*.test.ts', { exclude: ELSEWHERE }).sort()) {
      this.#roots.set(path.resolve(file), await testsIn(path.resolve(file)));
    }
  }

  async dryRun() {
    const tests = [];
    for (const [file, root] of this.#roots) {
      const failure = await runTests(root, { file, goOn: true, ...recorder(file, tests) });
      if (failure && failure.place === undefined) return { status: 'error', errorMessage: `${file}: ${failure.text}` };
    }
    return { status: 'complete', tests, mutantCoverage: state.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit: hitLimitOfStryker = Infinity, sandboxFileName }) {
    const hitLimit = Math.max(1_000, hitLimitOfStryker * HITS_SHARE);
    const activate = () => Object.assign(state, { activeMutant: activeMutant.id, hitLimit, hitCount: 0 });
    const ran = { nrOfTests: 0 };
    const began = () => {
      ran.nrOfTests += 1;
    };
    try {
      const failure = testFilter
        ? await this.#whileRunning(testFilter, { activate, began })
        : await this.#fromTheStart(sandboxFileName, { activate, began });
      if (state.hitCount > hitLimit) return { status: 'timeout', reason: `executed more than ${hitLimit} times` };
      if (!failure) return { status: 'survived', ...ran };
      return { status: 'killed', killedBy: failure.killedBy, failureMessage: failure.text, ...ran };
    } finally {
      state.activeMutant = undefined;
    }
  }

  async #whileRunning(testIds, { activate, began }) {
    activate();
    for (const [file, wanted] of placesByFile(testIds)) {
      const failure = await runTests(this.#roots.get(file), { file, wanted, began });
      if (failure) return { ...failure, killedBy: [idOf(file, failure.place)] };
    }
    return null;
  }

  async #fromTheStart(mutated, { activate, began }) {
    const distances = distancesTo(mutated);
    for (const file of this.#nearest(mutated, distances)) {
      activate();
      const startedAt = performance.now();
      const failure = await runAnew(file, distances, began);
      this.#durations.set(file, performance.now() - startedAt);
      state.activeMutant = undefined;
      if (failure && (await this.#canReload(file, mutated, distances))) {
        return { ...failure, killedBy: [idOf(file, failure.place ?? 0)] };
      }
    }
    return null;
  }

  /** First those of its own name; of those equally far, the quickest first. */
  #nearest(mutated, distances) {
    const name = path.basename(mutated, '.ts');
    const isOther = (file) => Number(!path.basename(file).includes(name));
    return [...this.#roots.keys()]
      .filter((file) => distances.has(file))
      .sort(
        (one, other) =>
          isOther(one) - isOther(other) ||
          distances.get(one) - distances.get(other) ||
          this.#msOf(one) - this.#msOf(other),
      )
      .slice(0, NEAREST);
  }

  #msOf(file) {
    return this.#durations.get(file) ?? 0;
  }

  /** Tests that fail because of the second loading would kill everything. */
  async #canReload(file, mutated, distances) {
    const key = `${file} ${mutated}`;
    if (!this.#reloadable.has(key)) this.#reloadable.set(key, (await runAnew(file, distances, () => {})) === null);
    return this.#reloadable.get(key);
  }
}

async function runAnew(file, distances, began) {
  try {
    const root = await testsIn(file, distances);
    return await runTests(root, { file, began });
  } catch (error) {
    return { text: `could not be loaded: ${error.message}` };
  }
}

function recorder(file, tests) {
  let startedAt = 0;
  const of = (place, test) => ({ id: idOf(file, place), name: nameOf(test), fileName: file });
  return {
    began(place) {
      state.currentTestId = idOf(file, place);
      startedAt = performance.now();
    },
    ended(place, test, failureMessage) {
      state.currentTestId = undefined;
      const timeSpentMs = performance.now() - startedAt;
      const status = failureMessage === undefined ? 0 : 1;
      tests.push({ ...of(place, test), timeSpentMs, status, failureMessage });
    },
  };
}

function idOf(file, place) {
  return `${path.relative(process.cwd(), file)}#${place}`;
}

/** The files with the fewest of the tests first: they are likelier to be about what is mutated. */
function placesByFile(testIds) {
  const places = new Map();
  for (const id of testIds) {
    const [relative, place] = id.split('#');
    const file = path.resolve(relative);
    if (!places.has(file)) places.set(file, new Set());
    places.get(file).add(Number(place));
  }
  return [...places].sort(([, one], [, other]) => one.size - other.size);
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'unit-tests', injectableClass: UnitTests }];
