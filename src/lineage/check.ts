import { MorulaError } from '../errors/index.ts';
import { buildLineage } from './build.ts';
import type { LineageGraph } from './graph.ts';
import type { Lineage, Tracklets } from './types.ts';

const NODE_COLUMNS = ['parent', 'childA', 'childB', 'tracklet', 'lineage'] as const;
const TRACKLET_COLUMNS: readonly Exclude<keyof Tracklets, 'count'>[] = [
  'firstNode',
  'lastNode',
  'nNodes',
  'parent',
  'daughterA',
  'daughterB',
  'lineage',
  'generation',
];

function compare(name: string, found: Int32Array, expected: Int32Array): void {
  if (found.length !== expected.length) {
    const message = `lineage: ${name} must have ${expected.length} values, got ${found.length}`;
    throw new MorulaError('broken-lineage', message);
  }
  for (let i = 0; i < found.length; i++) {
    if (found[i] !== expected[i]) {
      const message = `lineage: ${name} of row ${i} must be ${expected[i]}, got ${found[i]}`;
      throw new MorulaError('broken-lineage', message);
    }
  }
}

/**
 * Refuses a lineage whose links are none or whose columns do not follow from its links, in O(n).
 *
 * @throws `broken-lineage`, naming the rule and the node
 */
export function checkLineage(lineage: Lineage): void {
  const expected = buildLineage(lineage.detections, lineage.links);
  for (const name of NODE_COLUMNS) compare(name, lineage[name], expected[name]);
  for (const name of TRACKLET_COLUMNS) {
    compare(`tracklets.${name}`, lineage.tracklets[name], expected.tracklets[name]);
  }
  if (lineage.nLineages !== expected.nLineages || lineage.tracklets.count !== expected.tracklets.count) {
    const message = `lineage: must count ${expected.nLineages} lineages of ${expected.tracklets.count} tracklets, got ${lineage.nLineages} of ${lineage.tracklets.count}`;
    throw new MorulaError('broken-lineage', message);
  }
}

/**
 * Refuses a graph that is no lineage: at most one parent, at most two daughters, every edge forward in time.
 *
 * @throws `broken-lineage`, naming the rule and the node
 */
export function checkGraph(graph: LineageGraph): void {
  graph.forEachNode((key) => {
    if (graph.inDegree(key) > 1) {
      const message = `lineage: node ${key} has ${graph.inDegree(key)} parents, at most 1 is allowed`;
      throw new MorulaError('broken-lineage', message);
    }
    if (graph.outDegree(key) > 2) {
      const message = `lineage: node ${key} has ${graph.outDegree(key)} daughters, at most 2 are allowed`;
      throw new MorulaError('broken-lineage', message);
    }
  });
  graph.forEachEdge((_edge, attributes, source, target, from, to) => {
    if (from.t >= to.t || attributes.frameInterval !== to.t - from.t) {
      const message = `lineage: link ${source} to ${target} must run forward in time`;
      throw new MorulaError('broken-lineage', message);
    }
  });
}
