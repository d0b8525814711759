import { MorulaError } from '../../errors/index.ts';
import { inlineExternalData } from '../externalData.ts';
import { checkOnnxBytes } from '../onnxFile.ts';
import { type Candidate, parseJson, readSource, thresholdsOf } from './candidate.ts';
import type { Files } from './files.ts';

const ONNX = /\.onnx$/i;

/** The one ONNX file of a folder or archive, `model.onnx` first; null when there is none, or no telling which. */
export function findOnnx({ names }: Files): string | null {
  const found = names.filter((name) => ONNX.test(name));
  if (found.includes('model.onnx')) return 'model.onnx';
  return found.length === 1 ? found[0]! : null;
}

/**
 * An ONNX file as it is. What is known of it comes from the JSON beside it: ours (`<name>.json`, `model.json`), or
 * StarDist's `thresholds.json`. The rest is found out when it is tried.
 *
 * @throws `invalid-data` when the file is not there; `invalid-metadata` for JSON that is none
 */
export async function readOnnx(
  files: Files,
  name: string,
  sources: Record<string, string>,
): Promise<Candidate> {
  const onnx = await readWhole(files, name, sources);
  const stem = name.split('/').at(-1)!.replace(ONNX, '');
  const notes: string[] = [];
  const json = async (file: string): Promise<unknown> =>
    parseJson(await readSource(files, file, sources), `${files.path}/${file}`);
  let stated: Record<string, unknown> = {};
  const sidecar = [`${stem}.json`, 'model.json'].find((file) => files.names.includes(file));
  if (sidecar !== undefined) {
    const raw = await json(sidecar);
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
      throw new MorulaError('invalid-metadata', `model: ${files.path}/${sidecar} must hold a JSON object`);
    stated = { ...raw };
  }
  const semantic = { ...stated };
  if (stated.thresholds === undefined && stated.kind !== 'semantic') {
    const beside = files.names.includes('thresholds.json') ? await json('thresholds.json') : null;
    const { thresholds, note } = thresholdsOf(beside);
    stated.thresholds = thresholds;
    if (note !== null) notes.push(note);
  }
  return {
    format: 'ONNX',
    name: typeof stated.name === 'string' ? stated.name : stem === 'model' ? files.name : stem,
    onnx,
    stated,
    sources,
    notes,
    test: null,
    unsupported: null,
    asSemantic: { stated: semantic, notes: [], test: null, unsupported: null },
  };
}

/** The model with its weights in it, also those that lie in other files of its folder. */
async function readWhole(files: Files, name: string, sources: Record<string, string>): Promise<Uint8Array> {
  const file = await readSource(files, name, sources);
  const path = `${files.path}/${name}`;
  if (!checkOnnxBytes(file, path).external) return file;
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  return inlineExternalData(file, path, (location) => readSource(files, folder + location, sources));
}
