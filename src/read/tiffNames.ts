import { MorulaError } from '../errors/index.ts';

/** Suffixes of TIFF and BigTIFF files. */
const SUFFIX = /\.(?:tiff?|tf[28]|btf)$/i;

/** True when the path ends like a TIFF file's. */
export function isTiffPath(path: string): boolean {
  return SUFFIX.test(path);
}

/** True for a file of a TIFF folder: not hidden (as the forks that some systems leave beside files are). */
export function isTiffName(name: string): boolean {
  return !name.startsWith('.') && isTiffPath(name);
}

/** The files of a folder in the order of time. */
export interface NumberedFiles {
  names: string[];
  warnings: string[];
}

/** A file name cut into text and numbers: numbers at odd places. */
interface Pieces {
  name: string;
  parts: string[];
}

/**
 * Sorts file names by their running number, the one number in which they differ (`t000.tif`, `man_seg000.tif`, also
 * with more digits from 1000 on). Single files that are named otherwise are left out with a warning.
 *
 * @param folder for the errors
 * @param names at least one
 * @throws `invalid-data` when a number is missing (the message names the file) or given twice, or when the names do
 *   not follow one pattern with one number
 */
export function numberFiles(folder: string, names: readonly string[]): NumberedFiles {
  const patterns = new Map<string, Pieces[]>();
  for (const name of names) {
    const parts = name.split(/(\d+)/);
    const pattern = parts.map((part, i) => (i % 2 === 0 ? part : '#')).join('');
    const group = patterns.get(pattern);
    if (group === undefined) patterns.set(pattern, [{ name, parts }]);
    else group.push({ name, parts });
  }
  const groups = [...patterns.values()].sort((a, b) => b.length - a.length);
  if (groups.length > 1 && (groups[0].length === 1 || groups[1].length > 1)) {
    throw fault(
      folder,
      `the TIFF files must differ in one running number, found ${groups[0][0].name} and ${groups[1][0].name}`,
    );
  }
  const left = groups.slice(1).map(([{ name }]) => name);
  const warnings = left.length > 0 ? [`left out, named otherwise than the frames: ${left.join(', ')}`] : [];
  return { names: sortByNumber(folder, groups[0]), warnings };
}

function sortByNumber(folder: string, files: Pieces[]): string[] {
  const [{ parts }] = files;
  const varying = parts.flatMap((part, i) =>
    i % 2 === 1 && files.some((file) => Number(file.parts[i]) !== Number(part)) ? [i] : [],
  );
  if (varying.length > 1) {
    const other = files.find((file) => Number(file.parts[varying[0]]) !== Number(parts[varying[0]]));
    throw fault(
      folder,
      `the TIFF files must differ in one running number, found ${varying.length} in ${files[0].name} and ${other?.name}`,
    );
  }
  const at = varying[0] ?? parts.length - 2;
  const sorted = [...files].sort((a, b) => Number(a.parts[at]) - Number(b.parts[at]));
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1], sorted[i]];
    const expected = Number(before.parts[at]) + 1;
    if (Number(after.parts[at]) < expected) {
      throw fault(folder, `${before.name} and ${after.name} have the same number`);
    }
    if (Number(after.parts[at]) > expected) {
      const missing = before.parts.with(at, String(expected).padStart(before.parts[at].length, '0')).join('');
      throw fault(
        folder,
        `the frames must be numbered without gaps, ${missing} is missing (next is ${after.name})`,
      );
    }
  }
  return sorted.map(({ name }) => name);
}

function fault(folder: string, text: string): MorulaError {
  return new MorulaError('invalid-data', `read: ${folder}: ${text}`);
}
