import { type GraphQLSchema, isUnionType } from 'graphql';
import { type ClassType, createUnionType, Field, ObjectType, registerEnumType } from 'type-graphql';
import { DomainError, type InputIssue, PROBLEM_CODES, type ProblemCode } from '../../kernel/errors.js';
import { masked } from './masked.js';

const ProblemCodeEnum = Object.fromEntries(Object.keys(PROBLEM_CODES).map((code) => [code, code])) as {
  readonly [Code in ProblemCode]: Code;
};

registerEnumType(ProblemCodeEnum, {
  name: 'ProblemCode',
  description: 'Why a request was refused. New codes may be added; treat an unknown one as a refusal.',
  valuesConfig: Object.fromEntries(
    Object.entries(PROBLEM_CODES).map(([code, description]) => [code, { description }]),
  ) as { [Code in ProblemCode]: { description: string } },
});

@ObjectType('InputIssue', { description: 'One fault of an input.' })
export class InputIssueType {
  @Field(() => [String], {
    description: 'Where the fault is, from the input downwards: ["payment", "credential", "token"].',
  })
  readonly path!: readonly string[];

  @Field(() => String, { description: 'What is wrong and what would be right, for a developer.' })
  readonly message!: string;
}

@ObjectType({ description: 'A request that was understood and refused. Nothing was changed.' })
export class Problem {
  @Field(() => ProblemCodeEnum, { description: 'What to branch on.' })
  readonly code: ProblemCode;

  @Field(() => String, { description: 'For a developer: names the field, the limit and the value. May change.' })
  readonly message: string;

  @Field(() => Boolean, { description: 'Whether the same request may succeed a little later.' })
  readonly retryable: boolean;

  @Field(() => [InputIssueType], { description: 'Every fault of the input at once; empty for other codes.' })
  readonly issues: readonly InputIssue[];

  constructor(error: DomainError) {
    this.code = error.code;
    this.message = masked(error.message);
    this.retryable = error.retryable;
    this.issues = masked(error.issues);
  }
}

/**
 * Declares `union <name> = <Payload> | Problem`, the result of every mutation.
 * Whatever is not a Problem is the payload, so a use case may return a plain
 * object.
 */
export function resultOf<Payload extends object>(name: string, payload: ClassType<Payload>) {
  return createUnionType({
    name,
    description: 'What was done, or why nothing was.',
    types: () => [payload, Problem] as const,
    resolveType: (value) => (value instanceof Problem ? Problem : payload),
  });
}

/**
 * type-graphql makes every `resolveType` asynchronous; graphql-jit cannot wait
 * for one. Results are told apart by a class, so nothing needs waiting for.
 */
export function resolveResultsAtOnce(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isUnionType(type)) continue;
    const [payload, problem, ...others] = type.getTypes().map(({ name }) => name);
    if (problem !== 'Problem' || others.length > 0) continue;
    type.resolveType = (value) => (value instanceof Problem ? 'Problem' : payload);
  }
}

/**
 * Refusals become data; anything else that is thrown stays an error and
 * reaches the client as INTERNAL. Give a function where the input is still to
 * be validated, so that this refusal is caught as well.
 */
export async function orProblem<Payload>(
  work: Promise<Payload> | (() => Promise<Payload>),
): Promise<Payload | Problem> {
  try {
    return await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof DomainError) return new Problem(error);
    throw error;
  }
}
