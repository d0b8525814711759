import type { LabelPlane, Nodes, Plane } from './types.ts';

/**
 * Labels as places in their frame (0 = background or not in the table, k = node `frameStart[t] + k - 1`), so that
 * colours are a short table whatever the labels are.
 */
export function placeLabels(plane: Plane, nodes: Nodes, first: number, end: number): LabelPlane {
  const places = new Map<number, number>();
  for (let i = first; i < end; i++) places.set(nodes.label[i]!, i - first + 1);
  const { data } = plane;
  const out = new Uint32Array(data.length);
  let [lastLabel, lastPlace] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if (label === 0) continue;
    if (label !== lastLabel) {
      lastLabel = label;
      lastPlace = places.get(label) ?? 0;
    }
    out[i] = lastPlace;
  }
  return { ...plane, data: out };
}
