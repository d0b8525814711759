import type { ScoreRequest } from './types.ts';

/** Some frames of a request: rows `from` to `to - 1`, and the asked edges `firstEdge` to `endEdge - 1` between them. */
export interface Window {
  from: number;
  to: number;
  firstEdge: number;
  endEdge: number;
}

/** Objects that a window should not exceed: attention takes the square of it. */
const MOST_OBJECTS = 2048;

/**
 * Windows of `length` frames, one beginning at every frame from which edges are asked about, the last ones cut where
 * the frames end; shorter ones, of two frames at least, where these hold very many objects.
 */
export function windowsOf({ detections, candidates, edges }: ScoreRequest, length: number): Window[] {
  const { t, count } = detections;
  const starts: number[] = [];
  for (let i = 0; i < count; i++) if (i === 0 || t[i] !== t[i - 1]) starts.push(i);
  // First asked edge whose source is row `row` or behind it: edges ascend, and so do their sources.
  const edgeAt = new Int32Array(count + 1);
  let e = 0;
  for (let row = 0; row <= count; row++) {
    while (e < edges.length && candidates.source[edges[e]] < row) e++;
    edgeAt[row] = e;
  }
  const out: Window[] = [];
  for (let f = 0; f + 1 < starts.length; f++) {
    const from = starts[f];
    if (edgeAt[from] === edgeAt[starts[f + 1]]) continue;
    let end = Math.min(f + length, starts.length);
    const last = (frame: number): number => starts[frame] ?? count;
    while (end > f + 2 && last(end) - from > MOST_OBJECTS) end--;
    out.push({ from, to: last(end), firstEdge: edgeAt[from], endEdge: edgeAt[starts[end - 1]] });
  }
  return out;
}
