import type { Group } from 'h5wasm';
import { MorulaError } from '../../errors/index.ts';
import { insideRuntime } from '../watch.ts';

const NAME = '/weights.h5';
/** Seconds for any file, and bytes a second besides: a damaged file can send the library round in circles for ever. */
const PATIENCE = 10;
const SPEED = 20e6;
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** One array of an HDF5 file, float32, C order. */
export interface H5Array {
  shape: number[];
  data: Float32Array;
}

/** The parts of an open HDF5 file that weights need. Paths are absolute. */
export interface H5Reader {
  /** Names in a group; none when the path is no group. */
  names(path: string): string[];
  /** A text-list attribute, or null when it is not there. */
  texts(path: string, attribute: string): string[] | null;
  /** @throws `invalid-data` when there is no float array at the path */
  array(path: string): H5Array;
}

/**
 * Opens HDF5 bytes in memory, hands them to `use`, and closes them. The HDF5 library (WebAssembly) is loaded on
 * first use, because few runs need it.
 *
 * @throws `invalid-data` when the bytes are not a whole HDF5 file; in a task, `task-failed` where reading does not end
 */
export async function withHdf5<T>(bytes: Uint8Array, path: string, use: (file: H5Reader) => T): Promise<T> {
  checkSignature(bytes, path);
  const { File, ready } = await import('h5wasm');
  const library = await ready;
  // Without this the library prints its error stack on standard error.
  library.activate_throwing_error_handler();
  library.FS.writeFile(NAME, bytes);
  const read = async (): Promise<T> => {
    const file = new File(NAME, 'r');
    try {
      return use(readerOf(file, path));
    } finally {
      file.close();
    }
  };
  try {
    return await insideRuntime(read, PATIENCE + Math.ceil(bytes.length / SPEED));
  } catch (cause) {
    if (cause instanceof MorulaError) throw cause;
    throw damaged(path, 'it is truncated or damaged; copy it again', cause);
  } finally {
    library.FS.unlink(NAME);
  }
}

function checkSignature(bytes: Uint8Array, path: string): void {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte))
    throw damaged(path, bytes.length === 0 ? 'it is empty' : 'it is something else');
}

function damaged(path: string, why: string, cause?: unknown): MorulaError {
  return new MorulaError('invalid-data', `model: ${path} must be an HDF5 file, but ${why}`, { cause });
}

function readerOf(file: Group, path: string): H5Reader {
  const groupAt = (at: string): Group | null => {
    const found = at === '/' ? file : file.get(at);
    return found !== null && 'keys' in found ? found : null;
  };
  return {
    names: (at) => groupAt(at)?.keys() ?? [],
    texts: (at, attribute) => {
      const attributes = groupAt(at)?.attrs ?? {};
      return attribute in attributes ? textList(attributes[attribute]!.value) : null;
    },
    array: (at) => {
      const found = file.get(at);
      if (found !== null && 'shape' in found && found.shape !== null) {
        const data = found.value;
        if (data instanceof Float32Array) return { shape: found.shape, data };
        if (data instanceof Float64Array) return { shape: found.shape, data: Float32Array.from(data) };
      }
      throw damaged(path, `it holds no float array at ${at}`);
    },
  };
}

/** Keras writes an empty list as an attribute of numbers, and old files pad their texts with NUL. */
function textList(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  return list.filter((v) => typeof v === 'string').map((v) => v.replace(/\0+$/, ''));
}
