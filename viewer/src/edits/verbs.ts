import type { Command, EndKind } from '../../../src/lineage/edits/types.ts';
import { firstNode, lastNode } from '../data/branches.ts';
import { nodeRef } from '../data/refs.ts';
import type { Dataset } from '../data/types.ts';
import { successors } from '../review/events.ts';
import type { Marks } from './marks.ts';

/** Something that a person does to a cell, and perhaps to others that are picked afterwards. */
export interface Verb {
  name: string;
  key: string;
  /** In menus and the sheet of keys. */
  text: string;
  /** Cells to pick after the first. */
  picks(data: Dataset, node: number): number;
  /** What to pick, in words; and how far time moves before it is picked. */
  prompt: string;
  advance: -1 | 0 | 1;
  /** The command, or why there is none. */
  command(data: Dataset, node: number, picked: readonly number[], marks: Marks): Command | string;
  /** The picked cell becomes the first of the next round. */
  again?: boolean;
}

const one = (): number => 1;
const none = (): number => 0;

/** Two cells in order of time; null in the same frame. */
function inOrder({ nodes }: Dataset, a: number, b: number): [number, number] | null {
  if (nodes.t[a] === nodes.t[b]) return null;
  return nodes.t[a]! < nodes.t[b]! ? [a, b] : [b, a];
}
const SAME_FRAME = 'both cells are in one frame; go to another frame and pick there';

function link(data: Dataset, a: number, b: number): Command | string {
  const pair = inOrder(data, a, b);
  if (pair === null) return SAME_FRAME;
  const [source, target] = pair.map((node) => nodeRef(data, node)) as [string, string];
  return { do: 'link', source, target, breakParent: true, breakChildren: true };
}

/** The division that a cell ends or began with. */
function divisionAt({ nodes, branches }: Dataset, node: number): { parent: number; keep: number } | null {
  const b = nodes.tracklet[node]! - 1;
  const last = lastNode(branches, b);
  if (last === node && nodes.childB[last]! >= 0) {
    const { childA, childB, size } = nodes;
    const keep = size[childB[last]!]! > size[childA[last]!]! ? childB[last]! : childA[last]!;
    return { parent: last, keep };
  }
  const first = firstNode(branches, b);
  const parent = nodes.parent[first]!;
  return parent >= 0 && nodes.childB[parent]! >= 0 ? { parent, keep: first } : null;
}

