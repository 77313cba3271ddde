import 'reflect-metadata';
import { type GraphQLSchema, isIntrospectionType, isObjectType, parse } from 'graphql';
import { buildApiSchema } from '../../src/app/schema.js';
import { readableFields } from '../../src/features/tenancy/index.js';
import { unreadableFields } from '../../src/platform/graphql/readable-fields.js';

const LIST = readableFields({ kind: 'CLIENT' });
if (!LIST) throw new Error('a client token is confined to nothing');
const list = LIST;

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildApiSchema([]);
});

function fieldsOf(): readonly (readonly [type: string, field: string])[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !isIntrospectionType(type))
    .flatMap((type) =>
      isObjectType(type) ? Object.keys(type.getFields()).map((field) => [type.name, field] as const) : [],
    );
}

const refused = (text: string) => unreadableFields(schema, parse(text), list).map(({ message }) => message);

describe('what a client token may read', () => {
  it('is the list, and of every other field of every type nothing, wherever it stands', () => {
    const fields = fieldsOf();
    expect(fields.length).toBeGreaterThan(150);
    for (const [type, field] of fields) {
      const expected = list.get(type)?.has(field) ? [] : [`this token may not read ${type}.${field}`];
      const fragment = parse(`fragment Part on ${type} { ${field} }`);
      expect(unreadableFields(schema, fragment, list).map(({ message }) => message)).toEqual(expected);
    }
  });

  it('names fields that exist', () => {
    const known = new Set(fieldsOf().map(([type, field]) => `${type}.${field}`));
    const listed = [...list].flatMap(([type, fields]) => [...fields].map((field) => `${type}.${field}`));
    expect(listed.filter((field) => !known.has(field))).toEqual([]);
  });

  it('has nothing of what is the shop’s', () => {
    expect(
      refused(`query ($id: ID!) { order(id: $id) { __typename id
        mine: operations { status reason declineCode declineMessage retryAdvice transactions { externalId } }
        ...More ... on Node { id } } }
        fragment More on Order { disputes { reason } payer { email } metadata source }`),
    ).toEqual(
      [
        ...['reason', 'declineCode', 'declineMessage', 'retryAdvice', 'transactions'].map(
          (name) => `Operation.${name}`,
        ),
        ...['Transaction.externalId', 'Node.id', 'Order.disputes', 'Dispute.reason', 'Order.payer', 'Payer.email'],
        ...['Order.metadata', 'Order.source'],
      ].map((field) => `this token may not read ${field}`),
    );
  });

  it('leaves the schema itself to whoever may read it', () => {
    expect(
      refused('{ __typename __schema { types { name fields { name } } } __type(name: "Order") { name } }'),
    ).toEqual([]);
  });

  it('is for client tokens alone', () => {
    for (const kind of ['PLATFORM', 'OPERATOR', 'MERCHANT'] as const) expect(readableFields({ kind })).toBeNull();
  });
});
