import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import { notFound } from '../../kernel/errors.js';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { validated } from '../../platform/graphql/validation.js';
import { type ApiContext, requestOf } from '../tenancy/index.js';
import {
  ConnectPaymentSystemInput,
  ConnectPaymentSystemPayload,
  ConnectPaymentSystemResult,
  connectPaymentSystemInput,
} from './connect-payment-system.graphql.js';
import { connectPaymentSystem } from './connect-payment-system.js';
import type { DisconnectionParts } from './connection-parts.js';
import {
  DisconnectPaymentSystemInput,
  DisconnectPaymentSystemPayload,
  DisconnectPaymentSystemResult,
  disconnectPaymentSystemInput,
} from './disconnect-payment-system.graphql.js';
import { disconnectPaymentSystem } from './disconnect-payment-system.js';
import { PaymentSystemAccountType } from './payment-system-account.graphql.js';
import {
  RotatePaymentSystemKeysInput,
  RotatePaymentSystemKeysPayload,
  RotatePaymentSystemKeysResult,
  rotatePaymentSystemKeysInput,
} from './rotate-payment-system-keys.graphql.js';
import { rotatePaymentSystemKeys } from './rotate-payment-system-keys.js';

@Resolver()
export class PaymentSystemsResolver {
  constructor(private readonly parts: DisconnectionParts) {}

  @Authorized('payment-systems:write')
  @Mutation(() => ConnectPaymentSystemResult, {
    description:
      'Connects your own account at a payment system: checks the keys there and makes the webhook endpoint. For operator keys.',
  })
  connectPaymentSystem(
    @Arg('input', {
      description: 'The keys of the account; they are tried at the payment system before anything is kept.',
    })
    input: ConnectPaymentSystemInput,
    @Ctx() { principal }: ApiContext,
  ): Promise<typeof ConnectPaymentSystemResult> {
    return orProblem(async () => {
      const wanted = validated(connectPaymentSystemInput, input);
      const request = requestOf(principal, 'connectPaymentSystem', wanted);
      const connected = await connectPaymentSystem(this.parts, principal, wanted, request);
      return new ConnectPaymentSystemPayload(new PaymentSystemAccountType(connected, this.parts.address));
    });
  }

  @Authorized('payment-systems:write')
  @Mutation(() => RotatePaymentSystemKeysResult, {
    description:
      "Puts new keys in the place of an account's old ones, at once for calls, with an overlap for events. For operator keys.",
  })
  rotatePaymentSystemKeys(
    @Arg('input', {
      description: 'Which account, its new keys, and for how long the old webhook endpoint is still heard.',
    })
    input: RotatePaymentSystemKeysInput,
    @Ctx() { principal }: ApiContext,
  ): Promise<typeof RotatePaymentSystemKeysResult> {
    return orProblem(async () => {
      const { accountId, ...wanted } = validated(rotatePaymentSystemKeysInput, input);
      if (!accountId) throw notFound('payment system account');
      const request = requestOf(principal, 'rotatePaymentSystemKeys', { ...wanted, accountId });
      const rotated = await rotatePaymentSystemKeys(this.parts, principal, { ...wanted, accountId }, request);
      return new RotatePaymentSystemKeysPayload(new PaymentSystemAccountType(rotated, this.parts.address));
    });
  }

  @Authorized('payment-systems:write')
  @Mutation(() => DisconnectPaymentSystemResult, {
    description:
      'Ends the use of an account for good: its webhook endpoint is removed and its keys are erased. ' +
      'Refused while orders on it are being paid or hold money, and until the payment system has told of what they ' +
      'captured and gave back: seconds, as a rule, and three days at most. For operator keys.',
  })
  disconnectPaymentSystem(
    @Arg('input', { description: 'Which account is ended.' }) input: DisconnectPaymentSystemInput,
    @Ctx() { principal }: ApiContext,
  ): Promise<typeof DisconnectPaymentSystemResult> {
    return orProblem(async () => {
      const wanted = validated(disconnectPaymentSystemInput, input);
      if (!wanted.accountId) throw notFound('payment system account');
      const request = requestOf(principal, 'disconnectPaymentSystem', wanted);
      const ended = await disconnectPaymentSystem(this.parts, principal, wanted.accountId, request);
      return new DisconnectPaymentSystemPayload(new PaymentSystemAccountType(ended, this.parts.address));
    });
  }
}
