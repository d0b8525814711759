import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNames, newickTrees, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import type { Lineage } from '../../src/lineage/types.ts';
import {
  arbitraryLineage,
  crossing,
  divisionAfterGap,
  emptyMovie,
  loneDetection,
  makeDetections,
  makeLinks,
  twoGenerations,
} from '../cases/index.ts';
import { withFolder } from './helpers.ts';

const lineageOf = ({ detections, links }: Pick<Lineage, 'detections' | 'links'>): Lineage =>
  buildLineage(detections, links);

/** Way from the root to every tip by name, and the number of tips; a reader of Newick of its own. */
function tipsOf(tree: string): Map<string, number> {
  const tips = new Map<string, number>();
  const read = (text: string): [string, number][] => {
    // One subtree: "(a,b)name:length" or "name:length"; returns its tips with their way, its own branch included.
    const [, inner, name, length] = /^(?:\((.*)\))?([^():,]+):([\d.e+-]+)$/.exec(text) ?? [];
    if (inner === undefined) return [[name, Number(length)]];
    const parts: string[] = [];
    let depth = 0;
    let part = '';
    for (const sign of inner) {
      depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
      if (sign === ',' && depth === 0) {
        parts.push(part);
        part = '';
      } else part += sign;
    }
    return [...parts, part].flatMap((child) => {
      return read(child).map(([tip, way]): [string, number] => [tip, way + Number(length)]);
    });
  };
  for (const [tip, way] of read(tree.trim().replace(/;$/, ''))) tips.set(tip, way);
  return tips;
}

describe('newickTrees', () => {
  it.each([
    ['no tree for an empty movie', emptyMovie, []],
    ['a lone cell', loneDetection, ['T1:0;\n']],
    ['one tree a founder', crossing, ['T1:40;\n', 'T2:40;\n']],
    ['a gap inside a branch', divisionAfterGap, ['(T2:20,T3:20)T1:30;\n']],
    ['two generations', twoGenerations, ['((T4:20,T5:20)T2:20,T3:40)T1:10;\n']],
  ])('writes %s', (_name, movie, trees) => {
    expect([...newickTrees(lineageOf(movie), 10)]).toEqual(trees);
  });

  it('quotes names where they must be', () => {
    const names = ["it's", 'AB.a', '', 'a b', '(x)'];
    const trees = newickTrees(lineageOf(twoGenerations), 1, (tracklet) => names[tracklet - 1]);
    expect([...trees]).toEqual(["(('a b':2,'(x)':2)AB.a:2,'':4)'it''s':1;\n"]);
  });

  it('has ways from root to tip as long as the time between them', () => {
    fc.assert(
      fc.property(arbitraryLineage, fc.constantFrom(1, 0.5, 300), (movie, step) => {
        const lineage = lineageOf(movie);
        const { t } = lineage.detections;
        const { parent, daughterA, firstNode, lastNode, lineage: number, count } = lineage.tracklets;
        const start = new Map<number, number>();
        const expected = new Map<string, number>();
        for (let k = 0; k < count; k++) if (parent[k] === 0) start.set(number[k], t[firstNode[k]]);
        for (let k = 0; k < count; k++) {
          if (daughterA[k] === 0) expected.set(`T${k + 1}`, (t[lastNode[k]] - start.get(number[k])!) * step);
        }
        const trees = [...newickTrees(lineage, step)];
        expect(trees.length).toBe(lineage.nLineages);
        expect(new Map(trees.flatMap((tree) => [...tipsOf(tree)]))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('goes through a lineage of 5,000 generations', () => {
    const n = 5000;
    const rows = Array.from({ length: 2 * n + 1 }, (_, i) => ({ t: (i + 1) >> 1, x: i, y: 0 }));
    const links = makeLinks(
      Array.from({ length: 2 * n }, (_, i) => [i < 2 ? 0 : ((i - 2) >> 1) * 2 + 1, i + 1]),
    );
    const [tree] = newickTrees(buildLineage(makeDetections(rows), links), 1);
    expect(tree.split('(').length - 1).toBe(n);
    expect(tree.endsWith('T1:0;\n')).toBe(true);
  });
});

describe('writeTracks newick', () => {
  it('writes a tree a line in seconds, and says what is lost', async () => {
    await withFolder(async (folder) => {
      const context = { name: 'm', voxelSize: [1, 1, 1] as const, timeStep: 300 };
      const { notes } = await writeTracks('newick', lineageOf(crossing), context, join(folder, 't.nwk'));
      expect(await readFile(join(folder, 't.nwk'), 'utf8')).toBe('T1:1200;\nT2:1200;\n');
      expect(notes[0]).toMatch(/no positions, frames or gaps/);
    });
  });

  it('is not among the formats that are read', () => {
    expect(formatNames('read')).not.toContain('newick');
  });
});
