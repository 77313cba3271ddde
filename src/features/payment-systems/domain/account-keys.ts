import { DomainError } from '../../../kernel/errors.js';

/** A pair of keys as a payment system hands them out; what they are for can be read off them. */
export interface KeyPair {
  readonly publishableKey: string;
  readonly secretKey: string;
}

export type KeyPairMode = 'TEST' | 'LIVE';

export const PUBLISHABLE_KEY = /^pk_(?:test|live)_[A-Za-z0-9_]{8,240}$/;
/** Restricted keys (`rk_`) are welcome: whether they may do enough is for the payment system to say. */
export const SECRET_KEY = /^(?:sk|rk)_(?:test|live)_[A-Za-z0-9_]{8,240}$/;

/** The mode that both keys are for, which must also be the caller's: test money never meets real money. */
export function modeOfKeys({ publishableKey, secretKey }: KeyPair, callersMode: KeyPairMode): KeyPairMode {
  const mode = modeOf(secretKey);
  if (modeOf(publishableKey) !== mode) {
    throw new DomainError(
      'KEY_MODE_MISMATCH',
      `publishableKey is for ${modeOf(publishableKey)} mode and secretKey for ${mode} mode`,
    );
  }
  if (mode === callersMode) return mode;
  throw new DomainError(
    'KEY_MODE_MISMATCH',
    `the payment system's keys are for ${mode} mode, and your API key for ${callersMode} mode`,
  );
}

/** "sk_test_…4eC3": enough to recognise a key by, too little to use it. */
export function keyHint(secretKey: string): string {
  return `${secretKey.slice(0, secretKey.indexOf('_', 3) + 1)}…${secretKey.slice(-4)}`;
}

function modeOf(key: string): KeyPairMode {
  return key.slice(3, 7) === 'live' ? 'LIVE' : 'TEST';
}
