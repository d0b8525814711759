import { setTimeout as pause } from 'node:timers/promises';
import { isMorulaError } from '../../errors/index.ts';
import { type LinkJob, type LinkReport, linkResult } from '../linkResult.ts';
import type { Hooks } from '../progress.ts';
import { needAllFrames } from './missing.ts';

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
    try {
      await needAllFrames(folder);
      break;
    } catch (error) {
      const early = isMorulaError(error) && error.tag === 'busy' && Date.now() < until;
      if (!early) throw error;
    }
    await pause(LOOK_EVERY * 1000, undefined, hooks.signal === undefined ? {} : { signal: hooks.signal });
  }
  return linkResult(folder, job, overwrite, hooks, LOCKED);
}
