import { Arg, Args, Authorized, Ctx, ID, Query, Resolver } from 'type-graphql';
import { uuidOf } from '../../kernel/ids.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { isStorable } from '../../platform/graphql/validation.js';
import { type ApiContext, merchantOf, pageById } from '../tenancy/index.js';
import { AgreementConnection, AgreementType } from './agreement.graphql.js';
import { AgreementFilter } from './agreement-filter.graphql.js';
import { agreementLoader } from './agreement-loaders.js';
import { AGREEMENT_BY_REFERENCE } from './agreement-reads-sql.js';
import type { AgreementRow } from './agreement-rows.js';
import { listAgreements } from './list-agreements.js';

@Resolver()
export class AgreementQueriesResolver {
  @Authorized('agreements:read')
  @Query(() => AgreementType, {
    nullable: true,
    description:
      "An agreement by `id`, or by the merchant's `reference` (an operator key then names `merchantId` too).",
  })
  async agreement(
    @Ctx() context: ApiContext,
    @Arg('id', () => ID, { nullable: true, description: '`agr_…`. Given both, `reference` does not count.' })
    id: string | null,
    @Arg('reference', () => String, {
      nullable: true,
      description: "The merchant's own id of the agreement, exactly as it was given.",
    })
    reference: string | null,
    @Arg('merchantId', () => ID, {
      nullable: true,
      description: "Whose `reference` it is, `mer_…`. Needed with an operator's key; a merchant's key means itself.",
    })
    merchantId: string | null,
  ): Promise<AgreementType | null> {
    const row = id ? await byId(context, id) : reference ? await byReference(context, reference, merchantId) : null;
    return row && new AgreementType(row);
  }

  @Authorized('agreements:read')
  @Query(() => AgreementConnection, { description: 'Agreements, newest first.' })
  async agreements(
    @Ctx() context: ApiContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => AgreementFilter, {
      nullable: true,
      description: 'Which agreements. Absent: all that the key may see, in its mode.',
    })
    filter: AgreementFilter | null,
  ): Promise<Connection<AgreementType>> {
    const page = pageById(args);
    const rows = await listAgreements(context.reads, context.principal, filter ?? {}, page);
    return pageOf(
      rows.map((row) => new AgreementType(row)),
      page,
      ({ row }) => row.id,
    );
  }
}

async function byId(context: ApiContext, id: string): Promise<AgreementRow | null> {
  const uuid = uuidOf('agreement', id);
  return uuid ? agreementLoader(context).load(uuid) : null;
}

async function byReference(
  context: ApiContext,
  reference: string,
  merchantId: string | null,
): Promise<AgreementRow | null> {
  if (!isStorable(reference)) return null;
  const { operatorId, mode } = context.principal;
  const key = [operatorId, merchantOf(context.principal, merchantId), mode, reference];
  const [row] = await context.reads.query<AgreementRow>(AGREEMENT_BY_REFERENCE, key);
  return row ?? null;
}
