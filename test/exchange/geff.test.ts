import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TypedArray } from '../../src/array/index.ts';
import { createArray, createGroup } from '../../src/codec/zarr/index.ts';
import { type ReadOptions, readGeff, readTracks, type Tracks, writeGeff } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { division, makeDetections, makeLinks, pairsOf } from '../cases/index.ts';
import { type Foreign, makeForeign, positions } from './foreignGeff.ts';
import { withFolder } from './helpers.ts';

const readForeign = (foreign?: Foreign, options?: ReadOptions): Promise<Tracks> =>
  withFolder(async (folder) => readGeff(await makeForeign(join(folder, 'a.geff'), foreign), options));

describe('readGeff', () => {
  it.each([
    [2, 'zstd'],
    [2, 'blosc'],
    [2, 'gzip'],
    [3, 'zstd'],
    [3, 'blosc'],
    [3, 'gzip'],
    [3, 'none'],
  ] as const)('reads zarr v%i with %s', async (zarrFormat, compression) => {
    const tracks = await readForeign({ zarrFormat, compression });
    expect(pairsOf(tracks.links)).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
    expect([...tracks.detections.x]).toEqual([5, 6, 7, 8]);
    expect([...tracks.sourceId]).toEqual([10, 20, 30, 40]);
    expect([tracks.ndim, tracks.nFrames, tracks.unit]).toEqual([2, 3, 'unknown']);
  });

  it('sorts nodes that come in any order', async () => {
    const props = { t: { values: [2, 0, 2, 1] }, y: { values: [3, 1, 4, 2] }, x: { values: [7, 5, 8, 6] } };
    const tracks = await readForeign({ ids: [30, 10, 40, 20], props });
    expect([...tracks.sourceId]).toEqual([10, 20, 30, 40]);
    expect(pairsOf(tracks.links)).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
  });

  it.each(['1.0', '1.2.0.1.1', '1.3.1.dev6+g61d5f18'])('takes version %s', async (geff_version) => {
    expect((await readForeign({ meta: { geff_version } })).detections.count).toBe(4);
  });

  it('takes the version from "version", and positions without axes', async () => {
    const meta = { geff_version: undefined, version: '1.0.0', axes: null };
    expect([...(await readForeign({ meta })).detections.y]).toEqual([1, 2, 3, 4]);
  });

  it('gives NaN where a value is missing, and leaves texts alone', async () => {
    const props = {
      ...positions,
      radius: { values: [1, 2, 3, 4], missing: [0, 1, 0, 0] },
      name: { values: ['a', 'b', 'c', 'd'], dtype: 'string' as const },
      seg_id: { values: [3, 3, 1, 2], dtype: 'int64' as const, missing: [0, 0, 0, 1] },
    };
    const { detections } = await readForeign({ props });
    expect([...detections.radius]).toEqual([1, Number.NaN, 4, 3]);
    expect([...detections.label]).toEqual([3, 3, 0, 1]);
  });

  it('turns units into micrometres and time in seconds into frames', async () => {
    const props = { ...positions, t: { values: [0, 90, 180, 180] } };
    const axes = [
      { name: 't', type: 'time', unit: 'second' },
      { name: 'y', type: 'space', unit: 'nanometer' },
      { name: 'x', type: 'space', unit: 'pixel', scale: 0.5, scaled_unit: 'micrometer', offset: 10 },
    ];
    const tracks = await readForeign({ props, meta: { axes } });
    expect([...tracks.detections.t]).toEqual([0, 1, 2, 2]);
    expect([tracks.timeStep, tracks.unit]).toEqual([90, 'micrometer']);
    expect(tracks.detections.y[3]).toBeCloseTo(0.004, 12);
    expect(tracks.detections.x[0]).toBe(12.5);
  });

  it('reads what the converter of geff makes of a TrackMate file in 2D', async () => {
    const props = {
      POSITION_X: positions.x,
      POSITION_Y: positions.y,
      POSITION_Z: { values: [0, 0, 0, 0] },
      POSITION_T: { values: [0, 300, 600, 600] },
      RADIUS: { values: [2, 2, 3, 4] },
      MASK_LABEL: { values: [3, 3, 1, 2], dtype: 'int64' as const },
      name: { values: ['ID10', 'a', 'ID3', 'ID40'], dtype: 'string' as const },
    };
    const axes = [
      { name: 'POSITION_X', type: 'space', unit: 'micron' },
      { name: 'POSITION_Y', type: 'space', unit: 'micron' },
      { name: 'POSITION_Z', type: 'space', unit: 'micron' },
      { name: 'POSITION_T', type: 'time', unit: 'sec' },
    ];
    const tracks = await readForeign({ props, meta: { axes } });
    const { x, y, t, radius, label } = tracks.detections;
    // Sorted by label in the last frame.
    expect([[...x], [...y], [...t]]).toEqual([
      [5, 6, 7, 8],
      [1, 2, 3, 4],
      [0, 1, 2, 2],
    ]);
    expect([tracks.ndim, tracks.unit, tracks.timeStep]).toEqual([2, 'micrometer', 300]);
    expect([[...radius], [...label]]).toEqual([
      [2, 2, 3, 4],
      [3, 3, 1, 2],
    ]);
    expect([...tracks.marks!.names]).toEqual([
      [1, 'a'],
      [2, 'ID3'],
    ]);
  });

  it('reads positions that pycellin names, where the axes hold time alone', async () => {
    const props = { t: positions.t, cell_y: positions.y, cell_x: positions.x };
    const tracks = await readForeign({ props, meta: { axes: [{ name: 't', type: 'time', unit: 'frame' }] } });
    expect([[...tracks.detections.x], tracks.ndim]).toEqual([[5, 6, 7, 8], 2]);
  });

  it('takes space axes without a letter in the order of the list, the last as x, or as the hints have them', async () => {
    const props = { t: positions.t, row: positions.y, column: positions.x };
    const axes = [
      { name: 't', type: 'time' },
      { name: 'row', type: 'space' },
      { name: 'column', type: 'space' },
    ];
    const { detections } = await readForeign({ props, meta: { axes } });
    const [y, x] = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ];
    expect([[...detections.y], [...detections.x]]).toEqual([y, x]);
    const display_hints = { display_horizontal: 'row', display_vertical: 'column' };
    const turned = (await readForeign({ props, meta: { axes, display_hints } })).detections;
    expect([[...turned.y], [...turned.x]]).toEqual([x, y]);
  });

  it('knows how many nodes there are in all where a truth holds some alone', async () => {
    const read = async (extra: unknown): Promise<unknown> =>
      (await readForeign({ meta: { extra: extra as never } })).estimatedNodes;
    expect(await read({ estimated_number_of_nodes: 12_000 })).toBe(12_000);
    expect(await read({ estimated_number_of_nodes: 'many' })).toBeUndefined();
  });

  it('turns undirected edges forward in time', async () => {
    const tracks = await readForeign({ edges: [[20, 10]], meta: { directed: false } });
    expect(pairsOf(tracks.links)).toEqual([[0, 1]]);
    expect(tracks.warnings[0]).toMatch(/no direction/);
  });

  it.each<[string, Foreign, string, RegExp]>([
    ['a version before 1.0', { meta: { geff_version: '0.5.0' } }, 'unsupported', /must be 1.x, got 0.5.0/],
    ['a version after 1.x', { meta: { geff_version: '2.0' } }, 'unsupported', /a newer morula is needed/],
    [
      'no version',
      { meta: { geff_version: undefined } },
      'invalid-metadata',
      /geff_version must begin with two numbers/,
    ],
    [
      'no property metadata',
      { meta: { node_props_metadata: undefined } },
      'invalid-metadata',
      /node_props_metadata/,
    ],
    [
      'no x',
      { props: { t: positions.t, y: positions.y }, meta: { axes: null } },
      'invalid-metadata',
      /found no x/,
    ],
    [
      'an axis without its column',
      { props: { t: positions.t, x: positions.x } },
      'not-found',
      /nodes\/props\/y\/values/,
    ],
    [
      'an edge to no node',
      { edges: [[10, 99]] },
      'invalid-data',
      /edge 10 to 99 must join nodes, there is no node 99/,
    ],
    ['an id there twice', { ids: [10, 20, 30, 10] }, 'invalid-data', /node 10 must be there once/],
    [
      'an edge there twice',
      {
        edges: [
          [10, 20],
          [10, 20],
        ],
      },
      'invalid-data',
      /link from node 10 to node 20 must be there once/,
    ],
    ['a loop', { edges: [[10, 10]] }, 'invalid-data', /node 10 must not be its own parent/],
    [
      'a cycle',
      {
        edges: [
          [10, 20],
          [20, 30],
          [30, 10],
        ],
      },
      'invalid-data',
      /parent of node 10 must lie in an earlier frame, node 30/,
    ],
    [
      'a merge',
      {
        edges: [
          [10, 30],
          [20, 30],
        ],
      },
      'invalid-data',
      /node 30 must have one parent at most/,
    ],
    [
      'a position that is no number',
      { props: { ...positions, x: { values: [5, Number.NaN, 7, 8] } } },
      'invalid-data',
      /node 20: x must be a finite number/,
    ],
    [
      'a missing position',
      { props: { ...positions, x: { values: [5, 6, 7, 8], missing: [0, 0, 1, 0] } } },
      'invalid-data',
      /node 30: x must be a finite number/,
    ],
    [
      'a negative time',
      { props: { ...positions, t: { values: [0, -1, 2, 2] } } },
      'invalid-data',
      /node 20: t must be a time of 0 or more/,
    ],
    [
      'a column of another length',
      { props: { ...positions, y: { values: [1, 2] } } },
      'invalid-data',
      /nodes\/props\/y\/values must have one value for each of 4/,
    ],
  ])('refuses %s', async (_name, foreign, tag, message) => {
    await expect(readForeign(foreign)).rejects.toMatchObject({
      tag,
      exit: 65,
      message: expect.stringMatching(message),
    });
  });

  it('keeps three daughters with a warning, and refuses them when strict', async () => {
    const edges: [number, number][] = [
      [10, 20],
      [10, 30],
      [10, 40],
    ];
    expect((await readForeign({ edges })).warnings[0]).toMatch(
      /node 10 must have two daughters at most, found 3/,
    );
    await expect(readForeign({ edges }, { strict: true })).rejects.toMatchObject({ exit: 65 });
  });

  it('refuses a group that is no GEFF', async () => {
    await withFolder(async (folder) => {
      await createGroup(folder, { other: 1 });
      await expect(readGeff(folder)).rejects.toThrow(/must have the attribute "geff"/);
    });
  });
});

