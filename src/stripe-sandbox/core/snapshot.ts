import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { Account } from './state.js';
import type { DueEffect } from './timetable.js';

/** Raised when the stored shapes change; an older file is then refused rather than misread. */
const FORMAT = 1;

export interface Snapshot {
  format: number;
  offsetMs: number;
  accounts: Account[];
  revokedKeys: string[];
  effects: DueEffect[];
}

/** Reads yesterday's state; null when there is none yet. */
export function readSnapshot(file: string): Snapshot | null {
  if (!existsSync(file)) return null;
  const snapshot = deserialize(readFileSync(file)) as Snapshot;
  if (snapshot.format === FORMAT) return snapshot;
  throw new Error(`The state file ${file} was written by another version of the sandbox; remove it to start afresh.`);
}

/** Written beside and then moved over, so that a crash leaves the older file whole. */
export function writeSnapshot(file: string, snapshot: Omit<Snapshot, 'format'>): void {
  writeFileSync(`${file}.new`, serialize({ format: FORMAT, ...snapshot }));
  renameSync(`${file}.new`, file);
}
