import { Resolver } from 'node:dns/promises';

/** The addresses of a name; none where there is no such name, or nobody tells. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * Asks name servers directly, and about exactly this name: no hosts file and
 * no search domains, which know of private machines; and not by the system's
 * own lookup, whose four threads one slow name server could hold up for all.
 */
export function resolveByDns(): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  };
}
