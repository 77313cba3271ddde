import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { type ApiContext, type Principal, requestOf, requireScope } from '../tenancy/index.js';
import type { GivenTerms } from './agreement-terms-input.js';
import { cancelOrder } from './cancel-order.js';
import { captureOrder } from './capture-order.js';
import type { Carriers } from './carrier.js';
import type { Claim } from './claim.js';
import { createOrder } from './create-order.js';
import { increaseAuthorization } from './increase-authorization.js';
import type { InputRules } from './input-parts.js';
import type { JoinAgreement } from './new-order.js';
import { OperationObject } from './operation.graphql.js';
import { OrderType } from './order.graphql.js';
import {
  CancelOrderInput,
  CaptureOrderInput,
  CreateOrderInput,
  IncreaseAuthorizationInput,
  PayOrderInput,
} from './order-inputs.graphql.js';
import {
  cancellationWantedOf,
  captureWantedOf,
  increaseWantedOf,
  newOrderOf,
  paymentWantedOf,
} from './order-inputs.js';
import {
  CancelOrderResult,
  CaptureOrderResult,
  CreateOrderResult,
  IncreaseAuthorizationResult,
  PayOrderResult,
} from './order-results.graphql.js';
import { payOrder } from './pay-order.js';
import { paymentRequestOf } from './payment-input.js';

/** Handed in by the agreements feature, which is above this one. */
type JoinAgreementOf = (terms: GivenTerms, by: { readonly keyId: string }) => JoinAgreement;

@Resolver()
export class OrderMutationsResolver {
  constructor(
    private readonly carriers: Carriers,
    private readonly rules: InputRules,
    private readonly joinAgreement: JoinAgreementOf,
  ) {}

  @Authorized('orders:write')
  @Mutation(() => CreateOrderResult, {
    description:
      'Makes an order and, when `payment` is given, pays it. A number may be used again once its order came to nothing.',
  })
  createOrder(
    @Arg('input', () => CreateOrderInput, {
      description: 'What is paid, by whom and how; its faults are listed all at once.',
    })
    input: CreateOrderInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = this.joining(principal, newOrderOf(principal, input, this.rules));
      const request = paymentRequestOf(principal, 'createOrder', input);
      const { order } = await createOrder(this.carriers, principal, wanted, request);
      return { order: new OrderType(order) };
    });
  }

  @Authorized('orders:write')
  @Mutation(() => PayOrderResult, {
    description: 'Pays an order that is CREATED. At most one payment of an order ever succeeds.',
  })
  payOrder(
    @Arg('input', () => PayOrderInput, { description: 'Which waiting order, and what it is paid with.' })
    input: PayOrderInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = this.joining(principal, paymentWantedOf(input, this.rules));
      const request = paymentRequestOf(principal, 'payOrder', input);
      const { order } = await payOrder(this.carriers, principal, wanted, request);
      return { order: new OrderType(order) };
    });
  }

  @Authorized('orders:write')
  @Mutation(() => CaptureOrderResult, {
    description:
      'Takes held money. It cannot be undone, only refunded. A repeated capture of everything, or a repeated final one, ' +
      'is recognised as made before and is success. With `finalCapture: false` give an `idempotencyKey`: without one a ' +
      'repeated request is another capture.',
  })
  captureOrder(
    @Arg('input', () => CaptureOrderInput, {
      description: 'Which order, how much of it, and whether more is to follow.',
    })
    input: CaptureOrderInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = captureWantedOf(input);
      return payloadOf(
        await captureOrder(this.carriers, principal, wanted, requestOf(principal, 'captureOrder', input)),
      );
    });
  }

  @Authorized('orders:write')
  @Mutation(() => CancelOrderResult, {
    description:
      'Cancels an order or a part of it. Whether that is a release, a refund or both is decided here: see `Order.cancellationPlan`.',
  })
  cancelOrder(
    @Arg('input', () => CancelOrderInput, { description: 'Which order, how much of it, and why.' })
    input: CancelOrderInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = cancellationWantedOf(input);
      return payloadOf(await cancelOrder(this.carriers, principal, wanted, requestOf(principal, 'cancelOrder', input)));
    });
  }

  @Authorized('orders:write')
  @Mutation(() => IncreaseAuthorizationResult, {
    description:
      'Raises a hold to a new total, where the payment system offers it. Declined, the hold stays as it was.',
  })
  increaseAuthorization(
    @Arg('input', () => IncreaseAuthorizationInput, { description: 'Which order, and the new total of its hold.' })
    input: IncreaseAuthorizationInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = increaseWantedOf(input);
      const request = requestOf(principal, 'increaseAuthorization', input);
      return payloadOf(await increaseAuthorization(this.carriers, principal, wanted, request));
    });
  }

  /** An order that is to establish an agreement may be asked for by whoever may make agreements. */
  private joining<Wanted extends { readonly agreement: GivenTerms | null }>(principal: Principal, wanted: Wanted) {
    if (!wanted.agreement) return { ...wanted, agreement: null };
    requireScope(principal, 'agreements:write');
    return { ...wanted, agreement: this.joinAgreement(wanted.agreement, principal) };
  }
}

function payloadOf({ file, operation }: Claim) {
  if (!operation) throw new Error(`order ${file.order.id}: the operation is missing`);
  return { order: new OrderType(file.order), operation: new OperationObject(operation, file.order) };
}
