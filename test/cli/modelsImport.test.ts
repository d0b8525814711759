import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../helpers/tempFolder.ts';
import { here } from './morula.ts';

const MODEL = fileURLToPath(new URL('../fixtures/models/unet2d', import.meta.url));
const folder = tempFolder();

describe('morula models import', () => {
  it('prints what was found, where it is and how to use it', async () => {
    const output = join(folder, 'mine');
    const { code, stdout, stderr } = await here('models', 'import', MODEL, '-o', output);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('imported    Keras StarDist 2D, unet\n');
    expect(stdout).toContain('StarDist 2D, 32 rays, grid 1 x 1\n');
    expect(stdout).toContain('thresholds  prob 0.4790711, overlap 0.3\n');
    expect(stdout).toMatch(/speed +\d+ ms for 256 x 256 px/);
    expect(stdout).toContain(`--model '${output}'`);
    expect(readdirSync(output).sort()).toEqual(['model.json', 'model.onnx']);
  });

  it('gives one JSON object with --json', async () => {
    const { code, stdout } = await here('models', 'import', MODEL, '-o', join(folder, 'json'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'Keras StarDist 2D, unet',
      folder: join(folder, 'json'),
    });
  });

  it('ends with 65 and one line for what is no model', async () => {
    const { code, stdout, stderr } = await here('models', 'import', join(MODEL, 'thresholds.json'));
    expect([code, stdout]).toEqual([65, '']);
    expect(stderr).toMatch(/^morula: model: .*thresholds\.json must be a StarDist folder .*\n$/);
  });
});
