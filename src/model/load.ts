import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { sha256Hex } from '../codec/files.ts';
import { packageRoot } from '../codec/packageRoot.ts';
import { MorulaError, quoted } from '../errors/index.ts';
import { detectManifest } from './detect.ts';
import { inlineExternalData } from './externalData.ts';
import { finishManifest, parseSidecar, type Sidecar } from './manifest.ts';
import { checkOnnxBytes } from './onnxFile.ts';

import { openRuntime } from './runtime.ts';
import { finishSemantic } from './semantic/manifest.ts';
import type { BuiltinModel, Device, Manifest, Model } from './types.ts';

const MAX_BYTES = 2 ** 31;

/** The models that ship with the package, by name. */
export async function builtinModels(): Promise<BuiltinModel[]> {
  const folder = join(packageRoot(), 'datasets', 'models');
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).sort();
  return names
    .map((name) => ({ name, path: join(folder, name) }))
    .filter(({ path }) => existsSync(join(path, 'model.json')) && existsSync(join(path, 'model.onnx')));
}

/** Names of the built-in models for frames of so many dimensions; that in integers runs on CPUs alone, and so comes first there. */
export function builtinsFor(ndim: 2 | 3, device: Device): [string, ...string[]] {
  if (ndim === 3) return ['nuclei-3d'];
  return device === 'cpu' ? ['nuclei-2d-fast', 'nuclei-2d'] : ['nuclei-2d', 'nuclei-2d-fast'];
}

/**
 * Reads a model: a built-in one by name, a folder with one `.onnx` file, or such a file. What no `model.json` (or
 * `<file name>.json`) beside it states is found out by a run on a small test picture.
 *
 * @throws `not-found`, `invalid-data` or `invalid-metadata` with the reason
 */
export async function loadModel(nameOrPath: string): Promise<Model> {
  const { sidecar, ...found } = await readModel(nameOrPath);
  return { ...found, ...(await complete(sidecar, found.bytes, found.path)) };
}

/** As `loadModel`, but null for a model that has to be run to learn what it is. */
export async function loadStatedModel(nameOrPath: string): Promise<Model | null> {
  const { sidecar, ...found } = await readModel(nameOrPath);
  const said = asStated(sidecar, found.path);
  return said === null ? null : { ...found, ...said };
}

/** The bytes of a model, checked, and what its sidecar says. */
async function readModel(
  nameOrPath: string,
): Promise<Omit<Model, 'manifest' | 'warnings'> & { sidecar: Sidecar }> {
  const path = await findOnnx(nameOrPath);
  const file = await readBytes(path);
  const { external } = checkOnnxBytes(file, path);
  const bytes = external ? await inlineExternalData(file, path, readBeside(path)) : file;
  const sha256 = sha256Hex(bytes);
  const sidecar = await readSidecar(path);
  const digests = external ? [sha256Hex(file), sha256] : [sha256];
  if (sidecar.sha256 !== null && !digests.includes(sidecar.sha256.toLowerCase()))
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must have the sha256 that its model.json states (${sidecar.sha256.slice(0, 12)}...), ` +
        `got ${sha256.slice(0, 12)}...; the file is damaged or another one, fetch it again`,
    );
  return { bytes, sha256, path, sidecar };
}

async function findOnnx(nameOrPath: string): Promise<string> {
  const builtins = await builtinModels();
  const builtin = builtins.find(({ name }) => name === nameOrPath);
  if (builtin) return join(builtin.path, 'model.onnx');
  const path = resolve(nameOrPath);
  const found = await stat(path).catch(() => null);
  if (!found)
    throw new MorulaError(
      'not-found',
      `model: "${nameOrPath}" must be a built-in model (${builtins.map((m) => m.name).join(', ') || 'none here'}), ` +
        'a folder with an .onnx file, or an .onnx file; nothing is there',
    );
  return found.isDirectory() ? onnxInFolder(path) : path;
}

async function onnxInFolder(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort();
  const files = names.filter((name) => extname(name).toLowerCase() === '.onnx');
  if (files.includes('model.onnx')) return join(folder, 'model.onnx');
  if (files.length === 1) return join(folder, files[0]!);
  if (files.length > 1)
    throw new MorulaError(
      'invalid-data',
      `model: the folder ${folder} must hold one .onnx file, found ${files.join(', ')}; name the file`,
    );
  const keras = names.some((name) => name === 'saved_model.pb' || name.endsWith('.h5'));
  throw new MorulaError(
    keras ? 'unsupported' : 'invalid-data',
    `model: the folder ${folder} must hold an .onnx file, found ` +
      (keras
        ? `a Keras or TensorFlow model; turn it into one with: morula models import ${quoted(folder)}`
        : 'none'),
  );
}

async function readBytes(path: string): Promise<Uint8Array> {
  const info = await stat(path);
  if (!info.isFile()) throw new MorulaError('invalid-data', `model: ${path} must be a regular file`);
  if (info.size > MAX_BYTES)
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must be smaller than 2 GiB, got ${info.size} bytes`,
    );
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new MorulaError('invalid-data', `model: ${path} cannot be read`, { cause });
  }
}

