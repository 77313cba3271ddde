import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { invalidInput } from '../../kernel/errors.js';

/** A page costs the database and the client; more is asked for by another page. */
const PAGE_SIZE_MAX = 100;
const PAGE_SIZE_DEFAULT = 20;

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: PAGE_SIZE_DEFAULT,
    description: `How many, 1 to ${PAGE_SIZE_MAX}.`,
  })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from, opaque: `pageInfo.endCursor`.' })
  readonly after?: string | null;
}

/** What a list query needs to read: `limit` rows (one more than asked for) beyond `afterKey`. */
export interface PageRequest {
  readonly first: number;
  readonly limit: number;
  readonly afterKey: string | null;
}

/** Checked arguments; a fault is thrown as INVALID_INPUT and reaches a query's caller as BAD_REQUEST. */
export function pageRequest({ first: wanted, after }: PageArgs): PageRequest {
  const first = wanted ?? PAGE_SIZE_DEFAULT;
  const issues = [];
  if (first < 1 || first > PAGE_SIZE_MAX) {
    issues.push({ path: ['first'], message: `must be 1 to ${PAGE_SIZE_MAX}, not ${first}` });
  }
  const afterKey = after == null ? null : keyOfCursor(after);
  if (after != null && afterKey === null) {
    issues.push({
      path: ['after'],
      message: 'is not a cursor of this API; give `pageInfo.endCursor` of the page before',
    });
  }
  if (issues.length > 0) throw invalidInput(issues);
  return { first, limit: first + 1, afterKey };
}

/** Versioned, so that another kind of key can come one day without old cursors being misread. */
const CURSOR_VERSION = '1:';
const KEY = /^[0-9a-zA-Z:_-]{1,100}$/;

export function cursorOf(key: string): string {
  return Buffer.from(CURSOR_VERSION + key).toString('base64url');
}

function keyOfCursor(cursor: string): string | null {
  if (cursor.length > 200) return null;
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const key = text.slice(CURSOR_VERSION.length);
  return text.startsWith(CURSOR_VERSION) && KEY.test(key) && cursorOf(key) === cursor ? key : null;
}

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether older entries follow: ask again with `after: endCursor`.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether the page was asked for with `after`.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the first entry of the page; null when the page is empty.',
  })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last entry; give it to `after` for the next page. Null when the page is empty.',
  })
  readonly endCursor!: string | null;
}

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
}

/** Declares `<name>Connection` and `<name>Edge`. Extend the class where a list also has `totalCount`. */
export function connectionOf<Node extends object>(
  name: string,
  node: ClassType<Node>,
  order = 'newest first',
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`, { description: `One \`${name}\` of a page, with its place in the list.` })
  class EdgeType implements Edge<Node> {
    @Field(() => String, { description: 'The place of this entry in the list, opaque.' })
    readonly cursor!: string;

    @Field(() => node, { description: `The \`${name}\` at this place of the list.` })
    readonly node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of \`${name}\` objects, ${order}.` })
  class ConnectionType implements Connection<Node> {
    @Field(() => [EdgeType], { description: `Each \`${name}\` with the cursor of its place, ${order}.` })
    readonly edges!: readonly EdgeType[];

    @Field(() => [node], { description: `Each \`${name}\` alone, ${order}: \`edges\` without their cursors.` })
    readonly nodes!: readonly Node[];

    @Field(() => PageInfo, { description: 'Whether there is more before or after, and the cursors to go on from.' })
    readonly pageInfo!: PageInfo;
  }
  return ConnectionType;
}

/** A page of rows that were read with `limit`: the one too many only says that there is a next page. */
export function pageOf<Node>(
  rows: readonly Node[],
  { first, afterKey }: Pick<PageRequest, 'first' | 'afterKey'>,
  keyOf: (row: Node) => string,
): Connection<Node> {
  const nodes = rows.length > first ? rows.slice(0, first) : rows;
  const edges = nodes.map((node) => ({ cursor: cursorOf(keyOf(node)), node }));
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: afterKey !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
