import { Field, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { BulkOperationType } from './bulk-operation.graphql.js';

@ObjectType({ description: 'The operation that was made of the file, or that the same `idempotencyKey` made before.' })
export class BulkPayload {
  @Field(() => BulkOperationType, {
    description: 'Its rows are carried out in the background. AWAITING_FILE where the file is still to be put.',
  })
  readonly operation!: BulkOperationType;
}

@ObjectType({ description: 'The operation as it is after what was asked.' })
export class BulkOperationPayload {
  @Field(() => BulkOperationType, { description: 'Rows that were under way may still be finished after this answer.' })
  readonly operation!: BulkOperationType;
}

export const BulkResult = resultOf('BulkResult', BulkPayload);
export const BulkOperationResult = resultOf('BulkOperationResult', BulkOperationPayload);