/** What can be done to cells by hand. */
export const VERBS: readonly Verb[] = [
  {
    name: 'link',
    key: 'l',
    text: 'link to a cell that is picked next',
    picks: one,
    prompt: 'Pick the same cell in this frame',
    advance: 1,
    command: (data, node, [to]) => link(data, node, to!),
  },
  {
    name: 'link-back',
    key: 'Shift+l',
    text: 'the same, backwards in time',
    picks: one,
    prompt: 'Pick where the cell comes from',
    advance: -1,
    command: (data, node, [to]) => link(data, node, to!),
  },
  {
    name: 'unlink',
    key: 'u',
    text: 'unlink from the frame before: a new track begins here',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node) =>
      data.nodes.parent[node]! < 0
        ? 'this cell comes from nowhere already'
        : { do: 'cut', node: nodeRef(data, node) },
  },
  {
    name: 'cut',
    key: 'k',
    text: 'cut after this cell: its track ends here',
    picks: none,
    prompt: '',
    advance: 0,
    command(data, node) {
      const commands: Command[] = successors(data, node).map((v) => ({
        do: 'unlink',
        source: nodeRef(data, node),
        target: nodeRef(data, v),
      }));
      if (commands.length === 0) return 'the track ends here already';
      return { do: 'many', commands, label: `cut after ${nodeRef(data, node)}` };
    },
  },
  {
    name: 'connect',
    key: 'c',
    text: 'connect with another cell, or disconnect the two',
    picks: one,
    prompt: 'Pick the cell to connect with, or to disconnect',
    advance: 1,
    command: (data, node, [to]) =>
      inOrder(data, node, to!) === null
        ? SAME_FRAME
        : { do: 'toggle', a: nodeRef(data, node), b: nodeRef(data, to!) },
  },
  {
    name: 'swap',
    key: 's',
    text: 'swap with another cell of the frame, from here on',
    picks: one,
    prompt: 'Pick the cell to swap with',
    advance: 0,
    command: (data, node, [to]) =>
      data.nodes.t[node] !== data.nodes.t[to!]
        ? 'only cells of one frame can be swapped'
        : { do: 'swap', a: nodeRef(data, node), b: nodeRef(data, to!) },
  },
  {
    name: 'not-division',
    key: 'x',
    text: 'not a division: only the selected daughter (or the larger) goes on',
    picks: none,
    prompt: '',
    advance: 0,
    command(data, node) {
      const division = divisionAt(data, node);
      if (division === null) return 'no division begins or ends this track';
      const { parent, keep } = division;
      return { do: 'not-division', parent: nodeRef(data, parent), keep: nodeRef(data, keep) };
    },
  },
  {
    name: 'divide',
    key: 'y',
    text: 'make a division: pick the daughter that is missing, or both',
    picks: (data, node) => Math.max(1, 2 - successors(data, node).length),
    prompt: 'Pick the daughter',
    advance: 1,
    command(data, node, picked) {
      const [a, b] = [...picked, ...successors(data, node)].map((v) => nodeRef(data, v));
      if (a === undefined || b === undefined || a === b) return 'a division needs two daughters';
      return { do: 'divide', parent: nodeRef(data, node), daughters: [a, b] };
    },
  },
  {
    name: 'division-earlier',
    key: 'Shift+<',
    text: 'the division comes one frame earlier',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node) => shift(data, node, -1),
  },
  {
    name: 'division-later',
    key: 'Shift+>',
    text: 'the division comes one frame later; the odd detection goes',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node) => shift(data, node, 1),
  },
  {
    name: 'join',
    key: 'e',
    text: "extend: join the track's end to the start of another",
    picks: one,
    prompt: 'Pick the track that goes on from here',
    advance: 1,
    command(data, node, [to]) {
      const end = lastNode(data.branches, data.nodes.tracklet[node]! - 1);
      const start = firstNode(data.branches, data.nodes.tracklet[to!]! - 1);
      if (data.nodes.t[end]! >= data.nodes.t[start]!) return 'that track begins before this one ends';
      return { do: 'join', end: nodeRef(data, end), start: nodeRef(data, start) };
    },
  },
  {
    name: 'follow',
    key: 'Shift+f',
    text: 'follow: pick this cell frame by frame',
    picks: one,
    prompt: 'Pick the same cell in this frame',
    advance: 1,
    again: true,
    command: (data, node, [to]) =>
      data.nodes.t[to!]! <= data.nodes.t[node]!
        ? 'a cell is followed forwards in time'
        : { do: 'follow', nodes: [nodeRef(data, node), nodeRef(data, to!)] },
  },
  {
    name: 'delete',
    key: 'd',
    text: 'delete the detection; what was before and after it is linked',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node) => ({ do: 'delete', nodes: [nodeRef(data, node)], bridge: true }),
  },
  {
    name: 'delete-alone',
    key: 'Shift+d',
    text: 'delete the detection and leave the gap',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node) => ({ do: 'delete', nodes: [nodeRef(data, node)], bridge: false }),
  },
  {
    name: 'merge',
    key: 'Shift+i',
    text: 'merge with another object of the frame: they are one cell',
    picks: one,
    prompt: 'Pick the other part of this cell',
    advance: 0,
    command: (data, node, [to]) =>
      data.nodes.t[node] !== data.nodes.t[to!] || node === to
        ? 'two objects of one frame can be merged'
        : { do: 'merge-objects', nodes: [nodeRef(data, node), nodeRef(data, to!)] },
  },
  {
    name: 'death',
    key: 'Shift+x',
    text: 'the cell dies at the end of this track',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node, _, marks) => endOf(data, node, 'death', marks),
  },
  {
    name: 'leaves',
    key: 'Shift+k',
    text: 'the cell leaves the picture at the end of this track',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node, _, marks) => endOf(data, node, 'leaves', marks),
  },
  {
    name: 'verify-link',
    key: 'Alt+Enter',
    text: 'the link to the frame before is right: the linker keeps it',
    picks: none,
    prompt: '',
    advance: 0,
    command(data, node) {
      const from = data.nodes.parent[node]!;
      if (from < 0) return 'this cell comes from nowhere';
      return { do: 'verify', what: { link: [nodeRef(data, from), nodeRef(data, node)] }, on: true };
    },
  },
  {
    name: 'verify-branch',
    key: 'Shift+Enter',
    text: 'the whole track is right, or open again',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node, _, marks) => {
      const branch = nodeRef(data, node);
      return { do: 'verify', what: { branch }, on: !marks.frozen.has(branch) };
    },
  },
  {
    name: 'verify-lineage',
    key: 'Ctrl+Enter',
    text: 'the whole lineage is right, or open again',
    picks: none,
    prompt: '',
    advance: 0,
    command: (data, node, _, marks) => {
      const lineage = nodeRef(data, node);
      return { do: 'verify', what: { lineage }, on: !marks.frozen.has(lineage) };
    },
  },
];

/** Moves the division that a cell ends or began with by a frame. */
function shift(data: Dataset, node: number, by: 1 | -1): Command | string {
  const division = divisionAt(data, node);
  if (division === null) return 'no division begins or ends this track';
  const { nodes } = data;
  const { parent } = division;
  const away = (v: number): number =>
    Math.hypot(
      nodes.x[v]! - nodes.x[parent]!,
      nodes.y[v]! - nodes.y[parent]!,
      nodes.z[v]! - nodes.z[parent]!,
    );
  const [a, b] = [nodes.childA[parent]!, nodes.childB[parent]!];
  // The daughter that is farther away is the one that moves: the other is taken for the cell itself.
  const daughter = nodeRef(data, away(b) > away(a) ? b : a);
  return { do: 'shift-division', parent: nodeRef(data, parent), by, daughter, hide: by > 0 };
}

/** Says how a track ends; the same once more takes it back. */
function endOf(data: Dataset, node: number, kind: EndKind, marks: Marks): Command | string {
  const end = lastNode(data.branches, data.nodes.tracklet[node]! - 1);
  if (data.nodes.childA[end]! >= 0) return 'this track ends in a division';
  const ref = nodeRef(data, end);
  return { do: 'end', node: ref, kind: marks.ends.get(ref) === kind ? null : kind };
}