/** Reads files beside a model, and no others: what the model names must really lie in its folder. */
function readBeside(path: string): (location: string) => Promise<Uint8Array> {
  return async (location) => {
    const folder = await realpath(dirname(path));
    const file = await realpath(join(folder, location)).catch(() => null);
    if (file === null)
      throw new MorulaError(
        'invalid-data',
        `model: ${path} must have its weights beside it (external data), but ${location} is not there; copy that file too`,
      );
    if (!file.startsWith(join(folder, sep)))
      throw new MorulaError(
        'invalid-data',
        `model: ${path} must have its weights in its own folder (external data), but ${location} is a link to elsewhere; copy the file itself`,
      );
    return readBytes(file);
  };
}

async function readSidecar(path: string): Promise<Sidecar> {
  const stem = basename(path, extname(path));
  for (const name of [`${stem}.json`, 'model.json']) {
    const file = join(dirname(path), name);
    if (existsSync(file)) return parseSidecar(await readFile(file, 'utf8'), file);
  }
  return { stated: {}, sha256: null };
}

/** Fills what the sidecar leaves open: by a probe when the network's geometry is not all stated. */
async function complete(
  sidecar: Sidecar,
  bytes: Uint8Array,
  path: string,
): Promise<{ manifest: Manifest; warnings: string[] }> {
  const said = asStated(sidecar, path);
  if (said !== null) return said;
  const { stated } = sidecar;
  const name = nameOf(sidecar, path);
  const { session } = await openRuntime(bytes, path, { device: 'cpu' });
  try {
    const warnings: string[] = [];
    const manifest = await detectManifest(session, stated, name, path, warnings);
    if (manifest.kind === 'stardist' && !stated.thresholds)
      warnings.unshift('no model.json states thresholds: prob 0.5 and nms 0.4 are used');
    return { manifest, warnings };
  } finally {
    await session.release();
  }
}

/** The manifest of a sidecar that leaves nothing about the network open, or null. */
function asStated(sidecar: Sidecar, path: string): { manifest: Manifest; warnings: string[] } | null {
  const { stated } = sidecar;
  const { layout, divisibleBy, halo } = stated;
  if (!(layout && divisibleBy && halo)) return null;
  const name = nameOf(sidecar, path);
  const warnings: string[] = [];
  if (stated.kind === 'semantic') {
    const { outputs, classes, activation } = stated;
    if (!(outputs && classes && activation)) return null;
    return { manifest: finishSemantic({ ...stated, name }, path), warnings };
  }
  if (!(stated.grid && stated.nRays)) return null;
  return { manifest: finishManifest({ ...stated, name }, path, warnings), warnings };
}

function nameOf({ stated }: Sidecar, path: string): string {
  const stem = basename(path, extname(path));
  return stated.name ?? (stem === 'model' ? basename(dirname(path)) : stem);
}
