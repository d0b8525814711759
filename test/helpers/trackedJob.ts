import { join } from 'node:path';
import { expect } from 'vitest';
import { here } from '../cli/morula.ts';
import { makeTinyJob, type TinyJob } from './tinyJob.ts';

/** A tiny job, and in `whole` below the folder what it makes undisturbed. */
export async function makeTrackedJob(folder: string): Promise<TinyJob> {
  const job = makeTinyJob(folder);
  expect(await here(...job.track(join(folder, 'whole')))).toMatchObject({ code: 0, stderr: '' });
  return job;
}
