import type { Figure } from './proof.js';

const HEAD = ['what', 'figure', 'target', ''] as const;

/** As plain text that can be put into a note: columns as wide as what is in them. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(({ what, figure, target, met }) => [what, grouped(figure), target, verdict(met)])];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

function grouped(figure: string | number): string {
  return typeof figure === 'number' ? figure.toLocaleString('en-US') : figure;
}

function verdict(met: boolean | null): string {
  return met === null ? '' : met ? 'yes' : 'NO';
}
