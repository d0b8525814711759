import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/codec/packageRoot.ts';

/** What a manifest says that morula itself scored: `measured`, by data set. */
interface Measured {
  command: string;
  ap?: Record<string, number>;
  DET?: number;
  SEG?: number;
  fieldOfInterest25?: { DET: number };
  /** Cells a frame, the least and the most: of the network, and with those that tracks asked for. */
  cellsPerFrame?: [number, number];
  withRescued?: [number, number];
}

const README = readFileSync(join(packageRoot(), 'README.md'), 'utf8').split('\n');

/** The line of README's table of figures that begins so. */
function row(beginning: string): string {
  const found = README.filter((line) => line.startsWith(`| ${beginning}`));
  expect(found).toHaveLength(1);
  return found[0]!;
}

function measuredOf(model: string): Record<string, Measured> {
  const path = join(packageRoot(), 'datasets', 'models', model, 'model.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { measured: Record<string, Measured> }).measured;
}

const three = (value: number | undefined): string => value?.toFixed(3) ?? 'not measured';

describe('the manifests of the built-in models and the figures of README', () => {
  it.each([
    ['nuclei-2d-fast', (at5: string, at7: string) => `AP ${at5} at IoU 0.5, ${at7} at 0.7`],
    ['nuclei-2d', (at5: string, at7: string) => `\`nuclei-2d\`: ${at5}, ${at7}`],
    [
      'nuclei-2d-fine',
      (at5: string, at7: string) => `\`nuclei-2d-fine\`, eight times the work: ${at5}, ${at7}`,
    ],
  ] as const)('say the same of dsb2018/test: %s', (model, words) => {
    const { ap = {} } = measuredOf(model).dsb2018Test!;
    expect(row('dsb2018 test images, built-in model')).toContain(words(three(ap['0.50']), three(ap['0.70'])));
  });

  it('say the same of hela-01 and sim-plus-01', () => {
    const { hela01, simPlus01 } = measuredOf('nuclei-2d-fast');
    const hela = row('hela-01');
    expect(hela).toContain(`DET ${three(hela01!.DET)}, SEG ${three(hela01!.SEG)}`);
    expect(hela).toContain(`DET ${three(hela01!.fieldOfInterest25?.DET)}, TRA`);
    expect(row('sim-plus-01')).toContain(`DET ${three(simPlus01!.DET)}, SEG ${three(simPlus01!.SEG)}`);
  });

  it('say the same of volumes', () => {
    const { simulated9003, drosophilaCrop } = measuredOf('nuclei-3d');
    expect(row('simulated embryo')).toContain(`DET ${three(simulated9003!.DET)} `);
    const range = ([least, most] = [0, 0]): string => `${least} to ${most}`;
    expect(row('drosophila')).toContain(
      `${range(drosophilaCrop!.cellsPerFrame)} nuclei a frame, ${range(drosophilaCrop!.withRescued)} with`,
    );
  });
});
