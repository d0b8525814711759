import type { EditEffect } from '../../../src/lineage/edits/types.ts';
import type { App } from '../app.ts';
import { fetchTable } from '../data/api.ts';
import { noCertainty, toCertainty } from '../data/certainty.ts';
import { refreshLinks, replaceNodes } from '../data/dataset.ts';
import { findNode } from '../data/refs.ts';

/**
 * Shows what an edit did. Links are changed in place; where detections came, went or changed, the tables are fetched
 * again, for rows have moved.
 *
 * @returns the last edit that is shown then, 0 = this one
 */
export async function applyEffect(app: App, effect: EditEffect): Promise<number> {
  const { linksAdded, linksRemoved, nodesSet, nodesRemoved } = effect;
  const refs = [...nodesSet.map(({ ref }) => ref), ...nodesRemoved];
  if (refs.length > 0) {
    return reloadTables(app, new Set(refs.map((ref) => Number.parseInt(ref, 10))));
  }
  if (linksAdded.length + linksRemoved.length === 0) return 0;
  const rows = (links: readonly [string, string][]): [number, number][] =>
    links.map(([a, b]) => [findNode(app.data, a), findNode(app.data, b)]);
  const [removed, added] = [rows(linksRemoved), rows(linksAdded)];
  const touched = new Set([...removed, ...added].flat().filter((row) => row >= 0));
  app.change(() => {
    const { parent } = app.data.nodes;
    for (const [source, target] of removed) if (parent[target] === source) parent[target] = -1;
    for (const [source, target] of added) if (target >= 0) parent[target] = source;
    return { branches: refreshLinks(app.data, touched) };
  }, touched);
  return 0;
}

/**
 * Fetches the tables again; the labels of `frames` (all without it) are asked for again, too.
 *
 * @returns the last edit that is in them
 */
export async function reloadTables(app: App, frames?: ReadonlySet<number>): Promise<number> {
  // Without the linker's word (its file is damaged) an edit is shown all the same.
  const fetchBoth = () => Promise.all([fetchTable('nodes'), fetchTable('certainty').catch(() => null)]);
  let [nodes, certainty] = await fetchBoth();
  // An edit between the two answers: rows of one are not rows of the other.
  while (certainty !== null && nodes.seq !== certainty.seq) [nodes, certainty] = await fetchBoth();
  app.change(() => {
    const newOf = replaceNodes(app.data, nodes.columns);
    app.certainty.value =
      certainty === null ? noCertainty(app.data.nodes.parent) : toCertainty(certainty.columns);
    return { newOf };
  });
  app.frames.forgetLabels(frames);
  return nodes.seq;
}
