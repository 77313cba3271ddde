import { Field, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { Balance } from './balance.graphql.js';

@ObjectType({ description: 'What was posted on a merchant’s balance in one currency from one day to another.' })
export class Statement {
  @Field(() => Balance, { description: 'As the first day began, in the merchant’s time zone.' })
  readonly opening!: Balance;

  @Field(() => Balance, { description: 'As the last day ended, or now if that is still to come.' })
  readonly closing!: Balance;

  @Field(() => Int, { description: 'How many lines lie between the two.' })
  readonly entryCount!: number;

  @Field(() => UrlScalar, {
    description:
      'All lines as CSV in UTF-8: opening, entries in the order of their posting, closing. Whoever has the address may ' +
      'load it, until it expires.',
  })
  readonly downloadUrl!: string;

  @Field(() => DateTimeScalar, { description: 'Until when `downloadUrl` works: 15 minutes from now.' })
  readonly downloadExpiresAt!: Date;
}
