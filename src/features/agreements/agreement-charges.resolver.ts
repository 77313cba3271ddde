import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { type Carriers, OrderType } from '../orders/index.js';
import { type ApiContext, requestOf } from '../tenancy/index.js';
import { AgreementType } from './agreement.graphql.js';
import {
  CancelAgreementResult,
  ChargeAgreementResult,
  PayOffAgreementResult,
  ReportBalanceResult,
  ResumeAgreementResult,
  SuspendAgreementResult,
} from './agreement-results.graphql.js';
import { cancelAgreement } from './cancel-agreement.js';
import {
  CancelAgreementInput,
  ChargeAgreementInput,
  PayOffAgreementInput,
  ReportBalanceInput,
  ResumeAgreementInput,
  SuspendAgreementInput,
} from './change-agreement-inputs.graphql.js';
import { agreementNamedBy, balanceReportedOf, chargeWantedOf, payOffWantedOf } from './change-agreement-inputs.js';
import { chargeAgreement } from './charge-agreement.js';
import { payOffAgreement } from './pay-off-agreement.js';
import { reportBalance } from './report-balance.js';
import { resumeAgreement } from './resume-agreement.js';
import { suspendAgreement } from './suspend-agreement.js';

/** What agreements are charged, stopped and ended by. */
@Resolver()
export class AgreementChargesResolver {
  constructor(private readonly carriers: Carriers) {}

  @Authorized('agreements:write')
  @Mutation(() => ChargeAgreementResult, {
    description:
      'Charges the payer, who is not there, within the limits of the agreement. A period of the schedule is charged ' +
      'once, whether by this or by itself. Without a schedule every request is another charge: give an ' +
      '`idempotencyKey`. Limits count what the merchant takes: the payer’s own first transaction is neither a charge of ' +
      'today nor one that `minimumDaysBetweenPayments` looks at. It cannot be undone, only refunded.',
  })
  chargeAgreement(
    @Arg('input', () => ChargeAgreementInput, { description: 'Which agreement, which period of it, and how much.' })
    input: ChargeAgreementInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = chargeWantedOf(input);
      const request = requestOf(principal, 'chargeAgreement', input);
      const { agreement, file } = await chargeAgreement(this.carriers, principal, wanted, request);
      return { agreement: new AgreementType(agreement), order: new OrderType(file.order) };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => PayOffAgreementResult, {
    description:
      'Charges all that is left of an instalment plan at once, also of a SUSPENDED one; paid, the plan is COMPLETED.',
  })
  payOffAgreement(
    @Arg('input', () => PayOffAgreementInput, { description: 'Which plan; how much is left of it is known.' })
    input: PayOffAgreementInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = payOffWantedOf(input);
      const request = requestOf(principal, 'payOffAgreement', input);
      const { agreement, file } = await payOffAgreement(this.carriers, principal, wanted, request);
      return { agreement: new AgreementType(agreement), order: new OrderType(file.order) };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => ReportBalanceResult, {
    description:
      'Tells what is left of something prepaid, and charges the top-up when that has fallen below the threshold: once ' +
      'each time it falls, however often it is reported low.',
  })
  reportBalance(
    @Arg('input', () => ReportBalanceInput, { description: 'Which agreement, and what is left now.' })
    input: ReportBalanceInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = balanceReportedOf(input);
      const request = requestOf(principal, 'reportBalance', input);
      const { agreement, file } = await reportBalance(this.carriers, principal, wanted, request);
      return { agreement: new AgreementType(agreement), order: file && new OrderType(file.order) };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => SuspendAgreementResult, {
    description: 'Stops charging until `resumeAgreement`. A charge that is under way is not called back.',
  })
  suspendAgreement(
    @Arg('input', () => SuspendAgreementInput, { description: 'Which agreement is not to be charged for now.' })
    input: SuspendAgreementInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'suspendAgreement', input);
      const agreement = await suspendAgreement(this.carriers, principal, agreementNamedBy(input), request);
      return { agreement: new AgreementType(agreement) };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => ResumeAgreementResult, {
    description: 'Charges again from the next time of the schedule on; what passed meanwhile is not made up for.',
  })
  resumeAgreement(
    @Arg('input', () => ResumeAgreementInput, { description: 'Which agreement goes on.' })
    input: ResumeAgreementInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'resumeAgreement', input);
      const agreement = await resumeAgreement(this.carriers, principal, agreementNamedBy(input), request);
      return { agreement: new AgreementType(agreement) };
    });
  }

  @Authorized('agreements:write')
  @Mutation(() => CancelAgreementResult, {
    description:
      'Ends an agreement for good: nothing is charged under it again. What was paid stays paid. Of one that is CANCELED ' +
      'already it is success.',
  })
  cancelAgreement(
    @Arg('input', () => CancelAgreementInput, { description: 'Which agreement ends.' })
    input: CancelAgreementInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'cancelAgreement', input);
      const agreement = await cancelAgreement(this.carriers, principal, agreementNamedBy(input), request);
      return { agreement: new AgreementType(agreement) };
    });
  }
}
