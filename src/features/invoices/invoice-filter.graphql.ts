import { Field, ID, InputType } from 'type-graphql';
import { CurrencyCodeScalar } from '../../platform/graphql/scalars.js';
import { InvoiceStatusEnum } from './invoice-enums.graphql.js';

@InputType({ description: 'All that are given must hold.' })
export class InvoiceFilter {
  @Field(() => ID, {
    nullable: true,
    description: "Invoices of this merchant. A merchant's key sees only its own anyhow.",
  })
  readonly merchantId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Invoices to this payer.' })
  readonly payerId?: string | null;

  @Field(() => [InvoiceStatusEnum], { nullable: true, description: 'Any of these.' })
  readonly status?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Of this month: "2026-10".' })
  readonly month?: string | null;

  @Field(() => CurrencyCodeScalar, { nullable: true, description: 'In this currency: "EUR".' })
  readonly currency?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Exactly this: "INV-000042". At most one of a merchant has it; those of several merchants may.',
  })
  readonly number?: string | null;
}
