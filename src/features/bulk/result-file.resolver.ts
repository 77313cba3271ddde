import { Arg, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { CsvExport } from '../../platform/downloads/csv-export.graphql.js';
import type { DownloadLinks } from '../../platform/downloads/download-links.js';
import type { ApiContext } from '../tenancy/index.js';
import { RowOutcomeEnum } from './bulk-enums.graphql.js';
import { BulkOperationType } from './bulk-operation.graphql.js';
import type { RowOutcome } from './domain/words.js';
import type { ResultClaims } from './result-file.js';

@Resolver(() => BulkOperationType)
export class BulkResultFileResolver {
  constructor(private readonly links: DownloadLinks<ResultClaims>) {}

  @Authorized('agreements:read', 'orders:read')
  @FieldResolver(() => CsvExport, {
    nullable: true,
    description:
      'Its rows as they were sent, and behind them what came of each in columns that begin with `result.`. Mend what ' +
      'failed and send the file again as it is: those columns are not read, and what was done is not done twice. Null ' +
      'until the file was received.',
  })
  results(
    @Root() { row }: BulkOperationType,
    @Arg('outcome', () => RowOutcomeEnum, { nullable: true, description: 'Only rows with this outcome.' })
    outcome: RowOutcome | null,
    @Ctx() { principal: { operatorId }, units }: ApiContext,
  ): CsvExport | null {
    if (row.header === null) return null;
    return this.links.make({ operatorId, operationId: row.id, outcome: outcome ?? null }, units.clock.now());
  }
}
