/** Which key is used, what an answer leaves behind for later blocks, and how long is waited before. */
interface Directions {
  /** A key by its name in the demo file, without "Key": platform, operator, merchant. */
  readonly as: string;
  /** Names of kept values, each with its path into the answer. */
  readonly keep: Readonly<Record<string, string>>;
  readonly waitSeconds: number;
}

interface Request extends Directions {
  readonly line: number;
  readonly source: string;
  readonly response: unknown;
}

export interface GraphqlStep extends Request {
  readonly kind: 'graphql';
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A call with curl: to the sandbox, or to the API as somebody without a GraphQL client would. */
export interface CurlStep extends Request {
  readonly kind: 'curl';
}

/** What the subscription before it is told next, or in the end. */
export interface EventStep extends Omit<Request, 'source'> {
  readonly kind: 'event';
  readonly isLast: boolean;
}

/** A file that the reader writes: as it stands there, or by a shell, which fills in what was kept. */
export interface FileStep extends Omit<Request, 'source'> {
  readonly kind: 'file';
  readonly name: string;
  readonly content: string;
  readonly isFilled: boolean;
}

export type Step = GraphqlStep | CurlStep | EventStep | FileStep;

interface Block {
  readonly line: number;
  readonly info: string;
  readonly text: string;
  readonly directions: string;
}

/**
 * A guide as what is to be done, in its order. A GraphQL or curl block may be
 * followed by a `json` block with variables and a `json response` block with
 * the whole answer; `json event` is what a subscription is told, `json last
 * event` what it is told in the end. A block `csv name.csv`, or of a shell that
 * begins with `cat > name.csv <<CSV`, is a file. A comment
 * such as `<!-- as: merchant; keep: createOrder.order.id as orderId; wait: 10 -->`
 * directs what follows it: a key until the next one, the rest once.
 */
export function readGuide(text: string): readonly Step[] {
  const steps: Step[] = [];
  let as = 'merchant';
  for (const block of blocksOf(text)) {
    const { line, info } = block;
    const directions = directionsOf(block.directions, as);
    as = directions.as;
    const last = steps.at(-1);
    if (info === 'graphql') {
      steps.push({ kind: 'graphql', line, source: block.text, variables: {}, response: null, ...directions });
    } else if (info === 'sh' && block.text.startsWith('curl ')) {
      steps.push({ kind: 'curl', line, source: block.text, response: null, ...directions });
    } else if (info === 'json event' || info === 'json last event') {
      const isLast = info !== 'json event';
      steps.push({ kind: 'event', line, isLast, response: json(block), ...directions });
    } else if (info.startsWith('csv ')) {
      const name = info.slice('csv '.length);
      steps.push({
        kind: 'file',
        line,
        name,
        content: `${block.text}\n`,
        isFilled: false,
        response: null,
        ...directions,
      });
    } else if (info === 'sh' && block.text.startsWith('cat > ')) {
      const [, name = '', content = ''] = WRITTEN.exec(block.text) ?? [];
      steps.push({ kind: 'file', line, name, content, isFilled: true, response: null, ...directions });
    } else if (info === 'json' && last?.kind === 'graphql' && last.response === null) {
      steps.splice(-1, 1, { ...last, variables: json(block) as GraphqlStep['variables'] });
    } else if (info === 'json response' && last && last.response === null) {
      steps.splice(-1, 1, { ...last, response: json(block) });
    } else if (info.startsWith('json')) {
      throw new Error(`line ${line}: this "${info}" block belongs to nothing`);
    }
  }
  return steps;
}

const WRITTEN = /^cat > (\S+) <<CSV\n(.*)CSV$/s;

/** How many blocks of GraphQL a reader sees, counted in the plainest way. */
export function graphqlBlocksIn(text: string): number {
  return text.split('\n').filter((line) => /^\s*(```|~~~)\s*graphql/i.test(line)).length;
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let directions = '';
  let open: { line: number; info: string; lines: string[] } | null = null;
  for (const [index, content] of text.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(content);
    if (open && !fence) open.lines.push(content);
    else if (open) {
      blocks.push({ line: open.line, info: open.info, text: open.lines.join('\n'), directions });
      directions = '';
      open = null;
    } else if (fence) open = { line: index + 1, info: (fence[1] ?? '').trim(), lines: [] };
    else directions += /^<!--(.*)-->$/.exec(content)?.[1] ?? '';
  }
  if (open) throw new Error(`line ${open.line}: this block has no end`);
  return blocks;
}

function directionsOf(text: string, before: string): Directions {
  let as = before;
  let waitSeconds = 0;
  const keep: Record<string, string> = {};
  for (const direction of text.split(';').filter((each) => each.trim() !== '')) {
    const [, word, value = ''] = /^\s*(\w+):\s*(.*?)\s*$/.exec(direction) ?? [];
    if (word === 'as') as = value;
    else if (word === 'wait') waitSeconds = Number(value);
    else if (word === 'keep') {
      const [path = '', name = ''] = value.split(' as ');
      keep[name] = path;
    } else throw new Error(`what does "${direction.trim()}" direct?`);
  }
  return { as, keep, waitSeconds };
}

function json({ line, text }: Block): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`line ${line}: ${error instanceof Error ? error.message : error}`);
  }
}
