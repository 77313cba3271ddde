/** Says on the terminal what is going on; in production nothing, where the log speaks. */
export interface Narrator {
  /** One line of progress, with the time it took. */
  during<Result>(what: string, work: () => Promise<Result>): Promise<Result>;
  say(text: string): void;
}

export function terminalNarrator(write: (text: string) => void): Narrator {
  return {
    say: (text) => write(`${text}\n`),
    during: async (what, work) => {
      const began = performance.now();
      const result = await work();
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      write(`  ✓ ${what.padEnd(44)} ${seconds} s\n`);
      return result;
    },
  };
}

export const silentNarrator: Narrator = { say: () => {}, during: (_what, work) => work() };
