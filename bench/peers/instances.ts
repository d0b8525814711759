import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { NdArray } from '../../src/array/index.ts';
import { packageRoot } from '../../src/codec/packageRoot.ts';
import { openTiff } from '../../src/codec/tiff/index.ts';
import { readNpy } from '../../src/model/import/npy.ts';
import { createSession, importModel, loadModel, type ModelSession } from '../../src/model/index.ts';
import { createScratch, segmentFrame } from '../../src/segment/index.ts';
import { dataRoot, parse } from '../ap.ts';
import { type Matched, matchedF1, matchLabels } from './matchLabels.ts';

const USAGE =
  'bench instances --python <the venv of bench/peers/setup.sh>/bin/python [--model <Keras folder>] [--iou 0.9] [--least f1]';

/**
 * The instances of imported Keras models against those of Python's `predict_instances` for the same weights, on
 * dsb2018/test and StarDist's samples: matched F1 per set. Without `--model`, on the small trained models of
 * test/fixtures/parity. `--least` makes an F1 below it a failure.
 */
export async function run(args: readonly string[]): Promise<void> {
  const options = parse(args, USAGE);
  const python = options.get('python');
  if (python === undefined) throw new Error(`usage: ${USAGE}`);
  const iou = Number(options.get('iou') ?? 0.9);
  const fixtures = join(packageRoot(), 'test', 'fixtures', 'parity');
  const models = options.has('model') ? [options.get('model')!] : keras(fixtures);
  console.log(`matched objects at IoU ${iou}`);
  console.log('model            set                images  python  morula  matched  F1');
  for (const model of models) {
    const { ndim } = JSON.parse(await readFile(join(model, 'config.json'), 'utf8')).axes.includes('Z')
      ? { ndim: 3 }
      : { ndim: 2 };
    for (const [set, images] of imageSets(ndim)) {
      if (images.length === 0) {
        console.log(`${basename(model).padEnd(17)}${set.padEnd(19)}skipped, not found (set MORULA_DATA)`);
        continue;
      }
      const total = await compare(python, model, images, iou);
      const f1 = matchedF1(total);
      const cells = [images.length, total.second, total.first].map((n) => String(n).padStart(6));
      console.log(
        `${basename(model).padEnd(17)}${set.padEnd(19)}${cells.join('  ')}  ${String(total.matched).padStart(7)}  ${f1.toFixed(5)}`,
      );
      if (f1 < Number(options.get('least') ?? 0)) process.exitCode = 1;
    }
  }
}

/** Model folders of Keras in a folder. */
function keras(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'config.json')));
}

/** The images that models of 2 or 3 dimensions are compared on; none where the data is not there. */
function imageSets(ndim: number): [string, string[]][] {
  const sample = join(dataRoot(), 'fixtures', 'stardist-samples', `img${ndim}d.tif`);
  const samples: [string, string[]] = ['stardist-samples', existsSync(sample) ? [sample] : []];
  if (ndim === 3) return [samples];
  const folder = join(dataRoot(), 'dsb2018', 'test', 'images');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return [['dsb2018/test', names.map((name) => join(folder, name))], samples];
}

async function compare(python: string, model: string, images: string[], iou: number): Promise<Matched> {
  const scratch = await mkdtemp(join(tmpdir(), 'morula-peers-'));
  try {
    const theirs = join(scratch, 'python');
    const script = join(packageRoot(), 'bench', 'peers', 'instances.py');
    await promisify(execFile)(python, [script, model, theirs, ...images], { maxBuffer: 2 ** 28 });
    const imported = await importModel(model, { output: join(scratch, 'imported') });
    const session = await createSession(await loadModel(imported.folder));
    const total = { matched: 0, first: 0, second: 0 };
    for (const [n, path] of images.entries()) {
      const labels = await labelsOf(session, path);
      const file = join(theirs, `${n}.npy`);
      const found = matchLabels(labels, readNpy(new Uint8Array(await readFile(file)), file).data, iou);
      for (const key of ['matched', 'first', 'second'] as const) total[key] += found[key];
      if (process.env.MORULA_DEBUG && (found.matched < found.first || found.matched < found.second))
        console.log(
          `  ${basename(path)}: python ${found.second}, morula ${found.first}, matched ${found.matched}`,
        );
    }
    await session.close();
    return total;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function labelsOf(session: ModelSession, path: string): Promise<Uint32Array> {
  const image = await readImage(path, session.manifest.ndim);
  const { labels } = await segmentFrame([image], 0, session, {}, createScratch());
  return labels.data as Uint32Array;
}

/** The first page of a TIFF file, or all of them as a volume. */
export async function readImage(path: string, ndim: 2 | 3): Promise<NdArray> {
  const file = await openTiff(path);
  try {
    if (ndim === 2) return await file.readPage(0);
    const pages: NdArray[] = [];
    for (let z = 0; z < file.nPages; z++) pages.push(await file.readPage(z));
    const [height, width] = pages[0]!.shape as [number, number];
    const data = new Float32Array(pages.length * height * width);
    for (const [z, page] of pages.entries()) data.set(page.data, z * height * width);
    return { data, shape: [pages.length, height, width] };
  } finally {
    await file.close();
  }
}
