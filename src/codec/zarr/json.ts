import { MorulaError } from '../../errors/index.ts';

/** A JSON object. */
export type JsonObject = Record<string, unknown>;

/** Largest metadata document that is read, bytes. */
export const MAX_METADATA_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 64;

/** True for a JSON object (not null, not a list). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The JSON object in `bytes`.
 *
 * @param where name of the document in messages
 * @throws `invalid-metadata` when it is too large, too deep, no JSON, or no object
 */
export function parseJsonObject(bytes: Uint8Array, where: string): JsonObject {
  const fail = (what: string): never => {
    throw new MorulaError('invalid-metadata', `zarr: ${where} must be a JSON object, ${what}`);
  };
  if (bytes.length > MAX_METADATA_BYTES) fail(`found ${bytes.length} bytes, at most 16 MiB are read`);
  if (bytes.length === 0) fail('found an empty file');
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith('version https://git-lfs')) fail('found a Git LFS pointer; fetch it with git lfs pull');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    fail(`found text that begins with ${JSON.stringify(text.slice(0, 24))} and does not parse`);
  }
  if (!isObject(value)) return fail(`found ${Array.isArray(value) ? 'a list' : String(value).slice(0, 40)}`);
  if (depthExceeds(value, MAX_DEPTH)) fail(`found more than ${MAX_DEPTH} nested levels`);
  return value;
}

function depthExceeds(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  return Object.values(value).some((child) => depthExceeds(child, limit - 1));
}

/** JSON with the keys of every object in order, so that equal documents give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, child) =>
    isObject(child) ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1))) : child,
  );
}
