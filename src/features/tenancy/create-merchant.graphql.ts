import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { TimeZoneScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { DEFAULT_RETRY_DAYS } from './domain/retry-policy.js';
import { DEFAULT_SOURCES, type TransactionSource } from './domain/transaction-source.js';
import { CallbackFormatEnum, TransactionSourceEnum } from './enums.graphql.js';
import type { CallbackFormat, Merchant } from './merchant.entity.js';
import { MerchantType } from './merchant.graphql.js';

@InputType({ description: 'A new merchant.' })
export class CreateMerchantInput {
  @Field(() => String, { description: 'Shown to payers; 1 to 200 characters.' })
  readonly name!: string;

  @Field(() => [TransactionSourceEnum], {
    nullable: true,
    description:
      `At least one; absent: ${DEFAULT_SOURCES.join(', ')}. Agreements need MERCHANT, which allows charges without ` +
      'the payer; CARD_PRESENT and PAYER_PRESENT are refused.',
  })
  readonly allowedSources?: TransactionSource[] | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether the merchant may send card data itself. It must be certified for that.',
  })
  readonly pciDssCertified?: boolean | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      'Where notifications go: https to a public address, at port 80, 443 or one from 1024 on, without user name, ' +
      'password or fragment.',
  })
  readonly callbackUrl?: string | null;

  @Field(() => CallbackFormatEnum, { nullable: true, defaultValue: 'JSON', description: 'How they are written.' })
  readonly callbackFormat?: CallbackFormat | null;

  @Field(() => [Int], {
    nullable: true,
    defaultValue: [...DEFAULT_RETRY_DAYS],
    description:
      'Days after a failed scheduled charge on which it is tried again: at most 10, each 1 to 30, ascending.',
  })
  readonly retryPolicyDays?: number[] | null;

  @Field(() => TimeZoneScalar, { nullable: true, description: "The operator's zone when left out." })
  readonly timeZone?: string | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 14,
    description: 'Days that payers have for an invoice, from the day on which it is closed: 0 to 365.',
  })
  readonly invoiceDueDays?: number | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again answer the first result.',
  })
  readonly idempotencyKey?: string | null;
}

@ObjectType({ description: 'The merchant that was made.' })
export class CreateMerchantPayload {
  @Field(() => MerchantType, { description: 'It has no API key yet: make one with `createApiKey`.' })
  readonly merchant: MerchantType;

  constructor(merchant: Merchant) {
    this.merchant = new MerchantType(merchant);
  }
}

export const CreateMerchantResult = resultOf('CreateMerchantResult', CreateMerchantPayload);
