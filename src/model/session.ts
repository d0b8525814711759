import type { InferenceSession } from 'onnxruntime-node';
import { MorulaError } from '../errors/index.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import { semanticSession } from './semantic/session.ts';
import { SPARSE, sparseGraph } from './sparseGraph.ts';
import { denseRuns, sparseRuns } from './starRuns.ts';
import type { Device, Manifest, Model, ModelSession, PlaneSession, VolumeSession } from './types.ts';

/**
 * Makes a model ready to run. One session belongs to one thread; creation costs some 50 ms.
 *
 * @param options.threads threads inside one run, default 1
 * @param options.device default `cpu`, and so is `auto` here
 * @param options.sparse whether to leave out of `dist` what is not asked for, where the network and the device allow it
 * @throws `invalid-data` when the file does not load or lacks what its manifest names; `unsupported` device
 */
export async function createSession(
  model: Model,
  options: { threads?: number; device?: Device; sparse?: boolean } = {},
): Promise<ModelSession> {
  const { manifest, path } = model;
  const rewritten = options.sparse ? await openSparse(model, options) : null;
  const { session, device } = rewritten ?? (await openRuntime(model.bytes, path, options));
  try {
    checkNames(session, manifest, path, rewritten !== null);
  } catch (error) {
    await session.release();
    throw error;
  }
  if (manifest.kind === 'semantic') return semanticSession(session, manifest, path, device);
  const run = (rewritten === null ? denseRuns : sparseRuns)(session, manifest, path);
  const common = { device, close: () => session.release() };
  if (manifest.ndim === 3) {
    const volumes: VolumeSession = {
      ...common,
      manifest,
      async run(input, depth, height, width, floor) {
        const { size, ...found } = await run(input, [depth, height, width], floor);
        return { depth: size[0]!, height: size[1]!, width: size[2]!, ...found };
      },
    };
    return volumes;
  }
  const planes: PlaneSession = {
    ...common,
    manifest,
    async run(input, height, width, floor) {
      const { size, ...found } = await run(input, [height, width], floor);
      return { height: size[0]!, width: size[1]!, ...found };
    },
  };
  return planes;
}

/** The network rewritten by `sparseGraph`, or null where that is not possible. */
async function openSparse(
  { manifest, bytes, path }: Model,
  options: { threads?: number; device?: Device },
): Promise<Runtime | null> {
  const { device = 'cpu' } = options;
  if (manifest.kind !== 'stardist' || (device !== 'cpu' && device !== 'auto')) return null;
  try {
    const rewritten = sparseGraph(bytes, manifest);
    return rewritten && (await openRuntime(rewritten, path, options));
  } catch {
    // Whatever is wrong with the model, opening it as it is says so better.
    return null;
  }
}

function checkNames(session: InferenceSession, manifest: Manifest, path: string, sparse: boolean): void {
  const inputs = session.inputNames.filter((name) => !sparse || name !== SPARSE.floor);
  if (inputs.length !== 1)
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must have one input, found ${inputs.length} (${inputs.join(', ')})`,
    );
  for (const [role, name] of Object.entries(manifest.outputs)) {
    if (sparse && role === 'dist') continue;
    if (!session.outputNames.includes(name))
      throw new MorulaError(
        'invalid-data',
        `model: ${path} must have the output "${name}" that its model.json names, found ` +
          `${session.outputNames.join(', ')}; correct or remove "outputs"`,
      );
  }
}
