import { DirectedGraph } from 'graphology';
import type { Attributes } from 'graphology-types';
import type { Detections } from '../segment/types.ts';
import type { Lineage } from './types.ts';

/** Attributes of a graph's node; units as in `Detections`. */
export interface LineageNode extends Attributes {
  /** Row of `Detections`. */
  row: number;
  t: number;
  label: number;
  z: number;
  y: number;
  x: number;
  size: number;
  radius: number;
  prob: number;
  tracklet: number;
  lineage: number;
  generation: number;
}

/** Attributes of a graph's edge, which runs forward in time. */
export interface LineageEdge extends Attributes {
  cost: number;
  prob: number;
  /** Target t minus source t, frames. */
  frameInterval: number;
}

/** A lineage for navigation; keys are those of `nodeKeys`. */
export type LineageGraph = DirectedGraph<LineageNode, LineageEdge>;

/** Key of every row: `frame/label`, or the row where the label is 0 or another row of the frame has it too. */
export function nodeKeys({ count, t, label }: Detections): string[] {
  const same = (i: number, j: number): boolean =>
    j >= 0 && j < count && t[i] === t[j] && label[i] === label[j];
  return Array.from({ length: count }, (_, i) =>
    label[i] === 0 || same(i, i - 1) || same(i, i + 1) ? String(i) : `${t[i]}/${label[i]}`,
  );
}

/**
 * The graph of a whole lineage table, or of one lineage of it. Costs about 0.8 KB a node: build it where a person
 * navigates or edits, not to compute over a movie.
 *
 * @param only number of the one lineage to take; absent = all
 */
export function toGraph(lineage: Lineage, only?: number): LineageGraph {
  const graph: LineageGraph = new DirectedGraph<LineageNode, LineageEdge>();
  const { detections: d, links, tracklets } = lineage;
  const keys = nodeKeys(d);
  const wanted = (row: number): boolean => only === undefined || lineage.lineage[row] === only;
  for (let row = 0; row < d.count; row++) {
    if (!wanted(row)) continue;
    graph.addNode(keys[row], {
      row,
      t: d.t[row],
      label: d.label[row],
      z: d.z[row],
      y: d.y[row],
      x: d.x[row],
      size: d.size[row],
      radius: d.radius[row],
      prob: d.prob[row],
      tracklet: lineage.tracklet[row],
      lineage: lineage.lineage[row],
      generation: tracklets.generation[lineage.tracklet[row] - 1],
    });
  }
  for (let k = 0; k < links.count; k++) {
    const u = links.source[k];
    const v = links.target[k];
    if (!wanted(u)) continue;
    const frameInterval = d.t[v] - d.t[u];
    graph.addDirectedEdge(keys[u], keys[v], { cost: links.cost[k], prob: links.prob[k], frameInterval });
  }
  return graph;
}

/** Keys of a node's ancestors, the nearest first. */
export function ancestorsOf(graph: LineageGraph, key: string): string[] {
  const out: string[] = [];
  for (let [p] = graph.inNeighbors(key); p !== undefined; [p] = graph.inNeighbors(p)) out.push(p);
  return out;
}

/** Keys of a node's descendants, in row order. */
export function descendantsOf(graph: LineageGraph, key: string): string[] {
  const out: string[] = [];
  const stack = [key];
  for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
    for (const child of graph.outNeighbors(v)) {
      out.push(child);
      stack.push(child);
    }
  }
  const row = (v: string): number => graph.getNodeAttribute(v, 'row');
  return out.sort((a, b) => row(a) - row(b));
}

/** Key of the last node of the parent cell, or undefined for a founder. */
function birthOf(graph: LineageGraph, key: string): string | undefined {
  for (const p of ancestorsOf(graph, key)) if (graph.outDegree(p) === 2) return p;
  return undefined;
}

/** Key of the first node of the sister cell, or undefined for a founder. */
export function sisterOf(graph: LineageGraph, key: string): string | undefined {
  const path = [key, ...ancestorsOf(graph, key)];
  const at = path.findIndex((p, i) => i > 0 && graph.outDegree(p) === 2);
  return at < 0 ? undefined : graph.outNeighbors(path[at]).find((child) => child !== path[at - 1]);
}

/** Divisions between the founder and the node's cell. */
export function generationOf(graph: LineageGraph, key: string): number {
  return ancestorsOf(graph, key).filter((p) => graph.outDegree(p) === 2).length;
}

/** Frames from the birth of the node's cell to its division, counted at dividing nodes; NaN where either is missing. */
export function cellCycleOf(graph: LineageGraph, key: string): number {
  const birth = birthOf(graph, key);
  let last = key;
  while (graph.outDegree(last) === 1) last = graph.outNeighbors(last)[0];
  if (birth === undefined || graph.outDegree(last) === 0) return Number.NaN;
  return graph.getNodeAttribute(last, 't') - graph.getNodeAttribute(birth, 't');
}

/** Keys of the node's whole lineage, in row order. */
export function lineageOf(graph: LineageGraph, key: string): string[] {
  const founder = ancestorsOf(graph, key).at(-1) ?? key;
  return [founder, ...descendantsOf(graph, founder)];
}

/** Keys of the node's tracklet, in time order. */
export function trackletOf(graph: LineageGraph, key: string): string[] {
  let first = key;
  for (const p of ancestorsOf(graph, key)) {
    if (graph.outDegree(p) === 2) break;
    first = p;
  }
  const out = [first];
  for (let v = first; graph.outDegree(v) === 1; ) {
    v = graph.outNeighbors(v)[0];
    out.push(v);
  }
  return out;
}
