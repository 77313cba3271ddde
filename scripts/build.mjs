import { spawn } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Compiles what has changed into dist/. Runs in `npm ci` and before what needs
 * dist/, under whatever Node the machine has: hence plain JavaScript. Where the
 * dev dependencies are left out there is no compiler, and what is in dist/ stays.
 */
const SILENT_MS = 1_500;

/** What is sent to browsers as it is; the program finds it beside what serves it. */
const SERVED = ['src/features/checkout/assets'];

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

if (existsSync(compiler)) compile();

function compile() {
  const waiting = setTimeout(() => process.stderr.write('Building …\n'), SILENT_MS);
  const tsc = spawn(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  tsc.on('exit', (code) => {
    clearTimeout(waiting);
    if (code === 0)
      for (const folder of SERVED)
        cpSync(path.join(root, folder), path.join(root, 'dist', folder), { recursive: true });
    process.exitCode = code ?? 1;
  });
}
