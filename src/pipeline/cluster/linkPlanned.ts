import { setTimeout as pause } from 'node:timers/promises';
import { MorulaError } from '../../errors/index.ts';
import { type LinkJob, type LinkReport, linkResult } from '../linkResult.ts';
import type { Hooks } from '../progress.ts';
import { findMissing } from './missing.ts';
import { arraySyntax } from './tasks.ts';

/** Seconds for which a network file system may still hide what another machine finished. */
const HIDDEN = 60;
/** Seconds in which the lock of a machine that is gone becomes free. */
const LOCKED = 180;
/** Seconds between two looks. */
const LOOK_EVERY = 5;

/**
 * Links where other machines segment: frames that are not there yet are waited for a while, and are then a reason to try
 * again later, not one to give up.
 *
 * @param patience seconds
 * @throws `busy` (exit 75) naming the frames that are missing
 */
export async function linkPlanned(
  folder: string,
  job: LinkJob,
  overwrite: boolean,
  hooks: Hooks = {},
  patience: number = HIDDEN,
): Promise<LinkReport> {
  const until = Date.now() + patience * 1000;
  for (;;) {
    const { frames } = await findMissing(folder, 'segment');
    if (frames.length === 0) return linkResult(folder, job, overwrite, hooks, LOCKED);
    if (Date.now() >= until) {
      const some = frames.length > 20 ? `${frames.length} frames` : `frames ${arraySyntax(frames)}`;
      throw new MorulaError(
        'busy',
        `link: every frame must be segmented, ${some} of ${folder} are not; see: morula missing ${folder} --stage segment`,
      );
    }
    await pause(LOOK_EVERY * 1000, undefined, hooks.signal === undefined ? {} : { signal: hooks.signal });
  }
}
