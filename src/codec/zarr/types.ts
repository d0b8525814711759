import type { Dtype, NdArray, TypedArray } from '../../array/index.ts';
import type { MorulaError } from '../../errors/index.ts';
import type { Written } from '../files.ts';

/** Element types of a stored array; 64-bit integers arrive as Float64Array (checked to be safe integers). */
export type ZarrDtype = Dtype | 'bool' | 'int64' | 'uint64' | 'string';

/** A part of a stored object, bytes. */
export type ByteRange = { offset: number; length: number } | { suffix: number };

/** A folder or an http(s) address that holds zarr keys. Missing keys are undefined, every other fault is an error. */
export interface ZarrStore {
  location: string;
  /**
   * The bytes of a key, or of a part of it (shorter where the object ends earlier).
   *
   * @param maxBytes most bytes that may arrive (default 2 GiB); more is an `invalid-data` error
   */
  get(key: string, range?: ByteRange, maxBytes?: number): Promise<Uint8Array | undefined>;
}

/** How patient a store on the network is. */
export interface StoreOptions {
  /** Longest silence before an attempt is given up, seconds (default 30). */
  timeout?: number;
  /** Attempts in all (default 4). */
  tries?: number;
  /** First pause between attempts, seconds; it doubles each time (default 0.5). */
  backOff?: number;
}

/** A group's metadata. */
export interface ZarrGroup {
  zarrFormat: 2 | 3;
  attributes: Record<string, unknown>;
}

/** Per axis: one index (the axis is dropped), a half-open range, or null for all. */
export type Selection = readonly (number | readonly [number, number] | null)[];

/** What becomes of chunks that are not as they should be. */
export interface ChunkRule {
  /** Is told of a chunk that does not decode, which then counts as missing; absent = it is an error. */
  damaged?(error: MorulaError): void;
  /** Whether a missing chunk is one that does not decode; else it is fill values. */
  required?: boolean;
}

/** An array opened for reading. */
export interface ZarrArray {
  /** Path inside the store, without slashes at its ends. */
  path: string;
  zarrFormat: 2 | 3;
  shape: readonly number[];
  dtype: ZarrDtype;
  /** Smallest unit that decodes alone (the inner chunk where sharded). */
  chunks: readonly number[];
  /** Shard shape, or null. */
  shards: readonly number[] | null;
  dimensionNames: readonly (string | null)[] | null;
  attributes: Record<string, unknown>;
  /** The metadata document as read, for fingerprints. */
  metadata: unknown;
  /** Reads a region as a contiguous C-order array; bool is Uint8Array, 64-bit integers Float64Array. */
  read(selection?: Selection, rule?: ChunkRule): Promise<NdArray>;
  /** Reads a whole array of strings. */
  readStrings(): Promise<string[]>;
}

/** What an array is, for writing. */
export interface ArraySpec {
  shape: readonly number[];
  chunks: readonly number[];
  dtype: ZarrDtype;
  fillValue?: number;
  dimensionNames?: readonly string[];
  attributes?: Record<string, unknown>;
  /** Default 3. */
  zarrFormat?: 2 | 3;
  /** Default 'zstd' (level 2, with crc32c in v3 / checksum in v2 where the codec has one). */
  compression?: 'zstd' | 'blosc' | 'gzip' | 'none';
}

/** One written chunk: its key relative to the array's folder. */
export interface WrittenChunk extends Written {
  key: string;
}

/** An array opened for writing on the local disk: whole chunks only, each put in place atomically. */
export interface ZarrWriter {
  folder: string;
  spec: Required<Pick<ArraySpec, 'shape' | 'chunks' | 'dtype'>> & ArraySpec;
  /**
   * The file of one whole chunk: its key and its bytes. `data` has the chunk's full shape, or its clipped shape at the
   * array's end (it is then padded with the fill value).
   */
  encodeChunk(
    coords: readonly number[],
    data: NdArray<TypedArray>,
  ): Promise<{ key: string; bytes: Uint8Array }>;
  /** Writes one whole chunk, encoded as by `encodeChunk`. */
  writeChunk(coords: readonly number[], data: NdArray<TypedArray>): Promise<WrittenChunk>;
}
