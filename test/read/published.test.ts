import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openArray, openStore, sha256Hex } from '../../src/codec/index.ts';
import { openMovie } from '../../src/read/index.ts';

const DATA = process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data');
const FOLDER = join(DATA, 'fixtures/ome-zarr');
const reason = existsSync(FOLDER) ? '' : ' (skipped: the shared data are not here)';

/** An image as zarr-python reads it, see publishedSamples.py. */
interface Published {
  path: string;
  axes: string;
  /** First level, inside the image. */
  level: string;
  shape: number[] | null;
  dtype?: string;
  sha256?: string;
}

// Made by publishedSamples.py with zarr-python 3.1.6.
const IMAGES: Published[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/zarr/published.json'), 'utf8'),
).images;
const withPixels = IMAGES.filter(({ shape }) => shape !== null);
const movies = withPixels.filter(({ axes }) => axes.startsWith('t'));
const stills = IMAGES.filter(({ axes }) => !axes.startsWith('t'));

/** Why what is no image, or metadata alone, is refused, by a part of its path; the first that fits. */
const REFUSALS: readonly (readonly [part: RegExp, line: RegExp])[] = [
  [/^bioio\//, /must be a JSON object, found a Git LFS pointer; fetch it with git lfs pull$/],
  [
    /(zero_field_count|colors_rgba_length)\.ome\.zarr$/,
    /must be a JSON object, found text .* and does not parse$/,
  ],
  [
    /no_multiscales\.ome\.zarr$|invalid\/image-02\.zarr$/,
    /multiscales must be a list with an image, found \[\]$/,
  ],
  // Version 0.6rc0, metadata without pixels: the valid ones are stills, have axes of other kinds, or miss their array.
  [/image\/(duplicate_axes)\.ome/, /axes must differ, found "x x"$/],
  [/image\/missing_axes_name\.ome/, /every axis must have a name, found /],
  [/image\/(missing|no)_axes\.ome/, /coordinateSystems must be a list with the axes, found nothing$/],
  [
    /image\/(custom_type_axes|untyped_axes|too_many_axes)\.ome/,
    /must be among t, c, z, y and x, found "angle"/,
  ],
  [/image\/too_many_space_axes\.ome/, /axes must differ, found "x z y x"$/],
  [/image\/(missing_space_axes|one_space_axes)\.ome/, /axes "t c( x)?" have no y, an image is needed/],
  [
    /image\/(mismatch_axes_units|image_omero|multiscales_example)\.ome/,
    /array "0" of .* must be there, found neither zarr\.json nor \.zarray$/,
  ],
  [/image\/invalid_axes_count\.ome/, /axes "y" have no t, a time-lapse is needed/],
  [/image\/missing_scale\.ome/, /must hold "intrinsice", where the levels lie, found \["intrinsic"\]$/],
  [
    /image\/(missing|empty)_transformations\.ome|image\/duplicate_scale\.ome/,
    /every level must have one coordinate transformation, found /,
  ],
  [/^ngff-spec\/.*\/image\//, /axes "y x" have no t, a time-lapse is needed/],
  [
    /\/plate(\/|-\d)/,
    /must be an image, found a plate; give the folder of one of its fields, such as A\/1\/0$/,
  ],
  [/\/(label|well)\/|invalid\/image-01\.zarr$/, /must be an image, found a zarr group without multiscales$/],
  // A folder of several images: what is said is about the first of them.
  [/bf2raw_dataset_v5\.ome\.zarr$/, /axes "y x" have no t, a time-lapse is needed \(.*, image "0"\)$/],
];

/** Every folder that holds zarr metadata or is named so, and no folder inside one of them. */
function stores(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(folder, name);
      const marked = ['zarr.json', '.zattrs', '.zgroup'].some((file) => existsSync(join(path, file)));
      return marked || name.endsWith('.zarr') ? [path] : stores(path);
    });
}

async function refusal(path: string): Promise<string> {
  const error = await openMovie({ path: join(FOLDER, path) }).then(
    () => new Error('it opens'),
    (thrown: Error) => thrown,
  );
  expect(error).toMatchObject({ exit: 65 });
  expect(error.message).toMatch(/^(read|zarr): [^\n]+[^.\n]$/);
  return error.message;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

describe.skipIf(reason !== '')(`published OME-Zarr images, as zarr-python 3.1.6 reads them${reason}`, () => {
  it.each(withPixels)(
    '$path: the pixels of its first level',
    async ({ path, level, shape, dtype, sha256 }) => {
      const array = await openArray(await openStore(join(FOLDER, path)), level);
      expect([array.shape, array.dtype]).toEqual([shape, dtype]);
      const large = shape!.reduce((product, extent) => product * extent, 1) > 2 ** 24;
      const region = large ? [shape![0]! - 1, ...shape!.slice(1).map(() => null)] : undefined;
      expect(sha256Hex(bytesOf((await array.read(region)).data))).toBe(sha256);
    },
  );

  it.each(movies)('$path: a movie, its axes and frames', async ({ path, axes, level, shape }) => {
    const { info, readFrame } = await openMovie({ path: join(FOLDER, path) });
    const extent = (axis: string): number => shape![axes.split(' ').indexOf(axis)] ?? 1;
    expect([info.nFrames, ...info.shape]).toEqual(['t', 'z', 'y', 'x'].map(extent));
    expect([info.ndim, info.channels.length]).toEqual([axes.includes('z') ? 3 : 2, extent('c')]);
    const array = await openArray(await openStore(join(FOLDER, path)), level);
    for (let t = 0; t < info.nFrames; t++) {
      for (const { index } of info.channels) {
        const frame = await array.read(
          axes.split(' ').map((axis) => (axis === 't' ? t : axis === 'c' ? index : null)),
        );
        const read = (await readFrame(t, index)).image;
        expect(sha256Hex(bytesOf(read.data))).toBe(sha256Hex(bytesOf(frame.data)));
      }
    }
  });

  it.each(stills)('$path: no movie, its axes are named', async ({ path, axes }) => {
    expect(await refusal(path)).toContain(`read: axes "${axes}" have no t, a time-lapse is needed (`);
  });

  it('says of every other store in one line why it is none', async () => {
    const known = new Set(IMAGES.map(({ path }) => path));
    const others = stores(FOLDER)
      .map((path) => relative(FOLDER, path))
      .filter((path) => !known.has(path));
    expect(others.length).toBeGreaterThan(100);
    for (const path of others) {
      const line = REFUSALS.find(([part]) => part.test(path))?.[1];
      expect(line, path).toBeDefined();
      expect(await refusal(path), path).toMatch(line!);
    }
  });
});
