import type { App } from '../../app.ts';
import { findNode, nodeRef } from '../../data/refs.ts';
import { formatCount, formatSpan } from '../../data/units.ts';
import type { TreePlan } from '../../layout/lod.ts';
import type { TreeHit } from './pick.ts';

/** What the tooltip says about a mark. */
export function describeHit(app: App, plan: TreePlan, hit: TreeHit): string[] {
  if (hit === null) return [];
  if (hit.kind === 'block') {
    const n = plan.blockEnd[hit.block]! - plan.blockFirst[hit.block]!;
    return [`${formatCount(n)} ${n === 1 ? 'branch' : 'branches'}`, 'zoom in to open'];
  }
  return describeBranch(app, hit.branch);
}

/** A track in two lines: name and lineage, life and fate; and its tags. */
export function describeBranch(app: App, b: number): string[] {
  const { branches } = app.data;
  const life = branches.t1[b]! - branches.t0[b]!;
  const name = app.names.value.get(b);
  const tags = tagsOf(app, b);
  return [
    `${name === undefined ? '' : `${name} · `}Track ${b + 1} · lineage ${branches.lineage[b]} · generation ${branches.generation[b]}`,
    `frames ${branches.t0[b]}–${branches.t1[b]} (${formatSpan(life, app.unit)}), ${fate(app, b)}`,
    ...(tags.length === 0 ? [] : [`tagged ${tags.join(', ')}`]),
  ];
}

/** All tags of a track's detections, sorted. */
export function tagsOf(app: App, b: number): string[] {
  const tags = new Set<string>();
  for (const [ref, all] of app.marks.value.tags) {
    const node = findNode(app.data, ref);
    if (node >= 0 && app.data.nodes.tracklet[node] === b + 1) for (const tag of all) tags.add(tag);
  }
  return [...tags].sort();
}

/** How a track ends, in words. */
export function fate(app: App, b: number): string {
  const { branches, nodes, nFrames } = app.data;
  const [a, c] = [branches.childA[b]!, branches.childB[b]!];
  if (c >= 0) return `divides into ${a + 1} and ${c + 1}`;
  if (branches.t1[b] === nFrames - 1) return 'until the end of the movie';
  const last = branches.nodes[branches.start[b + 1]! - 1]!;
  const said = app.marks.value.ends.get(nodeRef(app.data, last));
  if (said !== undefined) return said === 'death' ? 'dies' : 'leaves the picture';
  return nodes.border[last] === 1 ? 'leaves the picture' : 'is lost';
}
