import { parsePublicId } from '../../../src/kernel/ids.js';
import type { Owner, Owners } from './owners.js';

/** Who asks, as far as it decides what may be seen. Null: everybody's of that kind. */
export interface Asker {
  readonly name: string;
  readonly key: string;
  readonly letter: string | null;
  readonly operatorId: string | null;
  readonly merchant: { readonly id: string; readonly number: number } | null;
  readonly mode: 'TEST' | 'LIVE' | null;
  /** The only order that a payer's token is for. */
  readonly orderId: string | null;
  /** Whether it is anybody at all: keys that are over are answered nothing. */
  readonly isSomebody: boolean;
}

/** What the platform's own keys may know of operators. */
const PLATFORM_KINDS = ['operator', 'apiKey'];

export function maySee(asker: Asker, owner: Owner): boolean {
  if (!asker.isSomebody) return false;
  if (asker.operatorId === null) return PLATFORM_KINDS.includes(owner.kind);
  if (owner.operatorId !== asker.operatorId) return false;
  if (asker.orderId !== null)
    return owner.id === asker.orderId || (owner.merchantId === asker.merchant?.id && owner.kind === 'merchant');
  if (asker.merchant && owner.merchantId !== null && owner.merchantId !== asker.merchant.id) return false;
  return owner.mode === null || owner.mode === asker.mode || KEYS_OF_ANY_MODE.includes(owner.kind);
}

/** An operator sees all of its keys, whatever its own is for. */
const KEYS_OF_ANY_MODE = ['apiKey', 'paymentSystemAccount'];

const IDS = /\b[a-z]{2,5}_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;
const MARKS = /kanarie-(\w)-(\d)-(any|test)/g;

/** Reads answers for what their asker may not see. */
export class Judge {
  readonly violations: string[] = [];
  /** Ids that nobody knew yet when they were seen: looked at again at the end. */
  readonly #unknown = new Map<string, { readonly asker: Asker; readonly where: string }>();
  readonly #said = new Set<string>();
  idsSeen = 0;
  marksSeen = 0;

  constructor(public owners: Owners) {}

  /** What was given is repeated in refusals, and is nothing that was told. */
  look(asker: Asker, where: string, text: string, given = ''): void {
    for (const [id] of text.matchAll(IDS)) {
      if (id === given) continue;
      this.idsSeen += 1;
      const parsed = parsePublicId(id);
      const owner = parsed && this.owners.of(parsed.uuid);
      if (!parsed) continue;
      if (!owner) this.#unknown.set(`${asker.name} ${id}`, { asker, where });
      else if (!maySee(asker, owner)) this.say(`${asker.name} saw ${id}, which is not theirs, in ${where}`);
    }
    for (const [mark, letter, number, scope] of text.matchAll(MARKS)) {
      if (given.includes(mark)) continue;
      this.marksSeen += 1;
      if (!this.#mayRead(asker, letter ?? '', Number(number), scope ?? '')) {
        this.say(`${asker.name} read a text of ${mark} in ${where}`);
      }
    }
  }

  /** Once each, for one hole shows in hundreds of answers. */
  say(violation: string): void {
    if (this.#said.has(violation)) return;
    this.#said.add(violation);
    this.violations.push(violation);
  }

  /** What came into being while it was looked. */
  lookAgain(owners: Owners): void {
    this.owners = owners;
    for (const [key, { asker, where }] of this.#unknown) this.look(asker, where, key.split(' ').at(-1) ?? '');
    this.#unknown.clear();
  }

  #mayRead(asker: Asker, letter: string, merchant: number, scope: string): boolean {
    if (!asker.isSomebody) return false;
    if (asker.letter === null) return merchant === 0;
    if (letter !== asker.letter) return false;
    if (asker.merchant && merchant !== 0 && merchant !== asker.merchant.number) return false;
    return scope === 'any' || asker.mode === 'TEST';
  }
}
