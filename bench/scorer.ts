import { join } from 'node:path';
import { linkDetections } from '../src/link/index.ts';
import { scorerOf } from '../src/link/scorer/networks.ts';
import type { Scorer } from '../src/link/scorer/types.ts';
import { openNetwork } from '../src/model/index.ts';
import { calibration, probabilities, scoreLinks } from './link.ts';
import { allLessons, type Movie } from './scorerMovies.ts';

/** LNK, division F1 (tolerance 1), and calibration errors of links and divisions, with a scorer or without. */
async function measure({ detections, links }: Movie, scorer?: Scorer): Promise<number[]> {
  const result = await linkDetections(detections, {
    linker: 'global',
    maxDistance: Number.NaN,
    maxFrameInterval: 2,
    divisions: true,
    ...(scorer === undefined ? {} : { scorer }),
  });
  const { lnk, division1 } = scoreLinks(detections, links, result.links);
  const probs = probabilities(detections.count, links, result);
  return [lnk, division1, calibration(probs.links).error, calibration(probs.divisions).error];
}

/**
 * Links movies without a scorer and with the one that never saw their family: `args` are the folder that holds
 * `no-<family>.onnx`, then names of movies (default: every point set as it is, and two simulated ones).
 */
export async function run([folder, ...wanted]: readonly string[]): Promise<void> {
  if (folder === undefined)
    throw new Error('usage: npm run bench -- scorer <folder of no-*.onnx> [name ...]');
  const usual = (name: string): boolean =>
    !/-(half|fifth|poor|poor-2|sizeless)$/.test(name) && !/^simulated-(2d|3d)-1[124]/.test(name);
  const movies = allLessons().filter(({ name }) => (wanted.length > 0 ? wanted.includes(name) : usual(name)));
  const head = ['movie', 'LNK', 'division F1 (1)', 'ECE of links', 'ECE of divisions'];
  console.log('Each cell: fitted costs, then with the network that never saw the family.\n');
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  for (const { name, family, make } of movies) {
    const movie = make();
    const network = await openNetwork(join(folder, `no-${family}.onnx`));
    const plain = await measure(movie);
    const scored = await measure(movie, scorerOf(network));
    await network.close();
    const cells = plain.map((value, k) => `${value.toFixed(4)}, ${scored[k].toFixed(4)}`);
    console.log(`| ${[name, ...cells].join(' | ')} |`);
  }
}
