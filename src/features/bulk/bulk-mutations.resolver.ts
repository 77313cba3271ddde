import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Transaction } from '../../platform/database/transaction.js';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import type { ApiContext } from '../tenancy/index.js';
import { BulkInput, BulkOperationInput } from './bulk-inputs.graphql.js';
import { operationNamedBy, wantedOperationOf } from './bulk-inputs.js';
import { BulkOperationType } from './bulk-operation.graphql.js';
import { BulkOperationResult, BulkResult } from './bulk-results.graphql.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { type BulkCaller, cancelOperation, pauseOperation, resumeOperation } from './control-operation.js';
import type { BulkKind } from './domain/words.js';
import { awaitFile, receiveOperation } from './start-operation.js';
import type { UploadParts } from './upload.js';

const FILE =
  'Answers when the file is there as a whole: INVALID_INPUT with a fault for each line and column where it cannot be ' +
  'read, and then nothing of it is stored. A row that is refused is no Problem of the file: its own `problem` says why. ' +
  'A row is known by its reference, and done once, whichever file brings it.';

const INPUT = { description: 'The file, whose rows they are, and whether they are only checked.' };
const WHICH = { description: 'The operation by its id; a second time it changes nothing.' };

type Control = (transaction: Transaction, caller: BulkCaller, operationId: string) => Promise<BulkOperationRow>;

@Resolver()
export class BulkMutationsResolver {
  constructor(private readonly parts: UploadParts) {}

  @Authorized('agreements:write')
  @Mutation(() => BulkResult, {
    description: `Makes an agreement of each row, as \`createAgreement\` and \`importAgreement\` do. ${FILE}`,
  })
  createAgreements(@Arg('input', () => BulkInput, INPUT) input: BulkInput, @Ctx() context: ApiContext) {
    return this.#begin('CREATE_AGREEMENTS', input, context);
  }

  @Authorized('agreements:write')
  @Mutation(() => BulkResult, {
    description: `Charges an agreement by each row, as \`chargeAgreement\` does. It cannot be undone, only refunded. ${FILE}`,
  })
  chargeAgreements(@Arg('input', () => BulkInput, INPUT) input: BulkInput, @Ctx() context: ApiContext) {
    return this.#begin('CHARGE_AGREEMENTS', input, context);
  }

  @Authorized('agreements:write')
  @Mutation(() => BulkResult, {
    description: `Changes an agreement by each row, as \`updateAgreement\` does. ${FILE}`,
  })
  updateAgreements(@Arg('input', () => BulkInput, INPUT) input: BulkInput, @Ctx() context: ApiContext) {
    return this.#begin('UPDATE_AGREEMENTS', input, context);
  }

  @Authorized('agreements:write')
  @Mutation(() => BulkOperationResult, {
    description: 'Begins no further row until `resumeBulkOperation`. Rows under way are finished.',
  })
  pauseBulkOperation(
    @Arg('input', () => BulkOperationInput, WHICH) input: BulkOperationInput,
    @Ctx() context: ApiContext,
  ) {
    return this.#control(pauseOperation, input, context);
  }

  @Authorized('agreements:write')
  @Mutation(() => BulkOperationResult, { description: 'Goes on with the rows that are still PENDING.' })
  resumeBulkOperation(
    @Arg('input', () => BulkOperationInput, WHICH) input: BulkOperationInput,
    @Ctx() context: ApiContext,
  ) {
    return this.#control(resumeOperation, input, context);
  }

  @Authorized('agreements:write')
  @Mutation(() => BulkOperationResult, {
    description:
      'Begins no further row, for good: those become CANCELED. Rows under way are finished, what was done stays done. A ' +
      'file that is awaited, or still arriving, is not taken any more.',
  })
  cancelBulkOperation(
    @Arg('input', () => BulkOperationInput, WHICH) input: BulkOperationInput,
    @Ctx() context: ApiContext,
  ) {
    return this.#control(cancelOperation, input, context);
  }

  #begin(kind: BulkKind, input: BulkInput, { principal }: ApiContext) {
    return orProblem(async () => {
      const { wanted, request } = wantedOperationOf(kind, principal, input);
      const { operatorId } = principal;
      const operation = input.file
        ? await receiveOperation(this.parts, operatorId, { ...wanted, file: input.file }, request)
        : await awaitFile(this.parts, operatorId, wanted, request);
      return { operation: new BulkOperationType(operation) };
    });
  }

  #control(control: Control, input: BulkOperationInput, { principal }: ApiContext) {
    return orProblem(async () => {
      const id = operationNamedBy(input);
      const operation = await this.parts.units.sql(principal.operatorId, (tx) => control(tx, principal, id));
      if (operation.dueAt) this.parts.wake();
      return { operation: new BulkOperationType(operation) };
    });
  }
}
