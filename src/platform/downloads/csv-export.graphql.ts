import { ArgsType, Field, ObjectType } from 'type-graphql';
import { DateScalar, DateTimeScalar, UrlScalar } from '../graphql/scalars.js';

@ObjectType('CsvExport', {
  description:
    'A file that is written while it is loaded: rows as of that moment, however many. CSV by RFC 4180 in UTF-8, the ' +
    'columns named in the first line; moments are UTC, amounts in major units. A cell that a spreadsheet would run as ' +
    'a formula is led by an apostrophe. A file without a proper end of its transfer is not whole: load it again.',
})
export class CsvExport {
  @Field(() => UrlScalar, { description: 'Whoever has the address may load the file, until it expires.' })
  readonly url!: string;

  @Field(() => DateTimeScalar, { description: 'Until when a load may be begun: 15 minutes from now.' })
  readonly expiresAt!: Date;
}

@ArgsType()
export class PeriodArgs {
  @Field(() => DateScalar, { nullable: true, description: 'The first day, in the time zone of whose rows they are.' })
  readonly from?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'The last day, not before the first.' })
  readonly to?: string | null;
}
