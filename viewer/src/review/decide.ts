import type { Command } from '../../../src/lineage/edits/types.ts';
import { nodeRef } from '../data/refs.ts';
import type { Dataset } from '../data/types.ts';
import { eventName, explanationName, type LineageEvent, placeName } from './events.ts';
import type { Explanation } from './explain.ts';

/** Several commands as one step of undo. */
type Steps = Extract<Command, { do: 'many' }>;

const track = (data: Dataset, node: number): string => String(data.nodes.tracklet[node]);

/** An explanation in words, as seen from the event's cell. */
export function describe(data: Dataset, event: LineageEvent, chosen: Explanation): string {
  const also = (chosen.also ?? []).map(([u, v]) => `, and ${track(data, u)} as ${track(data, v)}`);
  return `${describeAlone(data, event, chosen)}${also.join('')}`;
}

function describeAlone(
  data: Dataset,
  event: LineageEvent,
  { source, targets, also = [] }: Explanation,
): string {
  const { nodes } = data;
  if (source < 0) return 'begins here';
  if (event.kind === 'appearance' && source !== event.node) {
    const sister = targets.find((v) => v !== event.node);
    if (sister === undefined) return `goes on from ${track(data, source)}`;
    // The sister is what the track goes on as now.
    return nodes.tracklet[sister] === nodes.tracklet[source]
      ? `daughter of ${track(data, source)}, which divides`
      : `daughter of ${track(data, source)}, sister of ${track(data, sister)}`;
  }
  if (targets.length === 0) return 'ends here';
  const from = targets.map((v) => nodes.parent[v]!).find((p) => p >= 0 && p !== source);
  const stays = from === undefined || also.some(([u]) => u === from);
  const taken = stays ? '' : `, taken from ${track(data, from)}`;
  const [a, b] = targets;
  if (b !== undefined) return `divides into ${track(data, a!)} + ${track(data, b)}${taken}`;
  const same = nodes.tracklet[a!] === nodes.tracklet[source];
  if (same) return 'goes on as it does';
  return nodes.childB[source]! >= 0 && nodes.parent[a!] === source
    ? `only ${track(data, a!)} goes on`
    : `goes on as ${track(data, a!)}${taken}`;
}

/** The commands that make an explanation true, as one step, and note what became of the item. */
export function choose(data: Dataset, event: LineageEvent, chosen: Explanation): Steps {
  const { nodes } = data;
  const ref = (node: number): string => nodeRef(data, node);
  const { source, targets } = chosen;
  const commands: Command[] = [];
  const [a, b] = targets;
  const children = source < 0 ? [] : [nodes.childA[source]!, nodes.childB[source]!].filter((v) => v >= 0);
  if (source < 0) commands.push({ do: 'cut', node: ref(event.node) });
  else if (a === undefined) {
    for (const v of children) commands.push({ do: 'unlink', source: ref(source), target: ref(v) });
  } else if (b !== undefined)
    commands.push({ do: 'divide', parent: ref(source), daughters: [ref(a), ref(b)] });
  else if (children.length === 2 && children.includes(a)) {
    commands.push({ do: 'not-division', parent: ref(source), keep: ref(a) });
  } else {
    commands.push({
      do: 'link',
      source: ref(source),
      target: ref(a),
      breakParent: true,
      breakChildren: true,
    });
  }
  for (const [u, v] of chosen.also ?? []) {
    commands.push({ do: 'link', source: ref(u), target: ref(v), breakParent: true });
  }
  commands.push({ do: 'review', items: [eventName(data, event)], state: 'rejected' });
  const items = source < 0 ? [] : [explanationName(data, placeName(data, 'out', source), targets)];
  if (items.length > 0) commands.push({ do: 'review', items, state: 'fixed' });
  const where = `${nodes.t[event.node]}/${track(data, event.node)}`;
  return { do: 'many', commands, label: `${where} ${describe(data, event, chosen)}` };
}

/** The commands that approve an event as it is. */
export function approve(data: Dataset, event: LineageEvent, name: string, now: Explanation): Steps {
  const ref = (node: number): string => nodeRef(data, node);
  const commands: Command[] = [{ do: 'review', items: [name], state: 'verified' }];
  if (event.kind === 'division') {
    commands.unshift({ do: 'verify', what: { division: ref(event.node) }, on: true });
  }
  if (event.kind === 'link') {
    commands.unshift({ do: 'verify', what: { link: [ref(event.node), ref(now.targets[0]!)] }, on: true });
  }
  const where = `${data.nodes.t[event.node]}/${track(data, event.node)}`;
  return { do: 'many', commands, label: `${where} ${describe(data, event, now)}: right` };
}
