import { MorulaError } from '../../errors/index.ts';

/** Element types that are read, by NumPy's name: bytes each, and the reader. Little-endian. */
const TYPES: Record<string, [number, (view: DataView, at: number) => number]> = {
  f4: [4, (view, at) => view.getFloat32(at, true)],
  f8: [8, (view, at) => view.getFloat64(at, true)],
  u1: [1, (view, at) => view.getUint8(at)],
  i1: [1, (view, at) => view.getInt8(at)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
};

/**
 * Reads a NumPy array file as float32, C order.
 *
 * Source: numpy.lib.format, versions 1 to 3.
 *
 * @throws `invalid-data` for anything but a whole little-endian array of numbers
 */
export function readNpy(bytes: Uint8Array, path: string): { data: Float32Array; shape: number[] } {
  const bad = (why: string): MorulaError =>
    new MorulaError('invalid-data', `model: ${path} must be a NumPy array of numbers, but ${why}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin = new TextDecoder('latin1');
  if (bytes.length < 12 || bytes[0] !== 0x93 || latin.decode(bytes.subarray(1, 6)) !== 'NUMPY')
    throw bad('it is something else');
  const wide = bytes[6]! >= 2;
  const start = (wide ? 12 : 10) + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = latin.decode(bytes.subarray(wide ? 12 : 10, start));
  const [, order, code] = /'descr':\s*'([<|=>])(\w+)'/.exec(header) ?? [];
  const type = TYPES[code ?? ''];
  if (!type || order === '>') throw bad(`its type is ${order ?? ''}${code ?? 'not known'}`);
  if (/'fortran_order':\s*True/.test(header)) throw bad('it is in Fortran order');
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((s) => s.trim() !== '')
    .map(Number);
  const [width, get] = type;
  const count = shape.reduce((product, n) => product * n, 1);
  if (!(start + count * width <= bytes.length)) throw bad('it is truncated');
  return { data: Float32Array.from({ length: count }, (_, i) => get(view, start + i * width)), shape };
}
