import type { EditEffect } from '../../../src/lineage/edits/types.ts';
import type { App } from '../app.ts';
import { fetchTable } from '../data/api.ts';
import { toCertainty } from '../data/certainty.ts';
import { refreshLinks, replaceNodes } from '../data/dataset.ts';
import { findNode } from '../data/refs.ts';

/**
 * Shows what an edit did. Links are changed in place; where detections came, went or changed, the tables are fetched
 * again, for rows have moved.
 */
export async function applyEffect(app: App, effect: EditEffect): Promise<void> {
  const { linksAdded, linksRemoved, nodesSet, nodesRemoved } = effect;
  const refs = [...nodesSet.map(({ ref }) => ref), ...nodesRemoved];
  if (refs.length > 0) {
    await reloadTables(app, new Set(refs.map((ref) => Number.parseInt(ref, 10))));
    return;
  }
  if (linksAdded.length + linksRemoved.length === 0) return;
  app.change(() => {
    const { parent } = app.data.nodes;
    const rows = (links: readonly [string, string][]): [number, number][] =>
      links.map(([a, b]) => [findNode(app.data, a), findNode(app.data, b)]);
    for (const [source, target] of rows(linksRemoved)) if (parent[target] === source) parent[target] = -1;
    for (const [source, target] of rows(linksAdded)) if (target >= 0) parent[target] = source;
    refreshLinks(app.data);
    return null;
  });
}

/** Fetches the tables again; the labels of `frames` (all without it) are asked for again, too. */
export async function reloadTables(app: App, frames?: ReadonlySet<number>): Promise<void> {
  const [nodes, certainty] = await Promise.all([fetchTable('nodes'), fetchTable('certainty')]);
  app.change(() => {
    const newOf = replaceNodes(app.data, nodes);
    app.certainty.value = toCertainty(certainty);
    return newOf;
  });
  app.frames.forgetLabels(frames);
}
