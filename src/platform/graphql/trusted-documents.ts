import { createHash } from 'node:crypto';
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationTypeNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { CheckedDocument } from './document-check.js';
import { ApiError } from './errors.js';
import { LruMap } from './lru-map.js';

export interface TrustedDocument {
  readonly operation: OperationTypeNode;
  execute(
    context: unknown,
    variables: Readonly<Record<string, unknown>> | null,
  ): Promise<ExecutionResult> | ExecutionResult;
}

/** Compiled documents take some hundred kilobytes each; one that was forgotten is compiled again. */
const COMPILED_MAX = 300;
const REGISTERED_MAX = 10_000;

/**
 * Documents known by the SHA-256 of their text. They are checked when they are
 * registered and compiled when first used, which makes them several times
 * cheaper to run than a text that has to be trusted anew.
 */
export class TrustedDocuments {
  private readonly texts = new Map<string, string>();
  private readonly compiled = new LruMap<string, TrustedDocument>(COMPILED_MAX);

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly check: (text: string) => CheckedDocument,
  ) {}

  /** Returns the hash (hex) by which the document is called from now on. */
  register(text: string): string {
    const checked = this.check(text);
    if ('errors' in checked) {
      const why = checked.errors.map((error) => error.message).join(' ');
      throw new ApiError('BAD_REQUEST', `This document cannot be trusted: ${why}`);
    }
    if (!getOperationAST(checked.document)) {
      throw new ApiError('BAD_REQUEST', 'A trusted document has exactly one operation.');
    }
    const hash = createHash('sha256').update(text).digest('hex');
    if (this.texts.size >= REGISTERED_MAX && !this.texts.has(hash)) {
      throw new ApiError('BAD_REQUEST', `At most ${REGISTERED_MAX} documents can be registered.`);
    }
    this.texts.set(hash, text);
    return hash;
  }

  textOf(hash: string): string {
    const text = this.texts.get(hash.toLowerCase());
    if (text !== undefined) return text;
    throw new ApiError('BAD_REQUEST', `unknown trusted document ${hash.slice(0, 64)}`);
  }

  get(hash: string): TrustedDocument {
    const known = this.compiled.get(hash);
    if (known) return known;
    const document = this.compile(this.textOf(hash));
    this.compiled.set(hash, document);
    return document;
  }

  private compile(text: string): TrustedDocument {
    const checked = this.check(text);
    if ('errors' in checked) throw new Error('a registered document no longer passes the check');
    const operation = getOperationAST(checked.document);
    const compiled = compileQuery(this.schema, checked.document, undefined, { disablingCapturingStackErrors: true });
    if (!operation || !isCompiledQuery(compiled)) throw new Error('a trusted document cannot be compiled');
    return {
      operation: operation.operation,
      execute: (context, variables) => {
        const result = compiled.query(undefined, context, variables ?? {});
        return result instanceof Promise ? result.then(withRealErrors) : withRealErrors(result);
      },
    };
  }
}

/** graphql-jit's errors pass for GraphQLError by `instanceof` but lack parts of it, so each is made anew. */
function withRealErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  const errors = result.errors.map(({ message, path, originalError, extensions }) => {
    return new GraphQLError(message, {
      path: path ?? null,
      originalError: originalError ?? null,
      extensions: extensions ?? null,
    });
  });
  return { ...result, errors };
}

/** The hash by which a request names a trusted document, when it does. */
export function trustedHashOf(request: {
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}): string | null {
  if (request.documentId != null) return String(request.documentId).replace(/^sha256:/, '');
  const extensions = request.extensions as { persistedQuery?: { sha256Hash?: unknown } } | null | undefined;
  const hash = typeof extensions === 'object' ? extensions?.persistedQuery?.sha256Hash : undefined;
  return hash === undefined ? null : String(hash);
}
