import { describe, expect, it } from 'vitest';
import { type ModelJob, taskTemplate } from '../../src/pipeline/segmentJob.ts';
import type { MovieInfo } from '../../src/read/index.ts';
import type { RunFile } from '../../src/store/index.ts';

const JOB = { folder: '/r', model: 'm', threads: 1, memory: 2e9, workers: 4 } as ModelJob;
const RUN = { segmentKey: 'k', segment: { objectDiameter: null } } as RunFile;

describe('taskTemplate', () => {
  it.each([
    ['as many frames as workers and more', 9, undefined, 0.5e9],
    ['one frame, which has it all', 1, undefined, 2e9],
    ['a slice of two frames', 9, [3, 5], 1e9],
  ] as const)(
    'shares the memory among the frames that are under way at once: %s',
    (_, nFrames, frames, share) => {
      const info = { nFrames, voxelSize: [1, 1, 1] } as unknown as MovieInfo;
      const job = frames === undefined ? JOB : { ...JOB, frames };
      expect(taskTemplate(job, { path: 'a' }, info, RUN, 'cpu').memory).toBe(share);
    },
  );
});
