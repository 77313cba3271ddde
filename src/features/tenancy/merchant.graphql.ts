import { Authorized, Field, ID, Int, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar, TimeZoneScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import type { TransactionSource } from './domain/transaction-source.js';
import { CallbackFormatEnum, TransactionSourceEnum } from './enums.graphql.js';
import type { CallbackFormat } from './merchant.entity.js';
import type { MerchantFacts } from './tenancy-sql.js';

/** Beyond id and name it is for keys only: a payer's client token reaches it through its order. */
@ObjectType('Merchant', { implements: Node, description: 'A shop or service under an operator.' })
export class MerchantType implements Node {
  readonly id: string;

  @Field(() => String, { description: 'Shown to payers; 1 to 200 characters.' })
  readonly name: string;

  @Authorized('merchants:read')
  @Field(() => [TransactionSourceEnum], { description: 'The sources that the operator lets this merchant use.' })
  readonly allowedSources: readonly TransactionSource[];

  @Authorized('merchants:read')
  @Field(() => Boolean, { description: 'Whether the merchant may send card data itself. It is never kept.' })
  readonly pciDssCertified: boolean;

  @Authorized('merchants:read')
  @Field(() => UrlScalar, { nullable: true, description: 'Where notifications go when the order names no other URL.' })
  readonly callbackUrl: string | null;

  @Authorized('merchants:read')
  @Field(() => CallbackFormatEnum, { description: 'How notifications are written.' })
  readonly callbackFormat: CallbackFormat;

  @Authorized('merchants:read')
  @Field(() => [Int], { description: 'Days after a failed scheduled charge on which it is tried again, ascending.' })
  readonly retryPolicyDays: readonly number[];

  @Authorized('merchants:read')
  @Field(() => TimeZoneScalar, { description: "The zone in which the merchant's days begin." })
  readonly timeZone: string;

  @Authorized('merchants:read')
  @Field(() => Int, {
    description: 'Days that payers have for an invoice, from the day on which it is closed: 0 to 365.',
  })
  readonly invoiceDueDays: number;

  @Authorized('merchants:read')
  @Field(() => ID, {
    nullable: true,
    description: "The payment system account for orders that name none; null takes the operator's only one.",
  })
  readonly defaultPaymentSystemAccountId: string | null;

  @Authorized('merchants:read')
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Authorized('merchants:read')
  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  readonly updatedAt: Date;

  /** As the database knows it, for resolvers of further fields. */
  readonly uuid: string;

  constructor(merchant: MerchantFacts) {
    const account = merchant.defaultPaymentSystemAccountId;
    this.uuid = merchant.id;
    this.id = publicId('merchant', merchant.id);
    this.name = merchant.name;
    this.allowedSources = merchant.allowedSources;
    this.pciDssCertified = merchant.pciDssCertified;
    this.callbackUrl = merchant.callbackUrl;
    this.callbackFormat = merchant.callbackFormat;
    this.retryPolicyDays = merchant.retryPolicyDays;
    this.timeZone = merchant.timeZone;
    this.invoiceDueDays = merchant.invoiceDueDays;
    this.defaultPaymentSystemAccountId = account && publicId('paymentSystemAccount', account);
    this.createdAt = merchant.createdAt;
    this.updatedAt = merchant.updatedAt;
  }
}

export const MerchantConnection = connectionOf('Merchant', MerchantType);
