import { answers, type Behaviour, HANGS, OK, Receiver } from '../../../test/support/receiver.js';

/** What shops answer that is not exactly `ok`, and what they do instead of answering. */
const BAD: readonly Behaviour[] = [
  answers(500, 'ok'),
  answers(200, 'OK'),
  answers(200, 'ok, thank you'),
  answers(200, ''),
  answers(202, 'ok'),
  answers(302, '', { location: '/elsewhere' }),
  (_response, _received, socket) => void socket.destroy(),
];
const HANGING = 0.005;
const SLOW = 0.1;
const SLOW_MS = 300;

/** The servers of all shops, each path a shop's; it remembers whom it has answered `ok`. */
export class MoodyReceiver {
  /** Ids of notifications that were answered `ok`, however often. */
  readonly heard = new Set<string>();
  refusals = 0;
  #wellBehaved = false;

  private constructor(readonly receiver: Receiver) {}

  static async open(random: () => number, badly: number): Promise<MoodyReceiver> {
    const receiver = await Receiver.open();
    const moody = new MoodyReceiver(receiver);
    receiver.behave((response, received, socket) => {
      const draw = moody.#wellBehaved ? 1 : random();
      if (draw < badly) {
        moody.refusals += 1;
        const bad = draw < HANGING ? HANGS : BAD[Math.floor(random() * BAD.length)];
        return bad?.(response, received, socket);
      }
      moody.heard.add(received.id);
      if (draw > 1 - SLOW && draw < 1) setTimeout(() => OK(response, received, socket), SLOW_MS);
      else OK(response, received, socket);
    });
    return moody;
  }

  /** From now on everything is answered `ok`. */
  behaveWell(): void {
    this.#wellBehaved = true;
  }

  close(): Promise<void> {
    return this.receiver.close();
  }
}
