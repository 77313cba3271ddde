/** Columns of files of ours that tell what is, or what came of a row. Not read: a file that was mended is sent again as it is. */
const PREFIX = 'result.';

export function resultColumn(name: string): string {
  return PREFIX + name;
}

export function isResultColumn(name: string): boolean {
  return name.startsWith(PREFIX);
}
