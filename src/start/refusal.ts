/** A start that cannot be: one sentence for whoever starts it, without a stack trace. */
export class StartRefusal extends Error {
  override readonly name = 'StartRefusal';
}

/** What the work threw, as a refusal that says what was attempted; its stack would tell whoever starts it nothing. */
export async function orRefuse<Result>(attempt: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StartRefusal) throw error;
    throw new StartRefusal(`${attempt}${messageOf(error)}`, { cause: error });
  }
}

/** Where several addresses were tried, Node puts what happened into an error without a message. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
