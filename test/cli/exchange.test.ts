import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../helpers/tempFolder.ts';
import { contentOf, here, simulate } from './morula.ts';

const folder = tempFolder();
const result = join(folder, 'whole');
const truth = join(folder, 'a_GT');
const points = join(folder, 'a.points.csv');
let movie: string;

beforeAll(async () => {
  // 12 frames, so that a cell divides.
  movie = await simulate(folder, 'a', 12, 3);
  await here('track', movie, '-o', result, '--quiet');
});

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await here(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.endsWith('\n')).toBe(true);
  return JSON.parse(stdout) as Record<string, unknown>;
}
const table = (name: string, ...path: string[]): string[] =>
  readFileSync(join(folder, ...path, 'tables', `${name}.csv`), 'utf8')
    .trim()
    .split('\n');
const header = (format: string): string => `${format} of the points`;

describe('score', () => {
  it('finds the truth by masks and by points, and nearly so the result', async () => {
    const self = await json('score', truth, '--truth', truth);
    expect(self).toMatchObject({
      DET: 1,
      TRA: 1,
      LNK: 1,
      matched_by: 'masks',
      counts: { FN: 0, FP: 0, EA: 0 },
    });
    const ours = await json('score', result, '--truth', truth);
    expect(ours.DET).toBeGreaterThan(0.9);
    expect(ours.n_truth_nodes).toBe(self.n_truth_nodes);
    const byPoints = await json('score', result, '--truth', points);
    expect(byPoints).toMatchObject({ matched_by: 'points', n_truth_nodes: self.n_truth_nodes });
    expect(byPoints.DET).toBeGreaterThan(0.9);
  });

  it('says what a field of interest sets aside, and refuses one for points', async () => {
    const scores = await json('score', result, '--truth', truth, '--field-of-interest', '1000');
    expect(scores).toMatchObject({ n_truth_nodes: 0, n_result_nodes: 0, DET: null });
    const { stdout } = await here('score', result, '--truth', truth, '--field-of-interest', '4');
    expect(stdout).toMatch(
      /^field {7}wholly within 4 pixels of the image edge: \d+ in the truth and \d+ in the result set aside$/m,
    );
    const points4 = await here('score', result, '--truth', points, '--field-of-interest', '4');
    expect([points4.code, points4.stdout]).toEqual([64, '']);
  });

  it('scores against a truth that holds some cells alone', async () => {
    // Half of the lineages: the rows that descend from founders with an even id.
    const [head, ...rows] = readFileSync(points, 'utf8').trim().split('\n');
    const cells = rows.map((row) => row.split(','));
    const founder = new Map<string, string>();
    for (const [id, , , , , , parent] of cells) founder.set(id!, founder.get(parent!) ?? id!);
    const known = cells.filter(([id]) => Number(founder.get(id!)) % 2 === 0);
    const some = join(folder, 'some.csv');
    writeFileSync(some, `${[head, ...known.map((row) => row.join(','))].join('\n')}\n`);
    expect(known.length).toBeLessThan(cells.length);
    const args = ['score', points, '--truth', some, '--sparse'];
    const { sparse, n_truth_nodes } = await json(...args, '--estimated-nodes', String(cells.length));
    expect(n_truth_nodes).toBe(known.length);
    expect(sparse).toMatchObject({ edge_jaccard: 1, adjusted_edge_jaccard: 1, node_recall: 1 });
    expect((await here(...args)).stdout).toMatch(/^edges {7}1\.0000 {3}right \d+, extra 0, missed 0$/m);
    const { code, stderr } = await here('score', points, '--truth', some, '--estimated-nodes', '9');
    expect([code, stderr]).toEqual([64, expect.stringMatching(/must stand beside --sparse/)]);
  });

  it('prints a table of words without --json', async () => {
    const { stdout } = await here('score', result, '--truth', truth);
    expect(stdout).toMatch(/^DET {9}\d\.\d{4} {3}missed \d+, extra \d+, merged \d+$/m);
  });
});

