import { type Currency, fractionDigits } from './currency.js';
import { DomainError } from './errors.js';

/**
 * An exact amount in one currency.
 *
 * Minor units are a bigint so that the compiler, not a reviewer, rejects
 * `price * 0.2`: a share must go through `allocate`, which says where the
 * remainder goes.
 */
export class Money {
  private constructor(
    readonly minor: bigint,
    readonly currency: Currency,
  ) {}

  static of(minor: bigint, currency: Currency): Money {
    return new Money(minor, currency);
  }

  static zero(currency: Currency): Money {
    return new Money(0n, currency);
  }

  plus(other: Money): Money {
    this.assertSameCurrency(other);
    return new Money(this.minor + other.minor, this.currency);
  }

  minus(other: Money): Money {
    this.assertSameCurrency(other);
    return new Money(this.minor - other.minor, this.currency);
  }

  isGreaterThan(other: Money): boolean {
    this.assertSameCurrency(other);
    return this.minor > other.minor;
  }

  isZero(): boolean {
    return this.minor === 0n;
  }

  /**
   * Splits the amount in proportion to `weights` without losing a unit. The
   * remainder goes to the earliest shares, one unit each, so the parts always
   * add up to the whole and the split is the same on every run.
   */
  allocate(weights: readonly bigint[]): Money[] {
    const total = weights.reduce((sum, weight) => sum + weight, 0n);
    if (total <= 0n || weights.some((weight) => weight < 0n)) {
      throw new RangeError('allocate() needs weights that are not negative, and one that is more than zero');
    }

    const shares = weights.map((weight) => (this.minor * weight) / total);
    const unit = this.minor < 0n ? -1n : 1n;
    let remainder = this.minor - shares.reduce((sum, share) => sum + share, 0n);

    return shares.map((share, index) => {
      if (remainder === 0n || weights[index] === 0n) return new Money(share, this.currency);
      remainder -= unit;
      return new Money(share + unit, this.currency);
    });
  }

  /** "10.50": exact, with as many fraction digits as the currency has. */
  toDecimal(): string {
    const digits = fractionDigits(this.currency);
    const sign = this.minor < 0n ? '-' : '';
    const units = (this.minor < 0n ? -this.minor : this.minor).toString().padStart(digits + 1, '0');
    return digits === 0 ? `${sign}${units}` : `${sign}${units.slice(0, -digits)}.${units.slice(-digits)}`;
  }

  toString(): string {
    return `${this.toDecimal()} ${this.currency}`;
  }

  private assertSameCurrency(other: Money): void {
    if (this.currency === other.currency) return;
    throw new DomainError('CURRENCY_MISMATCH', `cannot combine ${this.currency} with ${other.currency}`);
  }
}

/** The most that a bigint column holds with room for sums: 10^15 minor units. */
export const MINOR_UNITS_MAX = 10n ** 15n;

/** Why a text is not an amount in `currency`, in words for the caller; or the amount. */
export function parseDecimal(text: string, currency: Currency): Money | string {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (!match) return `"${text.slice(0, 40)}" is not a decimal number such as "10.50"`;
  const [, sign, whole = '', fraction = ''] = match;
  const digits = fractionDigits(currency);
  if (fraction.length > digits) {
    return `"${text}" has ${fraction.length} fraction digits; ${currency} has ${digits === 0 ? 'none' : `at most ${digits}`}`;
  }
  const minor = BigInt(whole + fraction.padEnd(digits, '0'));
  if (minor > MINOR_UNITS_MAX)
    return `"${text}" is more than the largest amount, ${Money.of(MINOR_UNITS_MAX, currency)}`;
  return Money.of(sign === '-' ? -minor : minor, currency);
}
