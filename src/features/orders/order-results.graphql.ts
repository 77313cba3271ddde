import { Field, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { OperationObject } from './operation.graphql.js';
import { OrderType } from './order.graphql.js';

@ObjectType({ description: 'The order that was made, or that the same `idempotencyKey` made before.' })
export class CreateOrderPayload {
  @Field(() => OrderType, {
    description: 'A declined payment is no Problem: the order is DECLINED and its operation says why.',
  })
  readonly order!: OrderType;
}

@ObjectType({ description: 'What became of the payment.' })
export class PayOrderPayload {
  @Field(() => OrderType, {
    description:
      'As it is after the attempt: CAPTURED or AUTHORIZED when paid, REQUIRES_ACTION, DECLINED, or PROCESSING.',
  })
  readonly order!: OrderType;
}

@ObjectType({
  description: 'What became of the capture. One that the payment system refused is here too, not a Problem.',
})
export class CaptureOrderPayload {
  @Field(() => OrderType, { description: 'As it is after the capture; `capturedAmount` is what was taken so far.' })
  readonly order!: OrderType;

  @Field(() => OperationObject, { description: 'This capture, or the one that had been made before.' })
  readonly operation!: OperationObject;
}

@ObjectType({
  description: 'What became of the cancellation. One that the payment system refused is here too, not a Problem.',
})
export class CancelOrderPayload {
  @Field(() => OrderType, { description: 'As it is after the cancellation; refunds on their way count as made.' })
  readonly order!: OrderType;

  @Field(() => OperationObject, {
    description: 'The cancellation itself: its `status`, and the releases and refunds it was made of.',
  })
  readonly operation!: OperationObject;
}

@ObjectType({
  description: "What became of the increase. One that the payer's bank declined is here too, not a Problem.",
})
export class IncreaseAuthorizationPayload {
  @Field(() => OrderType, { description: 'As it is after the increase; declined, its amounts are as they were.' })
  readonly order!: OrderType;

  @Field(() => OperationObject, {
    description: 'The increase itself: whether it SUCCEEDED; its `amount` is the difference, not the total.',
  })
  readonly operation!: OperationObject;
}

export const CreateOrderResult = resultOf('CreateOrderResult', CreateOrderPayload);
export const PayOrderResult = resultOf('PayOrderResult', PayOrderPayload);
export const CaptureOrderResult = resultOf('CaptureOrderResult', CaptureOrderPayload);
export const CancelOrderResult = resultOf('CancelOrderResult', CancelOrderPayload);
export const IncreaseAuthorizationResult = resultOf('IncreaseAuthorizationResult', IncreaseAuthorizationPayload);
