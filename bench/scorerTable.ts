import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkDetections } from '../src/link/index.ts';
import { EDGE_FEATURES } from '../src/link/scorer/edgeFeatures.ts';
import { PAIR_FEATURES } from '../src/link/scorer/pairFeatures.ts';
import type { Scorer } from '../src/link/scorer/types.ts';
import { allLessons, type Lesson, type Movie } from './scorerMovies.ts';

type Column = Float32Array | Int32Array;

/** A scorer that answers what the linker thinks anyway, and keeps every question with the truth about it. */
function recorder({ detections, links }: Movie): { scorer: Scorer; blocks: Record<string, Column>[] } {
  const blocks: Record<string, Column>[] = [];
  const parent = new Int32Array(detections.count).fill(-1);
  const nOut = new Int32Array(detections.count);
  for (let k = 0; k < links.count; k++) {
    if (detections.t[links.target[k]] !== detections.t[links.source[k]] + 1) continue;
    parent[links.target[k]] = links.source[k];
    nOut[links.source[k]]++;
  }
  const scorer: Scorer = async ({
    candidates,
    costs,
    edges,
    pairs,
    edgeFeatures,
    pairFeatures,
    firstRow,
  }) => {
    const { pairA, pairB } = candidates;
    const source = Int32Array.from(edges, (k) => candidates.source[k] + firstRow);
    const target = Int32Array.from(edges, (k) => candidates.target[k] + firstRow);
    const at = new Map(Array.from(edges, (k, i) => [k, i]));
    const isTrue = (k: number): boolean =>
      parent[candidates.target[k] + firstRow] === candidates.source[k] + firstRow;
    blocks.push({
      edgeFeatures,
      pairFeatures,
      source,
      target,
      edgeTrue: Int32Array.from(edges, (k) => (isTrue(k) ? 1 : 0)),
      outOfSource: source.map((u) => nOut[u]),
      intoTarget: target.map((v) => (parent[v] >= 0 ? 1 : 0)),
      pairA: pairs.map((p) => at.get(pairA[p]) as number),
      pairB: pairs.map((p) => at.get(pairB[p]) as number),
      pairTrue: pairs.map((p) => (isTrue(pairA[p]) && isTrue(pairB[p]) ? 1 : 0)),
      frame: Int32Array.from(edges, (k) => detections.t[candidates.source[k] + firstRow]),
    });
    return {
      edge: Float32Array.from(edges, (k) => -costs.edge[k]),
      pair: Float32Array.from(pairs, (p) => -costs.pair[p]),
    };
  };
  return { scorer, blocks };
}

/** Columns of all blocks one after another; `pairA` and `pairB` count edges of the whole movie. */
function write(folder: string, { name, family }: Lesson, blocks: Record<string, Column>[]): void {
  let edges = 0;
  let pairs = 0;
  for (const block of blocks) {
    block.pairA = block.pairA.map((k) => k + edges);
    block.pairB = block.pairB.map((k) => k + edges);
    edges += block.source.length;
    pairs += block.pairA.length;
  }
  const columns = Object.keys(blocks[0] ?? {});
  const bytes = columns.flatMap((column) =>
    blocks.map((block) => {
      const { buffer, byteOffset, byteLength } = block[column];
      return new Uint8Array(buffer, byteOffset, byteLength);
    }),
  );
  writeFileSync(join(folder, `${name}.bin`), Buffer.concat(bytes));
  const about = { name, family, edges, pairs, columns, edgeNames: EDGE_FEATURES, pairNames: PAIR_FEATURES };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(about)}\n`);
}

/**
 * Writes the training table of the link scorer into a folder (`args`: the folder, then names of movies; all by default):
 * one `.json` (names and counts) and one `.bin` (columns, little-endian, see `write`) a movie. The features are those
 * that the linker itself asks a scorer with. Movies whose table stands are passed over.
 */
export async function run([folder, ...wanted]: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Error('usage: npm run bench -- scorerTable <folder> [name ...]');
  mkdirSync(folder, { recursive: true });
  for (const lesson of allLessons()) {
    if (wanted.length > 0 && !wanted.includes(lesson.name)) continue;
    if (existsSync(join(folder, `${lesson.name}.json`))) continue;
    const movie = lesson.make();
    const { scorer, blocks } = recorder(movie);
    await linkDetections(movie.detections, {
      linker: 'global',
      maxDistance: Number.NaN,
      maxFrameInterval: 1,
      divisions: true,
      scorer,
    });
    write(folder, lesson, blocks);
    console.log(`${lesson.name}: ${movie.detections.count} detections`);
  }
}
