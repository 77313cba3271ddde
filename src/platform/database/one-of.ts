/** A text column that the database lets hold one of these values only, by the check `TABLE_COLUMN_check`. */
export function oneOf(values: readonly string[]) {
  return { items: () => [...values], type: 'string', columnType: 'text' };
}