describe('import', () => {
  it('makes a result of points, with the links that they name', async () => {
    const target = join(folder, 'points');
    const { detections, links } = await json('import', points, '-o', target);
    const rows = readFileSync(points, 'utf8').trim().split('\n').slice(1);
    expect(detections).toBe(rows.length);
    expect(links).toBe(rows.filter((row) => !row.endsWith(',-1')).length);
    expect(table('nodes', 'points').length).toBe(rows.length + 1);
    expect(existsSync(join(target, 'labels'))).toBe(false);
    expect(await json('score', target, '--truth', points)).toMatchObject({ DET: 1, LNK: 1 });
  });

  it('makes a result of masks, whose labels it keeps', async () => {
    const target = join(folder, 'masks');
    await json('import', truth, '-o', target, '--pixel-size', '0.65,0.65', '--time-step', '300');
    expect(await json('score', target, '--truth', truth)).toMatchObject({ DET: 1, TRA: 1, LNK: 1 });
    expect(JSON.parse(readFileSync(join(target, 'run.json'), 'utf8'))).toMatchObject({
      hasLabels: true,
      movie: { path: null, voxelSize: [1, 0.65, 0.65], timeStep: 300 },
      segment: { kind: 'import', model: 'ctc' },
    });
  });

  it('takes pixel size, time step and picture from the movie', async () => {
    const target = join(folder, 'with-movie');
    await json('import', truth, '-o', target, '--movie', movie);
    expect(JSON.parse(readFileSync(join(target, 'run.json'), 'utf8'))).toMatchObject({
      movie: { path: movie, voxelSize: [1, 0.65, 0.65], timeStep: 300 },
    });
  });

  it('drops the links on request, so that a linker can be judged', async () => {
    const target = join(folder, 'detections');
    expect(await json('import', points, '-o', target, '--detections-only')).toMatchObject({ links: 0 });
    expect(existsSync(join(target, 'tables'))).toBe(false);
    const linked = await json('link', target);
    expect(linked.links).toBeGreaterThan(0);
    expect((await json('score', target, '--truth', points)).LNK).toBeGreaterThan(0.9);
  });

  it('comes to the same when it is run again, and refuses other tracks', async () => {
    const target = join(folder, 'twice');
    await json('import', points, '-o', target);
    const before = contentOf(target);
    await json('import', points, '-o', target);
    expect(contentOf(target)).toEqual(before);
    const other = join(folder, 'other.csv');
    writeFileSync(other, 'id,t,x,y,z,radius,parent\n0,0,1,1,0,1,-1\n1,11,2,2,0,1,0\n');
    const refused = await here('import', other, '-o', target);
    expect(refused.code).toBe(78);
    expect(refused.stderr).toMatch(
      /^morula: store: .* was made with other settings \(.*other tracks.*\); use --overwrite/,
    );
    expect(contentOf(target)).toEqual(before);
  });

  it.each([
    ['an empty table', 'id,t,x,y,z,radius,parent\n'],
    ['a table without positions', 'id,t\n0,0\n'],
    ['a position that is no number', 'id,t,x,y,z,radius,parent\n0,0,one,1,0,1,-1\n'],
  ])('says what is wrong with %s, and makes nothing', async (name, text) => {
    const path = join(folder, `${name}.csv`);
    writeFileSync(path, text);
    const { code, stderr } = await here('import', path, '-o', join(folder, `of ${name}`));
    expect(code).toBe(65);
    expect(stderr).toMatch(/^morula: [^\n]+\n$/);
    expect(existsSync(join(folder, `of ${name}`))).toBe(false);
  });
});

