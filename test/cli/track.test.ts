import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createMovieArrays,
  resolveOptions,
  simulateLife,
  writeMovieFrames,
} from '../../datasets/simulator/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { contentOf, here, run, simulate } from './morula.ts';

const folder = tempFolder();
const result = join(folder, 'whole');
let movie: string;
let first: Awaited<ReturnType<typeof run>>;

beforeAll(async () => {
  movie = await simulate(folder, 'a');
  first = await run('track', movie, '-o', result);
});

const head = (path: string): string => readFileSync(join(result, path), 'utf8').split('\n')[0]!;
const json = (path: string): unknown => JSON.parse(readFileSync(join(result, path), 'utf8'));
const times = (): number[] =>
  [0, 1, 2].map((t) => statSync(join(result, `labels/cells/0/c/${t}/0/0`)).mtimeMs);

describe('track', () => {
  it('ends well and says what it found and where', () => {
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^movie {7}a: 3 frames of \d+ x \d+ px, 0\.65 um\/px, every 5 min$/m);
    expect(first.stdout).toMatch(/^segmented {3}3 frames in /m);
    expect(first.stdout).toMatch(/^cells {7}\d+ detections, about \d+ in a frame$/m);
    expect(first.stdout).toContain(join(result, 'tables'));
    expect(first.stdout).toMatch(/^see it {6}morula view /m);
    expect(first.stderr).toBe('');
  });

  it('writes every part of the result folder, and no leftovers', () => {
    expect(readdirSync(result).sort()).toEqual([
      'README.txt',
      'certainty.bin',
      'frames',
      'labels',
      'links.bin',
      'links.json',
      'motion.bin',
      'run.json',
      'tables',
      'tracks.geff',
    ]);
    const leftovers = readdirSync(result, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.tmp'),
    );
    expect(leftovers).toEqual([]);
  });

  it('heads the tables as the contract says', () => {
    expect(head('tables/nodes.csv')).toBe(
      'node,frame,time_s,z_um,y_um,x_um,label,tracklet,lineage,parent,prob,area_um2,radius_um,mean_intensity_c0,touches_border,rescued',
    );
    expect(head('tables/tracklets.csv')).toBe(
      'tracklet,lineage,parent_tracklet,first_frame,last_frame,duration_s,n_nodes,n_daughters,displacement_um,mean_speed_um_per_s,confidence',
    );
    expect(head('tables/divisions.csv')).toBe(
      'parent_node,daughter_a,daughter_b,frame,time_s,prob,axis_z,axis_y,axis_x,angle_deg,cell_cycle_s',
    );
    expect(head('tables/counts.csv')).toBe('frame,time_s,n_cells,n_divisions,n_appearing,n_disappearing');
  });

  it('remembers movie, model, settings and states in run.json', () => {
    expect(json('run.json')).toMatchObject({
      format: 'morula-result',
      version: 1,
      movie: { path: movie, name: 'a', ndim: 2, nFrames: 3, voxelSize: [1, 0.65, 0.65], timeStep: 300 },
      segment: {
        kind: 'network',
        model: expect.stringMatching(/^nuclei-2d(-fast)?$/),
        modelDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      link: { kind: 'global', maxDistance: null, maxFrameInterval: 2, divisions: true, motion: 'auto' },
      stages: { segment: 'done', link: 'done' },
      summary: { frames: 3 },
    });
  });

  it('writes labels as OME-Zarr 0.5 and the graph as GEFF', () => {
    expect(json('labels/cells/zarr.json')).toMatchObject({
      zarr_format: 3,
      attributes: { ome: { version: '0.5', multiscales: [{ datasets: [{ path: '0' }] }] } },
    });
    expect(json('tracks.geff/.zattrs')).toMatchObject({
      geff: {
        geff_version: expect.stringMatching(/^1\./),
        directed: true,
        node_props_metadata: { seg_id: {}, tracklet: {}, lineage: {}, radius: {}, prob: {} },
        edge_props_metadata: { frame_interval: {} },
      },
    });
  });

  it('gives each cell of the tables its label in the image', async () => {
    const info = await here('info', result, '--json');
    const rows = readFileSync(join(result, 'tables/nodes.csv'), 'utf8').trim().split('\n').length - 1;
    expect(JSON.parse(info.stdout)).toMatchObject({
      kind: 'result',
      missing: 0,
      run: { summary: { detections: rows } },
    });
  });

  it('computes nothing when everything stands', async () => {
    const before = [contentOf(result), times()];
    const { code, stdout } = await here('track', movie, '-o', result, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ segmented: 0, kept: 3, network_seconds: 0 });
    expect([contentOf(result), times()]).toEqual(before);
    expect((await here('track', movie, '-o', result)).stdout).toMatch(/\(everything stood already\)$/m);
  });

  it('segments nothing anew when only the linking changes, and links back to the same tables', async () => {
    const [before, at] = [contentOf(result), times()];
    const changed = await here('track', movie, '-o', result, '--json', '--max-frame-interval', '1');
    expect(JSON.parse(changed.stdout)).toMatchObject({ segmented: 0, kept: 3 });
    expect(json('run.json')).toMatchObject({ link: { maxFrameInterval: 1 } });
    await here('link', result);
    expect([contentOf(result), times()]).toEqual([before, at]);
  });

  it.each(['tables/nodes.csv', 'links.bin', 'tracks.geff/.zattrs'])(
    'writes %s again when it is gone or cut',
    async (path) => {
      const before = contentOf(result);
      truncateSync(join(result, path), 10);
      expect((await here('track', movie, '-o', result)).code).toBe(0);
      expect(contentOf(result)).toEqual(before);
      rmSync(join(result, path));
      expect((await here('link', result)).code).toBe(0);
      expect(contentOf(result)).toEqual(before);
    },
  );

  it('does again the frame whose labels are gone, and no other', async () => {
    const before = contentOf(result);
    rmSync(join(result, 'labels/cells/0/c/1/0/0'));
    const { stdout } = await here('track', movie, '-o', result, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ segmented: 1, kept: 2 });
    expect(contentOf(result)).toEqual(before);
  });

  it('gives byte for byte the same in slices, in any order, linked afterwards', async () => {
    const sliced = join(folder, 'sliced');
    const late = await here('segment', movie, '-o', sliced, '--frames', '2:3', '--json', '--workers', '1');
    expect(JSON.parse(late.stdout)).toMatchObject({ frames: 1, segmented: 1, kept: 0 });
    const unfinished = await here('link', sliced);
    expect(unfinished.code).toBe(65);
    expect(unfinished.stderr).toMatch(
      /^morula: store: frame 0 of .* is not segmented; the command that makes it whole is named by: morula verify /,
    );
    await here('segment', movie, '-o', sliced, '--frames', '0:2', '--workers', '1');
    expect((await here('link', sliced)).code).toBe(0);
    const [ours, theirs] = [contentOf(sliced), contentOf(result)];
    expect(ours).toEqual(theirs);
  });

  it('lets two slices start the same folder at once', async () => {
    const both = join(folder, 'both');
    const ends = await Promise.all(
      ['0:2', '2:3'].map((frames) =>
        run('segment', movie, '-o', both, '--frames', frames, '--workers', '1', '--json'),
      ),
    );
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(JSON.parse((await here('segment', movie, '-o', both, '--json')).stdout)).toMatchObject({
      segmented: 0,
      kept: 3,
    });
  });

  it('writes the labels as OME-Zarr 0.4 on request', async () => {
    const old = join(folder, 'old');
    const { code } = await here(
      'segment',
      movie,
      '-o',
      old,
      '--ome-zarr',
      '0.4',
      '--frames',
      '0:1',
      '--workers',
      '1',
    );
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(old, 'labels/cells/.zattrs'), 'utf8'))).toMatchObject({
      'image-label': { version: '0.4' },
    });
    expect(existsSync(join(old, 'labels/cells/0/0/0/0'))).toBe(true);
  });

  it('takes the built-in 3D model for volumes', async () => {
    const stack = join(folder, 'stack.ome.zarr');
    const options = resolveOptions({ preset: '3d', size: [24, 96, 96], cells: 2, frames: 1 });
    await createMovieArrays(stack, options);
    await writeMovieFrames(simulateLife(options), stack, options, [0, 1]);
    const out = join(folder, 'stack.morula');
    const { stdout, stderr } = await here('segment', stack, '-o', out, '--workers', '1', '--quiet', '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ segmented: 1, detections: 2 });
    expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({
      segment: { model: 'nuclei-3d' },
    });
  });

  it('refuses another movie with the same metadata, and starts anew with --overwrite', async () => {
    const other = await simulate(folder, 'b', 3, 3, 2);
    const again = join(folder, 'again');
    await here('segment', movie, '-o', again, '--frames', '0:1', '--workers', '1');
    const refused = await here('track', other, '-o', again);
    expect(refused.code).toBe(78);
    expect(refused.stderr).toBe(
      `morula: store: ${again} was made with other settings (movie: ${movie} -> ${other}); use --overwrite to start anew, or another -o\n`,
    );
    const anew = await here(
      'segment',
      other,
      '-o',
      again,
      '--frames',
      '0:1',
      '--overwrite',
      '--json',
      '--workers',
      '1',
    );
    expect(JSON.parse(anew.stdout)).toMatchObject({ segmented: 1, kept: 0 });
  });

  it('refuses a result that a living run holds', async () => {
    const lock = join(result, 'run.lock');
    writeFileSync(lock, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    const { code, stderr } = await here('track', movie, '-o', result);
    rmSync(lock);
    expect(code).toBe(75);
    expect(stderr).toMatch(
      /^morula: store: .* is in use by process 1 on elsewhere; wait for it, or remove .*\n$/,
    );
  });
});
