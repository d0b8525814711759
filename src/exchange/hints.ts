import { separatorOf } from './csv.ts';

const SEPARATORS: Record<string, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' };

/** What must hold of a row that has not as many cells as its header, and what is probably wrong. */
export function widthMessage(line: string, separator: string, width: number, got: number): string {
  const other = separatorOf(line);
  let hint = '';
  if (line.split('"').length % 2 === 0) hint = '; a quote (") must be closed on its row';
  else if (got === 1 && line.includes(other) && other !== separator)
    hint = `; the header has ${SEPARATORS[separator]}, this row ${SEPARATORS[other]}`;
  else if (got > width && separator === ',') hint = '; decimals need a point, texts with a comma quotes';
  return `must have ${width} cells as the header, got ${got}${hint}`;
}

/** What to do about a cell that is no number. */
export function numberHint(cell: string): string {
  return /^[+-]?\d+,\d+$/.test(cell) ? '; decimals need a point' : '';
}
