import { COLOURS, type PrintJob, STYLES } from './print-job.js';

const PADDING = 11;

/** In a box above everything that is counted: what the reader is to do, if anything. */
export function printState(job: PrintJob): void {
  const { sheet, document, texts } = job;
  const { words, colour } = stateOf(job);
  const style = { ...STYLES.sum, colour };
  const inner = sheet.width - 2 * PADDING;
  const lines = sheet.lines(words, style, inner);
  const { paymentLink } = document;
  const links = paymentLink === null ? [] : sheet.lines(`${texts.payOnline} ${paymentLink}`, STYLES.link, inner, 6);
  const stateHeight = lines.length * sheet.lineHeight(style);
  const linkHeight = links.length * sheet.lineHeight(STYLES.link);
  const height = stateHeight + linkHeight + 2 * PADDING - 2;
  sheet.needs(height);
  sheet.box(height, COLOURS.panel, colour);
  const x = sheet.left + PADDING;
  const below = sheet.putAll(lines, style, { x, y: sheet.y + PADDING - 2 });
  sheet.putAll(links, STYLES.link, { x, y: below });
  if (paymentLink !== null) sheet.link(paymentLink, x, below, inner, linkHeight);
  sheet.y += height + 18;
}

interface State {
  readonly words: string;
  readonly colour: string;
}

function stateOf({ document, texts, numbers }: PrintJob): State {
  const { kind, status, total, amountDue, dueOn } = document;
  if (kind === 'CREDIT_NOTE') return { words: texts.credited(numbers.full(total)), colour: COLOURS.good };
  if (kind === 'DRAFT') return { words: texts.stillOpen, colour: COLOURS.faint };
  if (status === 'VOID') return { words: texts.voided, colour: COLOURS.faint };
  if (status === 'PAID') return { words: paidWords(document, texts), colour: COLOURS.good };
  if (amountDue.isZero()) return { words: texts.nothingToPay, colour: COLOURS.good };
  const amount = numbers.full(amountDue);
  const words = dueOn === null ? texts.toPay(amount) : texts.payBy(amount, numbers.day(dueOn));
  if (status !== 'PAST_DUE') return { words, colour: COLOURS.calm };
  return { words: `${words} (${texts.statuses.PAST_DUE.toLocaleLowerCase(document.language)})`, colour: COLOURS.alarm };
}

/** Nobody is thanked for what was only credited. */
function paidWords({ paid, creditApplied }: PrintJob['document'], texts: PrintJob['texts']): string {
  return paid.isZero() && creditApplied.isZero() ? texts.nothingToPay : texts.paidInFull;
}
