import { createRequire } from 'node:module';
import { fromConfig } from '../support/from-jest.mjs';
import * as globals from '../support/jest-globals.mjs';
import { importAnew } from './modules.mjs';

const require = createRequire(fromConfig.resolve('jest-circus/runner'));
const circus = createRequire(require.resolve('jest-circus/package.json'))('./build/index.js');
const { jestExpect } = require('@jest/expect');
const { SnapshotState } = require('jest-snapshot');
const TIMEOUT_MS = 10_000;

/** The tests of a file as they are before any has run, so that they can be run as often as wanted. */
export async function testsIn(file, renewed) {
  circus.resetState();
  globals.forget();
  globals.offer({ ...circus.default, expect: jestExpect });
  await importAnew(file, renewed);
  return circus.getState().rootDescribeBlock;
}

/**
 * Runs those tests whose place in the file is wanted, or all, up to the first
 * that fails unless told to go on. Returns the first failure, or null.
 */
export async function runTests(root, { file, wanted, goOn = false, began, ended }) {
  circus.resetState();
  const tests = [];
  const state = circus.getState();
  state.rootDescribeBlock = copyOf(root, undefined, tests);
  state.currentDescribeBlock = state.rootDescribeBlock;
  state.testTimeout = TIMEOUT_MS;
  const skip = (isUnwanted) => {
    for (const [place, test] of tests.entries()) if (isUnwanted(place)) test.mode = 'skip';
  };
  if (wanted) skip((place) => !wanted.has(place));

  let failure = null;
  const follow = ({ name, test }) => {
    if (name === 'test_fn_start') {
      jestExpect.setState({ currentTestName: nameOf(test), suppressedErrors: [] });
      began(tests.indexOf(test));
    }
    if (name !== 'test_done' || test.mode === 'skip') return;
    // Snapshots that differ are not thrown, so that all of a test are seen.
    test.errors.push(...jestExpect.getState().suppressedErrors);
    const place = tests.indexOf(test);
    const text = test.errors.length > 0 ? textOf(test.errors[0]) : undefined;
    ended?.(place, test, text);
    if (text === undefined) return;
    failure ??= { place, text };
    if (!goOn) skip(() => true);
  };
  jestExpect.setState({ testPath: file, snapshotState: comparesOnly(file) });
  circus.addEventHandler(follow);
  try {
    const { unhandledErrors } = await circus.run();
    return failure ?? (unhandledErrors.length > 0 ? { text: String(unhandledErrors[0]) } : null);
  } finally {
    circus.removeEventHandler(follow);
  }
}

export function nameOf(test) {
  const names = [];
  for (let each = test; each.parent; each = each.parent) names.unshift(each.name);
  return names.join(' ');
}

function copyOf(block, parent, tests) {
  const copy = { ...block, parent, hooks: [...block.hooks], children: [], tests: [] };
  for (const child of block.children) {
    if (child.type === 'describeBlock') {
      copy.children.push(copyOf(child, copy, tests));
      continue;
    }
    const unhandledRejectionErrorByPromise = new Map();
    const test = { ...child, parent: copy, errors: [], retryReasons: [], unhandledRejectionErrorByPromise };
    copy.children.push(test);
    copy.tests.push(test);
    tests.push(test);
  }
  return copy;
}

/** Snapshots stand in the tests themselves: they are compared, and never written. */
function comparesOnly(file) {
  const options = { updateSnapshot: 'none', snapshotFormat: { escapeString: false, printBasicPrototype: false } };
  return new SnapshotState(`${file}.none`, { ...options, rootDir: process.cwd(), prettierPath: null });
}

function textOf(error) {
  const [thrown] = Array.isArray(error) ? error : [error];
  return String(thrown?.message ?? thrown);
}
