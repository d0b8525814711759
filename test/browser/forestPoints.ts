import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeForest } from '../viewer/forest.ts';
import { runMorula } from './page.ts';

/** Bytes of text that are kept before they are written. */
const PART = 1 << 22;

/** A result of points with so many branches, in trees of about 500, in a folder that `end` removes. */
export async function forestResult(branches: number): Promise<{ result: string; end(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-forest-'));
  const points = join(folder, 'forest.csv');
  const forest = makeForest(branches, 1, 500);
  const last = new Int32Array(branches);
  let id = 0;
  let text = 'id,t,x,y,z,radius,parent\n';
  writeFileSync(points, '');
  for (let b = 0; b < branches; b++) {
    let from = forest.parent[b]! < 0 ? -1 : last[forest.parent[b]!]!;
    const [x, y] = [((37 * forest.lineage[b]!) % 4000) + 8 * (b % 50), Math.floor(b / 50) % 4000];
    for (let t = forest.t0[b]!; t <= forest.t1[b]!; t++) {
      text += `${++id},${t},${x},${y},0,3,${from}\n`;
      from = id;
    }
    last[b] = from;
    if (text.length < PART && b < branches - 1) continue;
    appendFileSync(points, text);
    text = '';
  }
  const result = join(folder, 'forest.morula');
  await runMorula('import', points, '-o', result, '--quiet');
  return { result, end: () => rmSync(folder, { recursive: true, force: true }) };
}
