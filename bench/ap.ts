import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NdArray } from '../src/array/index.ts';
import { packageRoot } from '../src/codec/packageRoot.ts';
import { openTiff } from '../src/codec/tiff/index.ts';
import { builtinModels, createSession, loadModel } from '../src/model/index.ts';
import { createScratch, segmentFrame } from '../src/segment/index.ts';

const THRESHOLDS = [0.5, 0.6, 0.7, 0.8, 0.9];
const USAGE =
  'bench ap [--model <name, folder or .onnx>] [--data <folder with images/ and masks/>] [--prob p] [--nms q] [--least ap]';

/**
 * Average precision of a model on a folder of images and label masks: AP = TP / (TP + FP + FN) summed over the
 * images, an object being found when its IoU with a reference object is at least the threshold.
 *
 * `--least` makes an AP at IoU 0.5 below it a failure.
 *
 * Source: Schmidt, Weigert et al. 2018, doi 10.1007/978-3-030-00934-2_30, section 3.
 */
export async function run(args: readonly string[]): Promise<void> {
  const options = parse(args);
  const folder = options.get('data') ?? join(dataRoot(), 'dsb2018', 'test');
  if (!existsSync(join(folder, 'images'))) {
    console.log(`ap: skipped, ${folder} holds no images/ (set MORULA_DATA or --data)`);
    return;
  }
  const name = options.get('model') ?? (await builtinModels())[0]?.name;
  if (name === undefined) {
    console.log('ap: skipped, there is no built-in model here; name one with --model');
    return;
  }
  const model = await loadModel(name);
  const session = await createSession(model, { threads: 1 });
  const scratch = createScratch();
  const files = (await readdir(join(folder, 'images'))).filter((file) => file.endsWith('.tif')).sort();
  const totals = THRESHOLDS.map(() => ({ tp: 0, fp: 0, fn: 0 }));
  let networkMs = 0;
  for (const file of files) {
    const image = await firstPage(join(folder, 'images', file));
    const truth = await firstPage(join(folder, 'masks', file));
    const chosen: { probThreshold?: number; nmsThreshold?: number } = {};
    if (options.has('prob')) chosen.probThreshold = Number(options.get('prob'));
    if (options.has('nms')) chosen.nmsThreshold = Number(options.get('nms'));
    const found = await segmentFrame([image], 0, session, chosen, scratch);
    networkMs += found.networkMs;
    const best = bestIous(truth, found.labels, found.objects.count);
    THRESHOLDS.forEach((threshold, i) => {
      const tp = best.ious.filter((iou) => iou >= threshold).length;
      totals[i]!.tp += tp;
      totals[i]!.fp += found.objects.count - tp;
      totals[i]!.fn += best.references - tp;
    });
  }
  await session.close();
  console.log(`ap: ${model.manifest.name} on ${files.length} images of ${folder}`);
  console.log('IoU    AP      precision  recall     TP     FP     FN');
  THRESHOLDS.forEach((threshold, i) => {
    const { tp, fp, fn } = totals[i]!;
    const cells = [tp / (tp + fp + fn), tp / (tp + fp), tp / (tp + fn)].map((v) => v.toFixed(4).padEnd(8));
    const counts = [tp, fp, fn].map((n) => String(n).padStart(7)).join('');
    console.log(`${threshold.toFixed(1)}    ${cells.join('  ')}${counts}`);
  });
  console.log(`network ${(networkMs / files.length).toFixed(1)} ms per image`);
  const least = Number(options.get('least') ?? 0);
  const { tp, fp, fn } = totals[0]!;
  if (tp / (tp + fp + fn) < least) {
    console.log(`ap: AP at IoU 0.5 must be at least ${least}`);
    process.exitCode = 1;
  }
}

/** Each found object's largest IoU with a reference object (at 0.5 and over, at most one can reach it). */
function bestIous(truth: NdArray, found: NdArray, count: number): { ious: Float64Array; references: number } {
  const truthSize = new Map<number, number>();
  const foundSize = new Float64Array(count + 1);
  const common = new Map<number, number>();
  const SPAN = 2 ** 24;
  for (let i = 0; i < truth.data.length; i++) {
    const a = truth.data[i]!;
    const b = found.data[i]!;
    if (a > 0) truthSize.set(a, (truthSize.get(a) ?? 0) + 1);
    foundSize[b]!++;
    if (a > 0 && b > 0) common.set(a * SPAN + b, (common.get(a * SPAN + b) ?? 0) + 1);
  }
  const ious = new Float64Array(count);
  for (const [pair, n] of common) {
    const b = pair % SPAN;
    const a = (pair - b) / SPAN;
    ious[b - 1] = Math.max(ious[b - 1]!, n / (truthSize.get(a)! + foundSize[b]! - n));
  }
  return { ious, references: truthSize.size };
}

async function firstPage(path: string): Promise<NdArray> {
  const file = await openTiff(path);
  try {
    return await file.readPage(0);
  } finally {
    await file.close();
  }
}

/** The folder with the data that is not part of the repository. */
export function dataRoot(): string {
  return process.env.MORULA_DATA ?? join(packageRoot(), '..', 'shared', 'data');
}

/** `--name value` pairs. */
export function parse(args: readonly string[], usage = USAGE): Map<string, string> {
  const options = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]!;
    if (!name.startsWith('--') || args[i + 1] === undefined) throw new Error(`usage: ${usage}`);
    options.set(name.slice(2), args[i + 1]!);
  }
  return options;
}
