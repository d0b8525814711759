import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LabelImage } from '../../src/segment/index.ts';
import { writeFiles } from '../../src/store/frames.ts';
import { createLabels, encodeLabels, readLabels } from '../../src/store/labels.ts';
import type { FrameMarker, StoredMovie } from '../../src/store/types.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { sampleLabels, sampleMovie } from './samples.ts';

const root = tempFolder();
let made = 0;

async function create(movie: Partial<StoredMovie>, version: '0.4' | '0.5' = '0.5'): Promise<string> {
  const folder = join(root, String(made++));
  await createLabels(folder, sampleMovie(movie), version, { version: '0.0.1' });
  return folder;
}
const writeLabels = async (folder: string, t: number, labels: LabelImage): Promise<FrameMarker['outputs']> =>
  writeFiles(folder, await encodeLabels(folder, t, labels));
const json = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

const AXES_2D = [
  { name: 't', type: 'time', unit: 'second' },
  { name: 'y', type: 'space', unit: 'micrometer' },
  { name: 'x', type: 'space', unit: 'micrometer' },
];

describe('createLabels', () => {
  it('describes a label group as OME-Zarr 0.5 does', async () => {
    const folder = await create({});
    expect(json(join(folder, 'labels/zarr.json'))).toMatchObject({
      zarr_format: 3,
      node_type: 'group',
      attributes: { ome: { version: '0.5', labels: ['cells'] } },
    });
    const { attributes } = json(join(folder, 'labels/cells/zarr.json'));
    expect(attributes).toMatchObject({
      ome: {
        version: '0.5',
        'image-label': {},
        multiscales: [
          {
            axes: AXES_2D,
            datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [30, 0.5, 0.25] }] }],
          },
        ],
      },
    });
    expect(json(join(folder, 'labels/cells/0/zarr.json'))).toMatchObject({
      zarr_format: 3,
      shape: [3, 4, 6],
      data_type: 'uint32',
      fill_value: 0,
      dimension_names: ['t', 'y', 'x'],
      chunk_grid: { configuration: { chunk_shape: [1, 4, 6] } },
    });
  });

  it('names no unit that is not known, beside scales of 1', async () => {
    const folder = await create({
      voxelSize: [1, 1, 1],
      voxelSizeKnown: false,
      timeStep: 1,
      timeStepKnown: false,
    });
    expect(json(join(folder, 'labels/cells/zarr.json'))).toMatchObject({
      attributes: {
        ome: {
          multiscales: [
            {
              axes: AXES_2D.map(({ name, type }) => ({ name, type })),
              datasets: [{ coordinateTransformations: [{ type: 'scale', scale: [1, 1, 1] }] }],
            },
          ],
        },
      },
    });
    const { multiscales } = (
      json(join(folder, 'labels/cells/zarr.json')) as {
        attributes: { ome: { multiscales: { axes: object[] }[] } };
      }
    ).attributes.ome;
    expect(multiscales[0]!.axes.filter((axis) => 'unit' in axis)).toEqual([]);
  });

  it('describes a label group as OME-Zarr 0.4 does', async () => {
    const folder = await create({ ndim: 3, shape: [2, 4, 6] }, '0.4');
    expect(json(join(folder, 'labels/.zattrs'))).toEqual({ labels: ['cells'] });
    expect(json(join(folder, 'labels/cells/.zattrs'))).toMatchObject({
      'image-label': { version: '0.4' },
      multiscales: [{ version: '0.4', axes: [AXES_2D[0], { name: 'z' }, AXES_2D[1], AXES_2D[2]] }],
    });
    expect(json(join(folder, 'labels/cells/0/.zarray'))).toMatchObject({
      zarr_format: 2,
      shape: [3, 2, 4, 6],
      chunks: [1, 1, 4, 6],
      dtype: '<u4',
      dimension_separator: '/',
    });
    expect(existsSync(join(folder, 'labels/cells/0/zarr.json'))).toBe(false);
  });
});

describe('encodeLabels', () => {
  it.each([
    ['a plane', { shape: [1, 4, 6] as const }, [4, 6]],
    ['a stack', { ndim: 3 as const, shape: [3, 4, 6] as const }, [3, 4, 6]],
    ['a plane of more than one tile', { shape: [1, 1030, 1100] as const }, [1030, 1100]],
    ['a plane one pixel wide', { shape: [1, 1025, 1] as const }, [1025, 1]],
  ])('writes %s that reads back the same in zarr 2 and 3', async (_, movie, shape) => {
    for (const version of ['0.4', '0.5'] as const) {
      const folder = await create(movie, version);
      const labels = sampleLabels(shape);
      await writeLabels(folder, 1, labels);
      const back = await readLabels(folder, 1);
      expect(back.shape).toEqual(labels.shape);
      // A million numbers one by one would take the matcher half a minute.
      expect(Buffer.from(back.data.buffer).equals(Buffer.from(labels.data.buffer))).toBe(true);
      expect((await readLabels(folder, 0)).data.every((label) => label === 0)).toBe(true);
    }
  });

  it('reads one plane of a stack', async () => {
    const folder = await create({ ndim: 3, shape: [3, 4, 6] });
    const labels = sampleLabels([3, 4, 6]);
    await writeLabels(folder, 2, labels);
    expect(await readLabels(folder, 2, 1)).toEqual({ data: labels.data.slice(24, 48), shape: [4, 6] });
  });

  it('names every file of a frame, none of which another frame shares', async () => {
    const folder = await create({ shape: [1, 1030, 1100] });
    const outputs = await writeLabels(folder, 2, sampleLabels([1030, 1100]));
    expect(outputs.map(({ path }) => path)).toEqual(
      ['2/0/0', '2/0/1', '2/1/0', '2/1/1'].map((key) => `labels/cells/0/c/${key}`),
    );
    for (const { path, bytes } of outputs) expect(readFileSync(join(folder, path)).length).toBe(bytes);
    expect(readdirSync(join(folder, 'labels/cells/0/c'))).toEqual(['2']);
  });
});