describe('export', () => {
  it('writes the tables of the result as csv', async () => {
    const target = join(folder, 'tables-out');
    await json('export', result, '--format', 'csv', '-o', target);
    const text = (...path: string[]): string => readFileSync(join(...path), 'utf8');
    const tables = ['counts.csv', 'divisions.csv', 'nodes.csv', 'tracklets.csv'];
    expect(readdirSync(target).sort()).toEqual(['README.txt', ...tables]);
    for (const name of tables) expect(text(target, name)).toBe(text(result, 'tables', name));
    expect(text(target, 'README.txt')).toBe(text(result, 'README.txt').replaceAll('tables/', ''));
  });

  it.each(['geff', 'ctc', 'csv'])(
    'writes %s that scores as the result does, and imports again',
    async (format) => {
      const name = format === 'csv' ? 'out.csv' : `out-${format}`;
      const target = join(folder, name);
      const { paths } = await json('export', result, '--format', format, '-o', target);
      expect(paths).toEqual(expect.arrayContaining([expect.stringContaining(name)]));
      const scores = await json('score', target, '--truth', truth);
      const ours = await json('score', result, '--truth', truth);
      expect(scores.n_result_nodes).toBeGreaterThanOrEqual(Number(ours.n_result_nodes));
      const back = join(folder, `back-${format}`);
      const size = format === 'ctc' ? ['--pixel-size', '0.65,0.65', '--time-step', '300'] : [];
      await json('import', target, '-o', back, ...size);
      expect(table('nodes', `back-${format}`).length, header(format)).toBeGreaterThanOrEqual(
        table('nodes', 'whole').length,
      );
    },
  );

  it('says what the format does not hold', async () => {
    const { stdout } = await here('export', result, '--format', 'newick', '-o', join(folder, 'trees.nwk'));
    expect(stdout).toMatch(/^written {5}.*trees\.nwk$/m);
    expect(stdout).toMatch(/^note {8}newick: a tree holds who divides .*; no positions, frames or gaps$/m);
    expect(stdout).toMatch(/^note {8}newick: not held by the format: .*probabilities and costs of links$/m);
  });

  it('says that a result must be linked first', async () => {
    const unlinked = join(folder, 'unlinked');
    await here('import', points, '-o', unlinked, '--detections-only');
    const { code, stderr } = await here('export', unlinked, '--format', 'geff', '-o', join(folder, 'x'));
    expect(code).toBe(65);
    expect(stderr).toBe(`morula: store: ${unlinked} is not linked yet; run: morula link ${unlinked}\n`);
  });
});

describe('info', () => {
  it('describes a movie', async () => {
    expect(await json('info', movie)).toMatchObject({
      kind: 'movie',
      info: { name: 'a', ndim: 2, nFrames: 12 },
    });
    const { stdout } = await here('info', movie);
    expect(stdout).toMatch(/^frames {6}12, every 5 min$/m);
    expect(stdout).toMatch(/^pixel size {2}0\.65 x 0\.65 um \(y x\)$/m);
  });

  it('describes a result, whole or half done', async () => {
    expect((await here('info', result)).stdout).toMatch(
      /^segmented {3}all frames, nuclei-2d(-fast)? \(prob /m,
    );
    const half = join(folder, 'half');
    await here('segment', movie, '-o', half, '--frames', '0:2', '--workers', '1');
    const { stdout } = await here('info', half);
    expect(stdout).toMatch(/^segmented {3}2 of 12 frames, /m);
    expect(stdout).toContain('not linked yet: morula link ');
    expect(stdout).not.toContain('tables');
  });

  it('describes a folder of the Cell Tracking Challenge, and what breaks its rules', async () => {
    expect(await json('info', truth)).toMatchObject({ kind: 'ctc', findings: [] });
    const broken = join(folder, 'broken_GT');
    cpSync(truth, broken, { recursive: true });
    writeFileSync(join(broken, 'TRA', 'man_track.txt'), '1 0 11 9\n');
    const { code, stdout } = await here('info', broken);
    expect(code).toBe(0);
    expect(stdout).toContain('parent 9 must be a label of the file, there is none');
    expect(stdout).toMatch(/^broken {6}/m);
  });

  it.each([
    ['geff', 'micrometres', 'GEFF 1.x lineage graph (zarr)', 'every 5 min'],
    ['trackmate', 'micrometres', 'TrackMate session (XML)', 'every 5 min'],
    ['napari', 'pixels', 'napari tracks (CSV) and graph (JSON)', 'time step not known'],
  ])('describes tracks in %s', async (format, unit, title, time) => {
    const path = join(folder, `told ${format}.${format === 'napari' ? 'csv' : format}`);
    await here('export', result, '--format', format, '-o', path);
    const found = await json('info', path);
    expect(found).toMatchObject({ kind: 'tracks', format, frames: 12, ndim: 2 });
    expect(Number(found.cells)).toBeGreaterThan(Number(found.links));
    const { stdout } = await here('info', path);
    for (const part of [`: ${title}\n`, `frames      12, ${time}\n`, `lengths     ${unit}\n`])
      expect(stdout).toContain(part);
    expect(stdout).toContain(`import it   morula import '${path}'`);
  });

  it('describes the built-in models', async () => {
    const { stdout } = await here('models');
    expect(stdout).toMatch(/^nuclei-2d {8}StarDist 2D, 32 rays, grid 2 x 2/m);
    expect(stdout).toMatch(/^nuclei-2d-fast {3}StarDist 2D, 32 rays, grid 2 x 2/m);
    expect(stdout).toMatch(/^nuclei-3d {8}StarDist 3D, 64 rays, grid 1 x 2 x 2/m);
  });
});
