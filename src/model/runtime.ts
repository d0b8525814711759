import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { MorulaError } from '../errors/index.ts';
import type { Device } from './types.ts';

/** A session of the runtime and where it runs. */
export interface Runtime {
  session: InferenceSession;
  device: Device;
  /** Why it does not run where `auto` would have liked, or null. */
  note: string | null;
}

/** Devices that `auto` tries, best first; cpu always works. */
const AUTO: readonly Device[] = ['cpu'];

/**
 * Opens ONNX bytes in ONNX Runtime, with the options under which outputs do not depend on the number of threads.
 * A named device must work; `auto` goes on to the next one and says so.
 *
 * @param threads threads inside one run
 * @throws `invalid-data` when the model cannot be loaded; `unsupported` when the device cannot be used
 */
export async function openRuntime(
  bytes: Uint8Array,
  path: string,
  options: { threads?: number; device?: Device },
): Promise<Runtime> {
  const wanted = options.device ?? 'auto';
  const notes: string[] = [];
  for (const device of wanted === 'auto' ? AUTO : [wanted]) {
    try {
      requireBackend(device);
      const session = await InferenceSession.create(bytes, sessionOptions(device, options.threads ?? 1));
      return { session, device, note: notes.length > 0 ? notes.join('; ') : null };
    } catch (cause) {
      if (device === 'cpu')
        throw new MorulaError(
          'invalid-data',
          `model: ${path} must load in ONNX Runtime, but ${firstLine(cause)}; export the network again`,
          { cause },
        );
      if (wanted !== 'auto')
        throw new MorulaError(
          'unsupported',
          `model: device ${device} cannot be used here (${firstLine(cause)}); use --device cpu`,
          { cause },
        );
      notes.push(`device ${device} cannot be used here (${firstLine(cause)})`);
    }
  }
  throw new MorulaError('unsupported', 'model: no device can be used here');
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
    extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
  };
}

/** The first line of an error's text, without the runtime's own prefix. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .split('\n')[0]!
    .replace(/^Error: /, '')
    .slice(0, 200);
}
