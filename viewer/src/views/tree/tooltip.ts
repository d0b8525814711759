import type { App } from '../../app.ts';
import { nodeRef } from '../../data/refs.ts';
import { formatCount, formatSpan } from '../../data/units.ts';
import { tagsByBranch } from '../../edits/marks.ts';
import type { TreePlan } from '../../layout/lod.ts';
import type { TreeHit } from './pick.ts';

/** What the tooltip says about a mark. */
export function describeHit(app: App, plan: TreePlan, hit: TreeHit): string[] {
  if (hit === null) return [];
  if (hit.kind === 'block') {
    const n = plan.blockEnd[hit.block]! - plan.blockFirst[hit.block]!;
    return [`${formatCount(n)} ${n === 1 ? 'track' : 'tracks'}`, 'zoom in to open'];
  }
  return describeBranch(app, hit.branch);
}

/** A track in two lines: name and lineage, life and fate; and its tags. */
export function describeBranch(app: App, b: number): string[] {
  const { branches } = app.data;
  const life = branches.t1[b]! - branches.t0[b]!;
  const name = app.names.value.get(b);
  const folded = app.layout.peek().closed?.get(b) ?? 0;
  const tags = tagsByBranch(app.data, app.marks.value.tags).get(b) ?? [];
  return [
    `${name === undefined ? '' : `${name} · `}Track ${b + 1} · lineage ${branches.lineage[b]} · generation ${branches.generation[b]}`,
    `frames ${branches.t0[b]}–${branches.t1[b]} (${formatSpan(life, app.unit)}), ${fate(app, b)}`,
    ...(folded === 0 ? [] : [`${formatCount(folded)} tracks collapsed; a double click opens them`]),
    ...(tags.length === 0 ? [] : [`tagged ${tags.join(', ')}`]),
  ];
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
