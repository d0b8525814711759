import type { Network } from '../../model/index.ts';
import { median } from '../median.ts';
import { placesOf, traitsOf } from './objects.ts';
import { parentalOdds } from './parental.ts';
import type { ScoreRequest, Scorer } from './types.ts';
import { type Window, windowsOf } from './windows.ts';

/** Frames that the network sees at once. */
const WINDOW = 5;
/** t, z, y, x, diameter, intensity (least, most, mean, deviation), inertia, distance from the border. */
const NODE_FEATURES = 19;

/** Inertia as 3 x 3, z first. */
function inertia3(inertia: readonly number[]): readonly number[] {
  if (inertia.length === 9) return inertia;
  const [yy, yx, xy, xx] = inertia;
  return [0, 0, 0, 0, yy, yx, 0, xy, xx];
}

function feedsOf({ detections, candidates, edges }: ScoreRequest, window: Window) {
  const { from, to, firstEdge, endEdge } = window;
  const [n, e] = [to - from, endEdge - firstEdge];
  const places = placesOf(detections, window);
  const features = new Float32Array(n * NODE_FEATURES);
  const nodes = new Float32Array(n * 3);
  for (let i = 0; i < n; i++) {
    const { diameter, intensity, inertia, away } = traitsOf(detections, from + i);
    const place = places.subarray(4 * i, 4 * i + 4);
    const grey = [intensity, intensity, intensity, 0];
    features.set([...place, diameter, ...grey, ...inertia3(inertia), away], i * NODE_FEATURES);
    nodes.set(place.subarray(1), 3 * i);
  }
  const middles = new Float32Array(e * 3);
  const indices = new Int32Array(e * 2);
  for (let i = 0; i < e; i++) {
    const k = edges[firstEdge + i];
    const [u, v] = [candidates.source[k] - from, candidates.target[k] - from];
    indices.set([u, v], 2 * i);
    for (let a = 0; a < 3; a++) middles[3 * i + a] = (nodes[3 * u + a] + nodes[3 * v + a]) / 2;
  }
  return {
    node_feats: { data: features, dims: [1, n, NODE_FEATURES] },
    node_pos: { data: nodes, dims: [1, n, 3] },
    edge_pos: { data: middles, dims: [1, e, 3] },
    edge_indices: { data: indices, dims: [1, e, 2] },
  };
}

/** True for a network that judges candidate edges of a window. */
export function isHoctShaped({ inputs, outputs }: Network): boolean {
  const names = inputs.map(({ name }) => name);
  return (
    ['node_feats', 'node_pos', 'edge_pos', 'edge_indices'].every((name) => names.includes(name)) &&
    ['edge_logits', 'orphan_logits'].every((name) => outputs.includes(name))
  );
}

/**
 * A scorer from an edge transformer: windows of five frames, one beginning at every frame, medians over windows,
 * similarities among the edges of a target and its orphan logit. Masks are all true: there is no padding. Features are
 * in micrometres and grey values, so a network that wants others standardises inside.
 *
 * Source: algorithms sheet D.5.
 */
export function hoctScorer(network: Network): Scorer {
  const masks = network.inputs.filter(({ name }) => name.includes('mask'));
  return async (request) => {
    const { detections, edges } = request;
    const said: number[][] = Array.from({ length: edges.length }, () => []);
    const orphans: number[][] = Array.from({ length: detections.count }, () => []);
    for (const window of windowsOf(request, WINDOW)) {
      const [n, e] = [window.to - window.from, window.endEdge - window.firstEdge];
      const whole = masks.map(({ name }) => {
        const length = name.includes('edge') ? e : n;
        return [name, { data: new Uint8Array(length).fill(1), dims: [1, length] }] as const;
      });
      const found = await network.run({ ...feedsOf(request, window), ...Object.fromEntries(whole) });
      for (let i = 0; i < e; i++) said[window.firstEdge + i].push(found.edge_logits.data[i]);
      for (let i = 0; i < n; i++) orphans[window.from + i].push(found.orphan_logits.data[i]);
    }
    const middle = (values: number[]): number => median(Float64Array.from(values));
    const odds = parentalOdds(request, Float32Array.from(said, middle), Float32Array.from(orphans, middle));
    return { edge: odds, pair: null };
  };
}
