import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { idempotencyKey, publicIdOf, validated } from '../../platform/graphql/validation.js';
import { StoredCredentialType } from './stored-credential.graphql.js';

@InputType({ description: "Which of a payer's means of payment is removed." })
export class RemoveStoredCredentialInput {
  @Field(() => ID, { description: 'The credential, `cred_…`; one that is REMOVED already is success.' })
  readonly storedCredentialId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      '1 to 255 printable ASCII characters. The same key with the same input answers the first result again, as it is now.',
  })
  readonly idempotencyKey?: string | null;
}

const input = z.object({
  storedCredentialId: publicIdOf('storedCredential'),
  idempotencyKey: idempotencyKey.nullish(),
});

/** The UUID of the credential that is to go. */
export function credentialToRemove(given: RemoveStoredCredentialInput): string {
  const { storedCredentialId } = validated(input, given);
  if (!storedCredentialId) throw notFound('stored credential');
  return storedCredentialId;
}

@ObjectType({
  description:
    'The credential, which pays nothing from now on. At the payment system it is detached at once, or as soon as that answers.',
})
export class RemoveStoredCredentialPayload {
  @Field(() => StoredCredentialType, {
    description: 'As it is now: REMOVED, unless the payer has stored the same means of payment again since.',
  })
  readonly storedCredential!: StoredCredentialType;
}

export const RemoveStoredCredentialResult = resultOf('RemoveStoredCredentialResult', RemoveStoredCredentialPayload);
