import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Row } from '../support/figures.js';

const READY_MAX_MS = 60_000;

/** What a newcomer waits for, the first time and the next; and what the process then takes while it idles. */
export async function start(): Promise<readonly Row[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'quittance-bench-start-'));
  chmodSync(dataDir, 0o755);
  try {
    const first = await startOnce(dataDir);
    const second = await startOnce(dataDir);
    return [
      row('first npm start to ready', `${(first.readyMs / 1000).toFixed(1)} s`, '≤ 15 s', first.readyMs <= 15_000),
      row('second', `${(second.readyMs / 1000).toFixed(1)} s`, '≤ 5 s', second.readyMs <= 5_000),
      row('idle memory without PostgreSQL', `${second.idleMb.toFixed(0)} MB`, '≤ 220 MB', second.idleMb <= 220),
    ];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startOnce(dataDir: string): Promise<{ readyMs: number; idleMb: number }> {
  const [port, sandboxPort, controlPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
  const began = performance.now();
  const program = spawn(process.execPath, ['--enable-source-maps', main], {
    env: {
      ...process.env,
      QUITTANCE_DATA_DIR: dataDir,
      PORT: String(port),
      STRIPE_SANDBOX_PORT: String(sandboxPort),
      STRIPE_SANDBOX_CONTROL_PORT: String(controlPort),
    },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => program.on('exit', resolve));
  try {
    await untilReady(port);
    const readyMs = performance.now() - began;
    await pause(8_000);
    const idleMb = residentMb(program.pid ?? 0);
    return { readyMs, idleMb };
  } finally {
    program.kill('SIGINT');
    await ended;
  }
}

async function untilReady(port: number): Promise<void> {
  for (const until = performance.now() + READY_MAX_MS; performance.now() < until; await pause(25)) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (response?.ok) return;
  }
  throw new Error('the program was not ready in time');
}

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function row(what: string, figures: string, target: string, met: boolean): Row {
  return { line: 'start', what, beside: '–', ratio: '–', target, met, figures };
}
