import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, interpreter } from './context.ts';
import { run as runSpeed } from './speed.ts';
import { rounded, type Section } from './table.ts';

/** What `speed.ts` writes. */
interface Speed {
  size: string;
  rows: {
    program: string;
    frames: number;
    objects: number;
    seconds: number;
    cpuSeconds: number;
    peakMb: number;
    faster: number;
  }[];
}

/** `morula segment` against StarDist in Python with the same weights, on 20 simulated frames: the bench `speed`. */
export async function segmentPart(context: Context, report: (section: Section) => void): Promise<void> {
  const python = interpreter(context, 'segmentation');
  if (python === null) return;
  await runSpeed(['--python', python, '--out', context.work, '--frames', '20']);
  const { size, rows } = JSON.parse(readFileSync(join(context.work, 'speed.json'), 'utf8')) as Speed;
  report({
    part: 'segment',
    title: 'Segmentation with the same weights',
    notes: [
      `${size} pixels; by turns of 2 s with the other program stopped. The same objects: \`npm run bench -- instances\`.`,
    ],
    rows: rows.map(({ program, frames, objects, seconds, cpuSeconds, peakMb, faster }) => ({
      program,
      frames,
      objects,
      seconds: rounded(seconds, 1),
      'CPU s': rounded(cpuSeconds, 1),
      'peak MB': rounded(peakMb, 0),
      'times as fast as Python': rounded(faster, 2),
    })),
  });
}
