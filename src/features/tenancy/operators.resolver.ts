import { Arg, Args, Authorized, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { notFound } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import type { Sql } from '../../platform/database/sql.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { validated } from '../../platform/graphql/validation.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import type { ApiContext } from './api-context.js';
import {
  CreateOperatorInput,
  CreateOperatorPayload,
  CreateOperatorResult,
  createOperatorInput,
} from './create-operator.graphql.js';
import { createOperator, operatorIdFor } from './create-operator.js';
import { requirePlatform } from './domain/access.js';
import { OperatorConnection, OperatorType } from './operator.graphql.js';
import {
  operatorInput,
  ResumeOperatorInput,
  ResumeOperatorPayload,
  ResumeOperatorResult,
  SuspendOperatorInput,
  SuspendOperatorPayload,
  SuspendOperatorResult,
} from './operator-status.graphql.js';
import { ageKey, pageByAge } from './pages.js';
import { requestOf } from './request-of.js';
import { resumeOperator } from './resume-operator.js';
import { operatorSeen, type ScopedReads } from './scoped-reads.js';
import { suspendOperator } from './suspend-operator.js';
import { readOperatorsBefore } from './tenancy-sql.js';

export interface OperatorsParts {
  readonly masterKeys: MasterKeys;
  /** The system role's: the list of operators goes across them. */
  readonly system: Sql;
  readonly reads: ScopedReads;
}

@Resolver()
export class OperatorsResolver {
  constructor(private readonly parts: OperatorsParts) {}

  @Authorized('operators:read')
  @Query(() => OperatorType, {
    nullable: true,
    description: 'An operator; without an id your own. Null when there is none, or you may not see it.',
  })
  async operator(
    @Arg('id', () => ID, {
      nullable: true,
      description: '`op_…`. Absent: the operator of your key.',
    })
    id: string | null,
    @Ctx() context: ApiContext,
  ): Promise<OperatorType | null> {
    const uuid = id == null ? context.principal.operatorId : uuidOf('operator', id);
    const operator = uuid && (await operatorSeen(context, uuid, this.parts.reads));
    return operator ? new OperatorType(operator) : null;
  }

  @Authorized('operators:read')
  @Query(() => OperatorConnection, { description: 'All operators, newest first. For platform keys.' })
  async operators(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { principal }: ApiContext,
  ): Promise<Connection<OperatorType>> {
    requirePlatform(principal);
    const page = pageByAge(args);
    const rows = await readOperatorsBefore(this.parts.system, page.beforeMs, page.beforeId);
    return pageOf(
      rows.map((row) => new OperatorType(row)),
      page,
      ageKey,
    );
  }

  @Authorized('operators:write')
  @Mutation(() => CreateOperatorResult, { description: 'Makes an operator and its first API key. For platform keys.' })
  createOperator(
    @Arg('input', { description: 'The name, and the time zone of its days.' }) input: CreateOperatorInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof CreateOperatorResult> {
    return orProblem(async () => {
      const wanted = validated(createOperatorInput, input);
      const request = requestOf(principal, 'createOperator', wanted);
      const { masterKeys } = this.parts;
      return new CreateOperatorPayload(
        await units.run(operatorIdFor(request), (uow) => createOperator(uow, masterKeys, wanted, request)),
      );
    });
  }

  @Authorized('operators:write')
  @Mutation(() => SuspendOperatorResult, {
    description:
      "Closes an operator's API at once, ends its sockets and stops its charges. Suspending it again changes nothing.",
  })
  suspendOperator(
    @Arg('input', { description: 'Which operator is closed.' }) input: SuspendOperatorInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof SuspendOperatorResult> {
    return orProblem(async () => {
      const wanted = validated(operatorInput, input);
      if (!wanted.operatorId) throw notFound('operator');
      const request = requestOf(principal, 'suspendOperator', wanted);
      return new SuspendOperatorPayload(await units.run(wanted.operatorId, (uow) => suspendOperator(uow, request)));
    });
  }

  @Authorized('operators:write')
  @Mutation(() => ResumeOperatorResult, {
    description: 'Serves a suspended operator again. Periods that were skipped meanwhile are not made up for.',
  })
  resumeOperator(
    @Arg('input', { description: 'Which operator is served again.' }) input: ResumeOperatorInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof ResumeOperatorResult> {
    return orProblem(async () => {
      const wanted = validated(operatorInput, input);
      if (!wanted.operatorId) throw notFound('operator');
      const request = requestOf(principal, 'resumeOperator', wanted);
      return new ResumeOperatorPayload(await units.run(wanted.operatorId, (uow) => resumeOperator(uow, request)));
    });
  }
}
