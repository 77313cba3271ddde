import 'reflect-metadata';
import {
  Arg,
  Args,
  Authorized,
  buildSchema,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { z } from 'zod';
import { invalidInput } from '../../../src/kernel/errors.js';
import { newUuid } from '../../../src/kernel/ids.js';
import type { Money } from '../../../src/kernel/money.js';
import type { EventSource, FeedEvent } from '../../../src/platform/events/feed-event.js';
import { connectionOf, PageArgs, pageOf, pageRequest } from '../../../src/platform/graphql/connection.js';
import type { EdgeContext } from '../../../src/platform/graphql/edge.js';
import { MoneyInput, MoneyType } from '../../../src/platform/graphql/money.graphql.js';
import { orProblem, resultOf } from '../../../src/platform/graphql/problem.graphql.js';
import { pubSubStub } from '../../../src/platform/graphql/pub-sub-stub.js';
import { DateTimeScalar, EventCursorScalar, JsonObjectScalar } from '../../../src/platform/graphql/scalars.js';
import * as rules from '../../../src/platform/graphql/validation.js';
import { liveEvents } from '../../../src/platform/live/live-events.js';

export interface FixtureContext extends EdgeContext {
  readonly key: string;
  readonly operatorId: string;
  readonly source: EventSource;
  /** Fields resolved for this test; the grouping tests count executions by it. */
  readonly counts: { executions: number };
}

@ObjectType()
class Thing {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => MoneyType)
  readonly price!: MoneyType;

  @Field(() => Thing, { nullable: true })
  readonly parent?: Thing | null;

  @Field(() => [Thing])
  get parts(): Thing[] {
    return [];
  }
}

const ThingConnection = connectionOf('Thing', Thing);

@InputType()
class MakeThingInput {
  @Field(() => String)
  readonly name!: string;

  @Field(() => MoneyInput)
  readonly price!: MoneyInput;

  @Field(() => JsonObjectScalar, { nullable: true })
  readonly metadata?: object;

  @Field(() => String, { nullable: true })
  readonly idempotencyKey?: string;
}

@ObjectType()
class MakeThingPayload {
  @Field(() => Thing)
  readonly thing!: Thing;
}

const MakeThingResult = resultOf('MakeThingResult', MakeThingPayload);

@ObjectType()
class ThingHappened {
  @Field(() => EventCursorScalar)
  readonly cursor!: string;

  @Field(() => String)
  readonly text!: string;

  @Field(() => DateTimeScalar)
  readonly occurredAt!: Date;
}

const makeThing = z.object({
  name: rules.freeText({ max: 20 }),
  price: rules.money(),
  metadata: rules.metadata.nullish(),
  idempotencyKey: rules.idempotencyKey.nullish(),
});

const thingIds = Array.from({ length: 45 }, () => newUuid())
  .sort()
  .reverse();

function thing(id: string, price?: Money): Thing {
  return {
    id,
    price: new MoneyType(price ?? rules.validated(rules.money(), { amount: '1', currency: 'USD' })),
    parts: [],
  };
}

@Resolver()
class FixtureResolver {
  @Query(() => String)
  hello(@Arg('name', () => String, { defaultValue: 'world' }) name: string): string {
    return `hello ${name}`;
  }

  @Query(() => Thing, { nullable: true })
  thing(@Arg('id', () => ID) id: string): Thing {
    if (id === 'refused') throw invalidInput([{ path: ['id'], message: 'is refused' }]);
    if (id === 'bug') throw new Error('secret detail sk_live_abcdefgh1234 of a bug');
    return thing(id);
  }

  @Query(() => String)
  slow(@Arg('ms', () => Int) ms: number): Promise<string> {
    return new Promise((resolve) => setTimeout(() => resolve('done'), ms).unref());
  }

  @Authorized('things:admin')
  @Query(() => String, { nullable: true })
  forbidden(): string {
    return 'never';
  }

  @Query(() => ThingConnection)
  things(@Args() page: PageArgs) {
    const request = pageRequest(page);
    const start = request.afterKey === null ? 0 : thingIds.indexOf(request.afterKey) + 1;
    const rows = thingIds.slice(start, start + request.limit).map((id) => thing(id));
    return pageOf(rows, request, (row) => row.id);
  }

  @Mutation(() => MakeThingResult)
  makeThing(@Arg('input') input: MakeThingInput): Promise<typeof MakeThingResult> {
    return orProblem(
      (async () => {
        const { name, price } = rules.validated(makeThing, input);
        return { thing: thing(name, price) } as MakeThingPayload;
      })(),
    );
  }

  @Mutation(() => String)
  ping(): string {
    return 'pong';
  }

  @Subscription(() => ThingHappened, {
    subscribe: ({ args, context }) => {
      const { source, operatorId } = context as FixtureContext;
      const subject = args.subjectId as string | undefined;
      return liveEvents(source, {
        operatorId,
        after: args.after as string | undefined,
        matches: (event) => event.type === 'thing.happened' && (!subject || event.subjectId === subject),
      });
    },
  })
  thingHappened(
    @Root() event: FeedEvent,
    @Ctx() context: FixtureContext,
    @Arg('subjectId', () => ID, { nullable: true }) _subjectId?: string,
    @Arg('after', () => EventCursorScalar, { nullable: true }) _after?: string,
  ): ThingHappened {
    context.counts.executions += 1;
    return { cursor: event.cursor, text: String(event.payload.text), occurredAt: event.occurredAt };
  }
}

export function fixtureSchema() {
  return buildSchema({
    resolvers: [FixtureResolver],
    authChecker: () => false,
    validate: false,
    pubSub: pubSubStub,
  });
}
