import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { TimeZoneScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import type { TransactionSource } from './domain/transaction-source.js';
import { CallbackFormatEnum, TransactionSourceEnum } from './enums.graphql.js';
import type { CallbackFormat, Merchant } from './merchant.entity.js';
import { MerchantType } from './merchant.graphql.js';

@InputType({ description: 'What to change. A field that is left out stays as it is; null clears what may be empty.' })
export class UpdateMerchantInput {
  @Field(() => ID, { description: 'The merchant to change, `mer_…`.' })
  readonly merchantId!: string;

  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  readonly name?: string | null;

  @Field(() => [TransactionSourceEnum], {
    nullable: true,
    description: 'All that it may use from now on; orders that were accepted before keep their source.',
  })
  readonly allowedSources?: TransactionSource[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the merchant may send card data itself.' })
  readonly pciDssCertified?: boolean | null;

  @Field(() => UrlScalar, { nullable: true, description: 'Null: notifications go only where an order says.' })
  readonly callbackUrl?: string | null;

  @Field(() => CallbackFormatEnum, { nullable: true, description: 'How notifications are written.' })
  readonly callbackFormat?: CallbackFormat | null;

  @Field(() => [Int], { nullable: true, description: 'At most 10 days, each 1 to 30, ascending.' })
  readonly retryPolicyDays?: number[] | null;

  @Field(() => TimeZoneScalar, { nullable: true, description: 'Schedules that were made before keep theirs.' })
  readonly timeZone?: string | null;

  @Field(() => Int, { nullable: true, description: '0 to 365; invoices that were closed before keep their `dueOn`.' })
  readonly invoiceDueDays?: number | null;

  @Field(() => ID, { nullable: true, description: "Null: the operator's only account of the key's mode." })
  readonly defaultPaymentSystemAccountId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again change nothing more.',
  })
  readonly idempotencyKey?: string | null;
}

@ObjectType({ description: 'The merchant as it is now.' })
export class UpdateMerchantPayload {
  @Field(() => MerchantType, { description: 'With the changes.' })
  readonly merchant: MerchantType;

  constructor(merchant: Merchant) {
    this.merchant = new MerchantType(merchant);
  }
}

export const UpdateMerchantResult = resultOf('UpdateMerchantResult', UpdateMerchantPayload);
