import { Field, Float, Int, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { BulkKindEnum, BulkStatusEnum } from './bulk-enums.graphql.js';
import type { BulkOperationRow, FileFault } from './bulk-rows.js';
import { doneRows, secondsLeft } from './domain/progress.js';

@ObjectType({ description: 'How many rows a file has, and what came of them.' })
export class BulkCounts {
  constructor(private readonly row: BulkOperationRow) {}

  @Field(() => Int, { description: 'All rows; while the file arrives, those received so far.' })
  get total(): number {
    return this.row.rowCount;
  }

  @Field(() => Int, { description: 'Rows that have an outcome, whatever it is: the sum of the four below.' })
  get done(): number {
    return doneRows(this.row);
  }

  @Field(() => Int, { description: 'Rows that were done; in a dry run, that would be.' })
  get succeeded(): number {
    return this.row.succeeded;
  }

  @Field(() => Int, { description: 'Rows that an earlier file had done already.' })
  get repeated(): number {
    return this.row.repeated;
  }

  @Field(() => Int, { description: 'Rows that were refused.' })
  get failed(): number {
    return this.row.failed;
  }

  @Field(() => Int, { description: 'Rows that were not begun, because the operation was cancelled.' })
  get canceled(): number {
    return this.row.canceled;
  }
}

@ObjectType({ description: 'What is wrong with a file as a whole, at one place of it.' })
export class BulkFileFault {
  @Field(() => Int, { description: 'The line of the file, as an editor counts them; the first is 1.' })
  readonly line!: number;

  @Field(() => String, { nullable: true, description: 'The column by its name; null where the whole line is meant.' })
  readonly column!: string | null;

  @Field(() => String, { description: 'What is wrong and what would be right.' })
  readonly message!: string;
}

@ObjectType('BulkOperation', { implements: Node, description: 'A CSV file of many rows, and how far it has come.' })
export class BulkOperationType implements Node {
  constructor(readonly row: BulkOperationRow) {}

  get id(): string {
    return publicId('bulkOperation', this.row.id);
  }

  @Field(() => BulkKindEnum, { description: 'What its rows ask for.' })
  get kind(): string {
    return this.row.kind;
  }

  @Field(() => BulkStatusEnum, { description: 'Whether its rows are being carried out now, and if not, why not.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => Boolean, { description: 'Whether its rows are only checked, and nothing is changed by them.' })
  get dryRun(): boolean {
    return this.row.isDryRun;
  }

  @Field(() => BulkCounts, { description: 'How many rows there are, and what came of them so far.' })
  get counts(): BulkCounts {
    return new BulkCounts(this.row);
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Rows done per second lately; null unless it is RUNNING, and at first.',
  })
  get rowsPerSecond(): number | null {
    return this.row.status === 'RUNNING' ? this.row.rowsPerSecond : null;
  }

  @Field(() => Int, { nullable: true, description: 'About how many seconds it still takes; null where nothing tells.' })
  get secondsLeft(): number | null {
    return secondsLeft(this.row, this.rowsPerSecond);
  }

  @Field(() => String, { nullable: true, description: 'What the sender calls the file; null where none was told.' })
  get fileName(): string | null {
    return this.row.fileName;
  }

  @Field(() => [BulkFileFault], {
    nullable: true,
    description: 'Why the file was REFUSED, at most 100 faults; null in every other status.',
  })
  get fileFaults(): readonly FileFault[] | null {
    return this.row.fileFaults;
  }

  @Field(() => DateTimeScalar, { description: 'When it was made. Lists are in the order of this, newest first.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its file was there as a whole; null before.' })
  get startedAt(): Date | null {
    return this.row.receivedAt;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it came to COMPLETED, CANCELED or REFUSED; null before. Cells are kept for 90 days from then.',
  })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }
}

export const BulkOperationConnection = connectionOf('BulkOperation', BulkOperationType);
