import { findBroken } from './broken.ts';
import { chainsOf } from './context.ts';
import type { Scene } from './fit.ts';
import type { Outcome } from './outcome.ts';

/**
 * Links that a movie lacks for each of its cells, which leave a false end and a false beginning: `USUAL`, and in movies
 * with false detections also `FAULTS x wrong^POWER`, where `wrong` is the share of links that are wrong by their own
 * probabilities; these keep what they say, see `npm run bench -- calibration`.
 */
const USUAL = { begins: 5.5e-4, ends: 1e-4 };
const FAULTS = { begins: 0.18, ends: 0.12 };
const POWER = { begins: 0.6, ends: 0.53 };
/** No movie's links are surer than this. */
const SUREST = 2e-5;
/** Share of detections that are a track of their own, about which a movie counts as one with false detections. */
const SINGLES = 0.012;
/**
 * Chance that such a track is false, and so truly begins and ends, in those movies, less `ASTRAY x wrong`: where links are
 * hard to tell it may be a cell whose links are missing.
 */
const SINGLE = 0.982;
const ASTRAY = { begins: 3.4, ends: 2.4 };
const LEAST_SINGLE = 0.3;
/** What is left of an end's or a beginning's chance where the other lies right beside, see `findBroken`. */
const BESIDE = { begins: 0.09, ends: 0.13 };
/** At least this share of ends, and of beginnings, is taken to be true. */
const LEAST = 0.21;

/** Share of links that are wrong by their own probabilities, of those into rows of each class. */
function wrongLinks({ target, prob }: Outcome, rim: Uint8Array): [number, number] {
  const [wrong, all] = [
    [0, 0],
    [0, 0],
  ];
  for (let k = 0; k < target.length; k++) {
    if (Number.isNaN(prob[k])) continue;
    wrong[rim[target[k]]] += 1 - prob[k];
    all[rim[target[k]]]++;
  }
  return [0, 1].map((r) => Math.max(SUREST, wrong[r] / Math.max(1, all[r]))) as [number, number];
}

/**
 * Calibrates the probabilities of the beginnings and ends that a solution holds; others stay, and what is not known.
 *
 * The model gives each of them in the light of its candidates, and that is too sure: the cell that a beginning comes
 * from may be none of them. How many beginnings are false follows from how many links are missing in the movie (`USUAL`,
 * `FAULTS`), which is little beside true ones where cells come over the rim, and most of them inside a tissue, so rows
 * near the rim and inside are counted apart. Ends beside beginnings are one cell mostly; single detections are false
 * detections mostly where a movie has many, and the less so the less its links are sure.
 *
 * Fitted to the bench's ten sets and to four of them with faults (`npm run bench -- calibration`, `noisy`): fitted without
 * a set's family, the expected calibration error of 525 beginnings is 0.024 to 0.027 where `USUAL` is held near 5e-4, and
 * 0.058 where it is left free; that of 966 ends is 0.016; with faults, that of some 2,400 beginnings 0.050, of as many ends
 * 0.035. An error of 0.01 to 0.03 is what so few of them have by chance.
 */
export function calibrateLonely(scene: Scene, out: Outcome): void {
  const { detections, around, offsets } = scene;
  const { count, t } = detections;
  if (count === 0) return;
  const chains = chainsOf(count, out);
  const { previous, next, parent, divides } = chains;
  const broken = findBroken(scene, chains);
  const [first, last] = [t[0], offsets.length - 2];
  const begins = (row: number): boolean =>
    t[row] > first && previous[row] < 0 && parent[row] < 0 && !Number.isNaN(out.begins[row]);
  const ends = (row: number): boolean =>
    t[row] < last && next[row] < 0 && divides[row] === 0 && !Number.isNaN(out.ends[row]);
  const single = (row: number): boolean =>
    previous[row] < 0 && parent[row] < 0 && next[row] < 0 && divides[row] === 0;
  let singles = 0;
  for (let row = 0; row < count; row++) if (t[row] > first && t[row] < last && single(row)) singles++;
  const ratio = (singles / count / SINGLES) ** 4;
  const faulty = ratio / (1 + ratio);
  const wrong = wrongLinks(out, around.rim);
  for (const side of ['begins', 'ends'] as const) {
    const holds = side === 'begins' ? begins : ends;
    const [cells, open] = [
      [0, 0],
      [0, 0],
    ];
    for (let row = 0; row < count; row++) {
      const r = around.rim[row];
      if (side === 'begins' ? t[row] > first : t[row] < last) cells[r]++;
      if (holds(row)) open[r] += single(row) ? 1 - faulty : 1;
    }
    const left = [0, 1].map((r) => {
      const missing = USUAL[side] + faulty * FAULTS[side] * wrong[r] ** POWER[side];
      return Math.max(LEAST, 1 - (missing * cells[r]) / Math.max(1, open[r]));
    });
    const falseSingle = wrong.map((share) => Math.max(LEAST_SINGLE, SINGLE - ASTRAY[side] * share));
    for (let row = 0; row < count; row++) {
      if (!holds(row)) continue;
      const r = around.rim[row];
      const own = out[side][row] * (broken[side][row] === 1 ? BESIDE[side] : 1) * left[r];
      out[side][row] = single(row) ? faulty * falseSingle[r] + (1 - faulty) * own : own;
    }
  }
}
