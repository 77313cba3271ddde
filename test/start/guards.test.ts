import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type GraphQLSchema, isObjectType } from 'graphql';
import { buildApiSchema } from '../../src/app/schema.js';
import { readPlainFieldsAsProperties } from '../../src/platform/graphql/plain-fields.js';

interface Handler {
  readonly target: new () => object;
  readonly methodName: string;
  readonly schemaName: string;
  readonly getObjectType: () => unknown;
}

/** What type-graphql noted of the decorators. */
interface Storage {
  readonly authorizedFields: readonly { readonly target: unknown; readonly fieldName: string }[];
  readonly objectTypes: readonly { readonly name: string; readonly target: unknown }[];
  readonly queries: readonly Handler[];
  readonly mutations: readonly Handler[];
  readonly subscriptions: readonly Handler[];
  readonly fieldResolvers: readonly Handler[];
}

let schema: GraphQLSchema;
let storage: Storage;
beforeAll(async () => {
  schema = await buildApiSchema([]);
  storage = (globalThis as unknown as { readonly TypeGraphQLMetadataStorage: Storage }).TypeGraphQLMetadataStorage;
});

/** `Type.field` of everything that is `@Authorized`. */
function guardedFields(): readonly (readonly [type: string, field: string])[] {
  return storage.authorizedFields.map(({ target, fieldName }) => {
    const here = ({ target: of, methodName }: Handler) => of === target && methodName === fieldName;
    const roots = { Query: storage.queries, Mutation: storage.mutations, Subscription: storage.subscriptions };
    for (const [type, handlers] of Object.entries(roots)) {
      const handler = handlers.find(here);
      if (handler) return [type, handler.schemaName] as const;
    }
    const resolver = storage.fieldResolvers.find(here);
    const type = storage.objectTypes.find((each) => each.target === (resolver?.getObjectType() ?? target));
    return [type?.name ?? '', resolver?.schemaName ?? fieldName] as const;
  });
}

function decoratorsInSources(): number {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name) => readFileSync(path.join('src', name), 'utf8'));
  return texts.reduce((count, text) => count + (text.match(/^ *@Authorized\(/gm)?.length ?? 0), 0);
}

describe('a field that is guarded', () => {
  it('is known as such, however many there are', () => {
    expect(guardedFields().length).toBeGreaterThan(20);
    expect(guardedFields()).toHaveLength(decoratorsInSources());
  });

  it('has its guard in the schema that is served: who may do nothing is refused each of them', async () => {
    const nobody = { principal: { kind: 'CLIENT', scopes: new Set() } };
    for (const [typeName, fieldName] of guardedFields()) {
      const parentType = schema.getType(typeName);
      const field = isObjectType(parentType) ? parentType.getFields()[fieldName] : undefined;
      const info = { parentType, fieldName };
      const answered = async () => field?.resolve?.({}, {}, nobody, info as never);
      const outcome = await answered().then(
        () => 'answered',
        (error: { code?: unknown }) => error.code,
      );
      expect([typeName, fieldName, outcome]).toEqual([typeName, fieldName, 'FORBIDDEN']);
    }
  });
});

describe('a schema is not served', () => {
  it.each(['objectTypes', 'fields', 'fieldResolvers', 'authorizedFields', 'middlewares', 'authorizedResolver'])(
    'when type-graphql has no %s, or has them in another form',
    (name) => {
      const known = storage as unknown as Readonly<Record<string, readonly object[]>>;
      for (const list of [undefined, {}, [{}], [...(known[name] ?? []), { target: 'Order', fieldName: 'payer' }]]) {
        expect(() => readPlainFieldsAsProperties(schema, { ...known, [name]: list })).toThrow('Guards could be lost');
      }
    },
  );

  it('when there is no metadata, or nothing in it', () => {
    const empty = Object.fromEntries(Object.keys(storage).map((name) => [name, []]));
    for (const none of [null, {}, empty]) {
      expect(() => readPlainFieldsAsProperties(schema, none)).toThrow('Guards could be lost');
    }
    const [first] = storage.fieldResolvers;
    for (const odd of [{ kind: 'inherited' }, { getObjectType: undefined }]) {
      const broken = { ...storage, fieldResolvers: [{ ...first, ...odd }] };
      expect(() => readPlainFieldsAsProperties(schema, broken)).toThrow('Guards could be lost');
    }
  });

  it('and what is as it should be changes nothing the second time', () => {
    expect(() => readPlainFieldsAsProperties(schema)).not.toThrow();
  });
});
