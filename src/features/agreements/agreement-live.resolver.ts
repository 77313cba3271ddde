import { Arg, Authorized, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import { notFound } from '../../kernel/errors.js';
import { publicId, uuidOf } from '../../kernel/ids.js';
import type { FeedEvent } from '../../platform/events/feed-event.js';
import { EventCursorScalar } from '../../platform/graphql/scalars.js';
import { type ApiContext, requireScope, watchedEvents } from '../tenancy/index.js';
import { AgreementStatusChanged, AgreementType } from './agreement.graphql.js';
import { AGREEMENT_STATUS_CHANGED } from './agreement-events.js';
import { agreementLoader } from './agreement-loaders.js';

interface SubscriptionArgs {
  readonly agreementId?: string | null;
  readonly merchantId?: string | null;
  readonly after?: string | null;
}

@Resolver(() => AgreementStatusChanged)
export class AgreementLiveResolver {
  @Authorized('agreements:read')
  @Subscription(() => AgreementStatusChanged, {
    description:
      'Every change of status of one agreement, of a merchant’s, or of all that the key may see. With `after` everything ' +
      'since that cursor comes first, then it goes on live: no gap, no repeat.',
    subscribe: ({ args, context }) => statusChanges(args as SubscriptionArgs, context as ApiContext),
  })
  agreementStatusChanged(
    @Root() event: FeedEvent,
    // The arguments are read by `subscribe`; they are declared here for the schema.
    @Arg('agreementId', () => ID, { nullable: true, description: 'Only this agreement, `agr_…`.' })
    _agreementId: string | null,
    @Arg('merchantId', () => ID, {
      nullable: true,
      description: "Only agreements with this merchant; a merchant's key watches its own in any case.",
    })
    _merchantId: string | null,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'The `cursor` of the last change you saw: all since then comes first. Absent: only what happens from now on.',
    })
    _after: string | null,
  ): AgreementStatusChanged {
    const { previousStatus, status } = event.payload;
    return {
      cursor: event.cursor,
      occurredAt: event.occurredAt,
      previousStatus: typeof previousStatus === 'string' ? previousStatus : null,
      status: String(status),
      agreementId: publicId('agreement', event.subjectId),
      agreementUuid: event.subjectId,
    };
  }

  @FieldResolver(() => AgreementType, {
    description: 'The agreement as it is now, which may be further on than `status`.',
  })
  async agreement(
    @Root() { agreementUuid }: AgreementStatusChanged,
    @Ctx() context: ApiContext,
  ): Promise<AgreementType> {
    const agreement = await agreementLoader(context).load(agreementUuid);
    if (!agreement) throw notFound('agreement');
    return new AgreementType(agreement);
  }
}

/** Asked for before the first event, not only at each: a stream that shows nothing still tells that there is one. */
async function statusChanges(args: SubscriptionArgs, context: ApiContext) {
  requireScope(context.principal, 'agreements:read');
  const subjectId = await watchedAgreement(args.agreementId ?? null, context);
  const { merchantId = null, after = null } = args;
  return watchedEvents({ type: AGREEMENT_STATUS_CHANGED, subjectId, merchantId, after }, context);
}

async function watchedAgreement(id: string | null, context: ApiContext): Promise<string | null> {
  if (id === null) return null;
  const uuid = uuidOf('agreement', id);
  const agreement = uuid ? await agreementLoader(context).load(uuid) : null;
  if (!agreement) throw notFound('agreement');
  return agreement.id;
}
