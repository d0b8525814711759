/** A tick of the tree's axis: where its line begins, CSS pixels of the panel, and what it says. */
export interface Tick {
  x: number;
  y: number;
  text: string;
}

/**
 * How ticks are written, CSS pixels: length of the line; time down, from where it begins to the text's edge, and to its base
 * line; time to the right, to its base line.
 */
export const TICK = { line: 4, beside: 9, base: 3.5, under: 17 } as const;
