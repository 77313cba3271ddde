import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { validated } from '../../platform/graphql/validation.js';
import {
  AdvanceTestClockInput,
  AdvanceTestClockPayload,
  AdvanceTestClockResult,
  advanceTestClockInput,
} from './advance-test-clock.graphql.js';
import { advanceTestClock } from './advance-test-clock.js';
import type { ApiContext } from './api-context.js';
import { operatorOfClock } from './domain/access.js';
import { OperatorType } from './operator.graphql.js';
import { requestOf } from './request-of.js';

@Resolver(() => OperatorType)
export class TestClocksResolver {
  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      "The operator's time now, where `advanceTestClock` has moved it ahead; null where it is the real time.",
  })
  testClock(@Root() { uuid }: OperatorType, @Ctx() { units }: ApiContext): Date | null {
    return units.clocks.aheadMs(uuid) > 0 ? units.nowOf(uuid) : null;
  }

  @Authorized('test-clock:write')
  @Mutation(() => AdvanceTestClockResult, {
    description:
      "Moves the time of an operator that only tests ahead, so that what waits for days happens now. It never goes back, and an operator whose clock was moved cannot connect a live account. The payment system's own time stays: a hold that has lapsed by the operator's time is released.",
  })
  advanceTestClock(
    @Arg('input', { description: 'Whose time is moved, and how far.' }) input: AdvanceTestClockInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof AdvanceTestClockResult> {
    return orProblem(async () => {
      const wanted = validated(advanceTestClockInput, input);
      const operatorId = operatorOfClock(principal, wanted.operatorId);
      const request = requestOf(principal, 'advanceTestClock', wanted);
      return new AdvanceTestClockPayload(await units.run(operatorId, (uow) => advanceTestClock(uow, wanted, request)));
    });
  }
}
