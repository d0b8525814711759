import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/codec/packageRoot.ts';
import { contentOf, here, morula } from '../cli/morula.ts';
import { ends, provideNextflow, provideSnakemake } from '../helpers/engines.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob, type TinyJob } from '../helpers/tinyJob.ts';

/** Only by `npm run test:long`: the engines are fetched, some 100 MB. */
const LONG = process.env.MORULA_LONG === '1';
const PATIENCE = 900_000;

const EXAMPLES = join(packageRoot(), 'datasets', 'cluster');
const folder = tempFolder();
let job: TinyJob;
let truth: Record<string, string>;

beforeAll(async () => {
  if (!LONG) return;
  job = makeTinyJob(folder, 12);
  expect(await here(...job.track(join(folder, 'whole')))).toMatchObject({ code: 0 });
  truth = contentOf(join(folder, 'whole'));
});

/** The tiny job's movie and options, without those that say how it is run. */
function parts(): { movie: string; options: string } {
  const [, movie, , , ...options] = job.track('');
  const said = options.filter((word) => !['--json', '--quiet'].includes(word));
  return { movie: movie!, options: [...said, '--frames-per-task', '3'].join(' ') };
}

/** Runs a command twice, the second time with a frame lost. */
async function twice(words: string[], result: string, between: () => void = () => undefined): Promise<void> {
  const nextflow = { NXF_OFFLINE: 'true', NXF_HOME: join(folder, 'nxf'), NXF_ANSI_LOG: 'false' };
  const again = async (): Promise<void> => {
    const { code, said } = await ends(words, { cwd: folder, env: { ...process.env, ...nextflow } });
    expect([code, code === 0 ? '' : said]).toEqual([0, '']);
    expect(contentOf(result)).toEqual(truth);
  };
  await again();
  rmSync(join(result, 'frames', readdirSync(join(result, 'frames')).find((name) => name.endsWith('.json'))!));
  between();
  await again();
}

describe('engines over the same commands', () => {
  it.runIf(LONG)(
    'Snakemake comes to the bytes of one machine, also after a frame was lost',
    {
      timeout: PATIENCE,
    },
    async ({ skip }) => {
      const engine = await provideSnakemake(folder);
      if ('why' in engine) return skip(engine.why);
      const { movie, options } = parts();
      const result = join(folder, 'snakemade');
      const config = [
        `movie=${movie}`,
        `result=${result}`,
        `morula=${morula().join(' ')}`,
        `options=${options}`,
      ];
      const args = ['--snakefile', join(EXAMPLES, 'Snakefile'), '--cores', '2', '--config', ...config];
      await twice([...engine.command, ...args], result, () => {
        rmSync(`${result}.tasks`, { recursive: true });
        rmSync(join(result, 'links.json'));
      });
    },
  );

  it.runIf(LONG)('Nextflow likewise', { timeout: PATIENCE }, async ({ skip }) => {
    const engine = await provideNextflow(folder);
    if ('why' in engine) return skip(engine.why);
    const { movie, options } = parts();
    const result = join(folder, 'flown');
    const words = [
      '--movie',
      movie,
      '--result',
      result,
      '--morula',
      morula().join(' '),
      '--options',
      options,
    ];
    await twice([...engine.command, 'run', join(EXAMPLES, 'main.nf'), ...words], result);
  });

  it.runIf(LONG)('xargs likewise, with what is missing', { timeout: PATIENCE }, async () => {
    const { movie, options } = parts();
    const result = join(folder, 'listed');
    await here('plan', movie, '-o', result, ...options.split(' '), '--quiet');
    const call = morula().join(' ');
    const script = `${call} missing ${result} --stage segment --lines | xargs -P 2 -n 1 ${call} segment -o ${result} --quiet --index &&
${call} link ${result} --planned --quiet`;
    await twice(['bash', '-e', '-o', 'pipefail', '-c', script], result);
  });
});
