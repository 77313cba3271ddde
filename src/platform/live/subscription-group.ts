import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { EdgeContext } from '../graphql/edge.js';
import { ApiError } from '../graphql/errors.js';
import { NextFrames, nextMessageHead } from './frame.js';
import type { LiveSocket } from './live-socket.js';

/** How an event's execution is done: with which context, and how its result looks to clients. */
export interface EventExecution<Context extends EdgeContext> {
  /** The result of one event, formatted. */
  run(args: ExecutionArgs, event: unknown, context: Context): Promise<object>;
  /** Said to subscribers whose key was revoked. */
  forbid(socket: LiveSocket<Context>): void;
  delivered(frames: number): void;
}

/**
 * A subscriber as graphql-ws sees it: a stream that never yields, because the
 * group writes to the socket itself, and ends when the client or the group
 * ends it.
 */
export class GroupMember<Context extends EdgeContext> implements AsyncGenerator<never, void, void> {
  readonly head: string;
  private settle: { resolve: (end: IteratorReturnResult<void>) => void; reject: (error: unknown) => void } | null =
    null;
  private outcome: { readonly error?: unknown } | null = null;

  constructor(
    readonly socket: LiveSocket<Context>,
    id: string,
    private readonly leave: (member: GroupMember<Context>) => void,
  ) {
    this.head = nextMessageHead(id);
  }

  next(): Promise<IteratorResult<never, void>> {
    if (this.outcome) return this.ending(this.outcome);
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  private ending(outcome: { readonly error?: unknown }): Promise<IteratorReturnResult<void>> {
    return 'error' in outcome ? Promise.reject(outcome.error) : Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the subscription; with an error the client is told. */
  end(outcome: { readonly error?: unknown } = {}): void {
    if (this.outcome) return;
    this.outcome = outcome;
    this.leave(this);
    if ('error' in outcome) this.settle?.reject(outcome.error);
    else this.settle?.resolve({ done: true, value: undefined });
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.end();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorReturnResult<void>> {
    this.end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }
}

/**
 * Subscribers of the same document, variables and scope. They share one source
 * stream; an event is executed and serialised once and written to each. The
 * last one to leave ends the source.
 */
export class SubscriptionGroup<Context extends EdgeContext> {
  private readonly members = new Set<GroupMember<Context>>();
  private source: AsyncGenerator<unknown> | null = null;
  readonly started: Promise<ExecutionResult | null>;

  constructor(
    private readonly args: ExecutionArgs,
    private readonly execution: EventExecution<Context>,
    private readonly onEmpty: () => void,
  ) {
    this.started = this.start();
  }

  join(socket: LiveSocket<Context>, id: string): GroupMember<Context> {
    const member = new GroupMember(socket, id, (left) => this.remove(left));
    this.members.add(member);
    return member;
  }

  private remove(member: GroupMember<Context>): void {
    if (this.members.delete(member) && this.members.size === 0) this.stop();
  }

  private stop(): void {
    this.onEmpty();
    void this.source?.return(undefined);
  }

  /** Null when the stream runs, else the errors that every member is answered with. */
  private async start(): Promise<ExecutionResult | null> {
    const stream = await createSourceEventStream(this.args).catch((error: unknown) => {
      this.onEmpty();
      throw error;
    });
    if (!(Symbol.asyncIterator in stream)) {
      this.onEmpty();
      return stream;
    }
    this.source = stream as AsyncGenerator<unknown>;
    if (this.members.size === 0) this.stop();
    else void this.pump(this.source);
    return null;
  }

  private async pump(source: AsyncGenerator<unknown>): Promise<void> {
    let outcome: { readonly error?: unknown } = {};
    try {
      for await (const event of source) await this.deliver(event);
    } catch (error) {
      outcome = { error };
    }
    for (const member of [...this.members]) member.end(outcome);
  }

  /** Executed in the name of any member who is still allowed to see it; what they see is the same. */
  private async deliver(event: unknown): Promise<void> {
    const context = this.anyAllowed();
    if (!context) return;
    const frames = new NextFrames(await this.execution.run(this.args, event, context));
    let count = 0;
    for (const member of this.members) {
      if (member.socket.allowed) member.socket.writeFrame(frames.for(member.head));
      else this.expel(member);
      count += 1;
    }
    this.execution.delivered(count);
  }

  private anyAllowed(): Context | null {
    for (const member of this.members) {
      if (member.socket.allowed) return member.socket.context;
      this.expel(member);
    }
    return null;
  }

  private expel(member: GroupMember<Context>): void {
    this.execution.forbid(member.socket);
    member.end({ error: new ApiError('FORBIDDEN', 'The key is no longer valid.') });
  }
}
