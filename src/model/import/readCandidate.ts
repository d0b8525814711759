import { open, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { MorulaError } from '../../errors/index.ts';
import { findDescription, readPackage } from './bioimageio.ts';
import type { Candidate } from './candidate.ts';
import { type Files, openFolder, openZip } from './files.ts';
import { isKerasFolder, readKerasFolder } from './keras.ts';
import { findOnnx, readOnnx } from './onnx.ts';

const DESCRIPTION = /\.ya?ml$/i;
const WEIGHTS = /\.(h5|hdf5)$/i;
const SAVED_MODEL = /(^|\/)(saved_model\.pb|TF_SavedModel\.zip)$/;

/**
 * Tells what lies at a path and reads it: a StarDist folder of Keras, a bioimage.io package, an ONNX file; each also
 * as a zip archive. A file of a folder stands for its folder.
 *
 * @throws `not-found`; `unsupported` for a TensorFlow SavedModel; `invalid-data` when it is no model
 */
export async function readCandidate(path: string): Promise<Candidate> {
  const full = resolve(path);
  const info = await stat(full).catch(() => null);
  if (!info)
    throw new MorulaError('not-found', `model: "${path}" must be a file or folder, nothing is there`);
  if (info.isDirectory()) return readAny(await openFolder(full));
  if (await isZip(full)) return readAny(await openZip(full));
  const files = await openFolder(dirname(full));
  const name = basename(full);
  if (DESCRIPTION.test(name)) return readPackage(files, name);
  if (WEIGHTS.test(name)) return readKerasFolder(files, name);
  if (/\.onnx$/i.test(name)) return readOnnx(files, name, {});
  if (name === 'config.json' || SAVED_MODEL.test(name)) return readAny(files);
  throw notAModel(path, `found the file ${name}`);
}

async function readAny(files: Files): Promise<Candidate> {
  const description = findDescription(files);
  if (description !== null) return readPackage(files, description);
  if (isKerasFolder(files)) return readKerasFolder(files, null);
  const onnx = findOnnx(files);
  if (onnx !== null) return readOnnx(files, onnx, {});
  if (files.names.some((name) => SAVED_MODEL.test(name)))
    throw new MorulaError(
      'unsupported',
      `model: ${files.path} is a TensorFlow SavedModel, which cannot be read; import the folder with config.json and ` +
        'weights_best.h5 that it was exported from, or an ONNX export of it (tf2onnx)',
    );
  throw notAModel(files.path, `found ${files.names.slice(0, 5).join(', ') || 'an empty folder'}`);
}

/** By the first bytes: archives go by other names too. */
async function isZip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(4);
    await file.read(head, 0, 4, 0);
    return head[0] === 0x50 && head[1] === 0x4b && head[2]! <= 5;
  } finally {
    await file.close();
  }
}

function notAModel(path: string, found: string): MorulaError {
  return new MorulaError(
    'invalid-data',
    `model: ${path} must be a StarDist folder (config.json and weights .h5), a bioimage.io package or an .onnx file, ${found}`,
  );
}
