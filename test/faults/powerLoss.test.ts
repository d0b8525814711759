import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { contentOf, here } from '../cli/morula.ts';
import { LONG, share } from '../helpers/points.ts';
import { power } from '../helpers/powerCut.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import type { TinyJob } from '../helpers/tinyJob.ts';
import { makeTrackedJob } from '../helpers/trackedJob.ts';

vi.mock('node:fs/promises', async (original) => {
  const { onThatDisk } = await import('../helpers/powerCut.ts');
  return onThatDisk(await original());
});

/** Cuts of each scene: more by `npm run test:long`. */
const [FIRST, LAST] = share(LONG ? 150 : 8);
const CUTS = LAST - FIRST;

const folder = tempFolder();
const whole = join(folder, 'whole');
const result = join(folder, 'r');
let job: TinyJob;

beforeAll(async () => {
  job = await makeTrackedJob(folder);
}, 180_000);

describe('a result whose disk loses its power', () => {
  it.each([
    ['from nothing', [], false],
    ['linking anew what is linked', ['--linker', 'lap'], true],
  ])(
    'holds nothing torn, and ends in the same bytes: %s',
    { timeout: 3_600_000 },
    async (name, options, linked) => {
      const { uniform } = createRandom(4 + FIRST);
      const args = [...job.track(result), ...options];
      const begin = (): void => {
        rmSync(result, { recursive: true, force: true });
        if (linked) cpSync(whole, result, { recursive: true });
      };
      begin();
      power.arm(Number.MAX_SAFE_INTEGER);
      expect((await here(...args)).code).toBe(0);
      const { operations } = power;
      power.lose(() => 1);
      const truth = contentOf(result);
      let lost = 0;
      for (let cut = 0; cut < CUTS; cut++) {
        begin();
        const at = 1 + Math.floor(uniform() * operations);
        power.arm(at);
        const { code } = await here(...args);
        // What a run does together depends on its speed: one that does less one by one may end before its power goes
        // out; and what it removes at its end is no part of the result.
        if (power.failed !== null && !/^rm .*(\.lock|\.tmp)$/.test(power.failed)) expect(code).not.toBe(0);
        lost += power.lose(uniform);
        if (existsSync(join(result, 'run.json'))) {
          const { stdout } = await here('verify', result, '--deep', '--json');
          const { flaws } = JSON.parse(stdout) as { flaws: { kind: string; what: string }[] };
          expect([at, flaws.filter(({ kind }) => kind === 'damage')]).toEqual([at, []]);
        }
        expect(await here(...args)).toMatchObject({ code: 0, stderr: '' });
        expect([at, contentOf(result)]).toEqual([at, truth]);
      }
      console.log(
        `${name}: power out at ${CUTS} of ${operations} operations, ${lost} of what was not durable lost`,
      );
      expect(lost).toBeGreaterThan(CUTS);
    },
  );
});
