import { crc32c } from '../codec/zarr/crc32c.ts';

/** A JSON object in a line that begins with the CRC-32C of its rest, so that a changed bit shows. */
export function sealLine(value: object): string {
  const json = JSON.stringify(value);
  return `{"crc":"${hex(crc32c(Buffer.from(json, 'utf8')))}",${json.slice(1)}\n`;
}

const hex = (sum: number): string => sum.toString(16).padStart(8, '0');

/** Bytes of `{"crc":"01234567",` before the rest of a line. */
const HEAD = 18;

const SEAL = /^\{"crc":"([0-9a-f]{8})",$/;

/** The object in a line without its end, or null where it is damaged; changes the line's bytes. */
export function openLine(line: Buffer): Record<string, unknown> | null {
  const match = SEAL.exec(line.toString('latin1', 0, HEAD));
  if (match === null) return null;
  line[HEAD - 1] = 0x7b; // {
  const json = line.subarray(HEAD - 1);
  if (hex(crc32c(json)) !== match[1]) return null;
  return JSON.parse(json.toString('utf8')) as Record<string, unknown>;
}

/** A marker's content: a sealed line without its end, so that no byte of it may go. */
export const sealMarker = (value: object): string => sealLine(value).trimEnd();

/**
 * The object in a marker's file: sealed, or of an older version without a seal.
 *
 * @returns null where it is damaged
 */
export function openMarker(bytes: Buffer): unknown {
  if (bytes.toString('latin1', 0, HEAD).startsWith('{"crc":')) return openLine(bytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
