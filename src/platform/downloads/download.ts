import type { Readable } from 'node:stream';

/** A file to be sent. Its name is ours: ASCII, without quotes. */
export interface Download {
  readonly content: Readable | Buffer;
  readonly contentType: 'text/csv; charset=utf-8' | 'application/pdf';
  readonly fileName: string;
  /** Shown by a browser, or kept by it. */
  readonly disposition: 'inline' | 'attachment';
}
