import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { starNetwork } from '../helpers/onnx.ts';
import { noSoftwareGpu, softwareGpu } from '../helpers/softwareGpu.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { discFrame, writeTiffMovie } from '../helpers/tiffMovie.ts';
import { contentOf, here, start } from './morula.ts';

const UNET = fileURLToPath(new URL('../fixtures/models/unet2d', import.meta.url));
const folder = tempFolder();
const movie = join(folder, 'movie');
const small = join(folder, 'small.onnx');

beforeAll(() => {
  writeTiffMovie(movie, [discFrame(), discFrame(48, 7)]);
  writeFileSync(small, starNetwork());
  const manifest = { layout: 'NCHW', grid: 1, nRays: 8, divisibleBy: 48, halo: 8, fixedSize: [48, 48] };
  writeFileSync(join(folder, 'small.json'), JSON.stringify(manifest));
});

describe('--device', () => {
  it('is named in the progress, the end, run.json, info, and beside each frame', async () => {
    const result = join(folder, 'cpu');
    const args = ['segment', movie, '-o', result, '--model', small, '--workers', '1'];
    const { code, stdout } = await here(...args, '--device', 'cpu');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/segmented {3}2 frames .* on cpu\n/)]);
    expect(JSON.parse(readFileSync(join(result, 'run.json'), 'utf8')).devices).toEqual(['cpu']);
    const marker = JSON.parse(readFileSync(join(result, 'frames', '000001.json'), 'utf8'));
    expect(marker.env.device).toBe('cpu');
    expect((await here('info', result)).stdout).toContain('\ndevice      cpu\n');
    expect(JSON.parse((await here(...args, '--json')).stdout)).toMatchObject({ kept: 2, device: null });
  });

  it('must be had when it is named, and nothing is segmented else', async () => {
    const device = process.platform === 'win32' ? 'coreml' : 'dml';
    const result = join(folder, 'none');
    const args = ['segment', movie, '-o', result, '--model', small, '--device', device];
    const { code, stderr } = await here(...args);
    expect([code, stderr]).toEqual([
      65,
      expect.stringMatching(
        new RegExp(
          `^morula: --device: ${device} must work on this machine, but this platform has cpu, .*\\n$`,
        ),
      ),
    ]);
  });

  it('is listed by models, each with what it lacks', async () => {
    const { stdout } = await here('models');
    expect(stdout).toMatch(/^device {6}cpu$/m);
    const { devices } = JSON.parse((await here('models', '--json')).stdout);
    expect(devices.at(-1)).toEqual({ device: 'cpu', lacks: null });
  });
});

const title = `--device webgpu on a software driver${noSoftwareGpu === null ? '' : ` (skipped: ${noSoftwareGpu})`}`;
describe.skipIf(noSoftwareGpu !== null)(title, () => {
  it('gives the numbers of the CPU on a U-Net', { timeout: 300_000 }, async () => {
    const net = join(folder, 'unet');
    expect((await here('models', 'import', UNET, '-o', net)).code).toBe(0);
    const { sha256, ...manifest } = JSON.parse(readFileSync(join(net, 'model.json'), 'utf8'));
    writeFileSync(
      join(net, 'model.json'),
      JSON.stringify({ ...manifest, divisibleBy: 16, fixedSize: [16, 16] }),
    );
    const { ended } = start(['models', 'check', net, '--device', 'webgpu', '--json'], softwareGpu);
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    const { device, difference } = JSON.parse(stdout);
    expect(device).toBe('webgpu');
    expect(difference).toBeLessThan(1e-4);
    expect(sha256).toHaveLength(64);
  });

  it('segments as the CPU does, and a result goes on from one on the other', {
    timeout: 300_000,
  }, async () => {
    const result = join(folder, 'gpu');
    const args = ['segment', movie, '-o', result, '--model', small, '--workers', '1'];
    const { ended } = start([...args, '--frames', '0:1', '--device', 'webgpu', '--json'], softwareGpu);
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"device":"webgpu"') });
    expect((await here(...args, '--device', 'cpu', '--quiet')).code).toBe(0);
    expect(JSON.parse(readFileSync(join(result, 'run.json'), 'utf8')).devices).toEqual(['webgpu', 'cpu']);
    const whole = join(folder, 'by cpu');
    await here('segment', movie, '-o', whole, '--model', small, '--device', 'cpu', '--quiet');
    expect(labelsOf(result)).toEqual(labelsOf(whole));
  });
});

/** Digests of the label images alone: positions and intensities in tables follow from them. */
function labelsOf(result: string): Record<string, string> {
  const chunks = Object.entries(contentOf(result)).filter(([path]) => /\/c\//.test(path));
  expect(chunks).toHaveLength(2);
  return Object.fromEntries(chunks);
}
