/** The places of a schema that hostile documents are made of. */
export interface Ground {
  /** A document that selects this of an object. */
  inside(selection: string): string;
  /** That object's type, a field of it that leads to another of its type, and one that leads nowhere. */
  readonly type: string;
  readonly self: string;
  readonly leaf: string;
  /** A field of the root that is cheap, with directives and an alias where these are given. */
  cheap(directives?: string, alias?: string): string;
  /** A page of objects, each with a list of lists. */
  readonly pages: string;
  /** A document with a list of values, and one with a word, where neither belongs. */
  listed(values: string): string;
  readonly misplaced: string;
}

export const many = (count: number, piece: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => piece(index)).join(' ');

/** Some of these would take for ever if anything walked them as they ask. */
export function hostileDocuments(ground: Ground): readonly (readonly [string, string])[] {
  const { inside, type, self, leaf, cheap } = ground;
  const deep = (levels: number) => inside(`${`${self} { `.repeat(levels)}${leaf}${' }'.repeat(levels)}`);
  const twice = (index: number) =>
    `fragment F${index} on ${type} { a: ${self} { ...F${index + 1} } b: ${self} { ...F${index + 1} } }`;
  return [
    ['a depth bomb', deep(30)],
    ['an alias bomb', `{ ${many(400, (index) => cheap('', `a${index}: `))} }`],
    ['the same field five hundred times', `{ ${many(480, () => cheap())} }`],
    [
      'a fragment cycle',
      `${inside('...A')} fragment A on ${type} { ${self} { ...B } } fragment B on ${type} { ${self} { ...A } }`,
    ],
    ['a fragment that names itself', `${inside('...A')} fragment A on ${type} { ...A }`],
    [
      'fragments within fragments, doubling',
      `${inside('...F0')} ${many(60, twice)} fragment F60 on ${type} { ${leaf} }`,
    ],
    ['directives without end', `{ ${cheap(many(500, () => '@skip(if: false)'))} }`],
    ['pages of pages', ground.pages],
    ['introspection', '{ __schema { types { name fields { name type { name fields { name } } } } } }'],
    ['an unknown field', '{ helo }'],
    ['a wrong literal', ground.misplaced],
    ['two operations of one name', `query A { ${cheap()} } query A { ${cheap()} }`],
    ['duplicate arguments and variables', `query A($a: String, $a: String) { ${cheap('@skip(if: $a, if: $a)')} }`],
    ['a list of many values', ground.listed('1,'.repeat(20_000))],
    ['ten thousand fields', `{ ${'a '.repeat(10_000)} }`],
    ['brackets without end', '{'.repeat(20_000)],
    ['the name of the type without end', `{ ${many(1_900, (index) => `a${index}: __typename`)} }`],
    ['a text of ninety thousand letters', `{ ${cheap(`@include(if: "${'x'.repeat(90_000)}")`)} }`],
    ['letters that turn others around', `{ ${cheap()} \u202e\u2066\u0000 }`],
    ['brackets in a value without end', ground.listed(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)],
    ['objects in a value without end', ground.listed(`${'{a:'.repeat(3_000)}1${'}'.repeat(3_000)}`)],
    ['a thousand variables', `query (${many(1_000, (index) => `$v${index}: Int`)}) { ${cheap()} }`],
  ];
}

/** Depth that is spread over fragments, whose definitions in any order have to weigh the same. */
export function rotatedChains({ inside, type, self, leaf }: Ground): readonly (readonly [string, string])[] {
  const chain = [
    inside('...F0'),
    ...Array.from({ length: 13 }, (_, index) => `fragment F${index} on ${type} { ${self} { ...F${index + 1} } }`),
    `fragment F13 on ${type} { ${leaf} }`,
  ];
  return chain.map((_, by) => [
    `a deep chain of fragments, turned by ${by}`,
    [...chain.slice(by), ...chain.slice(0, by)].join('\n'),
  ]);
}
