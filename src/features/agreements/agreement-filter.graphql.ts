import { Field, ID, InputType } from 'type-graphql';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { AgreementTypeEnum } from '../orders/index.js';
import { AgreementStatusEnum } from './agreement-enums.graphql.js';

@InputType({ description: 'All that are given must hold.' })
export class AgreementFilter {
  @Field(() => [AgreementStatusEnum], { nullable: true, description: 'Any of these.' })
  readonly status?: string[] | null;

  @Field(() => [AgreementTypeEnum], { nullable: true, description: 'Any of these.' })
  readonly type?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "Agreements with this merchant. A merchant's key sees only its own anyhow.",
  })
  readonly merchantId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Agreements of this payer.' })
  readonly payerId?: string | null;

  @Field(() => String, { nullable: true, description: 'Exactly this: at most one of a merchant has it.' })
  readonly reference?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Charged next by the schedule before this moment.' })
  readonly nextChargeBefore?: Date | null;
}
