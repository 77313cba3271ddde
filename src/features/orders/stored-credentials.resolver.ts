import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { payerNodes, StoredCredentialType } from '../payers/index.js';
import type { ApiContext } from '../tenancy/index.js';
import { addStoredCredential } from './add-stored-credential.js';
import type { Carriers } from './carrier.js';
import type { InputRules } from './input-parts.js';
import { OrderType } from './order.graphql.js';
import { paymentRequestOf } from './payment-input.js';
import { credentialToAddOf } from './stored-credential-input.js';
import {
  AddStoredCredentialInput,
  AddStoredCredentialPayload,
  AddStoredCredentialResult,
} from './stored-credentials.graphql.js';

@Resolver(() => AddStoredCredentialPayload)
export class AddStoredCredentialResolver {
  constructor(
    private readonly carriers: Carriers,
    private readonly rules: InputRules,
  ) {}

  @Authorized('orders:write')
  @Mutation(() => AddStoredCredentialResult, {
    description:
      "Stores a payer's means of payment for later and takes no money: the payer's bank checks it, as an order of 0. " +
      'With 3-D Secure it is stored when the payer has authenticated, at `order.nextAction`.',
  })
  addStoredCredential(
    @Arg('input', () => AddStoredCredentialInput, { description: 'Whose means of payment, and what it is.' })
    input: AddStoredCredentialInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = credentialToAddOf(principal, input, this.rules);
      const request = paymentRequestOf(principal, 'addStoredCredential', input);
      const { order } = await addStoredCredential(this.carriers, principal, wanted, request);
      return { order: new OrderType(order) };
    });
  }

  @Authorized('payers:read')
  @FieldResolver(() => StoredCredentialType, {
    nullable: true,
    description: 'What was stored; null until the check has passed, and then it is `order.storedCredential` as well.',
  })
  async storedCredential(
    @Root() { order }: AddStoredCredentialPayload,
    @Ctx() context: ApiContext,
  ): Promise<StoredCredentialType | null> {
    const { status, credentialId } = order.row;
    if (status !== 'VERIFIED' || !credentialId) return null;
    return payerNodes.storedCredential(context, credentialId);
  }
}
