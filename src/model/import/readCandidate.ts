import { open, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MorulaError } from '../../errors/index.ts';
import { refuseLfsPointer } from '../lfsPointer.ts';
import { findDescription, readPackage } from './bioimageio.ts';
import type { Candidate } from './candidate.ts';
import { type Files, openFolder, openZip } from './files.ts';
import { isKerasFolder, readKerasFolder } from './keras.ts';
import { findOnnx, readOnnx } from './onnx.ts';
import { isSavedModel, readSavedModelFiles } from './savedModel.ts';

const DESCRIPTION = /\.ya?ml$/i;
const WEIGHTS = /\.(h5|hdf5)$/i;
/** What StarDist calls its export for Fiji. */
const EXPORTED = 'TF_SavedModel.zip';

/**
 * Tells what lies at a path and reads it: a StarDist folder of Keras, its export for Fiji (SavedModel), a bioimage.io
 * package, an ONNX file; each also as a zip archive. A file of a folder stands for its folder.
 *
 * @throws `not-found`; `invalid-data` when it is no model
 */
export async function readCandidate(path: string): Promise<Candidate> {
  const full = resolve(path);
  const info = await stat(full).catch(() => null);
  if (!info)
    throw new MorulaError('not-found', `model: "${path}" must be a file or folder, nothing is there`);
  if (info.isDirectory()) return readAny(await openFolder(full));
  if (await isZip(full)) return readAny(await openZip(full), await openFolder(dirname(full)));
  const files = await openFolder(dirname(full));
  const name = basename(full);
  if (DESCRIPTION.test(name)) return readPackage(files, name);
  if (WEIGHTS.test(name)) return readKerasFolder(files, name);
  if (/\.onnx$/i.test(name)) return readOnnx(files, name, {});
  if (name === 'config.json' || name === 'saved_model.pb') return readAny(files);
  throw notAModel(path, `found the file ${name}`);
}

/** @param beside the folder that an archive lies in */
async function readAny(files: Files, beside: Files | null = null): Promise<Candidate> {
  const description = findDescription(files);
  if (description !== null) return readPackage(files, description);
  const exported = files.names.includes(EXPORTED) && !files.names.some((name) => WEIGHTS.test(name));
  if (exported) return readAny(await openZip(join(files.path, EXPORTED)), files);
  if (isKerasFolder(files)) return readKerasFolder(files, null);
  const onnx = findOnnx(files);
  if (onnx !== null) return readOnnx(files, onnx, {});
  if (isSavedModel(files)) return readSavedModelFiles(files, beside);
  throw notAModel(files.path, `found ${files.names.slice(0, 5).join(', ') || 'an empty folder'}`);
}

/** By the first bytes: archives go by other names too. @throws `invalid-data` for a git-LFS pointer */
async function isZip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(32);
    await file.read(head, 0, head.length, 0);
    refuseLfsPointer(head, path);
    return head[0] === 0x50 && head[1] === 0x4b && head[2]! <= 5;
  } finally {
    await file.close();
  }
}

function notAModel(path: string, found: string): MorulaError {
  return new MorulaError(
    'invalid-data',
    `model: ${path} must be a StarDist folder (config.json and weights .h5), a SavedModel of it, a bioimage.io package or an .onnx file, ${found}`,
  );
}
