import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType({ description: 'Anything that has an id. `node(id)` finds it again, whatever it is.' })
export abstract class Node {
  @Field(() => ID, { description: 'Opaque; its prefix says what kind of object it is.' })
  readonly id!: string;
}
