import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { message } from '../../src/model/import/onnxWriter.ts';
import { protobufFields } from '../../src/model/import/protobuf.ts';
import { readCandidate } from '../../src/model/import/readCandidate.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const MODELS = fileURLToPath(new URL('../fixtures/models', import.meta.url));
const folder = tempFolder();
let serial = 0;

/** A new folder with files of a fixture. */
async function copied(model: string, ...names: string[]): Promise<string> {
  const home = join(folder, `m${serial++}`);
  await mkdir(home);
  for (const name of names) await cp(join(MODELS, model, name), join(home, name));
  return home;
}

/** A new folder with an export's files, some of them replaced. */
async function unpacked(model: string, change: Record<string, Uint8Array | null> = {}): Promise<string> {
  const home = join(folder, `m${serial++}`);
  await mkdir(join(home, 'variables'), { recursive: true });
  const files = unzipSync(new Uint8Array(await readFile(join(MODELS, model, 'TF_SavedModel.zip'))));
  for (const [name, bytes] of Object.entries({ ...files, ...change }))
    if (bytes !== null && !name.endsWith('/')) await writeFile(join(home, name), bytes);
  return home;
}

describe('readCandidate of a SavedModel', () => {
  it.each(['unet2d-grid2-norm', 'resnet3d'])(
    'rebuilds %s from its export alone, to the byte',
    async (model) => {
      const home = await copied(model, 'TF_SavedModel.zip');
      const { onnx, stated, notes } = await readCandidate(join(home, 'TF_SavedModel.zip'));
      const keras = await readCandidate(join(MODELS, model));
      expect(onnx).toEqual(keras.onnx);
      expect(stated.thresholds).toEqual({ prob: 0.5, nms: 0.4 });
      expect(stated).toMatchObject({
        grid: keras.stated.grid,
        halo: keras.stated.halo,
        borderRule: 'padded',
      });
      expect(notes[0]).toMatch(/no usable thresholds/);
      if (model === 'resnet3d') expect(notes[1]).toMatch(/a golden spiral for cubic voxels is assumed/);
    },
  );

  it('takes thresholds and rays from the files beside it', async () => {
    const home = await copied('resnet3d', 'TF_SavedModel.zip', 'config.json', 'thresholds.json');
    const { stated, notes, name } = await readCandidate(home);
    expect(stated).toEqual((await readCandidate(join(MODELS, 'resnet3d'))).stated);
    expect(notes).toEqual([]);
    expect(name).toBe(home.split('/').at(-1));
  });

  it('takes an unpacked folder', async () => {
    const { onnx } = await readCandidate(await unpacked('unet2d-grid2-norm'));
    expect(onnx).toEqual((await readCandidate(join(MODELS, 'unet2d-grid2-norm'))).onnx);
  });

  it('refuses an export of another network with what to import instead', async () => {
    const graph = message(
      [1, 1],
      [2, message([2, message([1, message([1, 'dense/MatMul'], [2, 'MatMul'])])])],
    );
    const failure = readCandidate(await unpacked('unet2d-grid2-norm', { 'saved_model.pb': graph }));
    await expect(failure).rejects.toMatchObject({ tag: 'unsupported', exit: 65 });
    await expect(failure).rejects.toThrow(/import the folder with config.json/);
  });

  it.each([
    ['saved_model.pb', /must hold a whole saved_model.pb/],
    ['variables/variables.index', /but its end is missing/],
    ['variables/variables.data-00000-of-00001', /found less/],
  ])('refuses a truncated %s', async (name, line) => {
    const whole = new Uint8Array(await readFile(join(await unpacked('unet2d-grid2-norm'), name)));
    const home = await unpacked('unet2d-grid2-norm', { [name]: whole.subarray(0, whole.length / 2) });
    const failure = readCandidate(home);
    await expect(failure).rejects.toMatchObject({ tag: 'invalid-data', exit: 65 });
    await expect(failure).rejects.toThrow(line);
  });

  it('refuses an export without its variables', async () => {
    const home = await unpacked('unet2d-grid2-norm', { 'variables/variables.index': null });
    await expect(readCandidate(home)).rejects.toThrow(/must hold variables\/variables.index/);
  });
});

describe('protobufFields', () => {
  it('gives numbers and bytes in order with their places, and what is fixed in width', () => {
    const fixed = Uint8Array.of(3 * 8 + 5, 1, 0, 0, 0, 4 * 8 + 1, 2, 0, 0, 0, 0, 0, 0, 0);
    const bytes = Uint8Array.of(...message([1, 300], [2, 'ab']), ...fixed);
    expect([...protobufFields(bytes)]).toEqual([
      { number: 1, value: 300, start: 0, end: 3 },
      { number: 2, value: Uint8Array.of(97, 98), start: 3, end: 7 },
      { number: 3, value: 1, start: 7, end: 12 },
      { number: 4, value: 2, start: 12, end: 21 },
    ]);
  });

  it.each([[[8]], [[18, 5, 1]], [[11]], [[13, 1, 2]]])(
    'refuses %j, which ends early or is no message',
    (bytes) => {
      expect(() => [...protobufFields(Uint8Array.from(bytes))]).toThrow(RangeError);
    },
  );
});
