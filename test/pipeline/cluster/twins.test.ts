import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SegmentJob, segmentMovie } from '../../../src/pipeline/index.ts';
import { tempFolder } from '../../helpers/tempFolder.ts';
import { makeTinyJob } from '../../helpers/tinyJob.ts';

describe('segmentMovie of a slice', () => {
  it('leaves alone what another machine finished since it began, and computes only the rest', async () => {
    const folder = tempFolder();
    makeTinyJob(folder, 5);
    const job = (name: string, frames: [number, number]): SegmentJob => ({
      source: { path: join(folder, 'movie'), level: 0, pixelSize: [1, 1, 1], timeStep: 60 },
      folder: join(folder, name),
      model: join(folder, 'model', 'model.onnx'),
      device: 'cpu',
      threads: 1,
      workers: 1,
      omeZarr: '0.5',
      overwrite: false,
      frames,
    });
    await segmentMovie(job('other', [0, 3]));
    let looks = 0;
    const onProgress = (): void => {
      // Before the first frame is begun.
      if (looks++ > 0) return;
      for (const part of ['frames', 'labels'])
        cpSync(join(folder, 'other', part), join(folder, 'mine', part), { recursive: true });
    };
    const report = await segmentMovie(job('mine', [0, 5]), { onProgress });
    expect(looks).toBe(6);
    expect(report).toMatchObject({ fresh: 2, kept: 3 });
    const again = await segmentMovie(job('mine', [0, 5]));
    expect(again).toMatchObject({ fresh: 0, kept: 5, detections: report.detections });
  });
});
