import { type CellKind, type Column, columnsOf, referenceColumn } from '../../../src/features/bulk/domain/columns.js';
import { BULK_KINDS, type BulkKind, MUTATION_OF_KIND } from '../../../src/features/bulk/domain/words.js';

const READS: Readonly<Record<CellKind, string>> = {
  TEXT: 'text',
  REFERENCE: 'text',
  DECIMAL: 'decimal, `10.50`',

  DECIMALS: 'decimals with spaces between them',
  WHOLE_NUMBER: 'whole number',
  BOOLEAN: '`true` or `false`',
  DAY: 'day, `2030-01-31`',
  MOMENT: 'moment, RFC 3339',
  NULL: 'nothing but `null`',
};

const INTRODUCTION = `# Columns of bulk files

Made from the columns that the program reads; a test compares the two.

A file has a header row, and the name of a column is the path of the single mutation's field with dots: \`terms.reference\`
is \`terms { reference }\`. So what is wrong with a row names its column. The columns may stand in any order, and those that
are not needed may be left out; a column with any other name is refused with the whole file. An empty cell says nothing.
Texts are taken as they are, spaces included. There is no column for card data and there never will be: a card number
in a cell, or its printed groups in neighbouring cells, refuses that row before anything of it is kept.

Every row has a **reference**, a name of the merchant's own. Of all files of a merchant, mode and kind a reference is done
once: the same row in another file is \`REPEATED\` and shows the first result, another row by the same name is refused with
\`IDEMPOTENCY_KEY_REUSED\`, and of two in one file the second is refused. A row that failed gives its reference back, so that a file of results
can be mended and sent again as it is: only what failed is done.

With \`dryRun: true\` every row is checked as far as it would be committed, limits, numbers and states as they are then, and
nothing of it is kept or sent. It does not ask the payment system: a token that is not there is found by the run itself. Rows
are looked at one by one, so that two charges of one file that break a limit only together pass.
`;

/** What no column says: how the rows of a kind are meant. */
const OF_KIND: Readonly<Record<BulkKind, string>> = {
  CREATE_AGREEMENTS:
    'A row with `payment.credential.…` makes the first transaction at once; a decline is not a failure of the row, its order ' +
    'says so. A row with `firstTransaction.date` and `firstTransaction.reference` takes over an agreement that was made ' +
    'elsewhere, with the means of payment in `credential.…`. A row with neither waits for its payer, `PENDING`: the result ' +
    'has the address of the page. Absent: `merchantId`, which is named with the file; `idempotencyKey`, which the reference is.',
  CHARGE_AGREEMENTS:
    'The payer is not there. A declined charge is not a failure of the row, nor is one whose outcome is not known yet: its ' +
    'order tells what becomes of it.',
  UPDATE_AGREEMENTS:
    'An empty cell leaves what is there. The word `null`, exactly so, takes away, in the columns that say so; in others it is ' +
    'a text like any other.',
};

/** `docs/bulk-columns.md`. */
export function columnsDoc(): string {
  const sections = BULK_KINDS.map((kind) => {
    const name = MUTATION_OF_KIND[kind];
    const lines = columnsOf(kind).map((column) => lineOf(column));
    return `
## \`${name}\`

Template: \`GET /bulk/templates/${name}.csv\`. The reference is \`${referenceColumn(kind)}\`.

${OF_KIND[kind]}

| Column | Needed | Read as | What it is | Example |
|---|---|---|---|---|
${lines.join('\n')}
`;
  });
  return `${INTRODUCTION}${sections.join('')}`;
}

function lineOf({ name, required, reads, takesNull, description, example }: Column): string {
  const read = `${READS[reads]}${takesNull && reads !== 'NULL' ? ', or `null`' : ''}`;
  return `| \`${name}\` | ${required ? 'yes' : ''} | ${read} | ${description} | \`${example}\` |`;
}
