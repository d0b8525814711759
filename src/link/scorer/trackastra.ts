import type { Network } from '../../model/index.ts';
import { placesOf, traitsOf } from './objects.ts';
import { parentalOdds } from './parental.ts';
import type { ScoreRequest, Scorer } from './types.ts';
import { type Window, windowsOf } from './windows.ts';

/** Frames that the network sees at once. */
const WINDOW = 6;

function feedsOf({ detections }: ScoreRequest, window: Window) {
  const { ndim } = detections;
  const n = window.to - window.from;
  const width = 3 + ndim * ndim;
  const features = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    const { diameter, intensity, inertia, away } = traitsOf(detections, window.from + i);
    features.set([diameter, intensity, ...inertia, away], i * width);
  }
  const places = placesOf(detections, window);
  // In the plane: t, y, x.
  const coords = ndim === 3 ? places : places.filter((_, k) => k % 4 !== 1);
  return {
    coords: { data: coords, dims: [1, n, ndim + 1] },
    features: { data: features, dims: [1, n, width] },
  };
}

/** True for a network that judges all pairs of objects of a window. */
export function isTrackastraShaped({ inputs, outputs }: Network): boolean {
  const names = inputs.map(({ name }) => name);
  return names.includes('coords') && names.includes('features') && outputs.length === 1;
}

/**
 * A scorer from an association transformer: windows of six frames, one beginning at every frame, logits `(1, N, N)`
 * from row to row averaged over windows, parental softmax over a target's candidates. A mask, if there is one, marks
 * padding: none. Features are in micrometres and grey values, so a network that wants others standardises inside.
 *
 * Source: algorithms sheet D.4. Differs: logits are averaged, not probabilities; only candidates compete.
 */
export function trackastraScorer(network: Network): Scorer {
  const masks = network.inputs.filter(({ name }) => name.includes('mask'));
  const output = network.outputs[0];
  return async (request) => {
    const { detections, candidates, edges } = request;
    const sum = new Float32Array(edges.length);
    const times = new Float32Array(edges.length);
    for (const window of windowsOf(request, WINDOW)) {
      const n = window.to - window.from;
      const none = masks.map(({ name }) => [name, { data: new Uint8Array(n), dims: [1, n] }] as const);
      const found = await network.run({ ...feedsOf(request, window), ...Object.fromEntries(none) });
      const { data } = found[output];
      for (let i = window.firstEdge; i < window.endEdge; i++) {
        const [u, v] = [candidates.source[edges[i]], candidates.target[edges[i]]];
        sum[i] += data[(u - window.from) * n + v - window.from];
        times[i]++;
      }
    }
    const logits = sum.map((total, i) => total / times[i]);
    return { edge: parentalOdds(request, logits, new Float32Array(detections.count)), pair: null };
  };
}
