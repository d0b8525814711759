import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type MovieInfo, openMovie } from '../../src/read/index.ts';
import { withFolder } from '../codec/zarrFiles.ts';
import { type MovieLayout, valueAt, writeMovie } from './omeZarrFiles.ts';

const AXES = [
  { name: 't', type: 'time', unit: 'minute' },
  { name: 'z', type: 'space', unit: 'micrometer' },
  { name: 'y', type: 'space', unit: 'nanometer' },
  { name: 'x', type: 'space', unit: 'nanometer' },
];
const SYSTEMS = [
  { name: 'world', axes: AXES.map(({ name, type }) => ({ name, type, unit: 'parsec' })) },
  { name: 'intrinsic', axes: AXES },
];
const SCALE = { type: 'scale', scale: [2, 3, 400, 500] };
const TO_INTRINSIC = { input: { path: '0' }, output: { name: 'intrinsic' } };

/** A movie of version 0.6 with its one level mapped by `transform`. */
function layoutOf(transform: object | undefined, image: object = {}): MovieLayout {
  const datasets = [{ path: '0', ...(transform && { coordinateTransformations: [transform] }) }];
  const whole = { axes: undefined, coordinateSystems: SYSTEMS, datasets, ...image };
  return { axes: ['t', 'z', 'y', 'x'], version: '0.5', image: whole, ome: { version: '0.6rc0' } };
}

/** Opens the movie and reads frame 2 of it. */
async function open(layout: MovieLayout): Promise<{ info: MovieInfo; pixels: ArrayLike<number> }> {
  return withFolder(async (parent) => {
    const path = join(parent, 'cells.ome.zarr');
    await writeMovie(path, layout);
    const { info, readFrame } = await openMovie({ path });
    return { info, pixels: (await readFrame(2)).image.data };
  });
}

const refusal = (layout: MovieLayout): Promise<string> =>
  open(layout).then(
    () => 'opened',
    (error: Error) => error.message,
  );

describe('openMovie on OME-Zarr 0.6', () => {
  it('takes axes, units and scale of the system in which the levels lie', async () => {
    const { info, pixels } = await open(layoutOf({ ...SCALE, ...TO_INTRINSIC }));
    expect(info).toMatchObject({
      format: 'OME-Zarr 0.6rc0 (zarr v3)',
      shape: [4, 6, 5],
      voxelSize: [3, 0.4, 0.5],
      timeStep: 120,
      warnings: [],
    });
    expect(pixels[0]).toBe(valueAt({ t: 2 }));
    expect(pixels).toHaveLength(120);
  });

  it('takes a sequence of scale and translation, and names without an object', async () => {
    const transformations = [SCALE, { type: 'translation', translation: [0, 9, 9, 9] }];
    const { info } = await open(
      layoutOf({ type: 'sequence', transformations, input: '0', output: 'intrinsic' }),
    );
    expect([info.voxelSize, info.timeStep]).toEqual([[3, 0.4, 0.5], 120]);
  });

  it('takes an identity for pixels of one unit each', async () => {
    const { info } = await open(layoutOf({ type: 'identity', ...TO_INTRINSIC }));
    expect([info.voxelSizeKnown, info.timeStepKnown]).toEqual([false, false]);
  });

  it('leaves out what leads on to other systems', async () => {
    const onward = { type: 'affine', input: { name: 'intrinsic' }, output: { name: 'world' }, affine: [] };
    const { info } = await open(
      layoutOf({ ...SCALE, ...TO_INTRINSIC }, { coordinateTransformations: [onward] }),
    );
    expect(info.voxelSize).toEqual([3, 0.4, 0.5]);
  });

  it.each<[string, MovieLayout, string]>([
    [
      'no coordinate systems',
      layoutOf({ ...SCALE, ...TO_INTRINSIC }, { coordinateSystems: [] }),
      'coordinateSystems must be a list with the axes, found []',
    ],
    [
      'the axes of 0.5 instead',
      layoutOf(SCALE, { coordinateSystems: undefined, axes: AXES }),
      'coordinateSystems must be a list with the axes, found nothing',
    ],
    ['no levels', layoutOf(SCALE, { datasets: [] }), 'datasets must be a list with a level, found []'],
    ['a level without transformation', layoutOf(undefined), 'every level must have one coordinate transform'],
    [
      'a transformation that leads nowhere',
      layoutOf(SCALE),
      'output of a transformation must name a coordinate system, found nothing',
    ],
    [
      'a system that is not there',
      layoutOf({ ...SCALE, output: 'stage' }),
      'coordinateSystems must hold "stage", where the levels lie, found ["world","intrinsic"]',
    ],
    [
      'levels in two systems',
      layoutOf(undefined, {
        datasets: ['world', 'intrinsic'].map((output, i) => ({
          path: `${i}`,
          coordinateTransformations: [{ ...SCALE, output }],
        })),
      }),
      'all levels must lie in one coordinate system, found ["world","intrinsic"]',
    ],
    [
      'a system without axes',
      layoutOf({ ...SCALE, output: 'bare' }, { coordinateSystems: [{ name: 'bare' }] }),
      'axes must be a list, found []',
    ],
    [
      'a rotation',
      layoutOf({ type: 'rotation', ...TO_INTRINSIC }),
      'transformations must be scale or translation, found "rotation"',
    ],
  ])('refuses %s', async (_, layout, message) => {
    expect(await refusal(layout)).toContain(message);
  });
});
