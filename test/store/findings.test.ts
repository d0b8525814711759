import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Findings, layout, readFindings, writeFindings } from '../../src/store/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'morula-findings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const findings: Findings = {
  motion: [
    {
      kind: 'affine',
      matrix: Float64Array.from({ length: 12 }, (_, k) => k / 8),
      flow: true,
      before: 3,
      after: 1,
    },
    { kind: 'none', matrix: new Float64Array(12), flow: false, before: Number.NaN, after: Number.NaN },
  ],
  certainty: {
    ends: Float32Array.of(0.25, 0.5, Number.NaN),
    begins: Float32Array.of(Number.NaN, 0.125, 0.5),
    divides: Float32Array.of(Number.NaN, 0.75, Number.NaN),
    alternatives: { source: [1, -1], targetA: [2, 2], targetB: [-1, -1], prob: [0.25, 0.5] },
  },
};

describe('writeFindings and readFindings', () => {
  it('give back what was written', async () => {
    await writeFindings(folder, findings);
    expect(await readFindings(folder)).toEqual(findings);
  });

  it('leave nothing of an earlier linker behind', async () => {
    await writeFindings(folder, findings);
    await writeFindings(folder, { motion: null, certainty: null });
    expect(await readFindings(folder)).toEqual({ motion: null, certainty: null });
    expect(existsSync(layout.motion(folder))).toBe(false);
  });
});
