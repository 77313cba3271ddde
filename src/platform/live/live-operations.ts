import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  getArgumentValues,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { answeredError, type Edge, type EdgeContext, ended } from '../graphql/edge.js';
import { ApiError } from '../graphql/errors.js';
import { checkedFor } from '../graphql/readable-fields.js';
import { trustedHashOf } from '../graphql/trusted-documents.js';
import { CLOSE, type LiveSocket } from './live-socket.js';
import { type EventExecution, SubscriptionGroup } from './subscription-group.js';

/** What a client asks for in a `subscribe` message. */
export interface SubscribePayload {
  query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Execution arguments that remember whose they are, since graphql-ws hands over nothing else. */
export interface LiveArgs<Context extends EdgeContext> extends ExecutionArgs {
  readonly socket: LiveSocket<Context>;
  readonly id: string;
  readonly text: string;
}

type Stream = AsyncGenerator<ExecutionResult, void, void>;

export const KEY_INVALID = 'The key is no longer valid.';

/** Subscriptions over sockets: checked as by the other doors, then grouped where that changes nothing. */
export class LiveOperations<Context extends EdgeContext> {
  private readonly groups = new Map<string, SubscriptionGroup<Context>>();
  private readonly execution: EventExecution<Context>;

  constructor(private readonly edge: Edge<Context>) {
    this.execution = {
      run: async (args, event, context) => this.formatted(await this.runEvent(args, event, context), context.requestId),
      forbid: (socket) => void setImmediate(() => socket.close(CLOSE.forbidden, KEY_INVALID)),
      delivered: (frames) => edge.metrics.liveFrames.inc(frames),
    };
  }

  get groupCount(): number {
    return this.groups.size;
  }

  /** The arguments to subscribe with, or what is wrong with the request. */
  prepare(socket: LiveSocket<Context>, id: string, payload: SubscribePayload): LiveArgs<Context> | GraphQLError[] {
    const { context } = socket;
    if (!context) return [new ApiError('UNAUTHENTICATED', 'The connection was not initialised.')];
    try {
      this.edge.contexts.limit(context);
      const hash = payload.query === '' ? trustedHashOf(payload) : null;
      const checked = checkedFor(this.edge, hash === null ? payload.query : this.edge.trusted.textOf(hash), context);
      if ('errors' in checked) return [...checked.errors];
      payload.query = checked.text;
      const operation = getOperationAST(checked.document, payload.operationName);
      if (operation?.operation !== 'subscription') {
        return [new ApiError('BAD_REQUEST', 'Sockets carry subscriptions; send queries and mutations over HTTP.')];
      }
      return {
        schema: this.edge.schema,
        document: checked.document,
        text: checked.text,
        operationName: payload.operationName ?? null,
        variableValues: payload.variables ?? {},
        contextValue: context,
        socket,
        id,
      };
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError('failed', { originalError: error as Error })];
    }
  }

  async subscribe(args: LiveArgs<Context>): Promise<Stream | ExecutionResult> {
    const key = groupKey(args);
    if (key === null) return this.alone(args);
    let group = this.groups.get(key);
    if (!group) {
      const { schema, document, operationName, variableValues, contextValue } = args;
      const shared = { schema, document, operationName, variableValues, contextValue } as ExecutionArgs;
      group = this.newGroup(key, shared);
    }
    const member = group.join(args.socket, args.id);
    const refusal = await group.started.catch((error: unknown) => {
      member.end();
      throw error;
    });
    return refusal ?? member;
  }

  private newGroup(key: string, args: ExecutionArgs): SubscriptionGroup<Context> {
    const group = new SubscriptionGroup<Context>(args, this.execution, () => {
      if (this.groups.get(key) === group) this.groups.delete(key);
    });
    this.groups.set(key, group);
    return group;
  }

  /** A subscriber with a cursor of its own, or whose answers are its own. */
  private async alone(args: LiveArgs<Context>): Promise<Stream | ExecutionResult> {
    const stream = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in stream)) return stream;
    return mapped(stream as AsyncGenerator<unknown>, async (event) => {
      const { socket } = args;
      if (!socket.context || !socket.allowed) {
        this.execution.forbid(socket);
        throw new ApiError('FORBIDDEN', KEY_INVALID);
      }
      this.execution.delivered(1);
      return this.runEvent(args, event, socket.context);
    });
  }

  private async runEvent(args: ExecutionArgs, event: unknown, socketContext: Context): Promise<ExecutionResult> {
    const { contextForEvent } = this.edge.contexts;
    const context = contextForEvent ? contextForEvent(socketContext) : socketContext;
    try {
      return await execute({ ...args, rootValue: event, contextValue: context });
    } finally {
      if (contextForEvent) await ended(context, this.edge);
    }
  }

  /** A result as clients see it. */
  formatted(result: ExecutionResult, requestId: string): FormattedExecutionResult {
    const { errors, ...rest } = result;
    return errors ? { errors: errors.map((error) => answeredError(error, requestId, this.edge)), ...rest } : rest;
  }
}

/** Like a generator function, but `return()` reaches the source at once even while it is waiting. */
function mapped<In, Out>(
  source: AsyncGenerator<In>,
  map: (value: In) => Promise<Out>,
): AsyncGenerator<Out, void, void> {
  const end = async (): Promise<IteratorReturnResult<void>> => {
    await source.return(undefined);
    return { done: true, value: undefined };
  };
  return {
    next: async () => {
      const step = await source.next();
      if (step.done) return end();
      try {
        return { done: false, value: await map(step.value) };
      } catch (error) {
        await end();
        throw error;
      }
    },
    return: end,
    throw: async (error: unknown) => {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}

/**
 * What subscribers must have in common to share one execution, or null where
 * they may not: without a scope their answers may differ, and with `after`
 * each replays its own past.
 */
function groupKey<Context extends EdgeContext>(args: LiveArgs<Context>): string | null {
  const scope = args.socket.context?.groupScope;
  const operation = getOperationAST(args.document, args.operationName);
  if (scope === undefined || !operation || hasCursor(args, operation)) return null;
  return JSON.stringify([scope, args.operationName, args.variableValues, args.text]);
}

function hasCursor(args: ExecutionArgs, operation: OperationDefinitionNode): boolean {
  const fields = args.schema.getSubscriptionType()?.getFields();
  const [selection] = operation.selectionSet.selections;
  const field = selection?.kind === Kind.FIELD ? fields?.[selection.name.value] : undefined;
  if (!field || selection?.kind !== Kind.FIELD) return true;
  if (!selection.arguments?.some((argument) => argument.name.value === 'after')) return false;
  try {
    return getArgumentValues(field, selection, args.variableValues ?? {}).after != null;
  } catch {
    return true;
  }
}
