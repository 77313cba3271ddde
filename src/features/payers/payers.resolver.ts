import { Arg, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { uuidOf } from '../../kernel/ids.js';
import { isStorable } from '../../platform/graphql/validation.js';
import { type ApiContext, merchantOf } from '../tenancy/index.js';
import { credentialsLoader, payerLoader } from './loaders.js';
import { PayerType } from './payer.graphql.js';
import { PAYER_BY_REFERENCE } from './payers-sql.js';
import type { PayerRow } from './resolve-payer.js';
import { StoredCredentialType } from './stored-credential.graphql.js';

@Resolver(() => PayerType)
export class PayersResolver {
  @Authorized('payers:read')
  @Query(() => PayerType, {
    nullable: true,
    description: "A payer by `id`, or by the merchant's `reference` (an operator key then names `merchantId` too).",
  })
  async payer(
    @Ctx() context: ApiContext,
    @Arg('id', () => ID, {
      nullable: true,
      description: 'The id, `payer_…`. Given both, it counts and `reference` does not.',
    })
    id: string | null,
    @Arg('reference', () => String, {
      nullable: true,
      description: "The merchant's own id of the payer, 1 to 100 characters, exactly as it was given.",
    })
    reference: string | null,
    @Arg('merchantId', () => ID, {
      nullable: true,
      description: "Whose `reference` it is, `mer_…`. Needed with an operator's key; a merchant's key means itself.",
    })
    merchantId: string | null,
  ): Promise<PayerType | null> {
    const uuid = id && uuidOf('payer', id);
    const row = uuid
      ? await payerLoader(context).load(uuid)
      : reference && isStorable(reference) && (await byReference(context, reference, merchantId));
    return row ? new PayerType(row) : null;
  }

  @Authorized('payers:read')
  @FieldResolver(() => [StoredCredentialType], { description: 'What is kept to pay with, newest first.' })
  async storedCredentials(@Root() payer: PayerType, @Ctx() context: ApiContext): Promise<StoredCredentialType[]> {
    const rows = await credentialsLoader(context).load(payer.uuid);
    return rows.map((row) => new StoredCredentialType(row));
  }
}

async function byReference(
  context: ApiContext,
  reference: string,
  merchantId: string | null,
): Promise<PayerRow | undefined> {
  const { operatorId, mode } = context.principal;
  const merchant = merchantOf(context.principal, merchantId);
  const [row] = await context.reads.query<PayerRow>(PAYER_BY_REFERENCE, [operatorId, merchant, mode, reference]);
  return row;
}
