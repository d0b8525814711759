import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkPlanned } from '../../../src/pipeline/cluster/linkPlanned.ts';
import { here } from '../../cli/morula.ts';
import { tempFolder } from '../../helpers/tempFolder.ts';
import { makeTinyJob } from '../../helpers/tinyJob.ts';

describe('linkPlanned', () => {
  it('asks to be tried again when a frame is missing, and links when none is', async () => {
    const folder = tempFolder();
    const job = makeTinyJob(folder, 5);
    const result = join(folder, 'result');
    const [, ...track] = job.track(result);
    await here('segment', ...track, '--frames', '0:3');
    const options = {
      linker: 'global',
      maxDistance: Number.NaN,
      maxFrameInterval: 2,
      divisions: true,
    } as const;
    await expect(linkPlanned(result, options, false, {}, 0)).rejects.toMatchObject({
      exit: 75,
      message: `link: every frame must be segmented, frames 3-4 of ${result} are not; see: morula missing ${result} --stage segment`,
    });
    await here('segment', ...track, '--frames', '3:5');
    expect(await linkPlanned(result, options, false, {}, 0)).toMatchObject({ fresh: true });
  });
});
