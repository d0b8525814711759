import { join } from 'node:path';

/** Where everything of a result lies; see the README's table of the result folder. */
export const layout = {
  run: (folder: string): string => join(folder, 'run.json'),
  plan: (folder: string): string => join(folder, 'plan.json'),
  /** Scripts and logs of a scheduler. */
  cluster: (folder: string): string => join(folder, 'cluster'),
  lock: (folder: string): string => join(folder, 'run.lock'),
  labels: (folder: string): string => join(folder, 'labels'),
  cells: (folder: string): string => join(folder, 'labels', 'cells'),
  cellsArray: (folder: string): string => join(folder, 'labels', 'cells', '0'),
  frames: (folder: string): string => join(folder, 'frames'),
  frameTable: (folder: string, t: number): string => join(folder, 'frames', `${frameName(t)}.bin`),
  frameMarker: (folder: string, t: number): string => join(folder, 'frames', `${frameName(t)}.json`),
  /** What machines that link together have decided so far; gone when they are done. */
  blocks: (folder: string): string => join(folder, 'blocks'),
  links: (folder: string): string => join(folder, 'links.bin'),
  linksMarker: (folder: string): string => join(folder, 'links.json'),
  motion: (folder: string): string => join(folder, 'motion.bin'),
  rescued: (folder: string): string => join(folder, 'rescued.bin'),
  certainty: (folder: string): string => join(folder, 'certainty.bin'),
  geff: (folder: string): string => join(folder, 'tracks.geff'),
  tables: (folder: string): string => join(folder, 'tables'),
  /** The XML that tracks were imported from: what it holds besides tracks goes back into an export. */
  original: (folder: string): string => join(folder, 'original.xml'),
  edits: (folder: string): string => join(folder, 'edits.jsonl'),
  editsLock: (folder: string): string => join(folder, 'edits.lock'),
} as const;

function frameName(t: number): string {
  return String(t).padStart(6, '0');
}
