import { Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { OperationObject, orderNodes } from '../orders/index.js';
import type { ApiContext } from '../tenancy/index.js';
import { CreditNoteType } from './invoice-credit-note.graphql.js';

/** Where the money of a credit note is on its way. */
@Resolver(() => CreditNoteType)
export class CreditNoteRefundResolver {
  @Authorized('orders:read')
  @FieldResolver(() => OperationObject, {
    nullable: true,
    description: 'The cancellation of the paying order that gives the money back; null unless it is a REFUND.',
  })
  operation(@Root() { row }: CreditNoteType, @Ctx() context: ApiContext): Promise<OperationObject | null> | null {
    return row.operationId === null ? null : orderNodes.operation(context, row.operationId);
  }
}
