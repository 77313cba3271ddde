import { Arg, Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { invalidInput } from '../../kernel/errors.js';
import { type Connection, PageArgs, pageOf, pageRequest } from '../../platform/graphql/connection.js';
import { UrlScalar } from '../../platform/graphql/scalars.js';
import { AgreementType, agreementNodes } from '../agreements/index.js';
import { OrderType, orderLoader } from '../orders/index.js';
import { type ApiContext, MerchantType, merchantLoader } from '../tenancy/index.js';
import { RowOutcomeEnum } from './bulk-enums.graphql.js';
import { BulkOperationType } from './bulk-operation.graphql.js';
import { ROWS_OF_OPERATION, rowsWithOutcome } from './bulk-reads-sql.js';
import { BulkRowConnection, BulkRowType } from './bulk-row.graphql.js';
import type { BulkFileRow } from './bulk-rows.js';
import type { RowOutcome } from './domain/words.js';
import type { UploadLinks } from './upload-link.js';

@Resolver(() => BulkOperationType)
export class BulkOperationFieldsResolver {
  constructor(private readonly links: UploadLinks) {}

  @FieldResolver(() => MerchantType, { description: 'Whose rows these are.' })
  async merchant(@Root() { row }: BulkOperationType, @Ctx() context: ApiContext): Promise<MerchantType> {
    const merchant = await merchantLoader(context).load(row.merchantId);
    if (!merchant) throw new Error(`bulk operation ${row.id} has no merchant`);
    return new MerchantType(merchant);
  }

  @FieldResolver(() => UrlScalar, {
    nullable: true,
    description:
      'Where the file is put by HTTP PUT, within an hour, without a key, and while the key that asked for it is in force; ' +
      'one that was cut off is put again, and 503 is worth another try. The ' +
      'answer is JSON: `operation` with id, status and counts, or `problem` with `faults` by line and column. Null once ' +
      'the file is there, and for keys without `agreements:write`: whoever has the address may send the file.',
  })
  uploadUrl(@Root() { row }: BulkOperationType, @Ctx() { principal }: ApiContext): string | null {
    return principal.scopes.has('agreements:write') ? this.links.urlOf(principal.operatorId, row) : null;
  }

  @Authorized('agreements:read')
  @FieldResolver(() => BulkRowConnection, { description: 'Its rows in the order of the file.' })
  async rows(
    @Root() { row }: BulkOperationType,
    @Ctx() context: ApiContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('outcome', () => RowOutcomeEnum, { nullable: true, description: 'Only rows with this outcome.' })
    outcome: RowOutcome | null,
  ): Promise<Connection<BulkRowType>> {
    const { first, limit, afterKey } = pageRequest(args);
    const parameters = [context.principal.operatorId, row.id, lineOf(afterKey)];
    const statement = outcome ? rowsWithOutcome(outcome) : ROWS_OF_OPERATION;
    const found = await context.reads.query<BulkFileRow>(statement, parameters);
    const rows = found.slice(0, limit).map((each) => new BulkRowType(each, row.header ?? []));
    return pageOf(rows, { first, afterKey }, ({ line }) => String(line));
  }
}

@Resolver(() => BulkRowType)
export class BulkRowFieldsResolver {
  @Authorized('agreements:read')
  @FieldResolver(() => AgreementType, {
    nullable: true,
    description: 'The agreement that was made, charged or changed; null where it came to none, and in a dry run.',
  })
  async agreement(@Root() { row }: BulkRowType, @Ctx() context: ApiContext): Promise<AgreementType | null> {
    return row.agreementId ? agreementNodes.agreement(context, row.agreementId) : null;
  }

  @Authorized('orders:read')
  @FieldResolver(() => OrderType, {
    nullable: true,
    description: 'The order by which the payer was charged; null where there is none. A decline is seen there.',
  })
  async order(@Root() { row }: BulkRowType, @Ctx() context: ApiContext): Promise<OrderType | null> {
    const order = row.orderId ? await orderLoader(context).load(row.orderId) : null;
    return order && new OrderType(order);
  }
}

/** The largest line that the database's column can have. */
const LINE_MAX = 2 ** 31 - 1;

function lineOf(afterKey: string | null): number {
  if (afterKey === null) return 0;
  if (/^\d{1,10}$/.test(afterKey) && Number(afterKey) <= LINE_MAX) return Number(afterKey);
  throw invalidInput([{ path: ['after'], message: 'is a cursor of another list' }]);
}
