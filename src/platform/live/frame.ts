/** First byte of an unfragmented WebSocket text message. */
const TEXT_MESSAGE = 0x81;

function writeHeader(frame: Buffer, length: number): void {
  frame[0] = TEXT_MESSAGE;
  if (length < 126) {
    frame[1] = length;
  } else if (length < 65_536) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
}

function headerLength(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** The part of a `next` message that differs between subscribers: everything up to the client's id. */
export function nextMessageHead(id: string): string {
  return `{"id":${JSON.stringify(id)}`;
}

/**
 * One event's `next` message for many subscribers, complete with the WebSocket
 * frame. The payload is serialised once; a subscriber costs one copy and one
 * write. Server frames are not masked, so bytes can be shared like this.
 */
export class NextFrames {
  private readonly tail: Buffer;
  private lastHead = '';
  private lastFrame = Buffer.alloc(0);

  constructor(payload: object) {
    this.tail = Buffer.from(`,"type":"next","payload":${JSON.stringify(payload)}}`);
  }

  for(head: string): Buffer {
    if (head === this.lastHead) return this.lastFrame;
    const headBytes = Buffer.byteLength(head);
    const length = headBytes + this.tail.length;
    const start = headerLength(length);
    const frame = Buffer.allocUnsafe(start + length);
    writeHeader(frame, length);
    frame.write(head, start);
    this.tail.copy(frame, start + headBytes);
    this.lastHead = head;
    this.lastFrame = frame;
    return frame;
  }
}
