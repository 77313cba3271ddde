import { Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type ApiContext, OperatorType } from '../tenancy/index.js';
import { BILLING_PROGRESS } from './agreement-reads-sql.js';
import { BillingProgress } from './billing-progress.graphql.js';

type ProgressRow = { due: number; dueSince: Date | null; underWay: number; waitingForRetry: number };

@Resolver(() => OperatorType)
export class BillingProgressResolver {
  /** The operator's time: a test operator's may be ahead. */
  constructor(private readonly nowOf: (operatorId: string) => Date) {}

  @Authorized('agreements:read')
  @FieldResolver(() => BillingProgress, {
    description: 'How far the charging of its agreements is. The same is told to monitoring at `/metrics`.',
  })
  async billing(@Root() { uuid }: OperatorType, @Ctx() { reads, principal }: ApiContext): Promise<BillingProgress> {
    const now = this.nowOf(uuid);
    const [row] = await reads.query<ProgressRow>(BILLING_PROGRESS, [uuid, principal.mode, now]);
    const { due = 0, dueSince = null, underWay = 0, waitingForRetry = 0 } = row ?? {};
    const lagSeconds = dueSince ? Math.max(0, Math.floor((now.getTime() - dueSince.getTime()) / 1000)) : 0;
    return { due, dueSince, lagSeconds, underWay, waitingForRetry };
  }
}
