import type { Readable } from 'node:stream';
import type pg from 'pg';
import { type CopyOutOptions, copyOut } from '../database/copy-out.js';
import type { Download } from './download.js';

/** Each holds a connection for as long as its reader takes; files that come in need theirs, too. */
const OPEN_MAX = 4;
/** One operator's readers leave room for the others'. */
const OPEN_MAX_OF_ONE = 3;

/** As many exports are open as may be. */
export class ExportsBusy extends Error {
  override readonly name = 'ExportsBusy';
}

/** Copies of this process that are under way. */
export class Exports {
  readonly #open: string[] = [];

  constructor(private readonly pool: pg.Pool) {}

  /** A file of rows; `name` is without its ending. Throws `ExportsBusy`. */
  async csv(name: string, options: CopyOutOptions): Promise<Download> {
    const { operatorId } = options;
    const own = this.#open.filter((each) => each === operatorId).length;
    if (this.#open.length >= OPEN_MAX || own >= OPEN_MAX_OF_ONE) throw new ExportsBusy('too many exports are open');
    this.#open.push(operatorId);
    const close = () => void this.#open.splice(this.#open.indexOf(operatorId), 1);
    const content: Readable = await copyOut(this.pool, options).catch((error: unknown) => {
      close();
      throw error;
    });
    content.once('close', close);
    return { content, contentType: 'text/csv; charset=utf-8', fileName: `${name}.csv`, disposition: 'attachment' };
  }
}
