import type pg from 'pg';
import { type CopyOutOptions, copyOut } from '../database/copy-out.js';
import type { Download } from './download.js';
import { Slots } from './slots.js';

/**
 * Copies of this process that are under way. Each holds a connection; files
 * that come in need theirs, too. Two operators cannot have them all.
 */
export class Exports {
  readonly #slots = new Slots(5, 2);

  constructor(private readonly pool: pg.Pool) {}

  /** A file of rows; `name` is without its ending. Throws `FilesBusy`. */
  async csv(name: string, options: CopyOutOptions): Promise<Download> {
    const giveBack = this.#slots.take(options.operatorId);
    try {
      const content = await copyOut(this.pool, options);
      content.once('close', giveBack);
      return { content, contentType: 'text/csv; charset=utf-8', fileName: `${name}.csv`, disposition: 'attachment' };
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}
