import type { Literals } from './api.js';
import { inDocuments, nodeTypes, objectType, selections } from './api.js';
import { type Asker, maySee } from './judge.js';
import type { Owner, Owners } from './owners.js';
import type { Readable } from './questions.js';
import type { World } from './world.js';

const lower = (name: string) => `${name[0]?.toLowerCase()}${name.slice(1)}`;

/** What of each kind the asker has, as far as the tables say. */
export function ownOf(owners: Owners, asker: Asker, kind: Owner['kind']): readonly Owner[] {
  return owners.all(kind).filter((owner) => maySee(asker, owner));
}

/** Tries which parts of each type somebody of this role may select: one that may not be read would hide all beside it. */
export async function readableFor(world: World, owners: Owners, asker: Asker, literals: Literals): Promise<Readable> {
  const allowed = new Map<string, readonly string[]>();
  for (const type of nodeTypes) {
    const [own] = ownOf(owners, asker, lower(type.name) as Owner['kind']);
    const pieces = selections(objectType(type.name), 2, literals);
    const wanted = own ? await tried(world, asker, { type: type.name, id: own.id }, pieces) : pieces;
    allowed.set(type.name, wanted);
  }
  return (type) => allowed.get(type) ?? selections(objectType(type), 0, literals);
}

/** Halves what is refused until what is left can be read: all at once mostly, which is one request. */
async function tried(
  world: World,
  asker: Asker,
  node: { readonly type: string; readonly id: string },
  pieces: readonly string[],
): Promise<readonly string[]> {
  const documents = inDocuments(pieces);
  const [selected] = documents;
  if (selected === undefined) return [];
  const isRead = documents.length === 1 && (await isReadable(world, asker, node, selected));
  if (isRead) return pieces;
  if (pieces.length > 1) {
    const middle = Math.ceil(pieces.length / 2);
    const halves = [pieces.slice(0, middle), pieces.slice(middle)];
    return (await Promise.all(halves.map((half) => tried(world, asker, node, half)))).flat();
  }
  const flat = selected.includes('{') ? [] : selected.split(' ');
  return flat.length > 1 ? tried(world, asker, node, flat) : [];
}

async function isReadable(
  world: World,
  asker: Asker,
  { type, id }: { readonly type: string; readonly id: string },
  selected: string,
): Promise<boolean> {
  const document = `query ($id: ID!) { node(id: $id) { ... on ${type} { ${selected} } } }`;
  const { text } = await world.ask(asker.key, document, { id });
  return !text.includes('"FORBIDDEN"') && !text.includes('"BAD_REQUEST"');
}
