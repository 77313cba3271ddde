import { publicId } from '../../../src/kernel/ids.js';
import type { OrderRecord } from '../../../test/reliability/orders/books.js';
import type { Product } from '../../../test/support/product.js';
import { asOwner } from '../../world/as-owner.js';
import { type Command, isDone, isUndecided, type OrderTold } from './clients.js';

/** What an order may still become when its client was told this of it: all others of these were never told again. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  CAPTURED: ['CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED'],
  PARTIALLY_REFUNDED: ['PARTIALLY_REFUNDED', 'REFUNDED'],
  REFUNDED: ['REFUNDED', 'PARTIALLY_REFUNDED'],
  DECLINED: ['DECLINED'],
  CANCELED: ['CANCELED'],
};
const BY_CLIENTS = ['CAPTURE', 'CANCELLATION', 'AUTHORIZATION_INCREASE'];

type Told = { readonly command: Command; readonly order: OrderTold };

/** Everything that clients were told, beside what is in the tables: an answer is a promise. */
export async function historyHolds(product: Product, commands: readonly Command[]): Promise<readonly string[]> {
  const records = await recordsOf(product);
  const byId = new Map(records.map((record) => [publicId('order', record.id), record]));
  const byNumber = Map.groupBy(records, ({ order_number }) => order_number);
  const told = commands.flatMap((command) =>
    command.answers.flatMap(({ order }): Told[] => (order ? [{ command, order }] : [])),
  );
  return [
    ...commands.flatMap(answered),
    ...commands.flatMap(sameAnswer),
    ...commands.flatMap((command) => made(command, byNumber)),
    ...told.flatMap((each) => kept(each, byId)),
    ...(await operationsAreWhatWasTold(product, commands)),
  ];
}

function nameOf({ mutation, input: { idempotencyKey, orderId, orderNumber } }: Command): string {
  return `${mutation} ${idempotencyKey} of ${orderId ?? orderNumber}`;
}

function answered(command: Command): string[] {
  return isUndecided(command) ? [`${nameOf(command)} was never answered (sent ${command.lost} times)`] : [];
}

/** Under one key there is one order for ever, and what was done is not refused afterwards. */
function sameAnswer(command: Command): string[] {
  const ids = new Set(
    command.answers.flatMap(({ order, operation }) => (order ? [`${order.id} ${operation?.id ?? ''}`] : [])),
  );
  const differs = ids.size > 1 ? [`${nameOf(command)} was answered with ${[...ids].join(' and ')}`] : [];
  const first = command.answers.findIndex(({ order }) => order !== undefined);
  const refused = first < 0 ? undefined : command.answers.slice(first).find(({ code }) => code !== undefined);
  return refused ? [...differs, `${nameOf(command)} was done, and then refused: ${refused.code}`] : differs;
}

/** An order number that was accepted is one order; one that was refused is none. */
function made(command: Command, byNumber: ReadonlyMap<string, readonly OrderRecord[]>): string[] {
  const { orderNumber } = command.input;
  if (orderNumber === undefined || isUndecided(command)) return [];
  const there = byNumber.get(orderNumber)?.length ?? 0;
  const wanted = isDone(command) ? 1 : 0;
  return there === wanted
    ? []
    : [`${nameOf(command)}: ${there} orders, not ${wanted}; ${JSON.stringify(command.answers)}`];
}

/** Money that was told to be taken, given back or let go is so for ever. */
function kept({ command, order }: Told, byId: ReadonlyMap<string, OrderRecord>): string[] {
  const record = byId.get(order.id);
  if (!record) return [`${nameOf(command)} was told of ${order.id}, which is not there`];
  const differs: string[] = [];
  const least = (what: string, told: string, now: number) => {
    if (now < Math.round(Number(told) * 100)) differs.push(`${what} ${told} was told of ${order.id}, and it is ${now}`);
  };
  least('captured', order.capturedAmount.amount, record.captured);
  least('refunded', order.refundedAmount.amount, record.refunded);
  least('authorized', order.authorizedAmount.amount, record.authorized);
  const after = AFTER[order.status];
  if (after && !after.includes(record.status) && !isHeldInPart(order))
    differs.push(`${order.status} was told of ${order.id}, and it is ${record.status}`);
  return differs;
}

/** Of such an order more may be captured, so that its status goes on. */
function isHeldInPart({ status, authorizedAmount, capturedAmount }: OrderTold): boolean {
  const isOpen = Number(authorizedAmount.amount) > Number(capturedAmount.amount);
  return isOpen && ['PARTIALLY_REFUNDED', 'REFUNDED'].includes(status);
}

/**
 * What was done to orders is what clients were told of, each under its own key:
 * an operation that nobody was told of was done twice, or though it was refused.
 */
async function operationsAreWhatWasTold(product: Product, commands: readonly Command[]): Promise<string[]> {
  const told = new Map<string, Command>();
  for (const command of commands)
    for (const { operation } of command.answers) if (operation) told.set(operation.id, command);
  const rows = await asOwner<{ id: string; type: string; orderId: string }>(
    product,
    'select id, type, order_id as "orderId" from operations',
  );
  const there = new Set(rows.map(({ id }) => publicId('operation', id)));
  const untold = rows
    .filter(({ id, type }) => BY_CLIENTS.includes(type) && !told.has(publicId('operation', id)))
    .map(({ type, orderId }) => `nobody was told of a ${type} of ${publicId('order', orderId)}`);
  const gone = [...told]
    .filter(([id]) => !there.has(id))
    .map(([id, command]) => `${nameOf(command)} was told of ${id}, which is not there`);
  return [...untold, ...gone];
}

async function recordsOf(product: Product): Promise<readonly OrderRecord[]> {
  return asOwner<OrderRecord>(
    product,
    `select id, order_number, status, captured_minor::int as captured, refunded_minor::int as refunded,
       authorized_minor::int as authorized from orders`,
  );
}
