import { registerEnumType } from 'type-graphql';

/** Declares a GraphQL enum whose every value says what it means. */
export function enumOf<Value extends string>(
  name: string,
  description: string,
  values: readonly Value[],
  meanings: Readonly<Record<Value, string>>,
): { readonly [Each in Value]: Each } {
  const members = Object.fromEntries(values.map((value) => [value, value])) as { [Each in Value]: Each };
  const valuesConfig = Object.fromEntries(values.map((value) => [value, { description: meanings[value] }]));
  registerEnumType(members, {
    name,
    description,
    valuesConfig: valuesConfig as Record<Value, { description: string }>,
  });
  return members;
}
