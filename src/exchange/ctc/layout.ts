import { basename, dirname, join } from 'node:path';
import { MorulaError } from '../../errors/index.ts';
import { kindOf, namesIn } from '../input.ts';
import type { CtcSegFile, CtcTracks } from '../types.ts';

/** Where the parts of a Cell Tracking Challenge folder lie. */
export interface CtcFolder {
  layout: CtcTracks['layout'];
  folder: string;
  /** Mask of each frame, index = frame; empty text where the file is absent. */
  maskFiles: string[];
  trackFile: string | null;
  segFiles: CtcSegFile[];
}

const MASKS = {
  result: /^mask(\d+)\.tiff?$/i,
  truth: /^man_track(\d+)\.tiff?$/i,
  masks: /^(?:mask|man_track|man_seg)(\d+)\.tiff?$/i,
} as const;
const SEG = /^man_seg_?(\d+)(?:_(\d+))?\.tiff?$/i;
const TRACK_FILE = { result: 'res_track.txt', truth: 'man_track.txt' } as const;

/** Files of `names` that match, by frame number. */
function byFrame(folder: string, names: readonly string[], pattern: RegExp): string[] {
  const files: string[] = [];
  for (const name of names) {
    const found = pattern.exec(name);
    if (found) files[Number(found[1])] = join(folder, name);
  }
  return Array.from(files, (file) => file ?? '');
}

/** Files of a SEG folder, by (frame, plane). */
async function listSeg(folder: string): Promise<CtcSegFile[]> {
  const files: CtcSegFile[] = [];
  for (const name of await namesIn(folder)) {
    const found = SEG.exec(name);
    if (!found) continue;
    files.push({
      t: Number(found[1]),
      z: found[2] === undefined ? null : Number(found[2]),
      path: join(folder, name),
    });
  }
  return files.sort((a, b) => a.t - b.t || (a.z ?? -1) - (b.z ?? -1));
}

/** What lies directly in `folder`, or null. */
async function inspect(folder: string): Promise<CtcFolder | null> {
  const names = await namesIn(folder);
  for (const layout of ['result', 'truth'] as const) {
    const maskFiles = byFrame(folder, names, MASKS[layout]);
    if (maskFiles.length === 0 || !names.includes(TRACK_FILE[layout])) continue;
    const segFiles =
      layout === 'result' ? wholeFrames(maskFiles) : await listSeg(join(dirname(folder), 'SEG'));
    return { layout, folder, maskFiles, trackFile: join(folder, TRACK_FILE[layout]), segFiles };
  }
  const maskFiles = byFrame(folder, names, MASKS.masks);
  if (maskFiles.length === 0) return null;
  return { layout: 'masks', folder, maskFiles, trackFile: null, segFiles: wholeFrames(maskFiles) };
}

function wholeFrames(maskFiles: readonly string[]): CtcSegFile[] {
  return maskFiles.flatMap((path, t) => (path === '' ? [] : [{ t, z: null, path }]));
}

/** The challenge folder at `path`: itself, its `TRA`, or the only `NN_GT` or `NN_RES` inside; null where none is. */
export async function findCtc(path: string): Promise<CtcFolder | null> {
  if ((await kindOf(path)) !== 'folder') return null;
  const names = await namesIn(path);
  const truths = names.filter((name) => /^\d+_(GT|ST)$/.test(name));
  const results = names.filter((name) => /^\d+_RES$/.test(name));
  const inner = truths.length === 1 ? truths : results.length === 1 ? results : [];
  const candidates = [
    path,
    join(path, 'TRA'),
    ...inner.flatMap((name) => [join(path, name, 'TRA'), join(path, name)]),
  ];
  let masksOnly: CtcFolder | null = null;
  for (const candidate of candidates) {
    const found = await inspect(candidate);
    if (found?.trackFile) return found;
    masksOnly ??= found;
  }
  return masksOnly;
}

/** The challenge folder at `path`, or an error that says what was looked for. */
export async function requireCtc(path: string): Promise<CtcFolder> {
  const found = await findCtc(path);
  if (found) return found;
  if ((await kindOf(path)) === null) {
    throw new MorulaError('not-found', `ctc: ${path} must exist, there is no such folder`);
  }
  const names = (await namesIn(path)).slice(0, 3).join(', ');
  const wanted = 'mask000.tif with res_track.txt, or man_track000.tif with man_track.txt';
  throw new MorulaError(
    'invalid-data',
    `ctc: ${basename(path)} must hold ${wanted}, found ${names || 'nothing'}`,
  );
}

/** Digits of the frame number in a file name: three, four from a thousand frames on. */
export function digitsFor(nFrames: number): number {
  return nFrames > 1000 ? 4 : 3;
}

/** Frame number padded with zeros. */
export function frameName(prefix: string, t: number, digits: number): string {
  return `${prefix}${String(t).padStart(digits, '0')}.tif`;
}
