import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkModel } from '../../src/model/index.ts';
import { starNetwork } from '../helpers/onnx.ts';

describe('checkModel', () => {
  it('reports ports, manifest, time and doubts of a model without a manifest', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'morula-check-'));
    const path = join(folder, 'net.onnx');
    await writeFile(path, starNetwork({ grid: 2 }));
    const report = await checkModel(path);
    await rm(folder, { recursive: true });
    expect(report).toMatchObject({
      path,
      inputs: [{ name: 'image', type: 'float32', shape: ['n', 1, 'h', 'w'] }],
      manifest: { name: 'net', grid: [2, 2], nRays: 8 },
      probeSize: [256, 256],
    });
    expect(report.outputs.map((o) => o.name)).toEqual(['prob', 'dist']);
    expect(report.ms).toBeGreaterThan(0);
    expect(report.warnings).toEqual([expect.stringContaining('thresholds')]);
  });
});
