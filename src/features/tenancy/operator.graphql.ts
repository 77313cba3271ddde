import { Field, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar, TimeZoneScalar } from '../../platform/graphql/scalars.js';
import { OperatorStatusEnum } from './enums.graphql.js';
import type { OperatorStatus } from './operator.entity.js';
import type { OperatorFacts } from './tenancy-sql.js';

@ObjectType('Operator', {
  implements: Node,
  description: 'A tenant: it owns payment system accounts, merchants and everything below them.',
})
export class OperatorType implements Node {
  readonly id: string;

  @Field(() => String, { description: '1 to 200 characters.' })
  readonly name: string;

  @Field(() => OperatorStatusEnum, { description: 'Whether it is served.' })
  readonly status: OperatorStatus;

  @Field(() => TimeZoneScalar, { description: "The zone in which the operator's days and months end." })
  readonly timeZone: string;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  /** As the database knows it, for resolvers of further fields. */
  readonly uuid: string;

  constructor(operator: OperatorFacts) {
    this.uuid = operator.id;
    this.id = publicId('operator', operator.id);
    this.name = operator.name;
    this.status = operator.status;
    this.timeZone = operator.timeZone;
    this.createdAt = operator.createdAt;
  }
}

export const OperatorConnection = connectionOf('Operator', OperatorType);
