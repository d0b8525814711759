import type { ByteRange } from './types.ts';

/** The parts of a key. @returns null when the key would leave its store */
export function keyParts(key: string): string[] | null {
  const parts = key.split('/').filter((part) => part !== '' && part !== '.');
  const bad = parts.some((part) => part === '..' || part.includes('\\') || part.includes('\0'));
  return bad ? null : parts;
}

/** The part of a range that lies in an object of `size` bytes, half-open. */
export function clip(range: ByteRange | undefined, size: number): [number, number] {
  if (!range) return [0, size];
  if ('suffix' in range) return [Math.max(0, size - range.suffix), size];
  const from = Math.min(size, range.offset);
  return [from, Math.min(size, from + range.length)];
}
