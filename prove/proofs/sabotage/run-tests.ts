import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Noticing } from '../../../test/reliability/sabotage/sabotages.js';

export interface Outcome {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  /** The first line of why not. */
  readonly why: string;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Longer than a file takes on a busy machine. */
const TOO_LONG_MS = 300_000;

/** Runs the tests that are meant, and no others, in a copy; of files that could not be run at all there are none. */
export async function runTests(folder: string, postgresUrl: string, wanted: readonly Noticing[]): Promise<Outcome[]> {
  const report = path.join(folder, 'report.json');
  await rm(report, { force: true });
  const either = (texts: readonly string[]) => `(${[...new Set(texts)].join(')|(')})`;
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--no-warnings', path.join(folder, 'node_modules/jest/bin/jest.js')],
      ...['--runInBand', '--ci', '--silent', '--json', '--outputFile', report],
      ...['--selectProjects', ...new Set(wanted.map(({ project }) => project))],
      ...['--testPathPatterns', either(wanted.map(({ file }) => `/${file}$`))],
      ...['--testNamePattern', either(wanted.map(({ tests }) => tests))],
    ],
    { cwd: folder, env: { ...process.env, TEST_POSTGRES_URL: postgresUrl, NODE_OPTIONS: '' }, stdio: 'ignore' },
  );
  const files = new Set(wanted.map(({ file }) => file)).size;
  const tooLong = setTimeout(() => child.kill('SIGKILL'), TOO_LONG_MS * files);
  await once(child, 'exit').finally(() => clearTimeout(tooLong));
  const { testResults }: Report = JSON.parse(await readFile(report, 'utf8').catch(() => '{"testResults":[]}'));
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status, failureMessages }) => ({
        file: path.relative(folder, file),
        name: fullName,
        passed: status === 'passed',
        why: failureMessages[0]?.split('\n').find((line) => line.trim() !== '') ?? '',
      })),
  );
}

/** Those of the outcomes that are of the tests meant. */
export function of({ file, tests }: Noticing, outcomes: readonly Outcome[]): readonly Outcome[] {
  const isMeant = new RegExp(tests);
  return outcomes.filter((each) => each.file === file && isMeant.test(each.name));
}
