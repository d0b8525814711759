import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { MorulaError } from '../errors/index.ts';
import type { Device } from './types.ts';
import { insideRuntime } from './watch.ts';

// ONNX Runtime since 1.29 sends names and hashes of models to its maker, and keeps a database in the user's cache, unless
// this is set before the process's first session (its docs/Privacy.md). The engine's threads have it from the pool.
process.env.ORT_DISABLE_TELEMETRY = '1';

/** A session of the runtime and where it runs. */
export interface Runtime {
  session: InferenceSession;
  device: Device;
}

/**
 * Opens ONNX bytes in ONNX Runtime, with the options under which outputs do not depend on the number of threads. Runs
 * of the session count as inside the runtime, see `watchRuns`.
 *
 * @param options.threads threads inside one run, default 1
 * @param options.device default `cpu`; `auto` means the same here: who wants more asks `offeredDevices` and `tryDevice`
 * @throws `invalid-data` when the model cannot be loaded; `unsupported` when the device cannot be used
 */
export async function openRuntime(
  bytes: Uint8Array,
  path: string,
  options: { threads?: number; device?: Device },
): Promise<Runtime> {
  const device = options.device === undefined || options.device === 'auto' ? 'cpu' : options.device;
  try {
    requireBackend(device);
    const session = await insideRuntime(() =>
      InferenceSession.create(bytes, sessionOptions(device, options.threads ?? 1)),
    );
    const run = session.run.bind(session) as (...args: unknown[]) => ReturnType<InferenceSession['run']>;
    session.run = (...args: unknown[]) => insideRuntime(() => run(...args));
    return { session, device };
  } catch (cause) {
    if (device === 'cpu')
      throw new MorulaError(
        'invalid-data',
        `model: ${path} must load in ONNX Runtime, but ${firstLine(cause)}; export the network again`,
        { cause },
      );
    throw new MorulaError('unsupported', `device ${device} must be usable here, but ${firstLine(cause)}`, {
      cause,
    });
  }
}

/** The runtime passes over a provider that the platform lacks without a word; a named one must be there. */
function requireBackend(device: Device): void {
  const names = listSupportedBackends().map(({ name }) => name);
  if (!names.includes(device)) throw new Error(`this platform has ${names.join(', ')}`);
}

function sessionOptions(device: Device, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    // Planned memory is asked for anew in the second run, beside what the first one took: a third more in all, no faster.
    enableMemPattern: false,
    extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
  };
}

/** The first line of an error's text that says something, without the runtime's own prefix. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .split('\n')[0]!
    .replace(/^Error: /, '')
    .replace(/^\S*onnxruntime\S*:\d+ .*? was false\. /, '')
    .replace(/\.$/, '')
    .slice(0, 200);
}
