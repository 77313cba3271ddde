import type { SandboxControl } from './control.js';

export type Body = Record<string, unknown>;

/** One thing the control port does. */
export interface ControlRoute {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  does: string;
  run(control: SandboxControl, given: { body: Body; id: string; query: Record<string, string> }): unknown;
}

export const DONE = { done: true };

export function oneOf<W extends string>(value: unknown, words: readonly W[], name: string): W {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new Error(`"${name}" must be one of ${words.join(', ')}.`);
}

export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`"${name}" must be a text.`);
}

export function amount(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`"${name}" must be a number.`);
}
