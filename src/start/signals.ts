import type { Log } from '../platform/logging/log.js';

/** The end has to come even when something hangs; whoever manages us kills at some point. */
const STOP_MAX_MS = 9_500;

/** npm passes Ctrl-C on although the terminal has sent it to us already: so soon after, it is no second one. */
const SAME_SIGNAL_MS = 500;

export interface Stoppable {
  stop(): Promise<void>;
  /** For the second Ctrl-C: without waiting for anything. */
  abandon(): void;
}

/** Ctrl-C and SIGTERM stop in good order and exit with 0; a second one exits at once. */
export function stopOnSignals(program: Stoppable, log: Log, say: (text: string) => void): void {
  let stoppingSince: number | null = null;
  const exitAtOnce = (code: number) => {
    program.abandon();
    process.exit(code);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (stoppingSince !== null) {
      if (now - stoppingSince > SAME_SIGNAL_MS) exitAtOnce(130);
      return;
    }
    stoppingSince = now;
    say('\nStopping: what is under way is finished first. Press Ctrl-C again to stop at once.');
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('stopping took too long');
      exitAtOnce(1);
    }, STOP_MAX_MS).unref();
    program.stop().then(
      () => {
        say('Stopped.');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        exitAtOnce(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}
