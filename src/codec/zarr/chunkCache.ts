import type { DecodedChunk } from './decode.ts';

/** Bytes that are kept in all, */
const BUDGET_BYTES = 64 * 1024 ** 2;
/** or those of one chunk, when it alone is larger. */
const MAX_KEPT_BYTES = 256 * 1024 ** 2;

/** Gives the chunk of a key from memory, or from `make`, and keeps it when `keep` is set. */
export type ChunkCache = (
  key: string,
  keep: boolean,
  make: () => Promise<DecodedChunk | undefined>,
) => Promise<DecodedChunk | undefined>;

/**
 * A bounded memory of decoded chunks, least recently used out first. Only chunks that a region uses in part are worth
 * keeping: a movie whose chunks span several frames would otherwise decode each of them once per frame.
 */
export function createChunkCache(): ChunkCache {
  const kept = new Map<string, DecodedChunk>();
  let bytes = 0;
  const sizeOf = ({ data }: DecodedChunk): number =>
    ArrayBuffer.isView(data) ? data.byteLength : Number.POSITIVE_INFINITY;

  return async (key, keep, make) => {
    const known = kept.get(key);
    if (known) {
      kept.delete(key);
      kept.set(key, known);
      return known;
    }
    const chunk = await make();
    if (!chunk || !keep || kept.has(key) || sizeOf(chunk) > MAX_KEPT_BYTES) return chunk;
    bytes += sizeOf(chunk);
    kept.set(key, chunk);
    for (const [oldest, old] of kept) {
      if (bytes <= BUDGET_BYTES || kept.size === 1) break;
      kept.delete(oldest);
      bytes -= sizeOf(old);
    }
    return chunk;
  };
}
