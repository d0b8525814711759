import type { Command } from '../../../src/lineage/edits/types.ts';
import type { App, Place } from '../app.ts';
import { nodeRef } from '../data/refs.ts';
import { flatUm, placeUm } from './place.ts';

/**
 * What cuts a cell in two: no places = where the computer would; two places in the cell = by which of them is nearer;
 * else along the line through them. Without label images places are the middles of both cells.
 */
export function splitCommand(app: App, cell: number, places: readonly Place[]): Command | string {
  const node = nodeRef(app.data, cell);
  const labelled = app.data.info.run.hasLabels;
  const [a, b] = places;
  if (a === undefined || b === undefined) {
    return labelled
      ? { do: 'split-object', node, auto: true }
      : 'this result has no outlines; click the middles of both cells';
  }
  if (a.x === b.x && a.y === b.y) return 'both clicks are at one place';
  if (labelled && (a.node !== cell || b.node !== cell)) {
    return { do: 'split-object', node, line: [flatUm(app, a), flatUm(app, b)] };
  }
  const z = app.data.nodes.z[cell]!;
  return { do: 'split-object', node, seeds: [placeUm(app, a, z), placeUm(app, b, z)] };
}
