import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { contentOf, here } from '../cli/morula.ts';
import { pointsOf, sample, shardNote } from '../helpers/points.ts';
import { power } from '../helpers/powerCut.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import type { TinyJob } from '../helpers/tinyJob.ts';
import { makeTrackedJob } from '../helpers/trackedJob.ts';

vi.mock('node:fs/promises', async (original) => {
  const { onThatDisk } = await import('../helpers/powerCut.ts');
  return onThatDisk(await original());
});

/** Operations that fail in each scene. */
const POINTS = pointsOf(12);

const folder = tempFolder();
const whole = join(folder, 'whole');
const result = join(folder, 'r');
let job: TinyJob;

beforeAll(async () => {
  job = await makeTrackedJob(folder);
}, 180_000);

describe('a file operation that fails once: a new file, a write, an fsync, a rename, a new folder, a removal', () => {
  it.each([
    ['ENOSPC', 'from nothing', [], false],
    ['EIO', 'linking anew what is linked', ['--linker', 'lap'], true],
  ] as const)(
    'ends the run with 74, and the same run completes: %s, %s',
    { timeout: 7_200_000 },
    async (error, name, options, linked) => {
      const args = [...job.track(result), ...options];
      const begin = (): void => {
        rmSync(result, { recursive: true, force: true });
        if (linked) cpSync(whole, result, { recursive: true });
      };
      begin();
      power.failOnce(0, error);
      expect((await here(...args)).code).toBe(0);
      const truth = contentOf(result);
      const points = Array.from({ length: power.operations }, (_, i) => i + 1);
      let harmless = 0;
      let beyond = 0;
      const tried = sample(points, POINTS);
      for (const at of tried) {
        begin();
        power.failOnce(at, error);
        const { code, stderr } = await here(...args);
        const { failed, operations } = power;
        power.failOnce(0, error);
        if (failed === null) {
          // What a run does together depends on its speed: this one did less one by one.
          expect([code, operations < at]).toEqual([0, true]);
          beyond++;
        } else if (code === 0) {
          // Nothing is lost where a lock or a temporary file could not be removed at the end.
          expect(failed).toMatch(/^rm .*(\.lock|\.tmp)$|^mkdir /);
          harmless++;
        } else {
          expect([failed, code, stderr]).toEqual([
            failed,
            74,
            expect.stringMatching(/^morula: [^\n]+ cannot be written: [^\n]+\n$/),
          ]);
        }
        const litter = existsSync(result) ? readdirSync(result, { recursive: true, encoding: 'utf8' }) : [];
        if (!failed?.startsWith('rm '))
          expect(litter.filter((path) => /\.(tmp|lock)$/.test(path))).toEqual([]);
        expect(await here(...args)).toMatchObject({ code: 0, stderr: '' });
        expect([failed, contentOf(result)]).toEqual([failed, truth]);
      }
      expect(beyond).toBeLessThanOrEqual(0.1 * tried.length + 1);
      console.log(
        `${error}, ${name}: ${tried.length - beyond} of ${points.length} operations failed${shardNote}, ${harmless} without harm`,
      );
    },
  );

  it('leaves nothing that verify calls damaged, wherever the links that stood are declared not done', async () => {
    const args = [...job.track(result), '--linker', 'lap'];
    const failures: string[] = [];
    for (let at = 1; at < 100 && !failures.at(-1)?.endsWith(' links.bin'); at++) {
      rmSync(result, { recursive: true, force: true });
      cpSync(whole, result, { recursive: true });
      power.failOnce(at, 'EIO');
      await here(...args);
      failures.push(power.failed?.replaceAll(`${result}/`, '') ?? '');
      power.failOnce(0, 'EIO');
      const { stdout } = await here('verify', result, '--json');
      const { flaws } = JSON.parse(stdout) as { flaws: { kind: string; what: string }[] };
      expect([failures.at(-1), flaws.filter(({ kind }) => kind === 'damage')]).toEqual([failures.at(-1), []]);
    }
    expect(failures.join('\n')).toContain('rm links.json');
  }, 240_000);
});
