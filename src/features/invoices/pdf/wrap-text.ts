const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * A text in lines of at most `width`, broken between words; a word that is wider
 * than a line is broken where the line is full. Never empty: no text is one empty line.
 */
export function wrapText(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  const space = measure(' ');
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    const needed = measure(word);
    if (line !== '' && used + space + needed <= width) {
      line += ` ${word}`;
      used += space + needed;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = needed <= width ? [word] : piecesOf(word, width, measure);
    line = pieces.pop() ?? '';
    used = measure(line);
    lines.push(...pieces);
  }
  return [...lines, line];
}

/** The first `most` lines; where more are left out, an ellipsis at their end says so, within the width. */
export function firstLines(
  lines: readonly string[],
  most: number,
  width: number,
  measure: (text: string) => number,
): string[] {
  if (lines.length <= most) return [...lines];
  const letters = Array.from(lines[most - 1] ?? '');
  while (letters.length > 0 && measure(`${letters.join('')}…`) > width) letters.pop();
  return [...lines.slice(0, most - 1), `${letters.join('')}…`];
}

/** A letter and its marks stay together; one that is wider than the whole line has a line to itself. */
function piecesOf(word: string, width: number, measure: (text: string) => number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const { segment } of GRAPHEMES.segment(word)) {
    const needed = measure(segment);
    if (piece !== '' && used + needed > width) {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += segment;
    used += needed;
  }
  return [...pieces, piece];
}
