import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { start } from '../cli/morula.ts';
import { conv1, onnx } from '../helpers/onnx.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob } from '../helpers/tinyJob.ts';

const folder = tempFolder();
const INT64 = 7;

/** A network in StarDist's form whose distances are `side` x `side` pixels, whatever the image. */
function bomb(side: number): Uint8Array {
  const logit = conv1('logit', 'image', 1, 8, -4);
  return onnx({
    inputs: [{ name: 'image', shape: ['n', 1, 'h', 'w'] }],
    outputs: [
      { name: 'prob', shape: ['n', 1, 'h', 'w'] },
      { name: 'dist', shape: ['n', 8, 'oh', 'ow'] },
    ],
    nodes: [
      logit[0],
      { op: 'Sigmoid', inputs: ['logit'], outputs: ['prob'] },
      { op: 'Cast', inputs: ['size'], outputs: ['whole'], attributes: { to: INT64 } },
      { op: 'ConstantOfShape', inputs: ['whole'], outputs: ['dist'] },
    ],
    weights: [...logit[1], { name: 'size', dims: [4], values: [1, 8, side, side] }],
  });
}

describe('a network that asks for more memory than there is', { timeout: 120_000 }, () => {
  it('ends in one line that names it, and its process takes nothing else along', async () => {
    const job = makeTinyJob(folder);
    const home = join(folder, 'bomb');
    mkdirSync(home);
    const path = join(home, 'model.onnx');
    // 2^20 x 2^20 x 8 x 4 bytes are 35 TB.
    writeFileSync(path, bomb(2 ** 20));
    writeFileSync(
      join(home, 'model.json'),
      JSON.stringify({ layout: 'NCHW', grid: 1, nRays: 8, divisibleBy: 8, halo: 16 }),
    );
    const args = job.track(join(folder, 'r')).map((arg) => (arg.endsWith('model.onnx') ? path : arg));
    for (const command of [args, ['models', 'check', path]]) {
      const { code, signal, stdout, stderr } = await start(command).ended;
      expect([signal, stdout, stderr]).toEqual([
        null,
        '',
        expect.stringMatching(/^morula: model: [^\n]+\n$/),
      ]);
      expect([65, 70]).toContain(code);
      expect(stderr).toContain('model.onnx');
    }
  });
});
