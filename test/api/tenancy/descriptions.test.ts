import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { startWorld, type World } from '../../support/tenancy-world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Said once, in the connection types that all features share. */
const SHARED = /^(PageInfo|\w+Edge|\w+Connection|Query|Mutation|__\w+)\b/;

it('describes every type, field, argument and value of the API', () => {
  const bare: string[] = [];
  const see = (path: string, { description }: { readonly description?: string | null | undefined }) => {
    if (!description && !SHARED.test(path)) bare.push(path);
  };
  for (const type of Object.values(world.schema.getTypeMap())) {
    see(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) see(`${type.name}.${value.name}`, value);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) see(`${type.name}.${field.name}`, field);
  }
  expect(bare.filter((path) => !/^(Boolean|Int|String|ID|Float)$/.test(path))).toEqual([]);
});
