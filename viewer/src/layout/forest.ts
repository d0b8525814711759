import { firstNode, rootsOf } from '../data/branches.ts';
import type { Dataset } from '../data/types.ts';
import { colourLineages } from '../image/colouring.ts';
import { LINEAGE_DARK } from '../image/palette.ts';
import { layoutTree, rootsBySize, type TreeLayout } from './leafOrder.ts';

/** All trees side by side, and the colours of their lineages (index = lineage number). */
interface Arranged {
  layout: TreeLayout;
  colours: Uint8Array;
}

/** Order and colour of the lineages, so that an edit moves as little as possible. */
export interface Forest {
  /**
   * Largest lineages first when the page opens; afterwards every founder keeps its place and its colour, and a new one
   * stands beside the tree that it was cut from.
   */
  arrange(): Arranged;
  /** Rows have moved: `newOf[old row]` is the new row, -1 = gone. */
  moveRows(newOf: Int32Array): void;
}

/** Branches in order of their ranks, equal ones as they come (by number, so by first frame): a counting sort. */
function inOrder(roots: Int32Array, rankOf: (b: number) => number): Int32Array {
  const ranks = roots.map(rankOf);
  const start = new Int32Array(ranks.reduce((most, r) => Math.max(most, r), 0) + 2);
  for (const r of ranks) start[r + 1]!++;
  for (let r = 1; r < start.length; r++) start[r]! += start[r - 1]!;
  const out = new Int32Array(roots.length);
  ranks.forEach((r, k) => {
    out[start[r]!++] = roots[k]!;
  });
  return out;
}

/** The forest of a dataset. */
export function createForest(data: Dataset): Forest {
  const { branches, nodes } = data;
  // Per node, of the arrangement before: place of its tree, and colour.
  let rank: Int32Array | null = null;
  let colour = new Uint8Array(0);

  function keep(roots: Int32Array, colours: Uint8Array): void {
    const places = new Int32Array(data.nLineages + 1);
    roots.forEach((b, k) => {
      places[branches.lineage[b]!] = k;
    });
    // Plain loops: this runs over all nodes after every edit, and `from` with a function is many times slower.
    if (rank?.length !== nodes.count)
      [rank, colour] = [new Int32Array(nodes.count), new Uint8Array(nodes.count)];
    for (let i = 0; i < nodes.count; i++) {
      rank[i] = places[nodes.lineage[i]!]!;
      colour[i] = colours[nodes.lineage[i]!]!;
    }
  }

  function again(old: Int32Array): { roots: Int32Array; colours: Uint8Array } {
    const founder = (b: number): number => firstNode(branches, b);
    const { lineage } = branches;
    const roots = inOrder(rootsOf(branches), (b) => old[founder(b)]!);
    const colours = new Uint8Array(data.nLineages + 1);
    roots.forEach((b, k) => {
      const cut = k > 0 && old[founder(roots[k - 1]!)] === old[founder(b)];
      const own = colour[founder(b)]!;
      colours[lineage[b]!] = cut ? (own + 1) % LINEAGE_DARK.length : own;
    });
    return { roots, colours };
  }

  return {
    arrange() {
      const roots = rank === null ? rootsBySize(branches, rootsOf(branches)) : null;
      const order = (): number[] => Array.from(roots!, (b) => branches.lineage[b]!);
      const next = rank === null ? { roots: roots!, colours: colourLineages(data, order()) } : again(rank);
      keep(next.roots, next.colours);
      return { layout: layoutTree(branches, next.roots), colours: next.colours };
    },
    moveRows(newOf) {
      if (rank === null) return;
      const [oldRank, oldColour] = [rank, colour];
      rank = new Int32Array(nodes.count).fill(branches.count);
      colour = new Uint8Array(nodes.count);
      newOf.forEach((row, old) => {
        if (row < 0) return;
        rank![row] = oldRank[old]!;
        colour[row] = oldColour[old]!;
      });
    },
  };
}
