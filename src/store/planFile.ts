import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../codec/files.ts';
import { canonicalJson } from '../codec/zarr/index.ts';
import { asStorageError, MorulaError, quoted } from '../errors/index.ts';
import { describeDifference, stageKey } from './canonical.ts';
import { layout } from './layout.ts';
import type { LinkSettings } from './types.ts';

/** Options as a `--config` file has them: names of the command line without dashes in front, values as JSON. */
export type SaidOptions = Record<string, unknown>;

/** plan.json: how a result's job is cut into tasks that any number of machines may do, in any order, more than once. */
export interface PlanFile {
  format: 'morula-plan';
  version: 1;
  /** Hash of all that decides what a task is and gives; see `planId`. */
  id: string;
  morula: string;
  /** Absolute path or address. */
  movie: string;
  nFrames: number;
  /** Task `k` is frames `[k * framesPerTask, (k + 1) * framesPerTask)`, cut off at the end. */
  framesPerTask: number;
  /** Names the segmentation, see `RunFile`. */
  segmentKey: string;
  /** What was said of the two stages when the job was planned. */
  segment: SaidOptions;
  link: SaidOptions;
  linkSettings: LinkSettings;
}

/** The part of a plan that its maker decides. */
export type PlanContent = Omit<PlanFile, 'format' | 'version' | 'id' | 'morula'>;

/** A plan's name: hash of its content. */
export function planId(content: PlanContent): string {
  const { movie, nFrames, framesPerTask, segmentKey, segment, link, linkSettings } = content;
  return stageKey('plan/1', { movie, nFrames, framesPerTask, segmentKey, segment, link, linkSettings });
}

/** Lines `name: old -> new` for what differs between two plans. */
export function describePlanChange(before: PlanFile, after: PlanContent): string {
  const shown = ({ movie, framesPerTask, segment, link, linkSettings }: PlanContent): object => ({
    movie,
    'frames-per-task': framesPerTask,
    ...segment,
    ...link,
    // Two files of one name can hold two networks.
    'content of scorer': (linkSettings as { scorer?: string }).scorer,
  });
  return describeDifference(shown(before), shown(after)).join('; ');
}

/** True when two settings of the linker are the same. */
export function sameLinkSettings(a: LinkSettings, b: LinkSettings): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** Writes plan.json in one piece. */
export async function writePlanFile(folder: string, plan: PlanFile): Promise<void> {
  await writeFileAtomic(layout.plan(folder), `${JSON.stringify(plan, null, 2)}\n`);
}

/**
 * Reads plan.json, or null when nothing was planned.
 *
 * @throws `invalid-data` when it is no plan of ours, `storage` when it cannot be read
 */
export async function readPlanFile(folder: string): Promise<PlanFile | null> {
  const path = layout.plan(folder);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw asStorageError('store', path, error);
  }
  const plan = parse(text);
  if (plan !== null) return plan;
  throw new MorulaError(
    'invalid-data',
    `store: ${path} is not a morula plan; make it again with: morula plan <movie> -o ${quoted(folder)} --new-plan, with the options that it had`,
  );
}

/** A plan whose name is that of its content, else null. */
function parse(text: string): PlanFile | null {
  try {
    const plan = JSON.parse(text) as PlanFile | null;
    if (plan?.format !== 'morula-plan' || plan.version !== 1) return null;
    return plan.id === planId(plan) ? plan : null;
  } catch {
    return null;
  }
}
