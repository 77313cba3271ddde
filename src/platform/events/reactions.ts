import type { Transaction } from '../database/transaction.js';
import type { DomainEvent } from './domain-event.js';

/** What a higher feature does about a fact of a lower one, in the transaction that makes the fact true. */
export type Reaction = (transaction: Transaction, event: DomainEvent) => Promise<void>;

/** Reactions to reactions end somewhere; what is still going after so many generations goes round in a circle. */
const GENERATIONS_MAX = 8;

/** Who reacts to what before it is committed. Filled once, where the program is put together. */
export class Reactions {
  readonly #byType = new Map<string, Reaction[]>();

  on(type: string, reaction: Reaction): this {
    this.#byType.set(type, [...this.#of(type), reaction]);
    return this;
  }

  /**
   * Runs every reaction to these events, one after the other, and to those
   * that reactions add to them. Null when nobody reacts: then the transaction
   * need not even wait for a turn of the event loop.
   */
  to(transaction: Transaction, published: readonly DomainEvent[]): Promise<void> | null {
    return this.#concern(published, 0) ? this.#run(transaction, published) : null;
  }

  async #run(transaction: Transaction, published: readonly DomainEvent[]): Promise<void> {
    let begin = 0;
    for (let generation = 1; this.#concern(published, begin); generation += 1) {
      const events = published.slice(begin);
      if (generation > GENERATIONS_MAX) throw new Error(`Reactions go round in a circle: ${typesOf(events)}.`);
      begin = published.length;
      for (const event of events) {
        for (const reaction of this.#of(event.type)) await reaction(transaction, event);
      }
    }
  }

  #concern(published: readonly DomainEvent[], begin: number): boolean {
    for (let index = begin; index < published.length; index += 1) {
      if (this.#byType.has(published[index]?.type ?? '')) return true;
    }
    return false;
  }

  #of(type: string): readonly Reaction[] {
    return this.#byType.get(type) ?? [];
  }
}

function typesOf(events: readonly DomainEvent[]): string {
  return [...new Set(events.map(({ type }) => type))].join(', ');
}
