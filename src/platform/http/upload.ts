/** TOO_LARGE: more than may be sent. CUT_OFF: the connection ended, nothing came for too long, or the body has no end. */
export type UploadCutReason = 'TOO_LARGE' | 'CUT_OFF';

/** What the reader of a file meets in place of the rest. What it has made of the beginning is to be undone. */
export class UploadCut extends Error {
  override readonly name = 'UploadCut';

  constructor(
    readonly reason: UploadCutReason,
    message: string,
  ) {
    super(message);
  }
}

/** A file that is just arriving. Nothing of it is kept here: who reads slowly slows its sender. */
export interface UploadedFile {
  /** As the sender calls it: a text to show, and no path. */
  readonly fileName: string;
  /** As the sender says; nothing was looked at. */
  readonly contentType: string;
  /** To be read once, to its end; throws `UploadCut`. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** What the edge alone makes, so that nothing in a JSON body passes for a file. */
export class ReceivedFile implements UploadedFile {
  constructor(
    readonly fileName: string,
    readonly contentType: string,
    readonly content: AsyncIterable<Uint8Array>,
  ) {}
}
