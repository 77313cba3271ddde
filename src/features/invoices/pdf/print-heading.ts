import { COLOURS, type PrintJob, STYLES } from './print-job.js';

const GAP = 24;

/** Whose paper it is, and which; then who pays, beside the facts in short. */
export function printHeading(job: PrintJob): void {
  const { sheet, document } = job;
  const column = (sheet.width - GAP) / 2;
  const merchantEnd = printMerchant(job, column);
  const kindEnd = printKind(job, column);
  sheet.y = Math.max(merchantEnd, kindEnd) + 12;
  sheet.rule(COLOURS.line);
  sheet.y += 14;
  const payerEnd = printPayer(job, column);
  const factsEnd = printFacts(job, sheet.left + column + GAP, column);
  sheet.y = Math.max(payerEnd, factsEnd) + 18;
  if (document.title === null) return;
  const title = sheet.lines(document.title, STYLES.title, sheet.width, 3);
  sheet.y = sheet.putAll(title, STYLES.title, { x: sheet.left, y: sheet.y }) + 10;
}

function printMerchant({ sheet, document, texts }: PrintJob, width: number): number {
  const name = sheet.lines(document.merchantName, STYLES.name, width, 3);
  const below = sheet.putAll(name, STYLES.name, { x: sheet.left, y: sheet.y });
  const operator = sheet.lines(texts.billedThrough(document.operatorName), STYLES.small, width, 2);
  return sheet.putAll(operator, STYLES.small, { x: sheet.left, y: below + 2 });
}

function printKind({ sheet, document, texts }: PrintJob, width: number): number {
  const at = { x: sheet.left, right: sheet.right };
  const kind = sheet.lines(texts.kinds[document.kind], STYLES.kind, width);
  const below = sheet.putAll(kind, STYLES.kind, { ...at, y: sheet.y - 3 });
  if (document.number === null) return below;
  const number = sheet.lines(texts.numbered(document.number), STYLES.faint, width, 2);
  return sheet.putAll(number, STYLES.faint, { ...at, y: below });
}

function printPayer({ sheet, document: { payer }, texts }: PrintJob, width: number): number {
  const at = { x: sheet.left };
  let y = sheet.putAll(sheet.lines(texts.payer, STYLES.small, width), STYLES.small, { ...at, y: sheet.y }) + 2;
  for (const [text, style] of [
    [payer.name, STYLES.strong],
    [payer.reference, STYLES.plain],
    [payer.email, STYLES.plain],
  ] as const) {
    if (text !== null) y = sheet.putAll(sheet.lines(text, style, width, 3), style, { ...at, y });
  }
  return y;
}

function printFacts(job: PrintJob, x: number, width: number): number {
  const { sheet } = job;
  const label = width * 0.42;
  let { y } = sheet;
  for (const [name, value] of factsOf(job)) {
    const names = sheet.lines(name, STYLES.faint, label - 8);
    const values = sheet.lines(value, STYLES.plain, width - label, 3);
    const end = sheet.putAll(names, STYLES.faint, { x, y });
    y = Math.max(end, sheet.putAll(values, STYLES.plain, { x: x + label, y, right: sheet.right }));
  }
  return y;
}

function factsOf({ document, texts, numbers }: PrintJob): readonly (readonly [string, string])[] {
  const { issuedOn, dueOn, month, status, credits } = document;
  const facts: readonly (readonly [string, string | null])[] = [
    [texts.issuedOn, issuedOn && numbers.day(issuedOn)],
    [texts.dueOn, dueOn && numbers.day(dueOn)],
    [texts.month, month && numbers.month(month)],
    [texts.ofInvoice, credits?.invoiceNumber ?? null],
    [texts.status, status && texts.statuses[status]],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}
