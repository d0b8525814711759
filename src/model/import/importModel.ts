import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { sha256Hex, writeFileAtomic } from '../../codec/files.ts';
import { morulaVersion } from '../../codec/packageRoot.ts';
import { asStorageError, isMorulaError, MorulaError } from '../../errors/index.ts';
import { checkModel, type ModelReport } from '../check.ts';
import { loadModel } from '../load.ts';
import type { Candidate } from './candidate.ts';
import { runPublishedTest } from './publishedTensors.ts';
import { readCandidate } from './readCandidate.ts';

/** What was read, where it was written, and what a run of it gave. Plain data. */
export interface ImportReport extends ModelReport {
  /** What the model was read from, in words. */
  format: string;
  /** The folder with `model.onnx` and `model.json`. */
  folder: string;
  /** Largest difference from the test output that its package publishes; null when there is none. */
  testDifference: number | null;
}

const OWN_FILES = ['model.json', 'model.onnx'];

/**
 * Turns somebody's model into a folder that `loadModel` takes: reads it, writes it as ONNX with its manifest, runs it
 * once on a test picture and on its own test tensors. Nothing is left behind when any of that fails.
 *
 * @param path a StarDist folder of Keras, a bioimage.io package, an ONNX file, or a zip archive of one
 * @param options.output folder to write; default `<model's name>.model` in the current one
 * @param options.draft where it is put together: beside the folder to write
 * @param options.overwrite replace a model that an earlier import left there
 * @throws as `readCandidate`, `loadModel` and `checkModel`; `usage` when the folder is taken
 */
export async function importModel(
  path: string,
  options: { output?: string; overwrite?: boolean; draft?: string } = {},
): Promise<ImportReport> {
  const candidate = await readCandidate(path);
  const folder = resolve(options.output ?? `${fileName(candidate.name)}.model`);
  await checkFree(folder, options.overwrite ?? false);
  const draft =
    options.draft ??
    join(dirname(folder), `.${basename(folder)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const { onnx, test, notes } = await writeDraft(draft, candidate);
    const tested = test ? await runPublishedTest(onnx, test, join(folder, 'model.onnx')) : null;
    const report = await checkModel(draft);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    return {
      ...report,
      path: join(folder, 'model.onnx'),
      warnings: [...notes, ...report.warnings],
      format: candidate.format,
      folder,
      testDifference: tested,
    };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw named(asStorageError('models import', folder, error), draft, folder);
  }
}

/**
 * Writes the network, finds out what its sources did not state, and writes the whole manifest.
 *
 * @returns the candidate as what it turned out to be
 */
async function writeDraft(draft: string, candidate: Candidate): Promise<Candidate> {
  const { name, onnx, sources, format } = candidate;
  const write = (manifest: object): Promise<unknown> =>
    writeFileAtomic(join(draft, 'model.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await mkdir(draft, { recursive: true });
  await writeFileAtomic(join(draft, 'model.onnx'), onnx);
  await write({ ...candidate.stated, name });
  let found = await loadModel(draft);
  let chosen = candidate;
  if (found.manifest.kind === 'semantic' && candidate.asSemantic) {
    chosen = { ...candidate, ...candidate.asSemantic };
    await write({ ...chosen.stated, kind: 'semantic', name });
    found = await loadModel(draft);
  }
  const { stated, unsupported, notes } = chosen;
  if (unsupported !== null) throw new MorulaError('unsupported', unsupported);
  const imported = { from: format, by: `morula ${morulaVersion()}`, sources };
  await write({ ...{ name, ...stated }, ...found.manifest, imported, sha256: sha256Hex(onnx) });
  return { ...chosen, notes: [...notes, ...found.warnings] };
}

/** Only an empty place, or an import's own folder with leave to replace it, is written to. */
async function checkFree(folder: string, overwrite: boolean): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw asStorageError('models import', folder, error);
  });
  if (names.length === 0) return;
  const ours = names.every((name) => OWN_FILES.includes(name)) && (await isImport(folder));
  if (ours && overwrite) return;
  throw new MorulaError(
    'usage',
    `models import: ${folder} must be empty or new, ` +
      (ours
        ? 'an imported model is there; --overwrite replaces it'
        : 'found other files there; give another -o'),
  );
}

async function isImport(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'model.json'), 'utf8').catch(() => '{}');
  return text.includes('"imported"');
}

/** The error, speaking of the folder that the user knows. */
function named(error: unknown, draft: string, folder: string): unknown {
  if (!isMorulaError(error) || !error.message.includes(draft)) return error;
  return new MorulaError(error.tag, error.message.replaceAll(draft, folder), {
    exit: error.exit,
    cause: error,
  });
}

/** A model's name as a file name. */
function fileName(name: string): string {
  return (
    name
      .normalize('NFKC')
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[.-]+|-+$/g, '')
      .slice(0, 80) || 'imported'
  );
}
