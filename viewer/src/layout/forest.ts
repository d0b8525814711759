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
    rank = Int32Array.from(nodes.lineage, (lineage) => places[lineage]!);
    colour = Uint8Array.from(nodes.lineage, (lineage) => colours[lineage]!);
  }

  function again(old: Int32Array): { roots: Int32Array; colours: Uint8Array } {
    const founder = (b: number): number => firstNode(branches, b);
    const { t0, lineage } = branches;
    const roots = rootsOf(branches).sort(
      (a, b) => old[founder(a)]! - old[founder(b)]! || t0[a]! - t0[b]! || a - b,
    );
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
