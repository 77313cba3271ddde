/** A start that cannot be: one sentence for whoever starts it, without a stack trace. */
export class StartRefusal extends Error {
  override readonly name = 'StartRefusal';
}
