import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/codec/files.ts';
import { inlineExternalData } from '../../src/model/externalData.ts';
import { encodeTensor, message } from '../../src/model/import/onnxWriter.ts';
import { importModel, loadModel } from '../../src/model/index.ts';
import { withExternalData } from '../helpers/externalData.ts';
import { onnx, starNetwork } from '../helpers/onnx.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();
const STAR = starNetwork({ grid: 2, concatenated: true });
let made = 0;

/** Writes a model that keeps its weights in `location`, without them. */
function split(location: string): { home: string; path: string; weights: Uint8Array } {
  const home = join(folder, `m${made++}`);
  mkdirSync(join(home, 'sub'), { recursive: true });
  const { model, weights } = withExternalData(STAR, location);
  writeFileSync(join(home, 'net.onnx'), model);
  return { home, path: join(home, 'net.onnx'), weights };
}

describe('inlineExternalData', () => {
  it('gives the bytes that the model has with its weights inside', async () => {
    const { model, weights } = withExternalData(STAR, 'w.bin');
    const asked: string[] = [];
    const read = async (location: string): Promise<Uint8Array> => {
      asked.push(location);
      return weights;
    };
    expect(await inlineExternalData(model, 'net', read)).toEqual(STAR);
    expect(asked).toEqual(['w.bin']);
  });

  it('leaves a model without external data as it is', async () => {
    const read = (): Promise<Uint8Array> => Promise.reject(new Error('read'));
    expect(await inlineExternalData(STAR, 'net', read)).toEqual(STAR);
  });

  it('finds tensors in attributes of nodes and in subgraphs', async () => {
    const whole = encodeTensor({ name: 'w', dims: [2], values: [1, 2] });
    const entry = message([1, 'location'], [2, 'w']);
    const apart = message([1, 2], [2, 1], [8, 'w'], [13, entry], [14, 1]);
    const graph = { inputs: [], outputs: [], nodes: [], weights: [] };
    const within = (tensor: Uint8Array): Uint8Array =>
      onnx(graph, [
        1,
        message([5, message([1, 'body'], [6, message([1, message([5, message([5, tensor])])])])]),
      ]);
    const raw = new Uint8Array(Float32Array.of(1, 2).buffer);
    expect(await inlineExternalData(within(apart), 'net', async () => raw)).toEqual(within(whole));
  });
});

describe('loadModel with weights in a file of their own', () => {
  it('reads them from the folder and below it, and the model is the same as in one file', async () => {
    for (const location of ['w.bin', 'sub/w.bin', './w.bin']) {
      const { home, path, weights } = split(location);
      writeFileSync(join(home, location), weights);
      expect((await loadModel(path)).sha256).toBe(sha256Hex(STAR));
    }
  });

  it('is imported in one file', async () => {
    const { home, path, weights } = split('w.bin');
    writeFileSync(join(home, 'w.bin'), weights);
    const { sha256 } = await importModel(path, { output: join(folder, 'taken') });
    expect(sha256).toBe(sha256Hex(STAR));
  });

  it.each([
    ['../w.bin', /it keeps weights in \.\.\/w\.bin, outside its folder; only files beside it are read/],
    ['sub/../../w.bin', /outside its folder/],
    ['/etc/hostname', /it keeps weights in \/etc\/hostname, outside its folder/],
    ['C:\\w.bin', /outside its folder/],
    ['\\\\host\\w.bin', /outside its folder/],
    ['w.bin', /w\.bin is not there; copy that file too/],
    ['sub', /must be a regular file/],
    ['', /a tensor lies in another file \(external data\) that it does not name/],
  ])('refuses %j', async (location, line) => {
    const { path, weights } = split(location);
    writeFileSync(join(folder, 'w.bin'), weights);
    const failure = loadModel(path);
    await expect(failure).rejects.toMatchObject({ tag: 'invalid-data', exit: 65 });
    await expect(failure).rejects.toThrow(line);
  });

  it('refuses a link that leads out of the folder', async () => {
    const { home, path, weights } = split('w.bin');
    writeFileSync(join(folder, 'elsewhere'), weights);
    symlinkSync(join(folder, 'elsewhere'), join(home, 'w.bin'));
    await expect(loadModel(path)).rejects.toThrow(/w\.bin is a link to elsewhere; copy the file itself/);
  });

  it('refuses a file that is shorter than the model says', async () => {
    const { home, path, weights } = split('w.bin');
    writeFileSync(join(home, 'w.bin'), weights);
    truncateSync(join(home, 'w.bin'), weights.length - 1);
    await expect(loadModel(path)).rejects.toThrow(
      /a tensor of \d+ bytes must lie at \d+ in w\.bin, which has \d+ bytes; copy both files again/,
    );
  });
});