describe('writeGeff', () => {
  const context = { name: 'movie', voxelSize: [2, 0.5, 0.5] as const, timeStep: 60 };

  it('describes axes, sphere and track properties, without z in 2D', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'tracks.geff');
      await writeGeff(path, buildLineage(division.detections, division.links), context);
      const { geff } = JSON.parse(await readFile(join(path, '.zattrs'), 'utf8'));
      expect(geff.axes).toEqual([
        { name: 't', type: 'time', unit: 'frame', min: 0, max: 3, scale: 60, scaled_unit: 'second' },
        { name: 'y', type: 'space', unit: 'micrometer', min: 6.7, max: 13.5 },
        { name: 'x', type: 'space', unit: 'micrometer', min: 10, max: 11.5 },
      ]);
      expect([geff.directed, geff.sphere, geff.related_objects]).toEqual([true, 'radius', undefined]);
      expect(geff.track_node_props).toEqual({ lineage: 'lineage', tracklet: 'tracklet' });
      const props = await readdir(join(path, 'nodes/props'));
      expect(Object.keys(geff.node_props_metadata).sort()).toEqual(
        props.filter((name) => !name.startsWith('.')),
      );
    });
  });

  it('masks what is missing and leaves out what nobody knows', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'tracks.geff');
      const detections = makeDetections([
        { t: 0, x: 0, y: 0, radius: Number.NaN },
        { t: 1, x: 0, y: 0 },
      ]);
      detections.prob.fill(Number.NaN);
      await writeGeff(path, buildLineage(detections, makeLinks([[0, 1]])), context);
      const props = await readdir(join(path, 'nodes/props'));
      expect(props).not.toContain('prob');
      expect((await readdir(join(path, 'nodes/props/radius'))).sort()).toContain('missing');
      expect(JSON.parse(await readFile(join(path, '.zattrs'), 'utf8')).geff.sphere).toBeUndefined();
      const read = await readGeff(path);
      expect([...read.detections.radius]).toEqual([Number.NaN, 2]);
      expect([...read.detections.prob]).toEqual([Number.NaN, Number.NaN]);
    });
  });

  it('replaces an older graph and leaves no temporary folder', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'tracks.geff');
      await writeGeff(path, buildLineage(division.detections, division.links), context);
      await writeGeff(path, buildLineage(makeDetections([{ t: 0, x: 1, y: 1 }]), makeLinks([])), context);
      expect(await readdir(folder)).toEqual(['tracks.geff']);
      expect((await readGeff(path)).detections.count).toBe(1);
    });
  });

  it('points to the label image of its result, which is read back', async () => {
    await withFolder(async (folder) => {
      await createGroup(join(folder, 'labels/cells'), {
        ome: { multiscales: [{ datasets: [{ path: '0' }] }] },
      });
      const spec = { shape: [4, 1, 2], chunks: [1, 1, 2], dtype: 'uint32' as const };
      const writer = await createArray(join(folder, 'labels/cells/0'), spec);
      await writer.writeChunk([2, 0, 0], { data: Uint32Array.from([1, 2]), shape: [1, 1, 2] });
      await writeGeff(
        join(folder, 'tracks.geff'),
        buildLineage(division.detections, division.links),
        context,
      );
      const read = (await readTracks(folder)) as Tracks;
      const image = await read.labelImage?.(2);
      expect([image?.shape, [...((image?.data ?? []) as TypedArray)]]).toEqual([
        [1, 2],
        [1, 2],
      ]);
    });
  });
});
