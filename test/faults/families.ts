/** Kinds of foreign input, each with whole files, one hostile copy of them a seed, and what morula does with them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { createRandom } from '../../src/array/index.ts';
import { openArray } from '../../src/codec/index.ts';
import { readTracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage, checkLineage } from '../../src/lineage/index.ts';
import { readCandidate } from '../../src/model/import/readCandidate.ts';
import { checkModel } from '../../src/model/index.ts';
import { openMovie } from '../../src/read/index.ts';
import { twoGenerations } from '../cases/index.ts';
import { contextOf } from '../exchange/helpers.ts';
import { type Files, hostileCopy, memoryStore } from '../helpers/hostileZarr.ts';
import { below, mutateBytes, mutateText, nudgeBytes, pick } from '../helpers/mutate.ts';
import { starNetwork } from '../helpers/onnx.ts';
import { discFrame, writeTiffMovie } from '../helpers/tiffMovie.ts';

type Random = ReturnType<typeof createRandom>;

/** What was read of a copy that was not refused: the same as of the whole files, or something else. */
export type Reading = 'same' | 'other';

export interface Family {
  /** Share of all copies. */
  share: number;
  /** True where the library that reads it may go round in circles: morula does that in a process that it ends. */
  mayLoop?: true;
  /** Reads the copy of a seed. @throws `MorulaError` where it is refused */
  read(seed: number): Promise<Reading>;
}

const FIXTURES = join(import.meta.dirname, '../fixtures');
const UNET = join(FIXTURES, 'models/unet2d-grid2-norm');
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

function filesUnder(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  const paths = names.filter((path) => statSync(path).isFile()).sort();
  return new Map(paths.map((path) => [relative(folder, path), bytesOf(path)]));
}

