import { Field, ID, InputType } from 'type-graphql';
import { UploadScalar } from '../../platform/graphql/scalars.js';
import type { UploadedFile } from '../../platform/http/upload.js';
import { BulkKindEnum, BulkStatusEnum } from './bulk-enums.graphql.js';

@InputType({ description: 'A CSV file, and what is to be done with its rows.' })
export class BulkInput {
  @Field(() => ID, {
    nullable: true,
    description: "Whose rows these are, `mer_…`. A merchant's key need not say it, an operator's key must.",
  })
  readonly merchantId?: string | null;

  @Field(() => UploadScalar, {
    nullable: true,
    description:
      'The file in UTF-8, with a header row, `,` or `;` between cells, up to 1,000,000 rows. Absent: put it to the ' +
      '`uploadUrl` of the operation that is answered, up to 1 GiB.',
  })
  readonly file?: UploadedFile | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether every row is only checked, as far as it can be without doing it, and nothing is changed.',
  })
  readonly dryRun?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      '1 to 255 printable characters. The same key with the same file gets the first operation; a key whose upload was ' +
      'cut off or refused is free again.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which bulk operation is meant.' })
export class BulkOperationInput {
  @Field(() => ID, { description: 'The operation, `blk_…`.' })
  readonly bulkOperationId!: string;
}

@InputType({ description: 'All that are given must hold.' })
export class BulkOperationFilter {
  @Field(() => [BulkStatusEnum], { nullable: true, description: 'Any of these.' })
  readonly status?: string[] | null;

  @Field(() => [BulkKindEnum], { nullable: true, description: 'Any of these.' })
  readonly kind?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "Operations of this merchant, `mer_…`. A merchant's key sees only its own anyhow.",
  })
  readonly merchantId?: string | null;
}
