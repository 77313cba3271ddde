import { Field, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { UrlScalar } from '../../platform/graphql/scalars.js';
import { OrderType } from '../orders/index.js';
import { AgreementType } from './agreement.graphql.js';

@ObjectType({ description: 'The agreement that was made, or that the same `idempotencyKey` made before.' })
export class CreateAgreementPayload {
  @Field(() => AgreementType, {
    description:
      'ACTIVE once the first transaction succeeded; PENDING while it is waited for, and after a decline: ' +
      '`replaceAgreementCredential` makes another one, until the agreement is CANCELED at its `pendingUntil`.',
  })
  readonly agreement!: AgreementType;

  @Field(() => OrderType, {
    nullable: true,
    description: 'The first transaction: what was paid or checked, or waits for the payer. A decline is seen here.',
  })
  readonly order!: OrderType | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      'Where the payer reads the terms, agrees to them and makes the first transaction; null when it has been made or ' +
      'declined. `payOrder` with the `order` does the same from your own page.',
  })
  readonly paymentPageUrl!: string | null;
}

@ObjectType({ description: 'The agreement that an earlier payment established.' })
export class CreateAgreementFromOrderPayload {
  @Field(() => AgreementType, { description: 'ACTIVE: its first transaction is the order.' })
  readonly agreement!: AgreementType;
}

@ObjectType({ description: 'What came of the change.' })
export class UpdateAgreementPayload {
  @Field(() => AgreementType, { description: 'As it is after the change; `history` has what it was before.' })
  readonly agreement!: AgreementType;
}

@ObjectType({ description: 'What came of the new means of payment. One that was declined is here too, not a Problem.' })
export class ReplaceAgreementCredentialPayload {
  @Field(() => AgreementType, {
    description: 'Charged with the new one if the order was paid or verified, else as before.',
  })
  readonly agreement!: AgreementType;

  @Field(() => OrderType, {
    description: "The payer's new transaction: REQUIRES_ACTION while the payer must confirm it.",
  })
  readonly order!: OrderType;
}

@ObjectType({ description: 'What came of the charge. One that was declined is here too, not a Problem.' })
export class ChargeAgreementPayload {
  @Field(() => AgreementType, { description: 'As it is after the charge: PAST_DUE when a period was declined.' })
  readonly agreement!: AgreementType;

  @Field(() => OrderType, { description: 'The attempt: CAPTURED when paid, DECLINED, PROCESSING or REQUIRES_ACTION.' })
  readonly order!: OrderType;
}

@ObjectType({ description: 'What came of paying off. A decline is here too, not a Problem.' })
export class PayOffAgreementPayload {
  @Field(() => AgreementType, { description: 'COMPLETED when the order was paid, else as before.' })
  readonly agreement!: AgreementType;

  @Field(() => OrderType, { description: 'The charge of all that was left.' })
  readonly order!: OrderType;
}

@ObjectType({ description: 'What came of the report.' })
export class ReportBalancePayload {
  @Field(() => AgreementType, { description: 'As it is after the report.' })
  readonly agreement!: AgreementType;

  @Field(() => OrderType, {
    nullable: true,
    description: 'The top-up. Null when the balance is not below the threshold, or was charged for when it fell below.',
  })
  readonly order!: OrderType | null;
}

@ObjectType({ description: 'The agreement that was imported, or that the same `idempotencyKey` imported before.' })
export class ImportAgreementPayload {
  @Field(() => AgreementType, { description: 'ACTIVE, and charged from now on.' })
  readonly agreement!: AgreementType;
}

@ObjectType({ description: 'The agreement that was suspended.' })
export class SuspendAgreementPayload {
  @Field(() => AgreementType, { description: 'SUSPENDED: periods that pass now are skipped, not made up for.' })
  readonly agreement!: AgreementType;
}

@ObjectType({ description: 'The agreement that was resumed.' })
export class ResumeAgreementPayload {
  @Field(() => AgreementType, { description: 'ACTIVE: `nextChargeAt` is the first time of its schedule from now on.' })
  readonly agreement!: AgreementType;
}

@ObjectType({ description: 'The agreement that was ended.' })
export class CancelAgreementPayload {
  @Field(() => AgreementType, { description: 'CANCELED, for good. What was paid under it stays paid.' })
  readonly agreement!: AgreementType;
}

export const CreateAgreementResult = resultOf('CreateAgreementResult', CreateAgreementPayload);
export const CreateAgreementFromOrderResult = resultOf(
  'CreateAgreementFromOrderResult',
  CreateAgreementFromOrderPayload,
);
export const UpdateAgreementResult = resultOf('UpdateAgreementResult', UpdateAgreementPayload);
export const ReplaceAgreementCredentialResult = resultOf(
  'ReplaceAgreementCredentialResult',
  ReplaceAgreementCredentialPayload,
);
export const ChargeAgreementResult = resultOf('ChargeAgreementResult', ChargeAgreementPayload);
export const PayOffAgreementResult = resultOf('PayOffAgreementResult', PayOffAgreementPayload);
export const ReportBalanceResult = resultOf('ReportBalanceResult', ReportBalancePayload);
export const ImportAgreementResult = resultOf('ImportAgreementResult', ImportAgreementPayload);
export const SuspendAgreementResult = resultOf('SuspendAgreementResult', SuspendAgreementPayload);
export const ResumeAgreementResult = resultOf('ResumeAgreementResult', ResumeAgreementPayload);
export const CancelAgreementResult = resultOf('CancelAgreementResult', CancelAgreementPayload);
