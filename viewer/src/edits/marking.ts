import { type NamingRule, nameFamily } from '../../../src/lineage/edits/naming.ts';
import type { Command } from '../../../src/lineage/edits/types.ts';
import { nodeRef } from '../data/refs.ts';
import type { Dataset } from '../data/types.ts';
import { byBranch, type Marks } from './marks.ts';

/** What a person wants a cell to be called and marked with. */
export interface Wanted {
  /** '' = none. */
  name: string;
  /** Also its descendants, by this rule; null = the cell alone. */
  family: NamingRule | null;
  /** `#rrggbb`, null = that of its lineage. */
  colour: string | null;
  tags: readonly string[];
  /** A group that the cell is put into, '' = none. */
  group: string;
}

/** Names that people gave to cells of a branch: the detections that wear them. */
function wearers(data: Dataset, marks: ReadonlyMap<string, unknown>, b: number): string[] {
  return [...marks.keys()].filter((ref) => byBranch(data, new Map([[ref, null]])).has(b));
}

/** The marks of a cell as they are. */
export function marksOfCell(data: Dataset, marks: Marks, node: number): Omit<Wanted, 'family' | 'group'> {
  const b = data.nodes.tracklet[node]! - 1;
  return {
    name: byBranch(data, marks.names).get(b) ?? '',
    colour: byBranch(data, marks.colours).get(b) ?? null,
    tags: [...(marks.tags.get(nodeRef(data, node)) ?? [])],
  };
}

/** One step that makes a cell's marks what is wanted, or why there is none. */
export function markCommand(data: Dataset, marks: Marks, node: number, wanted: Wanted): Command | string {
  const ref = nodeRef(data, node);
  const b = data.nodes.tracklet[node]! - 1;
  const now = marksOfCell(data, marks, node);
  const commands: Command[] = [];
  if (wanted.name !== now.name || wanted.family !== null) {
    for (const worn of wearers(data, marks.names, b)) commands.push({ do: 'name', node: worn, name: null });
    if (wanted.name !== '' && wanted.family === null)
      commands.push({ do: 'name', node: ref, name: wanted.name });
    if (wanted.name !== '' && wanted.family !== null)
      commands.push(...familyNames(data, marks, node, wanted));
  }
  if (wanted.colour !== now.colour) {
    for (const worn of wearers(data, marks.colours, b))
      commands.push({ do: 'colour', node: worn, colour: null });
    if (wanted.colour !== null) commands.push({ do: 'colour', node: ref, colour: wanted.colour });
  }
  for (const tag of now.tags.filter((one) => !wanted.tags.includes(one)))
    commands.push({ do: 'tag', nodes: [ref], tag, on: false });
  for (const tag of wanted.tags.filter((one) => !now.tags.includes(one)))
    commands.push({ do: 'tag', nodes: [ref], tag, on: true });
  const group = marks.groups.get(wanted.group) ?? [];
  if (wanted.group !== '' && !group.includes(ref))
    commands.push({ do: 'group', name: wanted.group, nodes: [...group, ref] });
  if (commands.length === 0) return 'nothing is different';
  return { do: 'many', commands, label: labelOf(ref, now.name, wanted) };
}

function labelOf(ref: string, before: string, { name, family, tags, group }: Wanted): string {
  if (family !== null && name !== '') return `name ${ref} ${name}, and its descendants`;
  if (name !== before) return name === '' ? `take the name of ${ref} away` : `name ${ref} ${name}`;
  if (group !== '') return `put ${ref} into ${group}`;
  return tags.length > 0 ? `mark ${ref}: ${tags.join(', ')}` : `mark ${ref}`;
}

/** Names of the cell and all its descendants; those that they wore are taken away. */
function familyNames(data: Dataset, marks: Marks, node: number, { name, family }: Wanted): Command[] {
  const { nodes } = data;
  const named = nameFamily(nodes, node, name, family!);
  const cells = new Set(named.map(([row]) => nodes.tracklet[row]! - 1));
  const own = nodes.tracklet[node]! - 1;
  const worn = [...marks.names.keys()].filter((ref) => {
    const [b] = byBranch(data, new Map([[ref, null]])).keys();
    return b !== undefined && b !== own && cells.has(b);
  });
  return [
    ...worn.map((ref): Command => ({ do: 'name', node: ref, name: null })),
    ...named.map(([row, called]): Command => ({ do: 'name', node: nodeRef(data, row), name: called })),
  ];
}
