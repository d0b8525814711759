import { MorulaError } from '../../errors/index.ts';
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
  const onnx = await readSource(files, name, sources);
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
  if (stated.thresholds === undefined) {
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
  };
}
