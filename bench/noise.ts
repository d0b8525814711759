import { type LinkOptions, linkDetections } from '../src/link/index.ts';
import { pointSets, readPoints, scoreLinks } from './link.ts';
import { simulateCloud } from './linkScale.ts';
import { type Faults, perturb } from './perturb.ts';

const NONE: Faults = { missed: 0, added: 0, merged: 0, split: 0, jitter: 0 };
/** What stays the same along the curve. */
const USUAL: Faults = { missed: 0, added: 0.03, merged: 0.02, split: 0.01, jitter: 0.05 };

/** The curve: nothing wrong, then more and more cells missed beside the usual faults. */
const CURVE: [string, Faults][] = [
  ['as given', NONE],
  ...[0, 0.025, 0.05, 0.075, 0.1].map((missed): [string, Faults] => [
    `${100 * missed} % missed`,
    { ...USUAL, missed },
  ]),
];
/** Each fault by itself. */
const ALONE: [string, Faults][] = [
  ['5 % missed alone', { ...NONE, missed: 0.05 }],
  ['3 % added alone', { ...NONE, added: 0.03 }],
  ['2 % merged alone', { ...NONE, merged: 0.02 }],
  ['1 % split alone', { ...NONE, split: 0.01 }],
  ['jitter alone', { ...NONE, jitter: 0.05 }],
];
/** Sets of the four kinds, 42,000 detections, unless others are named. */
const SETS = ['ascidian-pm05', 'celegans-b', 'cell-migration-every-4', 'epidermis-1'];
const SEED = 7;

/**
 * LNK and division F1 (tolerance 1) of the global and the plain (`lap`) linker on detections with more and more faults.
 * `args`: names of point sets, `alone` for each fault by itself. Simulated clouds where the data are absent.
 */
export async function run(args: readonly string[]): Promise<void> {
  const alone = args.includes('alone');
  const asked = args.filter((arg) => arg !== 'alone');
  const wanted = asked.length > 0 ? asked : SETS;
  const sets = pointSets().filter(({ name }) => wanted.includes(name));
  const inputs =
    sets.length > 0
      ? sets.map(({ name, path }) => ({ name, load: () => readPoints(path) }))
      : [{ name: 'simulated cloud', load: () => simulateCloud(20, 1) }];
  const head = ['set', 'faults', 'detections', 'LNK', 'plain LNK', 'division F1', 'plain division F1'];
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  const options = { maxDistance: Number.NaN, maxFrameInterval: 2, divisions: true };
  for (const { name, load } of inputs) {
    const given = load();
    for (const [words, faults] of alone ? ALONE : CURVE) {
      const { detections, links } = perturb(given.detections, given.links, faults, SEED);
      const scores: Record<string, number>[] = [];
      for (const linker of ['global', 'lap'] as LinkOptions['linker'][]) {
        const found = await linkDetections(detections, { ...options, linker });
        scores.push(scoreLinks(detections, links, found.links));
      }
      const figures = ['lnk', 'division1'].flatMap((key) => scores.map((s) => s[key].toFixed(4)));
      console.log(`| ${[name, words, detections.count, ...figures].join(' | ')} |`);
    }
  }
}
