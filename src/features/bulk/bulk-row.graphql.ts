import { Field, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../../platform/graphql/connection.js';
import { Problem } from '../../platform/graphql/problem.graphql.js';
import { DateTimeScalar, JsonObjectScalar } from '../../platform/graphql/scalars.js';
import { RowOutcomeEnum } from './bulk-enums.graphql.js';
import type { BulkFileRow, RowProblem } from './bulk-rows.js';

@ObjectType('BulkRow', { description: 'A row of a file, and what came of it.' })
export class BulkRowType {
  constructor(
    readonly row: BulkFileRow,
    private readonly header: readonly string[],
  ) {}

  @Field(() => Int, { description: 'The line in which it begins, as an editor counts them; the header is usually 1.' })
  get line(): number {
    return this.row.line;
  }

  @Field(() => RowOutcomeEnum, { description: 'Whether it was done.' })
  get outcome(): string {
    return this.row.outcome;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The merchant’s own name of the row; null where it has none, or one that must not be kept.',
  })
  get reference(): string | null {
    return this.row.reference;
  }

  @Field(() => Problem, {
    nullable: true,
    description: 'Why it FAILED, as the single mutation would say it; null for every other outcome.',
  })
  get problem(): RowProblem | null {
    return this.row.problem;
  }

  @Field(() => JsonObjectScalar, {
    nullable: true,
    description:
      'The row as it was sent, a text for each column. Null where a cell looks like a card number or a secret key, or is longer than is ' +
      'accepted, of which nothing is stored, and from 90 days after the operation’s end.',
  })
  get cells(): Record<string, string> | null {
    const { cells } = this.row;
    return cells && Object.fromEntries(this.header.map((name, place) => [name, cells[place] ?? '']));
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it came to its outcome; null while it is PENDING.',
  })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }
}

export const BulkRowConnection = connectionOf('BulkRow', BulkRowType, 'in the order of the file');
