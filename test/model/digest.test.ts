import { describe, expect, it } from 'vitest';
import { type Model, modelDigest } from '../../src/model/index.ts';

const model = {
  manifest: {
    name: 'a',
    ndim: 2,
    grid: [2, 2],
    normalise: { low: 1, high: 99.8 },
    thresholds: { prob: 0.5, nms: 0.3 },
  },
  bytes: new Uint8Array(1),
  sha256: 'abc',
  path: 'a.onnx',
  warnings: [],
} as unknown as Model;

describe('modelDigest', () => {
  it('changes with the bytes and with how they are fed, not with name, path and thresholds', () => {
    const digest = modelDigest(model);
    const fed = { ...model, manifest: { ...model.manifest, normalise: { low: 3, high: 99.8 } } } as Model;
    const renamed = {
      ...model,
      manifest: { ...model.manifest, name: 'b', thresholds: { prob: 0.4, nms: 0.3 } },
    } as Model;
    expect(modelDigest({ ...model, sha256: 'abd' })).not.toBe(digest);
    expect(modelDigest(fed)).not.toBe(digest);
    expect(modelDigest({ ...renamed, path: 'b.onnx' })).toBe(digest);
  });
});
