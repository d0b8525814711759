import { firstNode, rootsOf } from '../data/branches.ts';
import type { BranchMove } from '../data/moveBranches.ts';
import type { Dataset } from '../data/types.ts';
import { colourLineages } from '../image/colouring.ts';
import { LINEAGE_DARK } from '../image/palette.ts';
import { layoutTree, rootsBySize, type TreeLayout } from './leafOrder.ts';
import { relayout } from './relayout.ts';

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
  /** Puts the trees into the order of their founders, once; they keep it as they kept the one before. */
  sort(founders: ArrayLike<number>): void;
  /** Rows have moved: `newOf[old row]` is the new row, -1 = gone. */
  moveRows(newOf: Int32Array): void;
  /** Branches have moved; null = any of them may be another. */
  moveBranches(move: BranchMove | null): void;
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
  // The arrangement before: lineage of every node then; by lineage, the place of its tree and its colour. Lineage 0
  // stands for nodes that were not there.
  let old: { lineage: Int32Array; places: Int32Array; colours: Uint8Array } | null = null;
  // The layout before, and what became of its branches; null = that is not known.
  let laidOut: { layout: TreeLayout; move: BranchMove | null } | null = null;

  function keep(roots: Int32Array, colours: Uint8Array): void {
    const places = new Int32Array(data.nLineages + 1);
    places[0] = branches.count;
    roots.forEach((b, k) => {
      places[branches.lineage[b]!] = k;
    });
    // On the same memory: this is the largest column that an edit copies.
    const lineage = old?.lineage.length === nodes.count ? old.lineage : new Int32Array(nodes.count);
    lineage.set(nodes.lineage);
    old = { lineage, places, colours };
  }

  function again({ lineage: before, places, colours: known }: NonNullable<typeof old>): {
    roots: Int32Array;
    colours: Uint8Array;
  } {
    const lineageBefore = (b: number): number => before[firstNode(branches, b)]!;
    const { lineage } = branches;
    const roots = inOrder(rootsOf(branches), (b) => places[lineageBefore(b)]!);
    const colours = new Uint8Array(data.nLineages + 1);
    roots.forEach((b, k) => {
      const cut = k > 0 && places[lineageBefore(roots[k - 1]!)] === places[lineageBefore(b)];
      const own = known[lineageBefore(b)]!;
      colours[lineage[b]!] = cut ? (own + 1) % LINEAGE_DARK.length : own;
    });
    return { roots, colours };
  }

  return {
    arrange() {
      const roots = old === null ? rootsBySize(branches, rootsOf(branches)) : null;
      const order = (): number[] => Array.from(roots!, (b) => branches.lineage[b]!);
      const next = old === null ? { roots: roots!, colours: colourLineages(data, order()) } : again(old);
      keep(next.roots, next.colours);
      const layout = laidOut?.move
        ? relayout(laidOut.layout, branches, next.roots, laidOut.move)
        : layoutTree(branches, next.roots);
      laidOut = { layout, move: null };
      return { layout, colours: next.colours };
    },
    sort(founders) {
      if (old === null) return;
      const places = new Int32Array(data.nLineages + 1);
      places[0] = branches.count;
      for (let k = 0; k < founders.length; k++) places[branches.lineage[founders[k]!]!] = k;
      old = { ...old, places };
      laidOut = null;
    },
    moveBranches(move) {
      // Two steps at once are not followed.
      if (laidOut !== null) laidOut = move === null || laidOut.move ? null : { ...laidOut, move };
    },
    moveRows(newOf) {
      if (old === null) return;
      const before = old.lineage;
      const lineage = new Int32Array(nodes.count);
      newOf.forEach((row, from) => {
        if (row >= 0) lineage[row] = before[from]!;
      });
      old = { ...old, lineage };
    },
  };
}