export async function withFiles<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-mutant-'));
  try {
    for (const [name, bytes] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy with one of its files changed. */
function mutated(
  random: Random,
  files: Files,
  change: (random: Random, bytes: Uint8Array) => Uint8Array,
  which: (name: string) => boolean = () => true,
): Files {
  const key = pick(random, [...files.keys()].filter(which));
  return new Map([...files, [key, change(random, files.get(key)!)]]);
}

const anyBytes = (random: Random, bytes: Uint8Array): Uint8Array =>
  random.uniform() < 0.7 ? nudgeBytes(random, bytes) : mutateBytes(random, bytes);
const anyText = (random: Random, bytes: Uint8Array): Uint8Array =>
  random.uniform() < 0.8
    ? new TextEncoder().encode(mutateText(random, new TextDecoder().decode(bytes)))
    : anyBytes(random, bytes);

/** Tracks as somebody's file or folder `path`, imported as `morula import` does. */
async function importTracks(path: string, format: string): Promise<Reading> {
  const read = await readTracks(path, { format });
  const { detections, links } = 'toTracks' in read ? await read.toTracks({ voxelSize: [1, 1, 1] }) : read;
  checkLineage(buildLineage(detections, links));
  return detections.count === twoGenerations.detections.count ? 'same' : 'other';
}

async function exported(format: string, name: string): Promise<Files> {
  return withFiles(new Map(), async (folder) => {
    const { detections, links, nFrames } = twoGenerations;
    await writeTracks(
      format,
      buildLineage(detections, links),
      contextOf(detections, nFrames),
      join(folder, name),
    );
    return filesUnder(folder);
  });
}

/** Tracks in a format whose files are text, or bytes. */
function tracks(share: number, format: string, name: string, change = anyText): Family {
  const whole = exported(format, name);
  return {
    share,
    async read(seed) {
      const copy = mutated(createRandom(seed), await whole, change);
      return withFiles(copy, (folder) => importTracks(join(folder, name), format));
    },
  };
}

/** A model to import, `name` in a folder of files. */
function candidate(share: number, name: string, make: (random: Random) => Files): Family {
  return {
    share,
    read: (seed) =>
      withFiles(make(createRandom(seed)), async (folder): Promise<Reading> => {
        await readCandidate(join(folder, name));
        return 'other';
      }),
  };
}

const NETWORKS = [
  starNetwork({ grid: 2 }),
  starNetwork({ layout: 'NHWC', concatenated: true, grid: 2 }),
  starNetwork({ layout: 'NDHWC', size: [8, 16, 16] }),
];

const onnx: Family = {
  share: 25,
  async read(seed) {
    const random = createRandom(seed);
    const model = anyBytes(random, pick(random, NETWORKS));
    await withFiles(new Map([['m.onnx', model]]), (folder) => checkModel(join(folder, 'm.onnx')));
    return 'other';
  },
};

interface Sample {
  name: string;
  documents: Record<string, object>;
  chunks: Record<string, string>;
  values: number[];
}
const SAMPLES = (JSON.parse(readFileSync(join(FIXTURES, 'zarr/python.json'), 'utf8')) as { cases: Sample[] })
  .cases;
const SHARDED = SAMPLES.filter(({ name }) => name.includes('shard'));

/** Shards of zarr-python; other values than the whole ones are a failure where checksums stand over data and index. */
const shards: Family = {
  share: 15,
  async read(seed) {
    const { name, documents, chunks, values } = pick(createRandom(seed), SHARDED);
    const files = new Map<string, Uint8Array>();
    for (const [key, document] of Object.entries(documents))
      files.set(key, Buffer.from(JSON.stringify(document)));
    for (const [key, bytes] of Object.entries(chunks))
      files.set(key, new Uint8Array(Buffer.from(bytes, 'base64')));
    const copy = hostileCopy(files, seed);
    const array = await openArray(memoryStore(copy.files), '');
    const box = array.shape.map((size): [number, number] => [0, Math.min(size, 8)]);
    const { data } = await array.read(box);
    if (data.length === values.length && values.every((value, i) => value === data[i])) return 'same';
    if (!copy.metadata && !name.includes('blosc')) throw new Error(`${name}: other values behind a checksum`);
    return 'other';
  },
};

const SAVED = bytesOf(join(UNET, 'TF_SavedModel.zip'));
const RANGE = { mode: 'per_sample', axes: 'yx', min_percentile: 1, max_percentile: 99.8 };
/** A description as StarDist's exporter writes it, in JSON, which is YAML too. */
const DESCRIPTION = {
  format_version: '0.4.9',
  type: 'model',
  name: 'Small nuclei',
  inputs: [{ name: 'input', axes: 'byxc', preprocessing: [{ name: 'scale_range', kwargs: RANGE }] }],
  outputs: [{ name: 'output', axes: 'byxc' }],
  test_inputs: ['test_input.npy'],
  test_outputs: ['test_output.npy'],
  weights: { tensorflow_saved_model_bundle: { source: './TF_SavedModel.zip' } },
  config: {
    stardist: {
      thresholds: { prob: 0.42, nms: 0.25 },
      weights: 'stardist_weights.h5',
      config: JSON.parse(readFileSync(join(UNET, 'config.json'), 'utf8')) as object,
    },
  },
};
const PACKAGE = {
  'rdf.yaml': new TextEncoder().encode(JSON.stringify(DESCRIPTION)),
  'stardist_weights.h5': bytesOf(join(UNET, 'weights_best.h5')),
  'test_input.npy': bytesOf(join(UNET, 'test_input.npy')),
  'test_output.npy': bytesOf(join(UNET, 'test_output.npy')),
};

/** A zip archive damaged outside, or whole with one of its files damaged, or with a name that leads out of it. */
function hostileZip(random: Random, files: Record<string, Uint8Array>): Uint8Array {
  const names = Object.keys(files);
  const name = pick(random, names);
  switch (below(random, 4)) {
    case 0:
      return anyBytes(random, zipSync(files, { level: 1 }));
    case 1: {
      const away = pick(random, [
        `../${name}`,
        `/etc/${name}`,
        `a/../../${name}`,
        `${name}\u0000`,
        name.toUpperCase(),
      ]);
      const { [name]: bytes, ...rest } = files;
      return zipSync({ ...rest, [away]: bytes! }, { level: 1 });
    }
    case 2: {
      // Sizes that the directory at the end states and the data do not have.
      const archive = zipSync(files, { level: 1 });
      const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
      for (let at = archive.length - 46; at > 0; at--) {
        if (view.getUint32(at, true) !== 0x02014b50) continue;
        view.setUint32(
          at + pick(random, [20, 24, 42]),
          pick(random, [0, 1, 1 << 20, 0x3fffffff, 0x7fffffff, 0xfffffffe]),
          true,
        );
        break;
      }
      return archive;
    }
    default: {
      const bytes = files[name]!;
      const bomb = new Uint8Array(40 << 20);
      const content = random.uniform() < 0.1 ? bomb : anyBytes(random, bytes);
      return zipSync({ ...files, [name]: content }, { level: 1 });
    }
  }
}

const keras = new Map(
  ['config.json', 'weights_best.h5', 'thresholds.json'].map((name) => [name, bytesOf(join(UNET, name))]),
);

const tiffs = withFiles(new Map(), async (folder) => {
  writeTiffMovie(folder, [discFrame(24), discFrame(24), discFrame(24)]);
  return filesUnder(folder);
});

const tiff: Family = {
  share: 5,
  async read(seed) {
    const copy = mutated(createRandom(seed), await tiffs, anyBytes);
    return withFiles(copy, async (folder): Promise<Reading> => {
      const movie = await openMovie({ path: folder, level: 0, pixelSize: [1, 1, 1], timeStep: 1 });
      for (let t = 0; t < Math.min(movie.info.nFrames, 3); t++) await movie.readFrame(t, 0);
      return 'other';
    });
  },
};

/** A folder of Keras whose weights are damaged. */
export const damagedWeights = (random: Random): Files =>
  mutated(random, keras, anyBytes, (name) => name.endsWith('.h5'));

export const FAMILIES: Record<string, Family> = {
  onnx,
  trackmate: tracks(13, 'trackmate', 'a.xml'),
  'trackmate-csv': tracks(5, 'trackmate-csv', 'tables'),
  napari: tracks(4, 'napari', 'a.csv'),
  intracktive: tracks(3, 'intracktive', 'a.csv'),
  mastodon: tracks(3, 'mastodon', 'a.csv'),
  points: tracks(4, 'csv', 'a.csv'),
  ctc: tracks(3, 'ctc', 'masks', (random, bytes) =>
    bytes[0] === 0x49 ? anyBytes(random, bytes) : anyText(random, bytes),
  ),
  geff: tracks(4, 'geff', 'a.geff', anyText),
  shards,
  package: candidate(6, 'a.zip', (random) => new Map([['a.zip', hostileZip(random, PACKAGE)]])),
  savedModel: candidate(
    5,
    'TF_SavedModel.zip',
    (random) => new Map([['TF_SavedModel.zip', hostileZip(random, unzipSync(SAVED))]]),
  ),
  hdf5: { ...candidate(5, '.', (random) => damagedWeights(random)), mayLoop: true },
  keras: candidate(2, '.', (random) => mutated(random, keras, anyText, (name) => name.endsWith('.json'))),
  tiff,
};
