import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { type ApiContext, requestOf } from '../tenancy/index.js';
import type { CredentialCarriers } from './carry-out-credential.js';
import { payerLoader } from './loaders.js';
import { PayerType } from './payer.graphql.js';
import {
  credentialToRemove,
  RemoveStoredCredentialInput,
  RemoveStoredCredentialResult,
} from './remove-stored-credential.graphql.js';
import { removeStoredCredential } from './remove-stored-credential.js';
import { StoredCredentialType } from './stored-credential.graphql.js';

@Resolver(() => StoredCredentialType)
export class StoredCredentialsResolver {
  constructor(private readonly carriers: CredentialCarriers) {}

  @Authorized('payers:read')
  @FieldResolver(() => PayerType, { description: 'Whose it is: no other payer can pay with it.' })
  async payer(@Root() { id, payerId }: StoredCredentialType, @Ctx() context: ApiContext): Promise<PayerType> {
    const payer = await payerLoader(context).load(payerId);
    if (!payer) throw new Error(`${id} has no payer`);
    return new PayerType(payer);
  }

  @Authorized('orders:write', 'payers:read')
  @Mutation(() => RemoveStoredCredentialResult, {
    description:
      "Removes a payer's means of payment for good: nothing can be charged to it any more, by nobody, and the payer " +
      'would have to give it anew. Needs the scopes orders:write and payers:read.',
  })
  removeStoredCredential(
    @Arg('input', () => RemoveStoredCredentialInput, { description: 'Which one.' })
    input: RemoveStoredCredentialInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = credentialToRemove(input);
      const request = requestOf(principal, 'removeStoredCredential', input);
      const removed = await removeStoredCredential(this.carriers, principal, wanted, request);
      return { storedCredential: new StoredCredentialType(removed) };
    });
  }
}
