const INVISIBLE = '[\\s\\p{Z}\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}\\u2800]+';
const AT_THE_EDGES = new RegExp(`^${INVISIBLE}|${INVISIBLE}$`, 'gu');

/**
 * A reference without what nobody sees at its edges. A blank that a spreadsheet
 * or a copied line has left there would make it a new one, and a charge would be
 * taken once more. Everything else of it counts, capitals too.
 */
export function plainReference(cell: string): string {
  return cell.replaceAll(AT_THE_EDGES, '');
}
