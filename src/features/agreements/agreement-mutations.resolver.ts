import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { type Carriers, type InputRules, OrderType, type PaymentPageLinks, paymentRequestOf } from '../orders/index.js';
import { type ApiContext, requestOf } from '../tenancy/index.js';
import { AgreementType } from './agreement.graphql.js';
import {
  CreateAgreementFromOrderInput,
  CreateAgreementInput,
  ImportAgreementInput,
} from './agreement-inputs.graphql.js';
import { agreementFromOrderOf, importedAgreementOf, newAgreementOf } from './agreement-inputs.js';
import {
  CreateAgreementFromOrderResult,
  CreateAgreementResult,
  ImportAgreementResult,
  ReplaceAgreementCredentialResult,
  UpdateAgreementResult,
} from './agreement-results.graphql.js';
import { ReplaceAgreementCredentialInput, UpdateAgreementInput } from './change-agreement-inputs.graphql.js';
import { changesWantedOf, replacementWantedOf } from './change-agreement-inputs.js';
import { createAgreement } from './create-agreement.js';
import { createAgreementFromOrder } from './create-agreement-from-order.js';
import { importAgreement } from './import-agreement.js';
import { replaceAgreementCredential } from './replace-agreement-credential.js';
import { updateAgreement } from './update-agreement.js';

/** What agreements are made and changed by. */
@Resolver()
export class AgreementMutationsResolver {
  constructor(
    private readonly carriers: Carriers,
    private readonly rules: InputRules,
    private readonly pageLinks: PaymentPageLinks,
  ) {}

  @Authorized('agreements:write')
  @Mutation(() => CreateAgreementResult, {
    description:
      'Makes an agreement together with the payer’s first transaction, without which nothing may be charged later. A ' +
      'decline of it is no Problem: the order says so. `SOURCE_NOT_ALLOWED` where the merchant’s `allowedSources` lack ' +
      'MERCHANT: then nothing could be charged later.',
  })
  createAgreement(
    @Arg('input', () => CreateAgreementInput, {
      description: 'Who agrees to what, and how the first transaction is made; its faults are listed all at once.',
    })
    input: CreateAgreementInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = newAgreementOf(principal, input, this.rules);
      const request = paymentRequestOf(principal, 'createAgreement', input);
      const { agreement, file } = await createAgreement(this.carriers, principal, wanted, request);
      const order = file && new OrderType(file.order);
      return {
        agreement: new AgreementType(agreement),
        order,
        paymentPageUrl: order && this.pageLinks.urlOf(principal.operatorId, order.row),
      };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => CreateAgreementFromOrderResult, {
    description: 'Makes an agreement whose first transaction is an earlier payment with the payer’s consent.',
  })
  createAgreementFromOrder(
    @Arg('input', () => CreateAgreementFromOrderInput, { description: 'Which order, and what its payer agreed to.' })
    input: CreateAgreementFromOrderInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = agreementFromOrderOf(input);
      const request = requestOf(principal, 'createAgreementFromOrder', input);
      const agreement = await createAgreementFromOrder(this.carriers, principal, wanted, request);
      return { agreement: new AgreementType(agreement) };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => ImportAgreementResult, {
    description:
      'Takes over an agreement from another system, with the date and reference of the transaction by which the payer ' +
      'agreed there. Nothing is charged by this.',
  })
  importAgreement(
    @Arg('input', () => ImportAgreementInput, { description: 'What was agreed, with whom, and how far it has come.' })
    input: ImportAgreementInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = importedAgreementOf(principal, input);
      const request = requestOf(principal, 'importAgreement', input);
      return { agreement: new AgreementType(await importAgreement(this.carriers, principal, wanted, request)) };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => UpdateAgreementResult, {
    description:
      'Changes limits, amounts, the schedule or notes. It cannot widen what the payer agreed to without their consent: ' +
      'that is yours to have. A suspended agreement stays suspended.',
  })
  updateAgreement(
    @Arg('input', () => UpdateAgreementInput, { description: 'Which agreement, and what is different from now on.' })
    input: UpdateAgreementInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = changesWantedOf(input);
      const request = requestOf(principal, 'updateAgreement', input);
      return { agreement: new AgreementType(await updateAgreement(this.carriers, principal, wanted, request)) };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => ReplaceAgreementCredentialResult, {
    description:
      'Gives an agreement another means of payment, by a new transaction of the payer under the same agreement: card ' +
      'schemes allow no other way. It stays with its payment system account: where that is disconnected, the payer agrees ' +
      'anew with `createAgreement`.',
  })
  replaceAgreementCredential(
    @Arg('input', () => ReplaceAgreementCredentialInput, {
      description: 'Which agreement, and the new transaction: a payment, or a check without money.',
    })
    input: ReplaceAgreementCredentialInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = replacementWantedOf(input, this.rules);
      const request = paymentRequestOf(principal, 'replaceAgreementCredential', input);
      const { agreement, file } = await replaceAgreementCredential(this.carriers, principal, wanted, request);
      return { agreement: new AgreementType(agreement), order: new OrderType(file.order) };
    });
  }
}
