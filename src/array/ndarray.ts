/** Numeric typed arrays that images and columns are made of. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Name of an element type, as in zarr v3. */
export type Dtype = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';

/** An image or table: C order, contiguous, last axis fastest. `data.length` is the product of `shape`. */
export interface NdArray<T extends TypedArray = TypedArray> {
  data: T;
  shape: readonly number[];
}

const CONSTRUCTORS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Number of elements of a shape; 1 for rank 0. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** A zeroed typed array of `length` elements. */
export function allocate(dtype: Dtype, length: number): TypedArray {
  return new CONSTRUCTORS[dtype](length);
}

/** The typed array of `dtype` over a buffer (not copied; the offset must suit the element size). */
export function viewAs(dtype: Dtype, buffer: ArrayBufferLike, byteOffset = 0, length?: number): TypedArray {
  return new CONSTRUCTORS[dtype](buffer as ArrayBuffer, byteOffset, length);
}

/** Bytes per element. */
export function bytesOf(dtype: Dtype): number {
  return CONSTRUCTORS[dtype].BYTES_PER_ELEMENT;
}

/** True for the name of an element type. */
export function isDtype(name: unknown): name is Dtype {
  return typeof name === 'string' && Object.hasOwn(CONSTRUCTORS, name);
}

/** The dtype name of a typed array. */
export function dtypeOf(data: TypedArray): Dtype {
  for (const [name, ctor] of Object.entries(CONSTRUCTORS)) if (data instanceof ctor) return name as Dtype;
  throw new TypeError('array: not a numeric typed array');
}
