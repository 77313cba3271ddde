import { Arg, Authorized, Ctx, ID, Query, Resolver } from 'type-graphql';
import { type IdKind, parsePublicId } from '../../kernel/ids.js';
import { Node } from './node.graphql.js';

/** Finds one object by its UUID, or null; it checks for itself what the asker may see. */
export type NodeLoader<Context> = (context: Context, uuid: string) => Promise<Node | null>;

export type NodeLoaders<Context> = { readonly [Kind in IdKind]?: NodeLoader<Context> };

/** `node(id)` over the loaders of all features, which the composition root puts together. */
@Resolver()
export class NodeResolver<Context extends object> {
  constructor(private readonly loaders: NodeLoaders<Context>) {}

  @Authorized()
  @Query(() => Node, {
    nullable: true,
    description: 'Any object by its id. Null when there is none, or it belongs to somebody else.',
  })
  async node(
    @Arg('id', () => ID, {
      description: 'The id of any object of this API, as it was answered: `ord_…`, `mer_…`, `payer_…`.',
    })
    id: string,
    @Ctx() context: Context,
  ): Promise<Node | null> {
    const parsed = parsePublicId(id);
    const load = parsed && this.loaders[parsed.kind];
    return load ? load(context, parsed.uuid) : null;
  }
}
