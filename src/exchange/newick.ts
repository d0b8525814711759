import type { Lineage } from '../lineage/types.ts';
import { significant } from './csv.ts';
import { markNotes } from './marks.ts';
import { measureNotes } from './shortfalls.ts';
import { writeTextAtomic } from './textFile.ts';
import type { ExportContext, Exported } from './types.ts';

/** A label as Newick has it: in single quotes, inner ones doubled, where it holds a sign of the format or a blank. */
function newickLabel(name: string): string {
  return /[()[\]:;,'\s]/.test(name) || name === '' ? `'${name.replaceAll("'", "''")}'` : name;
}

/** Name of a tracklet; not a bare number, which many readers take for a support value. */
const trackletName = (tracklet: number): string => `T${tracklet}`;

/**
 * One tree a founder, in order of founders, as `(B:10,C:12)A:14;`. A node is a tracklet (single-child nodes, gaps too,
 * are inside it); its length runs from the parent's last frame to its own, a founder's from its first, times `step`:
 * the way from root to tip is the time from the founder's first frame to the tip's last. Daughters in order of their
 * numbers. O(n), with a stack of its own for deep trees.
 *
 * Source: Olsen 1990, "Newick's 8:45" tree format standard.
 *
 * @param step seconds (or another unit) a frame
 */
export function* newickTrees(
  lineage: Lineage,
  step: number,
  nameOf: (tracklet: number) => string = trackletName,
): Generator<string> {
  const { t } = lineage.detections;
  const { count, parent, daughterA, daughterB, firstNode, lastNode } = lineage.tracklets;
  const lengthOf = (k: number): string => {
    const begin = parent[k] > 0 ? lastNode[parent[k] - 1] : firstNode[k];
    return significant((t[lastNode[k]] - t[begin]) * step, 12);
  };
  for (let root = 0; root < count; root++) {
    if (parent[root] > 0) continue;
    const parts: string[] = [];
    // Texts to be written as they are, and tracklets (index) still to be opened; the top is next.
    const stack: (string | number)[] = [root];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (typeof next === 'string') {
        parts.push(next);
        continue;
      }
      const name = `${newickLabel(nameOf(next + 1))}:${lengthOf(next)}`;
      const daughters = [daughterA[next], daughterB[next]].filter((number) => number > 0);
      if (daughters.length === 0) parts.push(name);
      else {
        stack.push(`)${name}`);
        for (const number of daughters.toReversed()) stack.push(number - 1, ',');
        stack.pop();
        parts.push('(');
      }
    }
    yield `${parts.join('')};\n`;
  }
}

/** Writes one tree a founder, one a line, lengths in seconds (frames where their time is not known), cells by their names; see `newickTrees`. */
export async function writeNewick(path: string, lineage: Lineage, context: ExportContext): Promise<Exported> {
  const { timeStep, marks } = context;
  const nameOf = (number: number): string => marks?.names.get(number) ?? trackletName(number);
  const known = timeStep > 0;
  const unit = known ? `seconds (${timeStep} a frame)` : 'frames, whose time is not known';
  await writeTextAtomic(path, newickTrees(lineage, known ? timeStep : 1, nameOf));
  return {
    paths: [path],
    notes: [
      `newick: a tree holds who divides into whom and when, in ${unit}; no positions, frames or gaps`,
      ...measureNotes('newick', lineage, []),
      ...markNotes('newick', marks, ['name']),
    ],
  };
}
