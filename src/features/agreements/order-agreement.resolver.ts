import { Authorized, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { OrderType } from '../orders/index.js';
import type { ApiContext } from '../tenancy/index.js';
import { AgreementType } from './agreement.graphql.js';
import { agreementLoader, chargeLoader } from './agreement-loaders.js';

/** What an order has of its agreement. Orders know no agreements, so the fields are added from here. */
@Resolver(() => OrderType)
export class OrderAgreementResolver {
  @Authorized('agreements:read')
  @FieldResolver(() => AgreementType, {
    nullable: true,
    description: 'What it established, renewed the means of payment of, or is a charge under. Null: it stands alone.',
  })
  async agreement(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<AgreementType | null> {
    const agreement = row.agreementId ? await agreementLoader(context).load(row.agreementId) : null;
    return agreement && new AgreementType(agreement);
  }

  @Authorized('agreements:read')
  @FieldResolver(() => Int, {
    nullable: true,
    description: 'The period of the agreement’s schedule that it is an attempt at, from 1. Null for every other order.',
  })
  async chargeNumber(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<number | null> {
    const charge = row.chargeId ? await chargeLoader(context).load(row.chargeId) : null;
    return charge?.number ?? null;
  }
}
