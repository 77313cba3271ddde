import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { optionalIdempotencyKey } from './inputs.js';
import { MerchantType } from './merchant.graphql.js';
import type { RotatedSecret } from './rotate-signing-secret.js';

const OVERLAP_MAX = 7 * 24 * 60 * 60;
const OVERLAP_DEFAULT = 24 * 60 * 60;
const OVERLAP_MESSAGE = `must be a whole number of seconds from 0 to ${OVERLAP_MAX}`;

@InputType({ description: "Another secret for a merchant, in the key's mode." })
export class RotateSigningSecretInput {
  @Field(() => ID, {
    nullable: true,
    description: "`mer_…`. Needed with an operator's key; absent: the merchant of a merchant's key.",
  })
  readonly merchantId?: string | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: OVERLAP_DEFAULT,
    description:
      `How long the secrets from before stay valid, in seconds: 0 to ${OVERLAP_MAX}. At most the two newest of them ` +
      'do, none longer than it would have been. 0 ends all of them now: for a secret that has leaked.',
  })
  readonly overlapSeconds?: number | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again rotate nothing and answer without the secret.',
  })
  readonly idempotencyKey?: string | null;
}

export const rotateSigningSecretInput = z.object({
  merchantId: z.string().nullish(),
  overlapSeconds: z
    .int(OVERLAP_MESSAGE)
    .min(0, OVERLAP_MESSAGE)
    .max(OVERLAP_MAX, OVERLAP_MESSAGE)
    .nullish()
    .transform((seconds) => seconds ?? OVERLAP_DEFAULT),
  idempotencyKey: optionalIdempotencyKey,
});

@ObjectType({ description: 'The secret that signs from now on.' })
export class RotateSigningSecretPayload {
  @Field(() => String, {
    nullable: true,
    description:
      '`whsec_…`, base64 after that prefix, to be kept now: it is shown this once. Null when the request was ' +
      'repeated; rotate again then.',
  })
  readonly secret: string | null;

  @Field(() => MerchantType, { description: 'Whose it is.' })
  readonly merchant: MerchantType;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when messages carry a signature by the secret before it, too; null when there was none.',
  })
  readonly previousValidUntil: Date | null;

  constructor({ secret, merchant, previousValidUntil }: RotatedSecret) {
    this.secret = secret;
    this.merchant = new MerchantType(merchant);
    this.previousValidUntil = previousValidUntil;
  }
}

export const RotateSigningSecretResult = resultOf('RotateSigningSecretResult', RotateSigningSecretPayload);
